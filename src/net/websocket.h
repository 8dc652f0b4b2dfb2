// One open WebSocket: the queue that senders on any thread write to, and the session that moves it.
#pragma once

#include <boost/asio/ssl/stream.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "net/asio.h"
#include "net/server.h"

namespace attune::net {

class Workers;

// What a handler holds. It may outlive the session and the server: then it does nothing.
class SocketQueue final : public Socket {
 public:
  void send(std::string text) override;
  void close() override;

  // For the session. `wake` is called under the queue's lock, from any thread, when there is
  // something to do; it must only post.
  void open(std::function<void()> wake);
  void end();
  std::optional<std::string> next();  // the oldest text, which counts as waiting ...
  void written();                     // ... until this
  bool wantsClose();                  // close() was called and all texts are written
  bool overflowed();

 private:
  void wakeLocked();

  std::mutex mutex_;
  std::function<void()> wake_;
  std::deque<std::string> texts_;
  std::size_t waiting_ = 0;  // bytes
  std::size_t writing_ = 0;  // bytes of the text handed out by next()
  bool closing_ = false;
  bool overflowed_ = false;
  bool ended_ = false;
};

struct SocketSetup {
  Request handshake;
  std::shared_ptr<SocketQueue> queue;
  SocketHandlers handlers;
  Workers* workers;
  base::Log* log;
  std::chrono::seconds ping;
};

class SocketSession {
 public:
  virtual ~SocketSession() = default;
  // Handshake, messages, close; ends after onClose has returned.
  virtual asio::awaitable<void> run() = 0;
  // Both on the session's executor.
  virtual void goAway() = 0;  // closes with 1001
  virtual void cut() = 0;     // closes the connection under it
};

std::shared_ptr<SocketSession> makeSession(TcpSocket stream, SocketSetup setup);
std::shared_ptr<SocketSession> makeSession(asio::ssl::stream<TcpSocket> stream, SocketSetup setup);

}  // namespace attune::net
