// All of it or none of it: when the disk is full, when two write at once, when the process is
// killed.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <thread>

#include "db/sqlite.h"
#include "db/test_folder.h"

namespace attune::db {
namespace {

using base::Problem;
using Kind = base::Problem::Kind;

class Transactions : public testing::Test {
 protected:
  void SetUp() override {
    database_->lease()->script(
        "CREATE TABLE t(id INTEGER PRIMARY KEY, x BYTEA);"
        "CREATE TABLE counter(name TEXT PRIMARY KEY, n INTEGER NOT NULL);"
        "INSERT INTO counter VALUES('a', 0), ('b', 1000)");
  }
  std::int64_t rowCount() {
    return database_->lease()->query("SELECT COUNT(*) FROM t").at(0).integer(0);
  }

  TestFolder folder_;
  std::string path_ = folder_ / "attune.db";
  std::unique_ptr<Database> database_ = openSqlite(path_, 3);
};

TEST_F(Transactions, withoutCommitNothingStays) {
  {
    const auto lease = database_->lease();
    const Transaction tx(*lease);
    lease->exec("INSERT INTO t VALUES(1, NULL)");
    EXPECT_TRUE(lease->inTransaction());
    EXPECT_THROW(lease->begin(), Problem);
  }
  EXPECT_EQ(rowCount(), 0);
  {
    const auto lease = database_->lease();
    Transaction tx(*lease);
    lease->exec("INSERT INTO t VALUES(1, NULL)");
    tx.commit();
    EXPECT_FALSE(lease->inTransaction());
    EXPECT_THROW(lease->commit(), Problem);
  }
  EXPECT_EQ(rowCount(), 1);
}

// Caught and handled, a conflict must not cost the rest of the transaction.
TEST_F(Transactions, conflictInsideLeavesTheTransactionUsable) {
  const auto lease = database_->lease();
  Transaction tx(*lease);
  lease->exec("INSERT INTO t VALUES(1, NULL)");
  EXPECT_THROW(lease->exec("INSERT INTO t VALUES(1, NULL)"), Problem);
  lease->exec("INSERT INTO t VALUES(2, NULL)");
  tx.commit();
  EXPECT_EQ(lease->query("SELECT COUNT(*) FROM t").at(0).integer(0), 2);
}

// The disk fills up in the middle of a message: the client is told, and no half of it stays, even
// if the code around it goes on as if nothing had happened.
TEST_F(Transactions, fullDiskStoresNothingAndSaysSo) {
  {
    const auto lease = database_->lease();
    const auto pages = lease->query("PRAGMA page_count").at(0).integer(0);
    lease->query("PRAGMA max_page_count=" + std::to_string(pages + 8));
    Transaction tx(*lease);
    lease->exec("UPDATE counter SET n = 7 WHERE name = 'a'");
    std::optional<Kind> kind;
    std::string said;
    for (int i = 0; i < 100 && !kind; ++i) {
      try {
        lease->exec("INSERT INTO t VALUES($1, $2)", {i, base::Bytes(10'000, 1)});
      } catch (const Problem& told) {
        kind = told.kind();
        said = told.detail();
      }
    }
    EXPECT_EQ(kind, Kind::storage);
    EXPECT_NE(said.find("free some space"), std::string::npos) << said;
    EXPECT_FALSE(lease->inTransaction());
    try {
      lease->exec("INSERT INTO t VALUES(1000, NULL)");
      FAIL() << "this would have been stored outside the transaction";
    } catch (const Problem& told) {
      EXPECT_EQ(told.kind(), Kind::storage);
    }
    EXPECT_THROW(lease->query("SELECT 1"), Problem);
    EXPECT_THROW(tx.commit(), Problem);
  }
  EXPECT_EQ(rowCount(), 0);
  const auto lease = database_->lease();
  EXPECT_EQ(lease->query("SELECT n FROM counter WHERE name = 'a'").at(0).integer(0), 0);
  lease->query("PRAGMA max_page_count=1000000");
  Transaction again(*lease);
  lease->exec("INSERT INTO t VALUES(1, $1)", {base::Bytes(100'000, 1)});
  again.commit();
}

TEST_F(Transactions, databaseThatTurnsReadOnlySaysSo) {
  const auto lease = database_->lease();
  lease->script("PRAGMA query_only=ON");
  for (const char* sql : {"INSERT INTO t VALUES(1, NULL)", "DELETE FROM counter"}) {
    try {
      lease->exec(sql);
      FAIL();
    } catch (const Problem& told) {
      EXPECT_EQ(told.kind(), Kind::storage);
    }
  }
  EXPECT_EQ(lease->query("SELECT COUNT(*) FROM counter").at(0).integer(0), 2);
  lease->script("PRAGMA query_only=OFF");
}

// Waits for a child; its exit status, or -1 if a signal ended it.
int exitOf(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// The same with a write that the kernel refuses (a limit on the size of files stands for the disk).
TEST_F(Transactions, refusedWriteStoresNothingAndTheNextOneWorks) {
  database_.reset();
  const pid_t child = ::fork();
  if (child == 0) {
    int result = 1;
    try {
      std::signal(SIGXFSZ, SIG_IGN);
      const auto database = openSqlite(path_, 1);
      rlimit before{};
      ::getrlimit(RLIMIT_FSIZE, &before);
      rlimit tight = before;
      tight.rlim_cur = 200'000;
      ::setrlimit(RLIMIT_FSIZE, &tight);
      try {
        const auto lease = database->lease();
        Transaction tx(*lease);
        lease->exec("UPDATE counter SET n = 7 WHERE name = 'a'");
        lease->exec("INSERT INTO t VALUES(1, $1)", {base::Bytes(1'000'000, 1)});
        tx.commit();
        result = 2;
      } catch (const Problem& told) {
        result = told.kind() == Kind::storage ? 0 : 3;
      }
      ::setrlimit(RLIMIT_FSIZE, &before);
      database->lease()->exec("INSERT INTO t VALUES(2, NULL)");
    } catch (...) {
      result = 4;
    }
    ::_exit(result);
  }
  EXPECT_EQ(exitOf(child), 0);
  database_ = openSqlite(path_, 3);
  const auto lease = database_->lease();
  EXPECT_EQ(lease->query("SELECT id FROM t").size(), 1u);
  EXPECT_EQ(lease->query("SELECT n FROM counter WHERE name = 'a'").at(0).integer(0), 0);
}

// Two clinicians decide at once; neither decision may be lost. Two pools stand for two processes.
TEST_F(Transactions, writersAtOnceLoseNoUpdate) {
  constexpr int kThreads = 4, kEach = 100;
  const auto other = openSqlite(path_, 2);
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  std::atomic<int> failed{0};
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      Database& mine = t % 2 == 0 ? *database_ : *other;
      for (int i = 0; i < kEach; ++i) {
        try {
          const auto lease = mine.lease();
          Transaction tx(*lease);
          const auto n = lease->query("SELECT n FROM counter WHERE name = 'a'").at(0).integer(0);
          lease->exec("UPDATE counter SET n = $1 WHERE name = 'a'", {n + 1});
          tx.commit();
        } catch (const Problem&) {
          ++failed;
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(database_->lease()->query("SELECT n FROM counter WHERE name = 'a'").at(0).integer(0),
            kThreads * kEach);
}

TEST_F(Transactions, lockedForTooLongIsSaidAsTryAgain) {
  const auto other = openSqlite(path_, 1);
  const auto held = database_->lease(), waiting = other->lease();
  waiting->query("PRAGMA busy_timeout=1");
  const Transaction tx(*held);
  try {
    waiting->begin();
    FAIL();
  } catch (const Problem& told) {
    EXPECT_EQ(told.kind(), Kind::unavailable);
  }
  EXPECT_FALSE(waiting->inTransaction());
  EXPECT_EQ(waiting->query("SELECT COUNT(*) FROM t").size(), 1u) << "readers go on";
}

// What a client was told is stored is stored, though the machine stops dead the moment after.
TEST_F(Transactions, killedProcessLosesNothingAcknowledgedAndLeavesNoHalf) {
  database_->lease()->script("CREATE TABLE part(of INTEGER, n INTEGER, x BYTEA)");
  database_.reset();
  std::int64_t acknowledged = 0;
  for (int round = 0; round < 8; ++round) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      ::close(ends[0]);
      try {
        const auto database = openSqlite(path_, 1);
        const auto lease = database->lease();
        auto id = lease->query("SELECT COALESCE(MAX(id), 0) FROM t").at(0).integer(0);
        for (;;) {
          ++id;
          Transaction tx(*lease);
          lease->exec("INSERT INTO t VALUES($1, $2)", {id, base::Bytes(300, 7)});
          for (int n = 0; n < 3; ++n) {
            lease->exec("INSERT INTO part VALUES($1, $2, $3)", {id, n, base::Bytes(900, 9)});
          }
          tx.commit();
          if (::write(ends[1], &id, sizeof id) != sizeof id) ::_exit(1);
        }
      } catch (...) {
        ::_exit(2);
      }
    }
    ::close(ends[1]);
    const int enough = 40 + 37 * round;  // another place of the write-ahead log each time
    std::int64_t id = 0;
    for (int seen = 0; ::read(ends[0], &id, sizeof id) == sizeof id; ++seen) {
      acknowledged = id;
      if (seen == enough) ::kill(child, SIGKILL);
    }
    ::close(ends[0]);
    EXPECT_EQ(exitOf(child), -1);

    const auto database = openSqlite(path_, 1);
    const auto lease = database->lease();
    const auto row = lease->query("SELECT COUNT(*), MAX(id) FROM t").at(0);
    EXPECT_EQ(row.integer(0), row.integer(1));
    EXPECT_GE(row.integer(1), acknowledged);
    EXPECT_LE(row.integer(1), acknowledged + 1);
    const auto parts = lease->query("SELECT COUNT(*), COUNT(DISTINCT of) FROM part").at(0);
    EXPECT_EQ(parts.integer(0), 3 * row.integer(0));
    EXPECT_EQ(parts.integer(1), row.integer(0));
    EXPECT_EQ(lease->query("PRAGMA integrity_check").at(0).text(0), "ok");
  }
  EXPECT_GT(acknowledged, 1000);
}

// A backup made at noon on a busy day has to be of one moment.
TEST_F(Transactions, copyWhileWritingIsOfOneMoment) {
  std::atomic<bool> stop{false};
  std::atomic<int> written{0};
  std::thread writer([&] {
    while (!stop) {
      const auto lease = database_->lease();
      Transaction tx(*lease);
      lease->exec("UPDATE counter SET n = n + 1 WHERE name = 'a'");
      lease->exec("INSERT INTO t(x) VALUES($1)", {base::Bytes(2000, 3)});
      lease->exec("UPDATE counter SET n = n - 1 WHERE name = 'b'");
      tx.commit();
      ++written;
    }
  });
  for (int i = 0; i < 5; ++i) {
    const int before = written;
    while (written < before + 20) std::this_thread::yield();
    const std::string copy = folder_ / ("copy" + std::to_string(i));
    database_->copyTo(copy);
    const auto opened = openSqlite(copy, 1);
    const auto lease = opened->lease();
    EXPECT_EQ(lease->query("SELECT SUM(n) FROM counter").at(0).integer(0), 1000);
    const auto n = lease->query("SELECT n FROM counter WHERE name = 'a'").at(0).integer(0);
    EXPECT_EQ(lease->query("SELECT COUNT(*) FROM t").at(0).integer(0), n);
    EXPECT_GE(n, before + 20);
    EXPECT_EQ(lease->query("PRAGMA integrity_check").at(0).text(0), "ok");
  }
  stop = true;
  writer.join();
}

// A request that failed must not hand its half transaction to the next person's request.
TEST_F(Transactions, leaseGivenBackInsideATransactionIsRolledBack) {
  const auto one = openSqlite(path_, 1);
  {
    const auto lease = one->lease();
    lease->begin();
    lease->exec("INSERT INTO t VALUES(1, NULL)");
  }
  const auto lease = one->lease();
  EXPECT_FALSE(lease->inTransaction());
  EXPECT_EQ(lease->query("SELECT COUNT(*) FROM t").at(0).integer(0), 0);
  Transaction tx(*lease);
  tx.commit();
}

TEST_F(Transactions, leasesAreNeverMoreThanThereAreConnections) {
  std::atomic<int> lent{0}, most{0}, served{0};
  std::vector<std::thread> threads;
  threads.reserve(8);
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) {
        const auto lease = database_->lease();
        const int now = ++lent;
        for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
        }
        lease->query("SELECT COUNT(*) FROM counter");
        --lent;
        ++served;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_LE(most, 3);
  EXPECT_EQ(served, 400);
}

}  // namespace
}  // namespace attune::db
