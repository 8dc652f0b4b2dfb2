#include "app/demo_fill.h"

#include <map>

#include "record/message.h"
#include "record/observation.h"
#include "trust/care_team.h"
#include "trust/consents.h"

namespace attune::app {

using base::Problem;
using trust::Kind;

namespace {

// Findings older than this have been looked at, as they would have been in a clinic that works.
constexpr std::chrono::hours kStillOpen{60};

class Filler {
 public:
  Filler(Installation& installation, Desk& desk, const clinic::DemoClinic& invented)
      : in_(installation), desk_(desk), invented_(invented), now_(installation.clock.now()) {}

  void addStaff() {
    const auto lease = in_.database->lease();
    db::Transaction tx(*lease);
    if (!in_.accounts.staff(*lease).empty()) {
      throw Problem(Problem::Kind::conflict, "somebody works here already; use an empty folder");
    }
    for (const clinic::DemoStaff& person : invented_.staff) {
      trust::Profile profile;
      profile.name = person.name;
      profile.login = person.login;
      profile.language = "en";
      profile.country = invented_.country;
      const auto role = trust::roleNamed(person.role).value_or(trust::Role::administrator);
      staff_.push_back(in_.accounts.create(*lease, role, profile));
      in_.accounts.setOnCall(*lease, staff_.back().id, person.onCall);
    }
    tx.commit();
  }

  void addClient(const clinic::DemoClient& client) {
    const trust::Account account = addAccount(client);
    const trust::Grant grant = in_.gate.openForDemonstration(account.person, actorOf(client));
    const auto lease = in_.database->lease();
    db::Transaction tx(*lease);
    for (const clinic::DemoConsent& consent : client.consents) {
      const auto source = trust::sourceNamed(consent.source);
      const auto purpose = trust::purposeNamed(consent.purpose);
      if (!source || !purpose) continue;
      trust::recordConsent(*lease, grant, *source, *purpose, consent.granted,
                           desk_.consentWords.version(), consent.at);
    }
    for (const clinic::DemoObservation& observation : client.observations) {
      const bool measure = observation.code == clinic::kPhq9 || observation.code == clinic::kGad7;
      in_.store.create(*lease, grant,
                       record::toDraft({base::newId<base::ResourceId>(in_.random), account.person,
                                        observation.at, observation.system, observation.code,
                                        observation.label, observation.value, observation.unit},
                                       measure ? Kind::measures : Kind::checkIns));
    }
    for (std::size_t i = 0; i < client.messages.size(); ++i) {
      addMessage(*lease, grant, account, client, i);
    }
    tx.commit();
  }

 private:
  trust::Account addAccount(const clinic::DemoClient& client) {
    trust::Profile profile;
    profile.name = client.name;
    profile.login = client.anonymous ? "" : client.key;
    profile.language = client.language == "es" ? "es" : "en";
    profile.country = invented_.country;
    const auto lease = in_.database->lease();
    db::Transaction tx(*lease);
    trust::Account account = client.anonymous
                                 ? in_.accounts.startWithoutName(*lease, profile).account
                                 : in_.accounts.create(*lease, trust::Role::client, profile);
    for (const std::size_t member : client.careTeam) {
      trust::joinCareTeam(*lease, account.person, staff_.at(member).id, client.since);
    }
    tx.commit();
    return account;
  }

  trust::Actor actorOf(const clinic::DemoClient& client) const {
    const trust::Account& member = staff_.at(client.careTeam.at(0));
    return {member.id, member.person, member.role, "demonstration"};
  }

  void addMessage(db::Connection& connection, const trust::Grant& grant,
                  const trust::Account& account, const clinic::DemoClient& client,
                  std::size_t index) {
    const clinic::DemoMessage& invented = client.messages[index];
    record::Message message;
    message.id = base::newId<base::ResourceId>(in_.random);
    message.person = account.person;
    message.fromClient = invented.fromClient;
    message.author = invented.fromClient ? account.id : staff_.at(invented.staffIndex).id;
    message.time = invented.at;
    message.text = invented.text;
    in_.store.create(connection, grant, record::toDraft(message));
    if (!invented.fromClient) return;
    if (now_ - invented.at > std::chrono::hours(20)) {
      connection.exec(
          "INSERT INTO message_seen(person, message, account, at) VALUES($1, $2, $3, $4)",
          {account.person.value, message.id.value, staff_.at(client.careTeam.at(0)).id.value,
           base::toMillis(invented.at + std::chrono::minutes(95))});
    }
    if (client.consented("messages", "alerts", invented.at)) {
      read(connection, grant, message, client, index);
    }
  }

  void read(db::Connection& connection, const trust::Grant& grant, const record::Message& message,
            const clinic::DemoClient& client, std::size_t index) {
    const text::Reading reading = desk_.reader.read(message.text);
    oversight::noteReading(connection, message.person, message.id, reading.notRead.empty());
    auto finding = oversight::findingFrom(reading, desk_.queue.policy());
    desk_.queue.tally(connection, finding ? std::optional(finding->kind) : std::nullopt,
                      message.time);
    if (!finding) return;
    finding->id = base::newId<base::ResourceId>(in_.random);
    finding->person = message.person;
    finding->message = message.id;
    finding->at = message.time;
    if (desk_.queue.coalesced(connection, *finding, message.time)) return;
    desk_.queue.file(connection, grant, *finding, message.time);
    decide(connection, grant, *finding, client, index);
  }

  void decide(db::Connection& connection, const trust::Grant& grant,
              const oversight::Finding& finding, const clinic::DemoClient& client,
              std::size_t index) {
    for (const clinic::DemoDecision& decided : client.decisions) {
      if (decided.messageIndex != index) continue;
      const auto decision = oversight::decisionNamed(decided.decision);
      if (!decision) continue;
      desk_.queue.decide(connection, grant, finding.id, 1, *decision, decided.reason, decided.at);
      return;
    }
    if (now_ - finding.at < kStillOpen) return;
    const clinic::DemoIntent intent = client.messages[index].intent;
    const bool meant =
        intent == clinic::DemoIntent::risk || intent == clinic::DemoIntent::distressed;
    desk_.queue.decide(
        connection, grant, finding.id, 1,
        meant ? oversight::Decision::accept : oversight::Decision::dismiss,
        meant ? "Read together with the messages before it; talked about it in the next session."
              : "Read in its context: everyday talk.",
        finding.at + std::chrono::minutes(140));
  }

  Installation& in_;
  Desk& desk_;
  const clinic::DemoClinic& invented_;
  base::Instant now_;
  std::vector<trust::Account> staff_;
};

}  // namespace

void fillDemonstration(Installation& installation, Desk& desk, const clinic::DemoClinic& invented,
                       const std::function<void(std::size_t, std::size_t)>& progress) {
  installation.setSetting("demonstration", invented.notice);
  installation.setSetting("clinic-name", invented.name);
  installation.setSetting("clinic-country", invented.country);
  Filler filler(installation, desk, invented);
  filler.addStaff();
  for (std::size_t i = 0; i < invented.clients.size(); ++i) {
    filler.addClient(invented.clients[i]);
    progress(i + 1, invented.clients.size());
  }
  // Written last: a folder without it was cut off while it was filled.
  installation.setSetting("demonstration-filled", "yes");
}

}  // namespace attune::app
