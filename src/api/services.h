// Everything a handler may use, put together once at start-up by `app`.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/log.h"
#include "base/metrics.h"
#include "clinic/caseload.h"
#include "companion/consent_words.h"
#include "companion/conversation.h"
#include "companion/help.h"
#include "net/http.h"
#include "oversight/pager.h"
#include "oversight/queue.h"
#include "oversight/screener.h"
#include "trust/accounts.h"
#include "trust/sessions.h"

namespace attune::api {

class Live;
class Limiter;

// Facts of this installation.
struct Clinic {
  std::string name;
  std::string country;   // ISO 3166-1 alpha-2
  std::string language;  // ISO 639-1
  bool demonstration = false;
  std::string notice;  // shown on every page of a demonstration
};

struct Services {
  db::Database& database;
  trust::Gate& gate;
  trust::AuditLog& audit;
  const trust::Accounts& accounts;
  const trust::Sessions& sessions;
  const record::Store& store;
  const oversight::Queue& queue;
  oversight::Pager& pager;
  oversight::Screener& screener;
  companion::Conversation& conversation;
  const companion::HelpBook& help;
  const companion::ConsentWords& consentWords;
  const text::Reader& reader;
  std::string modelCard;  // Markdown
  const base::Clock& clock;
  base::Random& random;
  base::Log& log;
  base::Metrics& metrics;
  Live& live;
  Limiter& limiter;
  Clinic clinic;
  std::string metricsToken;  // empty: /metrics for loopback only
  std::string version;
  // A file of the web app for a GET or HEAD, or absent.
  std::function<std::optional<net::Response>(const net::Request& request)> file;
};

}  // namespace attune::api
