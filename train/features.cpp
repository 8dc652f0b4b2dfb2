// Writes what the heads see of every text of a JSON Lines file, by the very code that reads texts
// at run time, for train/train.py.
//
//   text_features MODELS TEXTS.jsonl OUT     ("text" of every line; other members are passed over)
//
// OUT, little-endian, a record a text: u32 sentences; then for each sentence f32 weight, f32 x
// PhraseFeatures::kCount, f32 x 512, u32 n, u64 x n (n-grams).
#include "text/features.h"

#include <fstream>
#include <iostream>

#include "base/json.h"

namespace {

template <class T>
void put(std::ostream& out, const T* data, std::size_t count) {
  out.write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(count * sizeof(T)));
}

}  // namespace

int main(int argc, char** argv) {
  using namespace attune;
  if (argc != 4) {
    std::cerr << "usage: text_features MODELS TEXTS.jsonl OUT\n";
    return 2;
  }
  const std::filesystem::path models = argv[1];
  const inference::Encoder encoder = inference::Encoder::load(models);
  const text::Phrases phrases = text::Phrases::load(models / "risk-phrases.json", encoder.pieces());
  std::ifstream in(argv[2]);
  std::ofstream out(argv[3], std::ios::binary);
  for (std::string line; std::getline(in, line);) {
    const base::json::Value value = base::json::parse(line);
    const text::Document document =
        text::cut(base::json::requireText(base::json::requireObject(value), "text"));
    const text::TextFeatures features = text::featuresOf(document, encoder, phrases);
    const auto count = static_cast<std::uint32_t>(features.sentences.size());
    put(out, &count, 1);
    for (std::uint32_t i = 0; i < count; ++i) {
      const text::SentenceFeatures& sentence = features.sentences[i];
      put(out, &sentence.weight, 1);
      put(out, sentence.phrases.values.data(), sentence.phrases.values.size());
      put(out, features.embedding(i).data(), features.embedding(i).size());
      const auto ngrams = static_cast<std::uint32_t>(sentence.ngrams.size());
      put(out, &ngrams, 1);
      put(out, sentence.ngrams.data(), ngrams);
    }
  }
  return out.good() ? 0 : 1;
}
