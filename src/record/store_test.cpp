// What is put into a record comes out as it was, once, in order.
#include <array>
#include <functional>
#include <map>
#include <random>
#include <set>

#include "record/message.h"
#include "record/record_testing.h"

namespace attune::record {
namespace {

using namespace testing;

// 1.50 is not 1.5 to whoever measured it, and words are somebody's own.
TEST_F(StoreTest, bytesAreKeptExactly) {
  const Grant grant = own(Action::write, {Kind::checkIns});
  const std::string zero("a\0b", 3);
  for (const std::string& json :
       {std::string(R"({"value": 1.50,  "unit":"h"})"), std::string(), std::string("\n\n{}\n"),
        std::string("not json at all"), zero, std::string("\xff\xfe\x80"),
        std::string("\xe2\x80\x8f\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d \xf0\x9f\xab\xa5"),
        std::string(3'000'000, 'x')}) {
    const Draft put = draft(json);
    const Resource made = create(grant, put);
    const auto got = read(grant, made.id);
    ASSERT_TRUE(got);
    EXPECT_TRUE(got->json == json) << json.substr(0, 40);
    EXPECT_EQ(got->id, put.id);
    EXPECT_EQ(got->person, client_.person);
    EXPECT_EQ(got->type, put.type);
    EXPECT_EQ(got->code, put.code);
    EXPECT_EQ(got->status, put.status);
    EXPECT_EQ(got->time, put.time);
    EXPECT_EQ(got->version, 1);
    EXPECT_EQ(got->updatedAt, house_.clock.now());
  }
}

TEST_F(StoreTest, wordsOfTheHeadMayHoldAnyText) {
  const Grant grant = own(Action::write, {Kind::checkIns});
  Draft odd = draft();
  odd.code = "a \"quote\"\nand a line|\xc3\xa4";
  odd.status = "";
  const auto got = read(grant, create(grant, odd).id);
  EXPECT_EQ(got->code, odd.code);
  EXPECT_EQ(got->status, "");
  Query by = query();
  by.code = odd.code;
  EXPECT_EQ(search(grant, by).size(), 1u);
}

// What can't be read back must not be taken in, and an id that is a word would stand in clear.
TEST_F(StoreTest, whatCouldNotBeKeptIsRefused) {
  const Grant grant = own(Action::write, {Kind::checkIns});
  const auto refusal = [&](const std::function<void(Draft&)>& spoil) {
    Draft bad = draft();
    spoil(bad);
    return problemOf([&] { create(grant, bad); });
  };
  EXPECT_EQ(refusal([](Draft& d) { d.code = "\xff"; }), Wrong::invalid);
  EXPECT_EQ(refusal([](Draft& d) { d.status = "\xff"; }), Wrong::invalid);
  EXPECT_EQ(refusal([](Draft& d) { d.id = {"anna-schmidt"}; }), Wrong::invalid);
  EXPECT_EQ(refusal([](Draft& d) { d.type = ""; }), Wrong::internal);
  EXPECT_EQ(count("resource"), 0);
  Draft unnamed = draft();
  unnamed.id = {};
  EXPECT_TRUE(base::isIdText(create(grant, unnamed).id.value));
}

// Two people change the same entry: the second must see the first's words before writing over them.
TEST_F(StoreTest, versionsAreKeptAndNobodyIsOverwritten) {
  const Grant grant = own(Action::write, {Kind::checkIns});
  Draft put = draft("one");
  create(grant, put);
  EXPECT_EQ(problemOf([&] { create(grant, put); }), Wrong::conflict);
  const base::Instant first = house_.clock.now();
  house_.clock.advance(minutes(5));
  put.json = "two";
  put.status = "amended";
  put.time = first + minutes(1);
  EXPECT_EQ(update(grant, put, 1).version, 2);
  put.json = "three";
  EXPECT_EQ(problemOf([&] { update(grant, put, 1); }), Wrong::conflict);
  EXPECT_EQ(problemOf([&] { update(grant, put, 3); }), Wrong::conflict);
  EXPECT_EQ(update(grant, put, 2).version, 3);
  EXPECT_EQ(problemOf([&] { update(grant, draft(), 1); }), Wrong::notFound);

  const auto versions = store_.history(*house_.database->lease(), grant, put.id);
  ASSERT_EQ(versions.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(versions[i].version, static_cast<std::int64_t>(i + 1));
    EXPECT_EQ(versions[i].json, (std::array{"one", "two", "three"}[i]));
  }
  EXPECT_EQ(versions[0].status, "final");
  EXPECT_EQ(versions[0].updatedAt, first);
  EXPECT_EQ(versions[1].time, first + minutes(1));
  Query amended = query();
  amended.status = "amended";
  EXPECT_EQ(search(grant, amended).size(), 1u);
  amended.status = "final";
  EXPECT_EQ(search(grant, amended).size(), 0u);
}

// A page of messages that shows one twice or leaves one out: the one left out may be the one that
// mattered.
TEST_F(StoreTest, pagingShowsEachOnceInBothOrdersWhileOthersAreAdded) {
  const Grant grant = own(Action::write, {Kind::checkIns});
  std::mt19937 engine(5);
  for (const int n : {0, 1, 7, 40, 173}) {
    house_.database->lease()->script("DELETE FROM resource");
    std::set<base::ResourceId> there;
    const auto add = [&] {
      Draft put = draft();
      // Few different times, so that many are equal.
      put.time = trust::testing::evening() + minutes(static_cast<int>(engine() % 9));
      create(grant, put);
      return put.id;
    };
    for (int i = 0; i < n; ++i) there.insert(add());
    for (const bool newestFirst : {true, false}) {
      Query by = query();
      by.newestFirst = newestFirst;
      by.limit = 1 + static_cast<int>(engine() % 10);
      std::map<base::ResourceId, int> seen;
      std::set<base::ResourceId> late;
      std::optional<std::pair<base::Instant, base::ResourceId>> last;
      for (;;) {
        const auto page = search(grant, by);
        EXPECT_LE(page.size(), static_cast<std::size_t>(by.limit));
        for (const Resource& resource : page) {
          ++seen[resource.id];
          const std::pair here{resource.time, resource.id};
          EXPECT_TRUE(!last || (newestFirst ? here < *last : here > *last));
          last = here;
        }
        if (page.empty()) break;
        by.after = last;
        if (late.size() < 10) late.insert(add());
      }
      for (const auto& id : there) EXPECT_EQ(seen[id], 1) << n;
      for (const auto& id : late) EXPECT_LE(seen[id], 1) << n;
      there.insert(late.begin(), late.end());
    }
  }
}

TEST_F(StoreTest, searchByCodeStatusAndTime) {
  const Grant grant = own(Action::write, {Kind::checkIns, Kind::measures});
  const base::Instant start = house_.clock.now();
  for (int i = 0; i < 12; ++i) {
    Draft put = draft(std::to_string(i), i % 4 == 3 ? Kind::measures : Kind::checkIns);
    put.code = i % 2 == 0 ? "a|1" : "a|2";
    put.status = i % 3 == 0 ? "final" : "preliminary";
    put.time = start + minutes(i);
    create(grant, put);
  }
  const auto got = [&](const std::function<void(Query&)>& narrow) {
    Query by = query();
    by.newestFirst = false;
    narrow(by);
    std::string all;
    for (const Resource& resource : search(grant, by)) all += resource.json + " ";
    return all;
  };
  EXPECT_EQ(got([](Query&) {}), "0 1 2 4 5 6 8 9 10 ");
  EXPECT_EQ(got([](Query& q) { q.code = "a|2"; }), "1 5 9 ");
  EXPECT_EQ(got([](Query& q) { q.status = "final"; }), "0 6 9 ");
  EXPECT_EQ(got([](Query& q) { q.kind = Kind::measures; }), "3 7 11 ");
  EXPECT_EQ(got([](Query& q) { q.type = "Communication"; }), "");
  EXPECT_EQ(got([&](Query& q) {
              q.from = start + minutes(2);
              q.until = start + minutes(6);
            }),
            "2 4 5 ");
  EXPECT_EQ(got([](Query& q) {
              q.newestFirst = true;
              q.limit = 2;
            }),
            "10 9 ");
  EXPECT_EQ(got([](Query& q) { q.limit = -5; }), "0 ");
  std::string all;
  store_.each(*house_.database->lease(), grant, [&](const Resource& r) { all += r.json + " "; });
  EXPECT_EQ(all, "0 1 2 3 4 5 6 7 8 9 10 11 ");
}

// A message with bytes that are no text would be sealed and never be read again.
TEST_F(StoreTest, messagesComeBackAsTheyWereSent) {
  const Grant grant = own(Action::write, {Kind::messages});
  for (const std::string& text :
       {std::string("plain"), std::string("\"quotes\" and \\ and \n and \t"), std::string("\0", 1),
        std::string("\xe2\x80\x8b\xf0\x9f\x99\x82"), std::string(1'000'000, 'a')}) {
    for (const bool fromClient : {true, false}) {
      const Message sent{base::newId<base::ResourceId>(house_.random),
                         client_.person,
                         fromClient ? base::AccountId{} : staff_.id,
                         fromClient,
                         house_.clock.now(),
                         text};
      create(grant, toDraft(sent));
      const Message got = messageFrom(*read(grant, sent.id));
      EXPECT_TRUE(got.text == text);
      EXPECT_EQ(got.fromClient, fromClient);
      EXPECT_EQ(got.author, sent.author);
      EXPECT_EQ(got.time, sent.time);
    }
  }
  Message bad{base::newId<base::ResourceId>(house_.random),
              client_.person,
              {},
              true,
              house_.clock.now(),
              "\xff"};
  EXPECT_EQ(problemOf([&] { toDraft(bad); }), Wrong::invalid);
  for (const char* json : {"", "{}", "[]", R"({"payload":[],"sender":{}})",
                           R"({"payload":[{}],"sender":{"reference":"Patient/x"}})",
                           R"({"payload":[{"contentString":1}],"sender":{"reference":""}})"}) {
    Resource resource;
    resource.json = json;
    EXPECT_EQ(problemOf([&] { messageFrom(resource); }), Wrong::corrupt) << json;
  }
}

}  // namespace
}  // namespace attune::record
