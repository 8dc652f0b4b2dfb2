#include "clinic/demo_course.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace attune::clinic {

namespace {

double between(Dice& dice, int lowPercent, int highPercent) {
  return dice.between(lowPercent, highPercent) / 100.0;
}

double straight(double from, double to, double share) {
  return from + (to - from) * share;
}

// The weeks-long silences that every real series has.
std::vector<bool> gaps(int days, Dice& dice) {
  std::vector<bool> away(std::size_t(days) + 1, false);
  for (int gap = dice.between(0, 2); gap > 0; --gap) {
    const int from = dice.between(0, days);
    const int to = std::min(days, from + dice.between(5, 14));
    for (int day = from; day <= to; ++day) away[std::size_t(day)] = true;
  }
  return away;
}

}  // namespace

base::Instant onDay(base::Instant since, int day, int hour, int minute) {
  const auto midnight = std::chrono::floor<std::chrono::days>(since);
  return base::Instant(midnight + std::chrono::days(day) + std::chrono::hours(hour) +
                       std::chrono::minutes(minute));
}

Course::Course(DemoTrajectory trajectory, int days, Dice& dice) : days_(days) {
  turn_ = 0.5;
  switch (trajectory) {
    case DemoTrajectory::improving:
      start_ = between(dice, 70, 84);
      end_ = between(dice, 12, 28);
      break;
    case DemoTrajectory::stuck:
      start_ = between(dice, 48, 60);
      end_ = start_;
      break;
    case DemoTrajectory::worsening:
      start_ = between(dice, 22, 36);
      end_ = between(dice, 80, 92);
      break;
    case DemoTrajectory::relapse:
      start_ = between(dice, 68, 78);
      end_ = between(dice, 76, 88);
      turn_ = between(dice, 42, 52);
      break;
  }
  middle_ = trajectory == DemoTrajectory::relapse ? between(dice, 14, 24) : (start_ + end_) / 2;
  for (int week = 0; week <= days / 7 + 1; ++week) wobble_.push_back(0.05 * dice.noise());
}

double Course::severity(int day) const {
  const double share = std::clamp(double(day) / std::max(days_, 1), 0.0, 1.0);
  const double level = share < turn_ ? straight(start_, middle_, share / turn_)
                                     : straight(middle_, end_, (share - turn_) / (1 - turn_));
  const double wobble = wobble_[std::min(std::size_t(std::max(day, 0) / 7), wobble_.size() - 1)];
  return std::clamp(level + wobble, 0.02, 0.98);
}

std::vector<DemoObservation> observe(const Course& course, base::Instant since, base::Instant now,
                                     Dice& dice) {
  std::vector<DemoObservation> out;
  const auto add = [&](base::Instant at, std::string_view system, std::string_view code,
                       std::string_view label, double value, std::string_view unit) {
    if (at <= since || at >= now) return;
    out.push_back(
        {at, std::string(system), std::string(code), std::string(label), value, std::string(unit)});
  };

  const int interval = 14 + 7 * dice.between(0, 2);
  for (int day = 1; day <= course.days(); day += interval) {
    const double severity = course.severity(day);
    const auto at = onDay(since, day, dice.between(9, 20), dice.between(0, 59));
    const double phq = std::round(1 + 25 * severity + 1.5 * dice.noise());
    const double gad = std::round(1 + 19 * severity + 1.5 * dice.noise());
    add(at, kLoinc, kPhq9, "PHQ-9 total", std::clamp(phq, 0.0, 27.0), "{score}");
    add(at + std::chrono::minutes(dice.between(2, 6)), kLoinc, kGad7, "GAD-7 total",
        std::clamp(gad, 0.0, 21.0), "{score}");
  }

  const bool daily = dice.chance(35);
  const bool morning = dice.chance(50);
  const std::vector<bool> away = gaps(course.days(), dice);
  for (int day = 0; day <= course.days(); day += daily ? 1 : dice.between(5, 9)) {
    if (away[std::size_t(day)] || dice.chance(18)) continue;
    const double severity = course.severity(day);
    const auto at =
        onDay(since, day, morning ? dice.between(7, 9) : dice.between(19, 22), dice.between(0, 59));
    const double mood = std::round(10 - 9 * severity + 1.5 * dice.noise());
    const double sleep = std::round(2 * (8.3 - 3.8 * severity + 1.3 * dice.noise())) / 2;
    add(at, kCheckInSystem, kMood, "Mood, 0 to 10", std::clamp(mood, 0.0, 10.0), "{score}");
    add(at + std::chrono::minutes(1), kLoinc, kSleepHours, "Sleep duration",
        std::clamp(sleep, 0.0, 14.0), "h");
  }
  std::ranges::stable_sort(out, {}, &DemoObservation::at);
  return out;
}

}  // namespace attune::clinic
