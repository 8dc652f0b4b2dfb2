// Signing in and staying signed in.
#include "api/api_testing.h"

namespace attune::api {
namespace {

using testing::Browser;
using testing::Clinic;
using testing::expectProblem;
using testing::FakeSocket;
using testing::hours;
using testing::minutes;
using testing::parsed;
using testing::seconds;
namespace js = base::json;

class SessionTest : public ::testing::Test {
 protected:
  net::Response useLink(Browser& browser, const std::string& token) {
    return browser.post("/api/session/link", {{"token", token}});
  }
  Clinic clinic_;
};

// A link is good once, for its time, for the one it was made for.
TEST_F(SessionTest, wrongExpiredAndReusedLinksAreRefused) {
  Browser browser(clinic_);
  for (const std::string& wrong :
       {std::string(), std::string("x"), clinic_.newId(), std::string(100000, 'a')}) {
    expectProblem(useLink(browser, wrong), 401, "unauthenticated");
    clinic_.advance(minutes(1));
  }
  const std::string token = clinic_.link(clinic_.ward.client, minutes(60));
  clinic_.advance(minutes(60) + seconds(1));
  expectProblem(useLink(browser, token), 401, "unauthenticated");
  const std::string good = clinic_.link(clinic_.ward.client, minutes(60));
  EXPECT_EQ(useLink(browser, good).status, 200);
  Browser thief(clinic_);
  expectProblem(useLink(thief, good), 401, "unauthenticated");
  EXPECT_TRUE(thief.session.empty());
  EXPECT_EQ(clinic_.audit("sign-in").back().result, "refused");
}

// The cookie can't be read by a script, is not sent along from other sites, only over TLS where
// there is TLS - and lasts as long as a session may, or staff would be signed out while they work.
TEST_F(SessionTest, cookieAttributes) {
  for (const bool secure : {false, true}) {
    Browser browser(clinic_);
    browser.secure = secure;
    const auto response = useLink(browser, clinic_.link(clinic_.ward.staff, minutes(60)));
    ASSERT_EQ(response.cookies.size(), 1u);
    const std::string& cookie = response.cookies[0];
    EXPECT_TRUE(base::isIdText(browser.session));
    EXPECT_NE(cookie.find("; HttpOnly"), std::string::npos);
    EXPECT_NE(cookie.find("; SameSite=Strict"), std::string::npos);
    EXPECT_NE(cookie.find("; Path=/"), std::string::npos);
    EXPECT_NE(cookie.find("; Max-Age=43200"), std::string::npos) << cookie;
    EXPECT_EQ(cookie.find("; Secure") != std::string::npos, secure);
    EXPECT_EQ(cookie.find("Domain"), std::string::npos);
    EXPECT_EQ(response.body.find(browser.session), std::string::npos);
  }
}

// An unattended screen in a corridor: half an hour without use, or twelve hours in all.
TEST_F(SessionTest, endsWhenIdleAndAfterTheLongestTime) {
  Browser browser = clinic_.signedIn(clinic_.ward.staff);
  for (int i = 0; i < 24; ++i) {
    clinic_.advance(minutes(30));
    EXPECT_EQ(browser.get("/api/me").status, 200) << i;
  }
  clinic_.advance(minutes(1));
  expectProblem(browser.get("/api/me"), 401, "unauthenticated");

  Browser idle = clinic_.signedIn(clinic_.ward.staff);
  clinic_.advance(minutes(30) + seconds(1));
  expectProblem(idle.get("/api/me"), 401, "unauthenticated");
  clinic_.advance(-minutes(30));
  expectProblem(idle.get("/api/me"), 401, "unauthenticated");  // ended is ended

  Browser client = clinic_.signedIn(clinic_.ward.client);
  clinic_.advance(hours(24));
  EXPECT_EQ(client.get("/api/me").status, 200);
}

// A page that refreshes itself, or connects again by itself, is nobody at work.
TEST_F(SessionTest, backgroundDoesNotKeepItAlive) {
  Browser browser = clinic_.signedIn(clinic_.ward.staff);
  Browser background = browser;
  background.headers["X-Attune-Background"] = "1";
  for (int i = 0; i < 5; ++i) {
    clinic_.advance(minutes(6));
    EXPECT_EQ(background.get("/api/findings").status, 200);
    net::Request live = browser.request("GET", "/api/live", "");
    live.headers["Host"] = "attune.example";
    live.headers["Origin"] = "http://attune.example";
    EXPECT_TRUE(
        acceptLive(clinic_.services, live, std::make_shared<FakeSocket>()).accepted.has_value());
  }
  clinic_.advance(seconds(1));
  expectProblem(background.get("/api/findings"), 401, "unauthenticated");
}

// Five wrong tries a minute from one address, then a pause - also for a right one, and for that
// address only. A right sign-in takes nothing from the five.
TEST_F(SessionTest, wrongSignInsAreLimited) {
  Browser browser(clinic_);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(useLink(browser, clinic_.link(clinic_.ward.client, minutes(60))).status, 200) << i;
  }
  for (int i = 0; i < 5; ++i) {
    expectProblem(browser.post("/api/session/password",
                               {{"login", "mara"}, {"password", "wrong wrong wrong"}}),
                  401, "unauthenticated");
  }
  const auto refused = useLink(browser, clinic_.link(clinic_.ward.client, minutes(60)));
  expectProblem(refused, 429, "rate-limited");
  EXPECT_FALSE(refused.headers.at("Retry-After").empty());
  Browser elsewhere(clinic_);
  elsewhere.address = "192.0.2.8";
  EXPECT_EQ(useLink(elsewhere, clinic_.link(clinic_.ward.client, minutes(60))).status, 200);
  clinic_.advance(seconds(13));
  EXPECT_EQ(useLink(browser, clinic_.link(clinic_.ward.client, minutes(60))).status, 200);
  // Who is signed in already goes on working meanwhile.
  EXPECT_EQ(browser.get("/api/me").status, 200);
}

// Whoever asks for a great many things unsigned is limited too, before anything is looked up.
TEST_F(SessionTest, refusalsCountAgainstTheLimit) {
  Browser stranger(clinic_);
  int limited = 0;
  for (int i = 0; i < 5100; ++i) limited += stranger.get("/api/me").status == 429 ? 1 : 0;
  EXPECT_EQ(limited, 100);
}

// Somebody without a name gets a code once; with it, and with nothing like it, they come back.
TEST_F(SessionTest, startWithoutANameAndComeBack) {
  Browser browser(clinic_);
  const auto response = browser.post("/api/session/start", {{"country", "IE"}});
  ASSERT_EQ(response.status, 201);
  const js::Value value = parsed(response);
  const std::string code(value.at("recoveryCode").as_string());
  const std::string person(value.at("account").at("personId").as_string());
  EXPECT_TRUE(value.at("account").at("anonymous").as_bool());
  EXPECT_EQ(parsed(browser.get("/api/me")).at("account").at("personId").as_string(), person);
  EXPECT_EQ(browser.get("/api/me").body.find(code), std::string::npos);

  Browser phone(clinic_);
  const auto back = phone.post("/api/session/recover", {{"code", code}});
  EXPECT_EQ(back.status, 200);
  EXPECT_EQ(parsed(back).at("account").at("personId").as_string(), person);
  std::string wrong = code;
  wrong[0] = wrong[0] == 'a' ? 'b' : 'a';
  expectProblem(phone.post("/api/session/recover", {{"code", wrong}}), 401, "unauthenticated");
  // Somebody is there to read what they write.
  Browser staff = clinic_.signedIn(clinic_.ward.staff);
  EXPECT_EQ(parsed(staff.get("/api/caseload")).at("clients").as_array().size(), 2u);
}

TEST_F(SessionTest, startsAreLimited) {
  Browser browser(clinic_);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(browser.post("/api/session/start", js::Object{}).status, 201);
  }
  expectProblem(browser.post("/api/session/start", js::Object{}), 429, "rate-limited");
  expectProblem(browser.post("/api/session/start", {{"country", "Ireland"}}), 429, "rate-limited");
}

// A password is set by who is signed in, is checked, and opens nothing for a client.
TEST_F(SessionTest, passwords) {
  Browser staff = clinic_.signedIn(clinic_.ward.staff);
  expectProblem(staff.put("/api/me/password", {{"password", "short"}}), 400, "invalid");
  EXPECT_EQ(staff.put("/api/me/password", {{"password", "seven wet umbrellas"}}).status, 204);
  Browser again(clinic_);
  EXPECT_EQ(
      again.post("/api/session/password", {{"login", "mara"}, {"password", "seven wet umbrellas"}})
          .status,
      200);
  for (const char* login : {"mara", "tom", "nobody", ""}) {
    expectProblem(again.post("/api/session/password",
                             {{"login", login}, {"password", "eight wet umbrellas"}}),
                  401, "unauthenticated", login);
    clinic_.advance(minutes(1));
  }
  expectProblem(again.post("/api/session/password",
                           {{"login", "mara"}, {"password", std::string(1025, 'a')}}),
                400, "invalid");
}

// Signed out is signed out: the cookie opens nothing any more and the page's live connection ends.
TEST_F(SessionTest, signOutEndsTheSessionAndItsSockets) {
  Browser one = clinic_.signedIn(clinic_.ward.client);
  Browser two = clinic_.signedIn(clinic_.ward.client);
  auto first = std::make_shared<FakeSocket>();
  auto second = std::make_shared<FakeSocket>();
  clinic_.live.join(clinic_.ward.client, one.session, first);
  clinic_.live.join(clinic_.ward.client, two.session, second);
  const std::string cookie = one.session;
  const auto response = one.remove("/api/session");
  EXPECT_EQ(response.status, 204);
  EXPECT_NE(response.cookies.at(0).find("Max-Age=0"), std::string::npos);
  EXPECT_TRUE(first->closed);
  EXPECT_FALSE(second->closed);
  one.session = cookie;
  expectProblem(one.get("/api/me"), 401, "unauthenticated");
  EXPECT_EQ(two.get("/api/me").status, 200);
}

// A cookie that is none.
TEST_F(SessionTest, inventedCookiesOpenNothing) {
  Browser browser(clinic_);
  for (const std::string& cookie :
       {std::string("x"), clinic_.newId(), std::string(10000, 'a'), std::string("' OR 1=1 --")}) {
    browser.session = cookie;
    expectProblem(browser.get("/api/me"), 401, "unauthenticated");
  }
}

}  // namespace
}  // namespace attune::api
