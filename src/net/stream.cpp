#include "net/stream.h"

#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <utility>

namespace attune::net {

namespace {

class PlainStream final : public ByteStream {
 public:
  explicit PlainStream(TcpSocket socket) : socket_(std::move(socket)) {}

  asio::awaitable<void> handshake(ErrorCode& error) override {
    error = {};
    co_return;
  }
  asio::awaitable<std::size_t> readSome(asio::mutable_buffer buffer, ErrorCode& error) override {
    co_return co_await socket_.async_read_some(asio::mutable_buffers_1(buffer), into(error));
  }
  asio::awaitable<void> write(asio::const_buffer buffer, ErrorCode& error) override {
    co_await asio::async_write(socket_, asio::const_buffers_1(buffer), into(error));
  }
  asio::awaitable<void> finish(ErrorCode& error) override {
    socket_.shutdown(TcpSocket::shutdown_send, error);
    co_return;
  }
  TcpSocket& socket() override { return socket_; }
  std::shared_ptr<SocketSession> upgrade(SocketSetup setup) override {
    return makeSession(std::move(socket_), std::move(setup));
  }

 private:
  TcpSocket socket_;
};

class TlsStream final : public ByteStream {
 public:
  TlsStream(TcpSocket socket, asio::ssl::context& context) : stream_(std::move(socket), context) {}

  asio::awaitable<void> handshake(ErrorCode& error) override {
    co_await stream_.async_handshake(asio::ssl::stream_base::server, into(error));
  }
  asio::awaitable<std::size_t> readSome(asio::mutable_buffer buffer, ErrorCode& error) override {
    co_return co_await stream_.async_read_some(asio::mutable_buffers_1(buffer), into(error));
  }
  asio::awaitable<void> write(asio::const_buffer buffer, ErrorCode& error) override {
    co_await asio::async_write(stream_, asio::const_buffers_1(buffer), into(error));
  }
  asio::awaitable<void> finish(ErrorCode& error) override {
    co_await stream_.async_shutdown(into(error));
    socket().shutdown(TcpSocket::shutdown_send, error);
  }
  TcpSocket& socket() override { return stream_.next_layer(); }
  std::shared_ptr<SocketSession> upgrade(SocketSetup setup) override {
    return makeSession(std::move(stream_), std::move(setup));
  }

 private:
  asio::ssl::stream<TcpSocket> stream_;
};

}  // namespace

std::unique_ptr<ByteStream> plainStream(TcpSocket socket) {
  return std::make_unique<PlainStream>(std::move(socket));
}

std::unique_ptr<ByteStream> tlsStream(TcpSocket socket, asio::ssl::context& context) {
  return std::make_unique<TlsStream>(std::move(socket), context);
}

}  // namespace attune::net
