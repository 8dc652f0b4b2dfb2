#include "text/words.h"

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "text/language.h"

namespace attune::text {
namespace {

std::vector<std::string> sentencesOf(std::string_view text) {
  const Document document = cut(text);
  std::vector<std::string> result;
  for (const Sentence& sentence : document.sentences) {
    result.emplace_back(document.textOf(sentence));
  }
  return result;
}

std::vector<std::string> wordsOf(std::string_view text) {
  std::vector<std::string> result;
  for (const Token& token : cut(text).tokens) result.push_back(token.text);
  return result;
}

// A word with something invisible inside is still that word; else a filter-dodging cry is missed.
TEST(Clean, WhatHidesInsideWordsIsGone) {
  EXPECT_EQ(clean("ki\u200Bll").text, "kill");
  EXPECT_EQ(clean("ki\u00ADll \u202Eme\u202C").text, "kill me");
  EXPECT_EQ(clean("k\u0336i\u0336l\u0336l\u0336").text, "kill");
  EXPECT_EQ(clean("\uFEFFa\u0007b\t c").text, "a b c");
  EXPECT_EQ(clean("a \n\n b").text, "a\nb");
  EXPECT_EQ(clean(" \t\n\u200B ").text, "");
  EXPECT_EQ(clean("I\u2019m \u201Cfine\u201D").text, "I'm \"fine\"");
}

// Broken bytes neither stop the reading nor shift what is marked in the message.
TEST(Clean, OffsetsAreThoseOfTheBytesAsGiven) {
  const std::string given = "\xFF\xC3 I\u2019m ki\u200Bll";
  const CleanText text = clean(given);
  EXPECT_TRUE(base::isUtf8(text.text));
  const std::size_t at = text.text.find("kill");
  const auto [start, end] = text.given(at, at + 4);
  EXPECT_EQ(given.substr(start, end - start), "ki\u200Bll");
  for (const auto& [from, to] : text.origin) {
    EXPECT_LT(from, to);
    EXPECT_LE(to, given.size());
  }
}

// Long texts are read sentence by sentence; a sentence lost here is never read.
TEST(Words, EverySentenceIsKept) {
  EXPECT_EQ(sentencesOf("I slept. Then I woke!? ok\nnew line"),
            (std::vector<std::string>{"I slept.", "Then I woke!?", "ok", "new line"}));
  std::string endless;
  for (int i = 0; i < 300; ++i) endless += "word ";
  std::size_t words = 0;
  for (const Sentence& sentence : cut(endless).sentences) {
    EXPECT_LE(sentence.words, 80U);
    words += sentence.words;
  }
  EXPECT_EQ(words, 300U);
  EXPECT_TRUE(cut("").sentences.empty());
  EXPECT_TRUE(cut("\u200B").sentences.empty());
}

// The phrases are looked for in these words: masks and styled letters must not hide one.
TEST(Words, AreFoldedToWhatWasMeant) {
  EXPECT_EQ(wordsOf("I DON'T k*ll, su1cide"),
            (std::vector<std::string>{"i", "dont", "k*ll", "su1cide"}));
  EXPECT_EQ(wordsOf("\uFF2B\uFF29\uFF2C\uFF2C \U0001D421\U0001D422"),
            (std::vector<std::string>{"kill", "hi"}));
  EXPECT_EQ(wordsOf("why?!"), (std::vector<std::string>{"why", "?", "!"}));
}

class LanguageTest : public testing::Test {
 protected:
  std::string of(std::string_view text) const {
    const Language language = languageOf(cut(text), pieces_);
    return language.code + (language.english ? "" : " not read");
  }
  inference::SentencePiece pieces_ = inference::SentencePiece::load(
      std::string(ATTUNE_BINARY_DIR) + "/share/attune/models/vocabulary.tsv");
};

// An English cry that is taken for another language is not read: the worst kind of miss.
TEST_F(LanguageTest, ShortAndCarelessEnglishIsRead) {
  for (const std::string text :
       {"I want to die", "help me", "kms", "ok", "cant do this anymore", "plz help", "no",
        "i wnt 2 kll mslf", "Suicidal again", "goodbye everyone", "tired", "im done",
        "I told her 'no quiero' and left because I was angry"}) {
    EXPECT_EQ(of(text).find("not read"), std::string::npos) << text << ": " << of(text);
  }
}

// A text in another language read as English would come out as "calm".
TEST_F(LanguageTest, OtherLanguagesAreNamedAndNotRead) {
  EXPECT_EQ(of("No quiero vivir más, estoy muy cansada de todo"), "es not read");
  EXPECT_EQ(of("Nie chcę już żyć, mam dość wszystkiego"), "pl not read");
  EXPECT_EQ(of("Ich will nicht mehr leben und niemand hört mich"), "de not read");
  EXPECT_EQ(of("Je ne veux plus vivre, je suis seule"), "fr not read");
  EXPECT_EQ(of("Não quero mais viver, estou muito triste"), "pt not read");
  EXPECT_EQ(of("Non voglio più vivere, sono molto triste"), "it not read");
  EXPECT_EQ(of("Ik wil niet meer leven en niemand weet het"), "nl not read");
  EXPECT_EQ(of("لا أريد أن أعيش بعد الآن"), "ar not read");
  EXPECT_EQ(of("Я не хочу больше жить"), "ru not read");
  EXPECT_EQ(of("我不想活了"), "zh not read");
  EXPECT_EQ(of("もう生きたくない"), "ja not read");
  EXPECT_EQ(of("죽고 싶어요"), "ko not read");
  EXPECT_EQ(of("אני לא רוצה לחיות"), "he not read");
}

}  // namespace
}  // namespace attune::text
