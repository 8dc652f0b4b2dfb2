#include "record/observation.h"

#include "base/json.h"

namespace attune::record {

namespace json = base::json;
using base::Problem;

Draft toDraft(const Observation& observation, trust::Kind kind) {
  json::Object coding{
      {"system", observation.system}, {"code", observation.code}, {"display", observation.label}};
  json::Object quantity{{"value", observation.value}};
  if (!observation.unit.empty()) {
    quantity["unit"] = observation.unit;
    quantity["system"] = "http://unitsofmeasure.org";
    quantity["code"] = observation.unit;
  }
  json::Object object;
  object["resourceType"] = kObservationType;
  object["id"] = observation.id.value;
  object["status"] = "final";
  object["code"] = {{"coding", json::Array{coding}}, {"text", observation.label}};
  object["subject"] = {{"reference", "Patient/" + observation.person.value}};
  object["effectiveDateTime"] = base::formatInstant(observation.time);
  object["valueQuantity"] = quantity;
  Draft draft;
  draft.id = observation.id;
  draft.kind = kind;
  draft.type = kObservationType;
  draft.code = observation.system + "|" + observation.code;
  draft.time = observation.time;
  draft.status = "final";
  draft.json = json::write(object);
  return draft;
}

Observation observationFrom(const Resource& resource) {
  const json::Value value = json::parse(resource.json);
  const json::Object& object = json::requireObject(value);
  const json::Object* code = json::object(object, "code");
  const json::Array* codings = code == nullptr ? nullptr : json::array(*code, "coding");
  const json::Object* quantity = json::object(object, "valueQuantity");
  if (codings == nullptr || codings->empty() || !codings->at(0).is_object() ||
      quantity == nullptr) {
    throw Problem(Problem::Kind::corrupt, "this resource is not a measured value",
                  resource.id.value);
  }
  const json::Object& coding = codings->at(0).get_object();
  Observation observation;
  observation.id = resource.id;
  observation.person = resource.person;
  observation.time = resource.time;
  observation.system = json::text(coding, "system").value_or("");
  observation.code = json::text(coding, "code").value_or("");
  observation.label = json::text(coding, "display").value_or("");
  observation.value = json::number(*quantity, "value").value_or(0);
  observation.unit = json::text(*quantity, "unit").value_or("");
  return observation;
}

}  // namespace attune::record
