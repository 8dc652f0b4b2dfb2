// Byte strings, and the text forms in which they travel.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace attune::base {

using Bytes = std::vector<unsigned char>;
using BytesView = std::span<const unsigned char>;

// The bytes of a text, without a copy; valid as long as the text.
BytesView asBytes(std::string_view text);
// The text whose bytes these are, without a copy; not checked to be UTF-8.
std::string_view asText(BytesView bytes);

// Lower-case hexadecimal, two digits a byte.
std::string toHex(BytesView bytes);
// Absent if the length is odd or a digit is not hexadecimal.
std::optional<Bytes> fromHex(std::string_view hex);

// Crockford's base 32 in lower case, no padding: no i, l, o, u, so it can be read aloud and typed.
std::string toBase32(BytesView bytes);
// Accepts upper case, dashes and spaces, and reads i, l as 1 and o as 0. Absent for anything else.
std::optional<Bytes> fromBase32(std::string_view text);

// True if the bytes are well-formed UTF-8 (no surrogates, no overlong forms, at most U+10FFFF).
bool isUtf8(std::string_view text);
// Replaces every ill-formed sequence by U+FFFD, as Unicode 15 section 3.9 recommends.
std::string toValidUtf8(std::string_view text);

}  // namespace attune::base
