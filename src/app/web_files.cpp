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

// Whether the header names the coding without refusing it (q=0).
bool accepts(std::string_view header, std::string_view coding) {
  const std::size_t at = header.find(coding);
  if (at == std::string_view::npos) return false;
  const std::string_view rest = header.substr(at + coding.size());
  const std::string_view parameters = rest.substr(0, rest.find(','));
  return parameters.find("q=0") == std::string_view::npos ||
         parameters.find("q=0.") != std::string_view::npos;
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
  if (request.header("If-None-Match") == etag) {
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
