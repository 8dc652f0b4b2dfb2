// What each person has agreed to: by source and purpose, newest word counts, withdrawal at once.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "db/connection.h"
#include "trust/audit.h"
#include "trust/gate.h"

namespace attune::trust {

struct Consent {
  Source source;
  Purpose purpose;
  bool granted = false;
  std::int64_t serial = 0;
  std::string textVersion;
  base::Instant changedAt;
};

// Everything the person has said yes or no to; what they were never asked is absent (and means no).
// The grant must cover `consents`; throws what Gate::check throws.
std::vector<Consent> consentsOf(db::Connection& connection, const Grant& grant);

// Records a yes or a no in the caller's transaction; a repetition changes nothing. The grant must
// cover writing `consents` (the person's own).
Consent recordConsent(db::Connection& connection, const Grant& grant, Source source,
                      Purpose purpose, bool granted, std::string_view textVersion,
                      base::Instant now);

// The serial of a standing yes; absent if there is none.
std::optional<std::int64_t> standingConsent(db::Connection& connection,
                                            const base::PersonId& person, Source source,
                                            Purpose purpose);

}  // namespace attune::trust
