// What a person has agreed to, and that their no is heard at once.
#include "trust/consents.h"

#include <gtest/gtest.h>

#include "trust/trust_testing.h"

namespace attune::trust {
namespace {

using testing::House;
using testing::problemOf;
using Wrong = base::Problem::Kind;

class ConsentsTest : public ::testing::Test {
 protected:
  std::optional<Wrong> check(const Grant& grant, Action action, Kind kind) {
    return problemOf(
        [&] { Gate::check(*house_.database->lease(), grant, action, kind, house_.clock.now()); });
  }
  testing::Folder folder_;
  House house_{(folder_.path() / "attune.db").string()};
  Account client_ = house_.account(Role::client);
};

// Never asked means no.
TEST_F(ConsentsTest, silenceIsNoConsent) {
  const auto lease = house_.database->lease();
  for (const Source source : {Source::messages, Source::checkIns}) {
    for (const Purpose purpose :
         {Purpose::care, Purpose::alerts, Purpose::research, Purpose::training}) {
      EXPECT_FALSE(standingConsent(*lease, client_.person, source, purpose));
    }
  }
}

TEST_F(ConsentsTest, theNewestWordCountsAndARepetitionChangesNothing) {
  Consent consent = house_.say(client_, Source::messages, Purpose::care, true);
  EXPECT_EQ(consent.serial, 1);
  house_.clock.advance(std::chrono::hours(1));
  consent = house_.say(client_, Source::messages, Purpose::care, true);
  EXPECT_EQ(consent.serial, 1);
  EXPECT_EQ(consent.changedAt, testing::evening());
  consent = house_.say(client_, Source::messages, Purpose::care, false);
  EXPECT_EQ(consent.serial, 2);
  EXPECT_FALSE(consent.granted);
  EXPECT_EQ(consent.changedAt, house_.clock.now());
  const auto all =
      consentsOf(*house_.database->lease(), house_.own(client_, Action::read, {Kind::consents}));
  ASSERT_EQ(all.size(), 1u);
  EXPECT_FALSE(all[0].granted);
}

// A yes to care is not a yes to alerts, and one for messages not one for check-ins.
TEST_F(ConsentsTest, everySourceAndPurposeIsItsOwn) {
  house_.say(client_, Source::messages, Purpose::care, true);
  const auto lease = house_.database->lease();
  EXPECT_TRUE(standingConsent(*lease, client_.person, Source::messages, Purpose::care));
  EXPECT_FALSE(standingConsent(*lease, client_.person, Source::messages, Purpose::alerts));
  EXPECT_FALSE(standingConsent(*lease, client_.person, Source::checkIns, Purpose::care));
}

// Work begun under an older yes must not go on under a newer one: in between the person said no.
TEST_F(ConsentsTest, withdrawnAndGivenAgainAnOlderGrantIsVoid) {
  house_.say(client_, Source::messages, Purpose::care, true);
  const Grant before = house_.own(client_, Action::write, {Kind::messages});
  EXPECT_EQ(check(before, Action::write, Kind::messages), std::nullopt);
  house_.say(client_, Source::messages, Purpose::care, false);
  EXPECT_EQ(check(before, Action::write, Kind::messages), Wrong::forbidden);
  house_.say(client_, Source::messages, Purpose::care, true);
  EXPECT_EQ(check(before, Action::write, Kind::messages), Wrong::forbidden);
  EXPECT_EQ(
      check(house_.own(client_, Action::write, {Kind::messages}), Action::write, Kind::messages),
      std::nullopt);
}

// Only the person answers for themselves, and only with leave.
TEST_F(ConsentsTest, nobodyAnswersForAnotherAndNobodyLooksWithoutLeave) {
  const Account staff = house_.account(Role::clinician);
  house_.join(client_, staff);
  EXPECT_EQ(problemOf([&] { house_.care(staff, client_, Action::write, {Kind::consents}); }),
            Wrong::notFound);
  const Grant identity = house_.care(staff, client_, Action::read, {Kind::identity});
  const Grant reading = house_.care(staff, client_, Action::read, {Kind::consents});
  const auto lease = house_.database->lease();
  EXPECT_EQ(problemOf([&] { consentsOf(*lease, identity); }), Wrong::internal);
  EXPECT_EQ(problemOf([&] { consentsOf(*lease, reading); }), std::nullopt);
  db::Transaction tx(*lease);
  EXPECT_EQ(problemOf([&] {
              recordConsent(*lease, reading, Source::messages, Purpose::care, true, "v1",
                            house_.clock.now());
            }),
            Wrong::internal);
}

TEST_F(ConsentsTest, consentIsRecordedInATransaction) {
  const Grant grant = house_.own(client_, Action::write, {Kind::consents});
  EXPECT_EQ(problemOf([&] {
              recordConsent(*house_.database->lease(), grant, Source::messages, Purpose::care, true,
                            "v1", house_.clock.now());
            }),
            Wrong::internal);
}

// Erased while a request is on its way: nothing of it lands.
TEST_F(ConsentsTest, erasureVoidsEveryGrant) {
  const Grant grant = house_.own(client_, Action::write, {Kind::checkIns});
  house_.erase(client_.person);
  EXPECT_EQ(check(grant, Action::write, Kind::checkIns), Wrong::notFound);
}

}  // namespace
}  // namespace attune::trust
