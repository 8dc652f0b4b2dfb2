// From request to response: the checks that come before every handler.
#include "api/live.h"
#include "api/routes.h"

namespace attune::api {

using base::Problem;

namespace {

constexpr std::string_view kContentSecurityPolicy =
    "default-src 'self'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' "
    "data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

bool isLoopback(std::string_view address) {
  return address.starts_with("127.") || address == "::1" || address == "::ffff:127.0.0.1";
}

bool mayCallAsOperator(const Services& services, const net::Request& request) {
  if (services.metricsToken.empty()) return isLoopback(request.remoteAddress);
  const std::string wanted = "Bearer " + services.metricsToken;
  const std::string given = request.header("Authorization").value_or("");
  return crypto::equal(base::asBytes(wanted), base::asBytes(given));
}

void checkScope(const Services& services, const Route& route, const Call& call) {
  if (route.scope == Scope::everyone) return;
  if (route.scope == Scope::operatorOnly) {
    if (!mayCallAsOperator(services, call.request)) {
      throw Problem(Problem::Kind::notFound, "there is nothing here");
    }
    return;
  }
  const trust::Role role = call.signedIn().role;
  const bool allowed = route.scope == Scope::signedIn ||
                       (route.scope == Scope::client && role == trust::Role::client) ||
                       (route.scope == Scope::care && trust::isCareStaff(role)) ||
                       (route.scope == Scope::staff && role != trust::Role::client);
  if (!allowed) throw Problem(Problem::Kind::forbidden, "this is not for your role");
}

void auditRefusedRole(Services& services, const Route& route, const Call& call) {
  const trust::Actor actor = call.actor();
  trust::AuditEntry entry;
  entry.actor = actor.account.value;
  entry.role = trust::name(actor.role);
  entry.action = "refused";
  entry.from = actor.from;
  entry.detail = route.method + " " + route.path;
  entry.result = "role";
  services.audit.append(services.database, std::move(entry));
}

// A page of another site can make a browser send a request, but not this header (without CORS,
// which is never granted). SameSite=Strict is the other half.
void checkSameSite(const net::Request& request) {
  if (request.method == "GET" || request.method == "HEAD") return;
  if (request.header("X-Attune") != "1") {
    throw Problem(Problem::Kind::forbidden, "the header X-Attune: 1 is missing");
  }
}

void addSecurityHeaders(net::Response& response, const net::Request& request) {
  auto& headers = response.headers;
  headers["Content-Security-Policy"] = kContentSecurityPolicy;
  headers["X-Content-Type-Options"] = "nosniff";
  headers["Referrer-Policy"] = "no-referrer";
  headers["Cross-Origin-Opener-Policy"] = "same-origin";
  headers["Cross-Origin-Resource-Policy"] = "same-origin";
  headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
  if (request.secure) headers["Strict-Transport-Security"] = "max-age=31536000";
  headers.try_emplace("Cache-Control", "no-store");
}

net::Response dispatch(Services& services, const Routes& routes, const net::Request& request,
                       std::string& routeName) {
  Routes::Match match =
      routes.find(request.method == "HEAD" ? "GET" : request.method, request.path);
  if (match.route == nullptr) {
    const bool reading = request.method == "GET" || request.method == "HEAD";
    if (reading && !match.otherMethod && !request.path.starts_with("/api/")) {
      routeName = "file";
      if (auto file = services.file(request)) return std::move(*file);
    }
    if (match.otherMethod) {
      net::Response response;
      response.status = 405;
      response.headers["Content-Type"] = "application/problem+json";
      response.body = problemBody(405, "invalid", "this address does not take " + request.method);
      return response;
    }
    throw Problem(Problem::Kind::notFound, "there is nothing here");
  }
  const Route& route = *match.route;
  routeName = route.method + " " + route.path;
  checkSameSite(request);
  SignedIn who = whoIs(services, request);
  const Call call{request, std::move(match.parameters), std::move(who.account),
                  std::move(who.token)};
  // An account is limited by itself wherever it comes from; strangers by their address. Refusals
  // count as well.
  const bool byAccount =
      call.account && route.limit != Limit::signIn && route.limit != Limit::start;
  services.limiter.take(route.limit, byAccount ? call.account->id.value : request.remoteAddress);
  try {
    checkScope(services, route, call);
  } catch (const Problem& problem) {
    if (problem.kind() == Problem::Kind::forbidden) auditRefusedRole(services, route, call);
    throw;
  }
  return route.handler(services, call);
}

}  // namespace

net::Handlers::Upgrade acceptLive(Services& services, const net::Request& request,
                                  std::shared_ptr<net::Socket> socket) {
  net::Handlers::Upgrade upgrade;
  try {
    if (request.path != "/api/live") {
      throw Problem(Problem::Kind::notFound, "there is nothing here");
    }
    // Browsers let any page open a WebSocket anywhere, with cookies: only our own pages may.
    const std::string origin = request.header("Origin").value_or("");
    const std::string host = request.header("Host").value_or("");
    // A proxy on this machine speaks TLS for us, so the scheme may differ.
    if (host.empty() ||
        (origin != "https://" + host && (request.secure || origin != "http://" + host))) {
      throw Problem(Problem::Kind::forbidden, "this page is not from here");
    }
    const std::string token = request.cookie("attune").value_or("");
    std::optional<trust::Account> account;
    {
      // A page connects again by itself, so this is not somebody doing something.
      const auto lease = services.database.lease();
      account = services.sessions.resume(*lease, token, false);
    }
    if (!account) throw Problem(Problem::Kind::unauthenticated, "please sign in");
    upgrade.accepted = services.live.join(*account, token, std::move(socket));
  } catch (const Problem& problem) {
    upgrade.refusal = problemResponse(problem);
    addSecurityHeaders(upgrade.refusal, request);
  }
  return upgrade;
}

SignedIn whoIs(Services& services, const net::Request& request) {
  const auto token = request.cookie("attune");
  if (!token) return {};
  const bool byPerson = request.header("X-Attune-Background") != "1";
  const auto lease = services.database.lease();
  return {services.sessions.resume(*lease, *token, byPerson), *token};
}

net::Response answer(Services& services, const Routes& routes, const net::Request& request) {
  const auto started = std::chrono::steady_clock::now();
  std::string routeName = "none";
  net::Response response;
  try {
    response = dispatch(services, routes, request, routeName);
  } catch (const Problem& problem) {
    response = problemResponse(problem);
    if (response.status >= 500) {
      services.log.error("a request failed", {{"route", routeName},
                                              {"kind", base::name(problem.kind())},
                                              {"problem", problem.what()}});
    }
  } catch (const std::exception&) {
    // what() of a foreign exception could hold a client's words: not logged.
    services.log.error("a request failed in an unexpected way", {{"route", routeName}});
    response = problemResponse(Problem(Problem::Kind::internal, "unexpected"));
  }
  addSecurityHeaders(response, request);
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  services.metrics.request(routeName, response.status, seconds);
  return response;
}

}  // namespace attune::api
