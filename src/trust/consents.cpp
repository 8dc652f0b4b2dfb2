#include "trust/consents.h"

namespace attune::trust {

namespace {

std::int64_t number(auto word) {
  return static_cast<std::int64_t>(word);
}

Consent consentFrom(const db::Row& row) {
  Consent consent;
  consent.source = static_cast<Source>(row.integer(0));
  consent.purpose = static_cast<Purpose>(row.integer(1));
  consent.granted = row.integer(2) != 0;
  consent.serial = row.integer(3);
  consent.textVersion = row.text(4);
  consent.changedAt = base::fromMillis(row.integer(5));
  return consent;
}

constexpr std::string_view kColumns =
    "SELECT source, purpose, granted, serial, text_version, changed_at FROM consent ";

}  // namespace

std::vector<Consent> consentsOf(db::Connection& connection, const Grant& grant) {
  Gate::checkNow(connection, grant, Action::read, Kind::consents);
  std::vector<Consent> consents;
  for (const db::Row& row :
       connection.query(std::string(kColumns) + "WHERE person = $1 ORDER BY source, purpose",
                        {grant.person().value})) {
    consents.push_back(consentFrom(row));
  }
  return consents;
}

Consent recordConsent(db::Connection& connection, const Grant& grant, Source source,
                      Purpose purpose, bool granted, std::string_view textVersion,
                      base::Instant now) {
  Gate::check(connection, grant, Action::write, Kind::consents, now);
  if (!connection.inTransaction()) {
    throw base::Problem(base::Problem::Kind::internal, "consent is recorded in a transaction");
  }
  connection.exec(
      "INSERT INTO consent(person, source, purpose, granted, serial, text_version, changed_at) "
      "VALUES($1, $2, $3, $4, 1, $5, $6) ON CONFLICT(person, source, purpose) DO UPDATE SET "
      "granted = excluded.granted, serial = consent.serial + 1, text_version = "
      "excluded.text_version, changed_at = excluded.changed_at WHERE consent.granted <> "
      "excluded.granted OR consent.text_version <> excluded.text_version",
      {grant.person().value, number(source), number(purpose), std::int64_t(granted),
       std::string(textVersion), base::toMillis(now)});
  const db::Rows rows =
      connection.query(std::string(kColumns) + "WHERE person = $1 AND source = $2 AND purpose = $3",
                       {grant.person().value, number(source), number(purpose)});
  return consentFrom(rows.at(0));
}

std::optional<std::int64_t> standingConsent(db::Connection& connection,
                                            const base::PersonId& person, Source source,
                                            Purpose purpose) {
  const db::Rows rows = connection.query(
      "SELECT serial FROM consent WHERE person = $1 AND source = $2 AND purpose = $3 AND granted "
      "= 1",
      {person.value, number(source), number(purpose)});
  if (rows.empty()) return std::nullopt;
  return rows[0].integer(0);
}

}  // namespace attune::trust
