#include "text/screen.h"

#include <cmath>
#include <optional>

#include "base/bytes.h"
#include "base/json.h"
#include "base/problem.h"

namespace attune::text {
namespace {

using base::Problem;
namespace json = base::json;

constexpr std::size_t kMaxLine = 16 * 1024 * 1024;  // bytes

enum class Line { read, tooLong, end };

// The next line without its end. One that is too long is passed over in pieces.
Line nextLine(std::istream& in, std::string& line) {
  line.clear();
  std::streambuf& buffer = *in.rdbuf();
  bool any = false;
  bool tooLong = false;
  for (int c = buffer.sbumpc(); c != std::istream::traits_type::eof(); c = buffer.sbumpc()) {
    any = true;
    if (c == '\n') break;
    if (line.size() >= kMaxLine) {
      tooLong = true;
      continue;
    }
    line += static_cast<char>(c);
  }
  if (!any) return Line::end;
  if (tooLong) return Line::tooLong;
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return Line::read;
}

bool isBlank(std::string_view line) {
  return line.find_first_not_of(" \t\r\v\f") == std::string_view::npos;
}

double rounded(double value) {
  return std::round(value * 1e6) / 1e6;
}

json::Object answer(const Reading& reading) {
  json::Object out;
  out["language"] = reading.language;
  if (!reading.notRead.empty()) {
    out["notRead"] = reading.notRead;
    out["model"] = reading.model;
    return out;
  }
  out["risk"] = {{"level", name(reading.level)},
                 {"probability", rounded(reading.riskProbability)},
                 {"low", rounded(reading.riskLow)},
                 {"high", rounded(reading.riskHigh)},
                 {"possibleCrisis", reading.possibleCrisis}};
  out["stress"] = {{"probability", rounded(reading.stressProbability)}};
  json::Object emotions;
  for (const Emotion& emotion : reading.emotions) {
    emotions[emotion.name] = rounded(emotion.probability);
  }
  out["emotions"] = std::move(emotions);
  json::Array evidence;
  for (const Evidence& piece : reading.evidence) {
    evidence.push_back({{"start", piece.start},
                        {"end", piece.end},
                        {"weight", rounded(piece.weight)},
                        {"about", piece.about}});
  }
  out["evidence"] = std::move(evidence);
  out["model"] = reading.model;
  return out;
}

// Members of a JSON line that go through to its answer.
struct Given {
  json::Object through;
  std::string text;
};

Given parsed(const std::string& line) {
  const json::Value value = json::parse(line);
  const json::Object& object = json::requireObject(value);
  Given given;
  given.text = json::requireText(object, "text");
  for (const std::string_view key : {"id", "time", "person"}) {
    if (const json::Value* member = object.if_contains(key)) given.through[key] = *member;
  }
  return given;
}

}  // namespace

ScreenReport screen(const Reader& reader, std::istream& in, const std::string& name,
                    std::ostream& out, std::ostream& errors) {
  ScreenReport report;
  std::optional<bool> isJson;
  std::size_t number = 0;
  std::string line;
  const auto reject = [&](const std::string& why) {
    ++report.rejected;
    errors << name << ":" << number << ": " << why << "\n";
  };
  for (Line got = nextLine(in, line); got != Line::end; got = nextLine(in, line)) {
    ++number;
    if (number == 1 && line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);
    if (got == Line::tooLong) {
      reject("the line is longer than 16 MiB");
      continue;
    }
    if (isBlank(line)) continue;
    if (!isJson) isJson = line[line.find_first_not_of(" \t")] == '{';
    try {
      Given given;
      if (*isJson) {
        given = parsed(line);
      } else {
        given.text = line;
      }
      json::Object object;
      if (!given.through.contains("id")) object["id"] = number;
      for (auto& [key, value] : given.through) object[key] = std::move(value);
      const Reading reading = reader.read(given.text);
      for (auto& [key, value] : answer(reading)) object[key] = std::move(value);
      out << json::write(object) << "\n";
      ++report.read;
      if (!reading.notRead.empty()) ++report.notRead;
    } catch (const Problem& problem) {
      if (problem.kind() != Problem::Kind::invalid) throw;
      reject(problem.detail());
    }
  }
  return report;
}

}  // namespace attune::text
