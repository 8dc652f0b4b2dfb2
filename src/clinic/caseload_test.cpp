#include "clinic/caseload.h"

#include <gtest/gtest.h>

#include "oversight/oversight_testing.h"

namespace attune::clinic {
namespace {

using oversight::testing::Ward;
using std::chrono::minutes;
using trust::Account;
using trust::Purpose;
using trust::Role;
using trust::Source;
using trust::testing::House;

class CaseloadTest : public ::testing::Test {
 protected:
  Account client(const std::string& name) {
    const Account made = ward_.house.account(Role::client, {name, "", "", "en", "IE"});
    ward_.agree(made, true);
    ward_.house.join(made, ward_.staff);
    return made;
  }
  void write(const Account& who, const std::string& text) {
    ward_.house.clock.advance(minutes(1));
    ward_.screener.screen(ward_.write(who, text));
  }
  std::vector<CaseloadRow> rows(const Account& who) {
    return caseload(*ward_.house.database, ward_.house.gate, ward_.house.accounts, ward_.store,
                    House::actor(who));
  }

  Ward ward_;
};

// Who needs a look first stands first; somebody with fifty clients starts at the top.
TEST_F(CaseloadTest, mostUrgentFirst) {
  const Account quiet = client("Quiet");
  const Account strained = client("Strained");
  const Account crisis = client("Crisis");
  write(crisis, "[crisis]");
  write(strained, "[strain]");
  write(quiet, "fine");
  const auto list = rows(ward_.staff);
  ASSERT_EQ(list.size(), 4u);
  EXPECT_EQ(list[0].name, "Crisis");
  EXPECT_TRUE(list[0].crisis);
  EXPECT_EQ(list[0].openFindings, 1);
  EXPECT_EQ(list[1].name, "Strained");
  EXPECT_FALSE(list[1].crisis);
  EXPECT_EQ(list[2].name, "Quiet");
  EXPECT_EQ(list[2].openFindings, 0);
  EXPECT_TRUE(list[2].lastMessage);
  EXPECT_EQ(list[3].name, "Rosalind Quill");
  EXPECT_FALSE(list[3].lastMessage);
}

// After a no, that something was found - or a crisis - is not told either: it came from the words
// they took back.
TEST_F(CaseloadTest, withdrawalHidesWhatWasFound) {
  write(ward_.client, "[crisis]");
  EXPECT_TRUE(rows(ward_.staff)[0].crisis);
  ward_.house.say(ward_.client, Source::messages, Purpose::alerts, false);
  const CaseloadRow row = rows(ward_.staff)[0];
  EXPECT_FALSE(row.crisis);
  EXPECT_EQ(row.openFindings, 0);
  EXPECT_EQ(row.topPriority, 0);
  EXPECT_EQ(row.name, "Rosalind Quill");
}

// A stranger's clients are not in it, and names are given only of those who are.
TEST_F(CaseloadTest, othersClientsAreAbsent) {
  EXPECT_TRUE(rows(ward_.other).empty());
  const auto names = [&](const Account& who) {
    return namesOf(*ward_.house.database, ward_.house.gate, ward_.house.accounts, House::actor(who),
                   {ward_.client.person, ward_.client.person, base::PersonId{"nobody"}});
  };
  EXPECT_TRUE(names(ward_.other).empty());
  ASSERT_EQ(names(ward_.staff).size(), 1u);
  EXPECT_EQ(names(ward_.staff)[0].second, "Rosalind Quill");
}

}  // namespace
}  // namespace attune::clinic
