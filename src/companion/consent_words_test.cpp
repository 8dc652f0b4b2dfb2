// What a client is told and asked before anything is done with their words.
#include "companion/consent_words.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "base/problem.h"

namespace attune::companion {
namespace {

std::string shipped() {
  std::ifstream in(std::string(ATTUNE_SOURCE_DIR) + "/content/consent.json");
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string with(std::string text, std::string_view from, std::string_view to) {
  const auto place = text.find(from);
  EXPECT_NE(place, std::string::npos) << from;
  return place == std::string::npos ? text : text.replace(place, from.size(), to);
}

std::string refusedAt(const std::string& json) {
  try {
    ConsentWords::load({"consent.json", json});
  } catch (const base::Problem& problem) {
    EXPECT_EQ(problem.kind(), base::Problem::Kind::configuration);
    return problem.where();
  }
  return "accepted";
}

// Every question must be there in each language, and only care is suggested: a yes to research that
// somebody was nudged into is no consent.
TEST(ShippedConsent, asksTheSameInEachLanguageAndRecommendsOnlyCare) {
  const std::string json = shipped();
  const ConsentWords words = ConsentWords::load({"consent.json", json});
  EXPECT_EQ(words.languages(), (std::vector<std::string>{"en", "es"}));
  for (const std::string& language : words.languages()) {
    const ConsentText& text = words.in(language);
    EXPECT_EQ(text.language, language);
    EXPECT_EQ(text.version, words.version());
    EXPECT_EQ(text.items.size(), 5u);
    EXPECT_GE(text.paragraphs.size(), 6u);
    for (const ConsentItem& item : text.items) {
      EXPECT_EQ(item.recommended, item.purpose == "care" || item.purpose == "alerts");
      EXPECT_TRUE(words.asks(item.source, item.purpose));
    }
  }
  EXPECT_TRUE(words.asks("messages", "alerts"));
  EXPECT_FALSE(words.asks("checkIns", "research"));
  EXPECT_EQ(words.in("es-AR").language, "es");
  EXPECT_EQ(words.in("pl").language, "en");
}

// A twelve-year-old should be able to read it: short sentences, few long words. Measured roughly,
// as words a sentence and the share of words over twelve letters.
TEST(ShippedConsent, isWrittenInShortSentences) {
  const std::string json = shipped();
  const ConsentWords words = ConsentWords::load({"consent.json", json});
  for (const std::string& language : words.languages()) {
    std::size_t count = 0, sentences = 0, longWords = 0;
    const auto read = [&](const std::string& text) {
      std::size_t length = 0;
      for (const char c : text + " ") {
        if (c == '.' || c == '?' || c == ':') ++sentences;
        if (c == ' ') {
          if (length > 0) ++count;
          if (length > 14) ++longWords;
          length = 0;
        } else {
          ++length;
        }
      }
    };
    for (const std::string& paragraph : words.in(language).paragraphs) read(paragraph);
    for (const ConsentItem& item : words.in(language).items) read(item.explanation);
    ASSERT_GT(sentences, 0u);
    EXPECT_LT(double(count) / double(sentences), 15.0) << language;
    EXPECT_LT(double(longWords) / double(count), 0.01) << language;
  }
}

// What the law and the design make true has to be said: withdrawal, who reads, software, danger.
TEST(ShippedConsent, saysWhatAClientHasARightToKnow) {
  const std::string json = shipped();
  const ConsentWords words = ConsentWords::load({"consent.json", json});
  std::string all;
  for (const std::string& paragraph : words.in("en").paragraphs) all += paragraph + "\n";
  for (const char* said : {"change your mind", "at once", "It is software, not a person",
                           "not a secret", "in danger", "You see that list", "a key", "erased"}) {
    EXPECT_NE(all.find(said), std::string::npos) << said;
  }
}

// An edited file must not slip through with a question missing in one language, asked twice, or a
// promise that nobody can keep.
TEST(LoadConsent, refusesEachMistakeAndNamesItsPlace) {
  const std::string good = shipped();
  EXPECT_EQ(refusedAt(good), "accepted");
  EXPECT_EQ(refusedAt(with(good, "This page says", "It stays between us. This page says")),
            "consent.json#/languages/en/paragraphs/0");
  EXPECT_EQ(refusedAt(with(good, "\"checkIns\"", "\"messages\"")),
            "consent.json#/languages/en/items/2");
  EXPECT_EQ(refusedAt(with(good, "\"checkIns\"", "\"diary\"")),
            "consent.json#/languages/en/items/2/source");
  EXPECT_EQ(refusedAt(with(good, "\"recommended\": false", "\"recommended\": true")),
            "consent.json#/languages/en/items/3/recommended");
  EXPECT_EQ(refusedAt(with(good, "\"recommended\": false", "\"recommended\": \"no\"")),
            "consent.json#/languages/en/items/3/recommended");
  EXPECT_EQ(refusedAt(with(good, "\"es\": {", "\"fr\": {")), "consent.json#/languages");
  EXPECT_EQ(refusedAt(with(good, "\"Esta página dice", "\"Hola.\", \"Esta página dice")),
            "consent.json#/languages/es/paragraphs");
  EXPECT_EQ(refusedAt(with(good, "\"version\": \"2026-11-21\",", "")), "consent.json#");
}

}  // namespace
}  // namespace attune::companion
