#include "api/shapes.h"

#include <algorithm>

namespace attune::api {

namespace js = base::json;

namespace {

void addIf(js::Object& object, std::string_view key, const std::string& text) {
  if (!text.empty()) object[key] = text;
}

std::string claimOf(const oversight::Finding& finding) {
  switch (finding.kind) {
    case oversight::FindingKind::possibleCrisis:
      return "May be thinking of suicide or self-harm";
    case oversight::FindingKind::distress:
      return "May be under great strain";
    case oversight::FindingKind::notRead:
      return finding.notRead == "empty" || finding.notRead == "no-words"
                 ? "Not read: there are no words in it"
                 : "Not read: the language is " + finding.notRead;
  }
  return {};
}

}  // namespace

std::string_view roleWord(trust::Role role) {
  return trust::name(role);
}

js::Object accountShape(const trust::Account& account) {
  js::Object object;
  object["id"] = account.id.value;
  object["role"] = roleWord(account.role);
  object["name"] = account.profile.name;
  addIf(object, "login", account.profile.login);
  if (account.role == trust::Role::client) {
    object["personId"] = account.person.value;
    object["anonymous"] = account.profile.name.empty();
  } else {
    object["onCall"] = account.onCall;
  }
  return object;
}

js::Object helpShape(const companion::Help& help) {
  js::Array lines;
  for (const companion::HelpLine& line : help.lines) {
    js::Object shape;
    shape["name"] = line.name;
    addIf(shape, "phone", line.phone);
    addIf(shape, "dial", line.dial);
    addIf(shape, "text", line.text);
    addIf(shape, "url", line.url);
    shape["hours"] = line.hours;
    addIf(shape, "forWhom", line.forWhom);
    shape["source"] = line.source;
    shape["sourcesAgree"] = line.sourcesAgree;
    shape["verifiedOn"] = line.verifiedOn;
    shape["stale"] = line.stale;
    lines.push_back(std::move(shape));
  }
  js::Object object;
  object["emergency"] = {{"number", help.emergencyNumber}, {"label", help.emergencyLabel}};
  object["lines"] = std::move(lines);
  object["country"] = help.country;
  object["stale"] = help.stale;
  addIf(object, "staleNote", help.staleNote);
  addIf(object, "noLine", help.noLine);
  return object;
}

std::string languageOf(const Services& services, const net::Request& request) {
  const std::string wanted = request.header("Accept-Language").value_or("").substr(0, 2);
  for (const std::string& language : services.consentWords.languages()) {
    if (language == wanted) return language;
  }
  return services.clinic.language;
}

companion::Help helpOf(const Services& services, const Call& call) {
  std::string country = services.clinic.country;
  if (call.account && !call.account->profile.country.empty()) {
    country = call.account->profile.country;
  }
  const auto asked = call.request.query.find("country");
  if (asked != call.request.query.end() && !asked->second.empty()) country = asked->second;
  return services.help.helpFor(country, languageOf(services, call.request), services.clock.now());
}

std::string staffName(Services& services, db::Connection& connection, const base::AccountId& id) {
  const auto account = services.accounts.find(connection, id);
  return account ? account->profile.name : "somebody who has left";
}

js::Object messageShape(Services& services, db::Connection& connection,
                        const companion::MessageView& view) {
  js::Array readBy;
  for (const companion::Seen& seen : view.seen) {
    const auto account = services.accounts.find(connection, seen.by);
    readBy.push_back({{"name", account ? account->profile.name : "somebody who has left"},
                      {"role", account ? roleWord(account->role) : ""},
                      {"time", base::formatInstant(seen.at)}});
  }
  js::Object object;
  object["id"] = view.message.id.value;
  object["text"] = view.message.text;
  object["time"] = base::formatInstant(view.message.time);
  object["from"] = view.message.fromClient ? "client" : "staff";
  if (!view.message.fromClient) {
    object["author"] = staffName(services, connection, view.message.author);
  }
  object["readBy"] = std::move(readBy);
  object["state"] = companion::name(view.state);
  return object;
}

js::Object findingSummaryShape(const oversight::QueueEntry& entry,
                               const oversight::Finding& finding, std::string_view name,
                               base::Instant now) {
  js::Object object;
  object["id"] = entry.id.value;
  object["personId"] = entry.person.value;
  object["name"] = name;
  object["kind"] = oversight::name(finding.kind);
  object["claim"] = claimOf(finding);
  object["probability"] = finding.probability;
  object["low"] = finding.low;
  object["high"] = finding.high;
  object["priority"] = entry.priority;
  object["state"] = oversight::name(entry.state);
  addIf(object, "assignedTo", entry.assignedTo.value);
  object["createdAt"] = base::formatInstant(entry.createdAt);
  object["dueAt"] = base::formatInstant(entry.dueAt);
  object["overdue"] = entry.state != oversight::FindingState::decided && entry.dueAt < now;
  object["version"] = entry.version;
  return object;
}

std::size_t utf16Offset(std::string_view text, std::size_t byte) {
  const auto inside = [&](std::size_t at) {
    return (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
  };
  std::size_t units = 0;
  byte = std::min(byte, text.size());
  while (byte > 0 && byte < text.size() && inside(byte)) --byte;
  for (std::size_t i = 0; i < byte; ++i) {
    if (inside(i)) continue;  // counted with the character it belongs to
    units += static_cast<unsigned char>(text[i]) >= 0xF0 ? 2 : 1;
  }
  return units;
}

}  // namespace attune::api
