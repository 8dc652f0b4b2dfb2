#include "base/problem.h"

namespace attune::base {

Problem::Problem(Kind kind, std::string detail, std::string where)
    : std::runtime_error(where.empty() ? detail : where + ": " + detail),
      kind_(kind),
      detail_(std::move(detail)),
      where_(std::move(where)) {}

std::string_view name(Problem::Kind kind) {
  switch (kind) {
    case Problem::Kind::invalid:
      return "invalid";
    case Problem::Kind::unauthenticated:
      return "unauthenticated";
    case Problem::Kind::forbidden:
      return "forbidden";
    case Problem::Kind::notFound:
      return "not-found";
    case Problem::Kind::conflict:
      return "conflict";
    case Problem::Kind::tooLarge:
      return "too-large";
    case Problem::Kind::rateLimited:
      return "rate-limited";
    case Problem::Kind::unavailable:
      return "unavailable";
    case Problem::Kind::storage:
      return "storage";
    case Problem::Kind::configuration:
      return "configuration";
    case Problem::Kind::corrupt:
      return "corrupt";
    case Problem::Kind::internal:
      return "internal";
  }
  return "internal";
}

int httpStatus(Problem::Kind kind) {
  switch (kind) {
    case Problem::Kind::invalid:
      return 400;
    case Problem::Kind::unauthenticated:
      return 401;
    case Problem::Kind::forbidden:
      return 403;
    case Problem::Kind::notFound:
      return 404;
    case Problem::Kind::conflict:
      return 409;
    case Problem::Kind::tooLarge:
      return 413;
    case Problem::Kind::rateLimited:
      return 429;
    case Problem::Kind::unavailable:
      return 503;
    case Problem::Kind::storage:
      return 507;
    case Problem::Kind::configuration:
    case Problem::Kind::corrupt:
    case Problem::Kind::internal:
      return 500;
  }
  return 500;
}

}  // namespace attune::base
