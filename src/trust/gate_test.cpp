// Who may do what with whose data. docs/access.md says these rules in words.
#include "trust/gate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "trust/trust_testing.h"

namespace attune::trust {
namespace {

using testing::House;
using testing::problemOf;
using Wrong = base::Problem::Kind;
using std::chrono::hours;

const std::vector<Role> kRoles{Role::client,        Role::clinician,      Role::socialWorker,
                               Role::administrator, Role::dataProtection, Role::system};
const std::vector<Kind> kKinds{Kind::identity, Kind::messages, Kind::findings,  Kind::checkIns,
                               Kind::measures, Kind::consents, Kind::everything};
const std::vector<Purpose> kPurposes{Purpose::care, Purpose::alerts, Purpose::research,
                                     Purpose::training, Purpose::own};

enum class Relation { own, team, none };
const std::vector<Relation> kRelations{Relation::own, Relation::team, Relation::none};

// The words of consent that the rules speak of.
enum Word : unsigned { nothing = 0, messagesCare = 1, messagesAlerts = 2, checkInsCare = 4 };

struct Rule {
  Role role;
  Action action;
  Kind kind;
  unsigned needs;  // words of consent
};

// All that anybody may do. What is not here, nobody may.
const std::vector<Rule> kRules{
    // A client: their own record. Storing what they write needs their word.
    {Role::client, Action::read, Kind::identity, nothing},
    {Role::client, Action::read, Kind::messages, nothing},
    {Role::client, Action::read, Kind::findings, nothing},
    {Role::client, Action::read, Kind::checkIns, nothing},
    {Role::client, Action::read, Kind::measures, nothing},
    {Role::client, Action::read, Kind::consents, nothing},
    {Role::client, Action::read, Kind::everything, nothing},
    {Role::client, Action::write, Kind::messages, messagesCare},
    {Role::client, Action::write, Kind::checkIns, nothing},
    {Role::client, Action::write, Kind::measures, nothing},
    {Role::client, Action::write, Kind::consents, nothing},
    // A clinician: a client of theirs, for care.
    {Role::clinician, Action::read, Kind::identity, nothing},
    {Role::clinician, Action::read, Kind::consents, nothing},
    {Role::clinician, Action::read, Kind::messages, messagesCare},
    {Role::clinician, Action::read, Kind::findings, messagesCare | messagesAlerts},
    {Role::clinician, Action::read, Kind::checkIns, checkInsCare},
    {Role::clinician, Action::read, Kind::measures, checkInsCare},
    {Role::clinician, Action::write, Kind::messages, messagesCare},
    {Role::clinician, Action::write, Kind::findings, messagesCare | messagesAlerts},
    // A social worker: as a clinician.
    {Role::socialWorker, Action::read, Kind::identity, nothing},
    {Role::socialWorker, Action::read, Kind::consents, nothing},
    {Role::socialWorker, Action::read, Kind::messages, messagesCare},
    {Role::socialWorker, Action::read, Kind::findings, messagesCare | messagesAlerts},
    {Role::socialWorker, Action::read, Kind::checkIns, checkInsCare},
    {Role::socialWorker, Action::read, Kind::measures, checkInsCare},
    {Role::socialWorker, Action::write, Kind::messages, messagesCare},
    {Role::socialWorker, Action::write, Kind::findings, messagesCare | messagesAlerts},
    // The system: reads messages to raise an alert.
    {Role::system, Action::read, Kind::messages, messagesAlerts},
    {Role::system, Action::read, Kind::findings, messagesAlerts},
    {Role::system, Action::write, Kind::findings, messagesAlerts},
};

Purpose purposeOf(Role role) {
  if (role == Role::client) return Purpose::own;
  return role == Role::system ? Purpose::alerts : Purpose::care;
}

bool relationEnough(Role role, Relation relation) {
  if (role == Role::system) return true;
  return relation == (role == Role::client ? Relation::own : Relation::team);
}

// Absent: granted.
std::optional<Wrong> expected(Role role, Action action, Kind kind, Purpose purpose,
                              Relation relation, unsigned consents) {
  const auto rule = std::find_if(kRules.begin(), kRules.end(), [&](const Rule& r) {
    return r.role == role && r.action == action && r.kind == kind;
  });
  if (rule == kRules.end() || purpose != purposeOf(role) || !relationEnough(role, relation)) {
    return Wrong::notFound;
  }
  if ((rule->needs & consents) != rule->needs) return Wrong::forbidden;
  return std::nullopt;
}

class GateTest : public ::testing::Test {
 protected:
  testing::Folder folder_;
  House house_{(folder_.path() / "attune.db").string()};
};

// One client, and one account of each role for each relation to that client.
struct Cast {
  explicit Cast(House& house) : client(house.account(Role::client)) {
    for (const Role role : kRoles) {
      Account related = house.account(role == Role::system ? Role::administrator : role);
      house.join(client, related);
      actors[{role, Relation::team}] = House::actor(related);
      actors[{role, Relation::none}] =
          House::actor(house.account(role == Role::system ? Role::administrator : role));
      // Their own person is the one asked for, whatever their role.
      actors[{role, Relation::own}] = House::actor(client);
    }
    for (auto& [which, actor] : actors) actor.role = which.first;
    for (const Relation relation : kRelations) actors[{Role::system, relation}] = Actor{};
  }
  Account client;
  std::map<std::pair<Role, Relation>, Actor> actors;
};

void say(House& house, const Account& client, unsigned consents) {
  house.say(client, Source::messages, Purpose::care, (consents & messagesCare) != 0);
  house.say(client, Source::messages, Purpose::alerts, (consents & messagesAlerts) != 0);
  house.say(client, Source::checkIns, Purpose::care, (consents & checkInsCare) != 0);
}

std::string told(Role role, Action action, Kind kind, Purpose purpose, Relation relation,
                 unsigned consents) {
  return std::string(name(role)) + " " + std::string(name(action)) + " " + std::string(name(kind)) +
         " for " + std::string(name(purpose)) + ", relation " +
         std::to_string(static_cast<int>(relation)) + ", consents " + std::to_string(consents);
}

// If a single cell of this table were wrong, somebody would read what was told to another in
// confidence, or a carer would stand before a closed door while a client waits.
TEST_F(GateTest, everyRoleKindActionRelationshipAndConsent) {
  const Cast cast(house_);
  for (unsigned consents = 0; consents < 8; ++consents) {
    say(house_, cast.client, consents);
    for (const auto& [who, actor] : cast.actors) {
      for (const Kind kind : kKinds) {
        for (const Action action : {Action::read, Action::write}) {
          const Purpose purpose = purposeOf(who.first);
          EXPECT_EQ(problemOf([&, a = &actor] {
                      house_.gate.open(*a, {cast.client.person, action, {kind}, purpose, ""});
                    }),
                    expected(who.first, action, kind, purpose, who.second, consents))
              << told(who.first, action, kind, purpose, who.second, consents);
        }
      }
    }
  }
}

// Data given for care and used for research, with nobody asked.
TEST_F(GateTest, noOtherPurposeThanTheRolesOwn) {
  const Cast cast(house_);
  say(house_, cast.client, messagesCare | messagesAlerts | checkInsCare);
  house_.say(cast.client, Source::messages, Purpose::research, true);
  for (const auto& [who, actor] : cast.actors) {
    for (const Purpose purpose : kPurposes) {
      if (purpose == purposeOf(who.first)) continue;
      for (const Kind kind : {Kind::messages, Kind::findings, Kind::identity}) {
        EXPECT_EQ(problemOf([&, a = &actor] {
                    house_.gate.open(*a, {cast.client.person, Action::read, {kind}, purpose, ""});
                  }),
                  Wrong::notFound)
            << told(who.first, Action::read, kind, purpose, who.second, 7);
      }
    }
  }
}

// One kind that is not allowed makes the whole request fail: a grant is never a part of what was
// asked for.
TEST_F(GateTest, allKindsOrNone) {
  const Account client = house_.account(Role::client), staff = house_.account(Role::clinician);
  house_.join(client, staff);
  EXPECT_EQ(problemOf([&] {
              house_.care(staff, client, Action::read, {Kind::identity, Kind::messages});
            }),
            Wrong::forbidden);
  EXPECT_EQ(problemOf([&] {
              house_.care(staff, client, Action::write, {Kind::findings, Kind::identity});
            }),
            Wrong::notFound);
  EXPECT_EQ(problemOf([&] { house_.care(staff, client, Action::read, {}); }), Wrong::internal);
}

// Somebody could learn who is a client here by trying ids, and by how the refusal sounds.
TEST_F(GateTest, unknownErasedAndUnrelatedSoundTheSame) {
  const Account staff = house_.account(Role::clinician), other = house_.account(Role::client);
  const Account erased = house_.account(Role::client);
  house_.join(erased, staff);
  house_.erase(erased.person);
  std::set<std::string> sounds;
  for (const base::PersonId& person :
       {other.person, erased.person, base::newId<base::PersonId>(house_.random),
        base::PersonId{"x' OR '1'='1"}, base::PersonId{""}}) {
    for (const Kind kind : {Kind::identity, Kind::messages}) {
      try {
        house_.gate.open(House::actor(staff), {person, Action::read, {kind}, Purpose::care, ""});
        ADD_FAILURE() << "granted";
      } catch (const base::Problem& problem) {
        sounds.insert(std::string(base::name(problem.kind())) + "|" + problem.detail() + "|" +
                      problem.where());
      }
    }
  }
  EXPECT_EQ(sounds.size(), 1u);
}

// A refusal that nobody sees lets somebody try every door at leisure.
TEST_F(GateTest, refusalsAndGrantsAreAudited) {
  const Account client = house_.account(Role::client), staff = house_.account(Role::clinician);
  const auto ask = [&](const char* detail) {
    problemOf([&] {
      house_.gate.open(House::actor(staff),
                       {client.person, Action::read, {Kind::messages}, Purpose::care, detail});
    });
    return house_.newestEntry(client.person);
  };
  AuditEntry entry = ask("guessed");
  EXPECT_EQ(entry.action, "refused");
  EXPECT_EQ(entry.result, "not in the care team");
  EXPECT_EQ(entry.actor, staff.id.value);
  EXPECT_EQ(entry.role, "clinician");
  EXPECT_EQ(entry.what, "messages");
  EXPECT_EQ(entry.detail, "read guessed");
  EXPECT_EQ(entry.from, "127.0.0.1");
  EXPECT_EQ(entry.at, house_.clock.now());
  house_.join(client, staff);
  EXPECT_EQ(ask("").result, "no consent messages/care");
  house_.say(client, Source::messages, Purpose::care, true);
  entry = ask("");
  EXPECT_EQ(entry.action, "read");
  EXPECT_EQ(entry.result, "granted");

  const auto unknown = base::newId<base::PersonId>(house_.random);
  problemOf([&] {
    house_.gate.open(House::actor(staff),
                     {unknown, Action::read, {Kind::identity}, Purpose::care, ""});
  });
  EXPECT_EQ(house_.newestEntry(unknown).result, "no such record");
  EXPECT_TRUE(house_.verify().intact);
}

// One request with bytes that are not text, and the proof of who read what would be void for good;
// one with somebody's name in it, and the name would stand in the trail for ever.
TEST_F(GateTest, aGuessedIdCannotSpoilTheTrail) {
  const Account staff = house_.account(Role::clinician);
  const std::string zero("a\0b", 3);
  for (const std::string& guess : {std::string("\xff\xfe\x80"), zero, std::string("Anna Schmidt"),
                                   std::string(100'000, 'a'), std::string("\"},{\"")}) {
    EXPECT_EQ(problemOf([&] {
                house_.gate.open(House::actor(staff), {{guess},
                                                       Action::read,
                                                       {Kind::identity},
                                                       Purpose::care,
                                                       "id \xff" + std::string(5000, 'x')});
              }),
              Wrong::notFound);
  }
  EXPECT_TRUE(house_.verify().intact) << house_.verify().reason;
  AuditLog::exportLines(*house_.database->lease(), [](std::string_view line) {
    EXPECT_TRUE(base::isUtf8(line));
    EXPECT_LT(line.size(), 1500u);
    EXPECT_EQ(line.find("Anna"), std::string_view::npos);
  });
}

// A locum's access must begin and end on the day that was agreed.
TEST_F(GateTest, careTeamFromItsFirstMomentToItsLast) {
  const Account client = house_.account(Role::client), staff = house_.account(Role::socialWorker);
  const base::Instant start = house_.clock.now();
  house_.join(client, staff, start + hours(10), start + hours(20));
  const auto may = [&](hours after) {
    house_.clock.set(start + after);
    return !problemOf([&] { house_.care(staff, client, Action::read, {Kind::identity}); });
  };
  EXPECT_FALSE(may(hours(9)));
  EXPECT_TRUE(may(hours(10)));
  EXPECT_TRUE(may(hours(19)));
  EXPECT_FALSE(may(hours(20)));
}

}  // namespace
}  // namespace attune::trust
