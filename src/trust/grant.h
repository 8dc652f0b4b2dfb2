// Leave to touch one person's data, for one purpose. Only Gate makes one; every function of
// `record` takes one; so code that skips the gate does not compile.
#pragma once

#include <optional>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "trust/words.h"

namespace attune::trust {

// Who acts: a signed-in account, or the system itself (empty account).
struct Actor {
  base::AccountId account;
  base::PersonId person;  // the actor's own person; for a client, whose record is theirs
  Role role = Role::system;
  std::string from;  // network address, for the audit
};

class Grant {
 public:
  const Actor& actor() const { return actor_; }
  const base::PersonId& person() const { return person_; }
  Action action() const { return action_; }
  Purpose purpose() const { return purpose_; }
  bool covers(Kind kind) const;

 private:
  friend class Gate;
  Grant() = default;

  // The word of consent this grant stands on: if its serial has changed, the grant is void.
  struct Consented {
    Source source;
    Purpose purpose;
    std::int64_t serial;
  };

  Actor actor_;
  base::PersonId person_;
  Action action_ = Action::read;
  Purpose purpose_ = Purpose::care;
  std::vector<Kind> kinds_;
  std::vector<Consented> consents_;
  bool needsCareTeam_ = false;
  const base::Clock* clock_ = nullptr;  // the gate's; outlives the grant
};

}  // namespace attune::trust
