#include "app/installation.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

namespace attune::app {

namespace fs = std::filesystem;
using base::Problem;

namespace {

[[noreturn]] void wrong(std::string what, std::string where) {
  throw Problem(Problem::Kind::configuration, std::move(what), std::move(where));
}

fs::path databaseFile(const fs::path& folder) {
  return folder / "attune.db";
}

fs::path keyFile(const Config& config) {
  return config.masterKey.empty() ? config.data / "master.key" : config.masterKey;
}

// The folder, made if it may be, and closed to everybody else.
fs::path preparedFolder(const Config& config, Installation::Open open) {
  const fs::path folder = dataFolder(config);
  if (!fs::exists(databaseFile(folder)) && open == Installation::Open::existing) {
    wrong("there is no Attune in this folder; `attune serve --data " + folder.string() +
              "` makes one",
          folder.string());
  }
  std::error_code error;
  fs::create_directories(folder, error);
  if (error || !fs::is_directory(folder)) {
    wrong("this data folder can't be made: " + error.message(), folder.string());
  }
  const fs::perms before = fs::status(folder, error).permissions();
  if ((before & fs::perms::sticky_bit) != fs::perms::none) {
    wrong("this folder is shared with others (as /tmp is); name one of its own", folder.string());
  }
  fs::permissions(folder, fs::perms::owner_all, error);
  if (error) wrong("this folder must belong to who runs Attune", folder.string());
  return folder;
}

// A key is made only together with a new database: a lost key must be an error, not a fresh start.
crypto::MasterKey masterKey(const Config& config, const fs::path& folder, base::Random& random) {
  if (config.masterKey.empty()) {
    if (auto key = crypto::MasterKey::loadCredential("attune-master-key")) return std::move(*key);
  }
  const fs::path file = keyFile(config);
  if (!fs::exists(databaseFile(folder)) && !fs::exists(file)) {
    crypto::MasterKey::create(file, random);
  }
  return crypto::MasterKey::load(file);
}

constexpr std::size_t kConnections = 32;

}  // namespace

fs::path dataFolder(const Config& config) {
  if (config.data.empty()) {
    wrong("say which data folder: --data DIR, ATTUNE_DATA=DIR, or data = DIR in the file", "data");
  }
  return config.data;
}

Installation::Installation(const Config& config, const base::Clock& clockIn, Open open,
                           crypto::Cost cost)
    : clock(clockIn),
      folder(preparedFolder(config, open)),
      master(masterKey(config, folder, random)),
      database(db::openSqlite(databaseFile(folder), kConnections)),
      keyring(master.derive("wrap"), random),
      audit(master.derive("audit"), clock),
      accounts(keyring, master.derive("index"), clock, cost),
      gate(*database, audit, clock),
      store(keyring, master.derive("index"), clock) {
  const auto lease = database->lease();
  db::migrate(*lease, db::migrations(), base::toMillis(clock.now()));
  keyring.verify(*lease);
}

Installation::~Installation() {
  if (lock_ >= 0) ::close(lock_);
}

std::optional<std::string> Installation::setting(const std::string& name) {
  const auto lease = database->lease();
  const db::Rows rows = lease->query("SELECT sealed FROM setting WHERE name = $1", {name});
  if (rows.empty()) return std::nullopt;
  const base::Bytes plain =
      crypto::open(master.derive("setting"), "setting|" + name, rows[0].blob(0));
  return std::string(base::asText(plain));
}

void Installation::setSetting(const std::string& name, std::string_view value) {
  const auto lease = database->lease();
  lease->exec(
      "INSERT INTO setting(name, sealed) VALUES($1, $2) ON CONFLICT(name) DO UPDATE SET sealed = "
      "excluded.sealed",
      {name,
       crypto::seal(master.derive("setting"), "setting|" + name, base::asBytes(value), random)});
}

bool Installation::isDemonstration() {
  return setting("demonstration").has_value();
}

void Installation::lockForServing() {
  if (lock_ >= 0) return;
  const fs::path file = folder / "server.lock";
  lock_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock_ < 0) wrong("can't be written", file.string());
  if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    wrong("another Attune is serving this data folder; stop it first", folder.string());
  }
}

}  // namespace attune::app
