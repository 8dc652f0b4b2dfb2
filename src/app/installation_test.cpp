// Opening a data folder: what must never be opened by mistake, or made anew.
#include "app/installation.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "trust/trust_testing.h"

namespace attune::app {
namespace {

namespace fs = std::filesystem;
using base::Problem;
using Open = Installation::Open;

class InstallationTest : public ::testing::Test {
 protected:
  Config config() {
    Config made;
    made.data = data_;
    return made;
  }
  std::unique_ptr<Installation> open(const Config& config, Open how = Open::createIfMissing) {
    return std::make_unique<Installation>(config, clock_, how, crypto::Cost::test);
  }
  std::unique_ptr<Installation> open() { return open(config()); }
  Problem problem(const Config& config, Open how = Open::createIfMissing) {
    try {
      open(config, how);
    } catch (const Problem& found) {
      return found;
    }
    return {Problem::Kind::internal, "opened"};
  }
  std::string bytes(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  trust::testing::Folder folder_;
  fs::path data_ = folder_.path() / "data";
  base::ManualClock clock_{trust::testing::evening()};
};

// A first start makes folder, key and database, for nobody else to read.
TEST_F(InstallationTest, firstStartMakesWhatIsNeeded) {
  EXPECT_EQ(problem(config(), Open::existing).kind(), Problem::Kind::configuration);
  EXPECT_FALSE(fs::exists(data_));
  open()->setSetting("x", "kept");
  struct stat status {};
  for (const char* name : {"master.key", "attune.db"}) {
    ASSERT_EQ(::stat((data_ / name).c_str(), &status), 0) << name;
    EXPECT_EQ(status.st_mode & 0777, 0600u) << name;
  }
  ASSERT_EQ(::stat(data_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700u);
  EXPECT_EQ(*open(config(), Open::existing)->setting("x"), "kept");
  EXPECT_FALSE(open()->setting("y"));
  EXPECT_FALSE(open()->isDemonstration());
}

// A lost key is a disaster to be told about. A new key over old data would hide it until the backup
// with the right one has been overwritten too.
TEST_F(InstallationTest, missingKeyWithADatabaseRefusesAndMakesNone) {
  open();
  fs::rename(data_ / "master.key", folder_.path() / "elsewhere.key");
  const std::string before = bytes(data_ / "attune.db");
  for (const Open how : {Open::createIfMissing, Open::existing}) {
    const Problem found = problem(config(), how);
    EXPECT_EQ(found.kind(), Problem::Kind::configuration);
    EXPECT_NE(found.what(), std::string("opened"));
    EXPECT_FALSE(fs::exists(data_ / "master.key"));
  }
  EXPECT_EQ(bytes(data_ / "attune.db"), before);
  Config named = config();
  named.masterKey = folder_.path() / "elsewhere.key";
  EXPECT_NO_THROW(open(named));
}

TEST_F(InstallationTest, keyThatOthersCanReadRefuses) {
  open();
  for (const mode_t mode : {0644, 0640, 0660, 0606}) {
    ::chmod((data_ / "master.key").c_str(), mode);
    const Problem found = problem(config());
    EXPECT_EQ(found.kind(), Problem::Kind::configuration) << mode;
    EXPECT_NE(std::string(found.what()).find("chmod 600"), std::string::npos) << found.what();
  }
}

// The key of another clinic opens nothing, changes nothing and says which key is wanted.
TEST_F(InstallationTest, wrongKeyRefuses) {
  open()->setSetting("x", "kept");
  const std::string right = bytes(data_ / "master.key");
  std::ofstream(data_ / "master.key") << std::string(64, 'a') << "\n";
  const Problem found = problem(config());
  EXPECT_EQ(found.kind(), Problem::Kind::configuration);
  EXPECT_NE(std::string(found.what()).find("master key"), std::string::npos);
  std::ofstream(data_ / "master.key") << "too short\n";
  EXPECT_EQ(problem(config()).kind(), Problem::Kind::configuration);
  std::ofstream(data_ / "master.key") << right;
  EXPECT_EQ(*open()->setting("x"), "kept");
}

// A database of a newer Attune is not touched by an older one.
TEST_F(InstallationTest, newerSchemaRefuses) {
  open()->database->lease()->exec(
      "INSERT INTO schema_version(number, applied_at) SELECT MAX(number) + 1, 0 FROM "
      "schema_version");
  const Problem found = problem(config());
  EXPECT_EQ(found.kind(), Problem::Kind::configuration);
  EXPECT_NE(std::string(found.what()).find("newer"), std::string::npos);
}

TEST_F(InstallationTest, foldersThatCantBeOursRefuse) {
  EXPECT_EQ(problem(Config{}).where(), "data");
  std::ofstream(folder_.path() / "file") << "x";
  Config onFile = config();
  onFile.data = folder_.path() / "file";
  EXPECT_EQ(problem(onFile).kind(), Problem::Kind::configuration);
  onFile.data = folder_.path() / "file" / "below";
  EXPECT_EQ(problem(onFile).kind(), Problem::Kind::configuration);
  // Closing a folder such as /tmp to everybody else would break the machine.
  fs::create_directory(data_);
  ::chmod(data_.c_str(), 01777);
  EXPECT_EQ(problem(config()).kind(), Problem::Kind::configuration);
  struct stat status {};
  ::stat(data_.c_str(), &status);
  EXPECT_EQ(status.st_mode & 07777, 01777u);
  EXPECT_TRUE(fs::is_empty(data_));
}

// Two servers on one folder would both page.
TEST_F(InstallationTest, oneServerAFolder) {
  const auto first = open();
  const auto second = open();
  first->lockForServing();
  try {
    second->lockForServing();
    FAIL() << "two servers";
  } catch (const Problem& found) {
    EXPECT_EQ(found.kind(), Problem::Kind::configuration);
  }
}

TEST_F(InstallationTest, lockGoesWithTheServer) {
  open()->lockForServing();
  EXPECT_NO_THROW(open()->lockForServing());
}

}  // namespace
}  // namespace attune::app
