// Pages to whoever is on call.
#include <algorithm>

#include "api/live.h"
#include "api/routes.h"
#include "api/shapes.h"
#include "trust/care_team.h"

namespace attune::api {

namespace js = base::json;
using oversight::Event;

namespace {

js::Object pageShape(Services& services, db::Connection& connection, const oversight::Page& page,
                     std::string_view name) {
  js::Array channels;
  for (const auto& delivery : page.deliveries) {
    js::Object channel;
    channel["channel"] = oversight::name(delivery.channel);
    channel["state"] = oversight::name(delivery.state);
    channel["level"] = delivery.level;
    if (!delivery.account.empty()) {
      channel["to"] = staffName(services, connection, delivery.account);
    }
    if (!delivery.error.empty()) channel["error"] = delivery.error;
    channels.push_back(std::move(channel));
  }
  js::Object shape;
  shape["id"] = page.id;
  if (!page.finding.empty()) shape["findingId"] = page.finding.value;
  shape["personId"] = page.person.value;
  shape["name"] = name;
  shape["reason"] = oversight::name(page.reason);
  shape["sentAt"] = base::formatInstant(page.sentAt);
  shape["level"] = page.level;
  shape["channels"] = std::move(channels);
  if (page.ackedAt) {
    shape["ackedAt"] = base::formatInstant(*page.ackedAt);
    shape["ackedBy"] = staffName(services, connection, page.ackedBy);
  }
  return shape;
}

std::string nameOf(Services& services, const Call& call, const base::PersonId& person) {
  const auto names =
      clinic::namesOf(services.database, services.gate, services.accounts, call.actor(), {person});
  return names.empty() ? "" : names[0].second;
}

net::Response pages(Services& services, const Call& call) {
  const trust::Actor actor = call.actor();
  std::vector<oversight::Page> found;
  {
    const auto lease = services.database.lease();
    found = services.pager.forStaff(*lease, actor.account, call.number("limit", 50, 1, 200));
  }
  std::vector<base::PersonId> persons;
  {
    // Leave ends some days after a page; asking all the same would be noted as a refusal each time.
    const auto lease = services.database.lease();
    const auto mine = trust::caseloadOf(*lease, actor.account, services.clock.now());
    for (const oversight::Page& page : found) {
      if (std::find(mine.begin(), mine.end(), page.person) != mine.end()) {
        persons.push_back(page.person);
      }
    }
  }
  std::map<std::string, std::string> names;
  for (const auto& [person, name] :
       clinic::namesOf(services.database, services.gate, services.accounts, actor, persons)) {
    names[person.value] = name;
  }
  js::Array list;
  const auto lease = services.database.lease();
  for (const oversight::Page& page : found) {
    list.push_back(pageShape(services, *lease, page, names[page.person.value]));
  }
  return json({{"pages", std::move(list)}});
}

net::Response acknowledge(Services& services, const Call& call) {
  const trust::Actor actor = call.actor();
  const std::string id = call.id();
  trust::AuditEntry entry;
  entry.actor = actor.account.value;
  entry.role = trust::name(actor.role);
  entry.from = actor.from;
  entry.detail = id;
  oversight::Page page;
  try {
    const auto lease = services.database.lease();
    db::Transaction tx(*lease);
    page = services.pager.acknowledge(*lease, id, actor.account);
    entry.action = "page-acknowledged";
    entry.person = page.person.value;
    entry.result = "granted";
    services.audit.append(*lease, entry);
    tx.commit();
  } catch (const base::Problem& problem) {
    if (problem.kind() != base::Problem::Kind::notFound) throw;
    entry.action = "refused";
    entry.what = "page";
    entry.result = "no such page";
    services.audit.append(services.database, entry);
    throw;
  }
  services.live.publish({Event::Type::pageAcked, page.person, page.id, actor.account, 0});
  const std::string name = nameOf(services, call, page.person);
  const auto lease = services.database.lease();
  return json({{"page", pageShape(services, *lease, page, name)}});
}

net::Response setOnCall(Services& services, const Call& call) {
  const js::Object body = call.body();
  const auto onCall = js::boolean(body, "onCall");
  if (!onCall) {
    throw base::Problem(base::Problem::Kind::invalid, "true or false is needed", "/onCall");
  }
  const trust::Actor actor = call.actor();
  const auto lease = services.database.lease();
  db::Transaction tx(*lease);
  services.accounts.setOnCall(*lease, actor.account, *onCall);
  trust::AuditEntry entry;
  entry.actor = actor.account.value;
  entry.role = trust::name(actor.role);
  entry.action = "on-call";
  entry.from = actor.from;
  entry.result = *onCall ? "yes" : "no";
  services.audit.append(*lease, std::move(entry));
  tx.commit();
  return json({{"onCall", *onCall}});
}

}  // namespace

void addPageRoutes(Routes& routes) {
  routes.get("/api/pages", Scope::care, &pages, "Calls for a person");
  routes.post("/api/pages/{id}/ack", Scope::care, &acknowledge, "I am taking this");
  routes.put("/api/me/on-call", Scope::care, &setOnCall, "I am on call, or not");
}

}  // namespace attune::api
