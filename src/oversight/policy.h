// The thresholds and times that decide what comes before a person and when:
// content/review-policy.json, which a clinician can read and change.
#pragma once

#include <chrono>
#include <string_view>

#include "base/problem.h"

namespace attune::oversight {

// Numbers stand in the database: never reorder.
enum class FindingKind { possibleCrisis = 0, distress, notRead };

struct ReviewPolicy {
  struct Rule {
    int priority = 4;             // 1 first
    std::chrono::minutes due{0};  // a person should have decided by then
  };
  Rule crisis, distress, notReadLanguage, notReadWords;
  double distressStressAtLeast = 0.9;        // calibrated probability
  std::chrono::minutes coalesceDistress{0};  // one open distress finding a person in this time
  std::chrono::minutes escalateAfter{10};    // a page nobody has taken goes out again
  int escalations = 6;
  std::chrono::minutes onCallAccess{0};  // how long somebody paged may see the record

  const Rule& rule(FindingKind kind, bool languageUnread) const;

  // Throws Problem(configuration) naming the member that is missing or out of range.
  static ReviewPolicy load(std::string_view json);
};

}  // namespace attune::oversight
