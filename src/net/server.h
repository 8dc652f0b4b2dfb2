// An HTTP/1.1 and WebSocket server, plain or TLS, on Asio and Beast.
//
//   Server server(options, handlers, log);
//   server.start();                 // returns when it listens; throws Problem(configuration)
//   ...
//   server.stop(std::chrono::seconds(5));
//
// Sockets are served by coroutines on a few I/O threads; `handle` is a plain blocking function
// called on a pool of worker threads. When the pool's queue is full the answer is 503 with
// Retry-After, at once.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/log.h"
#include "net/http.h"

namespace attune::net {

// An open WebSocket. Thread-safe; send() never blocks: a peer that is more than 1 MiB behind is
// cut.
class Socket {
 public:
  virtual ~Socket() = default;
  virtual void send(std::string text) = 0;
  virtual void close() = 0;
};

struct SocketHandlers {
  // Both are called on worker threads, one at a time for one socket.
  std::function<void(std::string_view text)> onMessage;
  std::function<void()> onClose;  // called exactly once, also when the server stops
};

struct Handlers {
  // Must not throw; what it throws all the same becomes a bare 500 and a log line.
  std::function<Response(const Request&)> handle;
  // Called for a WebSocket handshake (body empty). Either accepts, by returning handlers made for
  // the given socket, or refuses with a response.
  struct Accepted {
    SocketHandlers handlers;
  };
  struct Upgrade {
    std::optional<SocketHandlers> accepted;
    Response refusal;  // used when not accepted
  };
  std::function<Upgrade(const Request&, std::shared_ptr<Socket>)> upgrade;
  // Largest body accepted for this request, known after its header; 0 = none. A longer one is
  // answered 413 without being read (or as soon as a chunked body passes the limit). Called on an
  // I/O thread, so it must not block; none: no bodies.
  std::function<std::size_t(const Request& headerOnly)> bodyLimit;
  // Body of an error that the server answers itself (400, 408, 413, 417, 431, 501, 503): (status,
  // detail) -> (content type, body). Must not block.
  std::function<std::pair<std::string, std::string>(int status, std::string_view detail)> errorBody;
};

struct ServerOptions {
  std::string address = "127.0.0.1";  // IPv4 or IPv6 literal
  std::uint16_t port = 8080;          // 0: any free port
  // Certificate chain and key, PEM. TLS 1.2 and 1.3. Both or neither; anything but a loopback
  // address without them is refused with Problem(configuration).
  std::string certificateFile;
  std::string keyFile;
  int ioThreads = 1;
  int workers = 4;
  std::size_t queue = 1024;  // requests waiting for a worker
  std::size_t headerBytes = 16 * 1024;
  std::size_t connections = 4096;          // beyond: accepted and closed at once
  std::chrono::seconds headerTimeout{10};  // to send a whole header
  std::chrono::seconds bodyTimeout{60};
  std::chrono::seconds idleTimeout{75};  // between requests on one connection
  std::chrono::seconds socketPing{30};   // WebSocket ping; two missed: closed
};

class Server {
 public:
  Server(ServerOptions options, Handlers handlers, base::Log& log);
  ~Server();  // stops, without grace

  void start();
  std::uint16_t port() const;                  // the one it listens on
  std::string certificateFingerprint() const;  // SHA-256, empty without TLS
  // Stops accepting, lets running requests end for at most `grace`, then closes everything.
  void stop(std::chrono::milliseconds grace);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace attune::net
