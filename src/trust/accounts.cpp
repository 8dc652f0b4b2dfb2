#include "trust/accounts.h"

#include <algorithm>

#include "base/json.h"

namespace attune::trust {

namespace json = base::json;
using base::Problem;

namespace {

constexpr std::string_view kColumns =
    "SELECT id, person, role, profile, on_call, password_hash IS NOT NULL FROM account ";

// The role is bound in, so that nobody is promoted by an edit of the database.
std::string profileContext(const base::AccountId& account, Role role) {
  return "profile|" + account.value + "|" + std::to_string(static_cast<int>(role));
}

std::string toJson(const Profile& profile) {
  json::Object object;
  object["name"] = profile.name;
  object["login"] = profile.login;
  object["email"] = profile.email;
  object["language"] = profile.language;
  object["country"] = profile.country;
  return json::write(object);
}

Profile profileFrom(std::string_view text) {
  const json::Value value = json::parse(text);
  const json::Object& object = json::requireObject(value);
  const auto get = [&](std::string_view key) {
    return std::string(json::text(object, key).value_or(""));
  };
  return {get("name"), get("login"), get("email"), get("language"), get("country")};
}

std::string lowered(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

// A login as it is hashed: phones capitalise it and add a space behind.
std::string loginForm(std::string_view login) {
  constexpr std::string_view kBlank = " \t\r\n";
  const auto first = login.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return lowered(login.substr(first, login.find_last_not_of(kBlank) - first + 1));
}

// The code as somebody typed it, brought to the one form that is hashed; absent if it can't be one.
std::optional<std::string> canonicalCode(std::string_view code) {
  const auto bytes = base::fromBase32(code);
  if (!bytes || bytes->size() != 16) return std::nullopt;
  return base::toBase32(*bytes);
}

std::string inGroups(std::string_view code) {
  std::string out;
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (i > 0 && i % 5 == 0) out += '-';
    out += code[i];
  }
  return out;
}

}  // namespace

Accounts::Accounts(const Keyring& keyring, crypto::SecretKey index, const base::Clock& clock,
                   crypto::Cost cost)
    : keyring_(keyring),
      index_(std::move(index)),
      clock_(clock),
      cost_(cost),
      decoyHash_(crypto::hashPassword("nobody's password", cost)) {}

std::string Accounts::index(std::string_view what, std::string_view value) const {
  return crypto::blindIndex(index_, what, value);
}

void Accounts::insert(db::Connection& connection, const Account& account,
                      std::optional<std::string> recoveryIndex) const {
  const crypto::SecretKey key = keyring_.keyOf(connection, account.person);
  const base::Bytes sealed =
      crypto::seal(key, profileContext(account.id, account.role),
                   base::asBytes(toJson(account.profile)), keyring_.random());
  const std::string typed = loginForm(account.profile.login);
  const db::Value login = typed.empty() ? db::Value{} : db::Value{index("login", typed)};
  const db::Value recovery = recoveryIndex ? db::Value{*recoveryIndex} : db::Value{};
  try {
    connection.exec(
        "INSERT INTO account(id, person, role, login_index, recovery_index, profile, on_call, "
        "created_at) VALUES($1, $2, $3, $4, $5, $6, 0, $7)",
        {account.id.value, account.person.value, static_cast<std::int64_t>(account.role), login,
         recovery, sealed, base::toMillis(clock_.now())});
  } catch (const Problem& problem) {
    if (problem.kind() != Problem::Kind::conflict) throw;
    throw Problem(Problem::Kind::conflict, "somebody signs in with this login already", "login");
  }
}

Account Accounts::create(db::Connection& connection, Role role, const Profile& profile) const {
  Account account;
  account.id = base::newId<base::AccountId>(keyring_.random());
  account.person = keyring_.create(connection, clock_.now());
  account.role = role;
  account.profile = profile;
  insert(connection, account, std::nullopt);
  return account;
}

Accounts::Started Accounts::startWithoutName(db::Connection& connection,
                                             const Profile& profile) const {
  Started started;
  started.account.id = base::newId<base::AccountId>(keyring_.random());
  started.account.person = keyring_.create(connection, clock_.now());
  started.account.role = Role::client;
  started.account.profile = profile;
  const std::string code = base::newIdText(keyring_.random());
  insert(connection, started.account, index("recovery", code));
  started.recoveryCode = inGroups(code);
  return started;
}

std::optional<Account> Accounts::fromRow(db::Connection& connection, const db::Rows& rows) const {
  if (rows.empty()) return std::nullopt;
  const db::Row& row = rows[0];
  Account account;
  account.id = {row.text(0)};
  account.person = {row.text(1)};
  account.role = static_cast<Role>(row.integer(2));
  account.onCall = row.integer(4) != 0;
  account.hasPassword = row.integer(5) != 0;
  const crypto::SecretKey key = keyring_.keyOf(connection, account.person);
  const base::Bytes plain =
      crypto::open(key, profileContext(account.id, account.role), row.blob(3));
  account.profile = profileFrom(base::asText(plain));
  return account;
}

std::optional<Account> Accounts::find(db::Connection& connection, const base::AccountId& id) const {
  return fromRow(connection,
                 connection.query(std::string(kColumns) + "WHERE id = $1 AND disabled_at IS NULL",
                                  {id.value}));
}

std::optional<Account> Accounts::ofPerson(db::Connection& connection, const Grant& grant) const {
  Gate::check(connection, grant, Action::read, Kind::identity, clock_.now());
  return fromRow(connection, connection.query(std::string(kColumns) +
                                                  "WHERE person = $1 AND disabled_at IS NULL",
                                              {grant.person().value}));
}

std::optional<Account> Accounts::withLogin(db::Connection& connection,
                                           std::string_view login) const {
  return fromRow(connection, connection.query(std::string(kColumns) +
                                                  "WHERE login_index = $1 AND disabled_at IS NULL",
                                              {index("login", loginForm(login))}));
}

std::vector<Account> Accounts::staff(db::Connection& connection) const {
  std::vector<Account> accounts;
  for (const db::Row& row :
       connection.query("SELECT id FROM account WHERE role <> $1 AND disabled_at IS NULL ORDER BY "
                        "created_at, id",
                        {static_cast<std::int64_t>(Role::client)})) {
    if (auto account = find(connection, {row.text(0)})) accounts.push_back(std::move(*account));
  }
  return accounts;
}

std::string Accounts::makeLink(db::Connection& connection, const base::AccountId& account,
                               std::chrono::minutes lifetime) const {
  const std::string token = base::newIdText(keyring_.random());
  connection.exec("INSERT INTO sign_in_link(token_index, account, expires_at) VALUES($1, $2, $3)",
                  {index("link", token), account.value, base::toMillis(clock_.now() + lifetime)});
  return token;
}

std::optional<Account> Accounts::useLink(db::Connection& connection, std::string_view token) const {
  const std::int64_t now = base::toMillis(clock_.now());
  // One statement decides, so that two uses at once can't both succeed.
  const db::Rows rows = connection.query(
      "UPDATE sign_in_link SET used_at = $2 WHERE token_index = $1 AND used_at IS NULL AND "
      "expires_at > $2 RETURNING account",
      {index("link", token), now});
  if (rows.empty()) return std::nullopt;
  return find(connection, {rows[0].text(0)});
}

std::optional<Account> Accounts::withRecoveryCode(db::Connection& connection,
                                                  std::string_view code) const {
  const auto canonical = canonicalCode(code);
  if (!canonical) return std::nullopt;
  return fromRow(
      connection,
      connection.query(std::string(kColumns) + "WHERE recovery_index = $1 AND disabled_at IS NULL",
                       {index("recovery", *canonical)}));
}

std::optional<Account> Accounts::withPassword(db::Connection& connection, std::string_view login,
                                              std::string_view password) const {
  const db::Rows rows = connection.query(
      "SELECT id, password_hash FROM account WHERE login_index = $1 AND disabled_at IS NULL AND "
      "password_hash IS NOT NULL",
      {index("login", loginForm(login))});
  const std::string& hash = rows.empty() ? decoyHash_ : rows[0].text(1);
  if (!crypto::verifyPassword(hash, password) || rows.empty()) return std::nullopt;
  return find(connection, {rows[0].text(0)});
}

void Accounts::setPassword(db::Connection& connection, const Account& account,
                           std::string_view password) const {
  if (account.profile.login.empty()) {
    throw Problem(Problem::Kind::invalid, "an account without a login can't have a password",
                  "login");
  }
  if (password.size() > 1024) {
    throw Problem(Problem::Kind::invalid, "use 1024 bytes or fewer", "/password");
  }
  if (password.size() < 12) {
    throw Problem(Problem::Kind::invalid, "use 12 characters or more (a few words are fine)",
                  "/password");
  }
  // A login of a few letters stands in every second good password.
  const std::string login = loginForm(account.profile.login);
  if (login.size() >= 4 && lowered(password).find(login) != std::string::npos) {
    throw Problem(Problem::Kind::invalid, "leave the login out of the password", "/password");
  }
  connection.exec("UPDATE account SET password_hash = $2 WHERE id = $1",
                  {account.id.value, crypto::hashPassword(password, cost_)});
  // Whoever knew the old password may be signed in somewhere.
  connection.exec("DELETE FROM session WHERE account = $1", {account.id.value});
}

void Accounts::disable(db::Connection& connection, const base::AccountId& account) const {
  connection.exec(
      "UPDATE account SET disabled_at = $2, on_call = 0 WHERE id = $1 AND disabled_at IS NULL",
      {account.value, base::toMillis(clock_.now())});
  connection.exec("DELETE FROM session WHERE account = $1", {account.value});
  connection.exec("DELETE FROM sign_in_link WHERE account = $1", {account.value});
}

void Accounts::setOnCall(db::Connection& connection, const base::AccountId& account,
                         bool onCall) const {
  connection.exec("UPDATE account SET on_call = $2 WHERE id = $1",
                  {account.value, std::int64_t(onCall)});
}

}  // namespace attune::trust
