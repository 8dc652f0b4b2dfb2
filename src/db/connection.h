// A database behind one small interface: SQL with $1 parameters in the subset that SQLite and
// PostgreSQL share, transactions, nothing else. SQLite today; a PostgreSQL driver joins by
// implementing Connection and Database, without touching a query.
//
//   auto lease = database.lease();
//   Transaction tx(*lease);
//   lease->exec("INSERT INTO consent(person, source) VALUES($1, $2)", {person.value, "messages"});
//   tx.commit();
//
// The subset: $n parameters, INTEGER (64 bit), REAL, TEXT, BYTEA, ON CONFLICT ... DO UPDATE,
// RETURNING, LIMIT/OFFSET. No AUTOINCREMENT, no date functions, no implicit type changes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/problem.h"

namespace attune::db {

using Null = std::monostate;
using Value = std::variant<Null, std::int64_t, double, std::string, base::Bytes>;

// One row of a result; columns in the order of the query.
class Row {
 public:
  explicit Row(std::vector<Value> values) : values_(std::move(values)) {}

  bool isNull(std::size_t column) const;
  // Each throws Problem(corrupt) when the column holds another type (or NULL).
  std::int64_t integer(std::size_t column) const;
  double real(std::size_t column) const;
  const std::string& text(std::size_t column) const;
  const base::Bytes& blob(std::size_t column) const;
  std::optional<std::string> maybeText(std::size_t column) const;
  std::optional<std::int64_t> maybeInteger(std::size_t column) const;

 private:
  std::vector<Value> values_;
};

using Rows = std::vector<Row>;

// One connection. Not thread-safe: a connection belongs to one thread at a time.
// Every function throws Problem: storage (disk full or not writable: the transaction is rolled
// back), conflict (a unique key or a foreign key is violated), unavailable (locked for longer than
// the time-out), corrupt (not a database, or a damaged one), internal (the SQL is wrong).
class Connection {
 public:
  virtual ~Connection() = default;

  // Runs one statement; parameters bind to $1, $2 ... Returns its rows (empty for most writes).
  virtual Rows query(std::string_view sql, std::span<const Value> parameters) = 0;
  // Runs one statement and returns how many rows it changed.
  virtual std::int64_t exec(std::string_view sql, std::span<const Value> parameters) = 0;
  // Runs a script of several statements, as a migration has them.
  virtual void script(std::string_view sql) = 0;

  virtual void begin() = 0;  // takes the write lock at once, so a commit can't lose it later
  virtual void commit() = 0;
  virtual void rollback() noexcept = 0;
  virtual bool inTransaction() const = 0;

  Rows query(std::string_view sql, std::initializer_list<Value> parameters = {}) {
    return query(sql, std::span<const Value>(parameters.begin(), parameters.size()));
  }
  std::int64_t exec(std::string_view sql, std::initializer_list<Value> parameters = {}) {
    return exec(sql, std::span<const Value>(parameters.begin(), parameters.size()));
  }
};

// A write transaction: rolled back when it goes out of scope without commit().
class Transaction {
 public:
  explicit Transaction(Connection& connection) : connection_(connection) { connection_.begin(); }
  ~Transaction() {
    if (!done_) connection_.rollback();
  }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  // Durable when it returns: a crash of the process or the machine does not lose it.
  void commit() {
    connection_.commit();
    done_ = true;
  }

 private:
  Connection& connection_;
  bool done_ = false;
};

// A database from which threads borrow connections. Thread-safe.
class Database {
 public:
  virtual ~Database() = default;

  // A connection on loan; goes back when the lease ends. Blocks while all are lent.
  class Lease {
   public:
    Lease(Database& owner, std::unique_ptr<Connection> connection)
        : owner_(&owner), connection_(std::move(connection)) {}
    ~Lease() {
      if (connection_) owner_->giveBack(std::move(connection_));
    }
    Lease(Lease&&) = default;
    Lease& operator=(Lease&&) = delete;
    Connection& operator*() const { return *connection_; }
    Connection* operator->() const { return connection_.get(); }

   private:
    Database* owner_;
    std::unique_ptr<Connection> connection_;
  };

  virtual Lease lease() = 0;

  // Writes a consistent copy of the whole database to a new file while others go on working.
  // Throws Problem(storage) if the file exists or can't be written.
  virtual void copyTo(const std::string& path) = 0;

  // Makes what has been deleted leave the disk (the write-ahead log keeps it until then). Throws
  // Problem(unavailable) if others kept reading meanwhile: call again.
  virtual void discardDeleted() = 0;

 protected:
  virtual void giveBack(std::unique_ptr<Connection> connection) noexcept = 0;
};

// Opens or creates an SQLite database: WAL, synchronous=FULL, foreign keys on, files mode 0600.
// path ":memory:" is not accepted: connections would not share it. Throws Problem.
std::unique_ptr<Database> openSqlite(const std::string& path, std::size_t connections = 8);

// A migration: numbers rise by one from 1, never change once released, and only go forward.
struct Migration {
  int number;
  std::string_view name;  // e.g. "0001_first.sql", for error texts
  std::string_view sql;
};

// Brings the schema to the newest migration, each in a transaction of its own; table
// schema_version(number, applied_at). Throws Problem(configuration) if the database is newer than
// this program ("made by a newer Attune (schema 7; this one knows 5): upgrade the program").
void migrate(Connection& connection, std::span<const Migration> migrations, std::int64_t nowMillis);

// The migrations embedded from src/db/migrations/*.sql, in order.
std::span<const Migration> migrations();

}  // namespace attune::db
