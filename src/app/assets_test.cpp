#include "app/assets.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <string>

#include "base/bytes.h"
#include "base/json.h"
#include "base/problem.h"

namespace attune::app {
namespace {

namespace fs = std::filesystem;

const Asset* findAsset(std::string_view path) {
  const auto all = webAssets();
  const auto found = std::ranges::find(all, path, &Asset::path);
  return found == all.end() ? nullptr : &*found;
}

// Without these a client opens the page and sees nothing.
TEST(Assets, holdTheStartPage) {
  const Asset* page = findAsset("/index.html");
  ASSERT_NE(page, nullptr);
  EXPECT_EQ(page->contentType, "text/html; charset=utf-8");
  EXPECT_NE(base::asText(page->identity).find("<!doctype html>"), std::string_view::npos);
  EXPECT_TRUE(page->etag.starts_with('"') && page->etag.ends_with('"') && page->etag.size() == 34)
      << page->etag;
}

TEST(Assets, haveUniqueSortedPathsAndOnlySmallerVariants) {
  const auto all = webAssets();
  ASSERT_FALSE(all.empty());
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_TRUE(all[i].path.starts_with('/')) << all[i].path;
    if (i > 0) {
      EXPECT_LT(all[i - 1].path, all[i].path);
    }
    if (!all[i].brotli.empty()) {
      EXPECT_LT(all[i].brotli.size(), all[i].identity.size()) << all[i].path;
    }
    if (!all[i].gzip.empty()) {
      ASSERT_LT(all[i].gzip.size(), all[i].identity.size()) << all[i].path;
      EXPECT_EQ(all[i].gzip[0], 0x1f);
      EXPECT_EQ(all[i].gzip[1], 0x8b);
    }
  }
}

// The lines that a client in a crisis is shown are in content/; a file that does not parse, or is
// cut, would leave them with nothing.
TEST(Assets, holdEveryContentFileByteForByte) {
  const fs::path content = fs::path(ATTUNE_SOURCE_DIR) / "content";
  for (const auto& entry : fs::recursive_directory_iterator(content)) {
    if (entry.path().extension() != ".json") continue;
    const std::string name = fs::relative(entry.path(), content).generic_string();
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(in), {});
    const auto embedded = contentFile(name);
    ASSERT_TRUE(embedded.has_value()) << name;
    EXPECT_EQ(*embedded, bytes) << name;
    EXPECT_NO_THROW(base::json::parse(*embedded)) << name;
  }
  EXPECT_FALSE(contentFile("no-such-file.json").has_value());
  EXPECT_FALSE(contentFile("").has_value());
}

// An installed program that looks for its models in the wrong place can read no message.
TEST(Assets, findTheModelsBesideTheProgram) {
  const fs::path root = fs::path(::testing::TempDir()) / "attune-share";
  fs::remove_all(root);
  fs::create_directories(root / "installed" / "bin");
  fs::create_directories(root / "installed" / "share" / "attune");
  fs::create_directories(root / "built" / "share" / "attune");
  EXPECT_EQ(shareFolder(root / "installed" / "bin" / "attune"),
            root / "installed" / "share" / "attune");
  EXPECT_EQ(shareFolder(root / "built" / "attune"), root / "built" / "share" / "attune");
  fs::create_directories(root / "elsewhere" / "bin");
  try {
    shareFolder(root / "elsewhere" / "bin" / "attune");
    FAIL() << "a folder that is not there was found";
  } catch (const base::Problem& problem) {
    EXPECT_EQ(problem.kind(), base::Problem::Kind::configuration);
    EXPECT_NE(problem.detail().find("elsewhere/share/attune"), std::string::npos);
  }
  fs::remove_all(root);
}

TEST(Assets, knowWhichProgramRuns) {
  EXPECT_EQ(ownExecutable().filename(), "test_app");
}

}  // namespace
}  // namespace attune::app
