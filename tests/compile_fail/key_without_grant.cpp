// Nobody takes a person's key without leave: words sealed under it would lie open.
#include "trust/keyring.h"

attune::crypto::SecretKey steal(const attune::trust::Keyring& keyring,
                                attune::db::Connection& connection,
                                const attune::base::PersonId& person,
                                const attune::trust::Grant& grant) {
#ifdef CONTROL
  (void)person;
  return keyring.keyOf(connection, grant);
#else
  (void)grant;
  return keyring.keyOf(connection, person);  // must fail: is private within this context
#endif
}
