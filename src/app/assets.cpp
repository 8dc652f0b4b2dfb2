#include "app/assets.h"

#include <algorithm>
#include <string>
#include <system_error>

#include "base/bytes.h"
#include "base/problem.h"

namespace attune::app {

// Both are defined in files that tools/embed.py writes into the build folder.
namespace embedded {
std::span<const Asset> web();
std::span<const Asset> content();
}  // namespace embedded

std::span<const Asset> webAssets() {
  return embedded::web();
}

std::optional<std::string_view> contentFile(std::string_view name) {
  const auto files = embedded::content();
  const auto found =
      std::ranges::find_if(files, [&](const Asset& file) { return file.path.substr(1) == name; });
  if (found == files.end()) return std::nullopt;
  return base::asText(found->identity);
}

std::filesystem::path shareFolder(const std::filesystem::path& executable) {
  const auto folder = executable.parent_path();
  const auto installed = folder.parent_path() / "share" / "attune";
  const auto built = folder / "share" / "attune";
  std::error_code ignored;
  if (std::filesystem::is_directory(built, ignored)) return built;
  if (std::filesystem::is_directory(installed, ignored)) return installed;
  throw base::Problem(base::Problem::Kind::configuration,
                      "the models are missing: there is neither " + installed.string() + " nor " +
                          built.string() + "; install Attune again",
                      "share/attune");
}

std::filesystem::path ownExecutable() {
  std::error_code error;
  auto path = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) {
    throw base::Problem(base::Problem::Kind::internal,
                        "/proc/self/exe can't be read: " + error.message(), "/proc");
  }
  return path;
}

}  // namespace attune::app
