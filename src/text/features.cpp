#include "text/features.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace attune::text {
namespace {

using inference::Encoder;
using inference::Piece;

}  // namespace

std::vector<std::uint64_t> ngramsOf(const Document& document, const Sentence& sentence) {
  std::vector<std::uint64_t> ngrams;
  ngrams.reserve(2 * (sentence.endToken - sentence.firstToken));
  for (std::uint32_t i = sentence.firstToken; i < sentence.endToken; ++i) {
    const std::uint64_t hash = document.tokens[i].hash;
    ngrams.push_back(hash);
    if (i > sentence.firstToken) ngrams.push_back(hashOf(document.tokens[i - 1].hash, hash));
  }
  return ngrams;
}

std::vector<float> encodeWhole(std::span<const std::string_view> texts, const Encoder& encoder) {
  std::vector<float> result;
  result.reserve(texts.size() * Encoder::kWidth);
  std::vector<std::vector<Piece>> windows;
  for (const std::string_view text : texts) {
    const std::vector<Piece> pieces = encoder.pieces().encode(text);
    const std::size_t count =
        std::max<std::size_t>(1, (pieces.size() + Encoder::kMaxPieces - 1) / Encoder::kMaxPieces);
    windows.clear();
    for (std::size_t w = 0; w < count; ++w) {
      const auto from = static_cast<std::ptrdiff_t>(w * pieces.size() / count);
      const auto to = static_cast<std::ptrdiff_t>((w + 1) * pieces.size() / count);
      windows.emplace_back(pieces.begin() + from, pieces.begin() + to);
    }
    const std::vector<float> rows = encoder.encode(windows);
    const float share = 1.0F / static_cast<float>(count);
    for (std::size_t k = 0; k < Encoder::kWidth; ++k) {
      float sum = 0;
      for (std::size_t w = 0; w < count; ++w) sum += rows[w * Encoder::kWidth + k];
      result.push_back(share * sum);
    }
  }
  return result;
}

TextFeatures featuresOf(const Document& document, const Encoder& encoder, const Phrases& phrases) {
  TextFeatures features;
  features.matches = phrases.find(document);
  std::unordered_map<std::string_view, std::uint32_t> seen;
  std::vector<std::string_view> texts;
  auto match = features.matches.begin();
  for (std::uint32_t i = 0; i < document.sentences.size(); ++i) {
    const Sentence& sentence = document.sentences[i];
    const auto [place, fresh] =
        seen.try_emplace(document.textOf(sentence), static_cast<std::uint32_t>(texts.size()));
    if (fresh) texts.push_back(place->first);
    features.row.push_back(place->second);
    const auto end = std::find_if(match, features.matches.end(),
                                  [&](const PhraseMatch& m) { return m.sentence != i; });
    SentenceFeatures& one = features.sentences.emplace_back();
    one.weight = std::sqrt(static_cast<float>(std::max<std::uint32_t>(1, sentence.words)));
    one.phrases = phrases.features(document, {match, end}, i);
    one.ngrams = ngramsOf(document, sentence);
    match = end;
  }
  features.embeddings = encodeWhole(texts, encoder);
  return features;
}

}  // namespace attune::text
