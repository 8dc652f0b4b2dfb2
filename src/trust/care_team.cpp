#include "trust/care_team.h"

namespace attune::trust {

void joinCareTeam(db::Connection& connection, const base::PersonId& person,
                  const base::AccountId& account, base::Instant since,
                  std::optional<base::Instant> until) {
  const db::Value end = until ? db::Value{base::toMillis(*until)} : db::Value{};
  // Somebody who is in for good does not drop out because they were called in for a night.
  connection.exec(
      "INSERT INTO care_team(person, account, since, until) VALUES($1, $2, $3, $4) ON "
      "CONFLICT(person, account) DO UPDATE SET until = excluded.until WHERE care_team.until IS NOT "
      "NULL AND (excluded.until IS NULL OR excluded.until > care_team.until)",
      {person.value, account.value, base::toMillis(since), end});
}

void leaveCareTeam(db::Connection& connection, const base::PersonId& person,
                   const base::AccountId& account, base::Instant when) {
  connection.exec("UPDATE care_team SET until = $3 WHERE person = $1 AND account = $2",
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
