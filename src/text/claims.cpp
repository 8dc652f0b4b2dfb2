#include "text/claims.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace attune::text {
namespace {

constexpr std::size_t kLevels = 5;
// Length counts up to what the training texts have; beyond it nothing is known of it.
constexpr double kMostWords = 300;
constexpr double kMostSentences = 25;
constexpr double kNormal90 = 1.6449;  // 95th percentile of the normal distribution

double sigmoid(double z) {
  return 1 / (1 + std::exp(-z));
}

double logit(double p) {
  const double safe = std::clamp(p, 1e-6, 1 - 1e-6);
  return std::log(safe / (1 - safe));
}

// P(level or worse) for indicator..attempt, from five scores.
std::array<double, 4> cumulative(const float* scores) {
  std::array<double, kLevels> p{};
  const float top = *std::max_element(scores, scores + kLevels);
  double total = 0;
  for (std::size_t i = 0; i < kLevels; ++i) {
    p[i] = std::exp(static_cast<double>(scores[i] - top));
    total += p[i];
  }
  std::array<double, 4> worse{};
  double tail = 0;
  for (std::size_t i = kLevels - 1; i > 0; --i) {
    tail += p[i] / total;
    worse[i - 1] = tail;
  }
  return worse;
}

// A 90 % interval about `centre` (a score) from replicates' scores.
std::pair<double, double> interval(double centre, const std::vector<double>& replicates) {
  double squares = 0;
  double mean = 0;
  for (const double z : replicates) mean += z / static_cast<double>(replicates.size());
  for (const double z : replicates) squares += (z - mean) * (z - mean);
  const double spread =
      replicates.size() < 2
          ? 0
          : kNormal90 * std::sqrt(squares / static_cast<double>(replicates.size() - 1));
  return {sigmoid(centre - spread), sigmoid(centre + spread)};
}

}  // namespace

struct Claimant::Sum {
  std::array<double, inference::Encoder::kWidth> embedding{};
  double weight = 0;
  double words = 0;
  std::size_t sentences = 0;
  PhraseFeatures phrases;
  std::vector<std::uint64_t> ngrams;
  std::vector<std::array<double, 4>> gravest;  // by replicate, P(level or worse)
};

Claimant::Claimant(const Heads& heads, const TextFeatures& features)
    : heads_(heads), features_(features) {
  for (std::size_t i = 0; i < features.sentences.size(); ++i) {
    // Rows are numbered in the order of their first sentence.
    if (features.row[i] < scores_.size()) continue;
    scores_.push_back(sentenceScores(features.sentences[i], features.embedding(i)));
  }
}

std::vector<float> Claimant::sentenceScores(const SentenceFeatures& sentence,
                                            std::span<const float> embedding) const {
  Dense dense;
  for (std::size_t i = 0; i < embedding.size(); ++i) {
    dense.values[i] = heads_.embeddingScale * embedding[i];
  }
  std::copy(sentence.phrases.values.begin(), sentence.phrases.values.end(),
            dense.values.begin() + inference::Encoder::kWidth);
  dense.values[Dense::kWidth - 2] = std::log1p(sentence.weight * sentence.weight) / 5;
  dense.values[Dense::kWidth - 1] = std::log1p(1.0F) / 3;
  return heads_.riskSentence.scores(dense, sentence.ngrams);
}

void Claimant::add(Sum& sum, const SentenceFeatures& sentence, std::span<const float> embedding,
                   std::span<const float> scores) const {
  for (std::size_t i = 0; i < embedding.size(); ++i) {
    sum.embedding[i] += static_cast<double>(sentence.weight * embedding[i]);
  }
  sum.weight += static_cast<double>(sentence.weight);
  sum.words += static_cast<double>(sentence.weight * sentence.weight);
  ++sum.sentences;
  sum.phrases.add(sentence.phrases);
  sum.ngrams.insert(sum.ngrams.end(), sentence.ngrams.begin(), sentence.ngrams.end());
  sum.gravest.resize(1 + heads_.members);
  for (std::size_t member = 0; member <= heads_.members; ++member) {
    const std::array<double, 4> here = cumulative(scores.data() + kLevels * member);
    for (std::size_t i = 0; i < here.size(); ++i) {
      sum.gravest[member][i] = std::max(sum.gravest[member][i], here[i]);
    }
  }
}

Claims Claimant::claims(const Sum& sum, Wanted wanted) const {
  Dense dense;
  for (std::size_t i = 0; i < sum.embedding.size() && sum.weight > 0; ++i) {
    dense.values[i] = heads_.embeddingScale * static_cast<float>(sum.embedding[i] / sum.weight);
  }
  std::copy(sum.phrases.values.begin(), sum.phrases.values.end(),
            dense.values.begin() + inference::Encoder::kWidth);
  dense.values[Dense::kWidth - 2] =
      static_cast<float>(std::log1p(std::min(sum.words, kMostWords)) / 5);
  dense.values[Dense::kWidth - 1] = static_cast<float>(
      std::log1p(std::min(static_cast<double>(sum.sentences), kMostSentences)) / 3);

  Claims claims;
  const auto isWanted = [&](Wanted kind) { return wanted == Wanted::all || wanted == kind; };
  if (isWanted(Wanted::risk)) {
    const std::vector<float> scores = heads_.risk.scores(dense, sum.ngrams);
    std::vector<double> replicates;
    double centre = 0;
    for (std::size_t member = 0; member <= heads_.members; ++member) {
      const std::array<double, 4> whole = cumulative(scores.data() + kLevels * member);
      const std::array<double, 4> sentence =
          sum.gravest.empty() ? std::array<double, 4>{} : sum.gravest[member];
      for (std::size_t i = 0; i < claims.risk.size(); ++i) {
        const Heads::Combine& combine = heads_.riskCombine[i];
        const double z = combine.document * logit(std::max(whole[i], heads_.riskFloor)) +
                         combine.sentence * logit(sentence[i]) + combine.shift;
        if (member == 0) {
          claims.risk[i] = i == 0 ? sigmoid(z) : std::min(claims.risk[i - 1], sigmoid(z));
        }
        if (i == 0 && member == 0) centre = z;
        if (i == 0 && member > 0) replicates.push_back(z);
      }
    }
    std::tie(claims.riskLow, claims.riskHigh) = interval(centre, replicates);
  }
  if (isWanted(Wanted::stress)) {
    const std::vector<float> scores = heads_.stress.scores(dense, sum.ngrams);
    const auto calibrated = [&](float score) {
      return heads_.stressCalibration.scale * static_cast<double>(score) +
             heads_.stressCalibration.shift;
    };
    std::vector<double> replicates;
    for (std::size_t i = 1; i < scores.size(); ++i) replicates.push_back(calibrated(scores[i]));
    claims.stress = sigmoid(calibrated(scores[0]));
    std::tie(claims.stressLow, claims.stressHigh) = interval(calibrated(scores[0]), replicates);
  }
  if (isWanted(Wanted::emotions)) {
    const std::vector<float> scores = heads_.emotions.scores(dense, sum.ngrams);
    for (std::size_t i = 0; i < scores.size(); ++i) {
      const Platt& platt = heads_.emotionCalibration[i];
      claims.emotions.push_back(
          sigmoid(platt.scale * static_cast<double>(scores[i]) + platt.shift));
    }
  }
  return claims;
}

Claims Claimant::without(std::span<const std::size_t> sentences, Wanted wanted) const {
  Sum sum;
  auto skip = sentences.begin();
  for (std::size_t i = 0; i < features_.sentences.size(); ++i) {
    if (skip != sentences.end() && *skip == i) {
      ++skip;
      continue;
    }
    add(sum, features_.sentences[i], features_.embedding(i), scores_[features_.row[i]]);
  }
  return claims(sum, wanted);
}

Claims Claimant::with(std::size_t at, const SentenceFeatures& other,
                      std::span<const float> embedding, Wanted wanted) const {
  Sum sum;
  for (std::size_t i = 0; i < features_.sentences.size(); ++i) {
    if (i == at) {
      add(sum, other, embedding, sentenceScores(other, embedding));
    } else {
      add(sum, features_.sentences[i], features_.embedding(i), scores_[features_.row[i]]);
    }
  }
  return claims(sum, wanted);
}

std::vector<std::size_t> Claimant::gravest() const {
  std::vector<double> gravity;
  for (const std::uint32_t row : features_.row) {
    gravity.push_back(cumulative(scores_[row].data())[1]);
  }
  std::vector<std::size_t> order(gravity.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return gravity[a] > gravity[b]; });
  return order;
}

}  // namespace attune::text
