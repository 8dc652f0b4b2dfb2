// Each person's key: that it opens what is theirs, and that without it nothing opens.
#include "trust/keyring.h"

#include <gtest/gtest.h>

#include <fstream>

#include "trust/trust_testing.h"

namespace attune::trust {

// The keys themselves, to compare them: no program may.
class KeyringTestPeer {
 public:
  static crypto::SecretKey keyOf(const Keyring& keyring, db::Connection& connection,
                                 const base::PersonId& person) {
    return keyring.keyOf(connection, person);
  }
};

namespace {

using testing::House;
using testing::problemOf;
using Wrong = base::Problem::Kind;

class KeyringTest : public ::testing::Test {
 protected:
  std::string file(const char* name = "attune.db") { return (folder_.path() / name).string(); }
  testing::Folder folder_;
};

// With the wrong key the server would start, and seal new words so that the right key can't open
// them.
TEST_F(KeyringTest, anotherMasterKeyIsRefusedAndToldWhatToDo) {
  House house(file());
  const auto lease = house.database->lease();
  house.keyring.verify(*lease);
  house.keyring.verify(*lease);
  const Keyring other(crypto::MasterKey::fromKey(testing::keyOf(7)).derive("wrap"), house.random);
  try {
    other.verify(*lease);
    FAIL() << "accepted";
  } catch (const base::Problem& problem) {
    EXPECT_EQ(problem.kind(), Wrong::configuration);
    EXPECT_NE(problem.detail().find("use the key file that was made with it"), std::string::npos);
  }
  house.keyring.verify(*lease);
}

// Were the mark lost, any key would do, and would set its own mark.
TEST_F(KeyringTest, withoutItsMarkThePeoplesKeysTell) {
  House house(file());
  house.account(Role::client);
  const auto lease = house.database->lease();
  const Keyring other(crypto::MasterKey::fromKey(testing::keyOf(7)).derive("wrap"), house.random);
  EXPECT_EQ(problemOf([&] { other.verify(*lease); }), Wrong::configuration);
  house.keyring.verify(*lease);
  EXPECT_EQ(problemOf([&] { other.verify(*lease); }), Wrong::configuration);
}

TEST_F(KeyringTest, everyPersonHasAKeyOfTheirOwn) {
  House house(file());
  const Account a = house.account(Role::client), b = house.account(Role::client);
  const auto lease = house.database->lease();
  const auto ka = KeyringTestPeer::keyOf(house.keyring, *lease, a.person),
             kb = KeyringTestPeer::keyOf(house.keyring, *lease, b.person);
  EXPECT_FALSE(crypto::equal(ka.bytes(), kb.bytes()));
  EXPECT_TRUE(
      crypto::equal(ka.bytes(), KeyringTestPeer::keyOf(house.keyring, *lease, a.person).bytes()));
  EXPECT_EQ(problemOf([&] {
              KeyringTestPeer::keyOf(house.keyring, *lease,
                                     base::newId<base::PersonId>(house.random));
            }),
            Wrong::notFound);
  // One person's wrapped key put in another's place does not open.
  lease->exec(
      "UPDATE person_key SET wrapped = (SELECT wrapped FROM person_key WHERE person = $1) "
      "WHERE person = $2",
      {a.person.value, b.person.value});
  EXPECT_EQ(problemOf([&] { KeyringTestPeer::keyOf(house.keyring, *lease, b.person); }),
            Wrong::corrupt);
}

// Somebody who asks to be erased is erased: every row that says something about them, and the key.
TEST_F(KeyringTest, erasureLeavesOnlyEmptyRowsAndTheTrail) {
  House house(file());
  const Account client = house.account(Role::client, {"Name", "", "", "en", "DE"});
  const Account staff = house.account(Role::clinician), other = house.account(Role::client);
  house.join(client, staff);
  house.join(other, staff);
  house.say(client, Source::messages, Purpose::care, true);
  house.say(other, Source::messages, Purpose::care, true);
  EXPECT_TRUE(house.erase(client.person));
  EXPECT_FALSE(house.erase(client.person));
  EXPECT_FALSE(house.erase(base::newId<base::PersonId>(house.random)));
  const auto lease = house.database->lease();
  EXPECT_EQ(problemOf([&] { KeyringTestPeer::keyOf(house.keyring, *lease, client.person); }),
            Wrong::notFound);
  for (const char* table : {"person_key", "consent", "care_team", "resource", "resource_history"}) {
    EXPECT_EQ(lease
                  ->query("SELECT COUNT(*) FROM " + std::string(table) + " WHERE person = $1",
                          {client.person.value})[0]
                  .integer(0),
              0)
        << table;
  }
  EXPECT_EQ(lease->query("SELECT LENGTH(profile) FROM account WHERE id = $1", {client.id.value})[0]
                .integer(0),
            0);
  EXPECT_TRUE(house.audit.verify(*lease).intact);
  // Nobody else lost anything.
  EXPECT_TRUE(house.accounts.find(*lease, other.id));
  EXPECT_EQ(caseloadOf(*lease, staff.id, house.clock.now()).size(), 1u);
  EXPECT_TRUE(standingConsent(*lease, other.person, Source::messages, Purpose::care));
}

// A row in `table` about `person`: every column filled by its type. False if the table does not
// name a person.
bool putRow(db::Connection& connection, const std::string& table, const Account& client,
            const Account& staff) {
  std::string columns, places;
  std::vector<db::Value> values;
  bool named = false;
  for (const db::Row& row :
       connection.query("SELECT name, type FROM pragma_table_info($1)", {table})) {
    const std::string& column = row.text(0);
    named = named || column == "person";
    const bool ofStaff = !connection
                              .query(
                                  "SELECT 1 FROM pragma_foreign_key_list($1) WHERE \"from\" = "
                                  "$2 AND \"table\" = 'account'",
                                  {table, column})
                              .empty();
    columns += (columns.empty() ? "" : ", ") + column;
    places += (places.empty() ? "$" : ", $") + std::to_string(values.size() + 1);
    if (column == "person") {
      values.emplace_back(client.person.value);
    } else if (ofStaff) {
      values.emplace_back(staff.id.value);
    } else if (row.text(1) == "INTEGER") {
      values.emplace_back(std::int64_t{1});
    } else if (row.text(1) == "BYTEA") {
      values.emplace_back(base::Bytes{1});
    } else {
      values.emplace_back("x");
    }
  }
  if (!named) return false;
  connection.exec("INSERT INTO " + table + "(" + columns + ") VALUES(" + places + ")", values);
  return true;
}

// A room that is added and keeps something about a person has to be emptied as well, or somebody
// who asked to be forgotten is not.
TEST_F(KeyringTest, everyTableThatNamesAPersonIsEmptied) {
  House house(file());
  const Account client = house.account(Role::client), staff = house.account(Role::clinician);
  std::vector<std::string> tables;
  {
    const auto lease = house.database->lease();
    for (const db::Row& row : lease->query("SELECT name FROM sqlite_schema WHERE type = 'table'")) {
      const std::string table = row.text(0);
      // The account stays empty, as other people's records name it; the audit trail holds ids and
      // fixed words and outlives the person; the key is tested above.
      if (table == "account" || table == "audit" || table == "person_key") continue;
      if (putRow(*lease, table, client, staff)) tables.push_back(table);
    }
  }
  EXPECT_GE(tables.size(), 9u);
  house.erase(client.person);
  for (const std::string& table : tables) {
    EXPECT_EQ(house.database->lease()
                  ->query("SELECT COUNT(*) FROM " + table + " WHERE person = $1",
                          {client.person.value})[0]
                  .integer(0),
              0)
        << table << " names a person and Keyring::destroy does not empty it";
  }
}

std::string bytesOf(const std::filesystem::path& folder) {
  std::string all;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream in(entry.path(), std::ios::binary);
    all.append(std::istreambuf_iterator<char>(in), {});
  }
  return all;
}

// The wrapped key itself must leave the disk, or whoever has the master key later could undo it.
TEST_F(KeyringTest, theDestroyedKeyIsGoneFromTheFiles) {
  House house(file());
  const Account client = house.account(Role::client);
  const std::string wrapped = std::string(base::asText(
      house.database->lease()
          ->query("SELECT wrapped FROM person_key WHERE person = $1", {client.person.value})[0]
          .blob(0)));
  house.database->lease()->script("PRAGMA wal_checkpoint(TRUNCATE)");
  ASSERT_NE(bytesOf(folder_.path()).find(wrapped), std::string::npos);
  house.erase(client.person);
  house.database->lease()->script("PRAGMA wal_checkpoint(TRUNCATE)");
  EXPECT_EQ(bytesOf(folder_.path()).find(wrapped), std::string::npos);
}

// What is true of copies, so that nobody is promised more: a copy of the whole database from before
// still opens with the master key, because the wrapped key is in it. A copy without the keys does
// not. So content backups leave the keys out, and the file of keys is written anew at an erasure.
TEST_F(KeyringTest, aCopyFromBeforeOpensOnlyIfItHoldsTheKey) {
  House house(file());
  const Account client = house.account(Role::client, {"Name", "", "", "en", "DE"});
  house.database->copyTo(file("whole.db"));
  house.database->copyTo(file("without.db"));
  House(file("without.db"), 2).database->lease()->exec("DELETE FROM person_key");
  house.erase(client.person);
  EXPECT_FALSE(house.accounts.find(*house.database->lease(), client.id));

  House whole(file("whole.db"), 3);
  EXPECT_EQ(whole.accounts.find(*whole.database->lease(), client.id)->profile.name, "Name");
  House without(file("without.db"), 4);
  EXPECT_EQ(problemOf([&] { without.accounts.find(*without.database->lease(), client.id); }),
            Wrong::notFound);
}

}  // namespace
}  // namespace attune::trust
