#include "net/websocket.h"

#include "base/bytes.h"

namespace attune::net {

namespace {
constexpr std::size_t kMostWaiting = 1024 * 1024;  // bytes a peer may be behind (server.h)
}

void SocketQueue::send(std::string text) {
  // A browser fails the whole connection over one ill-formed byte.
  if (!base::isUtf8(text)) text = base::toValidUtf8(text);
  const std::lock_guard lock(mutex_);
  if (ended_ || closing_ || overflowed_) return;
  waiting_ += text.size();
  if (waiting_ > kMostWaiting) {
    overflowed_ = true;
    texts_.clear();
  } else {
    texts_.push_back(std::move(text));
  }
  wakeLocked();
}

void SocketQueue::close() {
  const std::lock_guard lock(mutex_);
  closing_ = true;
  wakeLocked();
}

void SocketQueue::open(std::function<void()> wake) {
  const std::lock_guard lock(mutex_);
  wake_ = std::move(wake);
}

void SocketQueue::end() {
  const std::lock_guard lock(mutex_);
  ended_ = true;
  wake_ = nullptr;
  texts_.clear();
}

std::optional<std::string> SocketQueue::next() {
  const std::lock_guard lock(mutex_);
  if (texts_.empty()) return std::nullopt;
  std::string text = std::move(texts_.front());
  texts_.pop_front();
  writing_ = text.size();
  return text;
}

void SocketQueue::written() {
  const std::lock_guard lock(mutex_);
  waiting_ -= writing_;
  writing_ = 0;
}

bool SocketQueue::wantsClose() {
  const std::lock_guard lock(mutex_);
  return closing_ && texts_.empty();
}

bool SocketQueue::overflowed() {
  const std::lock_guard lock(mutex_);
  return overflowed_;
}

void SocketQueue::wakeLocked() {
  if (wake_ && !ended_) wake_();
}

}  // namespace attune::net
