// The little of Asio that every file of this room needs, and one completion token.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace attune::net {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;
using TcpSocket = asio::ip::tcp::socket;

// The completion token used everywhere: errors land in `error` instead of being thrown. Operands of
// co_await stay this simple because g++ 12 destroys closures and aggregates in them twice.
inline auto into(ErrorCode& error) {
  return asio::redirect_error(asio::use_awaitable, error);
}

}  // namespace attune::net
