// The key of each person, wrapped by the master key. Destroying it erases the person: nothing
// sealed under it can be read again, in this database or in a copy of the sealed rows. A copy that
// holds the wrapped key as well still opens, so backups keep the keys apart.
#pragma once

#include <string>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "crypto/crypto.h"
#include "db/connection.h"
#include "trust/grant.h"

namespace attune::trust {

class Keyring {
 public:
  // wrapping: MasterKey::derive("wrap").
  Keyring(crypto::SecretKey wrapping, base::Random& random);

  // Makes a person and their key, inside the caller's transaction.
  base::PersonId create(db::Connection& connection, base::Instant now) const;

  // Throws Problem(notFound) if there is no such person or they have been erased, and
  // Problem(corrupt) if the stored key does not open with this master key.
  crypto::SecretKey keyOf(db::Connection& connection, const Grant& grant) const;

  // Throws Problem(notFound) if there is no such person or they have been erased.
  void requirePerson(db::Connection& connection, const base::PersonId& person) const;

  // Erases: the key goes, the row stays. Sealed rows go too, so that the space comes back.
  // False if there was nobody to erase. Inside the caller's transaction. The write-ahead log keeps
  // the old pages until it is checkpointed: do that (wal_checkpoint TRUNCATE) after the commit.
  bool destroy(db::Connection& connection, const base::PersonId& person, base::Instant now) const;

  // Throws Problem(configuration) if the master key is not the one this database was made with; a
  // database without anybody in it takes this key as its own.
  void verify(db::Connection& connection) const;

  base::Random& random() const { return random_; }

 private:
  // Sign-in comes before any grant: it needs the key of who signs in.
  friend class Accounts;
  friend class KeyringTestPeer;
  crypto::SecretKey keyOf(db::Connection& connection, const base::PersonId& person) const;

  crypto::SecretKey wrapping_;
  base::Random& random_;
};

}  // namespace attune::trust
