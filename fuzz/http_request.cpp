// What a connection does with the bytes it is sent, without the socket: header, body, cookies,
// percent escapes, query. However the bytes are cut, the outcome is the same; whatever is let
// through keeps what net/http.h promises of a Request.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "net/http.h"
#include "net/request_reader.h"

namespace {

using attune::net::Request;
using attune::net::RequestReader;
using State = RequestReader::State;

constexpr std::size_t kHeaderLimit = 4096;
constexpr std::size_t kBodyLimit = 1000;

void must(bool holds) {
  if (!holds) std::abort();
}

bool wantsMore(const RequestReader& reader) {
  return reader.state() == State::header || reader.state() == State::body;
}

// Feeds `bytes` in pieces of `piece` as a connection would: what is not taken is offered again.
RequestReader read(std::string_view bytes, std::size_t piece, std::size_t* taken) {
  RequestReader reader(kHeaderLimit);
  std::size_t offered = 0;
  bool limited = false;
  *taken = 0;
  while (wantsMore(reader) && offered < bytes.size()) {
    offered = std::min(bytes.size(), offered + piece);
    for (bool again = true; again && wantsMore(reader) && *taken < offered;) {
      if (reader.state() == State::body && !limited) {
        reader.bodyLimit(kBodyLimit);
        limited = true;
        if (!wantsMore(reader)) break;
      }
      const State before = reader.state();
      const std::size_t used = reader.feed(bytes.substr(*taken, offered - *taken));
      must(used <= offered - *taken);
      *taken += used;
      again = used > 0 || reader.state() != before;
    }
  }
  if (reader.state() == State::body && !limited) reader.bodyLimit(kBodyLimit);
  return reader;
}

void keepsItsPromises(const Request& request) {
  must(!request.path.empty() && request.path.front() == '/');
  must(request.path.find('\0') == std::string::npos);
  must(attune::base::isUtf8(request.path));
  must((request.path + "/").find("/../") == std::string::npos);
  for (const auto& [name, value] : request.query) {
    must(attune::base::isUtf8(name) && attune::base::isUtf8(value));
  }
  for (const auto& [name, value] : request.headers) {
    must(value.find('\n') == std::string::npos && value.find('\r') == std::string::npos);
    must(request.header(name) == value);
  }
  must(request.body.size() <= kBodyLimit);
  request.cookie("attune");
  request.cookie("");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = attune::base::asText({data, size});
  attune::net::percentDecode(bytes, size % 2 == 0);
  std::size_t wholeTaken = 0, piecesTaken = 0;
  RequestReader whole = read(bytes, std::max<std::size_t>(size, 1), &wholeTaken);
  RequestReader pieces = read(bytes, 1 + size % 7, &piecesTaken);
  // Where a header passes its limit depends on the pieces; nothing else does.
  if (whole.state() == State::failed && whole.status() == 431) return 0;
  if (pieces.state() == State::failed && pieces.status() == 431) return 0;
  // Nor when a fault is noticed: Beast may wait for the end of a header before it looks again.
  const auto accepted = [](const RequestReader& reader) {
    return reader.state() == State::complete;
  };
  must(accepted(whole) == accepted(pieces));
  if (whole.state() == State::failed) must(!whole.detail().empty());
  const auto hasRequest = [](const RequestReader& reader) {
    return reader.state() == State::body || reader.state() == State::complete;
  };
  if (!hasRequest(whole) || !hasRequest(pieces)) return 0;
  keepsItsPromises(whole.request());
  must(whole.keepAlive() == pieces.keepAlive());
  must(whole.isWebSocketHandshake() == pieces.isWebSocketHandshake());
  must(whole.request().path == pieces.request().path);
  must(whole.request().headers == pieces.request().headers);
  if (whole.state() == State::complete) {
    must(wholeTaken == piecesTaken);
    must(whole.request().body == pieces.request().body);
  }
  return 0;
}
