// Routes are rows: one row feeds dispatch, authorisation, rate limit, metrics and the OpenAPI page.
//
//   routes.get("/api/patients/{id}", Scope::care, &readPatient, "Read a client");
//
// A row without a scope does not compile.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/call.h"
#include "api/limiter.h"
#include "net/server.h"

namespace attune::api {

// Who may call a route at all. Whose data they then see is for trust::Gate.
enum class Scope {
  everyone,  // also without being signed in
  signedIn,
  client,
  care,          // clinicians and social workers
  staff,         // everybody but clients
  operatorOnly,  // loopback, or the bearer of the metrics token
};
std::string_view name(Scope scope);

using Handler = net::Response (*)(Services&, const Call&);

struct Route {
  std::string method;
  std::string path;  // segments in braces are parameters
  Scope scope;
  Handler handler;
  std::string summary;
  Limit limit = Limit::ordinary;
};

class Routes {
 public:
  Route& get(std::string path, Scope scope, Handler handler, std::string summary) {
    return add({"GET", std::move(path), scope, handler, std::move(summary)});
  }
  Route& post(std::string path, Scope scope, Handler handler, std::string summary) {
    return add({"POST", std::move(path), scope, handler, std::move(summary)});
  }
  Route& put(std::string path, Scope scope, Handler handler, std::string summary) {
    return add({"PUT", std::move(path), scope, handler, std::move(summary)});
  }
  Route& remove(std::string path, Scope scope, Handler handler, std::string summary) {
    return add({"DELETE", std::move(path), scope, handler, std::move(summary)});
  }

  struct Match {
    const Route* route = nullptr;
    std::map<std::string, std::string, std::less<>> parameters;
    bool otherMethod = false;  // the path is there, the method is not
  };
  Match find(std::string_view method, std::string_view path) const;

  const std::vector<Route>& all() const { return routes_; }

 private:
  Route& add(Route route);
  std::vector<Route> routes_;
};

// The rows, by subject.
void addSessionRoutes(Routes& routes);
void addClientRoutes(Routes& routes);
void addCareRoutes(Routes& routes);
void addFindingRoutes(Routes& routes);
void addPageRoutes(Routes& routes);
void addOperatorRoutes(Routes& routes);
Routes allRoutes();

// Answers a request: finds the row, checks scope, cookie, origin and limits, calls the handler,
// turns a Problem into an answer, adds the security headers. Never throws.
net::Response answer(Services& services, const Routes& routes, const net::Request& request);

// Answers the handshake of /api/live: signed in, and from a page of this server (same Origin).
net::Handlers::Upgrade acceptLive(Services& services, const net::Request& request,
                                  std::shared_ptr<net::Socket> socket);

// The session of a request, if it stands.
struct SignedIn {
  std::optional<trust::Account> account;
  std::string token;
};
SignedIn whoIs(Services& services, const net::Request& request);

// OpenAPI 3.1 made from the rows.
std::string openApi(const Routes& routes, std::string_view version);

}  // namespace attune::api
