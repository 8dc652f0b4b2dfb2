// A check-in answer or a questionnaire's total, as a FHIR R4 Observation.
#pragma once

#include <string>

#include "record/store.h"

namespace attune::record {

struct Observation {
  base::ResourceId id;
  base::PersonId person;
  base::Instant time;
  std::string system;  // code system, e.g. http://loinc.org
  std::string code;
  std::string label;
  double value = 0;
  std::string unit;  // UCUM; may be empty
};

inline constexpr std::string_view kObservationType = "Observation";

// kind: checkIns or measures.
Draft toDraft(const Observation& observation, trust::Kind kind);
// Throws Problem(corrupt) if the resource is not such an observation.
Observation observationFrom(const Resource& resource);

}  // namespace attune::record
