// The words in which access is decided. Their numbers stand in the database: never reorder.
#pragma once

#include <optional>
#include <string_view>

namespace attune::trust {

enum class Role { client = 0, clinician, socialWorker, administrator, dataProtection, system };

// Kinds of data in a record.
enum class Kind { identity = 0, messages, findings, checkIns, measures, consents, everything };

enum class Action { read = 0, write };

// Why it is done. `own`: by the person themselves.
enum class Purpose { care = 0, alerts, research, training, own };

// Where data come from; consent is given for a source and a purpose.
enum class Source { messages = 0, checkIns };

std::string_view name(Role role);
std::string_view name(Kind kind);
std::string_view name(Action action);
std::string_view name(Purpose purpose);
std::string_view name(Source source);
std::optional<Role> roleNamed(std::string_view name);
std::optional<Purpose> purposeNamed(std::string_view name);
std::optional<Source> sourceNamed(std::string_view name);

inline bool isCareStaff(Role role) {
  return role == Role::clinician || role == Role::socialWorker;
}

}  // namespace attune::trust
