// A backup opens whole or not at all.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <random>

#include "base/problem.h"
#include "crypto/crypto.h"
#include "crypto/test_folder.h"

namespace attune::crypto {
namespace {

using base::Problem;
using Kind = base::Problem::Kind;

constexpr std::size_t kChunkSize = std::size_t{64} * 1024, kFront = 8 + 24,
                      kSealedChunk = kChunkSize + 17;

class SealedFiles : public testing::Test {
 protected:
  std::string bytesOf(std::size_t size) {
    std::string bytes(size, '\0');
    for (char& byte : bytes) byte = static_cast<char>(engine_());
    return bytes;
  }
  // The kind of Problem that opening `sealed` ends with; nothing may be left behind then.
  std::optional<Kind> refused(const std::string& sealed) {
    writeAll(folder_ / "in", sealed);
    try {
      openFile(key_, folder_ / "in", folder_ / "out");
    } catch (const Problem& told) {
      const auto files = std::filesystem::directory_iterator(folder_.path());
      EXPECT_EQ(std::distance(begin(files), end(files)), 1) << "something was left behind";
      return told.kind();
    }
    return std::nullopt;
  }
  std::string sealed(const std::string& plain) {
    const TestFolder other;
    writeAll(other / "plain", plain);
    sealFile(key_, other / "plain", other / "sealed");
    return readAll(other / "sealed");
  }

  TestFolder folder_;
  std::mt19937 engine_{4};
  SecretKey key_ = SecretKey::fromBytes(base::Bytes(32, 5));
};

TEST_F(SealedFiles, comeBackWholeAtEverySize) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, kChunkSize - 1, kChunkSize,
                                 kChunkSize + 1, 3 * kChunkSize, 3 * kChunkSize + 777}) {
    const std::string plain = bytesOf(size);
    writeAll(folder_ / "plain", plain);
    sealFile(key_, folder_ / "plain", folder_ / "sealed");
    openFile(key_, folder_ / "sealed", folder_ / "again");
    EXPECT_TRUE(readAll(folder_ / "again") == plain) << size;
    const std::size_t chunks = size == 0 ? 1 : (size + kChunkSize - 1) / kChunkSize;
    EXPECT_EQ(std::filesystem::file_size(folder_ / "sealed"), kFront + size + 17 * chunks);
    for (const char* name : {"sealed", "again"}) {
      struct stat status {};
      ASSERT_EQ(::stat((folder_ / name).c_str(), &status), 0);
      EXPECT_EQ(status.st_mode & 07777, 0600u) << name;
    }
  }
  const auto files = std::filesystem::directory_iterator(folder_.path());
  EXPECT_EQ(std::distance(begin(files), end(files)), 3) << "only plain, sealed and again";
}

TEST_F(SealedFiles, doNotShowWhatIsInThem) {
  const std::string words = "words that somebody trusted us with";
  EXPECT_EQ(sealed(words).find(words.substr(0, 8)), std::string::npos);
  EXPECT_NE(sealed(words), sealed(words));
}

// A copy to a full disk ends somewhere; wherever it ends, restoring it must not half succeed.
TEST_F(SealedFiles, cutAnywhereIsRefused) {
  const std::string whole = sealed(bytesOf(3 * kChunkSize));
  std::vector<std::size_t> cuts = {0, 1, 7, 8, 9, kFront - 1, kFront, kFront + 1, kFront + 17};
  for (std::size_t chunk = 1; chunk <= 3; ++chunk) {
    const std::size_t border = kFront + chunk * kSealedChunk;
    for (const std::size_t cut : {border - 1, border, border + 1, border + 17}) {
      if (cut < whole.size()) cuts.push_back(cut);
    }
  }
  for (const std::size_t cut : cuts) EXPECT_EQ(refused(whole.substr(0, cut)), Kind::corrupt) << cut;
  EXPECT_EQ(refused(whole + "x"), Kind::corrupt);
  EXPECT_EQ(refused(whole + whole), Kind::corrupt);
}

TEST_F(SealedFiles, changedAnywhereIsRefused) {
  const std::string small = sealed(bytesOf(100));
  for (std::size_t at = 0; at < small.size(); ++at) {
    std::string changed = small;
    changed[at] = static_cast<char>(changed[at] ^ (1 << (at % 8)));
    EXPECT_EQ(refused(changed), Kind::corrupt) << at;
  }
  const std::string whole = sealed(bytesOf(3 * kChunkSize));
  const auto chunk = [&](std::size_t n) {
    return whole.substr(kFront + n * kSealedChunk, kSealedChunk);
  };
  const std::string front = whole.substr(0, kFront);
  EXPECT_EQ(refused(front + chunk(1) + chunk(0) + chunk(2)), Kind::corrupt) << "swapped";
  EXPECT_EQ(refused(front + chunk(0) + chunk(2)), Kind::corrupt) << "left out";
  EXPECT_EQ(refused(front + chunk(0) + chunk(0) + chunk(1) + chunk(2)), Kind::corrupt) << "twice";
  const SecretKey right = std::move(key_);
  key_ = SecretKey::fromBytes(base::Bytes(32, 6));
  EXPECT_EQ(refused(whole), Kind::corrupt) << "another key";
}

// A failed restore must leave the record that is there as it is.
TEST_F(SealedFiles, failureLeavesAnExistingTargetAlone) {
  writeAll(folder_ / "there", "the record in use");
  writeAll(folder_ / "bad", "no backup at all, only some bytes that somebody kept for long enough");
  EXPECT_THROW(openFile(key_, folder_ / "bad", folder_ / "there"), Problem);
  std::string cut = sealed(bytesOf(2 * kChunkSize));
  cut.resize(cut.size() - 1);
  writeAll(folder_ / "bad", cut);
  EXPECT_THROW(openFile(key_, folder_ / "bad", folder_ / "there"), Problem);
  EXPECT_EQ(readAll(folder_ / "there"), "the record in use");
}

TEST_F(SealedFiles, sayWhereTheyCantBeWritten) {
  writeAll(folder_ / "plain", "x");
  const auto kind = [&](const std::filesystem::path& from, const std::filesystem::path& to) {
    try {
      sealFile(key_, from, to);
    } catch (const Problem& told) {
      return told.kind();
    }
    return Kind::internal;
  };
  EXPECT_EQ(kind(folder_ / "missing", folder_ / "to"), Kind::storage);
  EXPECT_EQ(kind(folder_ / "plain", folder_ / "no/folder"), Kind::storage);
  EXPECT_EQ(kind(folder_.path(), folder_ / "to"), Kind::storage);
  EXPECT_EQ(kind(folder_ / "plain", folder_.path()), Kind::storage);
  EXPECT_EQ(kind("/dev/zero", "/dev/full/x"), Kind::storage);
  const auto files = std::filesystem::directory_iterator(folder_.path());
  EXPECT_EQ(std::distance(begin(files), end(files)), 1) << "only plain";
}

}  // namespace
}  // namespace attune::crypto
