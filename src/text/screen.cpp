#include "text/screen.h"

#include <cmath>
#include <optional>

#include "base/json.h"
#include "base/problem.h"
#include "text/screen_line.h"

namespace attune::text {
namespace {

using base::Problem;
namespace json = base::json;

constexpr std::size_t kMaxLine = 4 * 1024 * 1024;  // bytes; reading one takes some 200 MiB

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

}  // namespace

ScreenReport screen(const Reader& reader, std::istream& in, const std::string& name,
                    std::ostream& out, std::ostream& errors) {
  ScreenReport report;
  std::optional<bool> isJson;
  LineReader lines(in, kMaxLine);
  std::string line;
  const auto reject = [&](const std::string& why) {
    ++report.rejected;
    errors << name << ":" << lines.number() << ": " << why << "\n";
  };
  for (auto got = lines.next(line); got != LineReader::Got::end; got = lines.next(line)) {
    if (got == LineReader::Got::tooLong) {
      reject("the line is longer than 4 MiB");
      continue;
    }
    if (isBlank(line)) continue;
    if (!isJson) isJson = line[line.find_first_not_of(" \t")] == '{';
    try {
      ScreenItem item;
      if (*isJson) {
        item = itemFrom(line);
      } else {
        item.text = line;
      }
      json::Object object;
      if (!item.through.contains("id")) object["id"] = lines.number();
      for (auto& [key, value] : item.through) object[key] = std::move(value);
      const Reading reading = reader.read(item.text);
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
