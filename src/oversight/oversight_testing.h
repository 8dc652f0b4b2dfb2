// For the tests of rooms that stand on oversight: a small house with a queue, a pager and a
// screener whose reader is invented, so that each test says itself what a text is read as.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>

#include "oversight/pager.h"
#include "oversight/queue.h"
#include "oversight/screener.h"
#include "trust/trust_testing.h"

namespace attune::oversight::testing {

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
using std::chrono::seconds;

// "[crisis]", "[strain]", "[foreign]", "[emoji]" in a text are read as what they say; anything else
// as nothing to look at.
inline text::Reading invented(std::string_view text) {
  const auto has = [&](std::string_view word) { return text.find(word) != std::string_view::npos; };
  text::Reading reading;
  reading.language = "en";
  reading.model = "invented 1";
  reading.crisisThreshold = 0.2;
  reading.stressProbability = has("[strain]") ? 0.95 : 0.1;
  reading.stressLow = reading.stressProbability / 2;
  if (has("[crisis]")) {
    reading.possibleCrisis = true;
    reading.level = text::RiskLevel::ideation;
    reading.riskProbability = 0.7;
    reading.riskLow = 0.5;
    reading.riskHigh = 0.9;
    const std::size_t at = text.find("[crisis]");
    reading.evidence.push_back({at, at + 8, 0.4, "risk"});
  }
  if (has("[foreign]")) {
    reading.language = "fr";
    reading.notRead = "language";
  }
  if (has("[emoji]")) reading.notRead = "no-words";
  return reading;
}

inline ReviewPolicy policy() {
  ReviewPolicy made;
  made.crisis = {1, minutes(15)};
  made.distress = {3, minutes(4320)};
  made.notReadLanguage = {2, minutes(1440)};
  made.notReadWords = {4, minutes(10080)};
  made.coalesceDistress = minutes(1440);
  made.escalateAfter = minutes(10);
  made.escalations = 3;
  made.onCallAccess = minutes(4320);
  return made;
}

// A ward: one client who has agreed to everything, a clinician in their team, and work to be done.
class Ward {
 public:
  explicit Ward(PagerSettings settings = {}) : settings_(std::move(settings)) {
    agree(client, true);
    house.join(client, staff);
  }

  void agree(const Account& person, bool yes) {
    house.say(person, Source::messages, Purpose::care, yes);
    house.say(person, Source::messages, Purpose::alerts, yes);
  }

  // Stores a message and owes its reading, as companion does.
  Work write(const std::string& text) { return write(client, text); }
  Work write(const Account& from, const std::string& text) {
    const Grant grant = house.own(from, Action::write, {Kind::messages});
    record::Message message;
    message.id = base::newId<base::ResourceId>(house.random);
    message.person = from.person;
    message.author = from.id;
    message.time = house.clock.now();
    message.text = text;
    const auto lease = house.database->lease();
    db::Transaction tx(*lease);
    store.create(*lease, grant, record::toDraft(message));
    oweWork(*lease, WorkKind::readMessage, from.person, message.id.value, house.clock.now());
    tx.commit();
    return {message.id.value, WorkKind::readMessage, from.person, message.id.value, 0};
  }

  std::int64_t count(const std::string& table) {
    return house.database->lease()->query("SELECT COUNT(*) FROM " + table)[0].integer(0);
  }
  std::int64_t owed() { return owedWork(*house.database->lease()); }
  std::vector<QueueEntry> open(const Account& who) {
    return queue.forStaff(*house.database->lease(), who.id, false, 100);
  }
  std::vector<Page> pagesOf(const Account& who) {
    return pager.forStaff(*house.database->lease(), who.id, 100);
  }
  std::optional<std::string> page(PageReason reason = PageReason::possibleCrisis) {
    const auto lease = house.database->lease();
    db::Transaction tx(*lease);
    auto id = pager.page(*lease, client.person, {}, reason);
    tx.commit();
    return id;
  }
  Page acknowledge(const std::string& id, const Account& who) {
    const auto lease = house.database->lease();
    db::Transaction tx(*lease);
    Page page = pager.acknowledge(*lease, id, who.id);
    tx.commit();
    return page;
  }
  void onCall(const Account& who, bool yes = true) {
    house.accounts.setOnCall(*house.database->lease(), who.id, yes);
  }
  void tick() { pager.tick(sink()); }
  EventSink sink() {
    return [this](const Event& event) {
      const std::lock_guard lock(mutex_);
      events_.push_back(event);
    };
  }
  std::vector<Event> events() {
    const std::lock_guard lock(mutex_);
    return events_;
  }
  long heard(Event::Type type) {
    const auto all = events();
    return std::count_if(all.begin(), all.end(), [&](const Event& e) { return e.type == type; });
  }
  std::string logged() {
    const std::lock_guard lock(mutex_);
    return log_;
  }

 private:
  trust::testing::Folder folder_;
  PagerSettings settings_;
  std::mutex mutex_;
  std::vector<Event> events_;
  std::string log_;

 public:
  House house{(folder_.path() / "attune.db").string()};
  base::Log log{house.clock, [this](std::string_view line) {
                  const std::lock_guard lock(mutex_);
                  log_ += std::string(line) + "\n";
                }};
  base::Metrics metrics;
  record::Store store{house.keyring, house.master.derive("index"), house.clock};
  Queue queue{store, house.audit, house.clock, policy()};
  Pager pager{*house.database,
              house.accounts,
              house.random,
              house.clock,
              policy(),
              settings_,
              [](PageReason reason, bool again, std::string_view language) {
                return PageWords{std::string(again ? "again " : "new ") + std::string(name(reason)),
                                 "please look, in " + std::string(language)};
              },
              log,
              metrics};
  // What happens while the model is reading: a test may withdraw consent here, or fail.
  std::function<void()> meanwhile = [] {};
  std::atomic<int> readings = 0;
  Screener screener{*house.database,
                    house.gate,
                    store,
                    [this](std::string_view text) {
                      ++readings;
                      meanwhile();
                      return invented(text);
                    },
                    queue,
                    pager,
                    house.random,
                    log,
                    metrics,
                    sink()};
  Account client = house.account(Role::client, {"Rosalind Quill", "", "", "en", "IE"});
  Account staff =
      house.account(Role::clinician, {"Mara Voss", "mara", "mara@clinic.example", "en", "IE"});
  Account other =
      house.account(Role::socialWorker, {"Tom Hale", "tom", "tom@clinic.example", "es", "IE"});
};

}  // namespace attune::oversight::testing
