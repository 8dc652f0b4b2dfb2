// The review queue: findings in the order in which a person should look at them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "oversight/events.h"
#include "oversight/finding.h"
#include "trust/audit.h"
#include "trust/gate.h"

namespace attune::oversight {

// What stands in the queue in clear. The rest of the finding is sealed in the record.
struct QueueEntry {
  base::ResourceId id;
  base::PersonId person;
  base::ResourceId message;
  FindingKind kind = FindingKind::distress;
  int priority = 4;
  FindingState state = FindingState::open;
  base::AccountId assignedTo;  // empty: nobody
  std::int64_t version = 1;
  base::Instant createdAt;
  base::Instant dueAt;
};

// How often this kind is raised, and how often people agreed: stands beside every finding.
struct BaseRate {
  std::int64_t read = 0;     // messages read in the last 90 days
  std::int64_t raised = 0;   // of these, findings of this kind
  std::int64_t decided = 0;  // of this kind, ever
  std::int64_t agreed = 0;   // of the decided ones, accepted or acted on
};

// True while the person agrees to what findings stand on (messages for care and for alerts). Counts
// of findings tell something about somebody too, so without it they are not shown.
bool mayShowFindings(db::Connection& connection, const base::PersonId& person);

class Queue {
 public:
  Queue(const record::Store& store, trust::AuditLog& audit, const base::Clock& clock,
        ReviewPolicy policy);

  // Stores the finding and its entry in the caller's transaction. The grant covers writing
  // findings.
  QueueEntry file(db::Connection& connection, const trust::Grant& grant, const Finding& finding,
                  base::Instant createdAt) const;
  // True if an open finding of this kind about this person makes another one like it noise.
  bool coalesced(db::Connection& connection, const Finding& finding, base::Instant now) const;

  // Entries about people in the account's care team now, by priority, then due.
  std::vector<QueueEntry> forStaff(db::Connection& connection, const base::AccountId& account,
                                   bool decided, int limit) const;
  std::vector<QueueEntry> about(db::Connection& connection, const base::PersonId& person,
                                bool decided, int limit) const;
  std::optional<QueueEntry> find(db::Connection& connection, const base::ResourceId& id) const;

  Finding read(db::Connection& connection, const trust::Grant& grant,
               const base::ResourceId& id) const;

  // A person's decision, in the caller's transaction; audited. Throws Problem(conflict) if somebody
  // decided first or `version` is not the newest, Problem(invalid) for an empty or over-long
  // reason.
  Finding decide(db::Connection& connection, const trust::Grant& grant, const base::ResourceId& id,
                 std::int64_t version, Decision decision, std::string_view reason,
                 base::Instant at) const;
  void assign(db::Connection& connection, const trust::Grant& grant, const base::ResourceId& id,
              const base::AccountId& to) const;

  BaseRate baseRate(db::Connection& connection, FindingKind kind) const;
  // Counts one reading; kind absent = nothing found. Inside the caller's transaction.
  void tally(db::Connection& connection, std::optional<FindingKind> kind, base::Instant at) const;

  const ReviewPolicy& policy() const { return policy_; }

 private:
  const ReviewPolicy::Rule& ruleFor(const Finding& finding) const;
  std::vector<QueueEntry> list(db::Connection& connection, std::string_view condition,
                               const db::Value& value, bool decided, int limit) const;

  const record::Store& store_;
  trust::AuditLog& audit_;
  const base::Clock& clock_;
  ReviewPolicy policy_;
};

}  // namespace attune::oversight
