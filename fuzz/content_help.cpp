// HelpBook::load over any bytes: it gives a book whose every answer holds together, or a Problem.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/problem.h"
#include "companion/help.h"

namespace {

// The first byte 0x1e splits the lines from the texts; without one, both files are the same bytes.
std::pair<std::string_view, std::string_view> split(std::string_view all) {
  const auto middle = all.find('\x1e');
  if (middle == std::string_view::npos) return {all, all};
  return {all.substr(0, middle), all.substr(middle + 1)};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using attune::companion::HelpBook;
  const std::string bytes(data, data + size);
  const auto [lines, texts] = split(bytes);
  try {
    const HelpBook book = HelpBook::load({"lines", lines}, {"texts", texts});
    const auto now = *attune::base::parseInstant("2026-11-22T00:00:00Z");
    for (const std::string& country : book.countries()) {
      const auto help = book.helpFor(country, "es", now);
      if (help.emergencyNumber.empty() || help.emergencyLabel.empty()) std::abort();
      for (const auto& line : help.lines) {
        if (line.source.empty() || line.verifiedOn.empty()) std::abort();
        if (line.dial.empty() && line.text.empty() && line.url.empty()) std::abort();
      }
    }
  } catch (const attune::base::Problem& problem) {
    if (problem.detail().empty()) std::abort();
  }
  return 0;
}
