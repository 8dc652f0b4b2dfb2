#include "oversight/work.h"

namespace attune::oversight {

namespace {

Work workFrom(const db::Row& row) {
  return {row.text(0),
          static_cast<WorkKind>(row.integer(1)),
          {row.text(2)},
          row.text(3),
          static_cast<int>(row.integer(4))};
}

}  // namespace

std::string oweWork(db::Connection& connection, WorkKind kind, const base::PersonId& person,
                    const std::string& subject, base::Instant notBefore) {
  connection.exec(
      "INSERT INTO work(id, kind, person, subject, attempts, not_before, created_at) VALUES($1, "
      "$2, $3, $1, 0, $4, $4) ON CONFLICT(id) DO NOTHING",
      {subject, static_cast<std::int64_t>(kind), person.value, base::toMillis(notBefore)});
  return subject;
}

std::optional<Work> findWork(db::Connection& connection, const std::string& id) {
  const db::Rows rows =
      connection.query("SELECT id, kind, person, subject, attempts FROM work WHERE id = $1", {id});
  if (rows.empty()) return std::nullopt;
  return workFrom(rows[0]);
}

std::optional<Work> takeDueWork(db::Connection& connection, base::Instant now,
                                std::chrono::milliseconds lease) {
  // SQLite has one writer at a time; PostgreSQL will want FOR UPDATE SKIP LOCKED in the subquery.
  const db::Rows rows = connection.query(
      "UPDATE work SET attempts = attempts + 1, not_before = $2 WHERE id = (SELECT id FROM work "
      "WHERE not_before <= $1 ORDER BY not_before, id LIMIT 1) RETURNING id, kind, person, "
      "subject, "
      "attempts",
      {base::toMillis(now), base::toMillis(now + lease)});
  if (rows.empty()) return std::nullopt;
  return workFrom(rows[0]);
}

bool finishWork(db::Connection& connection, const std::string& id) {
  return connection.exec("DELETE FROM work WHERE id = $1", {id}) == 1;
}

void releaseWork(db::Connection& connection, base::Instant now) {
  connection.exec("UPDATE work SET not_before = $1 WHERE not_before > $1", {base::toMillis(now)});
}

void hurryWork(db::Connection& connection, const std::string& id, base::Instant now) {
  connection.exec("UPDATE work SET not_before = $2 WHERE id = $1", {id, base::toMillis(now)});
}

std::int64_t owedWork(db::Connection& connection) {
  return connection.query("SELECT COUNT(*) FROM work")[0].integer(0);
}

}  // namespace attune::oversight
