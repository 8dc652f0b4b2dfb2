// A mail as the bytes of an Internet message (RFC 5322, MIME).
#pragma once

#include <ctime>
#include <string>
#include <string_view>

#include "net/outbound.h"

namespace attune::net {

// True for what may stand between < and > in a mail dialogue: printable ASCII or UTF-8, one part
// before and one after an @, nothing that ends a line or an address.
bool isMailAddress(std::string_view text);

// Fields, an empty line and the text in base 64, lines ended by CRLF and at most 78 bytes long.
// Throws Problem(invalid) for no or malformed recipients, and for a line break in the subject.
std::string mailText(const std::string& from, const Mail& mail, std::time_t now);

}  // namespace attune::net
