// The review queue.
#include <algorithm>

#include "api/live.h"
#include "api/routes.h"
#include "api/shapes.h"
#include "record/message.h"
#include "trust/care_team.h"

namespace attune::api {

namespace js = base::json;
using base::Problem;
using oversight::Event;
using trust::Action;
using trust::Kind;
using trust::Purpose;

namespace {

// Entries that may not be shown are left out after this, so that they don't crowd out the others.
constexpr int kMostLookedAt = 1000;

// The queue entry of the id in the path. A guess is audited and answered like somebody else's.
oversight::QueueEntry entryOf(Services& services, const Call& call) {
  const base::ResourceId id{call.id()};
  const auto lease = services.database.lease();
  if (auto entry = services.queue.find(*lease, id)) return *entry;
  const trust::Actor actor = call.actor();
  trust::AuditEntry audit;
  audit.actor = actor.account.value;
  audit.role = trust::name(actor.role);
  audit.action = "refused";
  audit.what = "findings";
  audit.from = actor.from;
  audit.detail = id.value;
  audit.result = "no such finding";
  db::Transaction tx(*lease);
  services.audit.append(*lease, std::move(audit));
  tx.commit();
  throw Problem(Problem::Kind::notFound, "there is no such record");
}

trust::Grant grantFor(Services& services, const Call& call, const oversight::QueueEntry& entry,
                      Action action) {
  std::vector<Kind> kinds{Kind::findings};
  if (action == Action::read) kinds = {Kind::findings, Kind::messages, Kind::identity};
  return services.gate.open(call.actor(),
                            {entry.person, action, kinds, Purpose::care, entry.id.value});
}

js::Array evidenceShape(const oversight::Finding& finding, std::string_view text) {
  js::Array list;
  for (const text::Evidence& evidence : finding.evidence) {
    list.push_back({{"start", utf16Offset(text, evidence.start)},
                    {"end", utf16Offset(text, evidence.end)},
                    {"weight", evidence.weight},
                    {"about", evidence.about}});
  }
  return list;
}

// The finding whole, as its page shows it.
net::Response whole(Services& services, const oversight::QueueEntry& entry,
                    const trust::Grant& grant) {
  const auto lease = services.database.lease();
  const oversight::Finding finding = services.queue.read(*lease, grant, entry.id);
  const auto resource = services.store.read(*lease, grant, finding.message);
  if (!resource) throw Problem(Problem::Kind::notFound, "there is no such record");
  const record::Message message = record::messageFrom(*resource);
  const auto account = services.accounts.ofPerson(*lease, grant);
  const oversight::BaseRate rate = services.queue.baseRate(*lease, finding.kind);

  js::Object shape = findingSummaryShape(entry, finding, account ? account->profile.name : "",
                                         services.clock.now());
  if (!entry.assignedTo.empty()) {
    shape["assignedName"] = staffName(services, *lease, entry.assignedTo);
  }
  shape["message"] = {{"id", message.id.value},
                      {"text", message.text},
                      {"time", base::formatInstant(message.time)}};
  shape["evidence"] = evidenceShape(finding, message.text);
  shape["riskLevel"] = text::name(finding.level);
  shape["stress"] = {
      {"probability", finding.stress}, {"low", finding.stressLow}, {"high", finding.stressHigh}};
  js::Array emotions;
  for (const text::Emotion& emotion : finding.emotions) {
    emotions.push_back({{"name", emotion.name}, {"probability", emotion.probability}});
  }
  shape["emotions"] = std::move(emotions);
  shape["model"] = finding.model;
  shape["cannotTell"] = js::Array(services.reader.limits().begin(), services.reader.limits().end());
  shape["baseRate"] =
      rate.read == 0 ? 0.0 : static_cast<double>(rate.raised) / static_cast<double>(rate.read);
  shape["agreement"] = {{"read", rate.read},
                        {"raised", rate.raised},
                        {"decided", rate.decided},
                        {"agreed", rate.agreed}};
  shape["threshold"] = finding.threshold;
  if (finding.decided) {
    shape["decision"] = {{"decision", oversight::name(finding.decided->decision)},
                         {"reason", finding.decided->reason},
                         {"by", staffName(services, *lease, finding.decided->by)},
                         {"at", base::formatInstant(finding.decided->at)}};
  }
  return json({{"finding", std::move(shape)}});
}

net::Response findings(Services& services, const Call& call) {
  const trust::Actor actor = call.actor();
  const auto state = call.request.query.find("state");
  const bool decided = state != call.request.query.end() && state->second == "decided";
  const auto wanted = call.request.query.find("person");
  const int limit = call.number("limit", 100, 1, 500);
  std::vector<oversight::QueueEntry> entries;
  {
    const auto lease = services.database.lease();
    entries = wanted == call.request.query.end()
                  ? services.queue.forStaff(*lease, actor.account, decided, kMostLookedAt)
                  : services.queue.about(*lease, {wanted->second}, decided, kMostLookedAt);
  }
  std::vector<base::PersonId> persons;
  for (const auto& entry : entries) persons.push_back(entry.person);
  std::sort(persons.begin(), persons.end());
  persons.erase(std::unique(persons.begin(), persons.end()), persons.end());
  // Without leave (consent withdrawn, not in the team any more) what was derived is not shown.
  const auto grants = services.gate.openMany(
      actor, persons, {{}, Action::read, {Kind::findings, Kind::identity}, Purpose::care, "queue"});
  std::map<std::string, const trust::Grant*> byPerson;
  for (const trust::Grant& grant : grants) byPerson[grant.person().value] = &grant;

  js::Array list;
  const auto lease = services.database.lease();
  for (const oversight::QueueEntry& entry : entries) {
    const auto grant = byPerson.find(entry.person.value);
    if (grant == byPerson.end()) continue;
    if (list.size() == static_cast<std::size_t>(limit)) break;
    try {
      const auto account = services.accounts.ofPerson(*lease, *grant->second);
      js::Object shape =
          findingSummaryShape(entry, services.queue.read(*lease, *grant->second, entry.id),
                              account ? account->profile.name : "", services.clock.now());
      if (!entry.assignedTo.empty()) {
        shape["assignedName"] = staffName(services, *lease, entry.assignedTo);
      }
      list.push_back(std::move(shape));
    } catch (const Problem& problem) {
      // Withdrawn or erased this very moment, or damaged: the others are shown all the same.
      if (problem.kind() == Problem::Kind::storage) throw;
      services.log.error("a finding in the queue can't be shown",
                         {{"finding", entry.id.value}, {"kind", base::name(problem.kind())}});
    }
  }
  return json({{"findings", std::move(list)}});
}

net::Response finding(Services& services, const Call& call) {
  const oversight::QueueEntry entry = entryOf(services, call);
  const trust::Grant grant = grantFor(services, call, entry, Action::read);
  net::Response response = whole(services, entry, grant);
  services.conversation.noteSeen(call.actor(), grant, entry.message);
  return response;
}

net::Response decide(Services& services, const Call& call) {
  const js::Object body = call.body();
  const auto decision = oversight::decisionNamed(js::requireText(body, "decision"));
  if (!decision) {
    throw Problem(Problem::Kind::invalid, "accept, dismiss or act is needed", "/decision");
  }
  const auto version = js::number(body, "version");
  if (!version || !(*version >= 1 && *version <= 1e9)) {
    throw Problem(Problem::Kind::invalid, "the version that was looked at is needed", "/version");
  }
  const std::string reason(js::requireText(body, "reason"));
  oversight::QueueEntry entry = entryOf(services, call);
  const trust::Grant grant = grantFor(services, call, entry, Action::write);
  std::vector<std::string> taken;
  {
    const auto lease = services.database.lease();
    db::Transaction tx(*lease);
    services.queue.decide(*lease, grant, entry.id, static_cast<std::int64_t>(*version), *decision,
                          reason, services.clock.now());
    taken = services.pager.takeDecided(*lease, entry.person, grant.actor().account);
    tx.commit();
  }
  services.live.publish({Event::Type::findingDecided, entry.person, entry.id.value, {}, 0});
  for (const std::string& page : taken) {
    // Only who acts is coming; the client is told of nobody else.
    const base::AccountId who =
        *decision == oversight::Decision::act ? grant.actor().account : base::AccountId{};
    services.live.publish({Event::Type::pageAcked, entry.person, page, who, 0});
  }
  entry = entryOf(services, call);
  return whole(services, entry, grantFor(services, call, entry, Action::read));
}

net::Response assign(Services& services, const Call& call) {
  const js::Object body = call.body();
  const base::AccountId to{std::string(js::requireText(body, "accountId"))};
  oversight::QueueEntry entry = entryOf(services, call);
  const trust::Grant grant = grantFor(services, call, entry, Action::write);
  {
    const auto lease = services.database.lease();
    const auto team = trust::careTeamOf(*lease, entry.person, services.clock.now());
    if (std::find(team.begin(), team.end(), to) == team.end()) {
      throw Problem(Problem::Kind::invalid, "only somebody of the client's care team can take this",
                    "/accountId");
    }
    db::Transaction tx(*lease);
    services.queue.assign(*lease, grant, entry.id, to);
    trust::AuditEntry audit;
    audit.actor = grant.actor().account.value;
    audit.role = trust::name(grant.actor().role);
    audit.action = "assign";
    audit.person = entry.person.value;
    audit.what = "findings";
    audit.from = grant.actor().from;
    audit.detail = entry.id.value + " to " + to.value;
    audit.result = "granted";
    services.audit.append(*lease, std::move(audit));
    tx.commit();
  }
  services.live.publish({Event::Type::finding, entry.person, entry.id.value, {}, entry.priority});
  entry = entryOf(services, call);
  return whole(services, entry, grantFor(services, call, entry, Action::read));
}

}  // namespace

void addFindingRoutes(Routes& routes) {
  routes.get("/api/findings", Scope::care, &findings, "Findings that wait for a person");
  routes.get("/api/findings/{id}", Scope::care, &finding, "A finding with its evidence");
  routes.post("/api/findings/{id}/decision", Scope::care, &decide, "Accept, dismiss or act");
  routes.post("/api/findings/{id}/assign", Scope::care, &assign, "Give it to a colleague");
}

}  // namespace attune::api
