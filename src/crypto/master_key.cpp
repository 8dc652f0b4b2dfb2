#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "base/problem.h"
#include "crypto/crypto.h"
#include "crypto/ready.h"

namespace attune::crypto {

using base::Problem;

namespace {

constexpr std::size_t kDigits = SecretKey::kSize * 2;

[[noreturn]] void refuse(const std::filesystem::path& file, const std::string& sentence) {
  throw Problem(Problem::Kind::configuration, "the master key " + sentence, file.string());
}

File openKeyFile(const std::filesystem::path& file) {
  // O_NONBLOCK: a named pipe in this place must not hang the start.
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (fd >= 0) return File(fd, file);
  if (errno == ENOENT || errno == ENOTDIR) {
    refuse(file,
           "is not there: put back the key file that this data was made with, or name the right "
           "one; a new key does not open old data");
  }
  if (errno == EACCES) {
    refuse(file,
           "can't be read: run chown on it so that it belongs to the user that runs Attune, "
           "then chmod 600 " +
               file.string());
  }
  refuse(file, std::string("can't be opened (") + std::generic_category().message(errno) + ")");
}

// Checked on the open descriptor: what is checked is what is read.
struct stat statusOf(const File& opened, const std::filesystem::path& file) {
  struct stat status {};
  if (::fstat(opened.fd(), &status) != 0) fileProblem(file, errno);
  if (!S_ISREG(status.st_mode)) refuse(file, "is not a file: name the key file itself");
  return status;
}

SecretKey readKey(File& opened, const std::filesystem::path& file) {
  std::array<unsigned char, kDigits + 3> text{};  // a byte more than can be right
  const WipeAtEnd wipe(text.data(), text.size());
  std::size_t size = opened.fill(text);
  if (size > 0 && text[size - 1] == '\n') --size;
  if (size > 0 && text[size - 1] == '\r') --size;
  std::array<unsigned char, SecretKey::kSize> bytes{};
  const WipeAtEnd wipeBytes(bytes.data(), bytes.size());
  std::size_t length = 0;
  if (size != kDigits ||
      sodium_hex2bin(bytes.data(), bytes.size(), reinterpret_cast<const char*>(text.data()), size,
                     nullptr, &length, nullptr) != 0 ||
      length != bytes.size()) {
    refuse(file,
           "is not 64 hexadecimal digits: the file was changed or is another one; put back the key "
           "file that this data was made with");
  }
  return SecretKey::fromBytes(bytes);
}

}  // namespace

MasterKey MasterKey::load(const std::filesystem::path& file) {
  File opened = openKeyFile(file);
  const struct stat status = statusOf(opened, file);
  if (status.st_uid != ::geteuid()) {
    refuse(file, "belongs to another user (number " + std::to_string(status.st_uid) +
                     "; Attune runs as number " + std::to_string(::geteuid()) + "): run chown " +
                     std::to_string(::geteuid()) + " " + file.string());
  }
  if ((status.st_mode & 0177) != 0) {
    refuse(file, "can be used by others than its owner: run chmod 600 " + file.string());
  }
  return MasterKey(readKey(opened, file));
}

std::optional<MasterKey> MasterKey::loadCredential(const std::string& name) {
  // Nothing in Attune changes the environment while threads run.
  const char* folder = std::getenv("CREDENTIALS_DIRECTORY");  // NOLINT(concurrency-mt-unsafe)
  if (folder == nullptr || *folder == '\0') return std::nullopt;
  if (name.empty() || name == "." || name == ".." || name.find('/') != std::string::npos) {
    throw Problem(Problem::Kind::configuration, "a credential's name can't hold a slash", name);
  }
  const std::filesystem::path file = std::filesystem::path(folder) / name;
  std::error_code error;
  if (!std::filesystem::exists(file, error) && !error) return std::nullopt;
  File opened = openKeyFile(file);
  const struct stat status = statusOf(opened, file);
  // systemd leaves the file with root and lets the service in by an access list, which shows as
  // rights of the group; the folder itself is closed to everybody else.
  if ((status.st_uid != 0 && status.st_uid != ::geteuid()) || (status.st_mode & 0027) != 0) {
    refuse(file, "is a credential that others can use: pass it with LoadCredential= of systemd");
  }
  return MasterKey(readKey(opened, file));
}

void MasterKey::create(const std::filesystem::path& file, base::Random& random) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) {
    if (errno == EEXIST) {
      refuse(file, "is there already and is never overwritten: what it sealed would be lost");
    }
    fileProblem(file, errno);
  }
  File opened(fd, file);
  try {
    if (::fchmod(fd, 0600) != 0) fileProblem(file, errno);  // whatever the umask is
    const SecretKey key = SecretKey::random(random);
    std::array<char, kDigits + 1> text{};
    const WipeAtEnd wipe(text.data(), text.size());
    sodium_bin2hex(text.data(), text.size(), key.bytes().data(), key.bytes().size());
    text.back() = '\n';  // in place of the NUL
    opened.write(base::asBytes({text.data(), text.size()}));
    opened.sync();
    syncFolderOf(file);
  } catch (...) {
    ::unlink(file.c_str());
    throw;
  }
}

SecretKey MasterKey::derive(std::string_view use) const {
  std::array<unsigned char, SecretKey::kSize> out{};
  const WipeAtEnd wipe(out.data(), out.size());
  crypto_generichash(out.data(), out.size(), base::asBytes(use).data(), use.size(),
                     key_.bytes().data(), SecretKey::kSize);
  return SecretKey::fromBytes(out);
}

}  // namespace attune::crypto
