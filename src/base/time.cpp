#include "base/time.h"

#include <cstdio>

namespace attune::base {

namespace {

// Reads exactly `digits` decimal digits at *pos and moves past them.
std::optional<int> readNumber(std::string_view text, std::size_t* pos, std::size_t digits) {
  if (*pos + digits > text.size()) return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    const char c = text[*pos + i];
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  *pos += digits;
  return value;
}

bool readChar(std::string_view text, std::size_t* pos, char wanted) {
  if (*pos >= text.size() || text[*pos] != wanted) return false;
  ++*pos;
  return true;
}

}  // namespace

Instant SystemClock::now() const {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::int64_t toMillis(Instant instant) {
  return instant.time_since_epoch().count();
}

Instant fromMillis(std::int64_t millisSinceEpoch) {
  return Instant(std::chrono::milliseconds(millisSinceEpoch));
}

std::string formatInstant(Instant instant) {
  const auto day = std::chrono::floor<std::chrono::days>(instant);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(instant - day);
  char buffer[40];
  std::snprintf(buffer, sizeof buffer, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()),
                static_cast<int>(time.subseconds().count()));
  return buffer;
}

std::optional<Instant> parseInstant(std::string_view text) {
  using namespace std::chrono;
  std::size_t pos = 0;
  const auto year = readNumber(text, &pos, 4);
  if (!year || !readChar(text, &pos, '-')) return std::nullopt;
  const auto month = readNumber(text, &pos, 2);
  if (!month || !readChar(text, &pos, '-')) return std::nullopt;
  const auto day = readNumber(text, &pos, 2);
  if (!day || !(readChar(text, &pos, 'T') || readChar(text, &pos, 't'))) return std::nullopt;
  const auto hour = readNumber(text, &pos, 2);
  if (!hour || *hour > 23 || !readChar(text, &pos, ':')) return std::nullopt;
  const auto minute = readNumber(text, &pos, 2);
  if (!minute || *minute > 59 || !readChar(text, &pos, ':')) return std::nullopt;
  auto second = readNumber(text, &pos, 2);
  if (!second || *second > 60) return std::nullopt;
  int millis = 0;
  if (readChar(text, &pos, '.')) {
    int scale = 100;
    std::size_t digits = 0;
    while (pos < text.size() && text[pos] >= '0' && text[pos] <= '9') {
      millis += scale * (text[pos] - '0');
      scale /= 10;
      ++pos;
      ++digits;
    }
    if (digits == 0) return std::nullopt;
  }
  if (*second == 60) {
    second = 59;
    millis = 999;
  }
  minutes offset{0};
  if (!readChar(text, &pos, 'Z') && !readChar(text, &pos, 'z')) {
    const bool minus = pos < text.size() && text[pos] == '-';
    if (!minus && !(pos < text.size() && text[pos] == '+')) return std::nullopt;
    ++pos;
    const auto offsetHours = readNumber(text, &pos, 2);
    if (!offsetHours || *offsetHours > 14 || !readChar(text, &pos, ':')) return std::nullopt;
    const auto offsetMinutes = readNumber(text, &pos, 2);
    if (!offsetMinutes || *offsetMinutes > 59) return std::nullopt;
    offset = minutes(*offsetHours * 60 + *offsetMinutes);
    if (minus) offset = -offset;
  }
  if (pos != text.size()) return std::nullopt;
  const year_month_day date(std::chrono::year(*year),
                            std::chrono::month(static_cast<unsigned>(*month)),
                            std::chrono::day(static_cast<unsigned>(*day)));
  if (!date.ok()) return std::nullopt;
  return Instant(sys_days(date).time_since_epoch() + hours(*hour) + minutes(*minute) +
                 seconds(*second) + milliseconds(millis) - offset);
}

}  // namespace attune::base
