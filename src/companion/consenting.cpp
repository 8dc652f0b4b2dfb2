#include "companion/consenting.h"

namespace attune::companion {

using trust::Purpose;
using trust::Source;

trust::Consent changeConsent(db::Database& database, trust::Gate& gate, const trust::Actor& actor,
                             Source source, Purpose purpose, bool granted,
                             std::string_view textVersion) {
  const std::string what = std::string(trust::name(source)) + "/" +
                           std::string(trust::name(purpose)) + (granted ? " yes" : " no");
  const trust::Grant grant = gate.open(
      actor, {actor.person, trust::Action::write, {trust::Kind::consents}, Purpose::own, what});
  const auto lease = database.lease();
  db::Transaction tx(*lease);
  const trust::Consent consent = trust::recordConsent(*lease, grant, source, purpose, granted,
                                                      textVersion, gate.clock().now());
  const bool endsReading =
      source == Source::messages && (purpose == Purpose::alerts || purpose == Purpose::care);
  if (!granted && endsReading) {
    lease->exec("DELETE FROM work WHERE person = $1", {actor.person.value});
  }
  tx.commit();
  return consent;
}

}  // namespace attune::companion
