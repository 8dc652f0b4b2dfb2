#include "inference/sentence_piece.h"

#include <unicode/bytestream.h>
#include <unicode/edits.h>
#include <unicode/normalizer2.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <string>

#include "base/problem.h"

namespace attune::inference {
namespace {

using base::Problem;

constexpr std::size_t kReserved = 6;
constexpr std::string_view kMark = "\xE2\x96\x81";  // U+2581, stands for a space

bool startsCharacter(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
}

bool isAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char byte) { return static_cast<unsigned char>(byte) < 0x80; });
}

// The normalised text with marks for spaces, and for every byte of it (and its end) the byte of the
// given text it came from.
struct Normalised {
  std::string text;
  std::vector<std::uint32_t> start;  // where the source of this byte begins
  std::vector<std::uint32_t> end;    // where the source of this byte ends
};

Normalised normalise(std::string_view given) {
  Normalised result;
  result.text.reserve(given.size() + given.size() / 4 + 4);
  const auto put = [&](std::string_view bytes, std::size_t start, std::size_t end) {
    result.text += bytes;
    result.start.insert(result.start.end(), bytes.size(), static_cast<std::uint32_t>(start));
    result.end.insert(result.end.end(), bytes.size(), static_cast<std::uint32_t>(end));
  };
  put(kMark, 0, 0);
  if (isAscii(given)) {
    for (std::size_t i = 0; i < given.size(); ++i) {
      put(given[i] == ' ' ? kMark : given.substr(i, 1), i, i + 1);
    }
    return result;
  }

  UErrorCode code = U_ZERO_ERROR;
  const icu::Normalizer2* nfkc = icu::Normalizer2::getNFKCInstance(code);
  std::string text;
  icu::StringByteSink<std::string> sink(&text, static_cast<std::int32_t>(given.size()));
  icu::Edits edits;
  if (nfkc != nullptr) {
    nfkc->normalizeUTF8(0, {given.data(), static_cast<std::int32_t>(given.size())}, sink, &edits,
                        code);
  }
  if (U_FAILURE(code)) {
    throw Problem(Problem::Kind::internal, "Unicode normalisation failed", u_errorName(code));
  }
  std::size_t from = 0;
  std::size_t to = 0;
  icu::Edits::Iterator edit = edits.getFineIterator();
  while (edit.next(code)) {
    const auto oldLength = static_cast<std::size_t>(edit.oldLength());
    const auto newLength = static_cast<std::size_t>(edit.newLength());
    for (std::size_t i = 0; i < newLength; ++i) {
      const std::string_view byte(text.data() + to + i, 1);
      const std::size_t start = edit.hasChange() ? from : from + i;
      put(byte == " " ? kMark : byte, start, edit.hasChange() ? from + oldLength : start + 1);
    }
    from += oldLength;
    to += newLength;
  }
  return result;
}

}  // namespace

SentencePiece SentencePiece::load(const std::filesystem::path& file) {
  const auto damaged = [&](const std::string& what) {
    return Problem(Problem::Kind::configuration, what, file.string());
  };
  std::ifstream in(file, std::ios::binary);
  if (!in) throw damaged("the vocabulary can't be read");

  SentencePiece result;
  std::vector<std::pair<std::string, std::int32_t>> pieces;
  for (std::string line; std::getline(in, line);) {
    const std::size_t tab = line.rfind('\t');
    double score = 0;
    const char* end = line.data() + line.size();
    if (tab == std::string::npos || std::from_chars(line.data() + tab + 1, end, score).ptr != end) {
      throw damaged("the vocabulary's line " + std::to_string(result.scores_.size() + 1) +
                    " is no piece with a score");
    }
    const auto id = static_cast<std::int32_t>(result.scores_.size());
    result.scores_.push_back(score);
    if (static_cast<std::size_t>(id) >= kReserved && tab > 0) {
      pieces.emplace_back(line.substr(0, tab), id);
    }
  }
  if (result.scores_.size() <= kReserved) throw damaged("the vocabulary is empty");

  // A trie over bytes, laid out breadth first with each node's edges side by side.
  std::sort(pieces.begin(), pieces.end());
  struct Span {
    std::size_t begin, end, depth;
  };
  std::vector<Span> spans{{0, pieces.size(), 0}};
  result.nodes_.emplace_back();
  for (std::size_t n = 0; n < spans.size(); ++n) {
    auto [begin, end, depth] = spans[n];
    // A piece that stands twice in the file counts with its later line, as for its own reader.
    while (begin < end && pieces[begin].first.size() == depth) {
      result.nodes_[n].piece = pieces[begin].second;
      ++begin;
    }
    result.nodes_[n].firstChild = static_cast<std::uint32_t>(result.edges_.size());
    while (begin < end) {
      const char byte = pieces[begin].first[depth];
      std::size_t next = begin;
      while (next < end && pieces[next].first[depth] == byte) ++next;
      result.edges_.push_back(
          {static_cast<unsigned char>(byte), static_cast<std::uint32_t>(result.nodes_.size())});
      ++result.nodes_[n].children;
      result.nodes_.emplace_back();
      spans.push_back({begin, next, depth + 1});
      begin = next;
    }
  }
  return result;
}

std::uint32_t SentencePiece::child(std::uint32_t node, unsigned char byte) const {
  const Node& here = nodes_[node];
  const auto begin = edges_.begin() + here.firstChild;
  const auto end = begin + here.children;
  const auto found =
      std::lower_bound(begin, end, byte, [](const Edge& e, unsigned char b) { return e.byte < b; });
  return found != end && found->byte == byte ? found->node : 0;
}

bool SentencePiece::isCommonWord(std::string_view word) const {
  std::uint32_t node = 0;
  for (const std::string_view part : {kMark, word}) {
    for (const char byte : part) {
      node = child(node, static_cast<unsigned char>(byte));
      if (node == 0) return false;
    }
  }
  return nodes_[node].piece >= 0;
}

std::vector<Piece> SentencePiece::encode(std::string_view given) const {
  if (given.empty()) return {};
  const Normalised normalised = normalise(given);
  const std::string& text = normalised.text;

  // best[i], from[i], piece[i]: the best path that ends at byte i. Where no piece ends, the
  // published reader starts again at score 0 with one unknown character; so does this.
  constexpr std::uint32_t kNone = ~std::uint32_t{0};
  std::vector<double> best(text.size() + 1, 0.0);
  std::vector<std::uint32_t> from(text.size() + 1, kNone);
  std::vector<std::int32_t> piece(text.size() + 1, 0);
  // Ends are final when they are reached as starts, as every piece runs forward. Ties go to the
  // later start, as in the published reader (>=).
  for (std::size_t start = 0; start < text.size(); ++start) {
    if (!startsCharacter(text[start])) continue;
    std::uint32_t node = 0;
    for (std::size_t i = start; i < text.size(); ++i) {
      node = child(node, static_cast<unsigned char>(text[i]));
      if (node == 0) break;
      const std::int32_t id = nodes_[node].piece;
      if (id < 0) continue;
      const double score = best[start] + scores_[static_cast<std::size_t>(id)];
      if (best[i + 1] == 0.0 || score >= best[i + 1]) {
        best[i + 1] = score;
        from[i + 1] = static_cast<std::uint32_t>(start);
        piece[i + 1] = id;
      }
    }
  }

  std::vector<Piece> pieces;
  for (std::size_t end = text.size(); end > 0;) {
    std::size_t start = from[end];
    if (from[end] == kNone) {
      start = end - 1;
      while (start > 0 && !startsCharacter(text[start])) --start;
    }
    const Piece here{from[end] == kNone ? 0 : piece[end], normalised.start[start],
                     normalised.end[end - 1]};
    if (here.id == 0 && !pieces.empty() && pieces.back().id == 0) {
      pieces.back().start = here.start;
    } else {
      pieces.push_back(here);
    }
    end = start;
  }
  std::reverse(pieces.begin(), pieces.end());
  return pieces;
}

}  // namespace attune::inference
