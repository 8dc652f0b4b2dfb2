// The tables behind demo_sentences.h, one source file each. For this room's demonstration only.
#pragma once

#include <array>
#include <string_view>

#include "clinic/demo_sentences.h"

namespace attune::clinic::tables {

// English, in the order of Topic: work to debts, then grief to everyday; each good, plain, hard.
const std::array<std::array<Patterns, 3>, 6>& firstTopics();
const std::array<std::array<Patterns, 3>, 7>& otherTopics();
Patterns idioms();
Patterns distressEn();
Patterns riskEn();
Patterns openingsEn();
Patterns closingsEn();

struct OtherLanguage {
  Patterns distress, risk, openings, closings;
};
const std::array<Patterns, 3>& lifeEs();
const std::array<Patterns, 3>& lifePl();
const OtherLanguage& spanish();
const OtherLanguage& polish();

Patterns staffReplies(std::string_view language, Reply reply);
Patterns staffReasons(std::string_view decision, bool risk);

}  // namespace attune::clinic::tables
