// The JSON shapes of docs/http-api.md that more than one handler needs.
#pragma once

#include <string>
#include <string_view>

#include "api/call.h"
#include "oversight/finding.h"

namespace attune::api {

base::json::Object accountShape(const trust::Account& account);
base::json::Object helpShape(const companion::Help& help);
base::json::Object messageShape(Services& services, db::Connection& connection,
                                const companion::MessageView& view);
base::json::Object findingSummaryShape(const oversight::QueueEntry& entry,
                                       const oversight::Finding& finding, std::string_view name,
                                       base::Instant now);

// The language to answer in: of the request if we have it, else the clinic's.
std::string languageOf(const Services& services, const net::Request& request);
// The help lines for this caller.
companion::Help helpOf(const Services& services, const Call& call);

// How staff are called in front of clients and each other; "the software" for the system.
std::string staffName(Services& services, db::Connection& connection, const base::AccountId& id);
// How a role is called in JSON.
std::string_view roleWord(trust::Role role);

// Position in UTF-16 units of a byte offset into UTF-8 text; an offset inside a character counts as
// its start. Offsets beyond the end give the length.
std::size_t utf16Offset(std::string_view text, std::size_t byte);

}  // namespace attune::api
