// Open pages: who is told what, and who may connect.
#include "api/live.h"

#include "api/api_testing.h"

namespace attune::api {
namespace {

using oversight::Event;
using testing::Browser;
using testing::Clinic;
using testing::FakeSocket;
using testing::minutes;
namespace js = base::json;

class LiveTest : public ::testing::Test {
 protected:
  std::shared_ptr<FakeSocket> join(const trust::Account& account,
                                   const std::string& session = "s") {
    auto socket = std::make_shared<FakeSocket>();
    handlers_.push_back(clinic_.live.join(account, session, socket));
    return socket;
  }
  // The types each socket has been told, in order.
  static std::vector<std::string> told(const FakeSocket& socket) {
    std::vector<std::string> types;
    for (const std::string& text : socket.sent) {
      types.emplace_back(js::parse(text).at("type").as_string());
    }
    return types;
  }
  net::Handlers::Upgrade connect(const Browser& browser, const std::string& origin,
                                 const std::string& path = "/api/live") {
    net::Request request = browser.request("GET", path, "");
    request.headers["Host"] = "attune.example";
    if (!origin.empty()) request.headers["Origin"] = origin;
    return acceptLive(clinic_.services, request, std::make_shared<FakeSocket>());
  }

  Clinic clinic_;
  std::vector<net::SocketHandlers> handlers_;
};

// The team learns of a finding at once; the client never by a machine; others nothing at all.
TEST_F(LiveTest, eachIsToldWhatConcernsThem) {
  const trust::Account neighbour = clinic_.ward.house.account(trust::Role::client);
  const auto client = join(clinic_.ward.client);
  const auto staff = join(clinic_.ward.staff);
  const auto other = join(clinic_.ward.other);
  const auto next = join(neighbour);
  const auto admin = join(clinic_.admin);
  clinic_.ward.onCall(clinic_.ward.staff);
  Browser browser = clinic_.signedIn(clinic_.ward.client);
  browser.post("/api/me/messages", {{"id", clinic_.newId()}, {"text", "[crisis] secret words"}});
  EXPECT_EQ(told(*client), (std::vector<std::string>{"message", "help", "screened"}));
  EXPECT_EQ(told(*staff), (std::vector<std::string>{"message", "finding", "page"}));
  EXPECT_TRUE(other->sent.empty());
  EXPECT_TRUE(next->sent.empty());
  EXPECT_TRUE(admin->sent.empty());
  const js::Value finding = js::parse(staff->sent[1]);
  EXPECT_EQ(finding.at("kind").as_string(), "possible-crisis");
  EXPECT_EQ(finding.at("priority").as_int64(), 1);
  EXPECT_EQ(finding.at("personId").as_string(), clinic_.ward.client.person.value);

  client->sent.clear();
  staff->sent.clear();
  Browser mara = clinic_.signedIn(clinic_.ward.staff);
  const std::string page = clinic_.ward.pagesOf(clinic_.ward.staff).at(0).id;
  mara.post("/api/pages/" + page + "/ack", js::Object{});
  mara.get("/api/findings/" + std::string(finding.at("id").as_string()));
  EXPECT_EQ(told(*client), (std::vector<std::string>{"person-coming", "read"}));
  EXPECT_EQ(js::parse(client->sent[0]).at("by").as_string(), "Mara Voss");
  EXPECT_EQ(told(*staff), (std::vector<std::string>{"page-acked"}));
  for (const auto& socket : {client, staff}) {
    for (const std::string& text : socket->sent) {
      EXPECT_EQ(text.find("secret"), std::string::npos);
      EXPECT_EQ(text.find("Rosalind"), std::string::npos);
    }
  }
}

// Who left the team is told nothing more.
TEST_F(LiveTest, whoLeftTheTeamIsNotTold) {
  const auto staff = join(clinic_.ward.staff);
  clinic_.ward.house.leave(clinic_.ward.client, clinic_.ward.staff, clinic_.ward.house.clock.now());
  clinic_.live.publish({Event::Type::message, clinic_.ward.client.person, "m", {}, 0});
  EXPECT_TRUE(staff->sent.empty());
}

// Two pages of one person are both told, and a closed one is forgotten.
TEST_F(LiveTest, everyOpenPageIsToldUntilItCloses) {
  const auto one = join(clinic_.ward.client);
  const auto two = join(clinic_.ward.client);
  EXPECT_EQ(clinic_.live.connected(), 2u);
  clinic_.live.publish({Event::Type::help, clinic_.ward.client.person, "", {}, 0});
  handlers_[0].onClose();
  EXPECT_EQ(clinic_.live.connected(), 1u);
  handlers_[0].onClose();  // once more does no harm
  clinic_.live.publish({Event::Type::help, clinic_.ward.client.person, "", {}, 0});
  EXPECT_EQ(one->sent.size(), 1u);
  EXPECT_EQ(two->sent.size(), 2u);
}

// Telling is a convenience: if it fails, what was stored stays stored and the request goes through.
TEST_F(LiveTest, failureToTellHarmsNothing) {
  join(clinic_.ward.client);
  clinic_.ward.house.database->lease()->script("ALTER TABLE care_team RENAME TO care_team_gone;");
  clinic_.live.publish({Event::Type::help, clinic_.ward.client.person, "", {}, 0});
  clinic_.ward.house.database->lease()->script("ALTER TABLE care_team_gone RENAME TO care_team;");
}

// Any page on the web can open a WebSocket here, and the browser sends the cookie along: only our
// own pages get in.
TEST_F(LiveTest, onlyOurOwnPagesConnect) {
  Browser browser = clinic_.signedIn(clinic_.ward.client);
  EXPECT_TRUE(connect(browser, "http://attune.example").accepted.has_value());
  // Behind a proxy that speaks TLS, the page is https and the connection to us is not.
  EXPECT_TRUE(connect(browser, "https://attune.example").accepted.has_value());
  for (const char* origin : {"", "null", "http://evil.example", "https://evil.example",
                             "http://attune.example.evil.example", "http://attune.example:81",
                             "http://attune.example/"}) {
    const auto refused = connect(browser, origin);
    EXPECT_FALSE(refused.accepted.has_value()) << origin;
    EXPECT_EQ(refused.refusal.status, 403) << origin;
    EXPECT_TRUE(refused.refusal.headers.contains("Content-Security-Policy"));
  }
  browser.secure = true;
  EXPECT_TRUE(connect(browser, "https://attune.example").accepted.has_value());
  EXPECT_FALSE(connect(browser, "http://attune.example").accepted.has_value());
  browser.secure = false;
  EXPECT_EQ(connect(browser, "http://attune.example", "/api/other").refusal.status, 404);
  Browser stranger(clinic_);
  EXPECT_EQ(connect(stranger, "http://attune.example").refusal.status, 401);
  stranger.session = clinic_.newId();
  EXPECT_EQ(connect(stranger, "http://attune.example").refusal.status, 401);
}

// A session that ended by itself (idle, signed out elsewhere, erased) is told nothing more.
TEST_F(LiveTest, endedSessionsAreClosed) {
  Browser browser = clinic_.signedIn(clinic_.ward.staff);
  const auto staff = join(clinic_.ward.staff, browser.session);
  Browser other = clinic_.signedIn(clinic_.ward.client);
  const auto client = join(clinic_.ward.client, other.session);
  clinic_.advance(minutes(31));
  const auto lease = clinic_.ward.house.database->lease();
  clinic_.live.closeEnded([&](const std::string& token) {
    return clinic_.sessions.resume(*lease, token, false).has_value();
  });
  EXPECT_TRUE(staff->closed);
  EXPECT_FALSE(client->closed);
}

}  // namespace
}  // namespace attune::api
