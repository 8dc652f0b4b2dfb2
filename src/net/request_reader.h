// Bytes in, one Request out; no sockets. Beast does the parsing, this class adds what it leaves
// open: what may stand in a target, framing that two servers could read differently, limits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/http.h"

namespace attune::net {

class RequestReader {
 public:
  enum class State {
    header,    // needs more bytes of the header
    body,      // the header is whole (see request()); needs bodyLimit() and then more bytes
    complete,  // request() is whole
    failed,    // see status() and detail(); the connection can't be used further
  };

  // headerBytes: longest header (request line and fields), in bytes.
  explicit RequestReader(std::size_t headerBytes);
  ~RequestReader();
  RequestReader(RequestReader&&) noexcept;
  RequestReader& operator=(RequestReader&&) noexcept;

  // Takes bytes from the front of `bytes` and returns how many; stops after the header and after
  // the message. Bytes not taken must be offered again, followed by more.
  std::size_t feed(std::string_view bytes);

  State state() const;
  // For a failure: the status to answer with (400, 408, 413, 417, 431, 501) and a sentence.
  int status() const;
  const std::string& detail() const;
  void fail(int status, std::string detail);

  // Once the header is whole: the declared length, absent for a chunked body.
  std::optional<std::uint64_t> contentLength() const;
  // Bytes of body accepted; call once in State::body before feeding on. A body that is declared or
  // turns out longer fails with 413.
  void bodyLimit(std::size_t bytes);
  bool expectsContinue() const;
  bool keepAlive() const;
  bool isHead() const;
  bool http10() const;
  bool isWebSocketHandshake() const;
  bool hasBody() const;

  // Valid from State::body on; the body only in State::complete. HEAD is shown as GET.
  Request& request();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace attune::net
