// Who looks after whom.
#pragma once

#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "db/connection.h"

namespace attune::trust {

// Adds or renews; until absent = open end. Inside the caller's transaction.
void joinCareTeam(db::Connection& connection, const base::PersonId& person,
                  const base::AccountId& account, base::Instant since,
                  std::optional<base::Instant> until = std::nullopt);
void leaveCareTeam(db::Connection& connection, const base::PersonId& person,
                   const base::AccountId& account, base::Instant when);

std::vector<base::AccountId> careTeamOf(db::Connection& connection, const base::PersonId& person,
                                        base::Instant now);
std::vector<base::PersonId> caseloadOf(db::Connection& connection, const base::AccountId& account,
                                       base::Instant now);

}  // namespace attune::trust
