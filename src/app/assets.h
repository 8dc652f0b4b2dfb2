// What is inside the binary (the web app, content/), and where its other files lie.
//
//   for (const Asset& asset : webAssets()) serve(asset);
//   if (auto lines = contentFile("crisis-lines.json")) read(*lines);
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string_view>

namespace attune::app {

struct Asset {
  std::string_view path;         // begins with a slash: /index.html
  std::string_view contentType;  // with its charset where it is text
  std::string_view etag;         // quoted, from the SHA-256 of `identity`; who serves a compressed
                                 // form must tell it apart (Vary: Accept-Encoding and a weak ETag)
  std::span<const unsigned char> identity;
  std::span<const unsigned char> brotli;  // empty where it would not be smaller
  std::span<const unsigned char> gzip;    // empty where it would not be smaller
};

// The web app, sorted by path. All of it lives as long as the program.
std::span<const Asset> webAssets();

// A file of content/ by its name below it, e.g. "crisis-lines.json". Absent if there is none.
std::optional<std::string_view> contentFile(std::string_view name);

// share/attune (models) that belongs to the program at `executable`: beside the installed bin/
// (../share/attune), or in the build folder (./share/attune). Throws Problem(configuration) that
// names both places when neither is there.
std::filesystem::path shareFolder(const std::filesystem::path& executable);

// The file that this process runs. Throws Problem(internal) when /proc is not there.
std::filesystem::path ownExecutable();

}  // namespace attune::app
