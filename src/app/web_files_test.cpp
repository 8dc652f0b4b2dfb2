#include "app/web_files.h"

#include <gtest/gtest.h>

#include "app/assets.h"
#include "base/bytes.h"

namespace attune::app {
namespace {

net::Request asking(const std::string& path, const std::string& accepted = "",
                    const std::string& etag = "") {
  net::Request request;
  request.method = "GET";
  request.path = path;
  if (!accepted.empty()) request.headers["Accept-Encoding"] = accepted;
  if (!etag.empty()) request.headers["If-None-Match"] = etag;
  return request;
}

const Asset& packed() {
  for (const Asset& asset : webAssets()) {
    if (!asset.brotli.empty() && !asset.gzip.empty()) return asset;
  }
  throw std::runtime_error("no file of the page is compressed");
}

std::string coding(const std::string& accepted) {
  const auto response = webFile(asking(std::string(packed().path), accepted));
  const auto found = response->headers.find("Content-Encoding");
  const std::string name = found == response->headers.end() ? "identity" : found->second;
  const auto bytes = name == "br"     ? packed().brotli
                     : name == "gzip" ? packed().gzip
                                      : packed().identity;
  EXPECT_EQ(response->body, base::asText(bytes)) << accepted;
  EXPECT_EQ(response->headers.at("Vary"), "Accept-Encoding");
  return name;
}

// On a slow line the page comes small; a browser that can't unpack it gets it as it is, and not a
// screen of rubbish.
TEST(WebFiles, areCompressedAsTheBrowserAccepts) {
  EXPECT_EQ(coding("gzip, deflate, br"), "br");
  EXPECT_EQ(coding("br;q=0.5, gzip"), "br");
  EXPECT_EQ(coding("gzip"), "gzip");
  EXPECT_EQ(coding("br;q=0, gzip;q=1.0"), "gzip");
  EXPECT_EQ(coding("br; q=0.000,gzip;q=0.001"), "gzip");
  EXPECT_EQ(coding("br;q=0,gzip;q=0"), "identity");
  EXPECT_EQ(coding(""), "identity");
  EXPECT_EQ(coding("deflate, zstd"), "identity");
  EXPECT_EQ(coding("brotli, xgzip, abra"), "identity");
  EXPECT_EQ(coding(",,;,"), "identity");
}

// What the browser has already is not sent again, and what it has not is.
TEST(WebFiles, answerNotModified) {
  const std::string path(packed().path);
  const std::string etag = webFile(asking(path, "br"))->headers.at("ETag");
  for (const std::string& known :
       {etag, std::string("\"old\", ") + etag, std::string("*"), std::string(packed().etag)}) {
    const auto response = webFile(asking(path, "br", known));
    EXPECT_EQ(response->status, 304) << known;
    EXPECT_TRUE(response->body.empty());
    EXPECT_EQ(response->headers.at("ETag"), etag);
    EXPECT_TRUE(response->headers.contains("Cache-Control"));
  }
  EXPECT_EQ(webFile(asking(path, "br", "\"old\""))->status, 200);
  EXPECT_EQ(webFile(asking(path, "br", "W/"))->status, 200);
}

// A link into the app opens the app; a script that is not there is not answered with a page.
TEST(WebFiles, addressesOfTheAppGiveThePage) {
  const std::string index = webFile(asking("/index.html"))->body;
  ASSERT_FALSE(index.empty());
  for (const char* path : {"/", "/findings/abc", "/design", "/a/b/c", "/"}) {
    const auto response = webFile(asking(path));
    ASSERT_TRUE(response) << path;
    EXPECT_EQ(response->body, index) << path;
    EXPECT_EQ(response->headers.at("Content-Type"), "text/html; charset=utf-8");
    EXPECT_EQ(response->headers.at("Cache-Control"), "no-cache");
  }
  for (const char* path : {"/missing.js", "/assets/none.css", "/.env", "/../master.key",
                           "/..%2fmaster.key", "/index.html/../x.y", "//etc/passwd.x"}) {
    EXPECT_FALSE(webFile(asking(path))) << path;
  }
}

// Files whose name holds a hash are kept for ever; what names them is asked for each time.
TEST(WebFiles, cacheWhatNeverChanges) {
  for (const Asset& asset : webAssets()) {
    const auto response = webFile(asking(std::string(asset.path)));
    const bool forEver = asset.path.starts_with("/assets/");
    EXPECT_EQ(response->headers.at("Cache-Control").find("immutable") != std::string::npos, forEver)
        << asset.path;
  }
}

}  // namespace
}  // namespace attune::app
