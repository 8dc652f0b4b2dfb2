// Signing in. Each test says who would be locked out, or who would get in.
#include "trust/accounts.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "trust/sessions.h"
#include "trust/trust_testing.h"

namespace attune::trust {
namespace {

using testing::House;
using testing::problemOf;
using Wrong = base::Problem::Kind;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::string_view kGood = "four quiet green hills";

class AccountsTest : public ::testing::Test {
 protected:
  std::string link(const Account& account, minutes lifetime = minutes(15)) {
    return house_.accounts.makeLink(*house_.database->lease(), account.id, lifetime);
  }
  std::optional<Account> use(std::string_view token) {
    return house_.accounts.useLink(*house_.database->lease(), token);
  }
  std::optional<Account> with(std::string_view login, std::string_view password) {
    return house_.accounts.withPassword(*house_.database->lease(), login, password);
  }
  void setPassword(const Account& account, std::string_view password) {
    house_.accounts.setPassword(*house_.database->lease(), account, password);
  }
  Accounts::Started start() {
    const auto lease = house_.database->lease();
    db::Transaction tx(*lease);
    auto started = house_.accounts.startWithoutName(*lease, {"", "", "", "en", "DE"});
    tx.commit();
    return started;
  }

  testing::Folder folder_;
  House house_{(folder_.path() / "attune.db").string()};
  Account staff_ = house_.account(Role::clinician,
                                  {"Dr Anna Muster", "anna.m", "anna@clinic.example", "en", "DE"});
};

TEST_F(AccountsTest, whatWasGivenComesBack) {
  const auto found = house_.accounts.find(*house_.database->lease(), staff_.id);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->profile.name, "Dr Anna Muster");
  EXPECT_EQ(found->profile.email, "anna@clinic.example");
  EXPECT_EQ(found->role, Role::clinician);
  EXPECT_FALSE(found->hasPassword);
  house_.account(Role::client);
  EXPECT_EQ(house_.accounts.staff(*house_.database->lease()).size(), 1u);
}

// Somebody's name and address are data of theirs: without leave nobody reads them.
TEST_F(AccountsTest, theAccountOfAPersonNeedsLeave) {
  const Account client = house_.account(Role::client, {"Jo", "", "", "en", "DE"});
  house_.join(client, staff_);
  house_.say(client, Source::messages, Purpose::care, true);
  const Grant leave = house_.care(staff_, client, Action::read, {Kind::identity});
  const Grant other = house_.care(staff_, client, Action::read, {Kind::messages});
  const auto lease = house_.database->lease();
  EXPECT_EQ(house_.accounts.ofPerson(*lease, leave)->profile.name, "Jo");
  EXPECT_EQ(problemOf([&] { house_.accounts.ofPerson(*lease, other); }), Wrong::internal);
}

// A link in an old e-mail must not let in whoever reads the mailbox later.
TEST_F(AccountsTest, aLinkIsGoodOnceAndNotForEver) {
  const std::string token = link(staff_);
  EXPECT_FALSE(use(""));
  EXPECT_FALSE(use(base::newIdText(house_.random)));
  EXPECT_FALSE(use(token + "0"));
  ASSERT_TRUE(use(token));
  EXPECT_FALSE(use(token));

  const std::string late = link(staff_);
  house_.clock.advance(minutes(15));
  EXPECT_FALSE(use(late));
  const std::string inTime = link(staff_);
  house_.clock.advance(minutes(15) - std::chrono::milliseconds(1));
  EXPECT_EQ(use(inTime)->id, staff_.id);
}

// Two people with the same link: the second must see that it was used.
TEST_F(AccountsTest, oneOfManyAtOnceGetsIn) {
  for (int round = 0; round < 10; ++round) {
    const std::string token = link(staff_);
    std::atomic<int> in = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        if (use(token)) ++in;
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(in, 1);
  }
}

// The code on paper is all that a client without a name has.
TEST_F(AccountsTest, aRecoveryCodeAsPeopleTypeIt) {
  const auto started = start();
  const auto with = [&](std::string_view code) {
    const auto account = house_.accounts.withRecoveryCode(*house_.database->lease(), code);
    return account && account->id == started.account.id;
  };
  const std::string code = started.recoveryCode;
  EXPECT_TRUE(with(code));
  std::string typed;
  for (const char c : code) {
    if (c == '-') continue;
    if (c == '1') {
      typed += typed.size() % 2 ? 'l' : 'I';
    } else if (c == '0') {
      typed += typed.size() % 2 ? 'o' : 'O';
    } else {
      typed += static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    }
    if (typed.size() % 7 == 0) typed += ' ';
  }
  EXPECT_TRUE(with(typed));
  EXPECT_TRUE(with("  " + code + " "));
  EXPECT_TRUE(with(code));  // more than once: they may change their phone again

  std::string wrong = code;
  wrong[3] = wrong[3] == 'a' ? 'b' : 'a';
  EXPECT_FALSE(with(wrong));
  for (const std::string_view bad : {"", "-", "!", "a", "\xff\xfe"}) EXPECT_FALSE(with(bad));
  EXPECT_FALSE(with(code.substr(0, 20)));
  EXPECT_FALSE(with(code + code));
}

TEST_F(AccountsTest, passwordsLetInTheirOwnerOnly) {
  EXPECT_FALSE(with("anna.m", ""));  // no password yet
  EXPECT_FALSE(with("anna.m", kGood));
  setPassword(staff_, kGood);
  EXPECT_EQ(with("anna.m", kGood)->id, staff_.id);
  EXPECT_TRUE(with("anna.m", kGood)->hasPassword);
  EXPECT_FALSE(with("anna.m", "four quiet green hill"));
  EXPECT_FALSE(with("anna.m", "Four quiet green hills"));
  // The decoy's own password opens nothing.
  EXPECT_FALSE(with("nobody", "nobody's password"));
  EXPECT_FALSE(with("", "nobody's password"));
  setPassword(staff_, "another long password");
  EXPECT_FALSE(with("anna.m", kGood));
  EXPECT_TRUE(with("anna.m", "another long password"));
}

// A phone writes "Anna.M " by itself; that is not another person.
TEST_F(AccountsTest, aLoginInAnyCase) {
  setPassword(staff_, kGood);
  EXPECT_TRUE(with("ANNA.m", kGood));
  EXPECT_TRUE(with(" Anna.M ", kGood));
  EXPECT_EQ(house_.accounts.withLogin(*house_.database->lease(), "Anna.M")->id, staff_.id);
  EXPECT_EQ(problemOf([&] {
              house_.account(Role::clinician, {"B", "Anna.M", "", "en", "DE"});
            }),
            Wrong::conflict);
  // Without a login nobody is found by an empty one.
  house_.account(Role::clinician, {"C", " ", "", "en", "DE"});
  house_.account(Role::clinician, {"D", "", "", "en", "DE"});
  EXPECT_FALSE(house_.accounts.withLogin(*house_.database->lease(), ""));
}

TEST_F(AccountsTest, passwordsThatAreGuessedFirstAreRefused) {
  const auto refused = [&](const Account& account, std::string_view password) {
    return problemOf([&] { setPassword(account, password); }) == Wrong::invalid;
  };
  EXPECT_TRUE(refused(staff_, "elevenchars"));
  EXPECT_TRUE(refused(staff_, "xxANNA.M-2026"));
  EXPECT_TRUE(refused(staff_, std::string(1025, 'a')));
  EXPECT_FALSE(refused(staff_, std::string(1024, 'a')));
  EXPECT_TRUE(refused(house_.account(Role::clinician), kGood));  // no login to go with it
  // A two-letter login must not rule out most good passwords.
  const Account brief = house_.account(Role::clinician, {"Al", "al", "", "en", "DE"});
  EXPECT_FALSE(refused(brief, "a small walled garden"));
}

// The right to be forgotten, and that nobody signs in as somebody who is no more.
TEST_F(AccountsTest, anErasedAccountCannotSignIn) {
  setPassword(staff_, kGood);
  const auto started = start();
  const std::string staffLink = link(staff_), clientLink = link(started.account);
  house_.erase(staff_.person);
  house_.erase(started.account.person);
  const auto lease = house_.database->lease();
  EXPECT_FALSE(house_.accounts.withPassword(*lease, "anna.m", kGood));
  EXPECT_FALSE(house_.accounts.withLogin(*lease, "anna.m"));
  EXPECT_FALSE(house_.accounts.useLink(*lease, staffLink));
  EXPECT_FALSE(house_.accounts.useLink(*lease, clientLink));
  EXPECT_FALSE(house_.accounts.withRecoveryCode(*lease, started.recoveryCode));
  EXPECT_FALSE(house_.accounts.find(*lease, staff_.id));
  EXPECT_TRUE(house_.accounts.staff(*lease).empty());
  // A link made after the fact, by a page that was still open, opens nothing either.
  const std::string after = house_.accounts.makeLink(*lease, staff_.id, minutes(5));
  EXPECT_FALSE(house_.accounts.useLink(*lease, after));
}

// With write access to the file and no key, nobody makes themselves a clinician.
TEST_F(AccountsTest, aRoleChangedInTheDatabaseDoesNotOpen) {
  const auto started = start();
  const auto lease = house_.database->lease();
  lease->exec("UPDATE account SET role = 1 WHERE id = $1", {started.account.id.value});
  EXPECT_EQ(problemOf([&] { house_.accounts.find(*lease, started.account.id); }), Wrong::corrupt);
  lease->exec("UPDATE account SET role = 0, person = $2 WHERE id = $1",
              {started.account.id.value, staff_.person.value});
  EXPECT_EQ(problemOf([&] { house_.accounts.find(*lease, started.account.id); }), Wrong::corrupt);
}

TEST_F(AccountsTest, onCallIsKept) {
  const auto lease = house_.database->lease();
  house_.accounts.setOnCall(*lease, staff_.id, true);
  EXPECT_TRUE(house_.accounts.find(*lease, staff_.id)->onCall);
  house_.accounts.setOnCall(*lease, staff_.id, false);
  EXPECT_FALSE(house_.accounts.find(*lease, staff_.id)->onCall);
}

class SessionsTest : public AccountsTest {
 protected:
  std::string begin(const Account& account) {
    return sessions_.begin(*house_.database->lease(), account);
  }
  bool stands(std::string_view token) {
    return sessions_.resume(*house_.database->lease(), token).has_value();
  }
  Sessions sessions_{house_.accounts, house_.master.derive("index"), house_.random, house_.clock,
                     SessionLimits{}};
};

// A clinic's computer left open at lunch shows nobody's record.
TEST_F(SessionsTest, staffAreOutAfterHalfAnHourOfNothing) {
  const std::string token = begin(staff_);
  house_.clock.advance(minutes(30));
  EXPECT_TRUE(stands(token));
  house_.clock.advance(minutes(30));
  EXPECT_TRUE(stands(token));
  house_.clock.advance(minutes(30) + seconds(1));
  EXPECT_FALSE(stands(token));
  house_.clock.advance(-minutes(10));  // and stays ended
  EXPECT_FALSE(stands(token));
}

TEST_F(SessionsTest, noSessionOutlivesItsLongestTime) {
  const std::string staff = begin(staff_);
  for (minutes passed(0); passed < minutes(12 * 60); passed += minutes(20)) {
    ASSERT_TRUE(stands(staff)) << passed.count();
    house_.clock.advance(minutes(20));
  }
  EXPECT_TRUE(stands(staff));
  house_.clock.advance(minutes(1));
  EXPECT_FALSE(stands(staff));

  const Account client = start().account;
  const std::string token = begin(client);
  for (hours passed(0); passed < hours(30 * 24); passed += hours(20)) {
    ASSERT_TRUE(stands(token)) << passed.count();
    house_.clock.advance(hours(20));
  }
  house_.clock.advance(hours(1));
  EXPECT_FALSE(stands(token));
}

// A client who writes twice a day is not asked to sign in each time.
TEST_F(SessionsTest, clientsStayADay) {
  const std::string token = begin(start().account);
  house_.clock.advance(hours(24));
  EXPECT_TRUE(stands(token));
  house_.clock.advance(hours(24) + seconds(1));
  EXPECT_FALSE(stands(token));
}

TEST_F(SessionsTest, signingOutAndErasureEndItAndGarbageOpensNothing) {
  const std::string token = begin(staff_), other = begin(staff_);
  EXPECT_NE(token, other);
  sessions_.end(*house_.database->lease(), token);
  EXPECT_FALSE(stands(token));
  EXPECT_TRUE(stands(other));
  EXPECT_FALSE(stands(""));
  EXPECT_FALSE(stands("\xff"));
  EXPECT_FALSE(stands(base::newIdText(house_.random)));
  // What is in the database is no key to the door.
  const std::string stored =
      house_.database->lease()->query("SELECT token_index FROM session")[0].text(0);
  EXPECT_FALSE(stands(stored));
  house_.erase(staff_.person);
  EXPECT_FALSE(stands(other));
}

// The tokens of sessions nobody can use go, or the table would grow for ever.
TEST_F(SessionsTest, oldSessionsAreClearedAway) {
  begin(staff_);
  begin(staff_);
  house_.clock.advance(hours(31 * 24));
  begin(staff_);
  EXPECT_EQ(house_.database->lease()->query("SELECT COUNT(*) FROM session")[0].integer(0), 1);
}

}  // namespace
}  // namespace attune::trust
