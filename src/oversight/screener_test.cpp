#include "oversight/screener.h"

#include <gtest/gtest.h>

#include <thread>

#include "oversight/oversight_testing.h"

namespace attune::oversight {
namespace {

using testing::Account;
using testing::problemOf;
using testing::Purpose;
using testing::Role;
using testing::seconds;
using testing::Source;
using testing::Ward;
using testing::Wrong;

class ScreenerTest : public ::testing::Test {
 protected:
  std::int64_t outcomeOf(const Work& work) {
    const db::Rows rows = ward_.house.database->lease()->query(
        "SELECT outcome FROM message_reading WHERE message = $1", {work.subject});
    return rows.empty() ? -1 : rows[0].integer(0);
  }
  Ward ward_;
};

// A quiet message leaves a mark that it was read, and nothing else.
TEST_F(ScreenerTest, quietMessageIsReadAndLeavesNoFinding) {
  const Work work = ward_.write("the garden was lovely");
  const auto outcome = ward_.screener.screen(work);
  EXPECT_TRUE(outcome.read);
  EXPECT_FALSE(outcome.help);
  EXPECT_EQ(outcomeOf(work), 0);
  EXPECT_EQ(ward_.owed(), 0);
  EXPECT_EQ(ward_.count("finding"), 0);
  EXPECT_EQ(ward_.heard(Event::Type::screened), 1);
  EXPECT_EQ(ward_.events().size(), 1u);
}

// A possible crisis: somebody is paged, the client is shown help, the team's screens are told, and
// who is paged may look - all before anybody asks.
TEST_F(ScreenerTest, crisisPagesHelpsAndOpensTheRecordToThePaged) {
  ward_.onCall(ward_.other);
  EXPECT_TRUE(ward_.open(ward_.other).empty());
  const auto outcome = ward_.screener.screen(ward_.write("[crisis]"));
  EXPECT_TRUE(outcome.help);
  const auto pages = ward_.pagesOf(ward_.other);
  ASSERT_EQ(pages.size(), 1u);
  EXPECT_EQ(pages[0].reason, PageReason::possibleCrisis);
  const auto findings = ward_.open(ward_.other);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(pages[0].finding, findings[0].id);
  EXPECT_EQ(ward_.heard(Event::Type::help), 1);
  EXPECT_EQ(ward_.heard(Event::Type::page), 1);
  EXPECT_EQ(ward_.heard(Event::Type::finding), 1);
  EXPECT_TRUE(ward_.pager.isOpenFor(ward_.client.person));
}

// While somebody is on their way a second message must not ring a second time - and must not get
// lost either.
TEST_F(ScreenerTest, secondCrisisIsAFindingButNoSecondPage) {
  ward_.screener.screen(ward_.write("[crisis] one"));
  const auto outcome = ward_.screener.screen(ward_.write("[crisis] two"));
  EXPECT_TRUE(outcome.help);
  EXPECT_EQ(ward_.count("finding"), 2);
  EXPECT_EQ(ward_.count("page"), 1);
  EXPECT_EQ(ward_.heard(Event::Type::help), 2);
}

// A text that could not be read is a finding of its own, never "nothing found".
TEST_F(ScreenerTest, unreadableTextIsAFinding) {
  const Work work = ward_.write("[foreign]");
  const auto outcome = ward_.screener.screen(work);
  EXPECT_FALSE(outcome.read);
  EXPECT_EQ(outcome.notRead, "language");
  EXPECT_EQ(outcomeOf(work), 1);
  ASSERT_EQ(ward_.open(ward_.staff).size(), 1u);
  EXPECT_EQ(ward_.open(ward_.staff)[0].kind, FindingKind::notRead);
  EXPECT_EQ(ward_.open(ward_.staff)[0].priority, 2);
}

// However often it is called, one message is one finding and one page.
TEST_F(ScreenerTest, sameWorkAgainChangesNothing) {
  const Work work = ward_.write("[crisis]");
  for (int i = 0; i < 3; ++i) ward_.screener.screen(work);
  EXPECT_EQ(ward_.count("finding"), 1);
  EXPECT_EQ(ward_.count("page"), 1);
  EXPECT_EQ(ward_.count("message_reading"), 1);
  EXPECT_EQ(ward_.queue.baseRate(*ward_.house.database->lease(), FindingKind::possibleCrisis).read,
            1);
}

// The same when the background and several requests read it at the same moment.
TEST_F(ScreenerTest, manyAtOnceMakeOneFinding) {
  std::vector<Work> works;
  for (int i = 0; i < 6; ++i) works.push_back(ward_.write("[crisis] " + std::to_string(i)));
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (std::size_t i = 0; i < works.size(); ++i) {
        ward_.screener.screen(works[(i + static_cast<std::size_t>(t)) % works.size()]);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(ward_.count("finding"), 6);
  EXPECT_EQ(ward_.count("page"), 1);
  EXPECT_EQ(ward_.owed(), 0);
  EXPECT_EQ(ward_.heard(Event::Type::finding), 6);
  EXPECT_TRUE(ward_.house.verify().intact);
}

// Who has said no is not read: the model does not get to see the words.
TEST_F(ScreenerTest, consentWithdrawnBeforeMeansNotRead) {
  const Work work = ward_.write("[crisis]");
  ward_.house.say(ward_.client, Source::messages, Purpose::alerts, false);
  const auto outcome = ward_.screener.screen(work);
  EXPECT_FALSE(outcome.read);
  EXPECT_FALSE(outcome.help);
  EXPECT_EQ(ward_.readings, 0);
  EXPECT_EQ(ward_.owed(), 0);
  EXPECT_EQ(ward_.count("finding"), 0);
  EXPECT_EQ(outcomeOf(work), -1);
  EXPECT_TRUE(ward_.events().empty());
}

// A no while the model is reading counts: nothing of it is stored.
TEST_F(ScreenerTest, consentWithdrawnBetweenMeansNothingIsStored) {
  const Work work = ward_.write("[crisis]");
  ward_.meanwhile = [&] {
    ward_.house.say(ward_.client, Source::messages, Purpose::alerts, false);
  };
  EXPECT_FALSE(ward_.screener.screen(work).read);
  EXPECT_EQ(ward_.count("finding"), 0);
  EXPECT_EQ(ward_.count("page"), 0);
  EXPECT_EQ(ward_.owed(), 0);
}

// A no afterwards leaves what was done; the queue then hides it (trust, api).
TEST_F(ScreenerTest, consentWithdrawnAfterLeavesTheFindingStored) {
  const Work work = ward_.write("[crisis]");
  ward_.screener.screen(work);
  ward_.house.say(ward_.client, Source::messages, Purpose::alerts, false);
  ward_.screener.screen(work);
  EXPECT_EQ(ward_.count("finding"), 1);
}

// No and yes again at the very moment the finding is stored: the old leave is void, but the client
// wants to be read. The message must not slip through between the two.
TEST_F(ScreenerTest, consentGivenAnewBetweenMeansReadAgain) {
  const Work work = ward_.write("[crisis]");
  // The word changes right after the gate has looked at it, and before the finding is written.
  ward_.house.database->lease()->script(
      "CREATE TRIGGER anew AFTER INSERT ON audit WHEN new.entry LIKE '%\"what\":\"findings\"%' "
      "BEGIN UPDATE consent SET serial = serial + 2; END;");
  EXPECT_EQ(problemOf([&] { ward_.screener.screen(work); }), Wrong::forbidden);
  EXPECT_EQ(ward_.owed(), 1);
  EXPECT_EQ(ward_.count("finding"), 0);
  EXPECT_EQ(ward_.heard(Event::Type::help), 1);
  ward_.house.database->lease()->script("DROP TRIGGER anew;");
  EXPECT_TRUE(ward_.screener.step());
  EXPECT_EQ(ward_.owed(), 0);
  EXPECT_EQ(ward_.count("finding"), 1);
}

// An erased person's work ends without a reading and without an error for ever.
TEST_F(ScreenerTest, erasedPersonIsNotRead) {
  const Work work = ward_.write("[crisis]");
  ward_.meanwhile = [&] { ward_.house.erase(ward_.client.person); };
  EXPECT_FALSE(ward_.screener.screen(work).read);
  ward_.meanwhile = [] {};
  EXPECT_FALSE(ward_.screener.screen(work).read);
  EXPECT_EQ(ward_.owed(), 0);
  EXPECT_EQ(ward_.count("finding"), 0);
}

// A model that fails must not lose the message: it stays owed, is tried again with growing pauses,
// and the log says so without a word of the client's.
TEST_F(ScreenerTest, failingReaderKeepsTheWorkOwed) {
  ward_.write("[crisis] my own words");
  ward_.meanwhile = [] { throw std::runtime_error("my own words broke it"); };
  EXPECT_TRUE(ward_.screener.step());
  EXPECT_EQ(ward_.owed(), 1);
  EXPECT_EQ(ward_.logged().find("my own words"), std::string::npos);
  EXPECT_NE(ward_.logged().find("tried again"), std::string::npos);
  // 10 s after the first failure, 20 s after the second, and not before.
  EXPECT_FALSE(ward_.screener.step());
  ward_.house.clock.advance(seconds(10));
  EXPECT_TRUE(ward_.screener.step());
  ward_.house.clock.advance(seconds(10));
  EXPECT_FALSE(ward_.screener.step());
  ward_.house.clock.advance(seconds(10));
  EXPECT_TRUE(ward_.screener.step());
  for (int i = 0; i < 40; ++i) {
    ward_.house.clock.advance(seconds(640));
    EXPECT_TRUE(ward_.screener.step()) << i;
  }
  ward_.meanwhile = [] {};
  ward_.house.clock.advance(seconds(640));
  EXPECT_TRUE(ward_.screener.step());
  EXPECT_EQ(ward_.owed(), 0);
  EXPECT_EQ(ward_.count("finding"), 1);
}

// One message that breaks the model must not keep the others waiting.
TEST_F(ScreenerTest, oneFailingMessageDoesNotHoldUpTheOthers) {
  int left = 1;
  ward_.meanwhile = [&] {
    if (left-- > 0) throw base::Problem(Wrong::internal, "no");
  };
  ward_.write("first");
  ward_.write("[crisis] second");
  while (ward_.screener.step()) {
  }
  EXPECT_EQ(ward_.count("finding"), 1);
  EXPECT_EQ(ward_.owed(), 1);
}

// The reading found a possible crisis, but it can't be stored just now: the client sees help all
// the same, and the finding comes when it can.
TEST_F(ScreenerTest, helpIsShownEvenIfTheFindingCantBeStored) {
  const Work work = ward_.write("[crisis]");
  ward_.house.database->lease()->script(
      "CREATE TRIGGER full BEFORE INSERT ON finding BEGIN SELECT RAISE(ABORT, 'no room'); END;");
  EXPECT_TRUE(problemOf([&] { ward_.screener.screen(work); }));
  EXPECT_EQ(ward_.heard(Event::Type::help), 1);
  EXPECT_EQ(ward_.owed(), 1);
  EXPECT_EQ(ward_.count("page"), 0);
  EXPECT_EQ(outcomeOf(work), -1);
  ward_.house.database->lease()->script("DROP TRIGGER full;");
  ward_.house.clock.advance(seconds(600));
  EXPECT_TRUE(ward_.screener.step());
  EXPECT_EQ(ward_.count("page"), 1);
}

// A flood of messages must not keep everybody's requests waiting: the third reading at the same
// moment is left to the background, and is due at once.
TEST_F(ScreenerTest, thirdReadingAtOnceIsLeftToTheBackground) {
  const Work first = ward_.write("one");
  const Work second = ward_.write("two");
  const Work third = ward_.write("[crisis] three");
  std::optional<std::optional<Screener::Outcome>> answer;
  int depth = 0;
  ward_.meanwhile = [&] {
    ++depth;
    if (depth == 1) {
      ward_.screener.screenNow(second);
    } else if (depth == 2) {
      answer = ward_.screener.screenNow(third);
    }
  };
  EXPECT_TRUE(ward_.screener.screenNow(first));
  ASSERT_TRUE(answer);
  EXPECT_FALSE(*answer);
  EXPECT_EQ(ward_.owed(), 1);
  EXPECT_TRUE(ward_.screener.step());
  EXPECT_EQ(ward_.count("page"), 1);
}

// A message that is gone ends its work.
TEST_F(ScreenerTest, workForAMessageThatIsNotThereEnds) {
  const auto id = base::newIdText(ward_.house.random);
  oweWork(*ward_.house.database->lease(), WorkKind::readMessage, ward_.client.person, id,
          ward_.house.clock.now());
  EXPECT_TRUE(ward_.screener.step());
  EXPECT_EQ(ward_.owed(), 0);
}

}  // namespace
}  // namespace attune::oversight
