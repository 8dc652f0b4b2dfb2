// Nobody's record can be read or written by code that has not asked the gate.
#include "record/store.h"

namespace attune {

void touch(const record::Store& store, db::Connection& db, const trust::Grant& grant,
           const base::ResourceId& id, const base::PersonId& person) {
  const record::Draft draft;
  const record::Query query;
  const auto visit = [](const record::Resource&) {};
#ifdef CONTROL
  store.create(db, grant, draft);
  store.update(db, grant, draft, 1);
  store.read(db, grant, id);
  store.search(db, grant, query);
  store.history(db, grant, id);
  store.each(db, grant, visit);
  static_cast<void>(person);
#else
  store.create(db, draft);         // must fail: no matching function
  store.update(db, draft, 1);      // must fail: no matching function
  store.read(db, id);              // must fail: no matching function
  store.search(db, query);         // must fail: no matching function
  store.history(db, id);           // must fail: no matching function
  store.each(db, visit);           // must fail: no matching function
  store.read(db, person, id);      // must fail: cannot convert|no known conversion|invalid init
  store.search(db, {}, query);     // must fail: private within this context
  static_cast<void>(grant);
#endif
}

}  // namespace attune
