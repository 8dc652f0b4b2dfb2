// For the operator: health, metrics, the description of the interface.
#include "api/live.h"
#include "api/routes.h"

namespace attune::api {

namespace js = base::json;

namespace {

net::Response health(Services& services, const Call&) {
  std::string database = "ok";
  try {
    const auto lease = services.database.lease();
    lease->query("SELECT 1");
  } catch (const base::Problem&) {
    database = "failing";
  }
  const bool ok = database == "ok";
  return json({{"status", ok ? "ok" : "failing"},
               {"version", services.version},
               {"database", database},
               {"model", services.reader.model()}},
              ok ? 200 : 503);
}

net::Response metrics(Services& services, const Call&) {
  {
    const auto lease = services.database.lease();
    services.metrics.gauge("owed_readings", static_cast<double>(oversight::owedWork(*lease)));
  }
  services.metrics.gauge("connected_pages", static_cast<double>(services.live.connected()));
  net::Response response;
  response.headers["Content-Type"] = "text/plain; version=0.0.4; charset=utf-8";
  response.body = services.metrics.text();
  return response;
}

net::Response description(Services& services, const Call&) {
  net::Response response;
  response.headers["Content-Type"] = "application/json";
  response.body = openApi(allRoutes(), services.version);
  return response;
}

}  // namespace

std::string openApi(const Routes& routes, std::string_view version) {
  js::Object paths;
  for (const Route& route : routes.all()) {
    js::Object operation;
    operation["summary"] = route.summary;
    operation["x-scope"] = name(route.scope);
    js::Array parameters;
    for (std::size_t at = route.path.find('{'); at != std::string::npos;
         at = route.path.find('{', at + 1)) {
      const std::size_t end = route.path.find('}', at);
      parameters.push_back({{"name", route.path.substr(at + 1, end - at - 1)},
                            {"in", "path"},
                            {"required", true},
                            {"schema", {{"type", "string"}}}});
    }
    if (!parameters.empty()) operation["parameters"] = std::move(parameters);
    js::Object responses{{"2XX", {{"description", "Done"}}},
                         {"4XX", {{"description", "application/problem+json says why"}}}};
    if (route.scope != Scope::everyone && route.scope != Scope::operatorOnly) {
      responses["401"] = {{"description", "Nobody is signed in"}};
      operation["security"] = js::Array{js::Object{{"session", js::Array{}}}};
    }
    operation["responses"] = std::move(responses);
    std::string method = route.method;
    for (char& c : method) c = static_cast<char>(c - 'A' + 'a');
    if (!paths.contains(route.path)) paths[route.path] = js::Object{};
    paths[route.path].as_object()[method] = std::move(operation);
  }
  js::Object document;
  document["openapi"] = "3.1.0";
  document["info"] = {{"title", "Attune"}, {"version", version}};
  document["paths"] = std::move(paths);
  document["components"] = {
      {"securitySchemes",
       {{"session", {{"type", "apiKey"}, {"in", "cookie"}, {"name", "attune"}}}}}};
  return js::write(document);
}

void addOperatorRoutes(Routes& routes) {
  routes.get("/healthz", Scope::everyone, &health, "Is the server well");
  routes.get("/metrics", Scope::operatorOnly, &metrics, "Prometheus metrics");
  routes.get("/api/openapi.json", Scope::everyone, &description, "This interface");
}

}  // namespace attune::api
