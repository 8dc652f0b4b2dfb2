#include "record/message.h"

#include "base/json.h"

namespace attune::record {

namespace json = base::json;
using base::Problem;

Draft toDraft(const Message& message) {
  // It could be sealed, and never be read again.
  if (!base::isUtf8(message.text)) {
    throw Problem(Problem::Kind::invalid, "the text is not UTF-8", "/text");
  }
  if (message.id.empty()) throw Problem(Problem::Kind::internal, "a message has an id");
  json::Object object;
  object["resourceType"] = kMessageType;
  object["id"] = message.id.value;
  object["status"] = "completed";
  object["subject"] = {{"reference", "Patient/" + message.person.value}};
  object["sent"] = base::formatInstant(message.time);
  const std::string sender = message.fromClient ? "Patient/" + message.person.value
                                                : "Practitioner/" + message.author.value;
  object["sender"] = {{"reference", sender}};
  object["payload"] = json::Array{json::Object{{"contentString", message.text}}};
  Draft draft;
  draft.id = message.id;
  draft.kind = trust::Kind::messages;
  draft.type = kMessageType;
  draft.time = message.time;
  draft.status = "completed";
  draft.json = json::write(object);
  return draft;
}

namespace {

Message parsed(const Resource& resource) {
  const json::Value value = json::parse(resource.json);
  const json::Object& object = json::requireObject(value);
  const json::Array* payload = json::array(object, "payload");
  const json::Object* sender = json::object(object, "sender");
  if (payload == nullptr || payload->empty() || !payload->at(0).is_object() || sender == nullptr) {
    throw Problem(Problem::Kind::corrupt, "this resource is not a message", resource.id.value);
  }
  Message message;
  message.id = resource.id;
  message.person = resource.person;
  message.time = resource.time;
  message.text = json::requireText(payload->at(0).get_object(), "contentString");
  const std::string_view reference = json::requireText(*sender, "reference");
  message.fromClient = reference.starts_with("Patient/");
  if (!message.fromClient)
    message.author = {std::string(reference.substr(reference.find('/') + 1))};
  return message;
}

}  // namespace

Message messageFrom(const Resource& resource) {
  try {
    return parsed(resource);
  } catch (const Problem&) {
    throw Problem(Problem::Kind::corrupt, "this resource is not a message", resource.id.value);
  }
}

}  // namespace attune::record
