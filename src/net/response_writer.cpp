#include "net/response_writer.h"

#include <array>
#include <string_view>

#include "base/problem.h"

namespace attune::net {

namespace {

std::string_view reason(int status) {
  switch (status) {
    case 101:
      return "Switching Protocols";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 426:
      return "Upgrade Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 507:
      return "Insufficient Storage";
    default:
      return "";
  }
}

// IMF-fixdate (RFC 9110 5.6.7); written out because strftime's names follow the locale.
void appendDate(std::string& out, std::time_t now) {
  constexpr std::array<const char*, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::tm tm{};
  gmtime_r(&now, &tm);
  const auto two = [&out](int value) {
    out += static_cast<char>('0' + value / 10 % 10);
    out += static_cast<char>('0' + value % 10);
  };
  out += "Date: ";
  out += kDays[static_cast<std::size_t>(tm.tm_wday)];
  out += ", ";
  two(tm.tm_mday);
  out += ' ';
  out += kMonths[static_cast<std::size_t>(tm.tm_mon)];
  out += ' ';
  out += std::to_string(tm.tm_year + 1900);
  out += ' ';
  two(tm.tm_hour);
  out += ':';
  two(tm.tm_min);
  out += ':';
  two(tm.tm_sec);
  out += " GMT\r\n";
}

bool isToken(std::string_view name) {
  if (name.empty()) return false;
  for (const char c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!plain && std::string_view("!#$%&'*+-.^_`|~").find(c) == std::string_view::npos) {
      return false;
    }
  }
  return true;
}

void appendField(std::string& out, std::string_view name, std::string_view value) {
  bool good = isToken(name);
  for (const char c : value) good = good && c != '\r' && c != '\n' && c != '\0';
  if (!good) {
    throw base::Problem(base::Problem::Kind::internal, "a response has a malformed header field");
  }
  out += name;
  out += ": ";
  out += value;
  out += "\r\n";
}

const Headers& ownedByConnection() {
  static const Headers owned = {{"Content-Length", ""}, {"Transfer-Encoding", ""},
                                {"Connection", ""},     {"Date", ""},
                                {"Server", ""},         {"Set-Cookie", ""}};
  return owned;
}

}  // namespace

bool hasBody(int status) {
  return status >= 200 && status != 204 && status != 304;
}

std::string headOf(const Response& response, const Framing& framing) {
  const int status = response.status >= 200 && response.status <= 599 ? response.status : 500;
  std::string out;
  out.reserve(512);
  out += "HTTP/1.1 ";
  out += std::to_string(status);
  out += ' ';
  out += reason(status);
  out += "\r\n";
  appendDate(out, framing.now);
  for (const auto& [name, value] : response.headers) {
    if (ownedByConnection().count(name) == 0) appendField(out, name, value);
  }
  for (const std::string& cookie : response.cookies) appendField(out, "Set-Cookie", cookie);
  if (hasBody(status)) {
    out += "Content-Length: ";
    out += std::to_string(response.body.size());
    out += "\r\n";
  }
  if (!framing.keepAlive) {
    out += "Connection: close\r\n";
  } else if (framing.http10) {
    out += "Connection: keep-alive\r\n";
  }
  out += "\r\n";
  return out;
}

}  // namespace attune::net
