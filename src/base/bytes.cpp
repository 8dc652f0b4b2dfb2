#include "base/bytes.h"

#include <cstdint>

namespace attune::base {

namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase32Digits = "0123456789abcdefghjkmnpqrstvwxyz";

int hexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

int base32Value(char c) {
  if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  if (c == 'i' || c == 'l') c = '1';
  if (c == 'o') c = '0';
  const auto at = kBase32Digits.find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

// Length of the well-formed sequence at the start of `text`; 0 if it is ill-formed, and then
// `*bad` is the length of its maximal ill-formed part (Unicode 15, table 3-7).
std::size_t sequenceLength(std::string_view text, std::size_t* bad) {
  const auto at = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const unsigned b0 = at(0);
  *bad = 1;
  if (b0 < 0x80) return 1;
  unsigned low = 0x80, high = 0xBF;
  std::size_t need = 0;
  if (b0 >= 0xC2 && b0 <= 0xDF) {
    need = 2;
  } else if (b0 >= 0xE0 && b0 <= 0xEF) {
    need = 3;
    if (b0 == 0xE0) low = 0xA0;
    if (b0 == 0xED) high = 0x9F;
  } else if (b0 >= 0xF0 && b0 <= 0xF4) {
    need = 4;
    if (b0 == 0xF0) low = 0x90;
    if (b0 == 0xF4) high = 0x8F;
  } else {
    return 0;
  }
  for (std::size_t i = 1; i < need; ++i) {
    const unsigned b = at(i);
    if (i >= text.size() || b < low || b > high) {
      *bad = i;
      return 0;
    }
    low = 0x80;
    high = 0xBF;
  }
  return need;
}

}  // namespace

BytesView asBytes(std::string_view text) {
  return {reinterpret_cast<const unsigned char*>(text.data()), text.size()};
}

std::string_view asText(BytesView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string toHex(BytesView bytes) {
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const unsigned char b : bytes) {
    out += kHexDigits[b >> 4];
    out += kHexDigits[b & 15];
  }
  return out;
}

std::optional<Bytes> fromHex(std::string_view hex) {
  if (hex.size() % 2 != 0) return std::nullopt;
  Bytes out;
  out.reserve(hex.size() / 2);
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const int high = hexValue(hex[i]), low = hexValue(hex[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out.push_back(static_cast<unsigned char>(high * 16 + low));
  }
  return out;
}

std::string toBase32(BytesView bytes) {
  std::string out;
  std::uint32_t bits = 0;
  int held = 0;
  for (const unsigned char b : bytes) {
    bits = (bits << 8) | b;
    held += 8;
    while (held >= 5) {
      held -= 5;
      out += kBase32Digits[(bits >> held) & 31];
    }
  }
  if (held > 0) out += kBase32Digits[(bits << (5 - held)) & 31];
  return out;
}

std::optional<Bytes> fromBase32(std::string_view text) {
  Bytes out;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    if (c == '-' || c == ' ') continue;
    const int value = base32Value(c);
    if (value < 0) return std::nullopt;
    bits = (bits << 5) | static_cast<std::uint32_t>(value);
    held += 5;
    if (held >= 8) {
      held -= 8;
      out.push_back(static_cast<unsigned char>(bits >> held));
    }
  }
  return out;
}

bool isUtf8(std::string_view text) {
  std::size_t bad = 0;
  while (!text.empty()) {
    const std::size_t length = sequenceLength(text, &bad);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string toValidUtf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  std::size_t bad = 0;
  while (!text.empty()) {
    const std::size_t length = sequenceLength(text, &bad);
    if (length == 0) {
      out += "\xEF\xBF\xBD";
      text.remove_prefix(bad);
    } else {
      out += text.substr(0, length);
      text.remove_prefix(length);
    }
  }
  return out;
}

}  // namespace attune::base
