// `attune screen`: texts in, one JSON object a line out.
#pragma once

#include <functional>
#include <istream>
#include <ostream>

#include "text/reader.h"

namespace attune::text {

struct ScreenReport {
  std::size_t read = 0;      // lines answered
  std::size_t notRead = 0;   // of those, answered with "notRead"
  std::size_t rejected = 0;  // lines that were no text: named on `errors`
};

// Reads JSON Lines ("text", optional "id", "time", "person") or plain lines (each a text; decided
// by whether the first non-blank line begins with "{"). Writes one object a line:
//   id, language, risk{level, probability}, stress{probability}, emotions{name: probability},
//   evidence[{start, end, weight, about}], model; and notRead when it was not read.
// A malformed line is named on `errors` with `name` and its line number, counted, and the rest goes
// on. A line over 4 MiB is rejected without being held in memory.
ScreenReport screen(const Reader& reader, std::istream& in, const std::string& name,
                    std::ostream& out, std::ostream& errors);

}  // namespace attune::text
