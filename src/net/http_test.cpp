// Bytes to requests and responses to bytes, without sockets.
#include "net/http.h"

#include <gtest/gtest.h>

#include <random>

#include "base/problem.h"
#include "net/request_reader.h"
#include "net/response_writer.h"

namespace attune::net {
namespace {

using State = RequestReader::State;

RequestReader readAll(std::string_view bytes, std::size_t bodyLimit = 1 << 20) {
  RequestReader reader(16 * 1024);
  std::size_t at = reader.feed(bytes);
  if (reader.state() == State::body) {
    reader.bodyLimit(bodyLimit);
    for (std::size_t used = 1; used > 0 && at < bytes.size(); at += used) {
      used = reader.feed(bytes.substr(at));
    }
  }
  return reader;
}

// Somebody's name in a search would come out wrong, or a path would mean two different files.
TEST(PercentDecode, decodesOrRefuses) {
  EXPECT_EQ(percentDecode("J%C3%BCrgen+%2B", true), "J\xC3\xBCrgen +");
  EXPECT_EQ(percentDecode("a+b", false), "a+b");
  EXPECT_EQ(percentDecode("", true), "");
  for (const char* bad : {"%", "%1", "%zz", "%00", "%FF", "%C3", "%ED%A0%80", "\xFF"}) {
    EXPECT_FALSE(percentDecode(bad, true)) << bad;
  }
}

// A session would be read from another cookie whose name only ends alike.
TEST(Cookies, areFoundByTheirWholeName) {
  Request request;
  EXPECT_FALSE(request.cookie("attune"));
  request.headers["cookie"] = "xattune=1; attune2=2;attune=\"three\" ; attune=4; =5; novalue";
  EXPECT_EQ(request.cookie("attune"), "three");
  EXPECT_EQ(request.cookie("attune2"), "2");
  EXPECT_FALSE(request.cookie("tune"));
  EXPECT_FALSE(request.cookie("novalue"));
  EXPECT_EQ(request.header("COOKIE"), request.header("Cookie"));
}

// What arrives must not depend on how the network cuts it into pieces.
TEST(RequestReader, readsTheSameHoweverTheBytesAreCut) {
  const std::string chunked =
      "\r\nPOST /a%20b/c?x=1&y=%C3%A9&x=2&flag HTTP/1.1\r\nHost: h\r\nX-Two: 1\r\nx-two:  2 \r\n"
      "Transfer-Encoding: chunked\r\n\r\n5;ext=1\r\nhello\r\n6\r\n world\r\n0\r\nX-Late: "
      "no\r\n\r\n";
  std::mt19937 engine(3);
  for (int round = 0; round < 500; ++round) {
    RequestReader reader(4096);
    std::string held;
    std::size_t sent = 0;
    while (reader.state() == State::header || reader.state() == State::body) {
      ASSERT_LT(sent, chunked.size());
      const std::size_t n =
          std::min<std::size_t>(chunked.size() - sent, 1 + engine() % (round < 50 ? 1u : 40u));
      held += chunked.substr(sent, n);
      sent += n;
      for (std::size_t used = 1; used > 0 && !held.empty();) {
        used = reader.feed(held);
        held.erase(0, used);
        if (reader.state() == State::body && used > 0 && reader.request().body.empty()) {
          reader.bodyLimit(100);
        }
        if (reader.state() != State::header && reader.state() != State::body) break;
      }
    }
    ASSERT_EQ(reader.state(), State::complete) << reader.detail();
    const Request& request = reader.request();
    EXPECT_EQ(request.path, "/a b/c");
    EXPECT_EQ(request.query,
              (std::map<std::string, std::string>{{"x", "2"}, {"y", "\xC3\xA9"}, {"flag", ""}}));
    EXPECT_EQ(request.header("x-two"), "2");
    EXPECT_FALSE(request.header("X-Late"));  // a trailer is not a header
    EXPECT_EQ(request.body, "hello world");
  }
}

// A request that two servers read differently lets one person's request swallow another's.
TEST(RequestReader, refusesWhatCouldBeReadTwoWays) {
  const std::string ok = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  EXPECT_EQ(readAll(ok).state(), State::complete);
  const std::string host = " HTTP/1.1\r\nHost: a\r\n";
  const std::vector<std::pair<std::string, int>> table = {
      {"POST /" + host + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400},
      {"POST /" + host + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"POST /" + host + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", 400},
      {"POST /" + host + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501},
      {"POST /" + host + "Transfer-Encoding: identity\r\n\r\n", 501},
      {"POST /" + host + "Transfer-Encoding: xchunked\r\n\r\n", 501},
      {"POST /" + host + "Content-Length: -1\r\n\r\n", 400},
      {"POST /" + host + "Content-Length: +1\r\n\r\na", 400},
      {"POST /" + host + "Content-Length: 1x\r\n\r\na", 400},
      {"POST /" + host + "Content-Length: 99999999999999999999\r\n\r\n", 400},
      {"POST /" + host + "Content-Length: 18446744073709551615\r\n\r\n", 413},
      {"POST /" + host + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
      {"POST /" + host + "Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n", 400},
      {"POST /" + host + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n", 413},
      {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n\r\n", 400},                        // no Host
      {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},  // two
      {"GET http://a/" + host + "\r\n", 400},                 // absolute form
      {"GET a" + host + "\r\n", 400},
      {"OPTIONS *" + host + "\r\n", 400},
      {"GET /../etc/passwd" + host + "\r\n", 400},
      {"GET /a/%2e%2e/b" + host + "\r\n", 400},
      {"GET /a/..%2Fb" + host + "\r\n", 400},
      {"GET /a/.." + host + "\r\n", 400},
      {"GET /a%00b" + host + "\r\n", 400},
      {"GET /%C3%28" + host + "\r\n", 400},
      {"GET /\xFF" + host + "\r\n", 400},
      {"GET /?q=%FF" + host + "\r\n", 400},
      {"GET /?q=%" + host + "\r\n", 400},
      {"GET /a#b" + host + "\r\n", 400},
      {"GET /a b" + host + "\r\n", 400},
      {std::string("GET /a\0b HTTP/1.1\r\nHost: a\r\n\r\n", 31), 400},
      {"GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a\r\nBad\x01Name: x\r\n\r\n", 400},
      {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 400},
      {"GET / HTTQ/1.1\r\nHost: a\r\n\r\n", 400},
      {"TRACE /" + host + "\r\n", 501},
      {"CONNECT a:443" + host + "\r\n", 501},
      {"BREW /" + host + "\r\n", 501},
      {"get /" + host + "\r\n", 501},
      {"GET /" + host + "Expect: tea\r\n\r\n", 417},
      {"\x16\x03\x01\x02" + std::string(600, 'x') + "\r\n\r\n", 400},  // a TLS greeting
  };
  for (const auto& [bytes, status] : table) {
    const RequestReader reader = readAll(bytes);
    EXPECT_EQ(reader.state(), State::failed) << bytes;
    EXPECT_EQ(reader.status(), status) << bytes << "\n" << reader.detail();
    EXPECT_FALSE(reader.detail().empty());
  }
}

// Endless headers would fill the memory that everybody shares.
TEST(RequestReader, endsAHeaderAtItsLimitInWholeOrInPieces) {
  const std::string start = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (const std::size_t piece : {std::size_t{1}, std::size_t{100}, std::size_t{100000}}) {
    RequestReader reader(2048);
    std::string held;
    std::size_t sent = 0;
    for (std::string all = start; reader.state() == State::header && sent < 100000;) {
      while (all.size() < sent + piece) all += "X-Field: 0123456789\r\n";
      held += all.substr(sent, piece);
      sent += piece;
      held.erase(0, reader.feed(held));
    }
    EXPECT_EQ(reader.status(), 431) << piece;
    EXPECT_LE(held.size(), std::max<std::size_t>(piece, 2048) + piece);
  }
}

// A value with a line break would let one handler's text write another page's header.
TEST(ResponseWriter, refusesLineBreaksAndKeepsTheConnectionsFields) {
  Response response;
  response.headers = {{"Server", "x"}, {"content-length", "9"}, {"X-A", "b"}};
  response.cookies = {"a=1; HttpOnly", "b=2"};
  response.body = "abc";
  const std::string head =
      headOf(response, {.keepAlive = false, .http10 = false, .now = 784111777});
  EXPECT_EQ(head,
            "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nX-A: b\r\n"
            "Set-Cookie: a=1; HttpOnly\r\nSet-Cookie: b=2\r\nContent-Length: 3\r\n"
            "Connection: close\r\n\r\n");
  response.status = 204;
  EXPECT_EQ(headOf(response, {}).find("Content-Length"), std::string::npos);
  response.headers["X-A"] = "b\r\nSet-Cookie: stolen";
  EXPECT_THROW(headOf(response, {}), base::Problem);
  response.headers = {{"X A", "b"}};
  EXPECT_THROW(headOf(response, {}), base::Problem);
}

}  // namespace
}  // namespace attune::net
