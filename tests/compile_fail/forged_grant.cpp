// A grant is made by the gate alone: not by hand, not by inheriting, not by changing another one.
#include "trust/gate.h"

namespace attune {

#ifndef CONTROL
struct Forged : trust::Grant {
  Forged() {}  // must fail: private within this context
};
#endif

base::PersonId forge(trust::Grant& grant, const base::PersonId& somebodyElse) {
#ifdef CONTROL
  const trust::Grant copy = grant;
  static_cast<void>(somebodyElse);
  return copy.person();
#else
  const trust::Grant made;           // must fail: private within this context
  auto* onHeap = new trust::Grant{}; // must fail: private within this context
  grant.person_ = somebodyElse;      // must fail: private within this context
  grant.kinds_.clear();              // must fail: private within this context
  grant.needsCareTeam_ = false;      // must fail: private within this context
  static_cast<void>(onHeap);
  return made.person();
#endif
}

}  // namespace attune
