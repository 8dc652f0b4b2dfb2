// Who can't read or write a record: others, those whose leave has ended, whoever edits the file.
#include "record/record_testing.h"

namespace attune::record {
namespace {

using namespace testing;

class AccessTest : public StoreTest {};

// A guessed id of another client's record looks like nothing at all.
TEST_F(AccessTest, anothersRecordIsAbsent) {
  const Account other = house_.account(Role::client);
  const Grant grant = own(Action::write, {Kind::checkIns});
  const Grant theirs = house_.own(other, Action::write, {Kind::checkIns});
  const Draft put = draft("mine");
  create(grant, put);
  EXPECT_FALSE(read(theirs, put.id));
  EXPECT_TRUE(search(theirs, query()).empty());
  EXPECT_TRUE(store_.history(*house_.database->lease(), theirs, put.id).empty());
  EXPECT_EQ(problemOf([&] { update(theirs, put, 1); }), Wrong::notFound);
  // The same id in another record is another resource.
  Draft same = draft("theirs");
  same.id = put.id;
  create(theirs, same);
  EXPECT_EQ(read(grant, put.id)->json, "mine");
  EXPECT_EQ(read(theirs, put.id)->json, "theirs");
}

// Leave for check-ins must not show messages, neither by id nor through an older version.
TEST_F(AccessTest, whatTheGrantDoesNotCoverIsNotThere) {
  const Grant both = own(Action::write, {Kind::checkIns, Kind::messages});
  const Grant checkIns = trust::Gate::narrow(both, {Kind::checkIns});
  Draft put = draft("said in a message", Kind::messages);
  create(both, put);
  EXPECT_FALSE(read(checkIns, put.id));
  EXPECT_EQ(problemOf([&] { update(checkIns, put, 1); }), Wrong::internal);
  Query messages = query();
  messages.kind = Kind::messages;
  EXPECT_EQ(problemOf([&] { search(checkIns, messages); }), Wrong::internal);
  int seen = 0;
  store_.each(*house_.database->lease(), checkIns, [&](const Resource&) { ++seen; });
  EXPECT_EQ(seen, 0);
  put.kind = Kind::checkIns;
  put.json = "now a check-in";
  update(both, put, 1);
  EXPECT_EQ(store_.history(*house_.database->lease(), checkIns, put.id).size(), 1u);
  EXPECT_EQ(store_.history(*house_.database->lease(), both, put.id).size(), 2u);
  EXPECT_EQ(problemOf([&] { create(own(Action::read, {Kind::checkIns}), draft()); }),
            Wrong::internal);
}

// The person says no while their message is on its way: it is not kept.
TEST_F(AccessTest, consentWithdrawnBetweenReadAndWrite) {
  const Grant grant = own(Action::write, {Kind::messages});
  Draft put = draft("first", Kind::messages);
  create(grant, put);
  ASSERT_TRUE(read(grant, put.id));
  house_.say(client_, Source::messages, Purpose::care, false);
  EXPECT_EQ(problemOf([&] { create(grant, draft("second", Kind::messages)); }), Wrong::forbidden);
  put.json = "changed";
  EXPECT_EQ(problemOf([&] { update(grant, put, 1); }), Wrong::forbidden);
  house_.say(client_, Source::messages, Purpose::care, true);
  EXPECT_EQ(problemOf([&] { create(grant, draft("third", Kind::messages)); }), Wrong::forbidden);
  EXPECT_EQ(count("resource"), 1);
  EXPECT_EQ(count("resource_history"), 0);
  EXPECT_EQ(read(own(Action::read, {Kind::messages}), put.id)->json, "first");
}

// The same for whoever reads: a clinician's open page shows nothing after the no.
TEST_F(AccessTest, consentWithdrawnEndsTheReadingOfOthers) {
  const Draft put = draft("words", Kind::messages);
  create(own(Action::write, {Kind::messages}), put);
  house_.join(client_, staff_);
  const Grant grant = house_.care(staff_, client_, Action::read, {Kind::messages});
  EXPECT_EQ(read(grant, put.id)->json, "words");
  house_.say(client_, Source::messages, Purpose::care, false);
  EXPECT_EQ(problemOf([&] { read(grant, put.id); }), Wrong::forbidden);
  EXPECT_EQ(
      problemOf([&] { store_.each(*house_.database->lease(), grant, [](const Resource&) {}); }),
      Wrong::forbidden);
  EXPECT_TRUE(read(own(Action::read, {Kind::messages}), put.id));  // their own stays theirs
}

// Outside a transaction the no could come between the check and the write.
TEST_F(AccessTest, writesNeedATransaction) {
  const Grant grant = own(Action::write, {Kind::checkIns});
  const Draft put = draft();
  const auto lease = house_.database->lease();
  EXPECT_EQ(problemOf([&] { store_.create(*lease, grant, put); }), Wrong::internal);
  EXPECT_EQ(problemOf([&] { store_.update(*lease, grant, put, 1); }), Wrong::internal);
  {
    db::Transaction tx(*lease);
    store_.create(*lease, grant, put);
  }  // rolled back
  EXPECT_FALSE(store_.read(*lease, grant, put.id));
}

// Somebody with the file and no key moves one person's words into another's record, or an old
// finding over a new one: it must show as damage, never as somebody's words.
TEST_F(AccessTest, aRowThatWasMovedDoesNotOpen) {
  const Account other = house_.account(Role::client);
  const Grant grant = own(Action::write, {Kind::checkIns});
  const Grant theirs = house_.own(other, Action::write, {Kind::checkIns});
  const Draft a = draft("a"), b = draft("b"), c = draft("c"), d = draft("d");
  create(grant, a);
  create(grant, b);
  create(grant, d);
  Draft changed = b;
  changed.json = "b2";
  update(grant, changed, 1);
  create(theirs, c);
  const auto lease = house_.database->lease();
  const auto broken = [&](const std::string& sql, std::initializer_list<db::Value> values,
                          const Grant& reader, const base::ResourceId& id) {
    db::Transaction tx(*lease);
    EXPECT_EQ(lease->exec(sql, values), 1) << sql;
    EXPECT_EQ(problemOf([&] { store_.read(*lease, reader, id); }), Wrong::corrupt) << sql;
    EXPECT_EQ(problemOf([&] { store_.history(*lease, reader, id); }), Wrong::corrupt) << sql;
    EXPECT_EQ(problemOf([&] { store_.each(*lease, reader, [](const Resource&) {}); }),
              Wrong::corrupt)
        << sql;
  };
  const std::string copy =
      "UPDATE resource SET sealed = (SELECT sealed FROM resource WHERE id = "
      "$1) WHERE id = $2";
  broken(copy, {a.id.value, c.id.value}, theirs, c.id);  // to another person
  broken(copy, {a.id.value, d.id.value}, grant, d.id);   // to another id, all else equal
  broken(copy, {a.id.value, b.id.value}, grant, b.id);   // to another version
  broken("UPDATE resource SET person = $2 WHERE id = $1", {a.id.value, other.person.value}, theirs,
         a.id);
  broken(
      "UPDATE resource SET sealed = (SELECT sealed FROM resource_history WHERE id = $1) WHERE "
      "id = $1",
      {b.id.value}, grant, b.id);  // an older version
  for (const char* edit : {"version = version + 1", "kind = 4", "time = time + 1",
                           "updated_at = updated_at + 1", "sealed = zeroblob(100)", "sealed = x''",
                           "sealed = 'x'", "sealed = substr(sealed, 1, length(sealed) - 1)"}) {
    const Grant wide = own(Action::read, {Kind::everything});
    broken(std::string("UPDATE resource SET ") + edit + " WHERE id = $1", {a.id.value}, wide, a.id);
  }
  EXPECT_EQ(store_.read(*lease, grant, a.id)->json, "a");
}

// Erased is erased: the versions before as well, and the proof of who read them stays.
TEST_F(AccessTest, erasureMakesEveryVersionUnreadable) {
  const Account other = house_.account(Role::client);
  const Grant grant = own(Action::write, {Kind::checkIns});
  const Grant theirs = house_.own(other, Action::write, {Kind::checkIns});
  Draft put = draft("one");
  create(grant, put);
  put.json = "two";
  update(grant, put, 1);
  const Draft kept = draft("kept");
  create(theirs, kept);
  const auto lease = house_.database->lease();
  const auto rows = lease->query("SELECT * FROM resource WHERE id = $1", {put.id.value});
  house_.erase(client_.person);
  EXPECT_EQ(problemOf([&] {
              trust::Gate::check(*lease, grant, Action::read, Kind::checkIns, house_.clock.now());
            }),
            Wrong::notFound);
  EXPECT_FALSE(store_.read(*lease, grant, put.id));
  EXPECT_TRUE(store_.history(*lease, grant, put.id).empty());
  EXPECT_EQ(problemOf([&] { search(grant, query()); }), Wrong::notFound);
  EXPECT_EQ(problemOf([&] { store_.each(*lease, grant, [](const Resource&) {}); }),
            Wrong::notFound);
  // Even with the sealed row put back from a copy.
  lease->exec(
      "INSERT INTO resource VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
      {rows[0].text(0), rows[0].text(1), rows[0].integer(2), rows[0].integer(3), rows[0].text(4),
       rows[0].text(5), rows[0].text(6), rows[0].integer(7), rows[0].integer(8), rows[0].blob(9)});
  EXPECT_EQ(problemOf([&] { store_.read(*lease, grant, put.id); }), Wrong::notFound);
  EXPECT_EQ(store_.read(*lease, theirs, kept.id)->json, "kept");
  EXPECT_TRUE(house_.audit.verify(*lease).intact);
}

}  // namespace
}  // namespace attune::record
