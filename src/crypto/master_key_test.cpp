// The one file without which nothing opens: every way it can be wrong ends with a sentence that
// says what to do, and it is never overwritten.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "base/problem.h"
#include "crypto/crypto.h"
#include "crypto/test_folder.h"

namespace attune::crypto {
namespace {

using base::Problem;
using Kind = base::Problem::Kind;

const std::string kDigits64 = "00112233445566778899aabbccddeeff0123456789ABCDEFfedcba9876543210";

// What load() says about a file; empty if it loads.
std::string said(const std::filesystem::path& file) {
  try {
    MasterKey::load(file);
    return "";
  } catch (const Problem& told) {
    EXPECT_EQ(told.kind(), Kind::configuration);
    EXPECT_EQ(told.where(), file.string());
    EXPECT_EQ(told.detail().find("00112233"), std::string::npos) << "the key is in the sentence";
    return told.detail();
  }
}

class MasterKeys : public testing::Test {
 protected:
  std::filesystem::path make(const std::string& text, mode_t mode) {
    auto file = folder_ / ("key" + std::to_string(++made_));
    writeAll(file, text);
    EXPECT_EQ(::chmod(file.c_str(), mode), 0);
    return file;
  }

  TestFolder folder_;
  int made_ = 0;
};

TEST_F(MasterKeys, readWithOrWithoutALineEnd) {
  for (const char* ending : {"", "\n", "\r\n"}) EXPECT_EQ(said(make(kDigits64 + ending, 0600)), "");
  EXPECT_EQ(said(make(kDigits64, 0400)), "");
  const auto file = make(kDigits64, 0600);
  const auto link = folder_ / "link";
  std::filesystem::create_symlink(file, link);
  EXPECT_EQ(said(link), "");
}

TEST_F(MasterKeys, wrongFilesAreRefusedWithWhatToDo) {
  struct Case {
    const char* what;
    std::filesystem::path file;
    std::string advice;
  };
  const auto open = make(kDigits64, 0644);
  const auto link = folder_ / "link";
  std::filesystem::create_symlink(open, link);
  const auto pipe = folder_ / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const std::string digits = "64 hexadecimal digits";
  const Case cases[] = {
      {"missing", folder_ / "missing", "put back the key file"},
      {"below a file", open / "key", "put back the key file"},
      {"world-readable", open, "chmod 600 " + open.string()},
      {"link to a world-readable file", link, "chmod 600"},
      {"group-readable", make(kDigits64, 0640), "chmod 600"},
      {"writable by the group", make(kDigits64, 0620), "chmod 600"},
      {"writable by others", make(kDigits64, 0602), "chmod 600"},
      {"empty", make("", 0600), digits},
      {"short", make(kDigits64.substr(1), 0600), digits},
      {"long", make(kDigits64 + "0", 0600), digits},
      {"very long", make(std::string(100'000, 'a'), 0600), digits},
      {"two line ends", make(kDigits64 + "\n\n", 0600), digits},
      {"not hexadecimal", make("g" + kDigits64.substr(1), 0600), digits},
      {"raw bytes", make(std::string(32, '\x01'), 0600), digits},
      {"directory", folder_.path(), "is not a file"},
      {"named pipe", pipe, "is not a file"},
  };
  for (const Case& one : cases) {
    EXPECT_NE(said(one.file).find(one.advice), std::string::npos) << one.what << said(one.file);
  }
}

TEST_F(MasterKeys, somebodyElsesFileIsRefused) {
  std::filesystem::path file = "/etc/passwd";  // root's, when the tests run as somebody else
  if (::geteuid() == 0) {
    file = make(kDigits64, 0600);
    ASSERT_EQ(::chown(file.c_str(), 65534, -1), 0);
  }
  EXPECT_NE(said(file).find("run chown"), std::string::npos);
}

TEST_F(MasterKeys, newOneIsPrivateRandomAndNeverOverwrites) {
  SystemRandom random;
  const mode_t before = ::umask(0);
  const auto one = folder_ / "one", two = folder_ / "two";
  MasterKey::create(one, random);
  ::umask(0777);
  MasterKey::create(two, random);
  ::umask(before);
  for (const auto& file : {one, two}) {
    struct stat status {};
    ASSERT_EQ(::stat(file.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777, 0600u);
    EXPECT_EQ(readAll(file).size(), 65u);
  }
  EXPECT_NE(readAll(one), readAll(two));
  EXPECT_TRUE(equal(MasterKey::load(one).derive("wrap").bytes(),
                    MasterKey::load(one).derive("wrap").bytes()));
  const std::string kept = readAll(one);
  EXPECT_THROW(MasterKey::create(one, random), Problem);
  EXPECT_EQ(readAll(one), kept);
  EXPECT_THROW(MasterKey::create(folder_ / "no/folder", random), Problem);
}

// One key for every use would let an index's weakness open the record.
TEST_F(MasterKeys, everyUseHasItsOwnKey) {
  const MasterKey master = MasterKey::load(make(kDigits64, 0600));
  const auto upper =
      MasterKey::load(make("00112233445566778899AABBCCDDEEFF"
                           "0123456789abcdefFEDCBA9876543210",
                           0600));
  EXPECT_TRUE(equal(master.derive("wrap").bytes(), upper.derive("wrap").bytes()));
  EXPECT_FALSE(equal(master.derive("wrap").bytes(), master.derive("index").bytes()));
  EXPECT_FALSE(equal(master.derive("wrap").bytes(), master.derive("").bytes()));
  const auto other = MasterKey::fromKey(SecretKey::fromBytes(base::Bytes(32, 1)));
  EXPECT_FALSE(equal(master.derive("wrap").bytes(), other.derive("wrap").bytes()));
  // The same in every version: a changed derivation would close every record ever sealed.
  EXPECT_EQ(base::toHex(other.derive("wrap").bytes()),
            "66fa87075abdb8446215058f00d68a4c18faa0c0067e4f4525a5b04795cc836f");
}

// One thread, so changing the environment is safe: NOLINTBEGIN(concurrency-mt-unsafe)
class Credentials : public MasterKeys {
 protected:
  void TearDown() override { ::unsetenv("CREDENTIALS_DIRECTORY"); }
};

TEST_F(Credentials, comeFromSystemdsFolder) {
  ::unsetenv("CREDENTIALS_DIRECTORY");
  EXPECT_FALSE(MasterKey::loadCredential("attune-key"));
  ::setenv("CREDENTIALS_DIRECTORY", folder_.path().c_str(), 1);
  EXPECT_FALSE(MasterKey::loadCredential("attune-key"));
  const auto file = folder_ / "attune-key";
  writeAll(file, kDigits64);
  for (const mode_t mode : {0400, 0440, 0600}) {  // 0440: as an access list for the service shows
    ASSERT_EQ(::chmod(file.c_str(), mode), 0);
    EXPECT_TRUE(MasterKey::loadCredential("attune-key"));
  }
  for (const mode_t mode : {0444, 0660, 0604}) {
    ASSERT_EQ(::chmod(file.c_str(), mode), 0);
    EXPECT_THROW(MasterKey::loadCredential("attune-key"), Problem);
  }
  for (const char* name : {"", "..", "../attune-key", "a/b"}) {
    EXPECT_THROW(MasterKey::loadCredential(name), Problem) << name;
  }
}
// NOLINTEND(concurrency-mt-unsafe)

}  // namespace
}  // namespace attune::crypto
