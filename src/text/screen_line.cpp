#include "text/screen_line.h"

#include "text/clean.h"

namespace attune::text {
namespace {

namespace json = base::json;

std::string withoutIllFormed(std::string_view line) {
  std::string result(line);
  for (std::size_t i = 0; i < line.size();) {
    const auto [code, next] = codePointAt(line, i);
    // U+FFFD that is really there is three bytes long and begins with 0xEF.
    if (code == 0xFFFD && line.substr(i, next - i) != "\xEF\xBF\xBD") {
      result.replace(i, next - i, next - i, '?');
    }
    i = next;
  }
  return result;
}

}  // namespace

LineReader::Got LineReader::next(std::string& line) {
  line.clear();
  std::streambuf& buffer = *in_.rdbuf();
  bool any = false;
  bool tooLong = false;
  for (int c = buffer.sbumpc(); c != std::istream::traits_type::eof(); c = buffer.sbumpc()) {
    any = true;
    if (c == '\n') break;
    if (line.size() < limit_) {
      line += static_cast<char>(c);
    } else {
      tooLong = true;
    }
  }
  if (!any) return Got::end;
  ++number_;
  if (tooLong) return Got::tooLong;
  if (number_ == 1 && line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return Got::line;
}

ScreenItem itemFrom(std::string_view line) {
  const json::Value value = json::parse(withoutIllFormed(line));
  const json::Object& object = json::requireObject(value);
  ScreenItem item;
  item.text = json::requireText(object, "text");
  for (const std::string_view key : {"id", "time", "person"}) {
    if (const json::Value* member = object.if_contains(key)) item.through[key] = *member;
  }
  return item;
}

}  // namespace attune::text
