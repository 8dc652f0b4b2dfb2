#include "api/call.h"

#include <charconv>

namespace attune::api {

namespace js = base::json;
using base::Problem;

namespace {

std::string_view title(int status) {
  switch (status) {
    case 400:
      return "This can't be used as it is";
    case 401:
      return "Please sign in";
    case 403:
      return "Not allowed";
    case 404:
      return "Not found";
    case 405:
      return "Not possible here";
    case 408:
      return "Too slow";
    case 409:
      return "Changed in the meantime";
    case 413:
      return "Too large";
    case 415:
      return "Wrong kind of content";
    case 429:
      return "Too many requests";
    case 431:
      return "Header too large";
    case 503:
      return "Busy";
    case 507:
      return "No room to store this";
    default:
      return "Something went wrong";
  }
}

}  // namespace

const trust::Account& Call::signedIn() const {
  if (!account) {
    throw Problem(Problem::Kind::unauthenticated, "please sign in; what you typed is kept");
  }
  return *account;
}

trust::Actor Call::actor() const {
  const trust::Account& who = signedIn();
  return {who.id, who.person, who.role, request.remoteAddress};
}

js::Object Call::body() const {
  const auto type = request.header("Content-Type");
  if (!type || !type->starts_with("application/json")) {
    throw Problem(Problem::Kind::invalid, "send application/json", "Content-Type");
  }
  return js::requireObject(js::parse(request.body));
}

int Call::number(const std::string& name, int otherwise, int low, int high) const {
  const auto found = request.query.find(name);
  if (found == request.query.end()) return otherwise;
  int value = 0;
  const std::string& text = found->second;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc{} || result.ptr != text.data() + text.size() || value < low ||
      value > high) {
    throw Problem(Problem::Kind::invalid,
                  "use a whole number from " + std::to_string(low) + " to " + std::to_string(high),
                  "?" + name);
  }
  return value;
}

std::string Call::id(std::string_view name) const {
  const auto found = path.find(name);
  if (found == path.end() || !base::isIdText(found->second)) {
    throw Problem(Problem::Kind::notFound, "there is no such record");
  }
  return found->second;
}

net::Response json(const js::Value& value, int status) {
  net::Response response;
  response.status = status;
  response.headers["Content-Type"] = "application/json";
  response.body = js::write(value);
  return response;
}

net::Response noContent() {
  net::Response response;
  response.status = 204;
  return response;
}

std::string problemBody(int status, std::string_view type, std::string_view detail,
                        std::string_view where) {
  js::Object object;
  object["type"] = "urn:attune:problem:" + std::string(type);
  object["title"] = title(status);
  object["status"] = status;
  object["detail"] = detail;
  if (!where.empty()) object["where"] = where;
  return js::write(object);
}

net::Response problemResponse(const Problem& problem) {
  net::Response response;
  response.status = base::httpStatus(problem.kind());
  response.headers["Content-Type"] = "application/problem+json";
  // What went wrong inside is for the log, not for the caller.
  const bool inside = response.status == 500;
  response.body = problemBody(
      response.status, base::name(problem.kind()),
      inside ? "something went wrong on the server; it has been noted" : problem.detail(),
      inside ? "" : problem.where());
  if (response.status == 429 || response.status == 503) response.headers["Retry-After"] = "5";
  return response;
}

}  // namespace attune::api
