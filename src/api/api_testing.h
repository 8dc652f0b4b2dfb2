// For the api room's tests: a whole clinic behind answer(), on a folder of its own, with a clock
// that stands still. What a text is read as is invented (oversight_testing.h); help lines, consent
// words and the model's limits are the real ones.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "api/limiter.h"
#include "api/live.h"
#include "api/routes.h"
#include "base/json.h"
#include "oversight/oversight_testing.h"

namespace attune::api::testing {

namespace js = base::json;
using oversight::testing::Ward;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using trust::Account;
using trust::Purpose;
using trust::Role;
using trust::Source;

inline std::string contentOf(const std::string& name) {
  std::ifstream in(std::string(ATTUNE_SOURCE_DIR) + "/content/" + name, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

// Loaded once for the program: it takes a moment.
inline const text::Reader& reader() {
  static const text::Reader loaded =
      text::Reader::load(std::string(ATTUNE_BINARY_DIR) + "/share/attune/models");
  return loaded;
}

// What a page was sent, instead of a socket.
class FakeSocket final : public net::Socket {
 public:
  void send(std::string text) override { sent.push_back(std::move(text)); }
  void close() override { closed = true; }
  std::vector<std::string> sent;
  bool closed = false;
};

// A browser: keeps its cookie, sends what the page sends.
class Clinic;
class Browser {
 public:
  explicit Browser(Clinic& clinic) : clinic_(clinic) {}

  net::Response get(const std::string& target) { return send("GET", target, ""); }
  net::Response post(const std::string& target, const js::Value& body) {
    return send("POST", target, js::write(body));
  }
  net::Response put(const std::string& target, const js::Value& body) {
    return send("PUT", target, js::write(body));
  }
  net::Response remove(const std::string& target) { return send("DELETE", target, ""); }
  net::Response send(const std::string& method, const std::string& target, const std::string& body);
  net::Request request(const std::string& method, const std::string& target,
                       const std::string& body) const;

  net::Headers headers{{"X-Attune", "1"}, {"Content-Type", "application/json"}};
  std::string address = "192.0.2.7";
  std::string session;
  bool secure = false;

 private:
  Clinic& clinic_;
};

class Clinic {
 public:
  net::Response answer(const net::Request& request) {
    return api::answer(services, routes, request);
  }
  // A browser in which this account is signed in, by a one-time link.
  Browser signedIn(const Account& account) {
    Browser browser(*this);
    // Each from a place of their own, so that limits by address don't mix.
    browser.address = "198.51.100." + std::to_string(++places);
    const auto response =
        browser.post("/api/session/link", {{"token", link(account, minutes(60))}});
    EXPECT_EQ(response.status, 200) << response.body;
    return browser;
  }
  std::string link(const Account& account, minutes lifetime) {
    return ward.house.accounts.makeLink(*ward.house.database->lease(), account.id, lifetime);
  }
  std::string newId() { return base::newIdText(ward.house.random); }
  void advance(std::chrono::milliseconds by) { ward.house.clock.advance(by); }
  std::vector<trust::AuditEntry> audit(const std::string& action) {
    std::vector<trust::AuditEntry> found;
    const auto lease = ward.house.database->lease();
    for (const auto& row : lease->query("SELECT entry FROM audit ORDER BY seq")) {
      const js::Value value = js::parse(row.text(0));
      const auto text = [&](std::string_view key) {
        return std::string(js::text(value.as_object(), key).value_or(""));
      };
      if (text("action") != action) continue;
      trust::AuditEntry entry;
      entry.actor = text("actor");
      entry.action = action;
      entry.person = text("person");
      entry.what = text("what");
      entry.detail = text("detail");
      entry.result = text("result");
      found.push_back(entry);
    }
    return found;
  }

  Ward ward;
  trust::Sessions sessions{
      ward.house.accounts, ward.house.master.derive("index"), ward.house.random, ward.house.clock,
      trust::SessionLimits{minutes(30), minutes(24 * 60), minutes(12 * 60), minutes(30 * 24 * 60)}};
  Live live{*ward.house.database, ward.house.accounts, ward.house.clock, ward.metrics};
  Limiter limiter{ward.house.clock, {Rate{5, 5}, Rate{1, 3}, Rate{1000, 1000}, Rate{5000, 5000}}};
  std::string lines = contentOf("crisis-lines.json"), texts = contentOf("help-texts.json"),
              consent = contentOf("consent.json");
  companion::HelpBook help = companion::HelpBook::load({"content/crisis-lines.json", lines},
                                                       {"content/help-texts.json", texts});
  companion::ConsentWords words = companion::ConsentWords::load({"content/consent.json", consent});
  oversight::Screener screener{*ward.house.database,
                               ward.house.gate,
                               ward.store,
                               [this](std::string_view text) {
                                 ward.meanwhile();
                                 return realReading ? reader().read(text)
                                                    : oversight::testing::invented(text);
                               },
                               ward.queue,
                               ward.pager,
                               ward.house.random,
                               ward.log,
                               ward.metrics,
                               [this](const oversight::Event& event) { live.publish(event); }};
  companion::Conversation conversation{
      *ward.house.database, ward.house.gate, ward.store,
      [this](const oversight::Event& event) { live.publish(event); }};
  bool realReading = false;
  Services services{*ward.house.database,
                    ward.house.gate,
                    ward.house.audit,
                    ward.house.accounts,
                    sessions,
                    ward.store,
                    ward.queue,
                    ward.pager,
                    screener,
                    conversation,
                    help,
                    words,
                    reader(),
                    "# card",
                    ward.house.clock,
                    ward.house.random,
                    ward.log,
                    ward.metrics,
                    live,
                    limiter,
                    api::Clinic{"The clinic", "IE", "en", false, ""},
                    "",
                    "1.2.3",
                    [](const net::Request& request) -> std::optional<net::Response> {
                      if (request.path != "/" && request.path != "/findings/x") return std::nullopt;
                      net::Response page;
                      page.headers["Content-Type"] = "text/html; charset=utf-8";
                      page.body = "<!doctype html>";
                      return page;
                    }};
  Routes routes = allRoutes();
  Account admin = ward.house.account(Role::administrator, {"Ada Min", "ada", "", "en", "IE"});
  int places = 0;
  Account officer = ward.house.account(Role::dataProtection, {"Dora P", "dora", "", "en", "IE"});
};

inline net::Request Browser::request(const std::string& method, const std::string& target,
                                     const std::string& body) const {
  net::Request request;
  request.method = method;
  const std::size_t mark = target.find('?');
  request.path = target.substr(0, mark);
  if (mark != std::string::npos) {
    std::stringstream query(target.substr(mark + 1));
    for (std::string pair; std::getline(query, pair, '&');) {
      const std::size_t equals = pair.find('=');
      request.query[pair.substr(0, equals)] =
          equals == std::string::npos ? "" : pair.substr(equals + 1);
    }
  }
  request.headers = headers;
  if (!session.empty()) request.headers["Cookie"] = "other=1; attune=" + session;
  request.body = body;
  request.remoteAddress = address;
  request.secure = secure;
  return request;
}

inline net::Response Browser::send(const std::string& method, const std::string& target,
                                   const std::string& body) {
  const net::Response response = clinic_.answer(request(method, target, body));
  for (const std::string& cookie : response.cookies) {
    if (cookie.starts_with("attune=")) session = cookie.substr(7, cookie.find(';') - 7);
  }
  return response;
}

inline js::Value parsed(const net::Response& response) {
  return js::parse(response.body);
}

// The members of problem+json; the status must say the same in both places.
inline void expectProblem(const net::Response& response, int status, std::string_view type,
                          const std::string& because = "") {
  EXPECT_EQ(response.status, status) << because << " " << response.body;
  const auto found = response.headers.find("Content-Type");
  ASSERT_NE(found, response.headers.end()) << because;
  EXPECT_EQ(found->second, "application/problem+json") << because;
  const js::Value value = parsed(response);
  EXPECT_EQ(value.at("type").as_string(), "urn:attune:problem:" + std::string(type)) << because;
  EXPECT_EQ(value.at("status").as_int64(), status) << because;
  EXPECT_FALSE(value.at("title").as_string().empty()) << because;
  EXPECT_FALSE(value.at("detail").as_string().empty()) << because;
}

}  // namespace attune::api::testing
