// Sentences and words of a cleaned text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "text/clean.h"

namespace attune::text {

struct Token {
  // A word in lower case without apostrophes ("don't" is "dont"), or one sign ("!", "?", an emoji).
  std::string text;
  std::uint32_t start = 0;  // bytes of the clean text, [start, end)
  std::uint32_t end = 0;
  bool word = false;
  bool quoted = false;       // between double quotes
  bool clauseStart = false;  // behind a comma, a dash, a bracket; or first of its sentence
  std::uint64_t hash = 0;    // of `text`
};

struct Sentence {
  std::uint32_t start = 0;  // bytes of the clean text, [start, end)
  std::uint32_t end = 0;
  std::uint32_t firstToken = 0;  // [firstToken, endToken)
  std::uint32_t endToken = 0;
  std::uint32_t words = 0;
};

struct Document {
  CleanText clean;
  std::vector<Token> tokens;
  std::vector<Sentence> sentences;  // all of the tokens, in order
  std::size_t words = 0;            // tokens with at least one letter

  std::string_view textOf(const Sentence& sentence) const {
    return std::string_view(clean.text).substr(sentence.start, sentence.end - sentence.start);
  }
};

// Sentences end at . ! ? before a space, at a line's end, and, where people write without stops,
// before a conjunction or after 40 words. Linear in the size.
Document cut(std::string_view given);

// FNV-1a, 64 bits. Names of n-grams in the weights' file.
std::uint64_t hashOf(std::string_view bytes);
// The n-gram of two words, from their hashes.
std::uint64_t hashOf(std::uint64_t first, std::uint64_t second);

}  // namespace attune::text
