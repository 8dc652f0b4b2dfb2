// What a grant opens, for how long, and how it is had for many at once or for a demonstration.
#include <gtest/gtest.h>

#include "trust/trust_testing.h"

namespace attune::trust {
namespace {

using testing::House;
using testing::problemOf;
using Wrong = base::Problem::Kind;

constexpr Kind kAllKinds[] = {Kind::identity, Kind::messages, Kind::findings,  Kind::checkIns,
                              Kind::measures, Kind::consents, Kind::everything};

class GrantTest : public ::testing::Test {
 protected:
  testing::Folder folder_;
  House house_{(folder_.path() / "attune.db").string()};
};

// A grant from before somebody left the team must not open anything after.
TEST_F(GrantTest, aGrantEndsWithTheCareTeam) {
  const Account client = house_.account(Role::client), staff = house_.account(Role::clinician);
  house_.join(client, staff);
  const Grant grant = house_.care(staff, client, Action::read, {Kind::identity, Kind::consents});
  const auto check = [&] {
    return problemOf([&] {
      Gate::check(*house_.database->lease(), grant, Action::read, Kind::identity,
                  house_.clock.now());
    });
  };
  EXPECT_EQ(check(), std::nullopt);
  EXPECT_EQ(problemOf([&] { consentsOf(*house_.database->lease(), grant); }), std::nullopt);
  house_.leave(client, staff, house_.clock.now());
  EXPECT_EQ(check(), Wrong::notFound);
  EXPECT_EQ(problemOf([&] { consentsOf(*house_.database->lease(), grant); }), Wrong::notFound);
}

// An account that was closed opens nothing, though its owner still stands in the care team.
TEST_F(GrantTest, aClosedAccountIsOut) {
  const Account client = house_.account(Role::client), staff = house_.account(Role::clinician);
  house_.join(client, staff);
  const Grant grant = house_.care(staff, client, Action::read, {Kind::identity});
  house_.database->lease()->exec("UPDATE account SET disabled_at = 1 WHERE id = $1",
                                 {staff.id.value});
  EXPECT_EQ(problemOf([&] { house_.care(staff, client, Action::read, {Kind::identity}); }),
            Wrong::notFound);
  EXPECT_EQ(problemOf([&] {
              Gate::check(*house_.database->lease(), grant, Action::read, Kind::identity,
                          house_.clock.now());
            }),
            Wrong::notFound);
}

// A clinician whose account was erased is out, even with a session or a grant from before.
TEST_F(GrantTest, anErasedCarerIsOut) {
  const Account client = house_.account(Role::client), staff = house_.account(Role::clinician);
  house_.join(client, staff);
  house_.erase(staff.person);
  EXPECT_EQ(problemOf([&] { house_.care(staff, client, Action::read, {Kind::identity}); }),
            Wrong::notFound);
  EXPECT_TRUE(careTeamOf(*house_.database->lease(), client.person, house_.clock.now()).empty());
}

// A list of clients is no way around the gate.
TEST_F(GrantTest, manyAtOnceAreThoseWhoWouldBeGrantedOneByOne) {
  const Account staff = house_.account(Role::clinician);
  const Account yes = house_.account(Role::client), no = house_.account(Role::client);
  const Account stranger = house_.account(Role::client), erased = house_.account(Role::client);
  for (const Account* client : {&yes, &no, &erased}) house_.join(*client, staff);
  house_.say(yes, Source::messages, Purpose::care, true);
  house_.say(stranger, Source::messages, Purpose::care, true);
  house_.erase(erased.person);
  const auto grants = house_.gate.openMany(
      House::actor(staff), {no.person, stranger.person, yes.person, erased.person},
      {{}, Action::read, {Kind::messages}, Purpose::care, "list"});
  ASSERT_EQ(grants.size(), 1u);
  EXPECT_EQ(grants[0].person(), yes.person);
  EXPECT_EQ(house_.newestEntry(yes.person).result, "granted");
  EXPECT_EQ(house_.newestEntry(stranger.person).result, "not in the care team");
  EXPECT_EQ(house_.newestEntry(erased.person).result, "no such record");
}

// Leave for one thing would be leave for all.
TEST_F(GrantTest, aGrantCoversWhatItNamesAndNarrowNeverWidens) {
  const Account client = house_.account(Role::client);
  house_.say(client, Source::messages, Purpose::care, true);
  const Grant two = house_.own(client, Action::write, {Kind::messages, Kind::checkIns});
  const Grant all = house_.own(client, Action::read, {Kind::everything});
  const auto check = [&](const Grant& grant, Action action, Kind kind) {
    return problemOf(
        [&] { Gate::check(*house_.database->lease(), grant, action, kind, house_.clock.now()); });
  };
  EXPECT_EQ(check(two, Action::write, Kind::messages), std::nullopt);
  EXPECT_EQ(check(two, Action::read, Kind::checkIns), std::nullopt);
  EXPECT_EQ(check(two, Action::read, Kind::findings), Wrong::internal);
  EXPECT_EQ(check(all, Action::write, Kind::messages), Wrong::internal);

  const Grant one = Gate::narrow(two, {Kind::messages});
  EXPECT_TRUE(one.covers(Kind::messages));
  EXPECT_FALSE(one.covers(Kind::checkIns));
  EXPECT_EQ(check(one, Action::read, Kind::checkIns), Wrong::internal);
  for (const Grant& grant : {one, two, all}) {
    for (const Kind kind : kAllKinds) {
      const bool covered = grant.covers(kind);
      EXPECT_EQ(problemOf([&] { Gate::narrow(grant, {kind}); }).has_value(), !covered);
      if (!covered) continue;
      const Grant narrowed = Gate::narrow(grant, {kind});
      EXPECT_EQ(narrowed.action(), grant.action());
      EXPECT_EQ(narrowed.person(), grant.person());
      for (const Kind other : kAllKinds) {
        EXPECT_TRUE(!narrowed.covers(other) || grant.covers(other));
      }
    }
  }
  EXPECT_EQ(problemOf([&] {
              Gate::narrow(one, {Kind::messages, Kind::identity});
            }),
            Wrong::internal);
  // What a narrowed grant stands on is what the wide one stood on.
  house_.say(client, Source::messages, Purpose::care, false);
  EXPECT_EQ(check(one, Action::write, Kind::messages), Wrong::forbidden);
}

// In a real clinic there is no door without consent, whoever asks for the demonstration's.
TEST_F(GrantTest, theDemonstrationsLeaveIsForDemonstrationsOnlyAndAudited) {
  const Account client = house_.account(Role::client);
  EXPECT_EQ(problemOf([&] { house_.gate.openForDemonstration(client.person); }), Wrong::forbidden);
  house_.database->lease()->exec("INSERT INTO setting(name, sealed) VALUES('demonstration', $1)",
                                 {base::Bytes{1}});
  const Grant grant = house_.gate.openForDemonstration(client.person);
  EXPECT_TRUE(grant.covers(Kind::messages));
  EXPECT_EQ(house_.newestEntry(client.person).detail, "demonstration");
  EXPECT_EQ(problemOf([&] {
              house_.gate.openForDemonstration(base::newId<base::PersonId>(house_.random));
            }),
            Wrong::notFound);
}

}  // namespace
}  // namespace attune::trust
