// Inside of db: one SQLite connection, and how its errors are told. Other rooms use connection.h.
#pragma once

#include <sqlite3.h>

#include <chrono>
#include <condition_variable>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "db/connection.h"

namespace attune::db {

// How long a writer waits for the others before it gives up with Problem(unavailable).
constexpr std::chrono::milliseconds kPatience{5000};

// The Problem for an SQLite (extended) result code. `message` is SQLite's own text: it names
// tables, columns and words of the statement, never a bound value.
base::Problem problemOf(int code, std::string_view message);

// The one turn to write that the connections of a process share. SQLite has a single writer and
// waits for it by sleeping and trying again; waiting here instead wakes the next writer at once.
class WriteTurn {
 public:
  // False if the turn did not come within `patience`.
  bool take(std::chrono::milliseconds patience);
  void pass() noexcept;

 private:
  std::mutex mutex_;
  std::condition_variable freed_;
  bool taken_ = false;
};

class SqliteConnection final : public Connection {
 public:
  // How many prepared statements a connection keeps; the one unused for longest goes first.
  static constexpr std::size_t kCachedStatements = 64;

  SqliteConnection(const std::string& path, std::shared_ptr<WriteTurn> turn);
  ~SqliteConnection() override;
  SqliteConnection(const SqliteConnection&) = delete;
  SqliteConnection& operator=(const SqliteConnection&) = delete;

  using Connection::exec;
  using Connection::query;
  Rows query(std::string_view sql, std::span<const Value> parameters) override;
  std::int64_t exec(std::string_view sql, std::span<const Value> parameters) override;
  void script(std::string_view sql) override;
  void begin() override;
  void commit() override;
  void rollback() noexcept override;
  bool inTransaction() const override;

  std::size_t cachedStatements() const { return cache_.size(); }

 private:
  struct CloseHandle {
    void operator()(sqlite3* handle) const noexcept { sqlite3_close_v2(handle); }
  };
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
  };
  using StatementPtr = std::unique_ptr<sqlite3_stmt, Finalize>;
  struct Statement {
    std::string sql;
    StatementPtr handle;
    std::vector<int> places;  // places[n - 1]: SQLite's index of $n
  };
  class Turn;

  void configure();
  StatementPtr prepare(std::string_view sql, std::string_view* rest) const;
  Statement& prepared(std::string_view sql);
  void bind(const Statement& statement, std::span<const Value> parameters) const;
  void run(Statement& statement, std::span<const Value> parameters, Rows* rows);
  // Throws if the transaction that the caller believes in has been lost to an earlier error.
  void requireUnbroken() const;
  void endTransaction() noexcept;
  [[noreturn]] void fail(int code);

  std::unique_ptr<sqlite3, CloseHandle> handle_;
  std::shared_ptr<WriteTurn> turn_;
  bool holdsTurn_ = false;
  bool begun_ = false;  // begin() was called, and neither commit() succeeded nor rollback() came
  std::optional<base::Problem::Kind> lostTo_;  // what ended the transaction behind its owner's back
  std::list<Statement> cache_;                 // most recently used first
  std::unordered_map<std::string_view, std::list<Statement>::iterator> bySql_;
};

}  // namespace attune::db
