#include "app/backups.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "base/json.h"

namespace attune::app {

namespace fs = std::filesystem;
namespace json = base::json;
using base::Problem;

namespace {

// A file that goes when it is not wanted any more.
class Scratch {
 public:
  explicit Scratch(fs::path file) : file_(std::move(file)) { remove(); }
  ~Scratch() { remove(); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const fs::path& path() const { return file_; }

 private:
  void remove() const {
    std::error_code ignored;
    for (const char* tail : {"", "-wal", "-shm"}) fs::remove(file_.string() + tail, ignored);
  }
  fs::path file_;
};

void makeFolder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error || !fs::is_directory(folder)) {
    throw Problem(Problem::Kind::storage, "this folder can't be made", folder.string());
  }
}

// A folder that goes again, if it was not there before, unless it is kept.
class NewFolder {
 public:
  explicit NewFolder(const fs::path& folder) : folder_(folder), isNew_(!fs::exists(folder)) {
    makeFolder(folder);
    std::error_code ignored;
    if (isNew_) fs::permissions(folder, fs::perms::owner_all, ignored);
  }
  ~NewFolder() {
    std::error_code ignored;
    if (isNew_ && !kept_) fs::remove(folder_, ignored);  // only if it is empty
  }
  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;
  void keep() const { kept_ = true; }

 private:
  fs::path folder_;
  bool isNew_;
  mutable bool kept_ = false;
};

std::string stamp(base::Instant instant) {
  std::string text = base::formatInstant(instant);
  std::erase_if(text, [](char c) { return c == '-' || c == ':' || c == '.'; });
  return text;
}

}  // namespace

namespace {

// What a backup that was killed left in the data folder still holds wrapped keys.
void sweepLeftovers(const fs::path& folder) {
  const auto now = fs::file_time_type::clock::now();
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with("attune-") || name.find(".part") == std::string::npos) continue;
    // A younger one may be a backup that is under way.
    if (now - entry.last_write_time(ignored) > std::chrono::hours(1)) {
      fs::remove(entry.path(), ignored);
    }
  }
}

// One at a time: a keyring read before an erasure must not be written after it.
class KeyringTurn {
 public:
  explicit KeyringTurn(const fs::path& folder)
      : fd_(::open((folder / "keyring.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    if (fd_ < 0 || ::flock(fd_, LOCK_EX) != 0) {
      if (fd_ >= 0) ::close(fd_);
      throw Problem(Problem::Kind::storage, "can't be written", folder.string());
    }
  }
  ~KeyringTurn() { ::close(fd_); }
  KeyringTurn(const KeyringTurn&) = delete;
  KeyringTurn& operator=(const KeyringTurn&) = delete;

 private:
  int fd_;
};

}  // namespace

fs::path writeBackup(Installation& installation, const fs::path& folder) {
  makeFolder(folder);
  const std::string name = "attune-" + stamp(installation.clock.now());
  const fs::path target = folder / (name + ".backup");
  if (fs::exists(target)) {
    throw Problem(Problem::Kind::storage, "there is a backup of this very moment already",
                  target.string());
  }
  // Keys leave the first copy by a second one, so that not even its free pages hold them. Both are
  // in the data folder: what is not sealed never lies where backups are kept.
  sweepLeftovers(installation.folder);
  const Scratch withKeys(installation.folder / (name + ".part1"));
  const Scratch without(installation.folder / (name + ".part2"));
  installation.database->copyTo(withKeys.path());
  {
    const auto copy = db::openSqlite(withKeys.path(), 1);
    {
      const auto lease = copy->lease();
      lease->exec("DELETE FROM person_key");
      lease->exec("DELETE FROM session");
      lease->exec("DELETE FROM sign_in_link");
    }
    copy->copyTo(without.path());
  }
  crypto::sealFile(installation.master.derive("backup"), without.path(), target);
  writeKeyring(installation, folder);
  return target;
}

void writeKeyring(Installation& installation, const fs::path& folder) {
  makeFolder(folder);
  const KeyringTurn turn(installation.folder);
  json::Object keys;
  {
    const auto lease = installation.database->lease();
    for (const db::Row& row : lease->query("SELECT person, wrapped FROM person_key", {})) {
      keys[row.text(0)] = base::toHex(row.blob(1));
    }
  }
  const Scratch plain(installation.folder / "keyring.part");
  {
    std::ofstream out(plain.path(), std::ios::binary);
    out << json::write(json::Object{{"keys", std::move(keys)}});
    out.flush();
    if (!out) {
      throw Problem(Problem::Kind::storage, "the keyring can't be written; is the disk full?",
                    folder.string());
    }
  }
  // The keys in it are wrapped by the master key already; this hides who there is as well.
  crypto::sealFile(installation.master.derive("keyring-backup"), plain.path(),
                   folder / kKeyringFile);
}

std::size_t restoreBackup(const crypto::MasterKey& master, const fs::path& backup,
                          const fs::path& data, const base::Clock& clock) {
  std::size_t takenOut = 0;
  const fs::path database = data / "attune.db";
  if (fs::exists(database)) {
    throw Problem(Problem::Kind::configuration,
                  "there is an Attune in this folder already; name an empty one", data.string());
  }
  if (!fs::exists(backup)) {
    throw Problem(Problem::Kind::configuration, "there is no such backup", backup.string());
  }
  const fs::path keyringFile = backup.parent_path() / kKeyringFile;
  if (!fs::exists(keyringFile)) {
    throw Problem(Problem::Kind::configuration,
                  "the keyring is missing beside the backup; without it nothing can be read",
                  keyringFile.string());
  }
  const NewFolder made(data);
  const Scratch keyringPlain(data / "keyring.part");
  const Scratch part(data / "attune.part");
  crypto::openFile(master.derive("keyring-backup"), keyringFile, keyringPlain.path());
  crypto::openFile(master.derive("backup"), backup, part.path());
  std::ifstream in(keyringPlain.path(), std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  const json::Value keyring = json::parse(text.str());
  const json::Object* keys = json::object(json::requireObject(keyring), "keys");
  if (keys == nullptr) throw Problem(Problem::Kind::corrupt, "not a keyring", keyringFile.string());
  {
    const auto restored = db::openSqlite(part.path(), 2);
    crypto::SystemRandom random;
    const trust::Keyring ring(master.derive("wrap"), random);
    const auto lease = restored->lease();
    db::migrate(*lease, db::migrations(), base::toMillis(clock.now()));
    db::Transaction tx(*lease);
    for (const db::Row& row : lease->query("SELECT id FROM person WHERE erased_at IS NULL", {})) {
      const auto wrapped = json::text(*keys, row.text(0));
      if (wrapped) {
        const auto bytes = base::fromHex(*wrapped);
        if (!bytes) throw Problem(Problem::Kind::corrupt, "not a key", keyringFile.string());
        lease->exec("INSERT INTO person_key(person, wrapped) VALUES($1, $2)",
                    {row.text(0), *bytes});
      } else {
        ring.destroy(*lease, {row.text(0)}, clock.now());
        ++takenOut;
      }
    }
    tx.commit();
    ring.verify(*lease);
  }
  {
    // Under its name only when it is whole, so that a restore that was killed is not taken for one.
    const Scratch whole(data / "attune.restored");
    db::openSqlite(part.path(), 1)->copyTo(whole.path());
    fs::rename(whole.path(), database);
  }
  made.keep();
  return takenOut;
}

}  // namespace attune::app
