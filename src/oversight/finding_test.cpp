#include "oversight/finding.h"

#include <gtest/gtest.h>

#include <random>

#include "base/json.h"
#include "oversight/oversight_testing.h"

namespace attune::oversight {
namespace {

namespace json = base::json;
using base::Problem;

record::Resource stored(const record::Draft& draft, const Finding& finding) {
  record::Resource resource;
  resource.id = draft.id;
  resource.person = finding.person;
  resource.kind = draft.kind;
  resource.type = draft.type;
  resource.code = draft.code;
  resource.time = draft.time;
  resource.status = draft.status;
  resource.json = draft.json;
  return resource;
}

Finding random(std::mt19937& dice) {
  const auto unit = [&] { return std::uniform_real_distribution<>(0, 1)(dice); };
  const auto upTo = [&](std::size_t n) {
    return std::uniform_int_distribution<std::size_t>(0, n)(dice);
  };
  const std::vector<std::string> words{"",     "plain", "\"quoted\"\\", "línea\nnueva",
                                       "שלום", "🙂\t"};
  trust::testing::SeededRandom ids(dice());
  Finding f;
  f.id = base::newId<base::ResourceId>(ids);
  f.person = base::newId<base::PersonId>(ids);
  f.message = base::newId<base::ResourceId>(ids);
  f.at = base::fromMillis(static_cast<std::int64_t>(upTo(2'000'000'000'000)));
  f.kind = static_cast<FindingKind>(upTo(2));
  f.low = unit();
  f.high = unit();
  f.threshold = unit();
  if (f.kind == FindingKind::notRead) {
    f.notRead = upTo(1) != 0 ? "fr" : "no-words";
  } else {
    f.probability = unit();
  }
  f.level = static_cast<text::RiskLevel>(upTo(4));
  f.stress = unit();
  f.stressLow = unit();
  f.stressHigh = unit();
  for (std::size_t i = upTo(5); i > 0; --i) f.emotions.push_back({words[upTo(5)], unit()});
  for (std::size_t i = upTo(8); i > 0; --i) {
    f.evidence.push_back({upTo(80000), upTo(80000), unit() - 0.5, words[upTo(5)]});
  }
  f.model = words[upTo(5)];
  if (upTo(1) != 0) {
    f.decided =
        Decided{static_cast<Decision>(upTo(2)), words[upTo(5)], base::newId<base::AccountId>(ids),
                base::fromMillis(static_cast<std::int64_t>(upTo(2'000'000'000'000)))};
  }
  return f;
}

// What a clinician decides on must be what the model said, to the last digit and byte: a finding
// that comes back changed is a claim that nobody made.
TEST(Finding, comesBackFromItsResourceAsItWas) {
  std::mt19937 dice(20261121);
  for (int i = 0; i < 500; ++i) {
    const Finding f = random(dice);
    const record::Draft draft = toDraft(f);
    const Finding g = findingFrom(stored(draft, f));
    EXPECT_EQ(g.id, f.id);
    EXPECT_EQ(g.person, f.person);
    EXPECT_EQ(g.message, f.message);
    EXPECT_EQ(g.at, f.at);
    EXPECT_EQ(g.kind, f.kind);
    EXPECT_EQ(g.probability, f.probability);
    EXPECT_EQ(g.low, f.low);
    EXPECT_EQ(g.high, f.high);
    EXPECT_EQ(g.threshold, f.threshold);
    EXPECT_EQ(g.notRead, f.notRead);
    EXPECT_EQ(g.level, f.level);
    EXPECT_EQ(g.stress, f.stress);
    EXPECT_EQ(g.stressLow, f.stressLow);
    EXPECT_EQ(g.stressHigh, f.stressHigh);
    ASSERT_EQ(g.emotions.size(), f.emotions.size());
    for (std::size_t k = 0; k < f.emotions.size(); ++k) {
      EXPECT_EQ(g.emotions[k].name, f.emotions[k].name);
      EXPECT_EQ(g.emotions[k].probability, f.emotions[k].probability);
    }
    ASSERT_EQ(g.evidence.size(), f.evidence.size());
    for (std::size_t k = 0; k < f.evidence.size(); ++k) {
      EXPECT_EQ(g.evidence[k].start, f.evidence[k].start);
      EXPECT_EQ(g.evidence[k].end, f.evidence[k].end);
      EXPECT_EQ(g.evidence[k].weight, f.evidence[k].weight);
      EXPECT_EQ(g.evidence[k].about, f.evidence[k].about);
    }
    EXPECT_EQ(g.model, f.model);
    ASSERT_EQ(g.decided.has_value(), f.decided.has_value());
    if (f.decided) {
      EXPECT_EQ(g.decided->decision, f.decided->decision);
      EXPECT_EQ(g.decided->reason, f.decided->reason);
      EXPECT_EQ(g.decided->by, f.decided->by);
      EXPECT_EQ(g.decided->at, f.decided->at);
    }
  }
}

// Another system that reads the export looks for a FHIR RiskAssessment.
TEST(Finding, isAFhirRiskAssessment) {
  std::mt19937 dice(7);
  Finding f = random(dice);
  f.kind = FindingKind::possibleCrisis;
  f.decided.reset();
  const json::Value value = json::parse(toDraft(f).json);
  EXPECT_EQ(value.at("resourceType").as_string(), "RiskAssessment");
  EXPECT_EQ(value.at("status").as_string(), "preliminary");
  EXPECT_EQ(value.at("subject").at("reference").as_string(), "Patient/" + f.person.value);
  EXPECT_EQ(value.at("basis").at(0).at("reference").as_string(),
            "Communication/" + f.message.value);
  f.decided = Decided{Decision::act, "called", {"x"}, f.at};
  EXPECT_EQ(json::parse(toDraft(f).json).at("status").as_string(), "final");
}

// A damaged decision that is read as "accepted" would put words into a clinician's mouth; damage of
// any other kind has to be called so as well.
TEST(Finding, damagedResourceIsCorruptNotGuessed) {
  std::mt19937 dice(9);
  Finding f = random(dice);
  f.decided = Decided{Decision::dismiss, "why", {"x"}, f.at};
  const record::Resource good = stored(toDraft(f), f);
  const auto broken = [&](const std::string& from, const std::string& to) {
    record::Resource bad = good;
    const std::size_t at = bad.json.find(from);
    if (at == std::string::npos) return std::optional(Problem::Kind::internal);
    bad.json.replace(at, from.size(), to);
    return trust::testing::problemOf([&] { findingFrom(bad); });
  };
  EXPECT_EQ(broken("\"dismiss\"", "\"perhaps\""), Problem::Kind::corrupt);
  EXPECT_EQ(broken("urn:attune:kind", "urn:attune:kinder"), Problem::Kind::corrupt);
  EXPECT_EQ(broken("\"basis\"", "\"bases\""), Problem::Kind::corrupt);
  EXPECT_EQ(broken("{", ""), Problem::Kind::corrupt);
  EXPECT_EQ(broken("\"reference\":\"Communication", "\"referred\":\"Communication"),
            Problem::Kind::corrupt);
}

// A possible crisis comes before anything else that can be said of a text, also where the text as a
// whole could not be read; and nothing to look at is no finding.
TEST(Finding, readingBecomesTheMostUrgentClaim) {
  const ReviewPolicy policy = [] {
    ReviewPolicy made;
    made.distressStressAtLeast = 0.9;
    return made;
  }();
  using testing::invented;
  EXPECT_FALSE(findingFrom(invented("a quiet day"), policy));
  EXPECT_EQ(findingFrom(invented("[strain]"), policy)->kind, FindingKind::distress);
  const auto crisis = findingFrom(invented("[strain] [crisis]"), policy);
  EXPECT_EQ(crisis->kind, FindingKind::possibleCrisis);
  EXPECT_EQ(crisis->probability, 0.7);
  EXPECT_EQ(crisis->threshold, 0.2);
  ASSERT_EQ(crisis->evidence.size(), 1u);
  EXPECT_EQ(findingFrom(invented("[foreign]"), policy)->notRead, "fr");
  EXPECT_EQ(findingFrom(invented("[emoji]"), policy)->notRead, "no-words");
  EXPECT_EQ(findingFrom(invented("[foreign] [crisis]"), policy)->kind, FindingKind::possibleCrisis);
  text::Reading many = invented("[strain]");
  for (int i = 0; i < 28; ++i) many.emotions.push_back({"e" + std::to_string(i), i / 28.0});
  const auto kept = findingFrom(many, policy)->emotions;
  ASSERT_EQ(kept.size(), 5u);
  EXPECT_EQ(kept[0].name, "e27");
}

}  // namespace
}  // namespace attune::oversight
