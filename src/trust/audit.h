// The audit trail: one entry for every read, write, refusal, sign-in and decision, each hashed with
// the one before it, the newest signed. Entries hold ids and fixed words, never content, so the
// trail outlives the erasure of a person.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "crypto/crypto.h"
#include "db/connection.h"
#include "trust/grant.h"

namespace attune::trust {

struct AuditEntry {
  std::int64_t seq = 0;
  base::Instant at;
  std::string actor;  // account id, or "system"
  std::string role;
  std::string action;  // read, write, refused, sign-in, decision, erase ...
  std::string person;  // whose data; may be empty
  std::string what;    // kinds, space between
  std::string purpose;
  std::string result;  // granted, or why not
  std::string from;    // network address
  std::string detail;  // ids and fixed words
};

struct AuditReport {
  bool intact = false;
  std::int64_t entries = 0;
  std::int64_t firstBad = 0;  // sequence number of the first entry that is changed, missing or new
  std::string reason;         // for a person
};

class AuditLog {
 public:
  // key: what heads and checkpoints are signed with (MasterKey::derive("audit")).
  AuditLog(const crypto::SecretKey& key, const base::Clock& clock);

  // Appends inside the caller's write transaction; seq and at are filled in here. Throws
  // Problem(internal) outside of one. What somebody sent goes in as plain ASCII of at most 256
  // characters, and as a person only an id: the trail must stay readable and free of content.
  void append(db::Connection& connection, AuditEntry entry) const;
  // The same in a transaction of its own.
  void append(db::Database& database, AuditEntry entry) const;

  // Walks the whole chain; others may go on appending. Changed, removed, inserted or reordered
  // entries, a cut-off end, a removed checkpoint and a forged signature are found; the first is
  // named. Of a chain that was written anew the first checkpoint (every 256th entry) or the newest
  // entry is named, as nothing before it tells. What can't be seen from inside: a whole database
  // put back to an older state (keep exports elsewhere).
  AuditReport verify(db::Connection& connection) const;

  // Entries about one person, newest first; before = 0 for the newest.
  static std::vector<AuditEntry> about(db::Connection& connection, const base::PersonId& person,
                                       std::int64_t before, int limit);
  // Every entry in order, as JSON Lines: {"entry": {...}, "hash": "…"}; for `attune audit export`.
  static void exportLines(db::Connection& connection,
                          const std::function<void(std::string_view line)>& sink);

 private:
  crypto::Signer signer_;
  const base::Clock& clock_;
};

}  // namespace attune::trust
