// Word patterns of content/risk-phrases.json and the words they are made of.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "inference/sentence_piece.h"

namespace attune::text {

// Every word that a pattern names, by number; and the reading of what people typed as one of them.
class Lexicon {
 public:
  using Ids = std::vector<std::uint32_t>;  // a word's own number and those of its beginnings

  std::uint32_t add(std::string_view word);
  // "suic*" matches every word that begins so.
  std::uint32_t addPrefix(std::string_view beginning);
  // The numbers `typed` stands for; forgives one slip in words of five letters and more that
  // `common` does not know, letters drawn out, and signs and digits in the place of letters.
  void read(std::string_view typed, const inference::SentencePiece& common, Ids& out) const;

 private:
  void exact(std::string_view word, Ids& out) const;

  std::unordered_map<std::string, std::uint32_t> words_;
  std::vector<std::pair<std::string, std::uint32_t>> prefixes_;
  std::map<std::size_t, std::vector<std::string>> byLength_;
  std::uint32_t next_ = 0;
};

// A sequence of elements: one of some words, perhaps absent; or up to so many words of any kind.
class Pattern {
 public:
  using Classes = std::map<std::string, std::string, std::less<>>;
  // Throws std::invalid_argument saying what can't be read.
  Pattern(std::string_view written, const Classes& classes, Lexicon& lexicon);

  // The end of the longest match that starts at `start`; absent if there is none.
  std::optional<std::size_t> match(std::span<const Lexicon::Ids> words, std::size_t start) const;
  // The words it may begin with; empty when it may begin with any.
  const std::vector<std::uint32_t>& first() const { return first_; }

 private:
  struct Element {
    std::vector<std::uint32_t> words;  // sorted
    bool optional = false;
    std::size_t any = 0;
  };
  std::optional<std::size_t> match(std::span<const Lexicon::Ids> words, std::size_t at,
                                   std::size_t element) const;

  std::vector<Element> elements_;
  std::vector<std::uint32_t> first_;
};

// Patterns that are looked for together, found by their first word.
class PatternSet {
 public:
  // Returns the pattern's number.
  std::size_t add(Pattern pattern);
  struct Found {
    std::size_t pattern = 0;
    std::size_t start = 0;
    std::size_t end = 0;
  };
  // The longest match of every pattern at every place.
  std::vector<Found> find(std::span<const Lexicon::Ids> words) const;

 private:
  std::vector<Pattern> patterns_;
  std::unordered_map<std::uint32_t, std::vector<std::size_t>> byFirst_;
};

}  // namespace attune::text
