// The sentences that invented people say. A pattern holds choices in brackets, "[tea|coffee]", and
// blanks in braces that the person fills: {friend}, {partner}, {family}, {boss}, {pet}, {town},
// {hobby}, {food}, {day}, {n}; staff use {workday} and {hour}.
//
// Safe messaging holds for every pattern: a risk is said, but never a method, a place or a time.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace attune::clinic {

enum class Topic {
  work,
  sleep,
  exams,
  loneliness,
  baby,
  debts,
  grief,
  pain,
  caring,
  migration,
  breakup,
  recovery,
  everyday,  // anybody's
};
inline constexpr std::size_t kTopics = 13;

enum class Band { good, plain, hard };

using Patterns = std::span<const std::string_view>;

// Patterns of an invented person's life; never empty. English.
Patterns lifePatterns(Topic topic, Band band);
// Sounds grave, means nothing grave. English.
Patterns idiomPatterns();
// A hard time, no word of death. English, Spanish ("es") or Polish ("pl").
Patterns distressPatterns(std::string_view language);
// A wish not to live, without method, place or time. "en", "es", "pl".
Patterns riskPatterns(std::string_view language);
// Everyday sentences of those who write Spanish or Polish.
Patterns lifePatterns(std::string_view language, Band band);

// How people begin and end what they write; a person keeps to a few of them.
Patterns openings(std::string_view language);
Patterns closings(std::string_view language);

// What staff answer, by how the message read; `move` when it asks for another appointment.
enum class Reply { good, plain, hard, move, distressed, risk };
Patterns replyPatterns(std::string_view language, Reply reply);

// Why staff decided as they did about a finding.
Patterns reasonPatterns(std::string_view decision, bool risk);

// All patterns of clients' sentences, openings and closings left out.
std::size_t patternCount();

}  // namespace attune::clinic
