// Signed-in browsers. The token is in a cookie there and only as a keyed hash here.
#pragma once

#include <optional>
#include <string>

#include "trust/accounts.h"

namespace attune::trust {

struct SessionLimits {
  std::chrono::minutes staffIdle{30};
  std::chrono::minutes clientIdle{24 * 60};
  std::chrono::minutes staffLongest{12 * 60};
  std::chrono::minutes clientLongest{30 * 24 * 60};
};

class Sessions {
 public:
  Sessions(const Accounts& accounts, crypto::SecretKey index, base::Random& random,
           const base::Clock& clock, SessionLimits limits);

  // A new session's token. Inside the caller's transaction.
  std::string begin(db::Connection& connection, const Account& account) const;
  // The account, if the session stands. byPerson: somebody did something, so the idle time begins
  // anew (noted at most once a minute, to spare the disk); a page that refreshes itself does not
  // keep its session alive.
  std::optional<Account> resume(db::Connection& connection, std::string_view token,
                                bool byPerson = true) const;
  void end(db::Connection& connection, std::string_view token) const;
  // How long a browser may keep the cookie of such an account.
  std::chrono::seconds cookieLifetime(Role role) const;

 private:
  const Accounts& accounts_;
  crypto::SecretKey index_;
  base::Random& random_;
  const base::Clock& clock_;
  SessionLimits limits_;
};

}  // namespace attune::trust
