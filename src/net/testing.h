// For this room's tests: a server on a free port and a small blocking client.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/log.h"
#include "net/server.h"

namespace attune::net::testing {

// Set once, waited for by others. Gives up after a minute, so that a failing test ends.
class Signal {
 public:
  void set() {
    const std::lock_guard lock(mutex_);
    on_ = true;
    changed_.notify_all();
  }
  bool wait() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(60), [this] { return on_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool on_ = false;
};

struct Answer {
  int status = 0;  // 0: the connection ended before a whole answer
  Headers headers;
  std::string body;
};

// A blocking connection to 127.0.0.1. A read that gets nothing for 30 s counts as an end.
class Client {
 public:
  explicit Client(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
    timeval patience{30, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  virtual ~Client() { close(); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  bool connected() const { return connected_; }
  int fd() const { return fd_; }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

  virtual bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }
  virtual std::string receive() {
    std::string out(64 * 1024, '\0');
    const ssize_t n = ::recv(fd_, out.data(), out.size(), 0);
    out.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    return out;
  }

  // Takes exactly `size` bytes; shorter when the connection ends first.
  std::string take(std::size_t size) {
    while (held_.size() < size) {
      const std::string more = receive();
      if (more.empty()) break;
      held_ += more;
    }
    const std::string out = held_.substr(0, size);
    held_.erase(0, out.size());
    return out;
  }
  std::string takeLine() {
    std::size_t end = 0;
    while ((end = held_.find("\r\n")) == std::string::npos) {
      const std::string more = receive();
      if (more.empty()) return {};
      held_ += more;
    }
    const std::string out = held_.substr(0, end);
    held_.erase(0, end + 2);
    return out;
  }
  // True when the peer closes without sending anything more.
  bool ended() { return held_.empty() && receive().empty(); }

  Answer answer(bool hasBody = true) {
    Answer out;
    const std::string first = takeLine();
    if (first.size() < 12) return out;
    for (std::string line = takeLine(); !line.empty(); line = takeLine()) {
      const std::size_t colon = line.find(": ");
      if (colon == std::string::npos) return out;
      out.headers[line.substr(0, colon)] = line.substr(colon + 2);
    }
    const auto length = out.headers.find("Content-Length");
    if (hasBody && length != out.headers.end()) {
      const std::size_t size = std::stoul(length->second);
      out.body = take(size);
      if (out.body.size() != size) return out;
    }
    out.status = std::stoi(first.substr(9, 3));
    return out;
  }
  Answer ask(std::string_view bytes) {
    send(bytes);
    return answer();
  }

 private:
  int fd_;
  bool connected_ = false;
  std::string held_;
};

inline std::string get(std::string_view path, std::string_view fields = {}) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n" + std::string(fields) + "\r\n";
}

inline std::string post(std::string_view path, std::string_view body) {
  return "POST " + std::string(path) +
         " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

// A server whose handler answers "METHOD PATH BODY" and takes bodies up to 1 MiB, unless told
// otherwise before start().
class TestServer {
 public:
  TestServer() {
    options.port = 0;
    handlers.handle = [](const Request& request) {
      Response response;
      response.headers["Content-Type"] = "text/plain";
      response.body = request.method + " " + request.path + " " + request.body;
      return response;
    };
    handlers.bodyLimit = [](const Request&) { return std::size_t{1024 * 1024}; };
    handlers.errorBody = [](int status, std::string_view detail) {
      return std::pair<std::string, std::string>(
          "application/problem+json",
          "{\"status\":" + std::to_string(status) + ",\"detail\":\"" + std::string(detail) + "\"}");
    };
  }

  void start() {
    server = std::make_unique<Server>(options, handlers, log);
    server->start();
  }
  std::uint16_t port() const { return server->port(); }

  ServerOptions options;
  Handlers handlers;
  base::SystemClock clock;
  std::mutex linesMutex;
  std::string lines;  // of the log
  base::Log log{clock, [this](std::string_view line) {
                  const std::lock_guard lock(linesMutex);
                  lines += std::string(line) + "\n";
                }};
  std::unique_ptr<Server> server;
};

}  // namespace attune::net::testing
