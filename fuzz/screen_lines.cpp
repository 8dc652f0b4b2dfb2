// Lines given to `attune screen`: none may crash it, and what goes on is valid UTF-8.
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>

#include "base/bytes.h"
#include "base/problem.h"
#include "text/screen_line.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace attune;
  std::istringstream in(std::string(reinterpret_cast<const char*>(data), size));
  text::LineReader lines(in, 4096);
  std::string line;
  while (lines.next(line) != text::LineReader::Got::end) {
    try {
      const text::ScreenItem item = text::itemFrom(line);
      if (!base::isUtf8(item.text) || !base::isUtf8(base::json::write(item.through))) std::abort();
    } catch (const base::Problem& problem) {
      if (problem.kind() != base::Problem::Kind::invalid) std::abort();
    }
  }
  return 0;
}
