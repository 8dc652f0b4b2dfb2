// What the care team sees and decides.
#include "api/api_testing.h"

namespace attune::api {
namespace {

using testing::Browser;
using testing::Clinic;
using testing::expectProblem;
using testing::hours;
using testing::minutes;
using testing::parsed;
using trust::Purpose;
using trust::Source;
namespace js = base::json;

class CareTest : public ::testing::Test {
 protected:
  std::string write(const std::string& text) {
    const std::string id = clinic_.newId();
    EXPECT_EQ(client_.post("/api/me/messages", {{"id", id}, {"text", text}}).status, 201);
    return id;
  }
  js::Value findings(Browser& browser, const std::string& query = "") {
    return parsed(browser.get("/api/findings" + query)).at("findings");
  }
  std::string idOf(const js::Value& list, std::size_t at = 0) {
    return std::string(list.at(at).at("id").as_string());
  }
  net::Response decide(Browser& browser, const std::string& id, js::Value version,
                       const std::string& decision = "accept",
                       const std::string& reason = "talked about it") {
    return browser.post("/api/findings/" + id + "/decision",
                        {{"decision", decision}, {"reason", reason}, {"version", version}});
  }

  Clinic clinic_;
  Browser client_ = clinic_.signedIn(clinic_.ward.client);
  Browser staff_ = clinic_.signedIn(clinic_.ward.staff);
  Browser other_ = clinic_.signedIn(clinic_.ward.other);
};

// A finding is for the team alone, with what a person needs to judge it.
TEST_F(CareTest, findingIsForTheTeamAlone) {
  clinic_.ward.onCall(clinic_.ward.staff);
  write("👩‍👧 é [crisis] and more");
  const js::Value list = findings(staff_);
  ASSERT_EQ(list.as_array().size(), 1u);
  EXPECT_EQ(list.at(0).at("kind").as_string(), "possible-crisis");
  EXPECT_EQ(list.at(0).at("priority").as_int64(), 1);
  EXPECT_TRUE(findings(other_).as_array().empty());
  const std::string path = "/api/findings/" + idOf(list);
  const js::Value finding = parsed(staff_.get(path)).at("finding");
  // The marked words, cut out by UTF-16 units as the page does it: emoji before them count two.
  const js::Value& mark = finding.at("evidence").at(0);
  EXPECT_EQ(mark.at("start").to_number<int>(), 8);
  EXPECT_EQ(mark.at("end").to_number<int>(), 16);
  EXPECT_EQ(finding.at("model").as_string(), "invented 1");
  EXPECT_FALSE(finding.at("cannotTell").as_array().empty());
  EXPECT_EQ(finding.at("baseRate").to_number<double>(), 1.0);
  EXPECT_EQ(finding.at("threshold").to_number<double>(), 0.2);
  expectProblem(other_.get(path), 404, "not-found");
  EXPECT_EQ(clinic_.audit("refused").back().actor, clinic_.ward.other.id.value);
  // Who opened it has seen the message.
  const js::Value message = parsed(client_.get("/api/me/messages")).at("messages").at(0);
  EXPECT_EQ(message.at("readBy").at(0).at("name").as_string(), "Mara Voss");
}

// Guessed ids: another's record and one that does not exist answer alike, and both leave a trace.
TEST_F(CareTest, guessesAreAnsweredAlikeAndLeaveATrace) {
  write("[crisis]");
  const std::string theirs = idOf(findings(staff_));
  const std::string nobodys = clinic_.newId();
  const auto alike = [&](const std::string& method, const std::string& a, const std::string& b) {
    const auto before = clinic_.audit("refused").size();
    const auto first = other_.send(method, a,
                                   "{\"accountId\":\"x\",\"decision\":\"act\","
                                   "\"reason\":\"x\",\"version\":1,\"id\":\"" +
                                       clinic_.newId() + "\",\"text\":\"x\"}");
    const auto second = other_.send(method, b,
                                    "{\"accountId\":\"x\",\"decision\":\"act\","
                                    "\"reason\":\"x\",\"version\":1,\"id\":\"" +
                                        clinic_.newId() + "\",\"text\":\"x\"}");
    expectProblem(first, 404, "not-found", a);
    EXPECT_EQ(first.body, second.body) << a;
    EXPECT_EQ(clinic_.audit("refused").size(), before + 2) << a;
  };
  alike("GET", "/api/findings/" + theirs, "/api/findings/" + nobodys);
  alike("POST", "/api/findings/" + theirs + "/decision", "/api/findings/" + nobodys + "/decision");
  alike("POST", "/api/findings/" + theirs + "/assign", "/api/findings/" + nobodys + "/assign");
  const std::string person = clinic_.ward.client.person.value;
  alike("GET", "/api/patients/" + person, "/api/patients/" + nobodys);
  alike("GET", "/api/patients/" + person + "/messages", "/api/patients/" + nobodys + "/messages");
  alike("POST", "/api/patients/" + person + "/messages", "/api/patients/" + nobodys + "/messages");
  alike("GET", "/api/patients/" + person + "/observations",
        "/api/patients/" + nobodys + "/observations");
  const std::string page = clinic_.ward.pagesOf(clinic_.ward.staff).at(0).id;
  alike("POST", "/api/pages/" + page + "/ack", "/api/pages/" + nobodys + "/ack");
  EXPECT_TRUE(findings(other_, "?person=" + person).as_array().empty());
  for (const char* bad : {"x", "../secret", "%00", "ffffffffffffffffffffffffff'"}) {
    expectProblem(staff_.get(std::string("/api/findings/") + bad), 404, "not-found", bad);
  }
}

// The second of two who decide learns that the first has decided.
TEST_F(CareTest, decisionAndConflict) {
  clinic_.ward.house.join(clinic_.ward.client, clinic_.ward.other);
  write("[crisis]");
  const std::string id = idOf(findings(staff_));
  for (const js::Value& version : {js::Value(0), js::Value(2), js::Value(-1), js::Value(1e300),
                                   js::Value(nullptr), js::Value("1")}) {
    const auto response = decide(staff_, id, version);
    EXPECT_TRUE(response.status == 409 || response.status == 400) << response.body;
  }
  expectProblem(decide(staff_, id, 1, "perhaps"), 400, "invalid");
  expectProblem(decide(staff_, id, 1, "act", "  "), 400, "invalid");
  const auto done = decide(staff_, id, 1, "act", "rang her");
  EXPECT_EQ(done.status, 200);
  EXPECT_EQ(parsed(done).at("finding").at("decision").at("by").as_string(), "Mara Voss");
  EXPECT_EQ(parsed(done).at("finding").at("decision").at("reason").as_string(), "rang her");
  expectProblem(decide(other_, id, 1), 409, "conflict");
  EXPECT_TRUE(findings(staff_).as_array().empty());
  EXPECT_EQ(findings(staff_, "?state=decided").as_array().size(), 1u);
  EXPECT_EQ(clinic_.audit("decision").size(), 1u);
}

TEST_F(CareTest, assigningIsForTheTeam) {
  write("[strain]");
  const std::string id = idOf(findings(staff_));
  const auto assign = [&](const std::string& to) {
    return staff_.post("/api/findings/" + id + "/assign", {{"accountId", to}});
  };
  expectProblem(assign(clinic_.ward.other.id.value), 400, "invalid");
  expectProblem(assign(clinic_.admin.id.value), 400, "invalid");
  expectProblem(assign(""), 400, "invalid");
  clinic_.ward.house.join(clinic_.ward.client, clinic_.ward.other);
  const auto done = assign(clinic_.ward.other.id.value);
  EXPECT_EQ(done.status, 200);
  EXPECT_EQ(parsed(done).at("finding").at("state").as_string(), "assigned");
  EXPECT_EQ(parsed(done).at("finding").at("assignedTo").as_string(), clinic_.ward.other.id.value);
}

// After a no, what came from the words is not shown anywhere: not the finding, not its count.
TEST_F(CareTest, withdrawalHidesFindingsEverywhere) {
  write("[crisis]");
  const std::string id = idOf(findings(staff_));
  clinic_.ward.house.say(clinic_.ward.client, Source::messages, Purpose::alerts, false);
  EXPECT_TRUE(findings(staff_).as_array().empty());
  expectProblem(staff_.get("/api/findings/" + id), 403, "forbidden");
  expectProblem(decide(staff_, id, 1), 403, "forbidden");
  const js::Value row = parsed(staff_.get("/api/caseload")).at("clients").at(0);
  EXPECT_FALSE(row.at("crisis").as_bool());
  EXPECT_EQ(row.at("openFindings").as_int64(), 0);
  const std::string person = "/api/patients/" + clinic_.ward.client.person.value;
  EXPECT_EQ(parsed(staff_.get(person)).at("person").at("openFindings").to_number<int>(), 0);
  EXPECT_EQ(staff_.get(person + "/messages").status, 200);  // that yes still stands
  clinic_.ward.house.say(clinic_.ward.client, Source::messages, Purpose::care, false);
  expectProblem(staff_.get(person + "/messages"), 403, "forbidden");
}

// Findings that may not be shown must not crowd out those that may.
TEST_F(CareTest, hiddenFindingsDoNotCrowdOutOthers) {
  write("[crisis]");
  write("[crisis]");
  const trust::Account second = clinic_.ward.house.account(trust::Role::client);
  clinic_.ward.agree(second, true);
  clinic_.ward.house.join(second, clinic_.ward.staff);
  clinic_.screener.screen(clinic_.ward.write(second, "[strain]"));
  clinic_.ward.house.say(clinic_.ward.client, Source::messages, Purpose::alerts, false);
  EXPECT_EQ(findings(staff_, "?limit=1").as_array().size(), 1u);
}

// One damaged finding must not hide the whole queue.
TEST_F(CareTest, oneDamagedFindingDoesNotHideTheOthers) {
  write("[crisis]");
  write("[strain]");
  const std::string id = idOf(findings(staff_));
  clinic_.ward.house.database->lease()->exec("UPDATE resource SET sealed = $2 WHERE id = $1",
                                             {id, base::Bytes(200, 7)});
  EXPECT_EQ(findings(staff_).as_array().size(), 1u);
  EXPECT_NE(clinic_.ward.logged().find(id), std::string::npos);
  expectProblem(staff_.get("/api/findings/" + id), 500, "corrupt");
}

// Staff answer, and the client sees who it was.
TEST_F(CareTest, staffAnswer) {
  const std::string path = "/api/patients/" + clinic_.ward.client.person.value + "/messages";
  const auto response = staff_.post(path, {{"id", clinic_.newId()}, {"text", "I am here"}});
  EXPECT_EQ(response.status, 201);
  const js::Value message = parsed(client_.get("/api/me/messages")).at("messages").at(0);
  EXPECT_EQ(message.at("from").as_string(), "staff");
  EXPECT_EQ(message.at("author").as_string(), "Mara Voss");
  EXPECT_EQ(clinic_.ward.owed(), 0);
}

// A page is taken once; the list says by whom. Old pages are not asked about again each time.
TEST_F(CareTest, pagesAreTakenOnce) {
  clinic_.ward.onCall(clinic_.ward.staff);
  clinic_.ward.onCall(clinic_.ward.other);
  write("[crisis]");
  const js::Value pages = parsed(other_.get("/api/pages")).at("pages");
  ASSERT_EQ(pages.as_array().size(), 1u);
  EXPECT_EQ(pages.at(0).at("name").as_string(), "Rosalind Quill");
  const std::string id(pages.at(0).at("id").as_string());
  const auto taken = other_.post("/api/pages/" + id + "/ack", js::Object{});
  EXPECT_EQ(taken.status, 200);
  EXPECT_EQ(parsed(taken).at("page").at("ackedBy").as_string(), "Tom Hale");
  expectProblem(staff_.post("/api/pages/" + id + "/ack", js::Object{}), 409, "conflict");
  EXPECT_EQ(clinic_.audit("page-acknowledged").size(), 1u);
  EXPECT_TRUE(parsed(client_.get("/api/me/messages")).at("help").is_null());
  // Leave by the page ends; the list then says no name, and is no refusal in the client's list.
  clinic_.advance(hours(73));
  Browser later = clinic_.signedIn(clinic_.ward.other);
  const auto refusals = clinic_.audit("refused").size();
  EXPECT_EQ(parsed(later.get("/api/pages")).at("pages").at(0).at("name").as_string(), "");
  EXPECT_EQ(clinic_.audit("refused").size(), refusals);
}

TEST_F(CareTest, onCallIsSetByThemselves) {
  EXPECT_EQ(staff_.put("/api/me/on-call", {{"onCall", true}}).status, 200);
  expectProblem(staff_.put("/api/me/on-call", {{"onCall", "yes"}}), 400, "invalid");
  bool found = false;
  const js::Value list = parsed(staff_.get("/api/staff")).at("staff");
  for (const js::Value& person : list.as_array()) {
    if (person.at("name").as_string() == "Mara Voss") found = person.at("onCall").as_bool();
  }
  EXPECT_TRUE(found);
  EXPECT_EQ(clinic_.audit("on-call").size(), 1u);
}

TEST_F(CareTest, modelsSayWhatTheyCantTell) {
  const js::Value model = parsed(staff_.get("/api/models")).at("models").at(0);
  EXPECT_FALSE(model.at("cannotTell").as_array().empty());
  EXPECT_EQ(model.at("card").as_string(), "# card");
}

// A whole evening, with the real reader: start without a name, consent, words, page, decision,
// answer, export - and not one word of it in the log.
TEST(Journey, leavesNoWordsInTheLog) {
  Clinic clinic;
  clinic.realReading = true;
  clinic.ward.onCall(clinic.ward.staff);
  Browser client(clinic);
  const js::Value started = parsed(client.post("/api/session/start", {{"country", "IE"}}));
  for (const char* purpose : {"care", "alerts"}) {
    EXPECT_EQ(client
                  .put("/api/me/consents", {{"source", "messages"},
                                            {"purpose", purpose},
                                            {"granted", true},
                                            {"textVersion", clinic.words.version()}})
                  .status,
              200);
  }
  const std::string words = "I want to kill myself tonight, zanzibarquux";
  const auto sent = client.post("/api/me/messages", {{"id", clinic.newId()}, {"text", words}});
  ASSERT_EQ(sent.status, 201);
  EXPECT_FALSE(parsed(sent).at("help").is_null()) << sent.body;
  Browser staff = clinic.signedIn(clinic.ward.staff);
  const js::Value list = parsed(staff.get("/api/findings")).at("findings");
  ASSERT_EQ(list.as_array().size(), 1u);
  const std::string id(list.at(0).at("id").as_string());
  const js::Value finding = parsed(staff.get("/api/findings/" + id)).at("finding");
  EXPECT_EQ(finding.at("message").at("text").as_string(), words);
  EXPECT_FALSE(finding.at("evidence").as_array().empty());
  EXPECT_EQ(staff
                .post("/api/findings/" + id + "/decision",
                      {{"decision", "act"}, {"reason", "rang, quuxzanzibar"}, {"version", 1}})
                .status,
            200);
  clinic.advance(minutes(10));
  clinic.ward.tick();
  clinic.ward.meanwhile = [] { throw base::Problem(base::Problem::Kind::internal, "broken"); };
  client.post("/api/me/messages", {{"id", clinic.newId()}, {"text", words + " again"}});
  clinic.screener.step();
  client.get("/api/me/export");
  client.send("POST", "/api/me/messages", "{\"id\":1,\"text\":\"zanzibarquux\"}");
  client.get("/api/me/messages?limit=zanzibarquux");
  client.post("/api/session/recover", {{"code", "zanzibarquux"}});
  client.post("/api/session/password", {{"login", "zanzibarquux"}, {"password", "zanzibarquux"}});
  client.remove("/api/session");
  const std::string log = clinic.ward.logged();
  EXPECT_FALSE(log.empty());
  const std::string code(started.at("recoveryCode").as_string());
  for (const std::string& word :
       {std::string("zanzibar"), std::string("kill"), code, client.session, staff.session,
        std::string("Mara"), std::string("quuxzanzibar")}) {
    if (word.empty()) continue;
    EXPECT_EQ(log.find(word), std::string::npos) << word << "\n" << log;
  }
  client.address = "127.0.0.1";
  EXPECT_EQ(client.get("/metrics").body.find("zanzibar"), std::string::npos);
  EXPECT_TRUE(clinic.ward.house.verify().intact);
}

}  // namespace
}  // namespace attune::api
