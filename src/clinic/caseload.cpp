#include "clinic/caseload.h"

#include <algorithm>

#include "trust/care_team.h"

namespace attune::clinic {

using trust::Action;
using trust::Kind;
using trust::Purpose;

namespace {

std::vector<trust::Grant> identityGrants(trust::Gate& gate, const trust::Actor& actor,
                                         const std::vector<base::PersonId>& persons,
                                         std::string detail) {
  return gate.openMany(actor, persons,
                       {{}, Action::read, {Kind::identity}, Purpose::care, std::move(detail)});
}

void addFindings(db::Connection& connection, CaseloadRow& row) {
  const db::Rows open = connection.query(
      "SELECT COUNT(*), MIN(priority), MIN(kind) FROM finding WHERE person = $1 AND state <> $2",
      {row.person.value, static_cast<std::int64_t>(oversight::FindingState::decided)});
  row.openFindings = open[0].integer(0);
  row.topPriority = static_cast<int>(open[0].maybeInteger(1).value_or(0));
  row.crisis =
      open[0].maybeInteger(2) == static_cast<std::int64_t>(oversight::FindingKind::possibleCrisis);
}

// When somebody of the staff last opened a message.
std::optional<base::Instant> lastLook(db::Connection& connection, const base::PersonId& person) {
  const db::Rows seen =
      connection.query("SELECT MAX(at) FROM message_seen WHERE person = $1", {person.value});
  if (const auto at = seen[0].maybeInteger(0)) return base::fromMillis(*at);
  return std::nullopt;
}

bool needsLookBefore(const CaseloadRow& a, const CaseloadRow& b) {
  const int priorityA = a.topPriority == 0 ? 9 : a.topPriority;
  const int priorityB = b.topPriority == 0 ? 9 : b.topPriority;
  if (priorityA != priorityB) return priorityA < priorityB;
  if (a.lastMessage != b.lastMessage) return a.lastMessage > b.lastMessage;
  return a.person < b.person;
}

}  // namespace

std::vector<CaseloadRow> caseload(db::Database& database, trust::Gate& gate,
                                  const trust::Accounts& accounts, const record::Store& store,
                                  const trust::Actor& actor) {
  std::vector<base::PersonId> persons;
  {
    const auto lease = database.lease();
    persons = trust::caseloadOf(*lease, actor.account, gate.clock().now());
  }
  const auto grants = identityGrants(gate, actor, persons, "caseload");
  std::vector<CaseloadRow> rows;
  const auto lease = database.lease();
  for (const trust::Grant& grant : grants) {
    CaseloadRow row;
    row.person = grant.person();
    if (const auto account = accounts.ofPerson(*lease, grant)) row.name = account->profile.name;
    if (oversight::mayShowFindings(*lease, row.person)) addFindings(*lease, row);
    row.lastReviewed = lastLook(*lease, row.person);
    row.lastMessage = store.newestTime(*lease, grant, Kind::messages);
    rows.push_back(std::move(row));
  }
  std::sort(rows.begin(), rows.end(), needsLookBefore);
  return rows;
}

std::vector<std::pair<base::PersonId, std::string>> namesOf(
    db::Database& database, trust::Gate& gate, const trust::Accounts& accounts,
    const trust::Actor& actor, const std::vector<base::PersonId>& persons) {
  std::vector<base::PersonId> distinct = persons;
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  const auto grants = identityGrants(gate, actor, distinct, "names");
  std::vector<std::pair<base::PersonId, std::string>> names;
  const auto lease = database.lease();
  for (const trust::Grant& grant : grants) {
    const auto account = accounts.ofPerson(*lease, grant);
    names.emplace_back(grant.person(), account ? account->profile.name : "");
  }
  return names;
}

}  // namespace attune::clinic
