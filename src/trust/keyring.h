// The key of each person, wrapped by the master key. Destroying it erases the person: nothing
// sealed under it can be read again, wherever a copy lies.
#pragma once

#include <string>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "crypto/crypto.h"
#include "db/connection.h"

namespace attune::trust {

class Keyring {
 public:
  // wrapping: MasterKey::derive("wrap").
  Keyring(crypto::SecretKey wrapping, base::Random& random);

  // Makes a person and their key, inside the caller's transaction.
  base::PersonId create(db::Connection& connection, base::Instant now) const;

  // Throws Problem(notFound) if there is no such person or they have been erased, and
  // Problem(corrupt) if the stored key does not open with this master key.
  crypto::SecretKey keyOf(db::Connection& connection, const base::PersonId& person) const;

  // Erases: the key goes, the row stays. Sealed rows go too, so that the space comes back.
  // False if there was nobody to erase. Inside the caller's transaction.
  bool destroy(db::Connection& connection, const base::PersonId& person, base::Instant now) const;

  // Throws Problem(configuration) if the master key is not the one this database was made with.
  void verify(db::Connection& connection) const;

  base::Random& random() const { return random_; }

 private:
  crypto::SecretKey wrapping_;
  base::Random& random_;
};

}  // namespace attune::trust
