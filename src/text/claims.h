// From features to probabilities, for a text or for what is left of it.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "text/features.h"
#include "text/heads.h"

namespace attune::text {

struct Claims {
  std::array<double, 4> risk{};  // P(indicator or worse) .. P(attempt), falling
  double riskLow = 0, riskHigh = 1;
  double stress = 0, stressLow = 0, stressHigh = 1;
  std::vector<double> emotions;
};

// Which claims to compute; the rest are left as they are.
enum class Wanted { all, risk, stress, emotions };

class Claimant {
 public:
  // Both outlive this.
  Claimant(const Heads& heads, const TextFeatures& features);

  Claims all() const { return without({}, Wanted::all); }
  // The claims about the text with these sentences (ascending) left out. A text of which nothing is
  // left has the claims of no evidence at all.
  Claims without(std::span<const std::size_t> sentences, Wanted wanted) const;
  // The claims with sentence `at` replaced by `other`, whose vector is `embedding`.
  Claims with(std::size_t at, const SentenceFeatures& other, std::span<const float> embedding,
              Wanted wanted) const;

  // Sentences by the gravity the sentence head sees in them, gravest first.
  std::vector<std::size_t> gravest() const;

 private:
  struct Sum;
  Claims claims(const Sum& sum, Wanted wanted) const;
  void add(Sum& sum, const SentenceFeatures& sentence, std::span<const float> embedding,
           std::span<const float> scores) const;
  std::vector<float> sentenceScores(const SentenceFeatures& sentence,
                                    std::span<const float> embedding) const;

  const Heads& heads_;
  const TextFeatures& features_;
  std::vector<std::vector<float>> scores_;  // of the sentence head, by row of features_
};

}  // namespace attune::text
