// Power cuts and full disks: what was acknowledged is there, and nothing is half there.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <set>

#include "record/store.h"
#include "trust/trust_testing.h"

namespace attune::record {
namespace {

using trust::Account;
using trust::Action;
using trust::Grant;
using trust::Kind;
using trust::Role;
using trust::testing::House;
using trust::testing::problemOf;
using Wrong = base::Problem::Kind;

constexpr std::size_t kIdSize = 26;

Draft draftOf(House& house, const base::ResourceId& id) {
  return {id,      Kind::checkIns,     "Observation", "mood", house.clock.now(),
          "final", "entry " + id.value};
}

// Writes a resource, a second version of every other one, and an audit entry in one transaction.
void writeOne(House& house, const Store& store, const Grant& grant, const base::ResourceId& id,
              int n) {
  const auto lease = house.database->lease();
  db::Transaction tx(*lease);
  store.create(*lease, grant, draftOf(house, id));
  if (n % 2 == 0) store.update(*lease, grant, draftOf(house, id), 1);
  trust::AuditEntry entry;
  entry.actor = "system";
  entry.action = "write";
  entry.person = grant.person().value;
  entry.result = "granted";
  entry.detail = "resource " + id.value;
  house.audit.append(*lease, entry);
  tx.commit();
}

[[noreturn]] void childWrites(const std::string& file, const Account& client, int pipe, int round) {
  {
    House house(file, 1000 + static_cast<std::uint64_t>(round));
    const Store store(house.keyring, house.master.derive("index"), house.clock);
    const Grant grant = house.own(client, Action::write, {Kind::checkIns});
    for (int n = 0; n < 1000; ++n) {
      const auto id = base::newId<base::ResourceId>(house.random);
      writeOne(house, store, grant, id, n);
      if (::write(pipe, id.value.data(), kIdSize) != static_cast<ssize_t>(kIdSize)) break;
    }
  }
  ::_exit(0);
}

std::string readId(int pipe) {
  std::string id(kIdSize, ' ');
  std::size_t got = 0;
  while (got < kIdSize) {
    const ssize_t n = ::read(pipe, id.data() + got, kIdSize - got);
    if (n <= 0) return {};
    got += static_cast<std::size_t>(n);
  }
  return id;
}

// "Sent" on somebody's screen must be true, also when the machine dies in the next instant.
TEST(Durable, killedInTheMiddleOfAThousandWrites) {
  const trust::testing::Folder folder;
  const std::string file = (folder.path() / "attune.db").string();
  Account client;
  {
    House house(file);
    client = house.account(Role::client);
  }
  std::set<std::string> acknowledged;
  for (int round = 0; round < 4; ++round) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::close(ends[0]);
      childWrites(file, client, ends[1], round);
    }
    ::close(ends[1]);
    for (int n = 0; n < 40 + 67 * round; ++n) acknowledged.insert(readId(ends[0]));
    ::kill(child, SIGKILL);
    for (std::string id = readId(ends[0]); !id.empty(); id = readId(ends[0])) {
      acknowledged.insert(id);
    }
    ::close(ends[0]);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "it was not killed in the middle";
    ASSERT_FALSE(acknowledged.contains(""));

    House house(file, 77 + static_cast<std::uint64_t>(round));
    const Store store(house.keyring, house.master.derive("index"), house.clock);
    const Grant grant = house.own(client, Action::read, {Kind::checkIns});
    std::set<std::string> stored;
    const auto lease = house.database->lease();
    store.each(*lease, grant, [&](const Resource& resource) {
      EXPECT_EQ(resource.json, "entry " + resource.id.value);
      EXPECT_EQ(store.history(*lease, grant, resource.id).size(),
                static_cast<std::size_t>(resource.version));
      stored.insert(resource.id.value);
    });
    for (const std::string& id : acknowledged) EXPECT_TRUE(stored.contains(id)) << id;
    // At most the one that was being acknowledged when the process died, each round.
    EXPECT_LE(stored.size(), acknowledged.size() + static_cast<std::size_t>(round) + 1);
    std::set<std::string> inTrail;
    std::int64_t before = 0;
    for (;;) {
      const auto page = trust::AuditLog::about(*lease, client.person, before, 500);
      if (page.empty()) break;
      for (const auto& entry : page) {
        if (entry.detail.starts_with("resource ")) inTrail.insert(entry.detail.substr(9));
      }
      before = page.back().seq;
    }
    EXPECT_EQ(inTrail, stored);
    const auto report = house.audit.verify(*lease);
    EXPECT_TRUE(report.intact) << report.firstBad << " " << report.reason;
  }
}

// A full disk must not take what is there, and writing goes on once there is room again.
TEST(Durable, theDiskIsFullAndThenIsNot) {
  const trust::testing::Folder folder;
  House house((folder.path() / "attune.db").string(), 1, 42,
              1);  // one connection: the limit is its
  const Store store(house.keyring, house.master.derive("index"), house.clock);
  const Account client = house.account(Role::client);
  const Grant grant = house.own(client, Action::write, {Kind::checkIns});
  std::vector<base::ResourceId> stored;
  const auto write = [&] {
    const auto id = base::newId<base::ResourceId>(house.random);
    writeOne(house, store, grant, id, static_cast<int>(stored.size()));
    stored.push_back(id);
  };
  for (int n = 0; n < 20; ++n) write();
  const auto limit = [&](const std::string& pages) {
    house.database->lease()->script("PRAGMA max_page_count = " + pages);
  };
  const auto pages = house.database->lease()->query("PRAGMA page_count")[0].integer(0);
  limit(std::to_string(pages + 3));
  std::optional<Wrong> wrong;
  for (int n = 0; n < 1000 && !wrong; ++n) wrong = problemOf(write);
  ASSERT_EQ(wrong, Wrong::storage);
  EXPECT_EQ(problemOf([&] {
              for (int n = 0; n < 50; ++n) write();
            }),
            Wrong::storage);

  const auto allThere = [&] {
    const auto lease = house.database->lease();
    EXPECT_FALSE(lease->inTransaction());
    for (const auto& id : stored) {
      const auto got = store.read(*lease, grant, id);
      EXPECT_TRUE(got && got->json == "entry " + id.value) << id.value;
    }
    std::size_t count = 0;
    store.each(*lease, grant, [&](const Resource&) { ++count; });
    EXPECT_EQ(count, stored.size());
    EXPECT_TRUE(house.audit.verify(*lease).intact);
  };
  allThere();
  // What can't be audited is not opened: the gate stays shut until there is room.
  std::optional<Wrong> gate;
  for (int n = 0; n < 1000 && !gate; ++n) {
    gate = problemOf([&] { house.own(client, Action::read, {Kind::checkIns}); });
  }
  EXPECT_EQ(gate, Wrong::storage);
  limit("1000000");
  for (int n = 0; n < 20; ++n) write();
  allThere();
}

}  // namespace
}  // namespace attune::record
