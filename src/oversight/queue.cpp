#include "oversight/queue.h"

#include <algorithm>

#include "trust/consents.h"

namespace attune::oversight {

using base::Problem;

namespace {

constexpr std::string_view kColumns =
    "SELECT f.id, f.person, f.message, f.kind, f.priority, f.state, f.assigned_to, f.version, "
    "f.created_at, f.due_at FROM finding f ";
constexpr std::ptrdiff_t kLongestReason = 4000;  // code points
constexpr int kNothingFound = 99;                // reading_tally.outcome when no finding was made

std::int64_t number(auto word) {
  return static_cast<std::int64_t>(word);
}

std::int64_t dayOf(base::Instant instant) {
  return std::chrono::floor<std::chrono::days>(instant).time_since_epoch().count();
}

QueueEntry entryFrom(const db::Row& row) {
  QueueEntry entry;
  entry.id = {row.text(0)};
  entry.person = {row.text(1)};
  entry.message = {row.text(2)};
  entry.kind = static_cast<FindingKind>(row.integer(3));
  entry.priority = static_cast<int>(row.integer(4));
  entry.state = static_cast<FindingState>(row.integer(5));
  entry.assignedTo = {row.maybeText(6).value_or("")};
  entry.version = row.integer(7);
  entry.createdAt = base::fromMillis(row.integer(8));
  entry.dueAt = base::fromMillis(row.integer(9));
  return entry;
}

}  // namespace

bool mayShowFindings(db::Connection& connection, const base::PersonId& person) {
  using trust::Purpose;
  using trust::Source;
  return trust::standingConsent(connection, person, Source::messages, Purpose::care) &&
         trust::standingConsent(connection, person, Source::messages, Purpose::alerts);
}

Queue::Queue(const record::Store& store, trust::AuditLog& audit, const base::Clock& clock,
             ReviewPolicy policy)
    : store_(store), audit_(audit), clock_(clock), policy_(policy) {}

const ReviewPolicy::Rule& Queue::ruleFor(const Finding& finding) const {
  const bool languageUnread = finding.notRead.size() == 2 || finding.notRead == "und";
  return policy_.rule(finding.kind, languageUnread);
}

QueueEntry Queue::file(db::Connection& connection, const trust::Grant& grant,
                       const Finding& finding, base::Instant createdAt) const {
  const ReviewPolicy::Rule& rule = ruleFor(finding);
  store_.create(connection, grant, toDraft(finding));
  QueueEntry entry{finding.id,
                   finding.person,
                   finding.message,
                   finding.kind,
                   rule.priority,
                   FindingState::open,
                   {},
                   1,
                   createdAt,
                   createdAt + rule.due};
  connection.exec(
      "INSERT INTO finding(id, person, message, kind, priority, state, version, created_at, "
      "due_at) VALUES($1, $2, $3, $4, $5, $6, 1, $7, $8)",
      {entry.id.value, entry.person.value, entry.message.value, number(entry.kind),
       std::int64_t(entry.priority), number(entry.state), base::toMillis(entry.createdAt),
       base::toMillis(entry.dueAt)});
  return entry;
}

bool Queue::coalesced(db::Connection& connection, const Finding& finding, base::Instant now) const {
  // Two messages that may be a crisis are two findings: the second may say more.
  if (finding.kind == FindingKind::possibleCrisis) return false;
  const base::Instant since =
      finding.kind == FindingKind::distress ? now - policy_.coalesceDistress : base::Instant{};
  // One that is less urgent does not stand for it: a text in another language is not covered by a
  // row of emoji that waits until next week.
  return !connection
              .query(
                  "SELECT 1 FROM finding WHERE person = $1 AND kind = $2 AND state <> $3 AND "
                  "created_at >= $4 AND priority <= $5 LIMIT 1",
                  {finding.person.value, number(finding.kind), number(FindingState::decided),
                   base::toMillis(since), std::int64_t(ruleFor(finding).priority)})
              .empty();
}

std::vector<QueueEntry> Queue::list(db::Connection& connection, std::string_view condition,
                                    const db::Value& value, bool decided, int limit) const {
  const std::string sql = std::string(kColumns) + std::string(condition) +
                          (decided ? " AND f.state = $2 ORDER BY f.decided_at DESC, f.id"
                                   : " AND f.state <> $2 ORDER BY f.priority, f.due_at, f.id") +
                          " LIMIT $3";
  std::vector<QueueEntry> entries;
  for (const db::Row& row : connection.query(
           sql, {value, number(FindingState::decided), std::int64_t(std::clamp(limit, 1, 1000))})) {
    entries.push_back(entryFrom(row));
  }
  return entries;
}

std::vector<QueueEntry> Queue::forStaff(db::Connection& connection, const base::AccountId& account,
                                        bool decided, int limit) const {
  const std::string now = std::to_string(base::toMillis(clock_.now()));
  return list(connection,
              "JOIN care_team t ON t.person = f.person WHERE t.account = $1 AND t.since <= " + now +
                  " AND (t.until IS NULL OR t.until > " + now + ")",
              account.value, decided, limit);
}

std::vector<QueueEntry> Queue::about(db::Connection& connection, const base::PersonId& person,
                                     bool decided, int limit) const {
  return list(connection, "WHERE f.person = $1", person.value, decided, limit);
}

std::optional<QueueEntry> Queue::find(db::Connection& connection,
                                      const base::ResourceId& id) const {
  const db::Rows rows = connection.query(std::string(kColumns) + "WHERE f.id = $1", {id.value});
  if (rows.empty()) return std::nullopt;
  return entryFrom(rows[0]);
}

Finding Queue::read(db::Connection& connection, const trust::Grant& grant,
                    const base::ResourceId& id) const {
  const auto resource = store_.read(connection, grant, id);
  if (!resource) throw Problem(Problem::Kind::notFound, "there is no such finding");
  return findingFrom(*resource);
}

Finding Queue::decide(db::Connection& connection, const trust::Grant& grant,
                      const base::ResourceId& id, std::int64_t version, Decision decision,
                      std::string_view reason, base::Instant at) const {
  if (reason.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    throw Problem(Problem::Kind::invalid, "say why, in a few words", "/reason");
  }
  const auto letters = std::count_if(reason.begin(), reason.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  });
  if (letters > kLongestReason) {
    throw Problem(Problem::Kind::invalid, "keep the reason under 4,000 characters", "/reason");
  }
  const auto resource = store_.read(connection, grant, id);
  if (!resource) throw Problem(Problem::Kind::notFound, "there is no such finding");
  const auto changed = connection.exec(
      "UPDATE finding SET state = $2, version = version + 1, decided_at = $3, decision = $4 WHERE "
      "id = $1 AND version = $5 AND state <> $2",
      {id.value, number(FindingState::decided), base::toMillis(at), number(decision), version});
  if (changed != 1) {
    throw Problem(Problem::Kind::conflict,
                  "somebody decided or changed this first; look at it again before you decide");
  }
  Finding finding = findingFrom(*resource);
  finding.decided = Decided{decision, std::string(reason), grant.actor().account, at};
  store_.update(connection, grant, toDraft(finding), resource->version);
  trust::AuditEntry entry;
  entry.actor = grant.actor().account.value;
  entry.role = trust::name(grant.actor().role);
  entry.action = "decision";
  entry.person = grant.person().value;
  entry.what = "findings";
  entry.purpose = trust::name(grant.purpose());
  entry.from = grant.actor().from;
  entry.detail = id.value;
  entry.result = name(decision);
  audit_.append(connection, std::move(entry));
  return finding;
}

void Queue::assign(db::Connection& connection, const trust::Grant& grant,
                   const base::ResourceId& id, const base::AccountId& to) const {
  if (!store_.read(connection, grant, id)) {
    throw Problem(Problem::Kind::notFound, "there is no such finding");
  }
  const auto changed = connection.exec(
      "UPDATE finding SET state = $2, assigned_to = $3, version = version + 1 WHERE id = $1 AND "
      "state <> $4",
      {id.value, number(FindingState::assigned), to.value, number(FindingState::decided)});
  if (changed != 1) throw Problem(Problem::Kind::conflict, "this finding is decided already");
}

BaseRate Queue::baseRate(db::Connection& connection, FindingKind kind) const {
  BaseRate rate;
  const std::int64_t since = dayOf(clock_.now()) - 90;
  for (const db::Row& row : connection.query(
           "SELECT outcome, SUM(count) FROM reading_tally WHERE day >= $1 GROUP BY outcome",
           {since})) {
    rate.read += row.integer(1);
    if (row.integer(0) == number(kind)) rate.raised = row.integer(1);
  }
  for (const db::Row& row : connection.query(
           "SELECT decision, COUNT(*) FROM finding WHERE kind = $1 AND state = $2 GROUP BY "
           "decision",
           {number(kind), number(FindingState::decided)})) {
    rate.decided += row.integer(1);
    if (row.integer(0) != number(Decision::dismiss)) rate.agreed += row.integer(1);
  }
  return rate;
}

void Queue::tally(db::Connection& connection, std::optional<FindingKind> kind,
                  base::Instant at) const {
  const std::int64_t outcome = kind ? number(*kind) : kNothingFound;
  connection.exec(
      "INSERT INTO reading_tally(day, outcome, count) VALUES($1, $2, 1) ON CONFLICT(day, outcome) "
      "DO UPDATE SET count = reading_tally.count + 1",
      {dayOf(at), outcome});
}

}  // namespace attune::oversight
