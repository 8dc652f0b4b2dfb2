#include "oversight/finding.h"

#include <algorithm>
#include <array>

#include "base/json.h"

namespace attune::oversight {

namespace json = base::json;
using base::Problem;

namespace {

constexpr std::array<std::string_view, 3> kKinds{"possible-crisis", "distress", "not-read"};
constexpr std::array<std::string_view, 3> kStates{"open", "assigned", "decided"};
constexpr std::array<std::string_view, 3> kDecisions{"accept", "dismiss", "act"};
constexpr std::size_t kEmotionsKept = 5;

json::Object extension(std::string_view name, std::string_view valueName, json::Value value) {
  json::Object object;
  object["url"] = "urn:attune:" + std::string(name);
  object[valueName] = std::move(value);
  return object;
}

json::Object text(std::string_view name, std::string_view value) {
  return extension(name, "valueString", json::Value(value));
}

json::Object decimal(std::string_view name, double value) {
  return extension(name, "valueDecimal", json::Value(value));
}

json::Object integer(std::string_view name, std::size_t value) {
  return extension(name, "valueInteger", json::Value(value));
}

json::Object group(std::string_view name, json::Array parts) {
  json::Object object;
  object["url"] = "urn:attune:" + std::string(name);
  object["extension"] = std::move(parts);
  return object;
}

// The extensions of an object, read back.
class Extensions {
 public:
  explicit Extensions(const json::Object& owner) : list_(json::array(owner, "extension")) {}

  template <class Visit>
  void each(std::string_view name, const Visit& visit) const {
    if (list_ == nullptr) return;
    for (const json::Value& item : *list_) {
      const json::Object* object = item.if_object();
      if (object == nullptr) continue;
      const auto url = json::text(*object, "url");
      if (url && url->starts_with("urn:attune:") && url->substr(11) == name) visit(*object);
    }
  }
  double decimal(std::string_view name, double otherwise) const {
    double found = otherwise;
    each(name, [&](const json::Object& o) {
      found = json::number(o, "valueDecimal").value_or(otherwise);
    });
    return found;
  }
  std::size_t integer(std::string_view name) const {
    std::size_t found = 0;
    each(name, [&](const json::Object& o) {
      const double value = json::number(o, "valueInteger").value_or(0);
      found = value >= 0 && value <= 1e9 ? static_cast<std::size_t>(value) : 0;
    });
    return found;
  }
  std::string text(std::string_view name) const {
    std::string found;
    each(name, [&](const json::Object& o) { found = json::text(o, "valueString").value_or(""); });
    return found;
  }

 private:
  const json::Array* list_;
};

std::string claim(FindingKind kind) {
  switch (kind) {
    case FindingKind::possibleCrisis:
      return "The writer may be thinking of suicide or self-harm";
    case FindingKind::distress:
      return "The writer may be under great strain";
    case FindingKind::notRead:
      return "The software could not read this text";
  }
  return {};
}

template <class Enum, std::size_t N>
std::optional<Enum> named(const std::array<std::string_view, N>& names, std::string_view name) {
  const auto at = std::find(names.begin(), names.end(), name);
  if (at == names.end()) return std::nullopt;
  return static_cast<Enum>(at - names.begin());
}

}  // namespace

std::string_view name(FindingKind kind) {
  return kKinds.at(static_cast<std::size_t>(kind));
}
std::string_view name(FindingState state) {
  return kStates.at(static_cast<std::size_t>(state));
}
std::string_view name(Decision decision) {
  return kDecisions.at(static_cast<std::size_t>(decision));
}
std::optional<Decision> decisionNamed(std::string_view name) {
  return named<Decision>(kDecisions, name);
}

std::optional<Finding> findingFrom(const text::Reading& reading, const ReviewPolicy& policy) {
  Finding finding;
  finding.model = reading.model;
  // A possible crisis is one also in a text that could not be read as a whole.
  if (!reading.notRead.empty() && !reading.possibleCrisis) {
    finding.kind = FindingKind::notRead;
    finding.notRead = reading.notRead == "language" ? reading.language : reading.notRead;
    return finding;
  }
  finding.level = reading.level;
  finding.stress = reading.stressProbability;
  finding.stressLow = reading.stressLow;
  finding.stressHigh = reading.stressHigh;
  finding.emotions = reading.emotions;
  std::stable_sort(finding.emotions.begin(), finding.emotions.end(),
                   [](const auto& a, const auto& b) { return a.probability > b.probability; });
  if (finding.emotions.size() > kEmotionsKept) finding.emotions.resize(kEmotionsKept);
  if (reading.possibleCrisis) {
    finding.kind = FindingKind::possibleCrisis;
    finding.probability = reading.riskProbability;
    finding.low = reading.riskLow;
    finding.high = reading.riskHigh;
    finding.threshold = reading.crisisThreshold;
  } else if (reading.stressProbability >= policy.distressStressAtLeast) {
    finding.kind = FindingKind::distress;
    finding.probability = reading.stressProbability;
    finding.low = reading.stressLow;
    finding.high = reading.stressHigh;
    finding.threshold = policy.distressStressAtLeast;
  } else {
    return std::nullopt;
  }
  const std::string_view about = finding.kind == FindingKind::possibleCrisis ? "risk" : "stress";
  for (const text::Evidence& evidence : reading.evidence) {
    if (evidence.about == about) finding.evidence.push_back(evidence);
  }
  return finding;
}

record::Draft toDraft(const Finding& finding) {
  json::Array extensions;
  extensions.push_back(text("kind", name(finding.kind)));
  if (!finding.notRead.empty()) extensions.push_back(text("not-read", finding.notRead));
  extensions.push_back(decimal("low", finding.low));
  extensions.push_back(decimal("high", finding.high));
  extensions.push_back(decimal("threshold", finding.threshold));
  extensions.push_back(text("risk-level", text::name(finding.level)));
  extensions.push_back(
      group("stress", {decimal("probability", finding.stress), decimal("low", finding.stressLow),
                       decimal("high", finding.stressHigh)}));
  for (const text::Emotion& emotion : finding.emotions) {
    extensions.push_back(group(
        "emotion", {text("name", emotion.name), decimal("probability", emotion.probability)}));
  }
  for (const text::Evidence& evidence : finding.evidence) {
    extensions.push_back(
        group("evidence", {integer("start", evidence.start), integer("end", evidence.end),
                           decimal("weight", evidence.weight), text("about", evidence.about)}));
  }
  if (finding.decided) {
    extensions.push_back(group(
        "decision", {text("decision", name(finding.decided->decision)),
                     text("reason", finding.decided->reason), text("by", finding.decided->by.value),
                     text("at", base::formatInstant(finding.decided->at))}));
  }
  json::Object object;
  object["resourceType"] = kFindingType;
  object["id"] = finding.id.value;
  object["extension"] = std::move(extensions);
  const std::string status = finding.decided ? "final" : "preliminary";
  object["status"] = status;
  object["method"] = {{"text", finding.model}};
  object["subject"] = {{"reference", "Patient/" + finding.person.value}};
  object["occurrenceDateTime"] = base::formatInstant(finding.at);
  object["basis"] =
      json::Array{json::Object{{"reference", "Communication/" + finding.message.value}}};
  if (finding.kind != FindingKind::notRead) {
    json::Object prediction;
    prediction["outcome"] = {{"text", claim(finding.kind)}};
    prediction["probabilityDecimal"] = finding.probability;
    object["prediction"] = json::Array{prediction};
  }
  record::Draft draft;
  draft.id = finding.id;
  draft.kind = trust::Kind::findings;
  draft.type = kFindingType;
  draft.code = name(finding.kind);
  draft.time = finding.at;
  draft.status = status;
  draft.json = json::write(object);
  return draft;
}

namespace {

Finding parsed(const record::Resource& resource) {
  const json::Value value = json::parse(resource.json);
  const json::Object& object = json::requireObject(value);
  const Extensions extensions(object);
  const auto kind = named<FindingKind>(kKinds, extensions.text("kind"));
  const json::Array* basis = json::array(object, "basis");
  if (!kind || basis == nullptr || basis->empty() || !basis->at(0).is_object()) {
    throw Problem(Problem::Kind::corrupt, "this resource is not a finding", resource.id.value);
  }
  Finding finding;
  finding.id = resource.id;
  finding.person = resource.person;
  finding.at = resource.time;
  finding.kind = *kind;
  const std::string_view reference = json::requireText(basis->at(0).get_object(), "reference");
  finding.message = {std::string(reference.substr(reference.find('/') + 1))};
  if (const json::Array* predictions = json::array(object, "prediction");
      predictions != nullptr && !predictions->empty() && predictions->at(0).is_object()) {
    finding.probability =
        json::number(predictions->at(0).get_object(), "probabilityDecimal").value_or(0);
  }
  if (const json::Object* method = json::object(object, "method")) {
    finding.model = json::text(*method, "text").value_or("");
  }
  finding.notRead = extensions.text("not-read");
  finding.low = extensions.decimal("low", 0);
  finding.high = extensions.decimal("high", 1);
  finding.threshold = extensions.decimal("threshold", 0);
  const std::string level = extensions.text("risk-level");
  for (int i = 0; i <= static_cast<int>(text::RiskLevel::attempt); ++i) {
    if (text::name(static_cast<text::RiskLevel>(i)) == level) {
      finding.level = static_cast<text::RiskLevel>(i);
    }
  }
  extensions.each("stress", [&](const json::Object& stress) {
    const Extensions parts(stress);
    finding.stress = parts.decimal("probability", 0);
    finding.stressLow = parts.decimal("low", 0);
    finding.stressHigh = parts.decimal("high", 1);
  });
  extensions.each("emotion", [&](const json::Object& emotion) {
    const Extensions parts(emotion);
    finding.emotions.push_back({parts.text("name"), parts.decimal("probability", 0)});
  });
  extensions.each("evidence", [&](const json::Object& evidence) {
    const Extensions parts(evidence);
    finding.evidence.push_back({parts.integer("start"), parts.integer("end"),
                                parts.decimal("weight", 0), parts.text("about")});
  });
  extensions.each("decision", [&](const json::Object& decided) {
    const Extensions parts(decided);
    const auto decision = decisionNamed(parts.text("decision"));
    const auto at = base::parseInstant(parts.text("at"));
    // What somebody decided is never guessed.
    if (!decision || !at) {
      throw Problem(Problem::Kind::corrupt, "this decision can't be read", resource.id.value);
    }
    finding.decided = Decided{*decision, parts.text("reason"), {parts.text("by")}, *at};
  });
  return finding;
}

}  // namespace

Finding findingFrom(const record::Resource& resource) {
  try {
    return parsed(resource);
  } catch (const Problem&) {
    throw Problem(Problem::Kind::corrupt, "this resource is not a finding", resource.id.value);
  }
}

}  // namespace attune::oversight
