#include "oversight/queue.h"

#include <gtest/gtest.h>

#include "oversight/oversight_testing.h"

namespace attune::oversight {
namespace {

using testing::Account;
using testing::Action;
using testing::Grant;
using testing::Kind;
using testing::minutes;
using testing::problemOf;
using testing::Role;
using testing::Ward;
using testing::Wrong;

class QueueTest : public ::testing::Test {
 protected:
  Finding made(FindingKind kind, const std::string& notRead = "") {
    Finding finding;
    finding.id = base::newId<base::ResourceId>(house().random);
    finding.person = ward_.client.person;
    finding.message = base::newId<base::ResourceId>(house().random);
    finding.at = now();
    finding.kind = kind;
    finding.notRead = notRead;
    finding.probability = 0.6;
    finding.model = "invented 1";
    return finding;
  }
  Grant systems() {
    return house().gate.open(
        {{}, {}, Role::system, {}},
        {ward_.client.person, Action::write, {Kind::findings}, trust::Purpose::alerts, ""});
  }
  QueueEntry file(const Finding& finding) {
    const Grant grant = systems();
    const auto lease = house().database->lease();
    db::Transaction tx(*lease);
    const QueueEntry entry = ward_.queue.file(*lease, grant, finding, now());
    tx.commit();
    return entry;
  }
  QueueEntry file(FindingKind kind, const std::string& notRead = "") {
    return file(made(kind, notRead));
  }
  Finding decide(const Account& who, const base::ResourceId& id, std::int64_t version,
                 const std::string& reason = "talked about it",
                 Decision decision = Decision::accept) {
    const Grant grant = house().care(who, ward_.client, Action::write, {Kind::findings});
    const auto lease = house().database->lease();
    db::Transaction tx(*lease);
    Finding finding =
        ward_.queue.decide(*lease, grant, id, version, decision, reason, house().clock.now());
    tx.commit();
    return finding;
  }
  bool coalesced(const Finding& finding) {
    return ward_.queue.coalesced(*house().database->lease(), finding, now());
  }
  QueueEntry entry(const base::ResourceId& id) {
    return *ward_.queue.find(*house().database->lease(), id);
  }
  std::vector<std::string> order() {
    std::vector<std::string> ids;
    for (const auto& e : ward_.open(ward_.staff)) ids.push_back(e.id.value);
    return ids;
  }
  trust::testing::House& house() { return ward_.house; }
  base::Instant now() { return house().clock.now(); }

  Ward ward_;
};

// What is most urgent stands on top, and among equals what has to be decided first.
TEST_F(QueueTest, standsInTheOrderOfPriorityThenDue) {
  const auto words = file(FindingKind::notRead, "no-words");
  const auto strain = file(FindingKind::distress);
  const auto language = file(FindingKind::notRead, "fr");
  house().clock.advance(minutes(1));
  const auto late = file(FindingKind::possibleCrisis);
  house().clock.advance(minutes(1));
  const auto later = file(FindingKind::possibleCrisis);
  EXPECT_EQ(order(), (std::vector<std::string>{late.id.value, later.id.value, language.id.value,
                                               strain.id.value, words.id.value}));
  EXPECT_EQ(later.dueAt, now() + minutes(15));
  EXPECT_EQ(late.priority, 1);
}

// A clinician sees their own clients' findings and nobody else's.
TEST_F(QueueTest, showsOnlyTheOwnTeamsFindings) {
  file(FindingKind::possibleCrisis);
  EXPECT_EQ(ward_.open(ward_.staff).size(), 1u);
  EXPECT_TRUE(ward_.open(ward_.other).empty());
  house().join(ward_.client, ward_.other, now(), now() + minutes(60));
  EXPECT_EQ(ward_.open(ward_.other).size(), 1u);
  house().clock.advance(minutes(60));
  EXPECT_TRUE(ward_.open(ward_.other).empty());
}

// Ten sad messages in an evening are one thing to look at; two that may be a crisis are two, as the
// second may say more; and nothing urgent hides behind something that is not.
TEST_F(QueueTest, coalescesOnlyWhatSaysNothingNew) {
  file(FindingKind::distress);
  EXPECT_TRUE(coalesced(made(FindingKind::distress)));
  house().clock.advance(minutes(1441));
  EXPECT_FALSE(coalesced(made(FindingKind::distress)));
  file(FindingKind::possibleCrisis);
  EXPECT_FALSE(coalesced(made(FindingKind::possibleCrisis)));
  file(FindingKind::notRead, "no-words");
  EXPECT_TRUE(coalesced(made(FindingKind::notRead, "no-words")));
  EXPECT_FALSE(coalesced(made(FindingKind::notRead, "fr")));
  const auto language = file(FindingKind::notRead, "fr");
  EXPECT_TRUE(coalesced(made(FindingKind::notRead, "es")));
  EXPECT_TRUE(coalesced(made(FindingKind::notRead, "no-words")));
  decide(ward_.staff, language.id, 1);
  EXPECT_FALSE(coalesced(made(FindingKind::notRead, "es")));
}

// Another person's open finding says nothing about this one.
TEST_F(QueueTest, coalescesForOnePersonOnly) {
  file(FindingKind::distress);
  Finding other = made(FindingKind::distress);
  other.person = house().account(Role::client).person;
  EXPECT_FALSE(coalesced(other));
}

// A decision is a person's, with a reason, kept with what it decided on and in the audit trail.
TEST_F(QueueTest, decisionClosesAndIsKept) {
  const auto filed = file(FindingKind::possibleCrisis);
  house().clock.advance(minutes(3));
  const Finding decided =
      decide(ward_.staff, filed.id, 1, "rang her; a friend is there", Decision::act);
  EXPECT_EQ(decided.decided->by, ward_.staff.id);
  EXPECT_EQ(decided.decided->at, now());
  EXPECT_TRUE(ward_.open(ward_.staff).empty());
  EXPECT_EQ(entry(filed.id).state, FindingState::decided);
  EXPECT_EQ(entry(filed.id).version, 2);

  const auto audit = house().newestEntry(ward_.client.person);
  EXPECT_EQ(audit.action, "decision");
  EXPECT_EQ(audit.actor, ward_.staff.id.value);
  EXPECT_EQ(audit.result, "act");
  EXPECT_EQ(audit.detail, filed.id.value);

  const Grant grant = house().care(ward_.staff, ward_.client, Action::read, {Kind::findings});
  const auto lease = house().database->lease();
  EXPECT_EQ(ward_.queue.read(*lease, grant, filed.id).decided->reason,
            "rang her; a friend is there");
  // The finding as it was before the decision stays.
  const auto versions = ward_.store.history(*lease, grant, filed.id);
  ASSERT_EQ(versions.size(), 2u);
  EXPECT_FALSE(findingFrom(versions[0]).decided);
  EXPECT_EQ(versions[0].status, "preliminary");
  EXPECT_EQ(versions[1].status, "final");
}

// The second of two clinicians must learn that the first has decided, not overwrite it unseen.
TEST_F(QueueTest, secondDecisionIsAConflict) {
  house().join(ward_.client, ward_.other);
  const auto filed = file(FindingKind::distress);
  decide(ward_.staff, filed.id, 1);
  const auto entries = ward_.count("audit");
  EXPECT_EQ(problemOf([&] { decide(ward_.other, filed.id, 1); }), Wrong::conflict);
  EXPECT_EQ(problemOf([&] { decide(ward_.other, filed.id, 2); }), Wrong::conflict);
  EXPECT_EQ(ward_.count("audit"), entries + 2);  // the leave to write, but no decision
  EXPECT_EQ(ward_.count("resource_history"), 1);
}

TEST_F(QueueTest, decisionOnAnOlderVersionIsAConflict) {
  house().join(ward_.client, ward_.other);
  const auto filed = file(FindingKind::distress);
  {
    const Grant grant = house().care(ward_.staff, ward_.client, Action::write, {Kind::findings});
    ward_.queue.assign(*house().database->lease(), grant, filed.id, ward_.other.id);
  }
  EXPECT_EQ(entry(filed.id).assignedTo, ward_.other.id);
  EXPECT_EQ(entry(filed.id).state, FindingState::assigned);
  EXPECT_EQ(problemOf([&] { decide(ward_.staff, filed.id, 1); }), Wrong::conflict);
  decide(ward_.staff, filed.id, 2);
  const Grant grant = house().care(ward_.staff, ward_.client, Action::write, {Kind::findings});
  EXPECT_EQ(problemOf([&] {
              ward_.queue.assign(*house().database->lease(), grant, filed.id, ward_.other.id);
            }),
            Wrong::conflict);
}

// A decision without a reason is one that nobody can learn from or answer for. Length is counted as
// people count: 4,000 letters with accents are not too long.
TEST_F(QueueTest, reasonIsNeededAndHasALimit) {
  const auto filed = file(FindingKind::distress);
  for (const char* reason : {"", " ", "\n\t \r"}) {
    EXPECT_EQ(problemOf([&] { decide(ward_.staff, filed.id, 1, reason); }), Wrong::invalid);
  }
  EXPECT_EQ(problemOf([&] { decide(ward_.staff, filed.id, 1, std::string(4001, 'a')); }),
            Wrong::invalid);
  EXPECT_EQ(entry(filed.id).version, 1);
  std::string spanish;
  for (int i = 0; i < 4000; ++i) spanish += "é";
  EXPECT_EQ(decide(ward_.staff, filed.id, 1, spanish).decided->reason, spanish);
}

// Leave for one client's record must not decide another's finding.
TEST_F(QueueTest, leaveForSomebodyElseDecidesNothing) {
  const auto filed = file(FindingKind::distress);
  const Account stranger = house().account(Role::client);
  ward_.agree(stranger, true);
  house().join(stranger, ward_.staff);
  const Grant grant = house().care(ward_.staff, stranger, Action::write, {Kind::findings});
  const auto lease = house().database->lease();
  db::Transaction tx(*lease);
  EXPECT_EQ(problemOf([&] {
              ward_.queue.decide(*lease, grant, filed.id, 1, Decision::accept, "x", now());
            }),
            Wrong::notFound);
  EXPECT_EQ(problemOf([&] { ward_.queue.assign(*lease, grant, filed.id, ward_.staff.id); }),
            Wrong::notFound);
}

// The base rate beside a finding says how often this is raised and how often people agreed; without
// it a 0.6 looks like a certainty.
TEST_F(QueueTest, baseRateCountsReadingsOfNinetyDaysAndDecisions) {
  const auto tally = [&](std::optional<FindingKind> kind, int times, base::Instant at) {
    for (int i = 0; i < times; ++i) ward_.queue.tally(*house().database->lease(), kind, at);
  };
  tally(std::nullopt, 90, now());
  tally(FindingKind::possibleCrisis, 3, now() - std::chrono::days(90));
  tally(FindingKind::possibleCrisis, 2, now());
  tally(FindingKind::distress, 5, now());
  tally(FindingKind::possibleCrisis, 50, now() - std::chrono::days(91));
  decide(ward_.staff, file(FindingKind::possibleCrisis).id, 1, "x", Decision::accept);
  decide(ward_.staff, file(FindingKind::possibleCrisis).id, 1, "x", Decision::act);
  decide(ward_.staff, file(FindingKind::possibleCrisis).id, 1, "x", Decision::dismiss);
  decide(ward_.staff, file(FindingKind::distress).id, 1, "x", Decision::accept);
  file(FindingKind::possibleCrisis);
  const BaseRate rate =
      ward_.queue.baseRate(*house().database->lease(), FindingKind::possibleCrisis);
  EXPECT_EQ(rate.read, 100);
  EXPECT_EQ(rate.raised, 5);
  EXPECT_EQ(rate.decided, 3);
  EXPECT_EQ(rate.agreed, 2);
}

// Who has withdrawn their word is not counted and listed either.
TEST_F(QueueTest, showsFindingsOnlyWhileBothWordsStand) {
  const auto may = [&] { return mayShowFindings(*house().database->lease(), ward_.client.person); };
  EXPECT_TRUE(may());
  house().say(ward_.client, testing::Source::messages, testing::Purpose::alerts, false);
  EXPECT_FALSE(may());
  house().say(ward_.client, testing::Source::messages, testing::Purpose::alerts, true);
  house().say(ward_.client, testing::Source::messages, testing::Purpose::care, false);
  EXPECT_FALSE(may());
}

}  // namespace
}  // namespace attune::oversight
