// Text as people type it, made ready for reading: valid, without what hides inside words, and with
// the way back to the bytes as given.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace attune::text {

struct CleanText {
  // Valid UTF-8. Ill-formed bytes are U+FFFD; zero-width, bidirectional and overlay marks are gone,
  // so that a word with one inside is still that word; control characters and runs of white space
  // are one space, or one '\n' when the run held a line end; curly quotes are straight.
  std::string text;
  // For each byte of `text`: the bytes [first, second) of the given text it came from.
  std::vector<std::pair<std::uint32_t, std::uint32_t>> origin;

  // The bytes [start, end) of the given text that [start, end) of `text` came from;
  // start < end.
  std::pair<std::size_t, std::size_t> given(std::size_t start, std::size_t end) const;
};

// The code point at byte `at` (< size) and the byte behind it. What is ill-formed is U+FFFD, one
// for each longest beginning of a sequence, as Unicode 15 section 3.9 recommends.
std::pair<std::int32_t, std::size_t> codePointAt(std::string_view text, std::size_t at);

// Adds one code point, in UTF-8; U+FFFD for what is none.
void appendUtf8(std::string& text, std::int32_t codePoint);

// Linear in the size. Texts over 2 GiB are refused with Problem(tooLarge).
CleanText clean(std::string_view given);

}  // namespace attune::text
