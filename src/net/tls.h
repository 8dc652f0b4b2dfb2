// The server's side of TLS: certificate, key, and what is spoken.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>

#include "net/asio.h"

namespace attune::net {

// TLS 1.2 and 1.3 with forward secrecy and authenticated ciphers, ALPN http/1.1. Throws
// Problem(configuration) naming the file when one can't be read, the two don't belong together, or
// the certificate is not valid today.
std::unique_ptr<asio::ssl::context> serverContext(const std::string& certificateFile,
                                                  const std::string& keyFile);

// SHA-256 of the first certificate, as "AB:CD:..." as browsers show it.
std::string fingerprintOf(asio::ssl::context& context);

}  // namespace attune::net
