// Who the invented people are: names that nobody bears, the facts they mention, the way they write.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "clinic/demo_clinic.h"
#include "clinic/demo_dice.h"
#include "clinic/demo_sentences.h"

namespace attune::clinic {

// What fills the blanks of a person's sentences.
struct Facts {
  std::string friendName, partner, family, boss, pet, town, hobby, food;
};

// Habits of writing that a person keeps.
struct Voice {
  bool lowerCase = false;
  bool noLastStop = false;
  bool dots = false;  // "..." for "."
  int sentences = 2;  // about how many a message has, 1..3
  int openPercent = 30, closePercent = 30;
  std::vector<std::string_view> opens, closes, tics, signs;  // signs: emoji, may be empty
  int firstHour = 18, lastHour = 22;                         // when they mostly write, UTC
};

struct Person {
  std::string name, givenName;  // empty when anonymous
  int birthYear = 0;
  std::string language;
  Topic first = Topic::everyday, second = Topic::everyday;
  Facts facts;
  Voice voice;
};

// Hands out each name once.
class Names {
 public:
  explicit Names(std::uint64_t seed);
  // A given name for the language, and a family name that tells that it is invented.
  std::string given(std::string_view language);
  std::string family(std::string_view language);

 private:
  std::vector<std::string_view> given_, family_, givenEs_, familyEs_, givenPl_, familyPl_;
};

Person inventPerson(std::string_view language, Topic topic, bool anonymous, int year, Names& names,
                    Dice& dice);

std::string_view weekday(std::string_view language, std::size_t number);  // 0..6
std::string_view numberWord(std::string_view language, int number);       // 2..6

}  // namespace attune::clinic
