#include "text/reader.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <numeric>
#include <sstream>
#include <thread>

#include "base/bytes.h"
#include "base/json.h"
#include "base/problem.h"
#include "text/screen.h"

namespace attune::text {
namespace {

namespace json = base::json;
namespace fs = std::filesystem;

const fs::path kModels = fs::path(ATTUNE_BINARY_DIR) / "share/attune/models";

// One reader for all: loading it is the slow part.
const Reader& reader() {
  static const Reader one = Reader::load(kModels);
  return one;
}

void expectSound(const Reading& reading, std::string_view text) {
  EXPECT_FALSE(reading.model.empty());
  if (!reading.notRead.empty()) return;
  const double sum = std::accumulate(std::begin(reading.levelProbabilities),
                                     std::end(reading.levelProbabilities), 0.0);
  EXPECT_NEAR(sum, 1, 1e-9);
  for (const double p : reading.levelProbabilities) {
    EXPECT_GE(p, 0);
    EXPECT_LE(p, 1);
  }
  EXPECT_LE(reading.riskLow, reading.riskProbability);
  EXPECT_GE(reading.riskHigh, reading.riskProbability);
  EXPECT_LE(reading.stressLow, reading.stressProbability);
  EXPECT_GE(reading.stressHigh, reading.stressProbability);
  EXPECT_EQ(reading.emotions.size(), 28U);
  for (const Evidence& piece : reading.evidence) {
    EXPECT_LT(piece.start, piece.end);
    EXPECT_LE(piece.end, text.size());
    EXPECT_TRUE(std::isfinite(piece.weight));
  }
  for (std::size_t i = 1; i < reading.evidence.size(); ++i) {
    EXPECT_GE(std::abs(reading.evidence[i - 1].weight), std::abs(reading.evidence[i].weight));
  }
}

// A missed crisis is the worst fault there is; alarms about nothing bury the true ones. The exam's
// sentences were not trained on.
TEST(Reader, PassesTheRiskExam) {
  std::ifstream in(fs::path(ATTUNE_SOURCE_DIR) / "tests/data/risk_exam.jsonl");
  int crises = 0, caught = 0, calm = 0, alarms = 0;
  for (std::string line; std::getline(in, line);) {
    const json::Value value = json::parse(line);
    const json::Object& row = json::requireObject(value);
    const std::string_view text = json::requireText(row, "text");
    const Reading reading = reader().read(text);
    expectSound(reading, text);
    EXPECT_EQ(reading.notRead, "") << text;
    if (row.at("crisis").as_bool()) {
      ++crises;
      caught += reading.possibleCrisis ? 1 : 0;
    } else {
      ++calm;
      alarms += reading.possibleCrisis ? 1 : 0;
    }
  }
  ASSERT_GE(crises + calm, 200);
  EXPECT_GE(caught, 0.95 * crises);
  EXPECT_LE(alarms, 0.08 * calm);
}

// The one sentence that matters may stand in the middle of a long calm letter.
TEST(Reader, OneSentenceInALongCalmTextIsFound) {
  std::string calm;
  for (const char* sentence :
       {"We had breakfast on the balcony. ", "The market was full of people and I bought plums. ",
        "My aunt told the story of the lost umbrella again. ",
        "In the evening we played cards. "}) {
    calm += sentence;
  }
  const std::string before = calm + calm + calm;
  const std::string text = before + "I want to kill myself. " + calm + calm;
  EXPECT_FALSE(reader().read(before + calm).possibleCrisis);
  const Reading reading = reader().read(text);
  EXPECT_TRUE(reading.possibleCrisis);
  const auto strongest = std::find_if(reading.evidence.begin(), reading.evidence.end(),
                                      [](const Evidence& e) { return e.about == "risk"; });
  ASSERT_NE(strongest, reading.evidence.end());
  const std::string_view marked =
      std::string_view(text).substr(strongest->start, strongest->end - strongest->start);
  EXPECT_NE(marked.find("kill myself"), std::string_view::npos) << marked;
  EXPECT_GT(strongest->weight, 0);
}

// What a clinician sees marked must be what moved the model: without it the claim is weaker by the
// weight told.
TEST(Reader, RemovingTheEvidenceWeakensTheClaim) {
  const std::string text = "The train was late. I can't stop thinking about ending my life. Bye.";
  const Reading whole = reader().read(text);
  ASSERT_TRUE(whole.possibleCrisis);
  for (const Evidence& piece : whole.evidence) {
    if (piece.about != "risk" || piece.weight < 0.2) continue;
    std::string shorter = text;
    shorter.erase(piece.start, piece.end - piece.start);
    const auto ideation = [](const Reading& reading) {
      return reading.levelProbabilities[2] + reading.levelProbabilities[3] +
             reading.levelProbabilities[4];
    };
    EXPECT_NEAR(ideation(whole) - ideation(reader().read(shorter)), piece.weight, 0.1) << shorter;
    return;
  }
  FAIL() << "no evidence was told";
}

// A text that could not be read says so and why; it is never "none".
TEST(Reader, WhatIsNotReadIsSaid) {
  EXPECT_EQ(reader().read("").notRead, "empty");
  EXPECT_EQ(reader().read(" \n\t\u200B").notRead, "empty");
  EXPECT_EQ(reader().read("\U0001F62D\U0001F62D").notRead, "no-words");
  EXPECT_EQ(reader().read("123 ... !!").notRead, "no-words");
  EXPECT_EQ(reader().read("Nie chcę już żyć, mam dość").notRead, "language");
  EXPECT_EQ(reader().read("Nie chcę już żyć, mam dość").language, "pl");
}

// Bad bytes, odd marks and right-to-left text come from real phones; none may stop the reading of
// the words around them, nor move what is marked.
TEST(Reader, OddBytesDoNotHideACry) {
  for (const std::string text : {"\xFF\xFE I want to die \xC3", "I want to ki\u200Bll my\u200Bself",
                                 "\u202EI want to die\u202C", "I want to die \U0001F940",
                                 "مرحبا I want to die and nobody knows it",
                                 "i want to \x07"
                                 "die"}) {
    const Reading reading = reader().read(text);
    EXPECT_EQ(reading.notRead, "") << text;
    expectSound(reading, text);
  }
  EXPECT_TRUE(reader().read("\xFF\xFE I want to die \xC3").possibleCrisis);
  EXPECT_TRUE(reader().read("I want to ki\u200Bll my\u200Bself").possibleCrisis);
}

// A megabyte of text is read to its end, in bounded time.
TEST(Reader, AVeryLongTextIsReadToItsEnd) {
  std::string text;
  while (text.size() < 1'000'000) text += "The day was long and the tea was cold. ";
  EXPECT_FALSE(reader().read(text).possibleCrisis);
  text += "I want to kill myself.";
  const Reading reading = reader().read(text);
  expectSound(reading, text);
  EXPECT_TRUE(reading.possibleCrisis);
}

// Two clients at once get their own readings, and the same text gets the same one.
TEST(Reader, IsTheSameFromManyThreads) {
  const std::string text = "I feel worthless and I want to die.";
  const double expected = reader().read(text).riskProbability;
  std::vector<double> got(4);
  {
    std::vector<std::jthread> threads;
    for (double& value : got) {
      threads.emplace_back([&] { value = reader().read(text).riskProbability; });
    }
  }
  EXPECT_EQ(got, std::vector<double>(4, expected));
}

// An operator whose installation is damaged reads which file, instead of wrong numbers.
TEST(Reader, NamesADamagedFile) {
  const fs::path folder = fs::path(testing::TempDir()) / "damaged-models";
  fs::remove_all(folder);
  fs::create_directories(folder);
  for (const auto& file : fs::directory_iterator(kModels)) {
    fs::create_symlink(file.path(), folder / file.path().filename());
  }
  const auto whereOf = [&] {
    try {
      Reader::load(folder);
    } catch (const base::Problem& problem) {
      EXPECT_EQ(problem.kind(), base::Problem::Kind::configuration);
      return fs::path(problem.where()).filename().string();
    }
    return std::string("loaded");
  };
  EXPECT_EQ(whereOf(), "loaded");
  fs::remove(folder / "heads.bin");
  EXPECT_EQ(whereOf(), "heads.bin");
  fs::copy_file(kModels / "heads.bin", folder / "heads.bin");
  {
    std::fstream file(folder / "heads.bin", std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(-5, std::ios::end);
    file.put('\x55');
    file.put('\x66');
  }
  EXPECT_EQ(whereOf(), "heads.bin");
  fs::resize_file(folder / "heads.bin", 40);
  EXPECT_EQ(whereOf(), "heads.bin");
}

std::pair<ScreenReport, std::pair<std::string, std::string>> screened(const std::string& input) {
  std::istringstream in(input);
  std::ostringstream out, errors;
  const ScreenReport report = screen(reader(), in, "in.jsonl", out, errors);
  EXPECT_TRUE(base::isUtf8(out.str()));
  return {report, {out.str(), errors.str()}};
}

// One broken line in a file of thousands is named, and the rest is read.
TEST(Screen, ABrokenLineIsNamedAndTheRestGoesOn) {
  const auto [report, text] = screened(
      "{\"id\": \"a\", \"text\": \"I slept well\"}\n{\"text\": \n\n{\"id\": 3}\n"
      "{\"text\": \"bad \xFF byte\", \"person\": \"p\"}\r\n{\"id\": 9, \"text\": \"\"}\n");
  EXPECT_EQ(report.read, 3U);
  EXPECT_EQ(report.rejected, 2U);
  EXPECT_EQ(report.notRead, 1U);
  EXPECT_NE(text.second.find("in.jsonl:2: "), std::string::npos) << text.second;
  EXPECT_NE(text.second.find("in.jsonl:4: "), std::string::npos) << text.second;
  std::istringstream lines(text.first);
  std::string line;
  std::getline(lines, line);
  const json::Value first = json::parse(line);
  EXPECT_EQ(first.at("id").as_string(), "a");
  for (const char* key : {"language", "risk", "stress", "emotions", "evidence", "model"}) {
    EXPECT_NE(first.as_object().if_contains(key), nullptr) << key;
  }
  EXPECT_EQ(first.at("emotions").as_object().size(), 28U);
  std::getline(lines, line);
  EXPECT_EQ(json::parse(line).at("person").as_string(), "p");
  std::getline(lines, line);
  EXPECT_EQ(json::parse(line).at("notRead").as_string(), "empty");
}

// Plain lines are texts; a line too long is refused without being kept.
TEST(Screen, PlainLinesAndALineTooLong) {
  std::string input = "I want to die\n";
  input.append(17U * 1024 * 1024, 'x');
  input += "\nfine today\n";
  const auto [report, text] = screened(input);
  EXPECT_EQ(report.read, 2U);
  EXPECT_EQ(report.rejected, 1U);
  EXPECT_NE(text.second.find("in.jsonl:2: "), std::string::npos);
}

}  // namespace
}  // namespace attune::text
