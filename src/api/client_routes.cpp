// What a client does: consent, messages, who has read, help, export.
#include <algorithm>

#include "api/live.h"
#include "api/routes.h"
#include "api/shapes.h"
#include "companion/consenting.h"

namespace attune::api {

namespace js = base::json;
using base::Problem;
using trust::Action;
using trust::Kind;
using trust::Purpose;

namespace {

js::Object consentShape(const companion::ConsentItem& item, const trust::Consent* answer) {
  js::Object object;
  object["source"] = item.source;
  object["purpose"] = item.purpose;
  object["title"] = item.title;
  object["explanation"] = item.explanation;
  object["recommended"] = item.recommended;
  object["granted"] = answer != nullptr && answer->granted;
  object["answered"] = answer != nullptr;
  if (answer != nullptr) object["since"] = base::formatInstant(answer->changedAt);
  return object;
}

const trust::Consent* answerTo(const std::vector<trust::Consent>& answers,
                               const companion::ConsentItem& item) {
  const auto found = std::find_if(answers.begin(), answers.end(), [&](const auto& answer) {
    return trust::name(answer.source) == item.source && trust::name(answer.purpose) == item.purpose;
  });
  return found == answers.end() ? nullptr : &*found;
}

net::Response consents(Services& services, const Call& call) {
  const trust::Actor actor = call.actor();
  const trust::Grant grant =
      services.gate.open(actor, {actor.person, Action::read, {Kind::consents}, Purpose::own, {}});
  std::vector<trust::Consent> answers;
  {
    const auto lease = services.database.lease();
    answers = trust::consentsOf(*lease, grant);
  }
  const companion::ConsentText& words =
      services.consentWords.in(languageOf(services, call.request));
  js::Array items;
  for (const companion::ConsentItem& item : words.items) {
    items.push_back(consentShape(item, answerTo(answers, item)));
  }
  js::Array paragraphs(words.paragraphs.begin(), words.paragraphs.end());
  return json({{"text", {{"version", words.version}, {"paragraphs", std::move(paragraphs)}}},
               {"items", std::move(items)}});
}

net::Response changeConsent(Services& services, const Call& call) {
  const js::Object body = call.body();
  const auto source = trust::sourceNamed(js::requireText(body, "source"));
  const auto purpose = trust::purposeNamed(js::requireText(body, "purpose"));
  const auto granted = js::boolean(body, "granted");
  if (!granted) throw Problem(Problem::Kind::invalid, "true or false is needed", "/granted");
  if (!source || !purpose ||
      !services.consentWords.asks(trust::name(*source), trust::name(*purpose))) {
    throw Problem(Problem::Kind::invalid, "nobody asks for this consent", "/source");
  }
  // A yes is a yes to the words that were shown, so they must be today's. A no counts anyway.
  const std::string_view version = js::requireText(body, "textVersion");
  if (*granted && version != services.consentWords.version()) {
    throw Problem(Problem::Kind::conflict,
                  "the text has changed since this page was opened; read it again first",
                  "/textVersion");
  }
  const trust::Consent consent =
      companion::changeConsent(services.database, services.gate, call.actor(), *source, *purpose,
                               *granted, services.consentWords.version());
  const companion::ConsentText& words =
      services.consentWords.in(languageOf(services, call.request));
  for (const companion::ConsentItem& item : words.items) {
    if (item.source == trust::name(*source) && item.purpose == trust::name(*purpose)) {
      return json(consentShape(item, &consent));
    }
  }
  return noContent();
}

// A reader that fails as well must not make a stored message look lost.
bool mayBeCrisis(const Services& services, const std::string& text) {
  try {
    return services.reader.read(text).possibleCrisis;
  } catch (const std::exception&) {
    return false;
  }
}

net::Response postMessage(Services& services, const Call& call) {
  const js::Object body = call.body();
  const trust::Actor actor = call.actor();
  const auto posted =
      services.conversation.post(actor, actor.person, {std::string(js::requireText(body, "id"))},
                                 std::string(js::requireText(body, "text")));
  companion::MessageView view;
  view.message = posted.message;
  bool help = false;
  if (posted.reading) {
    // Read at once, so that help is in this very answer. If that can't be done now, the work stays
    // owed, and the help comes over the live connection.
    try {
      if (const auto outcome = services.screener.screenNow(*posted.reading)) {
        help = outcome->help;
        view.state = outcome->read              ? companion::MessageState::read
                     : outcome->notRead.empty() ? companion::MessageState::stored
                                                : companion::MessageState::notRead;
      }
    } catch (const std::exception&) {
      services.log.error("a message was stored but could not be read at once",
                         {{"message", posted.message.id.value}});
      services.metrics.event("screen-failed");
      // Nothing can be filed just now (a full disk), but whoever wrote this must not wait for help.
      help = mayBeCrisis(services, posted.message.text);
    }
  } else if (!posted.fresh) {
    help = services.pager.isOpenFor(actor.person);
  }
  const auto lease = services.database.lease();
  return json({{"message", messageShape(services, *lease, view)},
               {"help", help ? js::Value(helpShape(helpOf(services, call))) : js::Value(nullptr)}},
              posted.fresh ? 201 : 200);
}

net::Response messages(Services& services, const Call& call) {
  const trust::Actor actor = call.actor();
  std::optional<base::ResourceId> before;
  if (const auto found = call.request.query.find("before"); found != call.request.query.end()) {
    before = base::ResourceId{found->second};
  }
  const auto page =
      services.conversation.read(actor, actor.person, before, call.number("limit", 50, 1, 200));
  js::Array list;
  const bool help = services.pager.isOpenFor(actor.person);
  const auto lease = services.database.lease();
  for (const companion::MessageView& view : page.messages) {
    list.push_back(messageShape(services, *lease, view));
  }
  return json({{"messages", std::move(list)},
               {"more", page.more},
               {"help", help ? js::Value(helpShape(helpOf(services, call))) : js::Value(nullptr)}});
}

bool concernsReading(const trust::AuditEntry& entry) {
  return entry.action == "read" || entry.action == "write" || entry.action == "decision" ||
         entry.action == "refused" || entry.action == "export";
}

net::Response access(Services& services, const Call& call) {
  const trust::Actor actor = call.actor();
  services.gate.open(actor, {actor.person, Action::read, {Kind::consents}, Purpose::own, "access"});
  const auto lease = services.database.lease();
  js::Array entries;
  std::string last;
  for (const trust::AuditEntry& entry :
       trust::AuditLog::about(*lease, actor.person, 0, call.number("limit", 500, 1, 5000))) {
    if (entry.actor == actor.account.value || !concernsReading(entry)) continue;
    // One line for one person, kind and hour: a page that refreshes itself is not news.
    const std::string time = base::formatInstant(entry.at);
    const std::string same = entry.actor + entry.action + entry.what + time.substr(0, 13);
    if (same == last) continue;
    last = same;
    const bool software = entry.actor == "system";
    entries.push_back(
        {{"time", time},
         {"who", software ? "The software" : staffName(services, *lease, {entry.actor})},
         {"role", software ? "software" : entry.role},
         {"action", entry.action},
         {"what", entry.what},
         {"why", entry.purpose},
         {"result", entry.result}});
  }
  return json({{"entries", std::move(entries)}});
}

net::Response help(Services& services, const Call& call) {
  return json(helpShape(helpOf(services, call)));
}

net::Response callMe(Services& services, const Call& call) {
  const trust::Actor actor = call.actor();
  std::optional<std::string> page;
  {
    const auto lease = services.database.lease();
    db::Transaction tx(*lease);
    page = services.pager.page(*lease, actor.person, {}, oversight::PageReason::clientAsked);
    trust::AuditEntry entry;
    entry.actor = actor.account.value;
    entry.role = trust::name(actor.role);
    entry.action = "call-me";
    entry.person = actor.person.value;
    entry.from = actor.from;
    entry.result = page ? "paged" : "already paged";
    services.audit.append(*lease, std::move(entry));
    tx.commit();
  }
  if (page) {
    services.live.publish({oversight::Event::Type::page, actor.person, *page, {}, 1});
  }
  return json({{"asked", true}}, 202);
}

net::Response exportAll(Services& services, const Call& call) {
  const trust::Actor actor = call.actor();
  const trust::Grant grant = services.gate.open(
      actor, {actor.person, Action::read, {Kind::everything}, Purpose::own, "export"});
  const auto lease = services.database.lease();
  js::Object patient;
  patient["resourceType"] = "Patient";
  patient["id"] = actor.person.value;
  const trust::Account& account = call.signedIn();
  if (!account.profile.name.empty()) {
    patient["name"] = js::Array{js::Object{{"text", account.profile.name}}};
  }
  // The resources go in byte for byte, so that numbers keep their digits.
  std::string bundle = R"({"resourceType":"Bundle","type":"collection","timestamp":")" +
                       base::formatInstant(services.clock.now()) + R"(","entry":[{"resource":)" +
                       js::write(patient) + "}";
  services.store.each(*lease, grant, [&](const record::Resource& resource) {
    bundle += ",\n{\"resource\":" + resource.json + "}";
  });
  bundle += "]}";
  net::Response response;
  response.headers["Content-Type"] = "application/fhir+json";
  response.headers["Content-Disposition"] = "attachment; filename=\"my-record.json\"";
  response.body = std::move(bundle);
  return response;
}

}  // namespace

void addClientRoutes(Routes& routes) {
  routes.get("/api/me/consents", Scope::client, &consents, "What I am asked and have answered");
  routes.put("/api/me/consents", Scope::client, &changeConsent, "Say yes or no");
  routes.post("/api/me/messages", Scope::client, &postMessage, "Write to my care team").limit =
      Limit::message;
  routes.get("/api/me/messages", Scope::client, &messages, "My conversation");
  routes.get("/api/me/access", Scope::client, &access, "Who has looked at my record");
  routes.get("/api/help", Scope::everyone, &help, "Whom to call in danger");
  routes.post("/api/me/call-me", Scope::client, &callMe, "Ask the person on call to get in touch");
  routes.get("/api/me/export", Scope::client, &exportAll, "All of my record");
}

}  // namespace attune::api
