#include "oversight/policy.h"

#include <cmath>

#include "base/json.h"

namespace attune::oversight {

namespace json = base::json;
using base::Problem;

namespace {

[[noreturn]] void wrong(const std::string& where, const std::string& what) {
  throw Problem(Problem::Kind::configuration, what, "content/review-policy.json#" + where);
}

const json::Object& member(const json::Object& object, const std::string& path,
                           std::string_view key) {
  const json::Object* found = json::object(object, key);
  if (found == nullptr) wrong(path + "/" + std::string(key), "an object is needed here");
  return *found;
}

double number(const json::Object& object, const std::string& path, std::string_view key, double low,
              double high) {
  const auto value = json::number(object, key);
  if (!value || !(*value >= low && *value <= high)) {
    wrong(path + "/" + std::string(key), "a number from " + json::write(json::Value(low)) + " to " +
                                             json::write(json::Value(high)) + " is needed here");
  }
  return *value;
}

int whole(const json::Object& object, const std::string& path, std::string_view key, int low,
          int high) {
  const double value = number(object, path, key, low, high);
  if (value != std::floor(value)) wrong(path + "/" + std::string(key), "use a whole number");
  return static_cast<int>(value);
}

constexpr int kYear = 366 * 24 * 60;

ReviewPolicy::Rule ruleFrom(const json::Object& object, const std::string& path) {
  return {whole(object, path, "priority", 1, 4),
          std::chrono::minutes(whole(object, path, "dueMinutes", 1, kYear))};
}

}  // namespace

const ReviewPolicy::Rule& ReviewPolicy::rule(FindingKind kind, bool languageUnread) const {
  if (kind == FindingKind::possibleCrisis) return crisis;
  if (kind == FindingKind::distress) return distress;
  return languageUnread ? notReadLanguage : notReadWords;
}

ReviewPolicy ReviewPolicy::load(std::string_view text) {
  json::Value value;
  try {
    value = json::parse(text);
  } catch (const Problem& problem) {
    wrong("", problem.detail());
  }
  if (!value.is_object()) wrong("", "an object is needed here");
  const json::Object& root = value.get_object();
  ReviewPolicy policy;
  policy.crisis = ruleFrom(member(root, "", "possibleCrisis"), "/possibleCrisis");
  const json::Object& distress = member(root, "", "distress");
  policy.distress = ruleFrom(distress, "/distress");
  policy.distressStressAtLeast = number(distress, "/distress", "stressAtLeast", 0.5, 1);
  policy.coalesceDistress =
      std::chrono::minutes(whole(distress, "/distress", "oncePerMinutes", 0, kYear));
  const json::Object& notRead = member(root, "", "notRead");
  policy.notReadLanguage = ruleFrom(member(notRead, "/notRead", "language"), "/notRead/language");
  policy.notReadWords = ruleFrom(member(notRead, "/notRead", "words"), "/notRead/words");
  const json::Object& page = member(root, "", "page");
  policy.escalateAfter = std::chrono::minutes(whole(page, "/page", "againAfterMinutes", 1, kYear));
  policy.escalations = whole(page, "/page", "times", 1, 1000);
  policy.onCallAccess = std::chrono::minutes(whole(page, "/page", "accessMinutes", 1, kYear));
  return policy;
}

}  // namespace attune::oversight
