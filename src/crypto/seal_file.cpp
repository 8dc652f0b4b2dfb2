#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include "base/problem.h"
#include "crypto/crypto.h"
#include "crypto/ready.h"

namespace attune::crypto {

using base::Problem;

namespace {

// A sealed file: these 8 bytes, the stream's header, then chunks of kChunk bytes of the file, each
// kExtra longer than what it holds. The last chunk is shorter or full, never missing, and carries
// the stream's final tag.
constexpr std::array<unsigned char, 8> kMark = {'A', 't', 't', 'u', 'n', 'e', '1', '\n'};
constexpr std::size_t kChunk = std::size_t{64} * 1024;
constexpr std::size_t kExtra = crypto_secretstream_xchacha20poly1305_ABYTES;
using Header = std::array<unsigned char, crypto_secretstream_xchacha20poly1305_HEADERBYTES>;

struct StreamState {
  crypto_secretstream_xchacha20poly1305_state state{};
  ~StreamState() { sodium_memzero(&state, sizeof state); }
};

// A new file beside its target that takes the target's name when it is whole, and goes away
// otherwise. mkostemp makes it 0600.
class Replacement {
 public:
  explicit Replacement(std::filesystem::path target)
      : target_(std::move(target)), name_(target_.string() + ".XXXXXX"), file_(make(), target_) {}
  ~Replacement() {
    if (!done_) ::unlink(name_.c_str());
  }
  Replacement(const Replacement&) = delete;
  Replacement& operator=(const Replacement&) = delete;

  File& file() { return file_; }
  void finish() {
    file_.sync();
    if (std::rename(name_.c_str(), target_.c_str()) != 0) fileProblem(target_, errno);
    done_ = true;
    syncFolderOf(target_);
  }

 private:
  int make() {
    const int fd = ::mkostemp(name_.data(), O_CLOEXEC);
    if (fd < 0) fileProblem(target_, errno);
    return fd;
  }

  std::filesystem::path target_;
  std::string name_;
  bool done_ = false;
  File file_;
};

[[noreturn]] void notASealedFile(const std::filesystem::path& from) {
  throw Problem(Problem::Kind::corrupt,
                "this file does not open: it was cut off, changed, or sealed with another key",
                from.string());
}

}  // namespace

void sealFile(const SecretKey& key, const std::filesystem::path& from,
              const std::filesystem::path& to) {
  File in = File::read(from);
  Replacement out(to);
  StreamState stream;
  Header header{};
  crypto_secretstream_xchacha20poly1305_init_push(&stream.state, header.data(), key.bytes().data());
  out.file().write(kMark);
  out.file().write(header);
  // Two buffers: only when the next chunk is found empty is the held one known to be the last.
  base::Bytes held(kChunk), next(kChunk), sealed(kChunk + kExtra);
  const WipeAtEnd wipeHeld(held.data(), held.size()), wipeNext(next.data(), next.size());
  std::size_t size = in.fill(held);
  for (bool last = false; !last;) {
    const std::size_t following = size == kChunk ? in.fill(next) : 0;
    last = following == 0;
    const unsigned char tag = last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL
                                   : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE;
    crypto_secretstream_xchacha20poly1305_push(&stream.state, sealed.data(), nullptr, held.data(),
                                               size, kMark.data(), kMark.size(), tag);
    out.file().write({sealed.data(), size + kExtra});
    std::copy_n(next.begin(), following, held.begin());
    size = following;
  }
  out.finish();
}

void openFile(const SecretKey& key, const std::filesystem::path& from,
              const std::filesystem::path& to) {
  File in = File::read(from);
  std::array<unsigned char, kMark.size()> mark{};
  Header header{};
  StreamState stream;
  if (in.fill(mark) != mark.size() || mark != kMark || in.fill(header) != header.size() ||
      crypto_secretstream_xchacha20poly1305_init_pull(&stream.state, header.data(),
                                                      key.bytes().data()) != 0) {
    notASealedFile(from);
  }
  Replacement out(to);
  base::Bytes plain(kChunk), sealed(kChunk + kExtra);
  const WipeAtEnd wipe(plain.data(), plain.size());
  unsigned char tag = crypto_secretstream_xchacha20poly1305_TAG_MESSAGE;
  while (tag != crypto_secretstream_xchacha20poly1305_TAG_FINAL) {
    const std::size_t size = in.fill(sealed);
    if (size < kExtra || crypto_secretstream_xchacha20poly1305_pull(
                             &stream.state, plain.data(), nullptr, &tag, sealed.data(), size,
                             kMark.data(), kMark.size()) != 0) {
      notASealedFile(from);
    }
    out.file().write({plain.data(), size - kExtra});
  }
  if (in.fill({sealed.data(), 1}) != 0) notASealedFile(from);
  out.finish();
}

}  // namespace attune::crypto
