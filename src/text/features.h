// What the heads see of a text: for every sentence its meaning as a vector, its words and word
// pairs, and the phrases in it. A text's features are sums over its sentences, so that a text with
// a sentence left out is read again without running the encoder again.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "inference/encoder.h"
#include "text/phrases.h"
#include "text/words.h"

namespace attune::text {

struct SentenceFeatures {
  float weight = 0;  // square root of the number of words, at least 1
  PhraseFeatures phrases;
  std::vector<std::uint64_t> ngrams;  // words, signs and pairs of them; hashes, with repeats
};

struct TextFeatures {
  std::vector<SentenceFeatures> sentences;
  std::vector<PhraseMatch> matches;
  // Vectors of the different sentences, a row of Encoder::kWidth each, and which is whose: equal
  // sentences share one.
  std::vector<float> embeddings;
  std::vector<std::uint32_t> row;

  std::span<const float> embedding(std::size_t sentence) const {
    return std::span(embeddings)
        .subspan(row[sentence] * inference::Encoder::kWidth, inference::Encoder::kWidth);
  }
};

// A sentence longer than the encoder's window is read in windows, all of
// them, and has the mean of their vectors.
TextFeatures featuresOf(const Document& document, const inference::Encoder& encoder,
                        const Phrases& phrases);

// The vectors of some texts, each of any length, as above; a row of Encoder::kWidth a text.
std::vector<float> encodeWhole(std::span<const std::string_view> texts,
                               const inference::Encoder& encoder);

std::vector<std::uint64_t> ngramsOf(const Document& document, const Sentence& sentence);

}  // namespace attune::text
