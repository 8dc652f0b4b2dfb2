#include "text/clean.h"

#include <unicode/uchar.h>

#include "base/problem.h"

namespace attune::text {
namespace {

// What a reader of the page would not see but a program would: joiners, marks of direction, soft
// hyphens, variation selectors, strokes laid over letters.
bool isInvisible(UChar32 c) {
  if (c < 0xAD) return false;
  if (c >= 0xFE00 && c <= 0xFE0F) return true;
  if (c >= 0x0334 && c <= 0x0338) return true;
  if (c == 0x034F || c == 0x115F || c == 0x1160 || c == 0x3164 || c == 0x2800) return true;
  return u_charType(c) == U_FORMAT_CHAR;
}

UChar32 straight(UChar32 c) {
  switch (c) {
    case 0x2018:
    case 0x2019:
    case 0x201B:
    case 0x02BC:
    case 0x00B4:
    case 0x0060:
    case 0x2032:
      return '\'';
    case 0x201C:
    case 0x201D:
    case 0x201E:
    case 0x201F:
    case 0x00AB:
    case 0x00BB:
      return '"';
    default:
      return c;
  }
}

}  // namespace

std::pair<std::size_t, std::size_t> CleanText::given(std::size_t start, std::size_t end) const {
  return {origin[start].first, origin[end - 1].second};
}

std::pair<std::int32_t, std::size_t> codePointAt(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) -> std::int32_t {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
  };
  const std::int32_t first = byte(at);
  if (first < 0x80) return {first, at + 1};
  if (first < 0xC2 || first > 0xF4) return {0xFFFD, at + 1};
  const std::size_t more = first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
  // The second byte's range shuts out overlong forms, surrogates and what lies over U+10FFFF.
  const std::int32_t low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  const std::int32_t high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  std::int32_t code = first & (more == 1 ? 0x1F : more == 2 ? 0x0F : 0x07);
  for (std::size_t i = 1; i <= more; ++i) {
    const std::int32_t next = byte(at + i);
    if (next < (i == 1 ? low : 0x80) || next > (i == 1 ? high : 0xBF)) return {0xFFFD, at + i};
    code = (code << 6) | (next & 0x3F);
  }
  return {code, at + more + 1};
}

void appendUtf8(std::string& text, std::int32_t codePoint) {
  const auto put = [&](std::int32_t byte) { text += static_cast<char>(byte); };
  std::int32_t c = codePoint;
  if (c < 0 || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) c = 0xFFFD;
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | (c >> 6));
    put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | (c >> 12));
    put(0x80 | ((c >> 6) & 0x3F));
    put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | (c >> 18));
    put(0x80 | ((c >> 12) & 0x3F));
    put(0x80 | ((c >> 6) & 0x3F));
    put(0x80 | (c & 0x3F));
  }
}

CleanText clean(std::string_view given) {
  if (given.size() > 0x7FFFFFFF) {
    throw base::Problem(base::Problem::Kind::tooLarge, "a text may hold at most 2 GiB");
  }
  CleanText result;
  result.text.reserve(given.size());
  result.origin.reserve(given.size());
  bool gap = false;
  bool lineEnd = false;
  std::size_t gapStart = 0;
  for (std::size_t i = 0; i < given.size();) {
    const std::size_t start = i;
    auto [c, next] = codePointAt(given, i);
    i = next;
    if (isInvisible(c)) continue;
    if (u_isUWhiteSpace(c) || u_charType(c) == U_CONTROL_CHAR) {
      if (!gap) gapStart = start;
      gap = true;
      lineEnd = lineEnd || c == '\n' || c == '\r' || c == 0x2028 || c == 0x2029;
      continue;
    }
    if (gap && !result.text.empty()) {
      result.text += lineEnd ? '\n' : ' ';
      result.origin.emplace_back(gapStart, start);
    }
    gap = lineEnd = false;
    c = straight(c);
    const std::size_t before = result.text.size();
    appendUtf8(result.text, c);
    result.origin.insert(result.origin.end(), result.text.size() - before,
                         std::pair<std::uint32_t, std::uint32_t>(start, i));
  }
  return result;
}

}  // namespace attune::text
