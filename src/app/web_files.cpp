#include "app/web_files.h"

#include <algorithm>

#include "app/assets.h"
#include "base/bytes.h"

namespace attune::app {

namespace {

const Asset* find(std::string_view path) {
  const auto assets = webAssets();
  const auto found = std::lower_bound(
      assets.begin(), assets.end(), path,
      [](const Asset& asset, std::string_view wanted) { return asset.path < wanted; });
  return found != assets.end() && found->path == path ? &*found : nullptr;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Cuts off and returns what stands before the next comma, without blanks around it.
std::string_view nextOf(std::string_view& list) {
  const std::size_t comma = list.find(',');
  const std::string_view item = list.substr(0, comma);
  list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
  return trimmed(item);
}

// Whether the header names the coding without refusing it (q=0, q=0.0 ...).
bool accepts(std::string_view header, std::string_view coding) {
  while (!header.empty()) {
    const std::string_view item = nextOf(header);
    const std::size_t semicolon = item.find(';');
    if (trimmed(item.substr(0, semicolon)) != coding) continue;
    if (semicolon == std::string_view::npos) return true;
    const std::string_view weight = trimmed(item.substr(semicolon + 1));
    return !weight.starts_with("q=0") || weight.find_first_of("123456789") != weight.npos;
  }
  return false;
}

// If-None-Match is a list; weak tags compare as strong ones do (RFC 9110 section 13.1.2).
bool names(std::string_view list, std::string_view etag) {
  const auto strong = [](std::string_view tag) {
    return tag.starts_with("W/") ? tag.substr(2) : tag;
  };
  while (!list.empty()) {
    const std::string_view item = nextOf(list);
    if (item == "*" || strong(item) == strong(etag)) return true;
  }
  return false;
}

}  // namespace

std::optional<net::Response> webFile(const net::Request& request) {
  const std::string path = request.path == "/" ? "/index.html" : request.path;
  const Asset* asset = find(path);
  if (asset == nullptr && path.find('.') == std::string::npos) asset = find("/index.html");
  if (asset == nullptr) return std::nullopt;

  const std::string accepted = request.header("Accept-Encoding").value_or("");
  const bool brotli = !asset->brotli.empty() && accepts(accepted, "br");
  const bool gzip = !brotli && !asset->gzip.empty() && accepts(accepted, "gzip");
  const std::string etag = (brotli || gzip ? "W/" : "") + std::string(asset->etag);
  net::Response response;
  response.headers["ETag"] = etag;
  response.headers["Vary"] = "Accept-Encoding";
  // Names under /assets/ hold a hash of what is inside, so they never change.
  response.headers["Cache-Control"] =
      asset->path.starts_with("/assets/") ? "public, max-age=31536000, immutable" : "no-cache";
  if (names(request.header("If-None-Match").value_or(""), etag)) {
    response.status = 304;
    return response;
  }
  response.headers["Content-Type"] = std::string(asset->contentType);
  if (brotli) response.headers["Content-Encoding"] = "br";
  if (gzip) response.headers["Content-Encoding"] = "gzip";
  const auto bytes = brotli ? asset->brotli : gzip ? asset->gzip : asset->identity;
  response.body = base::asText(bytes);
  return response;
}

}  // namespace attune::app
