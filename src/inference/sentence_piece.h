// Cuts text into the pieces of a SentencePiece unigram vocabulary, as the published sentence
// encoder was trained with: NFKC, a mark for every space, the most probable path.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

namespace attune::inference {

struct Piece {
  std::int32_t id = 0;    // row of the vocabulary; 0 is "unknown"
  std::size_t start = 0;  // bytes of the text given, [start, end)
  std::size_t end = 0;
};

class SentencePiece {
 public:
  // A line a piece: the piece, a tab, its log probability. The first six are reserved and never
  // match. Throws Problem(configuration) naming the file.
  static SentencePiece load(const std::filesystem::path& file);

  // Pieces from left to right; empty for an empty text. Neighbouring unknown pieces are one.
  // Ill-formed UTF-8 counts as U+FFFD. The time is linear in the text's length.
  std::vector<Piece> encode(std::string_view text) const;

  // True if the word (lower case, no spaces) is a piece of its own at a word's beginning: a cheap
  // sign that it is common English and no slip of the keyboard.
  bool isCommonWord(std::string_view word) const;

  std::size_t size() const { return scores_.size(); }

 private:
  struct Node {
    std::int32_t piece = -1;
    std::uint32_t firstChild = 0;  // into edges_
    std::uint32_t children = 0;
  };
  struct Edge {
    unsigned char byte = 0;
    std::uint32_t node = 0;
  };
  std::uint32_t child(std::uint32_t node, unsigned char byte) const;

  std::vector<double> scores_;
  std::vector<Node> nodes_;
  std::vector<Edge> edges_;
};

}  // namespace attune::inference
