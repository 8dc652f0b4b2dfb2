#include "base/ids.h"

#include <algorithm>
#include <array>

namespace attune::base {

std::string newIdText(Random& random) {
  std::array<unsigned char, 16> bytes{};
  random.fill(bytes);
  return toBase32(bytes);
}

bool isIdText(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdefghjkmnpqrstvwxyz";
  return text.size() == 26 && std::all_of(text.begin(), text.end(), [&](char c) {
           return digits.find(c) != std::string_view::npos;
         });
}

}  // namespace attune::base
