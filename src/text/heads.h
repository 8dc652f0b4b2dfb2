// The trained half of the text room: linear heads over features of a text, as train/train.py writes
// them to heads.bin.
//
// heads.bin, little-endian: "ATTUNEH1", u32 length, that many bytes of JSON, then arrays. The JSON
// names each array ("arrays": name -> [offset, count], floats, but "*.keys" 64-bit hashes), holds
// the calibration and the thresholds, and the FNV-1a digest of the arrays.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "text/features.h"

namespace attune::text {

// What a head multiplies: the mean vector of a text, its phrases, how long it is.
struct Dense {
  static constexpr std::size_t kWidth = inference::Encoder::kWidth + PhraseFeatures::kCount + 2;
  std::array<float, kWidth> values{};
};

// Scores of some columns: column 0 (or the first group of them) is the head itself, the rest are
// its bootstrap replicates.
class Head {
 public:
  std::size_t columns() const { return bias_.size(); }
  // `ngrams` may repeat; tf-idf with length one, as in training.
  std::vector<float> scores(const Dense& dense, std::span<const std::uint64_t> ngrams) const;

 private:
  friend class Heads;
  struct Entry {
    std::uint32_t row = 0;
    float idf = 0;
  };
  std::unordered_map<std::uint64_t, Entry> vocabulary_;
  std::vector<float> dense_;   // [Dense::kWidth, columns]
  std::vector<float> ngrams_;  // [vocabulary, columns]
  std::vector<float> bias_;
};

// score -> probability: sigmoid(scale * score + shift).
struct Platt {
  double scale = 1;
  double shift = 0;
};

class Heads {
 public:
  // Throws Problem(configuration) naming the file when it is missing or damaged.
  static Heads load(const std::filesystem::path& file);

  Head stress, emotions, risk, riskSentence;
  Platt stressCalibration;
  std::vector<std::string> emotionNames;
  std::vector<Platt> emotionCalibration;
  // Of P(level or worse) for indicator..attempt: document * logit(whole text) + sentence *
  // logit(gravest sentence) + shift.
  struct Combine {
    double document = 1, sentence = 0, shift = 0;
  };
  std::array<Combine, 4> riskCombine;
  double riskFloor = 0;  // least a whole text counts for, so that a calm one can't drown a sentence
  std::size_t members = 0;     // bootstrap replicates
  double crisisThreshold = 0;  // on P(ideation or worse); its choice is told in the model card
  float embeddingScale = 1;
  std::string digest;  // eight hexadecimal digits
};

}  // namespace attune::text
