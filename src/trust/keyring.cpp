#include "trust/keyring.h"

namespace attune::trust {

using base::Problem;

namespace {

std::string context(const base::PersonId& person) {
  return "person-key|" + person.value;
}

constexpr std::string_view kProbe = "attune master key";

}  // namespace

Keyring::Keyring(crypto::SecretKey wrapping, base::Random& random)
    : wrapping_(std::move(wrapping)), random_(random) {}

base::PersonId Keyring::create(db::Connection& connection, base::Instant now) const {
  const auto person = base::newId<base::PersonId>(random_);
  connection.exec("INSERT INTO person(id, created_at) VALUES($1, $2)",
                  {person.value, base::toMillis(now)});
  const auto key = crypto::SecretKey::random(random_);
  connection.exec("INSERT INTO person_key(person, wrapped) VALUES($1, $2)",
                  {person.value, crypto::seal(wrapping_, context(person), key.bytes(), random_)});
  return person;
}

crypto::SecretKey Keyring::keyOf(db::Connection& connection, const Grant& grant) const {
  return keyOf(connection, grant.person());
}

void Keyring::requirePerson(db::Connection& connection, const base::PersonId& person) const {
  if (connection.query("SELECT 1 FROM person_key WHERE person = $1", {person.value}).empty()) {
    throw Problem(Problem::Kind::notFound, "there is no such record");
  }
}

crypto::SecretKey Keyring::keyOf(db::Connection& connection, const base::PersonId& person) const {
  const db::Rows rows =
      connection.query("SELECT wrapped FROM person_key WHERE person = $1", {person.value});
  if (rows.empty()) throw Problem(Problem::Kind::notFound, "there is no such record");
  base::Bytes plain = crypto::open(wrapping_, context(person), rows[0].blob(0));
  auto key = crypto::SecretKey::fromBytes(plain);
  crypto::wipe(plain);
  return key;
}

bool Keyring::destroy(db::Connection& connection, const base::PersonId& person,
                      base::Instant now) const {
  const auto changed =
      connection.exec("UPDATE person SET erased_at = $2 WHERE id = $1 AND erased_at IS NULL",
                      {person.value, base::toMillis(now)});
  if (changed == 0) return false;
  connection.exec("DELETE FROM person_key WHERE person = $1", {person.value});
  for (const std::string_view table :
       {"resource", "resource_history", "message_seen", "message_reading", "work", "consent",
        "care_team", "finding"}) {
    connection.exec("DELETE FROM " + std::string(table) + " WHERE person = $1", {person.value});
  }
  connection.exec("DELETE FROM page_delivery WHERE page IN (SELECT id FROM page WHERE person = $1)",
                  {person.value});
  connection.exec("DELETE FROM page WHERE person = $1", {person.value});
  const db::Rows accounts =
      connection.query("SELECT id FROM account WHERE person = $1", {person.value});
  for (const db::Row& row : accounts) {
    connection.exec("DELETE FROM session WHERE account = $1", {row.text(0)});
    connection.exec("DELETE FROM sign_in_link WHERE account = $1", {row.text(0)});
    // Somebody erased is in nobody's care team any more, or pages would go to no one.
    connection.exec(
        "UPDATE care_team SET until = $2 WHERE account = $1 AND (until IS NULL OR until > $2)",
        {row.text(0), base::toMillis(now)});
    // The row stays, empty, because the audit trail and other people's records name it.
    connection.exec(
        "UPDATE account SET login_index = NULL, recovery_index = NULL, password_hash = NULL, "
        "profile = $2, on_call = 0, disabled_at = $3 WHERE id = $1",
        {row.text(0), base::Bytes{}, base::toMillis(now)});
  }
  return true;
}

void Keyring::verify(db::Connection& connection) const {
  const db::Rows rows = connection.query("SELECT sealed FROM setting WHERE name = 'key-probe'");
  try {
    if (!rows.empty()) {
      crypto::open(wrapping_, "key-probe", rows[0].blob(0));
      return;
    }
    // Without a probe a person's key tells as well; a wrong key must not write a probe of its own.
    for (const db::Row& row : connection.query("SELECT person, wrapped FROM person_key LIMIT 1")) {
      base::Bytes plain = crypto::open(wrapping_, context({row.text(0)}), row.blob(1));
      crypto::wipe(plain);
    }
  } catch (const Problem& problem) {
    if (problem.kind() != Problem::Kind::corrupt) throw;
    throw Problem(Problem::Kind::configuration,
                  "this master key does not open this data folder; use the key file that was made "
                  "with it (a backup of the folder needs the key of that time)",
                  "master key");
  }
  connection.exec(
      "INSERT INTO setting(name, sealed) VALUES('key-probe', $1) ON CONFLICT(name) DO NOTHING",
      {crypto::seal(wrapping_, "key-probe", base::asBytes(kProbe), random_)});
}

}  // namespace attune::trust
