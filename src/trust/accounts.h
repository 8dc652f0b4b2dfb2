// Who can sign in, and how: one-time links, recovery codes, passwords. A code or token is stored
// only as a keyed hash; a password only as Argon2id; a name only sealed under its owner's key.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/crypto.h"
#include "trust/audit.h"
#include "trust/gate.h"
#include "trust/keyring.h"

namespace attune::trust {

struct Profile {
  std::string name;      // shown to others; empty for a client who gave none
  std::string login;     // what staff sign in with; may be empty
  std::string email;     // where pages go; may be empty
  std::string language;  // ISO 639-1, of the texts they are shown
  std::string country;   // ISO 3166-1 alpha-2, of the help lines they are shown
};

struct Account {
  base::AccountId id;
  base::PersonId person;
  Role role = Role::client;
  Profile profile;
  bool onCall = false;
  bool hasPassword = false;
};

class Accounts {
 public:
  // index: MasterKey::derive("index"). All references outlive the object.
  Accounts(const Keyring& keyring, crypto::SecretKey index, const base::Clock& clock,
           crypto::Cost cost = crypto::Cost::interactive);

  // Inside the caller's transaction. Throws Problem(conflict) if the login is taken.
  Account create(db::Connection& connection, Role role, const Profile& profile) const;

  // A client without a name. The recovery code (26 characters in groups) is returned here and
  // nowhere else; whoever has it can sign in.
  struct Started {
    Account account;
    std::string recoveryCode;
  };
  Started startWithoutName(db::Connection& connection, const Profile& profile) const;

  // Absent for an unknown, erased or disabled account.
  std::optional<Account> find(db::Connection& connection, const base::AccountId& id) const;
  std::optional<Account> withLogin(db::Connection& connection, std::string_view login) const;
  // The account whose record the grant opens; the grant covers reading `identity`.
  std::optional<Account> ofPerson(db::Connection& connection, const Grant& grant) const;
  std::vector<Account> staff(db::Connection& connection) const;

  // A link token: 26 characters, good once, until `lifetime` has passed.
  std::string makeLink(db::Connection& connection, const base::AccountId& account,
                       std::chrono::minutes lifetime) const;
  // Absent if the token is wrong, expired or used; the attempt is the caller's to audit.
  std::optional<Account> useLink(db::Connection& connection, std::string_view token) const;
  std::optional<Account> withRecoveryCode(db::Connection& connection, std::string_view code) const;
  // Takes the same time whether the login or the password is wrong.
  std::optional<Account> withPassword(db::Connection& connection, std::string_view login,
                                      std::string_view password) const;
  // At least 12 characters, and not the login; throws Problem(invalid). Ends all sessions.
  void setPassword(db::Connection& connection, const Account& account,
                   std::string_view password) const;
  // Nobody signs in with it any more; where they are named they are "somebody who has left".
  void disable(db::Connection& connection, const base::AccountId& account) const;
  void setOnCall(db::Connection& connection, const base::AccountId& account, bool onCall) const;

 private:
  std::optional<Account> fromRow(db::Connection& connection, const db::Rows& rows) const;
  void insert(db::Connection& connection, const Account& account,
              std::optional<std::string> recoveryIndex) const;
  std::string index(std::string_view what, std::string_view value) const;

  const Keyring& keyring_;
  crypto::SecretKey index_;
  const base::Clock& clock_;
  crypto::Cost cost_;
  std::string decoyHash_;  // verified when there is no such login, to take the same time
};

}  // namespace attune::trust
