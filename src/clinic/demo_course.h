// How an invented person fares over their months in care, and the numbers that follow from it.
#pragma once

#include <vector>

#include "clinic/demo_clinic.h"
#include "clinic/demo_dice.h"

namespace attune::clinic {

// Severity over time: 0 is well, 1 very unwell. Piecewise straight, with a wobble for each week.
class Course {
 public:
  Course(DemoTrajectory trajectory, int days, Dice& dice);
  // day: 0 .. days. Result within 0.02 .. 0.98.
  double severity(int day) const;
  int days() const { return days_; }

 private:
  int days_;
  double start_, middle_, end_;
  double turn_;  // share of the time at which `middle_` is reached
  std::vector<double> wobble_;
};

// PHQ-9 and GAD-7 totals every two to four weeks, mood and hours of sleep daily or weekly, with
// days and whole weeks left out. By time; nothing at or after `now`.
std::vector<DemoObservation> observe(const Course& course, base::Instant since, base::Instant now,
                                     Dice& dice);

// `hour` and `minute` of the day that lies `day` days after `since`'s.
base::Instant onDay(base::Instant since, int day, int hour, int minute);

}  // namespace attune::clinic
