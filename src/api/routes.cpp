#include "api/routes.h"

#include <array>

namespace attune::api {

namespace {

// Splits "/a/{b}" into its segments.
std::vector<std::string_view> segments(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    path.remove_prefix(path.front() == '/' ? 1 : 0);
    const std::size_t end = path.find('/');
    parts.push_back(path.substr(0, end));
    path = end == std::string_view::npos ? std::string_view{} : path.substr(end);
  }
  return parts;
}

bool isParameter(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

}  // namespace

std::string_view name(Scope scope) {
  constexpr std::array<std::string_view, 6> names{"everyone", "signed-in", "client",
                                                  "care",     "staff",     "operator"};
  return names.at(static_cast<std::size_t>(scope));
}

Route& Routes::add(Route route) {
  routes_.push_back(std::move(route));
  return routes_.back();
}

Routes::Match Routes::find(std::string_view method, std::string_view path) const {
  Match match;
  const auto wanted = segments(path);
  for (const Route& route : routes_) {
    const auto pattern = segments(route.path);
    if (pattern.size() != wanted.size()) continue;
    bool same = true;
    std::map<std::string, std::string, std::less<>> parameters;
    for (std::size_t i = 0; same && i < pattern.size(); ++i) {
      if (isParameter(pattern[i])) {
        parameters.emplace(pattern[i].substr(1, pattern[i].size() - 2), wanted[i]);
      } else {
        same = pattern[i] == wanted[i];
      }
    }
    if (!same) continue;
    if (route.method != method) {
      match.otherMethod = true;
      continue;
    }
    match.route = &route;
    match.parameters = std::move(parameters);
    return match;
  }
  return match;
}

Routes allRoutes() {
  Routes routes;
  addSessionRoutes(routes);
  addClientRoutes(routes);
  addCareRoutes(routes);
  addFindingRoutes(routes);
  addPageRoutes(routes);
  addOperatorRoutes(routes);
  return routes;
}

}  // namespace attune::api
