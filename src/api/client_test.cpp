// What a client does, from consent to export.
#include <set>

#include "api/api_testing.h"
#include "api/shapes.h"

namespace attune::api {
namespace {

using testing::Browser;
using testing::Clinic;
using testing::expectProblem;
using testing::minutes;
using testing::parsed;
namespace js = base::json;

class ClientTest : public ::testing::Test {
 protected:
  net::Response write(Browser& browser, const std::string& text, std::string id = "") {
    if (id.empty()) id = clinic_.newId();
    return browser.post("/api/me/messages", {{"id", id}, {"text", text}});
  }
  net::Response say(const std::string& source, const std::string& purpose, bool granted,
                    std::string version = "") {
    if (version.empty()) version = clinic_.words.version();
    return client_.put(
        "/api/me/consents",
        {{"source", source}, {"purpose", purpose}, {"granted", granted}, {"textVersion", version}});
  }
  std::int64_t count(const std::string& table) { return clinic_.ward.count(table); }

  Clinic clinic_;
  Browser client_ = clinic_.signedIn(clinic_.ward.client);
};

// Everything the file asks is shown, nothing is agreed to beforehand, and an answer is kept with
// its time.
TEST_F(ClientTest, consentsAreShownAndAnswered) {
  const trust::Account fresh = clinic_.ward.house.account(trust::Role::client);
  Browser browser = clinic_.signedIn(fresh);
  const js::Value before = parsed(browser.get("/api/me/consents"));
  EXPECT_FALSE(before.at("text").at("paragraphs").as_array().empty());
  for (const js::Value& item : before.at("items").as_array()) {
    EXPECT_FALSE(item.at("granted").as_bool());
    EXPECT_FALSE(item.as_object().contains("since"));
  }
  const auto response =
      browser.put("/api/me/consents", {{"source", "messages"},
                                       {"purpose", "care"},
                                       {"granted", true},
                                       {"textVersion", before.at("text").at("version")}});
  EXPECT_EQ(response.status, 200);
  EXPECT_TRUE(parsed(response).at("granted").as_bool());
  EXPECT_EQ(parsed(response).at("since").as_string(),
            base::formatInstant(clinic_.ward.house.clock.now()));
  browser.headers["Accept-Language"] = "es-MX,es;q=0.9";
  EXPECT_NE(parsed(browser.get("/api/me/consents")).at("text").at("paragraphs"),
            before.at("text").at("paragraphs"));
}

// A yes is a yes to the words that were on the screen; a no counts whatever was on it.
TEST_F(ClientTest, yesToOutdatedWordsIsRefusedAndNoIsNot) {
  expectProblem(say("messages", "research", true, "2020-01-01"), 409, "conflict");
  EXPECT_EQ(say("messages", "alerts", false, "2020-01-01").status, 200);
  EXPECT_FALSE(trust::standingConsent(*clinic_.ward.house.database->lease(),
                                      clinic_.ward.client.person, trust::Source::messages,
                                      trust::Purpose::alerts));
}

TEST_F(ClientTest, onlyWhatIsAskedCanBeAnswered) {
  expectProblem(say("messages", "own", true), 400, "invalid");
  expectProblem(say("diary", "care", true), 400, "invalid");
  expectProblem(say("messages", "everything", true), 400, "invalid");
  expectProblem(client_.put("/api/me/consents", {{"source", "messages"},
                                                 {"purpose", "care"},
                                                 {"granted", "yes"},
                                                 {"textVersion", clinic_.words.version()}}),
                400, "invalid");
}

// Somebody in danger gets the numbers in the very answer to what they wrote.
TEST_F(ClientTest, possibleCrisisAnswersWithHelp) {
  const js::Value quiet = parsed(write(client_, "a quiet day"));
  EXPECT_TRUE(quiet.at("help").is_null());
  EXPECT_EQ(quiet.at("message").at("state").as_string(), "read");
  const std::string id = clinic_.newId();
  const auto response = write(client_, "[crisis]", id);
  EXPECT_EQ(response.status, 201);
  const js::Value value = parsed(response);
  EXPECT_EQ(value.at("help").at("emergency").at("number").as_string(),
            parsed(client_.get("/api/help")).at("emergency").at("number").as_string());
  EXPECT_FALSE(value.at("help").at("lines").as_array().empty());
  // Sent again by a bad connection: the help is there again, and nothing is there twice.
  const auto again = write(client_, "[crisis]", id);
  EXPECT_EQ(again.status, 200);
  EXPECT_FALSE(parsed(again).at("help").is_null());
  EXPECT_EQ(count("page"), 1);
  // And on the page that is opened later, while nobody has taken it.
  EXPECT_FALSE(parsed(client_.get("/api/me/messages")).at("help").is_null());
  expectProblem(write(client_, "other words", id), 409, "conflict");
}

// What the model made of it is for the team; the client is told in person.
TEST_F(ClientTest, answersNeverSayWhatWasFound) {
  for (const char* text : {"[crisis]", "[strain]", "[foreign]"}) {
    const std::string body = write(client_, text).body + client_.get("/api/me/messages").body;
    for (const char* word :
         {"probability", "riskLevel", "finding", "possible-crisis", "priority"}) {
      EXPECT_EQ(body.find(word), std::string::npos) << text << " " << word;
    }
  }
}

// A model that fails must not lose the message or make its writer believe so.
TEST_F(ClientTest, messageIsStoredEvenIfItCantBeRead) {
  clinic_.ward.meanwhile = [] { throw std::runtime_error("broken on: very private"); };
  const auto response = write(client_, "very private");
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(parsed(response).at("message").at("state").as_string(), "stored");
  EXPECT_EQ(clinic_.ward.owed(), 1);
  EXPECT_EQ(clinic_.ward.logged().find("very private"), std::string::npos);
}

// And who may be in danger gets the numbers although nothing can be filed.
TEST_F(ClientTest, helpIsInTheAnswerThoughTheFindingCantBeStored) {
  clinic_.realReading = true;
  clinic_.ward.house.database->lease()->script(
      "CREATE TRIGGER full BEFORE INSERT ON finding BEGIN SELECT RAISE(ABORT, 'no room'); END;");
  const auto response = write(client_, "I want to kill myself tonight");
  EXPECT_EQ(response.status, 201);
  EXPECT_FALSE(parsed(response).at("help").is_null());
  EXPECT_EQ(clinic_.ward.owed(), 1);
}

TEST_F(ClientTest, badMessagesAreRefusedWithTheirPlace) {
  expectProblem(write(client_, "   "), 400, "invalid");
  expectProblem(write(client_, "x", "short"), 400, "invalid");
  const auto tooLong = write(client_, std::string(20001, 'a'));
  expectProblem(tooLong, 413, "too-large");
  EXPECT_EQ(parsed(tooLong).at("where").as_string(), "/text");
  EXPECT_EQ(count("resource"), 0);
  EXPECT_EQ(say("messages", "care", false).status, 200);
  expectProblem(write(client_, "hello"), 403, "forbidden");
  EXPECT_EQ(count("resource"), 0);
}

// What goes in comes out, whatever it is.
TEST_F(ClientTest, textComesBackByteForByte) {
  const std::string text = "שלום \xE2\x80\xAE\x01\x7f\xE2\x80\x8B 👩‍👧 </script>\"\\\n";
  write(client_, text);
  const js::Value value = parsed(client_.get("/api/me/messages"));
  EXPECT_EQ(value.at("messages").at(0).at("text").as_string(), text);
}

TEST_F(ClientTest, pagesBackByMessage) {
  for (int i = 0; i < 5; ++i) {
    clinic_.advance(minutes(1));
    write(client_, "m" + std::to_string(i));
  }
  const js::Value newest = parsed(client_.get("/api/me/messages?limit=2"));
  EXPECT_TRUE(newest.at("more").as_bool());
  EXPECT_EQ(newest.at("messages").at(1).at("text").as_string(), "m4");
  const std::string before(newest.at("messages").at(0).at("id").as_string());
  const js::Value older = parsed(client_.get("/api/me/messages?limit=3&before=" + before));
  EXPECT_FALSE(older.at("more").as_bool());
  EXPECT_EQ(older.at("messages").at(2).at("text").as_string(), "m2");
  expectProblem(client_.get("/api/me/messages?before=" + clinic_.newId()), 404, "not-found");
}

// Help is there for everybody, signed in or not, and for a country that we know nothing of.
TEST_F(ClientTest, helpNeedsNoSignIn) {
  Browser stranger(clinic_);
  for (const char* country : {"", "IE", "ie", "ZZ", "<script>"}) {
    const auto response = stranger.get(std::string("/api/help?country=") + country);
    EXPECT_EQ(response.status, 200);
    EXPECT_FALSE(parsed(response).at("emergency").at("number").as_string().empty());
    EXPECT_EQ(response.body.find("<script>"), std::string::npos);
  }
}

// Asking for a person pages one, once, without any consent.
TEST_F(ClientTest, callMePagesOnce) {
  say("messages", "care", false);
  EXPECT_EQ(client_.post("/api/me/call-me", js::Object{}).status, 202);
  EXPECT_EQ(client_.post("/api/me/call-me", js::Object{}).status, 202);
  EXPECT_EQ(count("page"), 1);
  EXPECT_EQ(clinic_.audit("call-me").size(), 2u);
}

// Who looked, why, and who tried and was refused. The own reading is no news.
TEST_F(ClientTest, accessListNamesWhoAndWhy) {
  write(client_, "hello");
  Browser staff = clinic_.signedIn(clinic_.ward.staff);
  Browser other = clinic_.signedIn(clinic_.ward.other);
  const std::string path = "/api/patients/" + clinic_.ward.client.person.value + "/messages";
  staff.get(path);
  expectProblem(other.get(path), 404, "not-found");
  std::set<std::string> lines;
  const js::Value list = parsed(client_.get("/api/me/access")).at("entries");
  for (const js::Value& entry : list.as_array()) {
    lines.insert(
        std::string(entry.at("who").as_string()) + "|" + std::string(entry.at("role").as_string()) +
        "|" + std::string(entry.at("action").as_string()) + "|" +
        std::string(entry.at("what").as_string()) + "|" + std::string(entry.at("why").as_string()));
  }
  EXPECT_TRUE(lines.contains("Mara Voss|clinician|read|messages|care"));
  EXPECT_TRUE(lines.contains("Tom Hale|socialWorker|refused|messages|care"));
  EXPECT_TRUE(lines.contains("The software|software|read|messages|alerts"));
  for (const std::string& line : lines) EXPECT_EQ(line.find("Rosalind"), std::string::npos);
}

// The record belongs to the client: all of it, each resource byte for byte as it is stored.
TEST_F(ClientTest, exportHoldsEveryResourceByteForByte) {
  write(client_, "first 👩‍👧");
  write(client_, "[crisis]");
  const auto response = client_.get("/api/me/export");
  EXPECT_EQ(response.headers.at("Content-Type"), "application/fhir+json");
  EXPECT_NE(response.headers.at("Content-Disposition").find("attachment"), std::string::npos);
  const js::Value bundle = js::parse(response.body);
  EXPECT_EQ(bundle.at("resourceType").as_string(), "Bundle");
  EXPECT_EQ(bundle.at("entry").as_array().size(), 4u);  // the person, two messages, one finding
  EXPECT_EQ(bundle.at("entry").at(0).at("resource").at("name").at(0).at("text").as_string(),
            "Rosalind Quill");
  const auto grant =
      clinic_.ward.house.own(clinic_.ward.client, trust::Action::read, {trust::Kind::everything});
  int found = 0;
  clinic_.ward.store.each(*clinic_.ward.house.database->lease(), grant,
                          [&](const record::Resource& resource) {
                            EXPECT_NE(response.body.find(resource.json), std::string::npos);
                            ++found;
                          });
  EXPECT_EQ(found, 3);
}

// Another client's export is never reachable: there is no address for it.
TEST_F(ClientTest, seesOnlyTheirOwn) {
  write(client_, "mine alone");
  const trust::Account neighbour = clinic_.ward.house.account(trust::Role::client);
  clinic_.ward.agree(neighbour, true);
  Browser browser = clinic_.signedIn(neighbour);
  EXPECT_EQ(browser.get("/api/me/export").body.find("mine alone"), std::string::npos);
  EXPECT_EQ(browser.get("/api/me/messages").body.find("mine alone"), std::string::npos);
  const js::Value mine = parsed(client_.get("/api/me/messages"));
  expectProblem(browser.get("/api/me/messages?before=" +
                            std::string(mine.at("messages").at(0).at("id").as_string())),
                404, "not-found");
}

// A flood from one account is stopped; the others go on.
TEST_F(ClientTest, messagesAreLimitedByAccount) {
  Limiter tight(clinic_.ward.house.clock, {Rate{}, Rate{}, Rate{2, 2}, Rate{}});
  const Limit limit = Limit::message;
  tight.take(limit, "a");
  tight.take(limit, "a");
  EXPECT_EQ(trust::testing::problemOf([&] { tight.take(limit, "a"); }),
            base::Problem::Kind::rateLimited);
  EXPECT_NO_THROW(tight.take(limit, "b"));
  EXPECT_NO_THROW(tight.take(Limit::ordinary, "a"));
  clinic_.advance(std::chrono::seconds(30));
  EXPECT_NO_THROW(tight.take(limit, "a"));
  EXPECT_EQ(trust::testing::problemOf([&] { tight.take(limit, "a"); }),
            base::Problem::Kind::rateLimited);
  clinic_.advance(-std::chrono::hours(5));  // a clock set back locks nobody out, nor opens doors
  EXPECT_EQ(trust::testing::problemOf([&] { tight.take(limit, "a"); }),
            base::Problem::Kind::rateLimited);
  clinic_.advance(std::chrono::seconds(60));
  EXPECT_NO_THROW(tight.take(limit, "a"));
  EXPECT_NO_THROW(tight.giveBack(limit, "never seen"));
  for (const Route& route : clinic_.routes.all()) {
    if (route.method == "POST" && route.path.ends_with("/messages")) {
      EXPECT_EQ(route.limit, Limit::message) << route.path;
    }
    if (route.path.starts_with("/api/session/") && route.method == "POST") {
      EXPECT_TRUE(route.limit == Limit::signIn || route.limit == Limit::start) << route.path;
    }
  }
}

// Where the marked words begin and end in the browser's units: wrong by one, and the mark is on
// other words than the model meant.
TEST(Shapes, utf16OffsetsCountAsTheBrowserDoes) {
  const std::string text = "a👩é\xE2\x82\xACz";  // 1, 4, 2, 3 and 1 bytes; 1, 2, 1, 1 and 1 units
  const std::vector<std::size_t> expected{0, 1, 1, 1, 1, 3, 3, 4, 4, 4, 5, 6, 6};
  for (std::size_t byte = 0; byte < expected.size(); ++byte) {
    EXPECT_EQ(utf16Offset(text, byte), expected[byte]) << byte;
  }
  EXPECT_EQ(utf16Offset("", 0), 0u);
  EXPECT_EQ(utf16Offset("", 9), 0u);
}

}  // namespace
}  // namespace attune::api
