#include "text/phrases.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/problem.h"

namespace attune::text {
namespace {

class PhrasesTest : public testing::Test {
 protected:
  // The gravest level found in a context, "none" if there is none.
  RiskLevel gravest(std::string_view text, Context context) const {
    const Document document = cut(text);
    RiskLevel worst = RiskLevel::none;
    for (const PhraseMatch& match : phrases_.find(document)) {
      if (match.context == context) worst = std::max(worst, match.level);
    }
    return worst;
  }

  inference::SentencePiece pieces_ = inference::SentencePiece::load(
      std::string(ATTUNE_BINARY_DIR) + "/share/attune/models/vocabulary.tsv");
  Phrases phrases_ =
      Phrases::load(std::string(ATTUNE_SOURCE_DIR) + "/content/risk-phrases.json", pieces_);
};

// Plain words for wanting to die must be seen however they are typed.
TEST_F(PhrasesTest, IdeationIsSeenInAnySpelling) {
  for (const std::string text :
       {"I want to kill myself", "i wanna kil myslef", "I WANT TO DIE", "i want to k*ll myself",
        "im suicidal", "i'm su1cidal", "I wish I was dead", "I don't want to live anymore",
        "Everyone would be better off without me", "wnat to die i want to dieeee",
        "I want to ki\u200Bll myself"}) {
    EXPECT_GE(gravest(text, Context::live), RiskLevel::ideation) << text;
  }
}

// A plan or an attempt that reads as a mere wish is answered too late.
TEST_F(PhrasesTest, PlansAndAttemptsAreToldFromWishes) {
  EXPECT_GE(gravest("I wrote my suicide note last night", Context::live), RiskLevel::behavior);
  EXPECT_GE(gravest("I'm going to kill myself tonight", Context::live), RiskLevel::behavior);
  EXPECT_EQ(gravest("I tried to kill myself last night", Context::live), RiskLevel::attempt);
  EXPECT_EQ(gravest("I just took all my pills", Context::live), RiskLevel::attempt);
}

// Everyday idioms that page somebody at night bury the calls that matter.
TEST_F(PhrasesTest, IdiomsAreNoRisk) {
  for (const std::string text :
       {"I need to kill some time", "My feet are killing me", "I'm dying to see you",
        "my phone died", "we are hanging out on Friday", "bored to death",
        "she killed the interview", "I cut myself shaving"}) {
    for (const Context context : {Context::live, Context::past, Context::negated}) {
      EXPECT_LT(gravest(text, context), RiskLevel::ideation) << text;
    }
  }
}

// What is denied, past or somebody else's is seen, and seen as that.
TEST_F(PhrasesTest, ContextChangesWhatAPhraseMeans) {
  EXPECT_GE(gravest("I would never kill myself", Context::negated), RiskLevel::ideation);
  EXPECT_EQ(gravest("I would never kill myself", Context::live), RiskLevel::none);
  EXPECT_GE(gravest("My brother wants to kill himself", Context::other), RiskLevel::ideation);
  EXPECT_EQ(gravest("My brother wants to kill himself", Context::live), RiskLevel::none);
  EXPECT_GE(gravest("Years ago I tried to kill myself", Context::past), RiskLevel::ideation);
}

// A denial must not reach over a turn: what comes behind "but" is meant.
TEST_F(PhrasesTest, ADenialEndsAtATurn) {
  EXPECT_GE(gravest("I don't like to say it but I want to die", Context::live),
            RiskLevel::ideation);
  EXPECT_GE(gravest("Not going to lie, I want to die", Context::live), RiskLevel::ideation);
  EXPECT_GE(gravest("I can't stop thinking about killing myself", Context::live),
            RiskLevel::ideation);
  EXPECT_GE(gravest("I used to be happy but now I want to die", Context::live),
            RiskLevel::ideation);
}

// A clinician who edits the file and slips is told which phrase, not met by silence.
TEST_F(PhrasesTest, AFaultyFileIsNamed) {
  const std::string path = testing::TempDir() + "/phrases.json";
  const auto whatOf = [&](const std::string& content) {
    std::ofstream(path) << content;
    try {
      Phrases::load(path, pieces_);
    } catch (const base::Problem& problem) {
      EXPECT_EQ(problem.where(), path);
      return problem.detail();
    }
    return std::string("accepted");
  };
  EXPECT_NE(whatOf("{"), "accepted");
  EXPECT_NE(whatOf("{}"), "accepted");
  const std::string context =
      R"("context":{"negation":"not","notNegated":[],"otherSubject":"he","selfSubject":"i",)"
      R"("reported":"song","past":[],"protective":[],"joke":"lol"},"idioms":[],"aboutOthers":[])";
  EXPECT_EQ(
      whatOf("{" + context + R"(,"groups":[{"name":"x","level":"ideation","patterns":["a b"]}]})"),
      "accepted");
  EXPECT_NE(
      whatOf("{" + context + R"(,"groups":[{"name":"x","level":"ideation","patterns":["@no b"]}]})")
          .find("@no"),
      std::string::npos);
  EXPECT_NE(whatOf("{" + context + R"(,"groups":[{"name":"x","level":"grave","patterns":["a"]}]})")
                .find("grave"),
            std::string::npos);
}

}  // namespace
}  // namespace attune::text
