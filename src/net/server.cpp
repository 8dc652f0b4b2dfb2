#include "net/server.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "base/problem.h"
#include "net/asio.h"
#include "net/connection.h"
#include "net/tls.h"

namespace attune::net {

namespace {

using asio::ip::tcp;
using base::Problem;

constexpr std::chrono::milliseconds kSweep{100};       // how late a deadline may be noticed
constexpr std::chrono::milliseconds kAcceptPause{50};  // when there are no file descriptors left

std::string textOf(const asio::ip::address& address) {
  if (address.is_v6()) {
    asio::ip::address_v6 v6 = address.to_v6();
    if (v6.is_v4_mapped()) {
      return asio::ip::make_address_v4(asio::ip::v4_mapped, v6).to_string();
    }
    v6.scope_id(0);
    return v6.to_string();
  }
  return address.to_string();
}

[[noreturn]] void refuseToListen(const ServerOptions& options, const ErrorCode& error) {
  const std::string port = std::to_string(options.port);
  std::string detail = "can't listen on " + options.address + " port " + port + ": ";
  if (error == asio::error::address_in_use) {
    detail += "another program uses port " + port + "; stop it or choose another port";
  } else if (error == asio::error::access_denied) {
    detail += "port " + port +
              " is reserved for privileged programs; choose one from 1024 up, or let a service "
              "manager grant CAP_NET_BIND_SERVICE";
  } else if (error == boost::system::errc::address_not_available) {
    detail += "this machine does not have that address; choose one it has, or 127.0.0.1";
  } else {
    detail += error.message();
  }
  throw Problem(Problem::Kind::configuration, detail, "port");
}

}  // namespace

struct Server::Impl {
  Impl(ServerOptions options, Handlers handlers, base::Log& log)
      : io(std::max(1, options.ioThreads)),
        control(asio::make_strand(io)),
        acceptor(control),
        acceptPause(control),
        sweepTimer(control),
        shared(std::move(options), std::move(handlers), log) {}

  asio::any_io_executor newExecutor() {
    if (shared.options.ioThreads <= 1) return io.get_executor();
    return asio::make_strand(io);
  }

  void listen();
  void runIo();
  asio::awaitable<void> acceptLoop();
  asio::awaitable<void> serve(std::shared_ptr<Connection> connection);
  void admit(TcpSocket socket);
  void sweep();
  void stop(std::chrono::milliseconds grace);
  std::vector<std::shared_ptr<Connection>> all();

  asio::io_context io;
  asio::any_io_executor control;  // the four below are used on it only
  tcp::acceptor acceptor;
  asio::steady_timer acceptPause;
  asio::steady_timer sweepTimer;
  bool sweeping = true;
  std::unique_ptr<asio::ssl::context> tls;
  std::string fingerprint;
  std::uint16_t boundPort = 0;
  Shared shared;

  std::mutex mutex;  // guards `connections`
  std::condition_variable changed;
  std::map<Connection*, std::shared_ptr<Connection>> connections;

  std::mutex stopMutex;
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> guard;
  std::vector<std::thread> threads;
};

void Server::Impl::listen() {
  const ServerOptions& options = shared.options;
  ErrorCode error;
  const auto address = asio::ip::make_address(options.address, error);
  if (error) {
    throw Problem(Problem::Kind::configuration,
                  "\"" + options.address +
                      "\" is not an IPv4 or IPv6 address; for this machine "
                      "only, use 127.0.0.1",
                  "address");
  }
  if (options.certificateFile.empty() != options.keyFile.empty()) {
    throw Problem(Problem::Kind::configuration,
                  "TLS needs a certificate and its key; only one of the two files is given",
                  options.certificateFile.empty() ? "certificateFile" : "keyFile");
  }
  if (!options.certificateFile.empty()) {
    tls = serverContext(options.certificateFile, options.keyFile);
    fingerprint = fingerprintOf(*tls);
  } else if (!address.is_loopback()) {
    throw Problem(Problem::Kind::configuration,
                  "listening on " + options.address +
                      " without TLS would send clients' words in the clear; give a certificate "
                      "and key, or listen on 127.0.0.1",
                  "address");
  }
  const tcp::endpoint endpoint(address, options.port);
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error && address.is_v6() && address.is_unspecified()) {
    acceptor.set_option(asio::ip::v6_only(false), error);
  }
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    ErrorCode ignored;
    acceptor.close(ignored);
    refuseToListen(options, error);
  }
  boundPort = acceptor.local_endpoint().port();
}

void Server::Impl::runIo() {
  for (;;) {
    try {
      io.run();
      return;
    } catch (const std::exception&) {
      // Out of memory at worst; the other connections go on.
      shared.log.error("an exception reached the I/O loop");
    }
  }
}

asio::awaitable<void> Server::Impl::acceptLoop() {
  bool complained = false;
  while (acceptor.is_open()) {
    TcpSocket socket(newExecutor());
    ErrorCode error;
    co_await acceptor.async_accept(socket, into(error));
    if (!error) {
      complained = false;
      admit(std::move(socket));
      continue;
    }
    if (!acceptor.is_open()) co_return;
    if (error == asio::error::connection_aborted) continue;
    // Out of file descriptors or memory: what waits in the backlog is served when some are free.
    if (!complained) shared.log.warn("can't accept connections", {{"reason", error.message()}});
    complained = true;
    acceptPause.expires_after(kAcceptPause);
    co_await acceptPause.async_wait(into(error));
  }
}

void Server::Impl::admit(TcpSocket socket) {
  ErrorCode error;
  const tcp::endpoint peer = socket.remote_endpoint(error);
  if (error) return;  // gone already
  socket.set_option(tcp::no_delay(true), error);
  const auto executor = socket.get_executor();
  auto stream = tls ? tlsStream(std::move(socket), *tls) : plainStream(std::move(socket));
  auto connection = std::make_shared<Connection>(shared, std::move(stream), textOf(peer.address()),
                                                 tls != nullptr);
  {
    const std::lock_guard lock(mutex);
    if (shared.stopping || connections.size() >= shared.options.connections) return;
    connections.emplace(connection.get(), connection);
  }
  asio::co_spawn(executor, serve(std::move(connection)), asio::detached);
}

asio::awaitable<void> Server::Impl::serve(std::shared_ptr<Connection> connection) {
  try {
    co_await connection->run();
  } catch (const std::exception&) {
    shared.log.error("a connection ended in an exception");
  }
  const std::lock_guard lock(mutex);
  connections.erase(connection.get());
  changed.notify_all();
}

std::vector<std::shared_ptr<Connection>> Server::Impl::all() {
  const std::lock_guard lock(mutex);
  std::vector<std::shared_ptr<Connection>> out;
  out.reserve(connections.size());
  for (const auto& entry : connections) out.push_back(entry.second);
  return out;
}

// Deadlines are looked at from outside, all at once: two timer operations a request would cost more
// than the rest of the connection's bookkeeping.
void Server::Impl::sweep() {
  if (!sweeping) return;
  {
    const std::lock_guard lock(mutex);
    for (const auto& entry : connections) {
      if (!entry.second->overdue()) continue;
      asio::post(entry.second->executor(), [connection = entry.second] { connection->expire(); });
    }
  }
  sweepTimer.expires_after(kSweep);
  sweepTimer.async_wait([this](const ErrorCode& error) {
    if (!error) sweep();
  });
}

void Server::Impl::stop(std::chrono::milliseconds grace) {
  const std::lock_guard once(stopMutex);
  if (threads.empty()) return;
  {
    const std::lock_guard lock(mutex);
    shared.stopping = true;
  }
  asio::post(control, [this] {
    ErrorCode ignored;
    acceptor.close(ignored);
    acceptPause.cancel();
  });
  for (const auto& connection : all()) {
    asio::post(connection->executor(), [connection] { connection->beginStop(); });
  }
  const auto none = [this] { return connections.empty(); };
  {
    std::unique_lock lock(mutex);
    changed.wait_for(lock, grace, none);
  }
  shared.workers.refuseWaiting();
  for (const auto& connection : all()) {
    asio::post(connection->executor(), [connection] { connection->cut(); });
  }
  {
    // A handler that still runs can't be interrupted; its connection ends when it returns.
    std::unique_lock lock(mutex);
    changed.wait(lock, none);
  }
  asio::post(control, [this] {
    // Cancelling alone misses a sweep that is already on its way, which would begin the next.
    sweeping = false;
    sweepTimer.cancel();
  });
  guard.reset();
  for (std::thread& thread : threads) thread.join();
  threads.clear();
}

Server::Server(ServerOptions options, Handlers handlers, base::Log& log)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(handlers), log)) {}

Server::~Server() {
  stop(std::chrono::milliseconds(0));
}

void Server::start() {
  impl_->listen();
  impl_->guard.emplace(impl_->io.get_executor());
  asio::co_spawn(impl_->control, impl_->acceptLoop(), asio::detached);
  asio::post(impl_->control, [impl = impl_.get()] { impl->sweep(); });
  for (int i = 0; i < std::max(1, impl_->shared.options.ioThreads); ++i) {
    impl_->threads.emplace_back([impl = impl_.get()] { impl->runIo(); });
  }
}

std::uint16_t Server::port() const {
  return impl_->boundPort;
}

std::string Server::certificateFingerprint() const {
  return impl_->fingerprint;
}

void Server::stop(std::chrono::milliseconds grace) {
  impl_->stop(grace);
}

}  // namespace attune::net
