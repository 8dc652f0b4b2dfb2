// Points in time, and the clock they come from.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace attune::base {

// UTC, to the millisecond.
using Instant = std::chrono::sys_time<std::chrono::milliseconds>;

// Where "now" comes from. Handed in, so that a test can hold it still or turn it.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
};

class SystemClock final : public Clock {
 public:
  Instant now() const override;
};

// For tests and for the demonstration clinic's history.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Instant start) : now_(start) {}
  Instant now() const override { return now_; }
  void set(Instant instant) { now_ = instant; }
  void advance(std::chrono::milliseconds by) { now_ += by; }

 private:
  Instant now_;
};

std::int64_t toMillis(Instant instant);
Instant fromMillis(std::int64_t millisSinceEpoch);

// RFC 3339 in UTC with milliseconds: 2026-11-21T23:44:00.000Z (also a FHIR instant).
std::string formatInstant(Instant instant);

// An RFC 3339 date-time with "Z" or an offset. Absent if it is not one, or names a day or hour that
// does not exist (2023-02-30, 24:00). A leap second (:60) is read as :59.999.
std::optional<Instant> parseInstant(std::string_view text);

}  // namespace attune::base
