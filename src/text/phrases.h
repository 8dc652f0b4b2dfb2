// The transparent half of the risk reading: phrases people use for wanting to die, planning,
// preparing, having tried, and what stands around them that changes their meaning. The phrases are
// data (content/risk-phrases.json), so that a clinician can read and change them.
#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "inference/sentence_piece.h"
#include "text/reader.h"
#include "text/words.h"

namespace attune::text {

// What stands around a phrase, the first that holds.
enum class Context { live, negated, other, past, reported, protective, count };

struct PhraseMatch {
  std::uint32_t firstToken = 0;  // [firstToken, endToken) of the document
  std::uint32_t endToken = 0;
  std::uint32_t sentence = 0;
  RiskLevel level = RiskLevel::none;
  Context context = Context::live;
  std::string_view group;  // the group's name in the file
};

// Counts of matches by level (indicator..attempt) and context, and of words that press.
struct PhraseFeatures {
  static constexpr std::size_t kCount = 4 * static_cast<std::size_t>(Context::count) + 3;
  std::array<float, kCount> values{};

  void add(const PhraseMatch& match);
  // Those of a text are the sum of its sentences', counts up to 2, signs up to 1.
  void add(const PhraseFeatures& other);
  // Index of the last three: somebody else is spoken of, joking, first person.
  static constexpr std::size_t kOther = kCount - 3;
  static constexpr std::size_t kJoke = kCount - 2;
  static constexpr std::size_t kSelf = kCount - 1;
};

class Phrases {
 public:
  // Throws Problem(configuration) naming the file and the pattern that can't be read. `common`
  // tells slips of the keyboard from words; it is used while matching and must outlive this.
  static Phrases load(const std::filesystem::path& file, const inference::SentencePiece& common);
  Phrases(Phrases&&) noexcept;
  ~Phrases();

  // All matches, by place; where phrases overlap an idiom wins over all, then the graver level.
  std::vector<PhraseMatch> find(const Document& document) const;

  // Features of one sentence of a document, given the matches in it (others are passed over).
  PhraseFeatures features(const Document& document, std::span<const PhraseMatch> matches,
                          std::uint32_t sentence) const;

 private:
  struct Impl;
  explicit Phrases(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace attune::text
