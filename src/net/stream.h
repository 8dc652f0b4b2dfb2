// The bytes of one connection, plain or TLS, behind one virtual interface: the HTTP code is
// compiled once. All of it runs on the socket's executor.
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/context.hpp>
#include <memory>

#include "net/asio.h"
#include "net/websocket.h"

namespace attune::net {

class ByteStream {
 public:
  virtual ~ByteStream() = default;
  virtual asio::awaitable<void> handshake(ErrorCode& error) = 0;
  virtual asio::awaitable<std::size_t> readSome(asio::mutable_buffer into, ErrorCode& error) = 0;
  // Writes all of it.
  virtual asio::awaitable<void> write(asio::const_buffer from, ErrorCode& error) = 0;
  // Says that no more will be sent; reading socket() directly stays possible.
  virtual asio::awaitable<void> finish(ErrorCode& error) = 0;
  virtual TcpSocket& socket() = 0;
  // Moves the connection into a WebSocket session; the stream is empty after.
  virtual std::shared_ptr<SocketSession> upgrade(SocketSetup setup) = 0;
};

std::unique_ptr<ByteStream> plainStream(TcpSocket socket);
std::unique_ptr<ByteStream> tlsStream(TcpSocket socket, asio::ssl::context& context);

}  // namespace attune::net
