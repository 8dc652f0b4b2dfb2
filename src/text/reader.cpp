#include "text/reader.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "base/json.h"
#include "base/problem.h"
#include "text/evidence.h"
#include "text/language.h"

namespace attune::text {
namespace {

using base::Problem;

constexpr double kExplainStress = 0.5;   // from here a claim of stress is explained
constexpr double kExplainEmotion = 0.4;  // and of the strongest emotion

std::vector<std::string> limitsFrom(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream content;
  content << in.rdbuf();
  std::vector<std::string> limits;
  try {
    const base::json::Value value = base::json::parse(content.str());
    for (const base::json::Value& sentence : value.as_array()) {
      limits.emplace_back(sentence.as_string());
    }
  } catch (const std::exception&) {
    throw Problem(Problem::Kind::configuration, "the model's limits can't be read", file.string());
  }
  return limits;
}

}  // namespace

struct Reader::Impl {
  inference::Encoder encoder;
  Phrases phrases;
  Heads heads;
  std::vector<std::string> limits;
  std::string model;

  explicit Impl(const std::filesystem::path& directory)
      : encoder(inference::Encoder::load(directory)),
        phrases(Phrases::load(directory / "risk-phrases.json", encoder.pieces())),
        heads(Heads::load(directory / "heads.bin")),
        limits(limitsFrom(directory / "limits.json")),
        model("attune-text 1 (" + heads.digest + ")") {}

  void readInto(Reading& reading, const Document& document) const;
};

Reader::Reader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Reader::Reader(Reader&&) noexcept = default;
Reader::~Reader() = default;

Reader Reader::load(const std::filesystem::path& directory) {
  return Reader(std::make_unique<Impl>(directory));
}

const std::string& Reader::model() const {
  return impl_->model;
}
const std::vector<std::string>& Reader::limits() const {
  return impl_->limits;
}

Reading Reader::read(std::string_view text) const {
  Reading reading;
  reading.model = impl_->model;
  reading.language = "und";
  const Document document = cut(text);
  if (document.clean.text.empty()) {
    reading.notRead = "empty";
    return reading;
  }
  if (document.words == 0) {
    reading.notRead = "no-words";
    return reading;
  }
  const Language language = languageOf(document, impl_->encoder.pieces());
  reading.language = language.code;
  if (!language.english) {
    reading.notRead = "language";
    return reading;
  }
  impl_->readInto(reading, document);
  return reading;
}

void Reader::Impl::readInto(Reading& reading, const Document& document) const {
  const TextFeatures features = featuresOf(document, encoder, phrases);
  const Claimant claimant(heads, features);
  const Claims claims = claimant.all();

  reading.riskProbability = claims.risk[0];
  reading.riskLow = claims.riskLow;
  reading.riskHigh = claims.riskHigh;
  reading.levelProbabilities[0] = 1 - claims.risk[0];
  for (std::size_t i = 0; i < claims.risk.size(); ++i) {
    reading.levelProbabilities[i + 1] =
        claims.risk[i] - (i + 1 < claims.risk.size() ? claims.risk[i + 1] : 0);
  }
  const auto likeliest = std::max_element(std::begin(reading.levelProbabilities),
                                          std::end(reading.levelProbabilities));
  reading.level =
      static_cast<RiskLevel>(std::distance(std::begin(reading.levelProbabilities), likeliest));
  reading.possibleCrisis = claims.risk[1] >= heads.crisisThreshold;
  // Whoever looks at the level alone must not see "none" where help is being offered.
  if (reading.possibleCrisis && reading.level < RiskLevel::ideation) {
    reading.level = RiskLevel::ideation;
  }

  reading.stressProbability = claims.stress;
  reading.stressLow = claims.stressLow;
  reading.stressHigh = claims.stressHigh;
  EvidenceWanted wanted;
  wanted.risk = reading.possibleCrisis || reading.level != RiskLevel::none;
  wanted.stress = claims.stress >= kExplainStress;
  std::size_t strongest = claims.emotions.size();
  for (std::size_t i = 0; i < claims.emotions.size(); ++i) {
    reading.emotions.push_back({heads.emotionNames[i], claims.emotions[i]});
    if (heads.emotionNames[i] != "neutral" && claims.emotions[i] >= kExplainEmotion &&
        (strongest == claims.emotions.size() || claims.emotions[i] > claims.emotions[strongest])) {
      strongest = i;
    }
  }
  if (strongest < claims.emotions.size()) wanted.emotions.push_back(strongest);
  reading.evidence =
      evidenceFor(wanted, document, features, claims, claimant, heads, encoder, phrases);
}

}  // namespace attune::text
