// What a handler sees of HTTP: plain values. Nothing here knows sockets or coroutines.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace attune::net {

// Names compare without regard to case.
struct HeaderLess {
  bool operator()(const std::string& a, const std::string& b) const;
};
using Headers = std::map<std::string, std::string, HeaderLess>;

struct Request {
  std::string method;  // upper case; HEAD comes as GET, the server leaves the body out
  std::string path;    // percent-decoded, begins with "/", no ".." segments, no NUL
  std::map<std::string, std::string> query;  // percent-decoded; the last of equal names
  Headers headers;                           // the last of equal names
  std::string body;
  std::string remoteAddress;  // without port
  bool secure = false;        // came over TLS

  std::optional<std::string> header(const std::string& name) const;
  // A cookie's value by name; absent if there is none.
  std::optional<std::string> cookie(std::string_view name) const;
};

struct Response {
  int status = 200;
  Headers headers;
  std::vector<std::string> cookies;  // each a whole Set-Cookie value
  std::string body;
};

// Percent-decodes; absent for a bad escape, a NUL or ill-formed UTF-8.
std::optional<std::string> percentDecode(std::string_view text, bool plusIsSpace);

}  // namespace attune::net
