// The route table and the checks that come before every handler.
#include "api/routes.h"

#include <set>

#include "api/api_testing.h"

namespace attune::api {
namespace {

using testing::Browser;
using testing::Clinic;
using testing::expectProblem;
using testing::parsed;
namespace js = base::json;

std::string filled(const Route& route, const std::string& id) {
  std::string path = route.path;
  const std::size_t at = path.find('{');
  if (at != std::string::npos) path.replace(at, path.find('}') - at + 1, id);
  return path;
}

// Whoever builds on this interface finds every call in its description.
TEST(Routes, everyRouteIsDescribed) {
  const Routes routes = allRoutes();
  const js::Value document = js::parse(openApi(routes, "1.2.3"));
  EXPECT_EQ(document.at("info").at("version").as_string(), "1.2.3");
  std::set<std::string> seen;
  for (const Route& route : routes.all()) {
    EXPECT_FALSE(route.summary.empty()) << route.path;
    EXPECT_NE(route.handler, nullptr);
    EXPECT_TRUE(seen.insert(route.method + " " + route.path).second) << route.path << " twice";
    std::string method = route.method;
    for (char& c : method) c = static_cast<char>(std::tolower(c));
    const js::Value& operation = document.at("paths").at(route.path).at(method);
    EXPECT_EQ(operation.at("summary").as_string(), route.summary);
    EXPECT_EQ(operation.at("x-scope").as_string(), name(route.scope));
    EXPECT_EQ(operation.as_object().contains("parameters"),
              route.path.find('{') != std::string::npos);
  }
  Clinic clinic;
  Browser stranger(clinic);
  EXPECT_EQ(parsed(stranger.get("/api/openapi.json")).at("openapi").as_string(), "3.1.0");
}

TEST(Routes, findsByMethodAndSegments) {
  const Routes routes = allRoutes();
  EXPECT_NE(routes.find("GET", "/api/findings/abc").route, nullptr);
  EXPECT_EQ(routes.find("GET", "/api/findings/abc").parameters.at("id"), "abc");
  EXPECT_EQ(routes.find("GET", "/api/findings/abc/more").route, nullptr);
  EXPECT_EQ(routes.find("GET", "/api/FINDINGS").route, nullptr);
  EXPECT_EQ(routes.find("DELETE", "/api/findings").route, nullptr);
  EXPECT_TRUE(routes.find("DELETE", "/api/findings").otherMethod);
  EXPECT_FALSE(routes.find("GET", "").otherMethod);
  EXPECT_EQ(routes.find("GET", "/api//findings").route, nullptr);
}

// Each role at each door: an administrator who could open a finding, or a client who could open the
// caseload, would read what people wrote in trust. The table is written out here once more, so that
// a changed scope is a decision and no slip.
TEST(Routes, everyRoleMeetsTheRightRefusal) {
  Clinic clinic;
  const std::map<std::string, Scope> expected{
      {"POST /api/session/link", Scope::everyone},
      {"POST /api/session/recover", Scope::everyone},
      {"POST /api/session/password", Scope::everyone},
      {"POST /api/session/start", Scope::everyone},
      {"DELETE /api/session", Scope::signedIn},
      {"GET /api/me", Scope::signedIn},
      {"PUT /api/me/password", Scope::staff},
      {"GET /api/me/consents", Scope::client},
      {"PUT /api/me/consents", Scope::client},
      {"POST /api/me/messages", Scope::client},
      {"GET /api/me/messages", Scope::client},
      {"GET /api/me/access", Scope::client},
      {"GET /api/help", Scope::everyone},
      {"POST /api/me/call-me", Scope::client},
      {"GET /api/me/export", Scope::client},
      {"GET /api/caseload", Scope::care},
      {"GET /api/patients/{id}", Scope::care},
      {"GET /api/patients/{id}/messages", Scope::care},
      {"POST /api/patients/{id}/messages", Scope::care},
      {"GET /api/patients/{id}/observations", Scope::care},
      {"GET /api/staff", Scope::staff},
      {"GET /api/models", Scope::staff},
      {"GET /api/findings", Scope::care},
      {"GET /api/findings/{id}", Scope::care},
      {"POST /api/findings/{id}/decision", Scope::care},
      {"POST /api/findings/{id}/assign", Scope::care},
      {"GET /api/pages", Scope::care},
      {"POST /api/pages/{id}/ack", Scope::care},
      {"PUT /api/me/on-call", Scope::care},
      {"GET /healthz", Scope::everyone},
      {"GET /metrics", Scope::operatorOnly},
      {"GET /api/openapi.json", Scope::everyone},
  };
  const auto allowed = [](Scope scope, trust::Role role) {
    switch (scope) {
      case Scope::everyone:
      case Scope::signedIn:
        return true;
      case Scope::client:
        return role == trust::Role::client;
      case Scope::care:
        return role == trust::Role::clinician || role == trust::Role::socialWorker;
      case Scope::staff:
        return role != trust::Role::client;
      case Scope::operatorOnly:
        return false;
    }
    return false;
  };
  const std::vector<trust::Account> people{clinic.ward.client, clinic.ward.staff, clinic.ward.other,
                                           clinic.admin, clinic.officer};
  for (const Route& route : clinic.routes.all()) {
    Browser stranger(clinic);
    stranger.address = route.path;
    const std::string what = route.method + " " + route.path;
    ASSERT_TRUE(expected.contains(what)) << what << ": say here who may call it";
    ASSERT_EQ(expected.at(what), route.scope) << what;
    if (route.scope == Scope::everyone) continue;
    const auto unknown = stranger.send(route.method, filled(route, clinic.newId()), "{}");
    if (route.scope == Scope::operatorOnly) {
      expectProblem(unknown, 404, "not-found", what);
    } else {
      expectProblem(unknown, 401, "unauthenticated", what);
    }
    for (const trust::Account& person : people) {
      Browser browser = clinic.signedIn(person);
      const auto response = browser.send(route.method, filled(route, clinic.newId()), "{}");
      const std::string who = what + " by " + std::string(trust::name(person.role));
      if (allowed(route.scope, person.role)) {
        EXPECT_NE(response.status, 401) << who;
        if (response.status == 403) {  // the gate's own word, never the scope's
          EXPECT_EQ(response.body.find("not for your role"), std::string::npos) << who;
        }
        EXPECT_LT(response.status, 500) << who;
      } else if (route.scope == Scope::operatorOnly) {
        expectProblem(response, 404, "not-found", who);
      } else {
        expectProblem(response, 403, "forbidden", who);
      }
    }
  }
  EXPECT_EQ(expected.size(), clinic.routes.all().size());
}

// A page of another site can make a browser send a cookie, but not this header: without the check
// it could sign somebody out, or withdraw their consent.
TEST(Checks, changesNeedTheHeaderThatOtherSitesCantSend) {
  Clinic clinic;
  Browser browser = clinic.signedIn(clinic.ward.client);
  for (const std::string value : {"", "0", "true", "1 "}) {
    if (value.empty()) {
      browser.headers.erase("X-Attune");
    } else {
      browser.headers["X-Attune"] = value;
    }
    for (const Route& route : clinic.routes.all()) {
      if (route.method == "GET") continue;
      expectProblem(browser.send(route.method, filled(route, clinic.newId()), "{}"), 403,
                    "forbidden", route.path);
    }
  }
  EXPECT_EQ(browser.get("/api/me").status, 200);
}

// What is not JSON is refused with the place of the fault, not half understood.
TEST(Checks, wrongBodiesAreRefused) {
  Clinic clinic;
  Browser browser = clinic.signedIn(clinic.ward.client);
  for (const std::string body :
       {"", "{", "[]", "\"x\"", "{\"id\":1}", "{\"text\":\"x\"}", "{\"id\":null,\"text\":\"x\"}",
        "{\"id\":\"x\",\"text\":\"\xff\"}", "{}{}"}) {
    expectProblem(browser.send("POST", "/api/me/messages", body), 400, "invalid", body);
  }
  const std::string good = js::write(js::Object{{"id", clinic.newId()}, {"text", "hello"}});
  for (const std::string type :
       {"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"}) {
    browser.headers.erase("Content-Type");
    if (!type.empty()) browser.headers["Content-Type"] = type;
    expectProblem(browser.send("POST", "/api/me/messages", good), 400, "invalid", type);
  }
  browser.headers["Content-Type"] = "application/json; charset=utf-8";
  EXPECT_EQ(browser.send("POST", "/api/me/messages", good).status, 201);
}

TEST(Checks, numbersInQueriesAreChecked) {
  Clinic clinic;
  Browser browser = clinic.signedIn(clinic.ward.client);
  for (const std::string limit : {"0", "-1", "201", "9999999999999999999", "1x", "", "1.5"}) {
    expectProblem(browser.get("/api/me/messages?limit=" + limit), 400, "invalid", limit);
  }
  EXPECT_EQ(browser.get("/api/me/messages?limit=200").status, 200);
}

// Scripts of others, frames, sniffing and caches: every answer forbids them, also a refusal.
TEST(Checks, everyAnswerCarriesTheSecurityHeaders) {
  Clinic clinic;
  Browser stranger(clinic);
  stranger.secure = true;
  Browser browser = clinic.signedIn(clinic.ward.client);
  const std::vector<net::Response> answers{
      stranger.get("/"),
      stranger.get("/nothing.js"),
      stranger.get("/api/me"),
      stranger.get("/healthz"),
      stranger.get("/api/nope"),
      stranger.post("/api/me", {}),
      browser.get("/api/me"),
      browser.get("/api/me/export"),
      stranger.send("POST", "/api/session/start", "{"),
  };
  for (const auto& answer : answers) {
    const std::string csp = answer.headers.at("Content-Security-Policy");
    EXPECT_NE(csp.find("default-src 'self'"), std::string::npos);
    EXPECT_NE(csp.find("frame-ancestors 'none'"), std::string::npos);
    EXPECT_NE(csp.find("object-src 'none'"), std::string::npos);
    EXPECT_NE(csp.find("base-uri 'none'"), std::string::npos);
    EXPECT_EQ(csp.find("unsafe"), std::string::npos);
    EXPECT_EQ(csp.find("http"), std::string::npos);
    EXPECT_EQ(answer.headers.at("X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(answer.headers.at("Referrer-Policy"), "no-referrer");
    EXPECT_EQ(answer.headers.at("Cross-Origin-Opener-Policy"), "same-origin");
    EXPECT_EQ(answer.headers.at("Cross-Origin-Resource-Policy"), "same-origin");
    EXPECT_EQ(answer.headers.at("Cache-Control"), "no-store");
    EXPECT_FALSE(answer.headers.contains("Access-Control-Allow-Origin"));
  }
  EXPECT_TRUE(answers[0].headers.contains("Strict-Transport-Security"));
  EXPECT_FALSE(answers[6].headers.contains("Strict-Transport-Security"));
}

// Pages of the app answer to their addresses; the interface never answers with a page.
TEST(Checks, unknownAddressesAndMethods) {
  Clinic clinic;
  Browser browser(clinic);
  EXPECT_EQ(browser.get("/findings/x").status, 200);
  expectProblem(browser.get("/api/findings/x/y/z"), 404, "not-found");
  expectProblem(browser.get("/../etc/passwd"), 404, "not-found");
  expectProblem(browser.send("POST", "/", "{}"), 404, "not-found");
  expectProblem(browser.send("PATCH", "/api/me", "{}"), 405, "invalid");
  expectProblem(browser.send("GET", "/api/session", ""), 405, "invalid");
}

// A fault inside must not tell a stranger what it was, nor the log what a client wrote.
TEST(Checks, faultsInsideAreNotTold) {
  Clinic clinic;
  Browser browser = clinic.signedIn(clinic.ward.client);
  clinic.ward.house.database->lease()->script("ALTER TABLE consent RENAME TO consent_gone;");
  const auto response = browser.get("/api/me/consents");
  expectProblem(response, 500, "internal");
  EXPECT_EQ(response.body.find("consent"), std::string::npos);
  EXPECT_EQ(response.body.find("SQL"), std::string::npos);
  EXPECT_NE(clinic.ward.logged().find("a request failed"), std::string::npos);
}

// /metrics tells how many people write when: for this machine only, or for who has the token.
TEST(Operator, metricsAreForLoopbackOrTheToken) {
  Clinic clinic;
  Browser browser(clinic);
  for (const std::string far : {"192.0.2.7", "::2", "1270.0.0.1", "::ffff:192.0.2.7", ""}) {
    browser.address = far;
    expectProblem(browser.get("/metrics"), 404, "not-found", far);
  }
  for (const std::string near : {"127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"}) {
    browser.address = near;
    const auto response = browser.get("/metrics");
    EXPECT_EQ(response.status, 200) << near;
    EXPECT_NE(response.body.find("attune_requests_total"), std::string::npos);
  }
  clinic.services.metricsToken = "long-and-secret";
  expectProblem(browser.get("/metrics"), 404, "not-found");  // loopback is not enough any more
  browser.address = "192.0.2.7";
  for (const std::string wrong : {"Bearer", "Bearer ", "Bearer long-and-secre",
                                  "Bearer long-and-secret ", "long-and-secret"}) {
    browser.headers["Authorization"] = wrong;
    expectProblem(browser.get("/metrics"), 404, "not-found", wrong);
  }
  browser.headers["Authorization"] = "Bearer long-and-secret";
  EXPECT_EQ(browser.get("/metrics").status, 200);
}

// Labels are templates: an id in a metric would tell who was looked at.
TEST(Operator, metricsHoldNoIds) {
  Clinic clinic;
  Browser browser = clinic.signedIn(clinic.ward.staff);
  browser.get("/api/patients/" + clinic.ward.client.person.value);
  browser.get("/api/patients/" + clinic.newId());
  browser.get("/assets/" + clinic.newId());
  browser.address = "127.0.0.1";
  const std::string text = browser.get("/metrics").body;
  EXPECT_NE(text.find("GET /api/patients/{id}"), std::string::npos);
  EXPECT_EQ(text.find(clinic.ward.client.person.value), std::string::npos);
}

TEST(Operator, healthSaysWhatIsWrong) {
  Clinic clinic;
  Browser browser(clinic);
  const js::Value value = parsed(browser.get("/healthz"));
  EXPECT_EQ(value.at("status").as_string(), "ok");
  EXPECT_EQ(value.at("version").as_string(), "1.2.3");
  EXPECT_FALSE(value.at("model").as_string().empty());
}

}  // namespace
}  // namespace attune::api
