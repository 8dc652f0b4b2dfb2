// Backups: everything comes back, except people who were erased.
#include "app/backups.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "record/message.h"
#include "trust/consents.h"
#include "trust/trust_testing.h"

namespace attune::app {
namespace {

namespace fs = std::filesystem;
using base::Problem;
using trust::Account;
using trust::Action;
using trust::Kind;
using trust::Purpose;
using trust::Role;
using trust::Source;

class BackupsTest : public ::testing::Test {
 protected:
  static Config configOf(const fs::path& folder) {
    Config made;
    made.data = folder;
    return made;
  }
  std::unique_ptr<Installation> opened(const fs::path& folder) {
    return std::make_unique<Installation>(configOf(folder), clock_,
                                          Installation::Open::createIfMissing, crypto::Cost::test);
  }
  static trust::Actor actor(const Account& account) {
    return {account.id, account.person, account.role, "127.0.0.1"};
  }
  Account client(Installation& in, const std::string& name) {
    Account account;
    {
      const auto lease = in.database->lease();
      db::Transaction tx(*lease);
      account = in.accounts.create(*lease, Role::client, {name, name, "", "en", "IE"});
      tx.commit();
    }
    const auto grant = in.gate.open(
        actor(account), {account.person, Action::write, {Kind::consents}, Purpose::own, ""});
    const auto lease = in.database->lease();
    db::Transaction tx(*lease);
    trust::recordConsent(*lease, grant, Source::messages, Purpose::care, true, "v1", clock_.now());
    tx.commit();
    return account;
  }
  void write(Installation& in, const Account& who, const std::string& text) {
    const auto grant =
        in.gate.open(actor(who), {who.person, Action::write, {Kind::messages}, Purpose::own, ""});
    record::Message message;
    message.id = base::newId<base::ResourceId>(in.random);
    message.person = who.person;
    message.text = text;
    message.time = clock_.now();
    const auto lease = in.database->lease();
    db::Transaction tx(*lease);
    in.store.create(*lease, grant, record::toDraft(message));
    tx.commit();
  }
  std::vector<std::string> texts(Installation& in, const Account& who) {
    const auto grant =
        in.gate.open(actor(who), {who.person, Action::read, {Kind::messages}, Purpose::own, ""});
    std::vector<std::string> found;
    in.store.each(*in.database->lease(), grant, [&](const record::Resource& resource) {
      found.push_back(record::messageFrom(resource).text);
    });
    return found;
  }
  void erase(Installation& in, const Account& who) {
    const auto lease = in.database->lease();
    db::Transaction tx(*lease);
    in.keyring.destroy(*lease, who.person, clock_.now());
    tx.commit();
  }
  crypto::MasterKey master() { return crypto::MasterKey::load(data_ / "master.key"); }
  void restore(const fs::path& backup, const fs::path& to) {
    restoreBackup(master(), backup, to, clock_);
  }
  // Restores, and brings the key along, as an operator does.
  std::unique_ptr<Installation> restored(const fs::path& backup, const std::string& name) {
    const fs::path to = folder_.path() / name;
    restore(backup, to);
    fs::copy_file(data_ / "master.key", to / "master.key");
    return opened(to);
  }
  std::set<std::string> namesIn(const fs::path& folder) {
    std::set<std::string> names;
    if (!fs::exists(folder)) return names;
    for (const auto& entry : fs::directory_iterator(folder)) {
      names.insert(entry.path().filename().string());
    }
    return names;
  }
  static std::string bytes(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  // The kind of the Problem, which leaves no folder behind.
  std::optional<Problem::Kind> fault(const crypto::MasterKey& key, const fs::path& backup) {
    const fs::path to = folder_.path() / "refused";
    std::optional<Problem::Kind> kind;
    try {
      restoreBackup(key, backup, to, clock_);
    } catch (const Problem& problem) {
      EXPECT_FALSE(problem.detail().empty());
      kind = problem.kind();
    }
    EXPECT_FALSE(fs::exists(to));
    return kind;
  }

  trust::testing::Folder folder_;
  fs::path data_ = folder_.path() / "data";
  fs::path backups_ = folder_.path() / "backups";
  base::ManualClock clock_{trust::testing::evening()};
  std::unique_ptr<Installation> in_ = opened(data_);
  Account anna_ = client(*in_, "Anna Backhaus");
  Account ben_ = client(*in_, "Ben Winter");
};

// The disk is gone: out of the backup comes everything, and the audit trail still proves itself.
TEST_F(BackupsTest, everythingComesBack) {
  write(*in_, anna_, "a");
  write(*in_, ben_, "b 👩‍👧");
  in_->setSetting("clinic-name", "The clinic");
  const fs::path backup = writeBackup(*in_, backups_);
  EXPECT_EQ(backup.parent_path(), backups_);
  write(*in_, anna_, "after the backup");
  const auto again = restored(backup, "new");
  EXPECT_EQ(texts(*again, anna_), std::vector<std::string>{"a"});
  EXPECT_EQ(texts(*again, ben_), std::vector<std::string>{"b 👩‍👧"});
  EXPECT_EQ(*again->setting("clinic-name"), "The clinic");
  EXPECT_EQ(again->accounts.find(*again->database->lease(), anna_.id)->profile.name,
            "Anna Backhaus");
  const auto report = again->audit.verify(*again->database->lease());
  EXPECT_TRUE(report.intact) << report.reason;
  EXPECT_GT(report.entries, 0);
  // It goes on from there.
  write(*again, anna_, "life goes on");
  EXPECT_EQ(texts(*again, anna_).size(), 2u);
}

// What lies around after a backup is the backup: no plain copy, no lock, no part.
TEST_F(BackupsTest, leavesOnlyTwoSealedFiles) {
  write(*in_, anna_, "words of anna");
  const fs::path backup = writeBackup(*in_, backups_);
  EXPECT_EQ(namesIn(backups_),
            (std::set<std::string>{backup.filename().string(), "keyring.backup"}));
  for (const auto& entry : fs::directory_iterator(backups_)) {
    const std::string all = bytes(entry.path());
    for (const std::string& word : {std::string("words of anna"), std::string("Anna"),
                                    anna_.person.value, std::string("SQLite format")}) {
      EXPECT_EQ(all.find(word), std::string::npos) << entry.path() << " " << word;
    }
  }
  for (const std::string& name : namesIn(data_)) {
    EXPECT_EQ(name.find(".part"), std::string::npos) << name;
  }
  EXPECT_THROW(writeBackup(*in_, backups_), Problem);  // of the very same moment
  clock_.advance(std::chrono::seconds(1));
  EXPECT_NE(writeBackup(*in_, backups_), backup);
}

// Erased means erased: no older copy of the records gives somebody back once the keyring has been
// renewed, and the record file alone holds no key, not even in its free pages.
TEST_F(BackupsTest, erasedPersonStaysErasedInOlderBackups) {
  write(*in_, anna_, "a");
  write(*in_, ben_, "b");
  const fs::path backup = writeBackup(*in_, backups_);
  std::vector<base::Bytes> wrapped;
  for (const auto& row : in_->database->lease()->query("SELECT wrapped FROM person_key")) {
    wrapped.push_back(row.blob(0));
  }
  ASSERT_EQ(wrapped.size(), 2u);
  const fs::path plain = folder_.path() / "plain";
  crypto::openFile(in_->master.derive("backup"), backup, plain);
  const std::string all = bytes(plain);
  ASSERT_NE(all.find("SQLite format"), std::string::npos);
  for (const auto& key : wrapped) {
    EXPECT_EQ(all.find(std::string(base::asText(key))), std::string::npos);
    EXPECT_EQ(all.find(std::string(base::asText(key)).substr(24, 16)), std::string::npos);
  }

  erase(*in_, anna_);
  writeKeyring(*in_, backups_);
  const auto again = restored(backup, "new");
  EXPECT_EQ(texts(*again, ben_), std::vector<std::string>{"b"});
  EXPECT_EQ(trust::testing::problemOf([&] { texts(*again, anna_); }), Problem::Kind::notFound);
  EXPECT_EQ(again->database->lease()
                ->query("SELECT COUNT(*) FROM resource WHERE person = $1", {anna_.person.value})[0]
                .integer(0),
            0);
  EXPECT_FALSE(again->accounts.find(*again->database->lease(), anna_.id));
  EXPECT_TRUE(again->audit.verify(*again->database->lease()).intact);
}

// Sessions and links of that time open nothing in the restored clinic.
TEST_F(BackupsTest, oldLinksDoNotComeBack) {
  const std::string token =
      in_->accounts.makeLink(*in_->database->lease(), anna_.id, std::chrono::hours(24));
  const auto again = restored(writeBackup(*in_, backups_), "new");
  EXPECT_FALSE(again->accounts.useLink(*again->database->lease(), token));
  EXPECT_TRUE(in_->accounts.useLink(*in_->database->lease(), token));
}

// What does not fit is refused in words, and leaves nothing behind that looks like a clinic.
TEST_F(BackupsTest, wrongKeyMissingKeyringAndDamageAreRefused) {
  write(*in_, anna_, std::string(20000, 'x'));
  const fs::path backup = writeBackup(*in_, backups_);
  const fs::path keyring = backups_ / kKeyringFile;
  EXPECT_EQ(fault(crypto::MasterKey::fromKey(trust::testing::keyOf(1)), backup),
            Problem::Kind::corrupt);
  EXPECT_TRUE(fault(master(), backups_ / "no-such.backup"));

  const std::string good = bytes(backup), keys = bytes(keyring);
  for (const std::size_t cut :
       {std::size_t{0}, std::size_t{7}, std::size_t{40}, good.size() / 2, good.size() - 1}) {
    std::ofstream(backup, std::ios::binary) << good.substr(0, cut);
    EXPECT_EQ(fault(master(), backup), Problem::Kind::corrupt) << cut;
  }
  std::string changed = good;
  changed[good.size() / 2] = static_cast<char>(changed[good.size() / 2] ^ 1);
  std::ofstream(backup, std::ios::binary) << changed;
  EXPECT_EQ(fault(master(), backup), Problem::Kind::corrupt);
  std::ofstream(backup, std::ios::binary) << good;

  std::ofstream(keyring, std::ios::binary) << keys.substr(0, keys.size() - 1);
  EXPECT_EQ(fault(master(), backup), Problem::Kind::corrupt);
  std::ofstream(keyring, std::ios::binary) << good;  // the record in place of the keyring
  EXPECT_EQ(fault(master(), backup), Problem::Kind::corrupt);
  fs::remove(keyring);
  EXPECT_EQ(fault(master(), backup), Problem::Kind::configuration);
  std::ofstream(keyring, std::ios::binary) << keys;
  EXPECT_EQ(fault(master(), keyring), Problem::Kind::corrupt);
  EXPECT_NO_THROW(restore(backup, folder_.path() / "good"));
}

// A running clinic is never overwritten, and a folder that was there keeps what is in it.
TEST_F(BackupsTest, existingFoldersAreSpared) {
  const fs::path backup = writeBackup(*in_, backups_);
  const std::string before = bytes(data_ / "attune.db");
  EXPECT_EQ(trust::testing::problemOf([&] { restore(backup, data_); }),
            Problem::Kind::configuration);
  EXPECT_EQ(bytes(data_ / "attune.db"), before);
  const fs::path there = folder_.path() / "there";
  fs::create_directory(there);
  std::ofstream(there / "notes.txt") << "mine";
  EXPECT_TRUE(trust::testing::problemOf([&] {
    restoreBackup(crypto::MasterKey::fromKey(trust::testing::keyOf(1)), backup, there, clock_);
  }));
  EXPECT_EQ(namesIn(there), std::set<std::string>{"notes.txt"});
  restore(backup, there);
  EXPECT_EQ(namesIn(there), (std::set<std::string>{"notes.txt", "attune.db"}));
}

// A folder that can't be written is a sentence, not a crash.
TEST_F(BackupsTest, unusableFolderIsRefused) {
  std::ofstream(folder_.path() / "file") << "x";
  EXPECT_EQ(trust::testing::problemOf([&] { writeBackup(*in_, folder_.path() / "file"); }),
            Problem::Kind::storage);
  EXPECT_EQ(trust::testing::problemOf([&] { writeBackup(*in_, folder_.path() / "file" / "x"); }),
            Problem::Kind::storage);
}

}  // namespace
}  // namespace attune::app
