#include "crypto/ready.h"

#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/problem.h"

namespace attune::crypto {

using base::Problem;

void ready() {
  static const int kStarted = sodium_init();
  if (kStarted < 0) throw Problem(Problem::Kind::internal, "libsodium could not be started");
}

WipeAtEnd::~WipeAtEnd() {
  sodium_memzero(bytes_, size_);
}

std::array<unsigned char, 8> lengthBytes(std::size_t length) {
  std::array<unsigned char, 8> out{};
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = static_cast<unsigned char>(std::uint64_t{length} >> (8 * i));
  }
  return out;
}

void fileProblem(const std::filesystem::path& path, int error) {
  const char* advice = "check its folder and the rights of the user that runs Attune";
  if (error == ENOSPC || error == EDQUOT) advice = "free some space on that disk, then try again";
  if (error == EIO) advice = "check that disk";
  throw Problem(Problem::Kind::storage,
                std::string("the file can't be read or written (") +
                    std::generic_category().message(error) + "): " + advice,
                path.string());
}

void syncFolderOf(const std::filesystem::path& path) {
  const std::filesystem::path folder =
      path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  File(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC), folder).sync();
}

File File::read(const std::filesystem::path& path) {
  File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY), path);
  if (file.fd() < 0) fileProblem(path, errno);
  return file;
}

File::~File() {
  if (fd_ >= 0) ::close(fd_);
}

std::size_t File::fill(std::span<unsigned char> out) {
  std::size_t done = 0;
  while (done < out.size()) {
    const ssize_t count = ::read(fd_, out.data() + done, out.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fileProblem(path_, errno);
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  return done;
}

void File::write(base::BytesView bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd_, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fileProblem(path_, errno);
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
}

void File::sync() {
  if (fd_ < 0 || ::fsync(fd_) != 0) fileProblem(path_, errno);
}

}  // namespace attune::crypto
