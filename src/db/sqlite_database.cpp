#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "db/sqlite.h"

namespace attune::db {

namespace {

using base::Problem;

constexpr mode_t kPrivate = 0600;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

[[noreturn]] void cantWrite(const std::string& path, int error) {
  throw Problem(Problem::Kind::storage,
                std::string("the file can't be made or written (") +
                    std::generic_category().message(error) +
                    "): check that its folder is there, has space, and can be written by the user "
                    "that runs Attune",
                path);
}

// A file's name is durable only when its folder is.
void syncFolderOf(const std::string& path) {
  std::filesystem::path folder = std::filesystem::path(path).parent_path();
  if (folder.empty()) folder = ".";
  const Descriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() < 0 || ::fsync(fd.get()) != 0) cantWrite(path, errno);
}

// Makes an empty file that only its owner can read. False if there is one already.
bool makePrivateFile(const std::string& path) {
  const Descriptor fd(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, kPrivate));
  if (fd.get() < 0) {
    if (errno == EEXIST) return false;
    cantWrite(path, errno);
  }
  if (::fchmod(fd.get(), kPrivate) != 0) cantWrite(path, errno);  // whatever the umask is
  syncFolderOf(path);
  return true;
}

// Takes group's and others' rights away. By name: closing a descriptor of a database file would
// drop every lock that this process holds on it (POSIX).
void makePrivate(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) return;
    cantWrite(path, errno);
  }
  if (!S_ISREG(status.st_mode)) {
    throw Problem(Problem::Kind::configuration,
                  "this is not a file: name the database file, not a folder", path);
  }
  if ((status.st_mode & 077) == 0) return;
  if (::chmod(path.c_str(), status.st_mode & 0700) != 0) {
    throw Problem(Problem::Kind::configuration,
                  "others can read the database and the program may not change that: run chmod 600 "
                  "on it, as its owner",
                  path);
  }
}

class SqliteDatabase final : public Database {
 public:
  SqliteDatabase(const std::string& path, std::size_t connections)
      : path_(path), turn_(std::make_shared<WriteTurn>()) {
    idle_.reserve(connections);
    for (std::size_t i = 0; i < connections; ++i) {
      idle_.push_back(std::make_unique<SqliteConnection>(path_, turn_));
    }
  }

  Lease lease() override {
    std::unique_lock lock(mutex_);
    freed_.wait(lock, [this] { return !idle_.empty(); });
    // Last in, first out: its page cache is warm.
    std::unique_ptr<Connection> connection = std::move(idle_.back());
    idle_.pop_back();
    return Lease(*this, std::move(connection));
  }

  void discardDeleted() override {
    const auto connection = lease();
    const Rows rows = connection->query("PRAGMA wal_checkpoint(TRUNCATE)", {});
    if (!rows.empty() && rows[0].integer(0) != 0) {
      throw base::Problem(base::Problem::Kind::unavailable,
                          "others are reading; deleted data leave the disk a little later");
    }
  }

  void copyTo(const std::string& path) override {
    if (!makePrivateFile(path)) {
      throw Problem(Problem::Kind::storage,
                    "a file with this name is there already and is not overwritten: name another",
                    path);
    }
    try {
      // VACUUM INTO reads one snapshot; in WAL mode writers go on. The copy holds no free pages,
      // so nothing that was deleted travels with it. Its own connection and its own turn: it
      // writes nothing here, so it neither waits for a lease nor holds up a writer.
      SqliteConnection source(path_, std::make_shared<WriteTurn>());
      source.exec("VACUUM INTO $1", {path});
      const Descriptor fd(::open(path.c_str(), O_RDWR | O_CLOEXEC));
      if (fd.get() < 0 || ::fsync(fd.get()) != 0) cantWrite(path, errno);
      syncFolderOf(path);
    } catch (...) {
      ::unlink(path.c_str());
      throw;
    }
  }

 protected:
  void giveBack(std::unique_ptr<Connection> connection) noexcept override {
    connection->rollback();
    {
      const std::lock_guard lock(mutex_);
      idle_.push_back(std::move(connection));  // reserved: does not allocate
    }
    freed_.notify_one();
  }

 private:
  const std::string path_;
  std::shared_ptr<WriteTurn> turn_;
  std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<std::unique_ptr<Connection>> idle_;
};

}  // namespace

std::unique_ptr<Database> openSqlite(const std::string& path, std::size_t connections) {
  if (path.empty() || path == ":memory:") {
    throw Problem(Problem::Kind::configuration, "a database needs a file: name one", path);
  }
  if (connections == 0) {
    throw Problem(Problem::Kind::configuration, "a database needs at least one connection", path);
  }
  if (!makePrivateFile(path)) {
    for (const char* ending : {"", "-wal", "-shm"}) makePrivate(path + ending);
  }
  return std::make_unique<SqliteDatabase>(path, connections);
}

}  // namespace attune::db
