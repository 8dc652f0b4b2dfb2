// The lines that `attune screen` is given.
#pragma once

#include <istream>
#include <string>
#include <string_view>

#include "base/json.h"

namespace attune::text {

class LineReader {
 public:
  // `in` outlives this; a line over `limit` bytes is passed over without being held.
  LineReader(std::istream& in, std::size_t limit) : in_(in), limit_(limit) {}

  enum class Got { line, tooLong, end };
  // The next line without its end ("\n" or "\r\n") and without a byte order mark.
  Got next(std::string& line);
  std::size_t number() const { return number_; }  // of the last line, from 1

 private:
  std::istream& in_;
  std::size_t limit_;
  std::size_t number_ = 0;
};

struct ScreenItem {
  base::json::Object through;  // id, time, person: handed through to the answer
  std::string text;
};

// A line of JSON: an object with "text". Bytes that are no UTF-8 become "?" one for one, so that a
// message with a broken letter is still read. Throws Problem(invalid).
ScreenItem itemFrom(std::string_view line);

}  // namespace attune::text
