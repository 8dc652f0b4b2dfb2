// SocketSession over a concrete stream. Included by websocket_plain.cpp and websocket_tls.cpp only:
// each instantiation of Beast's WebSocket costs tens of seconds to compile.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/stream_traits.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <exception>
#include <utility>

#include "net/asio.h"
#include "net/websocket.h"
#include "net/workers.h"

namespace attune::net {

namespace websocket = boost::beast::websocket;

template <class Stream>
class SessionOver final : public SocketSession,
                          public std::enable_shared_from_this<SessionOver<Stream>> {
 public:
  SessionOver(Stream stream, SocketSetup setup)
      : ws_(std::move(stream)), closeTimer_(ws_.get_executor()), setup_(std::move(setup)) {}

  asio::awaitable<void> run() override;

  void goAway() override {
    if (open_) {
      startClose(websocket::close_code::going_away);
    } else {
      cut();
    }
  }

  void cut() override {
    ErrorCode ignored;
    boost::beast::get_lowest_layer(ws_).close(ignored);
    closeTimer_.cancel();
  }

 private:
  static constexpr std::size_t kMessageLimit = 64 * 1024;  // bytes
  static constexpr std::chrono::seconds kCloseWait{5};

  void setOptions();
  void buildHandshake();
  void pump();
  void startClose(websocket::close_code code);
  template <class Work>
  asio::awaitable<void> guarded(Work& work);

  websocket::stream<Stream> ws_;
  asio::steady_timer closeTimer_;
  SocketSetup setup_;
  boost::beast::http::request<boost::beast::http::empty_body> handshake_;
  boost::beast::flat_buffer buffer_;
  std::string writing_;
  bool open_ = false;
  bool isWriting_ = false;
  bool closing_ = false;
};

template <class Stream>
void SessionOver<Stream>::setOptions() {
  websocket::stream_base::timeout timeout{};
  timeout.handshake_timeout = std::chrono::seconds(10);
  // Beast pings after half of this without a byte from the peer and gives up after the whole.
  timeout.idle_timeout = 2 * setup_.ping;
  timeout.keep_alive_pings = true;
  ws_.set_option(timeout);
  // Beast would name itself and its version; an empty field is the least it can be brought to.
  ws_.set_option(websocket::stream_base::decorator([](websocket::response_type& response) {
    response.set(boost::beast::http::field::server, "");
  }));
  ws_.auto_fragment(false);
  ws_.read_message_max(kMessageLimit);
  ws_.text(true);
}

template <class Stream>
void SessionOver<Stream>::buildHandshake() {
  namespace http = boost::beast::http;
  handshake_.method(http::verb::get);
  handshake_.target("/");
  handshake_.version(11);
  for (const char* name :
       {"Host", "Connection", "Upgrade", "Sec-WebSocket-Key", "Sec-WebSocket-Version"}) {
    handshake_.set(name, setup_.handshake.header(name).value_or(""));
  }
}

template <class Stream>
template <class Work>
asio::awaitable<void> SessionOver<Stream>::guarded(Work& work) {
  bool failed = false;
  auto safe = [&work, &failed] {
    try {
      work();
    } catch (...) {
      failed = true;
    }
  };
  co_await onWorker(*setup_.workers, safe, true);
  if (failed) {
    setup_.log->error("a WebSocket handler failed");
    startClose(websocket::close_code::internal_error);
  }
}

template <class Stream>
asio::awaitable<void> SessionOver<Stream>::run() {
  setOptions();
  buildHandshake();
  ErrorCode error;
  co_await ws_.async_accept(handshake_, into(error));
  if (!error) {
    open_ = true;
    const std::weak_ptr<SessionOver> weak = this->weak_from_this();
    setup_.queue->open([weak, executor = ws_.get_executor()] {
      asio::post(executor, [weak] {
        if (const auto self = weak.lock()) self->pump();
      });
    });
    pump();
  }
  while (!error) {
    buffer_.clear();
    co_await ws_.async_read(buffer_, into(error));
    if (error || closing_) continue;
    if (!ws_.got_text()) {
      startClose(websocket::close_code::unknown_data);
      continue;
    }
    if (!setup_.handlers.onMessage) continue;
    const std::string_view text(static_cast<const char*>(buffer_.data().data()), buffer_.size());
    auto work = [this, text] { setup_.handlers.onMessage(text); };
    co_await guarded(work);
  }
  setup_.queue->end();
  open_ = false;
  auto work = [this] {
    if (setup_.handlers.onClose) setup_.handlers.onClose();
  };
  co_await guarded(work);
  // What the handlers hold (often the socket itself) is let go here, not when the server ends.
  setup_.handlers = {};
  cut();
}

template <class Stream>
void SessionOver<Stream>::pump() {
  if (setup_.queue->overflowed()) return cut();
  if (!open_ || isWriting_ || closing_) return;
  std::optional<std::string> text = setup_.queue->next();
  if (!text) {
    if (setup_.queue->wantsClose()) startClose(websocket::close_code::normal);
    return;
  }
  writing_ = std::move(*text);
  isWriting_ = true;
  ws_.async_write(asio::buffer(writing_),
                  [self = this->shared_from_this()](const ErrorCode& error, std::size_t) {
                    self->isWriting_ = false;
                    self->setup_.queue->written();
                    if (!error) self->pump();
                  });
}

template <class Stream>
void SessionOver<Stream>::startClose(websocket::close_code code) {
  if (closing_ || !open_) return;
  closing_ = true;
  closeTimer_.expires_after(kCloseWait);
  closeTimer_.async_wait([weak = this->weak_from_this()](const ErrorCode& error) {
    const auto self = weak.lock();
    if (!error && self) self->cut();
  });
  ws_.async_close(websocket::close_reason(code),
                  [self = this->shared_from_this()](const ErrorCode&) {});
}

}  // namespace attune::net
