// Work that is owed, kept in the database: written in the transaction that causes it, removed in
// the transaction that does it. So nothing is forgotten by a crash and nothing is done twice.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "db/connection.h"

namespace attune::oversight {

enum class WorkKind { readMessage = 0 };

struct Work {
  std::string id;
  WorkKind kind = WorkKind::readMessage;
  base::PersonId person;
  std::string subject;  // for readMessage: the message's id
  int attempts = 0;
};

// Inside the caller's transaction. Returns the work's id, which is the subject's: the same subject
// is never owed twice at once.
std::string oweWork(db::Connection& connection, WorkKind kind, const base::PersonId& person,
                    const std::string& subject, base::Instant notBefore);

std::optional<Work> findWork(db::Connection& connection, const std::string& id);

// Takes the oldest due work for `lease`: until then nobody else gets it, and after that, if it has
// not been finished, somebody does. attempts counts the takings.
std::optional<Work> takeDueWork(db::Connection& connection, base::Instant now,
                                std::chrono::milliseconds lease);

// True if it was still owed: the caller's transaction does it, exactly once.
bool finishWork(db::Connection& connection, const std::string& id);

// Makes everything due that a process took and did not finish. Only for the one server of a data
// folder, before it starts to work.
void releaseWork(db::Connection& connection, base::Instant now);

// Makes it due at `now`.
void hurryWork(db::Connection& connection, const std::string& id, base::Instant now);

std::int64_t owedWork(db::Connection& connection);

}  // namespace attune::oversight
