// The audit trail: what a client is shown of who read their record, and what a court would ask for.
#include "trust/audit.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <random>
#include <thread>

#include "base/json.h"
#include "trust/trust_testing.h"

namespace attune::trust {
namespace {

using testing::House;
using testing::problemOf;
using Wrong = base::Problem::Kind;

AuditEntry someEntry(int n) {
  AuditEntry entry;
  entry.actor = "system";
  entry.role = "system";
  entry.action = n % 3 == 0 ? "write" : "read";
  entry.what = "messages";
  entry.result = "granted";
  entry.detail = "entry " + std::to_string(n);
  return entry;
}

base::Bytes hashOf(db::Connection& connection, std::int64_t seq) {
  return connection.query("SELECT hash FROM audit WHERE seq = $1", {seq})[0].blob(0);
}

class AuditTest : public ::testing::Test {
 protected:
  void append(int count) {
    const auto lease = house_.database->lease();
    db::Transaction tx(*lease);
    for (int n = 0; n < count; ++n) house_.audit.append(*lease, someEntry(n));
    tx.commit();
  }
  testing::Folder folder_;
  House house_{(folder_.path() / "attune.db").string()};
};

TEST_F(AuditTest, anUntouchedChainVerifiesAtEveryLength) {
  EXPECT_TRUE(house_.verify().intact);
  for (const int more : {1, 1, 253, 1, 1, 255, 1, 1500}) {
    append(more);
    const AuditReport report = house_.verify();
    EXPECT_TRUE(report.intact) << report.firstBad << " " << report.reason;
  }
  EXPECT_EQ(house_.verify().entries, 2013);
}

// An entry outside a transaction could be half written, and the chain broken by nobody.
TEST_F(AuditTest, noEntryOutsideATransaction) {
  EXPECT_EQ(problemOf([&] { house_.audit.append(*house_.database->lease(), someEntry(1)); }),
            Wrong::internal);
  const auto lease = house_.database->lease();
  {
    db::Transaction tx(*lease);
    house_.audit.append(*lease, someEntry(1));
  }  // rolled back
  EXPECT_EQ(house_.audit.verify(*lease).entries, 0);
  EXPECT_TRUE(house_.audit.verify(*lease).intact);
}

// Clinicians work at the same time; their entries must not tear the chain.
TEST_F(AuditTest, fourAtOnceMakeOneChainAndCheckingNeverCriesWolf) {
  std::atomic<int> running = 4;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int n = 0; n < 150; ++n) house_.audit.append(*house_.database, someEntry(n));
      --running;
    });
  }
  int checks = 0;
  while (running > 0) {
    const AuditReport report = house_.verify();
    EXPECT_TRUE(report.intact) << report.firstBad << " " << report.reason;
    ++checks;
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_GT(checks, 0);
  EXPECT_EQ(house_.verify().entries, 600);
}

// A tampering and the entry that must be named for it.
struct Tampering {
  const char* name;
  std::function<std::int64_t(db::Connection&)> act;
};

class TamperedTest : public AuditTest {
 protected:
  static constexpr std::int64_t kEntries = 600;

  void SetUp() override { append(kEntries); }

  std::int64_t any(std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(engine_);
  }

  // An entry as somebody without the key could write it, chained rightly.
  void forge(db::Connection& connection, std::int64_t seq, base::BytesView previous) {
    const std::string at = "2026-11-21T20:00:00.000Z";
    const std::string text = R"({"seq":)" + std::to_string(seq) + R"(,"at":")" + at +
                             R"(","actor":"system","role":"system","action":"read","result":"ok"})";
    const auto digest = crypto::digest({previous, base::asBytes(text)});
    connection.exec(
        "INSERT INTO audit(seq, at, actor, person, entry, hash) VALUES($1, $2, $3, $4, $5, $6)",
        {seq, base::toMillis(*base::parseInstant(at)), "system", "", text,
         base::Bytes(digest.begin(), digest.end())});
  }

  static void setHead(db::Connection& connection, std::int64_t seq, const base::Bytes& hash,
                      const base::Bytes& signature) {
    connection.exec("DELETE FROM audit_head");
    connection.exec("INSERT INTO audit_head(one, seq, hash, signature) VALUES(1, $1, $2, $3)",
                    {seq, hash, signature});
  }

  std::vector<Tampering> tamperings();

  std::mt19937_64 engine_{20261121};
};

std::vector<Tampering> TamperedTest::tamperings() {
  const auto update = [this](std::string assignment) {
    return [this, assignment](db::Connection& c) {
      const std::int64_t seq = any(1, kEntries);
      EXPECT_EQ(c.exec("UPDATE audit SET " + assignment + " WHERE seq = $1", {seq}), 1);
      return seq;
    };
  };
  const auto run = [](std::string sql, std::int64_t named) {
    return [sql, named](db::Connection& c) {
      c.script(sql);
      return named;
    };
  };
  return {
      {"time", update("at = at + 1")},
      {"time to text", update("at = 'soon'")},
      {"actor", update("actor = 'somebody'")},
      {"actor to bytes", update("actor = x'00ff'")},
      {"person", update("person = 'somebody'")},
      {"text", update("entry = replace(entry, 'messages', 'identity')")},
      {"text to nothing", update("entry = ''")},
      {"text to bytes", update("entry = CAST(entry AS BLOB)")},
      {"text with white space", update("entry = entry || ' '")},
      {"hash", update("hash = zeroblob(32)")},
      {"hash to text", update("hash = 'x'")},
      {"number", update("seq = seq + 100000")},
      {"number below zero",
       [this](db::Connection& c) {
         const std::int64_t seq = any(1, kEntries);
         c.exec("UPDATE audit SET seq = -seq WHERE seq = $1", {seq});
         return -seq;
       }},
      {"delete",
       [this](db::Connection& c) {
         const std::int64_t seq = any(1, kEntries);
         c.exec("DELETE FROM audit WHERE seq = $1", {seq});
         return seq;
       }},
      {"delete many",
       [this](db::Connection& c) {
         const std::int64_t seq = any(1, kEntries), last = any(seq, kEntries);
         c.exec("DELETE FROM audit WHERE seq BETWEEN $1 AND $2", {seq, last});
         return seq;
       }},
      {"insert at the end",
       [this](db::Connection& c) {
         forge(c, kEntries + 1, hashOf(c, kEntries));
         return kEntries + 1;
       }},
      {"insert at the start",
       [this](db::Connection& c) {
         const std::int64_t seq = any(-5, 0);
         forge(c, seq, {});
         return seq;
       }},
      {"insert between",
       [this](db::Connection& c) {
         const std::int64_t seq = any(2, kEntries);
         c.exec("UPDATE audit SET seq = -seq WHERE seq >= $1", {seq});
         c.exec("UPDATE audit SET seq = 1 - seq WHERE seq < 0");
         forge(c, seq, hashOf(c, seq - 1));
         // The forged one is chained rightly, so the next is the first that does not fit, unless
         // a checkpoint stands at the forged one.
         return seq % 256 == 0 ? seq : seq + 1;
       }},
      {"swap",
       [this](db::Connection& c) {
         const std::int64_t a = any(1, kEntries - 1), b = any(a + 1, kEntries);
         c.exec("UPDATE audit SET seq = -1 WHERE seq = $1", {a});
         c.exec("UPDATE audit SET seq = $1 WHERE seq = $2", {a, b});
         c.exec("UPDATE audit SET seq = $1 WHERE seq = -1", {b});
         return a;
       }},
      {"cut the end",
       [this](db::Connection& c) {
         const std::int64_t seq = any(1, kEntries);
         c.exec("DELETE FROM audit WHERE seq >= $1", {seq});
         return seq;
       }},
      {"cut the end, and a checkpoint put in the head's place",
       [](db::Connection& c) {
         const auto row = c.query("SELECT hash, signature FROM audit_checkpoint WHERE seq = 256");
         c.script(
             "DELETE FROM audit WHERE seq > 256; DELETE FROM audit_checkpoint WHERE seq > 256");
         setHead(c, 256, row.at(0).blob(0), row.at(0).blob(1));
         return std::int64_t{256};
       }},
      {"head removed", run("DELETE FROM audit_head", kEntries + 1)},
      {"head's number", run("UPDATE audit_head SET seq = 599", kEntries)},
      {"head's number too high", run("UPDATE audit_head SET seq = 601", kEntries + 1)},
      {"head's number to text", run("UPDATE audit_head SET seq = 'x'", kEntries)},
      {"head's hash", run("UPDATE audit_head SET hash = zeroblob(32)", kEntries)},
      {"head's hash to text", run("UPDATE audit_head SET hash = 'x'", kEntries)},
      {"head's signature", run("UPDATE audit_head SET signature = zeroblob(64)", kEntries)},
      {"head's signature short", run("UPDATE audit_head SET signature = x''", kEntries)},
      {"head's signature to text", run("UPDATE audit_head SET signature = 'x'", kEntries)},
      {"checkpoint removed", run("DELETE FROM audit_checkpoint WHERE seq = 512", 512)},
      {"checkpoint's hash", run("UPDATE audit_checkpoint SET hash = x'01' WHERE seq = 256", 256)},
      {"checkpoint's hash to text",
       run("UPDATE audit_checkpoint SET hash = 'x' WHERE seq = 256", 256)},
      {"checkpoint's signature",
       run("UPDATE audit_checkpoint SET signature = zeroblob(64) WHERE seq = 512", 512)},
      {"checkpoint moved", run("UPDATE audit_checkpoint SET seq = 513 WHERE seq = 512", 512)},
      {"checkpoint beyond the end",
       run("INSERT INTO audit_checkpoint VALUES(768, x'00', x'00')", kEntries + 1)},
      {"written anew with another key",
       [this](db::Connection& c) {
         const std::int64_t seq = any(2, kEntries);
         const base::Bytes before = hashOf(c, seq - 1);
         c.exec("DELETE FROM audit WHERE seq >= $1", {seq});
         c.exec("DELETE FROM audit_checkpoint WHERE seq >= $1", {seq});
         setHead(c, seq - 1, before, base::Bytes(64));
         const AuditLog other(testing::keyOf(99), house_.clock);
         for (std::int64_t n = seq; n <= kEntries; ++n) other.append(c, someEntry(1));
         const std::int64_t checkpoint = (seq + 255) / 256 * 256;
         return std::min(checkpoint, kEntries);
       }},
  };
}

// Somebody who reads a record they had no business with and then edits the file would go unseen.
TEST_F(TamperedTest, everyTamperingIsFoundAndTheFirstBadEntryNamed) {
  const auto lease = house_.database->lease();
  ASSERT_TRUE(house_.audit.verify(*lease).intact);
  for (const Tampering& tampering : tamperings()) {
    for (int round = 0; round < 8; ++round) {
      db::Transaction tx(*lease);
      const std::int64_t named = tampering.act(*lease);
      const AuditReport report = house_.audit.verify(*lease);
      EXPECT_FALSE(report.intact) << tampering.name;
      EXPECT_EQ(report.firstBad, named) << tampering.name << ": " << report.reason;
      EXPECT_FALSE(report.reason.empty());
    }
  }
  EXPECT_TRUE(house_.audit.verify(*lease).intact);
}

// With an old head from a copy the end can be cut off neatly; the checkpoints still tell.
TEST_F(TamperedTest, cutBackToAnOlderHead) {
  const auto lease = house_.database->lease();
  const auto head = lease->query("SELECT seq, hash, signature FROM audit_head");
  append(300);
  lease->exec("DELETE FROM audit WHERE seq > $1", {kEntries});
  setHead(*lease, kEntries, head[0].blob(1), head[0].blob(2));
  const AuditReport report = house_.audit.verify(*lease);
  EXPECT_FALSE(report.intact);
  EXPECT_EQ(report.firstBad, kEntries + 1);
  // What can't be seen from inside: everything put back to how it was. An export kept elsewhere
  // shows it.
  lease->exec("DELETE FROM audit_checkpoint WHERE seq > $1", {kEntries});
  EXPECT_TRUE(house_.audit.verify(*lease).intact);
}

// A trail that was emptied is not the trail of a new clinic, where records are.
TEST_F(TamperedTest, anEmptiedTrailBesideARecordIsFound) {
  const Account client = house_.account(Role::client);
  const auto lease = house_.database->lease();
  lease->exec(
      "INSERT INTO resource(person, id, version, kind, type_index, code_index, status_index, time, "
      "updated_at, sealed) VALUES($1, 'r', 1, 1, '', '', '', 0, 0, x'00')",
      {client.person.value});
  lease->script("DELETE FROM audit; DELETE FROM audit_head; DELETE FROM audit_checkpoint");
  const AuditReport report = house_.audit.verify(*lease);
  EXPECT_FALSE(report.intact);
  EXPECT_EQ(report.firstBad, 1);
}

TEST_F(TamperedTest, anotherMasterKeyDoesNotVerify) {
  const AuditLog other(testing::keyOf(99), house_.clock);
  const AuditReport report = other.verify(*house_.database->lease());
  EXPECT_FALSE(report.intact);
  EXPECT_NE(report.reason.find("master key"), std::string::npos);
}

// A client asks who has read their record: newest first, page by page, nothing twice.
TEST_F(AuditTest, aPersonsEntriesPageByPage) {
  const Account client = house_.account(Role::client), other = house_.account(Role::client);
  for (int n = 0; n < 25; ++n) {
    AuditEntry entry = someEntry(n);
    entry.person = n % 2 == 0 ? client.person.value : other.person.value;
    house_.audit.append(*house_.database, entry);
  }
  std::vector<std::int64_t> seen;
  std::int64_t before = 0;
  for (;;) {
    const auto page = AuditLog::about(*house_.database->lease(), client.person, before, 5);
    if (page.empty()) break;
    for (const AuditEntry& entry : page) {
      EXPECT_EQ(entry.person, client.person.value);
      EXPECT_TRUE(seen.empty() || entry.seq < seen.back());
      seen.push_back(entry.seq);
    }
    before = page.back().seq;
  }
  EXPECT_EQ(seen.size(), 13u);
}

// An export can be checked by somebody without the program: hash by hash.
TEST_F(AuditTest, theExportIsTheChain) {
  append(30);
  base::Bytes previous;
  int lines = 0;
  AuditLog::exportLines(*house_.database->lease(), [&](std::string_view line) {
    const auto value = base::json::parse(line);
    const auto& object = base::json::requireObject(value);
    const std::string entry = base::json::write(*object.if_contains("entry"));
    const auto digest = crypto::digest({previous, base::asBytes(entry)});
    previous.assign(digest.begin(), digest.end());
    EXPECT_EQ(base::json::text(object, "hash"), base::toHex(previous));
    ++lines;
  });
  EXPECT_EQ(lines, 30);
}

}  // namespace
}  // namespace attune::trust
