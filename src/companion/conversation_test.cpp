#include "companion/conversation.h"

#include <gtest/gtest.h>

#include <set>

#include "companion/consenting.h"
#include "oversight/oversight_testing.h"

namespace attune::companion {
namespace {

using oversight::Event;
using oversight::testing::Ward;
using trust::Account;
using trust::Purpose;
using trust::Role;
using trust::Source;
using trust::testing::House;
using trust::testing::problemOf;
using Wrong = base::Problem::Kind;
using std::chrono::minutes;

class ConversationTest : public ::testing::Test {
 protected:
  base::ResourceId newId() { return base::newId<base::ResourceId>(ward_.house.random); }
  Conversation::Posted post(const std::string& text) { return post(newId(), text); }
  Conversation::Posted post(const base::ResourceId& id, const std::string& text) {
    return talk_.post(House::actor(ward_.client), ward_.client.person, id, text);
  }
  Conversation::Page read(const Account& who, std::optional<base::ResourceId> before = {},
                          int limit = 50) {
    return talk_.read(House::actor(who), ward_.client.person, before, limit);
  }
  std::string stored(const base::ResourceId& id) {
    for (const auto& view : read(ward_.client, {}, 200).messages) {
      if (view.message.id == id) return view.message.text;
    }
    return "(nothing)";
  }

  Ward ward_;
  Conversation talk_{*ward_.house.database, ward_.house.gate, ward_.store, ward_.sink()};
};

// What somebody typed is kept byte for byte: a changed letter is a changed meaning.
TEST_F(ConversationTest, everyByteIsKept) {
  const std::vector<std::string> texts{
      "plain",
      "  blanks before and after \n\n",
      "\xF0\x9F\x98\xAD\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7",  // crying; a family of one
      "\xD7\x90\xD7\xA0\xD7\x99 \xE2\x80\xAE"
      "abc\xE2\x80\xAC",  // right to left, override
      "zero\xE2\x80\x8B"
      "width\xEF\xBB\xBF",                                          // U+200B, U+FEFF
      std::string("bell\x07 nul\0 escape\x1b[31m delete\x7f", 29),  // control characters
      "e\xCC\x81 is not \xC3\xA9",                                  // two ways to write one letter
      "\"quotes\" \\ back\\u0041slash </script>",
      "\xE2\x80\x8B"};  // nothing but a zero-width blank: odd, but not ours to throw away
  for (const std::string& text : texts) {
    const auto posted = post(text);
    EXPECT_TRUE(posted.fresh);
    EXPECT_EQ(posted.message.text, text);
    EXPECT_EQ(stored(posted.message.id), text);
  }
}

// Lines sent in one breath stand in the order in which they were sent: turned round they can say
// the opposite.
TEST_F(ConversationTest, messagesOfOneMomentKeepTheirOrder) {
  std::vector<std::string> sent, stands;
  for (int i = 0; i < 30; ++i) {
    sent.push_back("line " + std::to_string(i));
    post(sent.back());  // the clock stands still
  }
  for (const auto& view : read(ward_.client, {}, 200).messages) {
    stands.push_back(view.message.text);
  }
  EXPECT_EQ(stands, sent);
}

TEST_F(ConversationTest, emptyAndBlankAreRefused) {
  for (const char* text : {"", " ", "\n", "\t \r\n "}) {
    EXPECT_EQ(problemOf([&] { post(text); }), Wrong::invalid);
  }
  EXPECT_EQ(ward_.count("resource"), 0);
  EXPECT_EQ(ward_.owed(), 0);
}

// The limit is in characters, not bytes: who writes in Hebrew or emoji has as much room. The answer
// says how much is too much, so that nobody has to guess.
TEST_F(ConversationTest, lengthIsCountedInCharacters) {
  for (const std::string letter : {"a", "é", "א", "😭"}) {
    std::string text;
    for (std::size_t i = 0; i < kLongestMessage; ++i) text += letter;
    EXPECT_EQ(post(text).message.text, text);
    try {
      post(text + letter);
      FAIL() << letter;
    } catch (const base::Problem& problem) {
      EXPECT_EQ(problem.kind(), Wrong::tooLarge);
      EXPECT_EQ(problem.where(), "/text");
      EXPECT_NE(problem.detail().find("1 characters too long"), std::string::npos);
    }
  }
}

// What is no text can't be shown again, so it is refused while its writer still has it.
TEST_F(ConversationTest, illFormedTextAndIdsAreRefused) {
  EXPECT_EQ(problemOf([&] { post("half \xC3"); }), Wrong::invalid);
  for (const char* id : {"", "short", "../../etc/passwd", "0123456789012345678901234u"}) {
    EXPECT_EQ(problemOf([&] { post({id}, "hello"); }), Wrong::invalid) << id;
  }
  EXPECT_EQ(ward_.count("resource"), 0);
}

// A phone in a tunnel sends twice: the message is there once, and is announced once.
TEST_F(ConversationTest, sendingAgainDoesNoHarm) {
  const auto id = newId();
  EXPECT_TRUE(post(id, "hello").fresh);
  ward_.house.clock.advance(minutes(1));
  const auto again = post(id, "hello");
  EXPECT_FALSE(again.fresh);
  EXPECT_EQ(again.message.time, ward_.house.clock.now() - minutes(1));
  ASSERT_TRUE(again.reading);  // still owed: whoever sends again gets it read
  EXPECT_EQ(ward_.count("resource"), 1);
  EXPECT_EQ(ward_.owed(), 1);
  EXPECT_EQ(ward_.heard(Event::Type::message), 1);
  EXPECT_EQ(problemOf([&] { post(id, "other words"); }), Wrong::conflict);
  EXPECT_EQ(stored(id), "hello");
}

// Without a yes nothing is kept, not even for a moment.
TEST_F(ConversationTest, withoutConsentNothingIsStored) {
  ward_.house.say(ward_.client, Source::messages, Purpose::care, false);
  EXPECT_EQ(problemOf([&] { post("hello"); }), Wrong::forbidden);
  EXPECT_EQ(ward_.count("resource"), 0);
  EXPECT_EQ(ward_.owed(), 0);
  EXPECT_TRUE(ward_.events().empty());
}

// A no that comes after the leave was given and before the message is written still counts.
TEST_F(ConversationTest, consentWithdrawnBetweenMeansNothingIsStored) {
  // The message's own announcement is the only hook there is, so the same steps are done by hand.
  const auto grant = ward_.house.own(ward_.client, trust::Action::write, {trust::Kind::messages});
  ward_.house.say(ward_.client, Source::messages, Purpose::care, false);
  record::Message message;
  message.id = newId();
  message.person = ward_.client.person;
  message.text = "hello";
  const auto lease = ward_.house.database->lease();
  db::Transaction tx(*lease);
  EXPECT_EQ(problemOf([&] { ward_.store.create(*lease, grant, record::toDraft(message)); }),
            Wrong::forbidden);
  tx.commit();
  EXPECT_EQ(ward_.count("resource"), 0);
}

// Reading by the model is asked for on its own: without that yes a message is only stored.
TEST_F(ConversationTest, readingIsOwedOnlyWithItsOwnConsent) {
  ward_.house.say(ward_.client, Source::messages, Purpose::alerts, false);
  EXPECT_FALSE(post("[crisis]").reading);
  EXPECT_EQ(ward_.owed(), 0);
  ward_.house.say(ward_.client, Source::messages, Purpose::alerts, true);
  EXPECT_TRUE(post("[crisis]").reading);
  // What staff write is never read by the model.
  EXPECT_FALSE(
      talk_.post(House::actor(ward_.staff), ward_.client.person, newId(), "I am here").reading);
  EXPECT_EQ(ward_.owed(), 1);
}

// A no ends what is still owed, at once; a no to something else does not.
TEST_F(ConversationTest, withdrawalTakesOwedReadingsAway) {
  const auto say = [&](Source source, Purpose purpose, bool yes) {
    changeConsent(*ward_.house.database, ward_.house.gate, House::actor(ward_.client), source,
                  purpose, yes, "v1");
  };
  for (const Purpose purpose : {Purpose::alerts, Purpose::care}) {
    post("[crisis]");
    ASSERT_EQ(ward_.owed(), 1);
    say(Source::checkIns, Purpose::care, false);
    EXPECT_EQ(ward_.owed(), 1);
    say(Source::messages, purpose, false);
    EXPECT_EQ(ward_.owed(), 0);
    say(Source::messages, purpose, true);
    EXPECT_EQ(ward_.owed(), 0);
  }
  // Another client's stays owed.
  const Account neighbour = ward_.house.account(Role::client);
  ward_.agree(neighbour, true);
  ward_.write(neighbour, "[crisis]");
  say(Source::messages, Purpose::alerts, false);
  EXPECT_EQ(ward_.owed(), 1);
}

// A year of messages, paged back, is every message once and in order - also those of one
// millisecond.
TEST_F(ConversationTest, pagingBackGivesEachMessageOnce) {
  std::vector<std::string> written;
  for (int i = 0; i < 57; ++i) {
    if (i % 5 == 0) ward_.house.clock.advance(minutes(1));
    written.push_back(post("m" + std::to_string(i)).message.id.value);
  }
  for (const int limit : {1, 7, 19, 56, 57, 200}) {
    std::vector<std::string> seen;
    std::optional<base::ResourceId> before;
    for (bool more = true; more;) {
      const auto page = read(ward_.client, before, limit);
      ASSERT_FALSE(page.messages.empty());
      std::vector<std::string> ids;
      for (const auto& view : page.messages) ids.push_back(view.message.id.value);
      for (std::size_t i = 1; i < page.messages.size(); ++i) {
        EXPECT_LE(page.messages[i - 1].message.time, page.messages[i].message.time);
      }
      seen.insert(seen.begin(), ids.begin(), ids.end());
      before = page.messages.front().message.id;
      more = page.more;
    }
    EXPECT_EQ(seen.size(), written.size()) << limit;
    EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()),
              std::set<std::string>(written.begin(), written.end()));
  }
  EXPECT_EQ(problemOf([&] { read(ward_.client, newId()); }), Wrong::notFound);
  EXPECT_TRUE(read(ward_.client, base::ResourceId{written[0]}).messages.empty() ||
              !read(ward_.client, base::ResourceId{written[0]}).more);
}

// A client sees who has read their words, and when they did so first; reading their own leaves no
// mark, and what staff wrote needs none.
TEST_F(ConversationTest, staffLeaveAMarkOnce) {
  const auto id = post("hello").message.id;
  talk_.post(House::actor(ward_.staff), ward_.client.person, newId(), "I am here");
  read(ward_.client);
  EXPECT_EQ(ward_.count("message_seen"), 0);
  ward_.house.clock.advance(minutes(2));
  const auto first = ward_.house.clock.now();
  read(ward_.staff);
  ward_.house.clock.advance(minutes(2));
  read(ward_.staff);
  EXPECT_EQ(ward_.count("message_seen"), 1);
  EXPECT_EQ(ward_.heard(Event::Type::read), 1);
  const auto page = read(ward_.client);
  for (const auto& view : page.messages) {
    if (view.message.id != id) {
      EXPECT_TRUE(view.seen.empty());
      continue;
    }
    ASSERT_EQ(view.seen.size(), 1u);
    EXPECT_EQ(view.seen[0].by, ward_.staff.id);
    EXPECT_EQ(view.seen[0].at, first);
  }
  // A finding that shows the message leaves the same mark.
  ward_.house.join(ward_.client, ward_.other);
  const auto grant =
      ward_.house.care(ward_.other, ward_.client, trust::Action::read, {trust::Kind::messages});
  talk_.noteSeen(House::actor(ward_.other), grant, id);
  talk_.noteSeen(House::actor(ward_.other), grant, id);
  talk_.noteSeen(House::actor(ward_.other), grant, newId());
  EXPECT_EQ(ward_.count("message_seen"), 2);
  EXPECT_EQ(ward_.heard(Event::Type::read), 2);
}

// Somebody outside the team neither reads nor writes here, nor does a client in another's name.
TEST_F(ConversationTest, othersDoNotGetIn) {
  post("hello");
  EXPECT_EQ(problemOf([&] { read(ward_.other); }), Wrong::notFound);
  EXPECT_EQ(
      problemOf([&] { talk_.post(House::actor(ward_.other), ward_.client.person, newId(), "x"); }),
      Wrong::notFound);
  const Account neighbour = ward_.house.account(Role::client);
  ward_.agree(neighbour, true);
  EXPECT_EQ(problemOf([&] { read(neighbour); }), Wrong::notFound);
  EXPECT_EQ(
      problemOf([&] { talk_.post(House::actor(neighbour), ward_.client.person, newId(), "x"); }),
      Wrong::notFound);
  EXPECT_EQ(ward_.count("resource"), 1);
}

// The client is told whether the model has been through a message, and never what it found.
TEST_F(ConversationTest, stateSaysOnlyWhetherItWasRead) {
  const auto stateOf = [&](const std::string& text) {
    const auto posted = post(text);
    ward_.screener.screen(*posted.reading);
    for (const auto& view : read(ward_.client).messages) {
      if (view.message.id == posted.message.id) return view.state;
    }
    return MessageState::stored;
  };
  EXPECT_EQ(stateOf("quiet"), MessageState::read);
  EXPECT_EQ(stateOf("[crisis]"), MessageState::read);
  EXPECT_EQ(stateOf("[foreign]"), MessageState::notRead);
  EXPECT_EQ(name(MessageState::notRead), "not-read");
}

}  // namespace
}  // namespace attune::companion
