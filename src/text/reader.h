// Reads one text and says what it may mean for the person who wrote it, with the words that carried
// it. A reading is a claim with a probability, never a decision.
//
//   Reader reader = Reader::load(modelDirectory);
//   Reading reading = reader.read("I can't do this any more");
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace attune::text {

// Columbia suicide severity, as cssrs_users names the levels; `none` includes supportive talk.
enum class RiskLevel { none, indicator, ideation, behavior, attempt };
std::string_view name(RiskLevel level);

// Words that carried a claim: removing them lowers its probability by `weight` (negative: raises
// it).
struct Evidence {
  std::size_t start = 0;  // UTF-8 bytes into the text as given, [start, end)
  std::size_t end = 0;
  double weight = 0;  // change of probability
  std::string about;  // "risk", "stress" or an emotion's name
};

struct Emotion {
  std::string name;  // one of GoEmotions' 28
  double probability = 0;
};

struct Reading {
  // ISO 639-1 code of the language found; "und" when there are too few words to tell.
  std::string language;
  // Empty when the text was read. Otherwise why it was not, in a word: "language", "empty",
  // "no-words" (only emoji, digits, signs). A text that was not read is never "safe".
  std::string notRead;

  RiskLevel level = RiskLevel::none;
  double riskProbability = 0;        // calibrated P(indicator or worse... see levelProbabilities)
  double riskLow = 0, riskHigh = 1;  // 90 % interval of riskProbability (ensemble or bootstrap)
  double levelProbabilities[5] = {0, 0, 0, 0, 0};  // by RiskLevel, sum 1
  // True when a person should be offered help now and somebody be paged: a low threshold on
  // ideation-or-worse, chosen for sensitivity (model card).
  bool possibleCrisis = false;
  double crisisThreshold = 0;  // the riskProbability from which possibleCrisis is set

  double stressProbability = 0;
  double stressLow = 0, stressHigh = 1;
  std::vector<Emotion> emotions;   // all 28, fixed order
  std::vector<Evidence> evidence;  // strongest first
  std::string model;  // "attune-text 1 (…first 8 hex digits of the weights' digest…)"
};

class Reader {
 public:
  // Throws Problem(configuration) naming the file that is missing or damaged.
  static Reader load(const std::filesystem::path& directory);
  Reader(Reader&&) noexcept;
  ~Reader();

  // Any bytes; ill-formed UTF-8 counts as U+FFFD and offsets stay those of the input. Texts longer
  // than the encoder's 128 pieces are read in windows, all of them. Thread-safe, deterministic.
  Reading read(std::string_view text) const;

  const std::string& model() const;
  // What this model can't tell, for people: from its model card.
  const std::vector<std::string>& limits() const;

 private:
  struct Impl;
  explicit Reader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace attune::text
