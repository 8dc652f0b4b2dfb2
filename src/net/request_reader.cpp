#include "net/request_reader.h"

#include <algorithm>
#include <array>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include "net/asio.h"

namespace attune::net {

namespace http = boost::beast::http;

namespace {

constexpr std::array<std::string_view, 7> kMethods = {"GET",   "HEAD",   "POST",   "PUT",
                                                      "PATCH", "DELETE", "OPTIONS"};

std::string_view view(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

bool hasDotSegment(std::string_view path) {
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view segment = path.substr(0, end);
    if (segment == ".." || segment == ".") return true;
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return false;
}

bool readQuery(std::string_view text, Request& request) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    auto name = percentDecode(pair.substr(0, equals), true);
    auto value = percentDecode(pair.substr(std::min(equals + 1, pair.size())), true);
    if (!name || !value) return false;
    request.query[std::move(*name)] = std::move(*value);
  }
  return true;
}

bool readTarget(std::string_view target, Request& request) {
  if (target.empty() || target.front() != '/') return false;
  for (const char c : target) {
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f || c == '#') return false;
  }
  const std::size_t question = std::min(target.find('?'), target.size());
  auto path = percentDecode(target.substr(0, question), false);
  if (!path || hasDotSegment(*path)) return false;
  request.path = std::move(*path);
  return readQuery(target.substr(std::min(question + 1, target.size())), request);
}

}  // namespace

struct RequestReader::Impl {
  http::request_parser<http::string_body> parser;
  std::size_t headerBytes = 0;
  std::size_t headerTaken = 0;
  State state = State::header;
  int status = 0;
  std::string detail;
  Request request;
  bool expectsContinue = false;

  void fail(int failStatus, std::string failDetail) {
    state = State::failed;
    status = failStatus;
    detail = std::move(failDetail);
  }

  void failWith(const ErrorCode& error) {
    if (error == http::error::header_limit || error == http::error::buffer_overflow) {
      fail(431, "The header of the request is too long.");
    } else if (error == http::error::body_limit) {
      fail(413, "The body of the request is too long.");
    } else if (error == http::error::bad_version) {
      fail(400, "Only HTTP/1.0 and HTTP/1.1 are spoken here.");
    } else {
      fail(400, "The request is not well-formed HTTP (" + error.message() + ").");
    }
  }

  void readHeader();
};

// The whole header has arrived: checks what Beast lets pass and fills the Request.
void RequestReader::Impl::readHeader() {
  const auto& message = parser.get();
  const std::string_view method = view(message.method_string());
  if (std::find(kMethods.begin(), kMethods.end(), method) == kMethods.end()) {
    return fail(501, "This method is not served here.");
  }
  request.method = method == "HEAD" ? "GET" : std::string(method);
  int hosts = 0;
  for (const auto& field : message) {
    if (field.name() == http::field::host) ++hosts;
    request.headers[std::string(view(field.name_string()))] = std::string(view(field.value()));
  }
  if (hosts > 1 || (hosts == 0 && message.version() >= 11)) {
    return fail(400, "The request needs exactly one Host field.");
  }
  if (!readTarget(view(message.target()), request)) {
    return fail(400, "The address of the request is not one this server can have.");
  }
  // Only "chunked" alone: a server in front that reads another coding differently could be made to
  // see two requests where this one sees one.
  const auto coding = message.find(http::field::transfer_encoding);
  if (coding != message.end() && !boost::beast::iequals(coding->value(), "chunked")) {
    return fail(501, "This transfer coding is not understood here.");
  }
  if (coding != message.end() && message.version() < 11) {
    return fail(400, "HTTP/1.0 has no transfer coding.");
  }
  const auto expect = message.find(http::field::expect);
  if (expect != message.end() && message.version() >= 11) {
    if (!boost::beast::iequals(expect->value(), "100-continue")) {
      return fail(417, "This expectation can't be met.");
    }
    expectsContinue = true;
  }
  state = parser.is_done() ? State::complete : State::body;
}

RequestReader::RequestReader(std::size_t headerBytes) : impl_(std::make_unique<Impl>()) {
  impl_->headerBytes = headerBytes;
  impl_->parser.header_limit(static_cast<std::uint32_t>(headerBytes));
  impl_->parser.body_limit(boost::none);
  impl_->parser.eager(false);
}

RequestReader::~RequestReader() = default;
RequestReader::RequestReader(RequestReader&&) noexcept = default;
RequestReader& RequestReader::operator=(RequestReader&&) noexcept = default;

std::size_t RequestReader::feed(std::string_view bytes) {
  std::size_t taken = 0;
  if (impl_->state == State::header && !impl_->parser.got_some()) {
    // RFC 9112 2.2: an empty line before the request line is skipped.
    while (bytes.substr(taken).substr(0, 2) == "\r\n") taken += 2;
    // A single CR may be the first half of one.
    if (bytes.substr(taken) == "\r") return taken;
  }
  while (taken < bytes.size() && (impl_->state == State::header || impl_->state == State::body)) {
    const std::string_view rest = bytes.substr(taken);
    ErrorCode error;
    const std::size_t used = impl_->parser.put(asio::const_buffer(rest.data(), rest.size()), error);
    taken += used;
    if (impl_->state == State::header) {
      // Beast holds each put() to the limit, not their sum.
      impl_->headerTaken += used;
      const std::size_t waiting = error == http::error::need_more ? rest.size() - used : 0;
      if (impl_->headerTaken + waiting > impl_->headerBytes) error = http::error::header_limit;
    }
    if (error == http::error::need_more) break;
    if (error) {
      impl_->failWith(error);
      break;
    }
    if (impl_->state == State::header && impl_->parser.is_header_done()) {
      impl_->readHeader();
      break;
    }
    if (impl_->parser.is_done()) {
      impl_->request.body = std::move(impl_->parser.get().body());
      impl_->state = State::complete;
    } else if (used == 0) {
      break;
    }
  }
  return taken;
}

RequestReader::State RequestReader::state() const {
  return impl_->state;
}
int RequestReader::status() const {
  return impl_->status;
}
const std::string& RequestReader::detail() const {
  return impl_->detail;
}

void RequestReader::fail(int status, std::string detail) {
  impl_->fail(status, std::move(detail));
}

std::optional<std::uint64_t> RequestReader::contentLength() const {
  const auto length = impl_->parser.content_length();
  if (!length) return std::nullopt;
  return *length;
}

void RequestReader::bodyLimit(std::size_t bytes) {
  if (contentLength().value_or(0) > bytes) {
    impl_->fail(413, "The body of the request is too long.");
  } else {
    impl_->parser.body_limit(bytes);
  }
}

bool RequestReader::expectsContinue() const {
  return impl_->expectsContinue;
}
bool RequestReader::keepAlive() const {
  return impl_->parser.get().keep_alive();
}
bool RequestReader::http10() const {
  return impl_->state != State::header && impl_->parser.get().version() < 11;
}
bool RequestReader::isHead() const {
  return impl_->parser.get().method() == http::verb::head;
}
bool RequestReader::isWebSocketHandshake() const {
  return boost::beast::websocket::is_upgrade(impl_->parser.get());
}
bool RequestReader::hasBody() const {
  return impl_->state == State::body || !impl_->request.body.empty();
}
Request& RequestReader::request() {
  return impl_->request;
}

}  // namespace attune::net
