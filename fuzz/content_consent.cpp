// ConsentWords::load over any bytes: each language asks the same, or a Problem says what is wrong.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/problem.h"
#include "companion/consent_words.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using attune::companion::ConsentWords;
  const std::string bytes(data, data + size);
  try {
    const ConsentWords words = ConsentWords::load({"consent", bytes});
    for (const std::string& language : words.languages()) {
      const auto& text = words.in(language);
      if (text.items.size() != words.in("en").items.size()) std::abort();
      for (const auto& item : text.items) {
        if (!words.asks(item.source, item.purpose)) std::abort();
      }
    }
  } catch (const attune::base::Problem& problem) {
    if (problem.detail().empty()) std::abort();
  }
  return 0;
}
