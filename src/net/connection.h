// One accepted connection: HTTP/1.1 requests one after another, or an upgrade to a WebSocket.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "net/asio.h"
#include "net/request_reader.h"
#include "net/server.h"
#include "net/stream.h"
#include "net/websocket.h"
#include "net/workers.h"

namespace attune::net {

// What all connections share; outlives them.
struct Shared {
  ServerOptions options;
  Handlers handlers;
  base::Log& log;
  Workers workers;
  std::atomic<bool> stopping = false;

  Shared(ServerOptions someOptions, Handlers someHandlers, base::Log& aLog)
      : options(std::move(someOptions)),
        handlers(std::move(someHandlers)),
        log(aLog),
        workers(options.workers, options.queue) {}
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Shared& shared, std::unique_ptr<ByteStream> stream, std::string remoteAddress,
             bool secure);

  // From the first byte to the last; returns when nothing of the connection is left running.
  // On the connection's executor, as the two after it.
  asio::awaitable<void> run();
  void beginStop();  // after Shared::stopping: closes when idle; else the running request does it
  void cut();

  // From any thread: true when the current wait has gone on too long; then call expire() on the
  // executor, which checks again.
  bool overdue() const { return Steady::now().time_since_epoch().count() > deadline_.load(); }
  void expire();

  asio::any_io_executor executor() const { return executor_; }

 private:
  using Steady = std::chrono::steady_clock;
  enum class Phase { handshake, idle, header, body, handling, writing, lingering, socket };

  asio::awaitable<void> serve();
  asio::awaitable<void> readHeader(RequestReader& reader);
  asio::awaitable<void> readBody(RequestReader& reader);
  asio::awaitable<void> readMore(RequestReader& reader);
  // False: the connection has to end (or has become a WebSocket).
  asio::awaitable<bool> answer(RequestReader& reader);
  asio::awaitable<bool> upgrade(RequestReader& reader);
  asio::awaitable<bool> send(const Response& response, const RequestReader& reader, bool keepAlive);
  asio::awaitable<void> linger();

  Response handle(const Request& request) noexcept;
  std::optional<std::size_t> bodyLimit(const Request& request) noexcept;
  Response problem(int status, std::string_view detail) noexcept;
  void logFailure(std::string_view where, const std::exception_ptr& failure) noexcept;

  void enter(Phase phase, std::chrono::steady_clock::duration atMost);
  void enterWithoutDeadline(Phase phase);
  std::string_view buffered() const { return {buffer_.data() + begin_, end_ - begin_}; }

  Shared& shared_;
  std::unique_ptr<ByteStream> stream_;
  std::shared_ptr<SocketSession> session_;
  asio::any_io_executor executor_;
  std::string remoteAddress_;
  bool secure_;
  std::string buffer_;  // bytes read and not yet understood: [begin_, end_)
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  Phase phase_ = Phase::handshake;
  bool served_ = false;   // a request has been answered
  bool gone_ = false;     // the peer has closed, or nothing more may be sent
  bool expired_ = false;  // a deadline ended the current wait
  std::atomic<Steady::rep> deadline_;
};

}  // namespace attune::net
