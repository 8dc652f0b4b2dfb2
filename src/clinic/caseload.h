// Who a clinician or social worker looks after, and who needs a look first.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "oversight/queue.h"
#include "record/store.h"
#include "trust/accounts.h"
#include "trust/gate.h"

namespace attune::clinic {

struct CaseloadRow {
  base::PersonId person;
  std::string name;  // empty: gave none
  std::int64_t openFindings = 0;
  int topPriority = 0;  // of the open findings; 0: none
  bool crisis = false;  // an open possible crisis
  std::optional<base::Instant> lastMessage;
  std::optional<base::Instant> lastReviewed;  // when staff last opened a message of theirs
};

// Everybody in the actor's care now; who has the most urgent open finding first, then whose
// conversation had the newest message. Each is audited as a read of `identity`. What was found is
// left out of the rows of people who do not (or no longer) agree to messages being read.
std::vector<CaseloadRow> caseload(db::Database& database, trust::Gate& gate,
                                  const trust::Accounts& accounts, const record::Store& store,
                                  const trust::Actor& actor);

// Names by person, for lists; people the actor may not see are absent.
std::vector<std::pair<base::PersonId, std::string>> namesOf(
    db::Database& database, trust::Gate& gate, const trust::Accounts& accounts,
    const trust::Actor& actor, const std::vector<base::PersonId>& persons);

}  // namespace attune::clinic
