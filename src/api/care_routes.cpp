// What a clinician or social worker sees of the people in their care.
#include <algorithm>

#include "api/routes.h"
#include "api/shapes.h"
#include "record/observation.h"
#include "trust/care_team.h"
#include "trust/consents.h"

namespace attune::api {

namespace js = base::json;
using trust::Action;
using trust::Kind;
using trust::Purpose;

namespace {

net::Response caseload(Services& services, const Call& call) {
  js::Array clients;
  for (const clinic::CaseloadRow& row : clinic::caseload(
           services.database, services.gate, services.accounts, services.store, call.actor())) {
    js::Object client;
    client["personId"] = row.person.value;
    client["name"] = row.name;
    client["anonymous"] = row.name.empty();
    client["openFindings"] = row.openFindings;
    client["topPriority"] = row.topPriority;
    client["crisis"] = row.crisis;
    client["demo"] = services.clinic.demonstration;
    if (row.lastMessage) client["lastMessage"] = base::formatInstant(*row.lastMessage);
    if (row.lastReviewed) client["lastReviewed"] = base::formatInstant(*row.lastReviewed);
    clients.push_back(std::move(client));
  }
  return json({{"clients", std::move(clients)}, {"more", false}});
}

net::Response patient(Services& services, const Call& call) {
  const base::PersonId person{call.id()};
  const trust::Actor actor = call.actor();
  const trust::Grant grant = services.gate.open(
      actor, {person, Action::read, {Kind::identity, Kind::consents}, Purpose::care, {}});
  const auto lease = services.database.lease();
  const auto account = services.accounts.ofPerson(*lease, grant);
  const std::string name = account ? account->profile.name : "";
  js::Array team;
  for (const auto& id : trust::careTeamOf(*lease, person, services.clock.now())) {
    const auto member = services.accounts.find(*lease, id);
    if (!member) continue;
    team.push_back({{"name", member->profile.name}, {"role", roleWord(member->role)}});
  }
  js::Array consents;
  for (const trust::Consent& consent : trust::consentsOf(*lease, grant)) {
    consents.push_back({{"source", trust::name(consent.source)},
                        {"purpose", trust::name(consent.purpose)},
                        {"granted", consent.granted},
                        {"since", base::formatInstant(consent.changedAt)}});
  }
  std::size_t open = 0;
  if (oversight::mayShowFindings(*lease, person)) {
    open = services.queue.about(*lease, person, false, 1000).size();
  }
  return json({{"person",
                {{"personId", person.value},
                 {"name", name},
                 {"anonymous", name.empty()},
                 {"careTeam", std::move(team)},
                 {"consents", std::move(consents)},
                 {"openFindings", open}}}});
}

net::Response messages(Services& services, const Call& call) {
  std::optional<base::ResourceId> before;
  if (const auto found = call.request.query.find("before"); found != call.request.query.end()) {
    before = base::ResourceId{found->second};
  }
  const auto page = services.conversation.read(call.actor(), {call.id()}, before,
                                               call.number("limit", 50, 1, 200));
  js::Array list;
  const auto lease = services.database.lease();
  for (const companion::MessageView& view : page.messages) {
    list.push_back(messageShape(services, *lease, view));
  }
  return json({{"messages", std::move(list)}, {"more", page.more}});
}

net::Response postMessage(Services& services, const Call& call) {
  const js::Object body = call.body();
  const auto posted = services.conversation.post(call.actor(), {call.id()},
                                                 {std::string(js::requireText(body, "id"))},
                                                 std::string(js::requireText(body, "text")));
  companion::MessageView view;
  view.message = posted.message;
  const auto lease = services.database.lease();
  return json({{"message", messageShape(services, *lease, view)}}, posted.fresh ? 201 : 200);
}

net::Response observations(Services& services, const Call& call) {
  const base::PersonId person{call.id()};
  const auto code = call.request.query.find("code");
  const trust::Grant grant = services.gate.open(
      call.actor(), {person, Action::read, {Kind::checkIns, Kind::measures}, Purpose::care, {}});
  const auto lease = services.database.lease();
  js::Array list;
  for (const Kind kind : {Kind::checkIns, Kind::measures}) {
    record::Query query;
    query.kind = kind;
    query.type = record::kObservationType;
    if (code != call.request.query.end()) query.code = code->second;
    query.limit = 1000;
    for (const record::Resource& resource : services.store.search(*lease, grant, query)) {
      const record::Observation observation = record::observationFrom(resource);
      js::Object shape;
      shape["time"] = base::formatInstant(observation.time);
      shape["code"] = observation.code;
      shape["label"] = observation.label;
      shape["value"] = observation.value;
      if (!observation.unit.empty()) shape["unit"] = observation.unit;
      list.push_back(std::move(shape));
    }
  }
  // Oldest first, as a chart is read.
  std::reverse(list.begin(), list.end());
  std::stable_sort(list.begin(), list.end(), [](const js::Value& a, const js::Value& b) {
    return a.at("time").as_string() < b.at("time").as_string();
  });
  return json({{"observations", std::move(list)}});
}

net::Response staff(Services& services, const Call&) {
  const auto lease = services.database.lease();
  js::Array list;
  for (const trust::Account& account : services.accounts.staff(*lease)) {
    list.push_back({{"accountId", account.id.value},
                    {"name", account.profile.name},
                    {"role", roleWord(account.role)},
                    {"onCall", account.onCall}});
  }
  return json({{"staff", std::move(list)}});
}

net::Response models(Services& services, const Call&) {
  js::Array cannotTell(services.reader.limits().begin(), services.reader.limits().end());
  const std::string& model = services.reader.model();
  const std::size_t space = model.find(' ');
  js::Object card;
  card["name"] = model.substr(0, space);
  card["version"] = space == std::string::npos ? "" : model.substr(space + 1);
  card["what"] =
      "Reads a message for signs of suicide risk, strain and feeling. It points; a person "
      "decides.";
  card["cannotTell"] = std::move(cannotTell);
  card["card"] = services.modelCard;
  return json({{"models", js::Array{card}}});
}

}  // namespace

void addCareRoutes(Routes& routes) {
  routes.get("/api/caseload", Scope::care, &caseload, "Who is in my care and needs a look");
  routes.get("/api/patients/{id}", Scope::care, &patient, "Read a client");
  routes.get("/api/patients/{id}/messages", Scope::care, &messages, "Read a client's conversation");
  routes.post("/api/patients/{id}/messages", Scope::care, &postMessage, "Answer a client").limit =
      Limit::message;
  routes.get("/api/patients/{id}/observations", Scope::care, &observations,
             "A client's check-ins and questionnaires");
  routes.get("/api/staff", Scope::staff, &staff, "Who works here");
  routes.get("/api/models", Scope::staff, &models, "What the models are and can't tell");
}

}  // namespace attune::api
