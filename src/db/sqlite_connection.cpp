#include <cmath>

#include "db/sqlite.h"

namespace attune::db {

using base::Problem;

bool WriteTurn::take(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  if (!freed_.wait_for(lock, patience, [this] { return !taken_; })) return false;
  taken_ = true;
  return true;
}

void WriteTurn::pass() noexcept {
  {
    const std::lock_guard lock(mutex_);
    taken_ = false;
  }
  freed_.notify_one();
}

// Holds the turn for a statement that writes outside a transaction.
class SqliteConnection::Turn {
 public:
  Turn(SqliteConnection& owner, bool needed) : owner_(owner) {
    if (!needed || owner_.holdsTurn_) return;
    if (!owner_.turn_->take(kPatience)) throw problemOf(SQLITE_BUSY, {});
    owner_.holdsTurn_ = held_ = true;
  }
  ~Turn() {
    if (!held_ || !owner_.holdsTurn_) return;
    owner_.holdsTurn_ = false;
    owner_.turn_->pass();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  SqliteConnection& owner_;
  bool held_ = false;
};

SqliteConnection::SqliteConnection(const std::string& path, std::shared_ptr<WriteTurn> turn)
    : turn_(std::move(turn)) {
  sqlite3* handle = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &handle,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  handle_.reset(handle);
  if (code != SQLITE_OK) {
    const Problem told = problemOf(code, sqlite3_errstr(code));
    throw Problem(told.kind(), told.detail(), path);
  }
  try {
    configure();
  } catch (const Problem& told) {
    throw Problem(told.kind(), told.detail(), path);
  }
}

SqliteConnection::~SqliteConnection() {
  rollback();
}

void SqliteConnection::configure() {
  sqlite3* const db = handle_.get();
  sqlite3_busy_timeout(db, static_cast<int>(kPatience.count()));
  // SQLite opens a file that it may not write for reading only, without a word.
  if (sqlite3_db_readonly(db, "main") == 1) fail(SQLITE_READONLY);
  for (const auto& [option, on] : {std::pair{SQLITE_DBCONFIG_DEFENSIVE, 1},
                                   {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
                                   {SQLITE_DBCONFIG_DQS_DML, 0},
                                   {SQLITE_DBCONFIG_DQS_DDL, 0},
                                   {SQLITE_DBCONFIG_ENABLE_FKEY, 1}}) {
    if (const int code = sqlite3_db_config(db, option, on, nullptr); code != SQLITE_OK) fail(code);
  }
  const Rows mode = query("PRAGMA journal_mode=WAL");
  if (mode.size() != 1 || mode[0].text(0) != "wal") {
    throw Problem(Problem::Kind::storage,
                  "the file system of the data folder can't share memory between connections (a "
                  "network folder?): keep the data folder on a local disk");
  }
  script(
      "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON;"
      "PRAGMA trusted_schema=OFF; PRAGMA temp_store=MEMORY;"
      "PRAGMA journal_size_limit=67108864");
}

void SqliteConnection::fail(int code) {
  const Problem told = problemOf(code, sqlite3_errmsg(handle_.get()));
  if (begun_) {
    const bool gone = sqlite3_get_autocommit(handle_.get()) != 0;
    const bool hopeless =
        told.kind() == Problem::Kind::storage || told.kind() == Problem::Kind::corrupt;
    if (gone || hopeless) {
      endTransaction();
      lostTo_ = told.kind();
    }
  }
  throw told;
}

void SqliteConnection::requireUnbroken() const {
  if (!begun_ || sqlite3_get_autocommit(handle_.get()) == 0) return;
  // Going on would write outside any transaction what the caller believes to be inside one.
  throw Problem(lostTo_.value_or(Problem::Kind::internal),
                "the transaction ended at an earlier error and nothing of it was stored");
}

SqliteConnection::StatementPtr SqliteConnection::prepare(std::string_view sql,
                                                         std::string_view* rest) const {
  sqlite3_stmt* raw = nullptr;
  const char* tail = nullptr;
  const int code = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &raw, &tail);
  if (code != SQLITE_OK) throw problemOf(code, sqlite3_errmsg(handle_.get()));
  *rest = sql.substr(static_cast<std::size_t>(tail - sql.data()));
  return StatementPtr(raw);
}

SqliteConnection::Statement& SqliteConnection::prepared(std::string_view sql) {
  if (const auto found = bySql_.find(sql); found != bySql_.end()) {
    cache_.splice(cache_.begin(), cache_, found->second);
    return cache_.front();
  }
  Statement fresh{std::string(sql), nullptr, {}};
  std::string_view rest;
  fresh.handle = prepare(fresh.sql, &rest);
  std::string_view beyond;
  if (!fresh.handle || (!rest.empty() && prepare(rest, &beyond))) {
    throw Problem(Problem::Kind::internal, "query and exec take exactly one statement");
  }
  const int count = sqlite3_bind_parameter_count(fresh.handle.get());
  for (int n = 1; n <= count; ++n) {
    const std::string name = "$" + std::to_string(n);
    const int place = sqlite3_bind_parameter_index(fresh.handle.get(), name.c_str());
    if (place == 0) {
      throw Problem(
          Problem::Kind::internal,
          "the parameters of a statement are $1, $2 ... without a gap; " + name + " is missing");
    }
    fresh.places.push_back(place);
  }
  if (cache_.size() >= kCachedStatements) {
    bySql_.erase(cache_.back().sql);
    cache_.pop_back();
  }
  cache_.push_front(std::move(fresh));
  bySql_.emplace(cache_.front().sql, cache_.begin());
  return cache_.front();
}

void SqliteConnection::bind(const Statement& statement, std::span<const Value> parameters) const {
  if (parameters.size() != statement.places.size()) {
    throw Problem(Problem::Kind::internal,
                  "the statement has " + std::to_string(statement.places.size()) +
                      " parameters and was given " + std::to_string(parameters.size()));
  }
  sqlite3_stmt* const s = statement.handle.get();
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const int place = statement.places[i];
    const Value& value = parameters[i];
    int code = SQLITE_OK;
    // SQLITE_STATIC: the parameters outlive the statement's run, which resets and clears them.
    if (std::holds_alternative<Null>(value)) {
      code = sqlite3_bind_null(s, place);
    } else if (const auto* integer = std::get_if<std::int64_t>(&value)) {
      code = sqlite3_bind_int64(s, place, *integer);
    } else if (const auto* real = std::get_if<double>(&value)) {
      // SQLite would quietly store NULL instead.
      if (std::isnan(*real)) {
        throw Problem(Problem::Kind::invalid, "something that is not a number can't be stored");
      }
      code = sqlite3_bind_double(s, place, *real);
    } else if (const auto* text = std::get_if<std::string>(&value)) {
      code = sqlite3_bind_text64(s, place, text->data(), text->size(), SQLITE_STATIC, SQLITE_UTF8);
    } else {
      // A null pointer would bind NULL, and an empty vector may have one.
      const auto& bytes = std::get<base::Bytes>(value);
      code =
          sqlite3_bind_blob64(s, place, bytes.empty() ? "" : static_cast<const void*>(bytes.data()),
                              bytes.size(), SQLITE_STATIC);
    }
    if (code != SQLITE_OK) throw problemOf(code, sqlite3_errmsg(handle_.get()));
  }
}

namespace {

Value columnValue(sqlite3_stmt* statement, int column) {
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
      return static_cast<std::int64_t>(sqlite3_column_int64(statement, column));
    case SQLITE_FLOAT:
      return sqlite3_column_double(statement, column);
    case SQLITE_TEXT: {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
      if (text == nullptr) throw problemOf(SQLITE_NOMEM, {});
      return std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(statement, column)));
    }
    case SQLITE_BLOB: {
      const auto* data = static_cast<const unsigned char*>(sqlite3_column_blob(statement, column));
      const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
      return data == nullptr ? base::Bytes() : base::Bytes(data, data + size);
    }
    default:
      return Null();
  }
}

// Gives a cached statement back clean: no lock held, and no pointer into the caller's values.
struct Reset {
  sqlite3_stmt* statement;
  ~Reset() {
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
  }
};

}  // namespace

void SqliteConnection::run(Statement& statement, std::span<const Value> parameters, Rows* rows) {
  sqlite3_stmt* const s = statement.handle.get();
  const Reset reset{s};
  bind(statement, parameters);
  for (;;) {
    const int code = sqlite3_step(s);
    if (code == SQLITE_DONE) return;
    if (code != SQLITE_ROW) {
      sqlite3_reset(s);
      fail(code);
    }
    if (rows == nullptr) continue;
    std::vector<Value> values;
    const int columns = sqlite3_column_count(s);
    values.reserve(static_cast<std::size_t>(columns));
    for (int i = 0; i < columns; ++i) values.push_back(columnValue(s, i));
    rows->emplace_back(std::move(values));
  }
}

Rows SqliteConnection::query(std::string_view sql, std::span<const Value> parameters) {
  requireUnbroken();
  Statement& statement = prepared(sql);
  const Turn turn(*this, sqlite3_stmt_readonly(statement.handle.get()) == 0);
  Rows rows;
  run(statement, parameters, &rows);
  return rows;
}

std::int64_t SqliteConnection::exec(std::string_view sql, std::span<const Value> parameters) {
  requireUnbroken();
  Statement& statement = prepared(sql);
  const Turn turn(*this, sqlite3_stmt_readonly(statement.handle.get()) == 0);
  // sqlite3_changes keeps an older statement's count when this one changes nothing by its nature.
  const std::int64_t before = sqlite3_total_changes64(handle_.get());
  run(statement, parameters, nullptr);
  if (sqlite3_total_changes64(handle_.get()) == before) return 0;
  return sqlite3_changes64(handle_.get());
}

void SqliteConnection::script(std::string_view sql) {
  requireUnbroken();
  const Turn turn(*this, !begun_);
  const std::string text(sql);
  for (std::string_view rest = text; !rest.empty();) {
    const StatementPtr statement = prepare(rest, &rest);
    if (!statement) continue;  // only a comment or white space was left
    int code = SQLITE_ROW;
    while (code == SQLITE_ROW) code = sqlite3_step(statement.get());
    if (code != SQLITE_DONE) {
      sqlite3_reset(statement.get());
      fail(code);
    }
  }
}

void SqliteConnection::begin() {
  if (begun_ || inTransaction()) {
    throw Problem(Problem::Kind::internal, "a transaction has been begun already");
  }
  if (!turn_->take(kPatience)) throw problemOf(SQLITE_BUSY, {});
  holdsTurn_ = true;
  const int code = sqlite3_exec(handle_.get(), "BEGIN IMMEDIATE", nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) {
    const Problem told = problemOf(code, sqlite3_errmsg(handle_.get()));
    endTransaction();
    throw told;
  }
  begun_ = true;
  lostTo_.reset();
}

void SqliteConnection::commit() {
  if (!begun_) throw Problem(Problem::Kind::internal, "there is no transaction to commit");
  requireUnbroken();
  const int code = sqlite3_exec(handle_.get(), "COMMIT", nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(code);
  begun_ = false;
  endTransaction();
}

void SqliteConnection::rollback() noexcept {
  begun_ = false;
  lostTo_.reset();
  endTransaction();
}

void SqliteConnection::endTransaction() noexcept {
  if (handle_ && sqlite3_get_autocommit(handle_.get()) == 0) {
    sqlite3_exec(handle_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
  if (!holdsTurn_) return;
  holdsTurn_ = false;
  turn_->pass();
}

bool SqliteConnection::inTransaction() const {
  return sqlite3_get_autocommit(handle_.get()) == 0;
}

}  // namespace attune::db
