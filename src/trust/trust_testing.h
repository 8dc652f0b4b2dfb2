// For tests of the rooms that stand on trust: a small house with a database in a folder of its own,
// a clock that stands still and randomness from a seed.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>

#include "trust/accounts.h"
#include "trust/care_team.h"
#include "trust/consents.h"
#include "trust/gate.h"

namespace attune::trust::testing {

class SeededRandom final : public base::Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : engine_(seed) {}
  void fill(std::span<unsigned char> out) override {
    const std::lock_guard lock(mutex_);
    for (unsigned char& byte : out) byte = static_cast<unsigned char>(engine_());
  }

 private:
  std::mutex mutex_;
  std::mt19937_64 engine_;
};

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "attune-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder for the test");
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// Saturday evening.
inline base::Instant evening() {
  return *base::parseInstant("2026-11-21T20:00:00Z");
}

inline crypto::SecretKey keyOf(unsigned char byte) {
  return crypto::SecretKey::fromBytes(base::Bytes(crypto::SecretKey::kSize, byte));
}

// Everything a clinic's server has below its rooms. `seed` differs between processes that share a
// file, so that they don't draw the same ids.
struct House {
  explicit House(const std::string& file, std::uint64_t seed = 1, unsigned char masterByte = 42,
                 std::size_t connections = 8)
      : random(seed),
        master(crypto::MasterKey::fromKey(keyOf(masterByte))),
        database(opened(file, connections)),
        keyring(master.derive("wrap"), random),
        audit(master.derive("audit"), clock),
        accounts(keyring, master.derive("index"), clock, crypto::Cost::test),
        gate(*database, audit, clock) {}

  static std::unique_ptr<db::Database> opened(const std::string& file, std::size_t connections) {
    auto database = db::openSqlite(file, connections);
    db::migrate(*database->lease(), db::migrations(), base::toMillis(evening()));
    return database;
  }

  Account account(Role role, const Profile& profile = {}) {
    const auto lease = database->lease();
    db::Transaction tx(*lease);
    Account made = accounts.create(*lease, role, profile);
    tx.commit();
    return made;
  }
  static Actor actor(const Account& account) {
    return {account.id, account.person, account.role, "127.0.0.1"};
  }
  Grant own(const Account& client, Action action, std::vector<Kind> kinds) {
    return gate.open(actor(client), {client.person, action, std::move(kinds), Purpose::own, ""});
  }
  Grant care(const Account& staff, const Account& client, Action action, std::vector<Kind> kinds) {
    return gate.open(actor(staff), {client.person, action, std::move(kinds), Purpose::care, ""});
  }
  Consent say(const Account& client, Source source, Purpose purpose, bool yes) {
    const Grant grant = own(client, Action::write, {Kind::consents});
    const auto lease = database->lease();
    db::Transaction tx(*lease);
    Consent consent = recordConsent(*lease, grant, source, purpose, yes, "v1", clock.now());
    tx.commit();
    return consent;
  }
  void join(const Account& client, const Account& staff, std::optional<base::Instant> since = {},
            std::optional<base::Instant> until = {}) {
    const auto lease = database->lease();
    joinCareTeam(*lease, client.person, staff.id, since.value_or(clock.now()), until);
  }
  void leave(const Account& client, const Account& staff, base::Instant when) {
    leaveCareTeam(*database->lease(), client.person, staff.id, when);
  }
  bool erase(const base::PersonId& person) {
    const auto lease = database->lease();
    db::Transaction tx(*lease);
    const bool done = keyring.destroy(*lease, person, clock.now());
    tx.commit();
    return done;
  }
  AuditReport verify() { return audit.verify(*database->lease()); }
  AuditEntry newestEntry(const base::PersonId& person) {
    return AuditLog::about(*database->lease(), person, 0, 1).at(0);
  }

  base::ManualClock clock{evening()};
  SeededRandom random;
  crypto::MasterKey master;
  std::unique_ptr<db::Database> database;
  Keyring keyring;
  AuditLog audit;
  Accounts accounts;
  Gate gate;
};

// The kind of the Problem that `act` throws; absent if it throws none.
template <class Act>
std::optional<base::Problem::Kind> problemOf(Act&& act) {
  try {
    act();
  } catch (const base::Problem& problem) {
    return problem.kind();
  }
  return std::nullopt;
}

}  // namespace attune::trust::testing
