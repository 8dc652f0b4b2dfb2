// Who looks after whom, and from when to when.
#include "trust/care_team.h"

#include <gtest/gtest.h>

#include "trust/trust_testing.h"

namespace attune::trust {
namespace {

using std::chrono::hours;
using testing::House;

class CareTeamTest : public ::testing::Test {
 protected:
  bool in(hours after) {
    const auto lease = house_.database->lease();
    const auto team = careTeamOf(*lease, client_.person, start_ + after);
    const auto load = caseloadOf(*lease, staff_.id, start_ + after);
    EXPECT_EQ(team.size(), load.size());
    return !team.empty();
  }
  testing::Folder folder_;
  House house_{(folder_.path() / "attune.db").string()};
  base::Instant start_ = house_.clock.now();
  Account client_ = house_.account(Role::client);
  Account staff_ = house_.account(Role::clinician);
};

// Called in for one night, a clinician must not lose the clients they have for good.
TEST_F(CareTeamTest, aNightOnCallDoesNotEndAnOpenMembership) {
  house_.join(client_, staff_, start_);
  house_.join(client_, staff_, start_ + hours(1), start_ + hours(13));
  EXPECT_TRUE(in(hours(0)));
  EXPECT_TRUE(in(hours(1000)));
}

TEST_F(CareTeamTest, aLongerStayCountsAndAShorterChangesNothing) {
  house_.join(client_, staff_, start_, start_ + hours(10));
  house_.join(client_, staff_, start_, start_ + hours(5));
  EXPECT_TRUE(in(hours(9)));
  house_.join(client_, staff_, start_ + hours(2), start_ + hours(20));
  EXPECT_TRUE(in(hours(19)));
  EXPECT_FALSE(in(hours(20)));
  house_.join(client_, staff_, start_ + hours(2));
  EXPECT_TRUE(in(hours(1000)));
}

// Somebody who left and comes back next week would read the client's words this week.
TEST_F(CareTeamTest, whoComesBackLaterIsNotInBefore) {
  house_.join(client_, staff_, start_, start_ + hours(10));
  house_.join(client_, staff_, start_ + hours(100));
  EXPECT_FALSE(in(hours(50)));
  EXPECT_TRUE(in(hours(100)));
}

// A person on call who happens to be down for next week could not see the crisis they are called
// to.
TEST_F(CareTeamTest, whoIsCalledInNowIsInNow) {
  house_.join(client_, staff_, start_ + hours(100));
  EXPECT_FALSE(in(hours(1)));
  house_.join(client_, staff_, start_ + hours(1), start_ + hours(13));
  EXPECT_TRUE(in(hours(1)));
  EXPECT_TRUE(in(hours(100)));
}

// "Leave at the end of the month" for somebody who has left already would let them in again.
TEST_F(CareTeamTest, leavingNeverLengthensAStay) {
  house_.join(client_, staff_, start_);
  house_.leave(client_, staff_, start_ + hours(5));
  EXPECT_TRUE(in(hours(4)));
  EXPECT_FALSE(in(hours(5)));
  house_.leave(client_, staff_, start_ + hours(50));
  EXPECT_FALSE(in(hours(20)));
}

}  // namespace
}  // namespace attune::trust
