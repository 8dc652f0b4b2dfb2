// Any bytes as a text: cut into sentences and words that lie within it, in order.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/bytes.h"
#include "text/words.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace attune::text;
  const std::string_view given(reinterpret_cast<const char*>(data), size);
  const Document document = cut(given);
  if (!attune::base::isUtf8(document.clean.text)) std::abort();
  std::uint32_t token = 0;
  std::uint32_t end = 0;
  for (const Sentence& sentence : document.sentences) {
    if (sentence.firstToken != token || sentence.endToken <= token || sentence.start < end ||
        sentence.end <= sentence.start || sentence.end > document.clean.text.size()) {
      std::abort();
    }
    token = sentence.endToken;
    end = sentence.end;
    for (std::uint32_t i = sentence.firstToken; i < sentence.endToken; ++i) {
      const Token& t = document.tokens[i];
      if (t.start < sentence.start || t.end > sentence.end || t.end <= t.start) std::abort();
      const auto [from, to] = document.clean.given(t.start, t.end);
      if (from >= to || to > size) std::abort();
    }
  }
  if (token != document.tokens.size()) std::abort();
  return 0;
}
