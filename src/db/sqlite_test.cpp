// What goes in comes out, what can't be stored is said, and the file is nobody else's to read.
#include "db/sqlite.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmath>
#include <limits>

#include "db/test_folder.h"

namespace attune::db {
namespace {

using base::Problem;
using Kind = base::Problem::Kind;

// The kind of the Problem that `work` ends with.
template <class Work>
std::optional<Kind> kindOf(Work work) {
  try {
    work();
  } catch (const Problem& told) {
    EXPECT_FALSE(told.detail().empty());
    return told.kind();
  }
  return std::nullopt;
}

class Sqlite : public testing::Test {
 protected:
  TestFolder folder_;
  std::string path_ = folder_ / "attune.db";
  std::unique_ptr<Database> database_ = openSqlite(path_, 2);
};

// A message, a score or a sealed record that changes on the way through is somebody else's.
TEST_F(Sqlite, valuesComeBackAsTheyWentIn) {
  const auto lease = database_->lease();
  lease->script("CREATE TABLE t(id INTEGER PRIMARY KEY, i INTEGER, r REAL, x TEXT, b BYTEA)");
  const std::string text("caf\xC3\xA9\0after the NUL", 19);
  base::Bytes large(10 << 20);
  for (std::size_t i = 0; i < large.size(); ++i) large[i] = static_cast<unsigned char>(i * 31 >> 3);
  EXPECT_EQ(lease->exec("INSERT INTO t VALUES($1, $2, $3, $4, $5)",
                        {1, std::numeric_limits<std::int64_t>::min(), 0.1, text, large}),
            1);
  lease->exec("INSERT INTO t VALUES(2, $1, $2, $3, $4)", {Null(), 3.0, "", base::Bytes()});
  const Rows rows = lease->query("SELECT i, r, x, b FROM t ORDER BY id");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].integer(0), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(rows[0].real(1), 0.1);
  EXPECT_EQ(rows[0].text(2), text);
  EXPECT_TRUE(rows[0].blob(3) == large);
  EXPECT_TRUE(rows[1].isNull(0));
  EXPECT_EQ(rows[1].maybeInteger(0), std::nullopt);
  EXPECT_EQ(rows[1].real(1), 3.0);
  EXPECT_EQ(rows[1].maybeText(2), "");
  EXPECT_FALSE(rows[1].isNull(3)) << "no bytes are not the same as nothing";
  EXPECT_TRUE(rows[1].blob(3).empty());
}

// A digit string that turns into a number, or bytes read as text, would garble a code or a key.
TEST_F(Sqlite, typesAreNotMixedUp) {
  const auto lease = database_->lease();
  lease->script("CREATE TABLE t(i INTEGER, x TEXT, b BYTEA)");
  const base::Bytes digits = {'0', '0', '7'};
  lease->exec("INSERT INTO t VALUES($1, $2, $3)", {7, "007", digits});
  const Rows rows = lease->query("SELECT i, x, b, NULL FROM t");
  EXPECT_EQ(rows.at(0).text(1), "007");
  EXPECT_EQ(rows.at(0).blob(2), digits);
  EXPECT_EQ(kindOf([&] { rows[0].text(0); }), Kind::corrupt);
  EXPECT_EQ(kindOf([&] { rows[0].integer(1); }), Kind::corrupt);
  EXPECT_EQ(kindOf([&] { rows[0].text(2); }), Kind::corrupt);
  EXPECT_EQ(kindOf([&] { rows[0].blob(1); }), Kind::corrupt);
  EXPECT_EQ(kindOf([&] { rows[0].real(0); }), Kind::corrupt);
  EXPECT_EQ(kindOf([&] { rows[0].text(3); }), Kind::corrupt);
  EXPECT_EQ(kindOf([&] { rows[0].maybeText(0); }), Kind::corrupt);
  EXPECT_EQ(kindOf([&] { rows[0].integer(4); }), Kind::internal);
}

// A query's parameters in the wrong places would show one person another's rows.
TEST_F(Sqlite, parametersGoByNumberNotByPlace) {
  const auto lease = database_->lease();
  const Rows rows = lease->query("SELECT $2 || '-' || $1 || '-' || $2", {"a", "b"});
  EXPECT_EQ(rows.at(0).text(0), "b-a-b");
  EXPECT_EQ(kindOf([&] { lease->query("SELECT $1", {}); }), Kind::internal);
  EXPECT_EQ(kindOf([&] { lease->query("SELECT $1", {1, 2}); }), Kind::internal);
  EXPECT_EQ(kindOf([&] { lease->query("SELECT $1, $3", {1, 2}); }), Kind::internal);
  EXPECT_EQ(kindOf([&] { lease->query("SELECT ?", {1}); }), Kind::internal);
  EXPECT_EQ(kindOf([&] { lease->query("SELECT 1; SELECT 2"); }), Kind::internal);
  EXPECT_EQ(kindOf([&] { lease->query(""); }), Kind::internal);
  EXPECT_EQ(kindOf([&] { lease->query("SELECT nonsense"); }), Kind::internal);
  EXPECT_EQ(kindOf([&] { lease->query("SELECT \"nonsense\""); }), Kind::internal);
  EXPECT_EQ(kindOf([&] { lease->query("SELECT $1", {std::nan("")}); }), Kind::invalid);
  EXPECT_EQ(lease->query("SELECT 1; -- one statement and a word about it").size(), 1u);
}

// Optimistic locking ("somebody decided first") rests on this count.
TEST_F(Sqlite, execTellsHowManyRowsItChanged) {
  const auto lease = database_->lease();
  lease->script("CREATE TABLE t(id INTEGER PRIMARY KEY, v INTEGER)");
  EXPECT_EQ(lease->exec("INSERT INTO t VALUES(1, 0), (2, 0), (3, 0)"), 3);
  EXPECT_EQ(lease->exec("CREATE TABLE u(x INTEGER)"), 0);
  EXPECT_EQ(lease->exec("UPDATE t SET v = 1 WHERE id > $1", {1}), 2);
  EXPECT_EQ(lease->exec("UPDATE t SET v = 1 WHERE id > $1", {9}), 0);
  EXPECT_EQ(lease->exec("INSERT INTO t VALUES(1, 5) ON CONFLICT(id) DO UPDATE SET v = 5"), 1);
  EXPECT_EQ(lease->query("DELETE FROM t WHERE v = 1 RETURNING id").size(), 2u);
}

TEST_F(Sqlite, constraintsAreConflictsThatNameNoValue) {
  const auto lease = database_->lease();
  lease->script(
      "CREATE TABLE person(id TEXT PRIMARY KEY);"
      "CREATE TABLE note(id INTEGER PRIMARY KEY, person TEXT REFERENCES person(id))");
  lease->exec("INSERT INTO person VALUES($1)", {"secret-name"});
  try {
    lease->exec("INSERT INTO person VALUES($1)", {"secret-name"});
    FAIL();
  } catch (const Problem& told) {
    EXPECT_EQ(told.kind(), Kind::conflict);
    EXPECT_EQ(std::string(told.what()).find("secret-name"), std::string::npos);
  }
  EXPECT_EQ(kindOf([&] { lease->exec("INSERT INTO note VALUES(1, 'nobody')"); }), Kind::conflict);
  EXPECT_EQ(lease->query("SELECT id FROM note").size(), 0u);
}

// Each of these settings stands between a power cut, or a thief of the disk, and a client's words.
TEST_F(Sqlite, everyConnectionIsSetUpForCare) {
  const auto one = database_->lease(), two = database_->lease();
  for (const auto* lease : {&one, &two}) {
    const auto setting = [&](const std::string& name) {
      return (*lease)->query("PRAGMA " + name).at(0).integer(0);
    };
    EXPECT_EQ((*lease)->query("PRAGMA journal_mode").at(0).text(0), "wal");
    EXPECT_EQ(setting("synchronous"), 2);
    EXPECT_EQ(setting("foreign_keys"), 1);
    EXPECT_EQ(setting("busy_timeout"), 5000);
    EXPECT_EQ(setting("secure_delete"), 1);
    EXPECT_EQ(setting("trusted_schema"), 0);
    EXPECT_EQ(setting("temp_store"), 2);
  }
}

mode_t modeOf(const std::string& path) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
  return status.st_mode & 07777;
}

// Another user of the machine must not be able to copy the clinic.
TEST_F(Sqlite, filesAreTheOwnersAloneWhateverTheUmask) {
  for (const mode_t mask : {0000, 0022, 0777}) {
    const mode_t before = ::umask(mask);
    const std::string path = folder_ / ("mask" + std::to_string(mask) + ".db");
    const auto database = openSqlite(path, 2);
    database->lease()->script("CREATE TABLE t(x INTEGER)");
    database->copyTo(path + "-copy");
    ::umask(before);
    for (const char* ending : {"", "-wal", "-shm", "-copy"})
      EXPECT_EQ(modeOf(path + ending), 0600u);
  }
  const std::string lax = folder_ / "lax.db";
  openSqlite(lax)->lease()->script("CREATE TABLE t(x INTEGER)");
  ASSERT_EQ(::chmod(lax.c_str(), 0664), 0);
  openSqlite(lax);
  EXPECT_EQ(modeOf(lax), 0600u);
}

// "Delete" has to mean that the bytes are gone from the file.
TEST_F(Sqlite, deletedBytesLeaveTheFile) {
  const std::string mark = "bytes-that-were-to-be-forgotten";
  const auto lease = database_->lease();
  lease->script("CREATE TABLE t(x TEXT)");
  lease->exec("INSERT INTO t VALUES($1)", {mark});
  lease->query("PRAGMA wal_checkpoint(TRUNCATE)");
  ASSERT_NE(readAll(path_).find(mark), std::string::npos);
  lease->exec("DELETE FROM t");
  lease->query("PRAGMA wal_checkpoint(TRUNCATE)");
  EXPECT_EQ(readAll(path_).find(mark), std::string::npos);
}

// An operator who names the wrong thing is told so at the start, not after the first message.
TEST_F(Sqlite, whatIsNoDatabaseIsRefusedByKind) {
  EXPECT_EQ(kindOf([] { openSqlite(":memory:"); }), Kind::configuration);
  EXPECT_EQ(kindOf([] { openSqlite(""); }), Kind::configuration);
  EXPECT_EQ(kindOf([&] { openSqlite(folder_.path()); }), Kind::configuration);
  EXPECT_EQ(kindOf([&] { openSqlite(folder_ / "missing/attune.db"); }), Kind::storage);
  writeAll(folder_ / "letter.txt", std::string(9000, 'x'));
  EXPECT_EQ(kindOf([&] { openSqlite(folder_ / "letter.txt"); }), Kind::corrupt);
  EXPECT_EQ(readAll(folder_ / "letter.txt"), std::string(9000, 'x'));
}

TEST_F(Sqlite, damageIsFoundAndSaid) {
  {
    const auto lease = database_->lease();
    lease->script("CREATE TABLE t(id INTEGER PRIMARY KEY, x TEXT)");
    Transaction tx(*lease);
    for (int i = 0; i < 200; ++i) {
      lease->exec("INSERT INTO t VALUES($1, $2)", {i, std::string(1000, 'x')});
    }
    tx.commit();
  }
  database_.reset();
  std::string bytes = readAll(path_);
  ASSERT_GT(bytes.size(), 3u * 4096);
  bytes.replace(4096, bytes.size() - 4096, bytes.size() - 4096, '\xA5');
  writeAll(path_, bytes);
  database_ = openSqlite(path_, 1);
  EXPECT_EQ(kindOf([&] { database_->lease()->query("SELECT x FROM t"); }), Kind::corrupt);
}

// Runs as a user without root's rights, so that the mode of a file counts.
class AsSomebody {
 public:
  static constexpr uid_t kSomebody = 65534;
  AsSomebody() {
    if (::geteuid() == 0) root_ = ::seteuid(kSomebody) == 0;
  }
  ~AsSomebody() {
    if (root_ && ::seteuid(0) != 0) std::abort();
  }

 private:
  bool root_ = false;
};

// A clinic that can't store must not open its doors.
TEST_F(Sqlite, readOnlyFileIsRefusedAtTheStart) {
  database_->lease()->script("CREATE TABLE t(x INTEGER)");
  database_.reset();
  if (::geteuid() == 0) {
    ASSERT_EQ(::chown(path_.c_str(), AsSomebody::kSomebody, -1), 0);
    ASSERT_EQ(::chown(folder_.path().c_str(), AsSomebody::kSomebody, -1), 0);
  }
  ASSERT_EQ(::chmod(path_.c_str(), 0400), 0);
  const AsSomebody somebody;
  EXPECT_EQ(kindOf([&] { openSqlite(path_); }), Kind::storage);
  EXPECT_EQ(modeOf(path_), 0400u) << "the operator's own decision is left alone";
}

// Speed without this bound would be memory that grows with every kind of question ever asked.
TEST_F(Sqlite, statementCacheIsBoundedAndFollowsTheSchema) {
  SqliteConnection connection(path_, std::make_shared<WriteTurn>());
  connection.script("CREATE TABLE t(x INTEGER); INSERT INTO t VALUES(1)");
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 200; ++i) {
      const Rows rows = connection.query("SELECT x + $1 + " + std::to_string(i) + " FROM t", {1});
      EXPECT_EQ(rows.at(0).integer(0), i + 2);
      EXPECT_LE(connection.cachedStatements(), SqliteConnection::kCachedStatements);
    }
  }
  EXPECT_EQ(connection.cachedStatements(), SqliteConnection::kCachedStatements);
  EXPECT_EQ(connection.query("SELECT * FROM t").size(), 1u);
  connection.script("ALTER TABLE t ADD COLUMN y TEXT DEFAULT 'new'");
  EXPECT_EQ(connection.query("SELECT * FROM t").at(0).text(1), "new");
}

// A copy over yesterday's backup, or half a copy left behind, would be found out too late.
TEST_F(Sqlite, copyRefusesWhatIsThereAndLeavesNothingHalf) {
  database_->lease()->script("CREATE TABLE t(x TEXT); INSERT INTO t VALUES('kept')");
  database_->copyTo(folder_ / "copy.db");
  EXPECT_EQ(openSqlite(folder_ / "copy.db")->lease()->query("SELECT x FROM t").at(0).text(0),
            "kept");
  writeAll(folder_ / "there", "something");
  EXPECT_EQ(kindOf([&] { database_->copyTo(folder_ / "there"); }), Kind::storage);
  EXPECT_EQ(readAll(folder_ / "there"), "something");
  EXPECT_EQ(kindOf([&] { database_->copyTo(folder_ / "no/folder"); }), Kind::storage);
  const std::string damaged = folder_ / "damaged.db";
  openSqlite(damaged)->lease()->script(
      "CREATE TABLE t(x BLOB); INSERT INTO t VALUES(zeroblob(90000))");
  std::string bytes = readAll(damaged);
  bytes.replace(4096, bytes.size() - 4096, bytes.size() - 4096, '\xA5');
  writeAll(damaged, bytes);
  EXPECT_EQ(kindOf([&] { openSqlite(damaged)->copyTo(folder_ / "half"); }), Kind::corrupt);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "half"));
}

}  // namespace
}  // namespace attune::db
