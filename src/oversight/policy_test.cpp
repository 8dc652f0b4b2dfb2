#include "oversight/policy.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "base/json.h"

namespace attune::oversight {
namespace {

namespace json = base::json;
using base::Problem;

std::string shipped() {
  std::ifstream in(std::string(ATTUNE_SOURCE_DIR) + "/content/review-policy.json");
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

// The shipped file with one member set to `value`, or taken out.
std::string changed(const std::vector<std::string>& path, std::optional<json::Value> value) {
  json::Value root = json::parse(shipped());
  json::Object* object = &root.as_object();
  for (std::size_t i = 0; i + 1 < path.size(); ++i) object = &object->at(path[i]).as_object();
  if (value) {
    (*object)[path.back()] = *value;
  } else {
    object->erase(path.back());
  }
  return json::write(root);
}

void expectRefused(const std::string& text, const std::string& pointer) {
  try {
    ReviewPolicy::load(text);
    FAIL() << "accepted: " << pointer;
  } catch (const Problem& problem) {
    EXPECT_EQ(problem.kind(), Problem::Kind::configuration);
    EXPECT_EQ(problem.where(), "content/review-policy.json#" + pointer);
    EXPECT_FALSE(problem.detail().empty());
  }
}

// Without it no message would be looked at in time.
TEST(Policy, shippedFileLoadsWithCrisisFirst) {
  const ReviewPolicy policy = ReviewPolicy::load(shipped());
  EXPECT_EQ(policy.crisis.priority, 1);
  EXPECT_LT(policy.crisis.due, policy.notReadLanguage.due);
  EXPECT_EQ(&policy.rule(FindingKind::possibleCrisis, true), &policy.crisis);
  EXPECT_EQ(&policy.rule(FindingKind::distress, true), &policy.distress);
  EXPECT_EQ(&policy.rule(FindingKind::notRead, true), &policy.notReadLanguage);
  EXPECT_EQ(&policy.rule(FindingKind::notRead, false), &policy.notReadWords);
}

// A clinical lead who edits the file must be told which number is wrong; a value that is silently
// taken for another could leave a crisis waiting for a year.
TEST(Policy, everyWrongMemberIsNamedByItsPointer) {
  const std::vector<std::vector<std::string>> members{{"possibleCrisis"},
                                                      {"possibleCrisis", "priority"},
                                                      {"possibleCrisis", "dueMinutes"},
                                                      {"distress"},
                                                      {"distress", "priority"},
                                                      {"distress", "dueMinutes"},
                                                      {"distress", "stressAtLeast"},
                                                      {"distress", "oncePerMinutes"},
                                                      {"notRead"},
                                                      {"notRead", "language"},
                                                      {"notRead", "language", "dueMinutes"},
                                                      {"notRead", "words", "priority"},
                                                      {"page"},
                                                      {"page", "againAfterMinutes"},
                                                      {"page", "times"},
                                                      {"page", "accessMinutes"}};
  for (const auto& path : members) {
    std::string pointer;
    for (const auto& part : path) pointer += "/" + part;
    expectRefused(changed(path, std::nullopt), pointer);
    expectRefused(changed(path, json::Value("soon")), pointer);
    expectRefused(changed(path, json::Value(nullptr)), pointer);
    expectRefused(changed(path, json::Value(-1)), pointer);
  }
}

TEST(Policy, numbersOutOfRangeAreRefused) {
  expectRefused(changed({"possibleCrisis", "priority"}, json::Value(0)),
                "/possibleCrisis/priority");
  expectRefused(changed({"possibleCrisis", "priority"}, json::Value(5)),
                "/possibleCrisis/priority");
  expectRefused(changed({"possibleCrisis", "dueMinutes"}, json::Value(1.5)),
                "/possibleCrisis/dueMinutes");
  expectRefused(changed({"possibleCrisis", "dueMinutes"}, json::Value(1e300)),
                "/possibleCrisis/dueMinutes");
  expectRefused(changed({"distress", "stressAtLeast"}, json::Value(0.49)),
                "/distress/stressAtLeast");
  expectRefused(changed({"distress", "stressAtLeast"}, json::Value(1.01)),
                "/distress/stressAtLeast");
  expectRefused(changed({"page", "times"}, json::Value(0)), "/page/times");
}

TEST(Policy, textThatIsNoObjectIsRefused) {
  for (const char* text : {"", "{", "[]", "null", "7", "{}x", "\xff"}) expectRefused(text, "");
  expectRefused("{}", "/possibleCrisis");
}

}  // namespace
}  // namespace attune::oversight
