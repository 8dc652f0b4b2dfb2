// A Response as the bytes of an HTTP/1.1 message head.
#pragma once

#include <ctime>
#include <string>

#include "net/http.h"

namespace attune::net {

// What the connection knows and the handler doesn't.
struct Framing {
  bool keepAlive = true;
  bool http10 = false;
  std::time_t now = 0;  // for the Date field
};

// Status line and fields, up to and with the empty line. Content-Length is that of response.body.
// Left out, because they belong to the connection: Content-Length, Transfer-Encoding, Connection,
// Date, Server and Set-Cookie among `headers`. Throws Problem(internal) when a name or value would
// break out of its line.
std::string headOf(const Response& response, const Framing& framing);

// True if a response with this status has a body (not 1xx, 204, 304).
bool hasBody(int status);

}  // namespace attune::net
