// For the record room's tests: a house with a store, one client who has agreed to everything that
// is asked, and one clinician.
#pragma once

#include <gtest/gtest.h>

#include "record/store.h"
#include "trust/trust_testing.h"

namespace attune::record::testing {

using trust::Account;
using trust::Action;
using trust::Grant;
using trust::Kind;
using trust::Purpose;
using trust::Role;
using trust::Source;
using trust::testing::House;
using trust::testing::problemOf;
using Wrong = base::Problem::Kind;
using std::chrono::minutes;

class StoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    house_.say(client_, Source::messages, Purpose::care, true);
    house_.say(client_, Source::messages, Purpose::alerts, true);
    house_.say(client_, Source::checkIns, Purpose::care, true);
  }
  Draft draft(std::string json = "{}", Kind kind = Kind::checkIns) {
    Draft made;
    made.id = base::newId<base::ResourceId>(house_.random);
    made.kind = kind;
    made.type = "Observation";
    made.code = "urn:attune:check-in|mood";
    made.time = house_.clock.now();
    made.status = "final";
    made.json = std::move(json);
    return made;
  }
  Resource create(const Grant& grant, const Draft& draft) {
    const auto lease = house_.database->lease();
    db::Transaction tx(*lease);
    Resource made = store_.create(*lease, grant, draft);
    tx.commit();
    return made;
  }
  Resource update(const Grant& grant, const Draft& draft, std::int64_t version) {
    const auto lease = house_.database->lease();
    db::Transaction tx(*lease);
    Resource made = store_.update(*lease, grant, draft, version);
    tx.commit();
    return made;
  }
  std::optional<Resource> read(const Grant& grant, const base::ResourceId& id) {
    return store_.read(*house_.database->lease(), grant, id);
  }
  std::vector<Resource> search(const Grant& grant, const Query& query) {
    return store_.search(*house_.database->lease(), grant, query);
  }
  Query query() {
    Query made;
    made.kind = Kind::checkIns;
    made.type = "Observation";
    return made;
  }
  Grant own(Action action, std::vector<Kind> kinds) {
    return house_.own(client_, action, std::move(kinds));
  }
  std::int64_t count(const std::string& table) {
    return house_.database->lease()->query("SELECT COUNT(*) FROM " + table)[0].integer(0);
  }

  trust::testing::Folder folder_;
  House house_{(folder_.path() / "attune.db").string()};
  Store store_{house_.keyring, house_.master.derive("index"), house_.clock};
  Account client_ = house_.account(Role::client);
  Account staff_ = house_.account(Role::clinician);
};

}  // namespace attune::record::testing
