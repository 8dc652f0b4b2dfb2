#include <string>

#include "db/connection.h"

namespace attune::db {

namespace {

const Value& columnAt(const std::vector<Value>& values, std::size_t column) {
  if (column >= values.size()) {
    throw base::Problem(base::Problem::Kind::internal, "column " + std::to_string(column) +
                                                           " was asked for, but the row has " +
                                                           std::to_string(values.size()));
  }
  return values[column];
}

template <class T>
const T& columnAs(const std::vector<Value>& values, std::size_t column, const char* wanted) {
  constexpr const char* kTypes[] = {"NULL", "INTEGER", "REAL", "TEXT", "BLOB"};
  const Value& value = columnAt(values, column);
  if (const T* held = std::get_if<T>(&value)) return *held;
  throw base::Problem(base::Problem::Kind::corrupt,
                      "column " + std::to_string(column) + " should hold " + wanted +
                          " but the database has " + kTypes[value.index()] + " there");
}

}  // namespace

bool Row::isNull(std::size_t column) const {
  return std::holds_alternative<Null>(columnAt(values_, column));
}

std::int64_t Row::integer(std::size_t column) const {
  return columnAs<std::int64_t>(values_, column, "INTEGER");
}

double Row::real(std::size_t column) const {
  return columnAs<double>(values_, column, "REAL");
}

const std::string& Row::text(std::size_t column) const {
  return columnAs<std::string>(values_, column, "TEXT");
}

const base::Bytes& Row::blob(std::size_t column) const {
  return columnAs<base::Bytes>(values_, column, "BLOB");
}

std::optional<std::string> Row::maybeText(std::size_t column) const {
  if (isNull(column)) return std::nullopt;
  return text(column);
}

std::optional<std::int64_t> Row::maybeInteger(std::size_t column) const {
  if (isNull(column)) return std::nullopt;
  return integer(column);
}

}  // namespace attune::db
