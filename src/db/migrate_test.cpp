// An upgrade either happens or does not; an older program keeps its hands off newer data.
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "db/connection.h"
#include "db/test_folder.h"

namespace attune::db {
namespace {

using base::Problem;
using Kind = base::Problem::Kind;

constexpr Migration kThree[] = {
    {1, "0001_a.sql",
     "CREATE TABLE a(x INTEGER); -- a comment; with a semicolon\n"
     "INSERT INTO a VALUES(1);"},
    {2, "0002_b.sql", "CREATE TABLE b(x INTEGER)"},
    {3, "0003_c.sql", "ALTER TABLE b ADD COLUMN y TEXT DEFAULT 'q'; INSERT INTO b(x) VALUES(2);\n"},
};

class Migrations : public testing::Test {
 protected:
  std::string schema() {
    std::string all;
    for (const Row& row : lease_->query("SELECT name, sql FROM sqlite_master ORDER BY name")) {
      all += row.text(0) + ": " + row.maybeText(1).value_or("") + "\n";
    }
    return all;
  }

  TestFolder folder_;
  std::string path_ = folder_ / "attune.db";
  std::unique_ptr<Database> database_ = openSqlite(path_, 4);
  Database::Lease lease_ = database_->lease();
};

TEST_F(Migrations, runInOrderAndOnce) {
  migrate(*lease_, std::span(kThree).first(1), 1000);
  migrate(*lease_, kThree, 2000);
  migrate(*lease_, kThree, 3000);
  EXPECT_EQ(lease_->query("SELECT x FROM a").size(), 1u);
  EXPECT_EQ(lease_->query("SELECT y FROM b").at(0).text(0), "q");
  const Rows rows = lease_->query("SELECT number, applied_at FROM schema_version ORDER BY number");
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].integer(1), 1000);
  EXPECT_EQ(rows[2].integer(0), 3);
  EXPECT_EQ(rows[2].integer(1), 2000);
}

TEST_F(Migrations, newerDatabaseIsRefusedUntouched) {
  migrate(*lease_, kThree, 1);
  const std::string before = schema();
  try {
    migrate(*lease_, std::span(kThree).first(2), 2);
    FAIL();
  } catch (const Problem& told) {
    EXPECT_EQ(told.kind(), Kind::configuration);
    EXPECT_NE(told.detail().find(
                  "made by a newer Attune (schema 3; this one knows 2): upgrade the program"),
              std::string::npos)
        << told.detail();
  }
  EXPECT_EQ(schema(), before);
  EXPECT_FALSE(lease_->inTransaction());
}

TEST_F(Migrations, failingOneLeavesTheDatabaseAsItWas) {
  const Migration bad[] = {
      {1, "0001_bad.sql", "CREATE TABLE a(x INTEGER); INSERT INTO nowhere VALUES(1);"}};
  const std::string before = schema();
  EXPECT_THROW(migrate(*lease_, bad, 1), Problem);
  EXPECT_EQ(schema(), before) << "not even the table of versions";
  const Migration secondBad[] = {
      kThree[0], {2, "0002_bad.sql", "UPDATE a SET x = 5; CREATE TABLE a(x INTEGER);"}};
  try {
    migrate(*lease_, secondBad, 1);
    FAIL();
  } catch (const Problem& told) {
    EXPECT_EQ(told.where(), "0002_bad.sql");
  }
  EXPECT_EQ(lease_->query("SELECT x FROM a").at(0).integer(0), 1);
  migrate(*lease_, kThree, 2);
  EXPECT_EQ(lease_->query("SELECT COUNT(*) FROM schema_version").at(0).integer(0), 3);
}

TEST_F(Migrations, gapsAreRefused) {
  const Migration gap[] = {kThree[0], kThree[2]};
  EXPECT_THROW(migrate(*lease_, gap, 1), Problem);
  EXPECT_EQ(schema(), "");
  migrate(*lease_, kThree, 1);
  lease_->exec("DELETE FROM schema_version WHERE number = 2");
  try {
    migrate(*lease_, kThree, 1);
    FAIL();
  } catch (const Problem& told) {
    EXPECT_EQ(told.kind(), Kind::corrupt);
  }
}

// A migration that commits by itself would leave half an upgrade behind when the rest fails.
TEST_F(Migrations, mayNotCommitByThemselves) {
  const Migration sly[] = {{1, "0001_sly.sql", "CREATE TABLE a(x INTEGER); COMMIT;"}};
  EXPECT_THROW(migrate(*lease_, sly, 1), Problem);
}

// Two starts at once, as a service manager may do it.
TEST_F(Migrations, severalProgramsAtOnceRunEachOnce) {
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      const auto own = openSqlite(path_, 1);
      migrate(*own->lease(), kThree, t);
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(lease_->query("SELECT x FROM a").size(), 1u);
  EXPECT_EQ(lease_->query("SELECT x FROM b").size(), 1u);
}

// What is built in is what was reviewed, byte for byte, and makes a database.
TEST_F(Migrations, embeddedOnesAreTheFiles) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry :
       std::filesystem::directory_iterator(ATTUNE_SOURCE_DIR "/src/db/migrations")) {
    if (entry.path().extension() == ".sql") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  ASSERT_EQ(migrations().size(), files.size());
  for (std::size_t i = 0; i < files.size(); ++i) {
    EXPECT_EQ(migrations()[i].number, static_cast<int>(i + 1));
    EXPECT_EQ(migrations()[i].name, files[i].filename().string());
    EXPECT_EQ(migrations()[i].sql, readAll(files[i]));
  }
  migrate(*lease_, migrations(), 1);
  EXPECT_EQ(lease_->query("SELECT COUNT(*) FROM schema_version").at(0).integer(0),
            static_cast<std::int64_t>(files.size()));
  EXPECT_EQ(lease_->query("PRAGMA foreign_key_check").size(), 0u);
}

}  // namespace
}  // namespace attune::db
