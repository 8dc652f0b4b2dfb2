// A finding: what a model claims about somebody, with the evidence, until a person decides.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "oversight/policy.h"
#include "record/store.h"
#include "text/reader.h"

namespace attune::oversight {

enum class FindingState { open = 0, assigned, decided };
enum class Decision { accept = 0, dismiss, act };

std::string_view name(FindingKind kind);
std::string_view name(FindingState state);
std::string_view name(Decision decision);
std::optional<Decision> decisionNamed(std::string_view name);

struct Decided {
  Decision decision = Decision::accept;
  std::string reason;
  base::AccountId by;
  base::Instant at;
};

struct Finding {
  base::ResourceId id;
  base::PersonId person;
  base::ResourceId message;  // what it was found in
  base::Instant at;          // when the message was written
  FindingKind kind = FindingKind::distress;
  double probability = 0;    // of the claim
  double low = 0, high = 1;  // 90 % interval
  double threshold = 0;      // at which a finding is made
  std::string notRead;       // language code or word, for kind notRead
  text::RiskLevel level = text::RiskLevel::none;
  double stress = 0, stressLow = 0, stressHigh = 1;
  std::vector<text::Emotion> emotions;   // strongest first, at most five
  std::vector<text::Evidence> evidence;  // UTF-8 byte offsets into the message
  std::string model;
  std::optional<Decided> decided;
};

// What a reading amounts to under the policy; absent when there is nothing to look at.
std::optional<Finding> findingFrom(const text::Reading& reading, const ReviewPolicy& policy);

// As a FHIR R4 RiskAssessment: claim and probability in `prediction`, the message in `basis`, model
// in `method`, the rest in extensions under urn:attune:.
inline constexpr std::string_view kFindingType = "RiskAssessment";
record::Draft toDraft(const Finding& finding);
// Throws Problem(corrupt) if the resource is not a finding.
Finding findingFrom(const record::Resource& resource);

}  // namespace attune::oversight
