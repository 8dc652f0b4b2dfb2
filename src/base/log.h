// Log lines: one JSON object a line, for an operator and for journald. A line holds what happened
// and ids, never a client's words, a name or a secret.
//
//   log.info("server started", {{"port", 8080}});
#pragma once

#include <functional>
#include <initializer_list>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/time.h"

namespace attune::base {

class Log {
 public:
  using FieldValue = std::variant<std::int64_t, double, std::string_view>;
  struct Field {
    std::string_view name;
    FieldValue value;
    Field(std::string_view n, std::string_view v) : name(n), value(v) {}
    Field(std::string_view n, const std::string& v) : name(n), value(std::string_view(v)) {}
    Field(std::string_view n, const char* v) : name(n), value(std::string_view(v)) {}
    Field(std::string_view n, double v) : name(n), value(v) {}
    Field(std::string_view n, std::integral auto v) : name(n), value(std::int64_t(v)) {}
  };
  using Fields = std::initializer_list<Field>;
  using Sink = std::function<void(std::string_view line)>;

  // `sink` gets whole lines without the line end, one call at a time. `clock` outlives the log.
  Log(const Clock& clock, Sink sink) : clock_(clock), sink_(std::move(sink)) {}

  void info(std::string_view event, Fields fields = {}) { write("info", event, fields); }
  void warn(std::string_view event, Fields fields = {}) { write("warn", event, fields); }
  void error(std::string_view event, Fields fields = {}) { write("error", event, fields); }

 private:
  void write(std::string_view level, std::string_view event, Fields fields);

  const Clock& clock_;
  Sink sink_;
  std::mutex mutex_;
};

}  // namespace attune::base
