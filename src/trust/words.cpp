#include "trust/words.h"

#include <array>

namespace attune::trust {

namespace {

constexpr std::array<std::string_view, 6> kRoles{"client",        "clinician",      "socialWorker",
                                                 "administrator", "dataProtection", "system"};
constexpr std::array<std::string_view, 7> kKinds{"identity", "messages", "findings",  "checkIns",
                                                 "measures", "consents", "everything"};
constexpr std::array<std::string_view, 2> kActions{"read", "write"};
constexpr std::array<std::string_view, 5> kPurposes{"care", "alerts", "research", "training",
                                                    "own"};
constexpr std::array<std::string_view, 2> kSources{"messages", "checkIns"};

template <class Enum, std::size_t N>
std::optional<Enum> named(const std::array<std::string_view, N>& names, std::string_view name) {
  for (std::size_t i = 0; i < N; ++i) {
    if (names[i] == name) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

}  // namespace

std::string_view name(Role role) {
  return kRoles.at(static_cast<std::size_t>(role));
}
std::string_view name(Kind kind) {
  return kKinds.at(static_cast<std::size_t>(kind));
}
std::string_view name(Action action) {
  return kActions.at(static_cast<std::size_t>(action));
}
std::string_view name(Purpose purpose) {
  return kPurposes.at(static_cast<std::size_t>(purpose));
}
std::string_view name(Source source) {
  return kSources.at(static_cast<std::size_t>(source));
}
std::optional<Role> roleNamed(std::string_view name) {
  return named<Role>(kRoles, name);
}
std::optional<Purpose> purposeNamed(std::string_view name) {
  return named<Purpose>(kPurposes, name);
}
std::optional<Source> sourceNamed(std::string_view name) {
  return named<Source>(kSources, name);
}

}  // namespace attune::trust
