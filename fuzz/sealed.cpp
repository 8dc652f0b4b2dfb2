// What comes from outside sealed: a row, a backup file, a key file. Any bytes either open to what
// was sealed or end in a Problem; nothing is left behind when they don't.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "base/problem.h"
#include "crypto/crypto.h"

namespace {

namespace fs = std::filesystem;
using namespace attune;

struct Folder {
  fs::path path;
  Folder() {
    std::string name = (fs::temp_directory_path() / "attune-fuzz-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    path = name;
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
};

const fs::path& folder() {
  static const Folder kFolder;
  return kFolder.path;
}

fs::path fileWith(base::BytesView bytes) {
  const fs::path file = folder() / "in";
  std::ofstream(file, std::ios::binary | std::ios::trunc) << base::asText(bytes);
  if (::chmod(file.c_str(), 0600) != 0) std::abort();
  return file;
}

template <class Work>
bool works(Work work) {
  try {
    work();
    return true;
  } catch (const base::Problem& told) {
    if (told.detail().empty()) std::abort();
    return false;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const base::BytesView bytes(data, size);
  const auto key = crypto::SecretKey::fromBytes(base::Bytes(32, 1));
  crypto::SystemRandom random;

  if (works([&] { crypto::open(key, "context", bytes); })) std::abort();  // nobody has the key
  const base::Bytes sealed = crypto::seal(key, base::asText(bytes), bytes, random);
  const base::Bytes again = crypto::open(key, base::asText(bytes), sealed);
  if (!std::ranges::equal(again, bytes)) std::abort();

  const fs::path file = fileWith(bytes), out = folder() / "out";
  if (works([&] { crypto::openFile(key, file, out); }) || fs::exists(out)) std::abort();
  crypto::sealFile(key, file, out);
  crypto::openFile(key, out, folder() / "back");
  if (fs::file_size(folder() / "back") != size) std::abort();
  const auto entries = fs::directory_iterator(folder());
  if (std::distance(begin(entries), end(entries)) != 3) std::abort();
  fs::remove(out);
  fs::remove(folder() / "back");

  works([&] { crypto::MasterKey::load(file); });
  crypto::verifyPassword("$argon2id$v=19$m=8,t=1,p=1$" + std::string(base::asText(bytes)), "x");
  return 0;
}
