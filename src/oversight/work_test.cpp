#include "oversight/work.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "oversight/oversight_testing.h"

namespace attune::oversight {
namespace {

using testing::minutes;
using testing::seconds;
using testing::Ward;

class WorkTest : public ::testing::Test {
 protected:
  std::string owe(const std::string& subject, base::Instant notBefore) {
    return oweWork(*ward_.house.database->lease(), WorkKind::readMessage, ward_.client.person,
                   subject, notBefore);
  }
  std::optional<Work> take(seconds lease = seconds(60)) {
    return takeDueWork(*ward_.house.database->lease(), now(), lease);
  }
  bool finish(const std::string& id) { return finishWork(*ward_.house.database->lease(), id); }
  base::Instant now() { return ward_.house.clock.now(); }

  Ward ward_;
};

// A message sent twice by a bad connection must not be read twice, nor its reading be put off.
TEST_F(WorkTest, sameSubjectIsOwedOnce) {
  owe("a", now());
  owe("a", now() + minutes(60));
  EXPECT_EQ(ward_.owed(), 1);
  ASSERT_TRUE(take());
  EXPECT_FALSE(take());
}

// Not before its time, oldest first, and with all it is about.
TEST_F(WorkTest, isTakenInTheOrderInWhichItIsDue) {
  owe("late", now() + seconds(10));
  owe("early", now() - seconds(10));
  EXPECT_EQ(take()->subject, "early");
  EXPECT_FALSE(take());
  ward_.house.clock.advance(seconds(10));
  const auto work = take();
  EXPECT_EQ(work->subject, "late");
  EXPECT_EQ(work->person, ward_.client.person);
  EXPECT_EQ(work->kind, WorkKind::readMessage);
}

// A reader that died while reading must not take the message with it.
TEST_F(WorkTest, comesBackWhenTheLeaseRunsOut) {
  owe("a", now());
  EXPECT_EQ(take(seconds(60))->attempts, 1);
  ward_.house.clock.advance(seconds(59));
  EXPECT_FALSE(take());
  ward_.house.clock.advance(seconds(1));
  EXPECT_EQ(take(seconds(60))->attempts, 2);
  EXPECT_EQ(findWork(*ward_.house.database->lease(), "a")->attempts, 2);
}

TEST_F(WorkTest, isFinishedOnce) {
  owe("a", now());
  EXPECT_TRUE(finish("a"));
  EXPECT_FALSE(finish("a"));
  EXPECT_FALSE(finish("never owed"));
  EXPECT_FALSE(findWork(*ward_.house.database->lease(), "a"));
  EXPECT_EQ(ward_.owed(), 0);
}

// Work whose causing transaction is rolled back is owed for a message that is not there.
TEST_F(WorkTest, isOwedOnlyIfItsCauseIsStored) {
  {
    const auto lease = ward_.house.database->lease();
    db::Transaction tx(*lease);
    oweWork(*lease, WorkKind::readMessage, ward_.client.person, "a", now());
  }
  EXPECT_EQ(ward_.owed(), 0);
}

TEST_F(WorkTest, canBeHurried) {
  owe("a", now() + minutes(60));
  EXPECT_FALSE(take());
  hurryWork(*ward_.house.database->lease(), "a", now());
  EXPECT_TRUE(take());
}

// After a crash nobody has to wait until the dead server's time has run out.
TEST_F(WorkTest, releasedWorkIsDueAtOnce) {
  owe("a", now());
  take(seconds(60));
  EXPECT_FALSE(take());
  releaseWork(*ward_.house.database->lease(), now());
  EXPECT_TRUE(take());
}

// Two readers that take the same message would both page somebody.
TEST_F(WorkTest, isTakenByOneOfMany) {
  for (int i = 0; i < 40; ++i) owe("w" + std::to_string(i), now());
  std::mutex mutex;
  std::multiset<std::string> taken;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      while (const auto work = take()) {
        const std::lock_guard lock(mutex);
        taken.insert(work->id);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(taken.size(), 40u);
  EXPECT_EQ(std::set<std::string>(taken.begin(), taken.end()).size(), 40u);
}

}  // namespace
}  // namespace attune::oversight
