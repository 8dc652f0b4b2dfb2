#include "trust/sessions.h"

namespace attune::trust {

Sessions::Sessions(const Accounts& accounts, crypto::SecretKey index, base::Random& random,
                   const base::Clock& clock, SessionLimits limits)
    : accounts_(accounts),
      index_(std::move(index)),
      random_(random),
      clock_(clock),
      limits_(limits) {}

std::string Sessions::begin(db::Connection& connection, const Account& account) const {
  const std::string token = base::newIdText(random_);
  const std::int64_t now = base::toMillis(clock_.now());
  connection.exec(
      "INSERT INTO session(token_index, account, created_at, seen_at) VALUES($1, $2, $3, $3)",
      {crypto::blindIndex(index_, "session", token), account.id.value, now});
  // Sessions nobody can use any more go now, so that the table stays small.
  connection.exec("DELETE FROM session WHERE created_at < $1",
                  {base::toMillis(clock_.now() - limits_.clientLongest)});
  return token;
}

std::optional<Account> Sessions::resume(db::Connection& connection, std::string_view token,
                                        bool byPerson) const {
  if (!base::isIdText(token)) return std::nullopt;
  const std::string hashed = crypto::blindIndex(index_, "session", token);
  const db::Rows rows = connection.query(
      "SELECT account, created_at, seen_at FROM session WHERE token_index = $1", {hashed});
  if (rows.empty()) return std::nullopt;
  auto account = accounts_.find(connection, {rows[0].text(0)});
  if (!account) return std::nullopt;
  const base::Instant now = clock_.now();
  const auto created = base::fromMillis(rows[0].integer(1));
  const auto seen = base::fromMillis(rows[0].integer(2));
  const bool client = account->role == Role::client;
  if (now - seen > (client ? limits_.clientIdle : limits_.staffIdle) ||
      now - created > (client ? limits_.clientLongest : limits_.staffLongest)) {
    connection.exec("DELETE FROM session WHERE token_index = $1", {hashed});
    return std::nullopt;
  }
  if (byPerson && now - seen >= std::chrono::minutes(1)) {
    connection.exec("UPDATE session SET seen_at = $2 WHERE token_index = $1",
                    {hashed, base::toMillis(now)});
  }
  return account;
}

void Sessions::end(db::Connection& connection, std::string_view token) const {
  connection.exec("DELETE FROM session WHERE token_index = $1",
                  {crypto::blindIndex(index_, "session", token)});
}

std::chrono::seconds Sessions::cookieLifetime(Role role) const {
  // The browser is given the longest time: the idle time is kept here, as it begins anew with every
  // request, and the cookie is set only once.
  return role == Role::client ? limits_.clientLongest : limits_.staffLongest;
}

}  // namespace attune::trust
