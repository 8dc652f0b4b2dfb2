// A client's yes or no, and what follows from it at once.
#pragma once

#include "trust/audit.h"
#include "trust/consents.h"

namespace attune::companion {

// Records the answer, audits it, and on a no to messages/alerts or messages/care stops the reading
// that is still owed. Throws what trust::Gate::open throws.
trust::Consent changeConsent(db::Database& database, trust::Gate& gate, const trust::Actor& actor,
                             trust::Source source, trust::Purpose purpose, bool granted,
                             std::string_view textVersion);

}  // namespace attune::companion
