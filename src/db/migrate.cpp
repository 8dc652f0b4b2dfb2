#include <string>

#include "db/connection.h"

namespace attune::db {

using base::Problem;

namespace {

void requireNoGaps(std::span<const Migration> migrations) {
  int expected = 1;
  for (const Migration& migration : migrations) {
    if (migration.number != expected) {
      throw Problem(Problem::Kind::internal,
                    "migrations are numbered from 1 without a gap; number " +
                        std::to_string(expected) + " is missing",
                    std::string(migration.name));
    }
    ++expected;
  }
}

// The number of the last migration that the database has had.
std::int64_t versionOf(Connection& connection) {
  const Rows rows =
      connection.query("SELECT COUNT(*), COALESCE(MAX(number), 0) FROM schema_version");
  const std::int64_t count = rows.at(0).integer(0), newest = rows.at(0).integer(1);
  if (count != newest) {
    throw Problem(Problem::Kind::corrupt,
                  "the database has had migration " + std::to_string(newest) + " but only " +
                      std::to_string(count) + " in all: restore the last backup");
  }
  return newest;
}

void apply(Connection& connection, const Migration& migration, std::int64_t nowMillis) {
  try {
    connection.script(migration.sql);
    connection.exec("INSERT INTO schema_version(number, applied_at) VALUES($1, $2)",
                    {std::int64_t{migration.number}, nowMillis});
  } catch (const Problem& told) {
    throw Problem(told.kind(), told.detail(), std::string(migration.name));
  }
}

}  // namespace

void migrate(Connection& connection, std::span<const Migration> migrations,
             std::int64_t nowMillis) {
  requireNoGaps(migrations);
  for (;;) {
    // The version is read inside the transaction: another process may be migrating as well.
    Transaction tx(connection);
    connection.script(
        "CREATE TABLE IF NOT EXISTS schema_version("
        "number INTEGER PRIMARY KEY, applied_at INTEGER NOT NULL)");
    const auto version = static_cast<std::size_t>(versionOf(connection));
    if (version > migrations.size()) {
      throw Problem(Problem::Kind::configuration,
                    "the database was made by a newer Attune (schema " + std::to_string(version) +
                        "; this one knows " + std::to_string(migrations.size()) +
                        "): upgrade the program");
    }
    if (version == migrations.size()) return;
    apply(connection, migrations[version], nowMillis);
    tx.commit();
  }
}

}  // namespace attune::db
