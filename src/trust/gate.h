// The one door to anybody's data: checks role, care relationship and consent, writes the audit
// entry, and hands out a Grant.
//
//   Grant grant = gate.open(actor, {person, Action::read, {Kind::messages}, Purpose::care});
//   auto messages = store.search(connection, grant, query);
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "base/time.h"
#include "db/connection.h"
#include "trust/audit.h"
#include "trust/grant.h"

namespace attune::trust {

struct Access {
  base::PersonId person;
  Action action = Action::read;
  std::vector<Kind> kinds;
  Purpose purpose = Purpose::care;
  std::string detail;  // for the audit: ids and fixed words only
};

class Gate {
 public:
  // All outlive the gate, and `clock` its grants.
  Gate(db::Database& database, AuditLog& audit, const base::Clock& clock);

  // Call it while holding no transaction, and better no lease: it takes a connection of its own.
  // Grants, or throws and leaves an audit entry of the refusal:
  //   notFound   no such person, an erased one, or no relationship: which of these is not said
  //   forbidden  the relationship is there, but the person has not consented (the text says to
  //   what)
  // Rules (docs/access.md says them in words, gate_test.cpp has a test for each):
  //   client           own record only, purpose `own`; storing messages needs consent messages/care
  //   clinician,       a current care-team entry; messages and what was derived from them need
  //   socialWorker     consent messages/care; findings also messages/alerts; checkIns and measures
  //                    checkIns/care; identity and consents need the relationship alone
  //   system           messages (read) and findings (read, write) for `alerts` with consent
  //                    messages/alerts
  //   administrator,   nothing in anybody's record
  //   dataProtection
  Grant open(const Actor& actor, const Access& access);

  // The same for several people in one transaction, each with an audit entry; those for whom it is
  // not granted are left out, and audited too unless it is for want of consent, which is what a
  // list of clients is full of. access.person is not looked at.
  std::vector<Grant> openMany(const Actor& actor, const std::vector<base::PersonId>& persons,
                              Access access);

  // Leave for the system to fill the record of somebody invented, at set-up of a demonstration.
  // Throws Problem(forbidden) unless the installation is marked as a demonstration, and
  // Problem(notFound) if there is no such person. Audited; call it while holding no transaction.
  // actor: the invented member of staff in whose name it is written; the system if left out.
  Grant openForDemonstration(const base::PersonId& person, const Actor& actor = {});

  // Leave to write down a person's own finding decision or message state needs no second gate: the
  // grant of the reading is narrowed to the kinds and action named. Throws Problem(internal) if it
  // would widen.
  static Grant narrow(const Grant& grant, std::vector<Kind> kinds);

  // Throws Problem(forbidden|notFound) if what the grant stands on has gone since: consent
  // withdrawn or given anew, care team left, person erased. `record` calls it at each use, inside
  // the caller's transaction if there is one.
  static void check(db::Connection& connection, const Grant& grant, Action action, Kind kind,
                    base::Instant now);

  // The same at the time of the gate's clock.
  static void checkNow(db::Connection& connection, const Grant& grant, Action action, Kind kind);

  const base::Clock& clock() const { return clock_; }

 private:
  struct Refusal {
    std::string why;  // for the audit
    base::Problem problem;
  };
  std::variant<Grant, Refusal> decide(db::Connection& connection, const Actor& actor,
                                      const Access& access) const;

  db::Database& database_;
  AuditLog& audit_;
  const base::Clock& clock_;
};

}  // namespace attune::trust
