#include "net/connection.h"

#include <algorithm>
#include <ctime>
#include <exception>
#include <limits>
#include <typeinfo>

#include "base/problem.h"
#include "net/response_writer.h"

namespace attune::net {

namespace {

constexpr std::size_t kFirstBuffer = 8 * 1024;
constexpr std::size_t kWriteSlice = 256 * 1024;  // each gets a whole bodyTimeout to go out
constexpr std::size_t kMostDrained = 128 * 1024 * 1024;
constexpr std::chrono::seconds kGoodbye{2};  // for TLS to say it
constexpr std::chrono::seconds kLinger{10};

}  // namespace

Connection::Connection(Shared& shared, std::unique_ptr<ByteStream> stream,
                       std::string remoteAddress, bool secure)
    : shared_(shared),
      stream_(std::move(stream)),
      executor_(stream_->socket().get_executor()),
      remoteAddress_(std::move(remoteAddress)),
      secure_(secure) {
  enter(Phase::handshake, shared_.options.headerTimeout);
}

void Connection::enter(Phase phase, Steady::duration atMost) {
  phase_ = phase;
  deadline_ = (Steady::now() + atMost).time_since_epoch().count();
}

void Connection::enterWithoutDeadline(Phase phase) {
  phase_ = phase;
  deadline_ = std::numeric_limits<Steady::rep>::max();
}

void Connection::expire() {
  if (!overdue()) return;
  expired_ = true;
  if (phase_ == Phase::header || phase_ == Phase::body) {
    ErrorCode ignored;
    stream_->socket().cancel(ignored);  // the read ends, and 408 is sent
  } else {
    cut();
  }
}

void Connection::cut() {
  gone_ = true;
  if (session_) return session_->cut();
  ErrorCode ignored;
  stream_->socket().close(ignored);
}

void Connection::beginStop() {
  if (session_) {
    session_->goAway();
  } else if (phase_ == Phase::idle || phase_ == Phase::handshake || phase_ == Phase::lingering) {
    cut();
  }
}

asio::awaitable<void> Connection::run() {
  ErrorCode error;
  co_await stream_->handshake(error);
  if (!error && !gone_) co_await serve();
  if (!session_ && !gone_) co_await linger();
  if (!session_) cut();
}

asio::awaitable<void> Connection::serve() {
  bool goOn = true;
  while (goOn && !gone_) {
    RequestReader reader(shared_.options.headerBytes);
    co_await readHeader(reader);
    if (!gone_ && reader.state() == RequestReader::State::body) co_await readBody(reader);
    if (gone_) co_return;
    goOn = co_await answer(reader);
    served_ = true;
  }
}

// Reads until the header is whole or can't become so.
asio::awaitable<void> Connection::readHeader(RequestReader& reader) {
  // A new connection has to say something soon; one that has been of use may wait.
  enter(Phase::idle, served_ ? shared_.options.idleTimeout : shared_.options.headerTimeout);
  for (;;) {
    begin_ += reader.feed(buffered());
    if (reader.state() != RequestReader::State::header) co_return;
    if (begin_ < end_ && phase_ == Phase::idle) {
      enter(Phase::header, shared_.options.headerTimeout);
    }
    if (shared_.stopping && phase_ == Phase::idle) gone_ = true;
    if (gone_) co_return;
    co_await readMore(reader);
    if (gone_ || reader.state() != RequestReader::State::header) co_return;
  }
}

asio::awaitable<void> Connection::readBody(RequestReader& reader) {
  if (reader.isWebSocketHandshake()) {
    reader.fail(400, "A WebSocket handshake has no body.");
    co_return;
  }
  const std::optional<std::size_t> limit = bodyLimit(reader.request());
  if (!limit) {
    reader.fail(500, "Something went wrong here; it has been noted.");
    co_return;
  }
  reader.bodyLimit(*limit);
  if (reader.state() != RequestReader::State::body) co_return;
  enter(Phase::body, shared_.options.bodyTimeout);
  if (reader.expectsContinue() && begin_ == end_) {
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    const asio::const_buffer bytes(kContinue.data(), kContinue.size());
    ErrorCode error;
    co_await stream_->write(bytes, error);
    if (error) gone_ = true;
  }
  while (!gone_) {
    begin_ += reader.feed(buffered());
    if (reader.state() != RequestReader::State::body) co_return;
    co_await readMore(reader);
    if (reader.state() != RequestReader::State::body) co_return;
  }
}

// Reads once. Fails the reader when there is no room (431) or no time (408) left.
asio::awaitable<void> Connection::readMore(RequestReader& reader) {
  if (begin_ > 0) {
    buffer_.erase(0, begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  const std::size_t most = shared_.options.headerBytes + kFirstBuffer;
  if (end_ >= most) {
    reader.fail(431, "The header of the request is too long.");
    co_return;
  }
  buffer_.resize(std::clamp(end_ * 2, std::min(kFirstBuffer, most), most));
  const asio::mutable_buffer room(buffer_.data() + end_, buffer_.size() - end_);
  ErrorCode error;
  const std::size_t got = co_await stream_->readSome(room, error);
  if (!error) {
    end_ += got;
  } else if (expired_ && !gone_) {
    reader.fail(408, "The request took too long to arrive.");
  } else {
    gone_ = true;
  }
}

asio::awaitable<bool> Connection::answer(RequestReader& reader) {
  if (reader.state() == RequestReader::State::failed) {
    const Response response = problem(reader.status(), reader.detail());
    co_await send(response, reader, false);
    co_return false;
  }
  reader.request().remoteAddress = remoteAddress_;
  reader.request().secure = secure_;
  if (reader.isWebSocketHandshake() && shared_.handlers.upgrade) co_return co_await upgrade(reader);
  enterWithoutDeadline(Phase::handling);
  Response response;
  auto work = [this, &reader, &response] { response = handle(reader.request()); };
  const bool ran = co_await onWorker(shared_.workers, work, false);
  if (!ran) {
    response = problem(503, "The server is busy. Please try again in a moment.");
    response.headers["Retry-After"] = "1";
  }
  co_return co_await send(response, reader, reader.keepAlive());
}

asio::awaitable<bool> Connection::upgrade(RequestReader& reader) {
  Request& request = reader.request();
  if (request.header("Sec-WebSocket-Version") != "13" || !request.header("Sec-WebSocket-Key") ||
      begin_ < end_) {
    const Response response = problem(400, "The WebSocket handshake is not one of RFC 6455.");
    co_await send(response, reader, false);
    co_return false;
  }
  enterWithoutDeadline(Phase::handling);
  const auto queue = std::make_shared<SocketQueue>();
  Handlers::Upgrade decision;
  auto work = [this, &request, &queue, &decision] {
    try {
      decision = shared_.handlers.upgrade(request, queue);
    } catch (...) {
      logFailure("upgrade", std::current_exception());
      decision.accepted.reset();
      decision.refusal = problem(500, "Something went wrong here; it has been noted.");
    }
  };
  const bool ran = co_await onWorker(shared_.workers, work, false);
  if (!ran) {
    decision.refusal = problem(503, "The server is busy. Please try again in a moment.");
    decision.refusal.headers["Retry-After"] = "1";
  }
  if (!decision.accepted) {
    queue->end();
    co_return co_await send(decision.refusal, reader, reader.keepAlive());
  }
  SocketSetup setup;
  setup.handshake = std::move(request);
  setup.queue = queue;
  setup.handlers = std::move(*decision.accepted);
  setup.workers = &shared_.workers;
  setup.log = &shared_.log;
  setup.ping = shared_.options.socketPing;
  enterWithoutDeadline(Phase::socket);
  buffer_ = {};
  session_ = stream_->upgrade(std::move(setup));
  if (shared_.stopping || gone_) session_->cut();
  co_await session_->run();
  co_return false;
}

asio::awaitable<bool> Connection::send(const Response& response, const RequestReader& reader,
                                       bool keepAlive) {
  const auto asked = response.headers.find("Connection");
  Framing framing;
  framing.keepAlive = keepAlive && !shared_.stopping &&
                      (asked == response.headers.end() || asked->second != "close");
  framing.http10 = reader.http10();
  framing.now = std::time(nullptr);
  std::string head;
  std::string_view body = response.body;
  try {
    head = headOf(response, framing);
  } catch (...) {
    logFailure("response", std::current_exception());
    framing.keepAlive = false;
    body = {};
    Response bare;
    bare.status = 500;
    head = headOf(bare, framing);
  }
  if (!hasBody(response.status) || reader.isHead()) body = {};
  if (body.size() <= kFirstBuffer) {  // one write, one packet
    head += body;
    body = {};
  }
  ErrorCode error;
  std::string_view rest = head;
  while (!error && !gone_ && !rest.empty()) {
    const asio::const_buffer slice(rest.data(), std::min(rest.size(), kWriteSlice));
    enter(Phase::writing, shared_.options.bodyTimeout);
    co_await stream_->write(slice, error);
    rest.remove_prefix(slice.size());
    if (rest.empty()) {
      rest = body;
      body = {};
    }
  }
  if (error) gone_ = true;
  co_return framing.keepAlive && !gone_;
}

// Says goodbye and reads on for a little: closing with unread bytes in the socket would reset the
// connection and take the answer from the peer's hands.
asio::awaitable<void> Connection::linger() {
  enter(Phase::lingering, kGoodbye);
  ErrorCode error;
  co_await stream_->finish(error);
  enter(Phase::lingering, kLinger);
  buffer_.resize(64 * 1024);
  error = {};
  std::size_t drained = 0;
  while (!error && !gone_ && !shared_.stopping && drained < kMostDrained) {
    const asio::mutable_buffers_1 room(buffer_.data(), buffer_.size());
    drained += co_await stream_->socket().async_read_some(room, into(error));
  }
}

Response Connection::handle(const Request& request) noexcept {
  try {
    if (shared_.handlers.handle) return shared_.handlers.handle(request);
    return problem(404, "There is nothing here.");
  } catch (...) {
    logFailure("handle", std::current_exception());
  }
  Response response;
  response.status = 500;
  return response;
}

std::optional<std::size_t> Connection::bodyLimit(const Request& request) noexcept {
  try {
    return shared_.handlers.bodyLimit ? shared_.handlers.bodyLimit(request) : 0;
  } catch (...) {
    logFailure("bodyLimit", std::current_exception());
    return std::nullopt;
  }
}

Response Connection::problem(int status, std::string_view detail) noexcept {
  Response response;
  response.status = status;
  try {
    if (shared_.handlers.errorBody) {
      auto [type, body] = shared_.handlers.errorBody(status, detail);
      response.headers["Content-Type"] = std::move(type);
      response.body = std::move(body);
    } else {
      response.headers["Content-Type"] = "text/plain; charset=utf-8";
      response.body = detail;
    }
  } catch (...) {
    logFailure("errorBody", std::current_exception());
  }
  return response;
}

// A Problem's detail is written for people and holds no client's words; what() of anything else
// might, so only its type is logged.
void Connection::logFailure(std::string_view where, const std::exception_ptr& failure) noexcept {
  try {
    std::rethrow_exception(failure);
  } catch (const base::Problem& problem) {
    shared_.log.error("a request handler failed", {{"where", where}, {"detail", problem.what()}});
  } catch (const std::exception& error) {
    shared_.log.error("a request handler failed",
                      {{"where", where}, {"type", typeid(error).name()}});
  } catch (...) {
    shared_.log.error("a request handler failed", {{"where", where}});
  }
}

}  // namespace attune::net
