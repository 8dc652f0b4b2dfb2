#include "trust/care_team.h"

namespace attune::trust {

void joinCareTeam(db::Connection& connection, const base::PersonId& person,
                  const base::AccountId& account, base::Instant since,
                  std::optional<base::Instant> until) {
  const db::Value end = until ? db::Value{base::toMillis(*until)} : db::Value{};
  // One row a pair. Somebody who is in for good does not drop out because they were called in for a
  // night; somebody who left and is to come back next week is not in before; somebody who is called
  // in now is in now, though they were down for later.
  connection.exec(
      "INSERT INTO care_team(person, account, since, until) VALUES($1, $2, $3, $4) ON "
      "CONFLICT(person, account) DO UPDATE SET "
      "since = CASE WHEN care_team.until <= excluded.since OR care_team.since > excluded.since "
      "THEN excluded.since ELSE care_team.since END, "
      "until = CASE WHEN care_team.until IS NULL OR excluded.until IS NULL THEN NULL "
      "WHEN care_team.until > excluded.until THEN care_team.until ELSE excluded.until END",
      {person.value, account.value, base::toMillis(since), end});
}

void leaveCareTeam(db::Connection& connection, const base::PersonId& person,
                   const base::AccountId& account, base::Instant when) {
  // Leaving never lengthens a stay that ends before.
  connection.exec(
      "UPDATE care_team SET until = $3 WHERE person = $1 AND account = $2 AND (until IS NULL OR "
      "until > $3)",
      {person.value, account.value, base::toMillis(when)});
}

std::vector<base::AccountId> careTeamOf(db::Connection& connection, const base::PersonId& person,
                                        base::Instant now) {
  std::vector<base::AccountId> accounts;
  for (const db::Row& row :
       connection.query("SELECT account FROM care_team WHERE person = $1 AND since <= $2 AND "
                        "(until IS NULL OR until > $2) ORDER BY since, account",
                        {person.value, base::toMillis(now)})) {
    accounts.push_back({row.text(0)});
  }
  return accounts;
}

std::vector<base::PersonId> caseloadOf(db::Connection& connection, const base::AccountId& account,
                                       base::Instant now) {
  std::vector<base::PersonId> persons;
  for (const db::Row& row :
       connection.query("SELECT person FROM care_team WHERE account = $1 AND since <= $2 AND "
                        "(until IS NULL OR until > $2) ORDER BY person",
                        {account.value, base::toMillis(now)})) {
    persons.push_back({row.text(0)});
  }
  return persons;
}

}  // namespace attune::trust
