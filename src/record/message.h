// A message between a client and staff, as a FHIR R4 Communication.
#pragma once

#include <string>

#include "record/store.h"

namespace attune::record {

struct Message {
  base::ResourceId id;
  base::PersonId person;  // the client whose conversation it is in
  base::AccountId author;
  bool fromClient = true;
  base::Instant time;
  std::string text;
};

inline constexpr std::string_view kMessageType = "Communication";

// Throws Problem(invalid) if the text is not UTF-8: it could not be read back.
Draft toDraft(const Message& message);
// Throws Problem(corrupt) if the resource is not a message.
Message messageFrom(const Resource& resource);

}  // namespace attune::record
