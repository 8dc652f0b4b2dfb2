#include "clinic/demo_people.h"

#include <algorithm>
#include <array>

namespace attune::clinic {

namespace {
using T = std::string_view;

constexpr T kGiven[] = {
    "Maren",   "Tobiah",     "Ottoline", "Kwesi",      "Isolde",   "Bertram",   "Yusra",
    "Corwin",  "Philippa",   "Aurel",    "Nkechi",     "Lorcan",   "Saoirse",   "Devendra",
    "Hestia",  "Ruben",      "Mirabel",  "Anselm",     "Zuleikha", "Cosmo",     "Perpetua",
    "Idris",   "Winifred",   "Takumi",   "Clementine", "Fergus",   "Amaryllis", "Piers",
    "Ebele",   "Leopold",    "Rosalba",  "Cyprian",    "Henrike",  "Osman",     "Tamsin",
    "Barnaby", "Ngaire",     "Lysander", "Odile",      "Roisin",   "Jasper",    "Sunniva",
    "Gideon",  "Marguerite",
};
constexpr T kFamily[] = {
    "Quillfeather", "Bramblewick",  "Oakhollow",    "Featherstitch", "Moonraker",     "Thistledown",
    "Candlewick",   "Pebblebrook",  "Larkspurling", "Hazelmere-Fox", "Nightingarden", "Foxglovely",
    "Marigoldson",  "Tinderbox",    "Weathervane",  "Applecross",    "Snowdropper",   "Puddlefoot",
    "Harebellow",   "Lanternjaw",   "Mossbanker",   "Gingerly",      "Buttonhole",    "Duskwater",
    "Rookwhistle",  "Saltmarshall", "Teasel",       "Umbersand",     "Velvetine",     "Willowherb",
    "Yarrowby",     "Copperkettle", "Driftwoods",   "Elderflower",   "Fernsby-Lark",  "Goosegrass",
    "Hollyhock",    "Inkersole",    "Juniperry",    "Kestrelman",    "Lavenderly",    "Milkthistle",
};
constexpr T kGivenEs[] = {"Almudena", "Rocío", "Itziar", "Candela", "Nieves", "Valeria"};
constexpr T kFamilyEs[] = {"Almendralina", "Floresdeagua", "Naranjuela",
                           "Campoluna",    "Vientoclaro",  "Ríosereno"};
constexpr T kGivenPl[] = {"Halina", "Bogna", "Jagoda"};
constexpr T kFamilyPl[] = {"Wierzbówna-Lis", "Malinówka", "Jarzębinka"};

constexpr T kFriends[] = {"Sam",  "Jo",    "Priya",  "Mo",   "Elke",  "Nadia", "Kit",    "Bola",
                          "Ravi", "Tess",  "Yannis", "Orla", "Dilys", "Femi",  "Greta",  "Hugo",
                          "Ines", "Marek", "Noor",   "Pip",  "Zadie", "Aled",  "Birgit", "Chidi"};
constexpr T kPartners[] = {"Alex", "Robin", "Chris",  "Jamie",  "Lee", "Max",
                           "Nico", "Toni",  "Andrea", "Sascha", "Kim", "Dani"};
constexpr T kRelatives[] = {"my sister", "my brother", "my mum",      "my dad",  "my aunt",
                            "my cousin", "my son",     "my daughter", "my gran", "my niece"};
constexpr T kRelativesOfOld[] = {"my sister",   "my brother", "my son",
                                 "my daughter", "my cousin",  "my niece"};
constexpr T kBosses[] = {"My manager", "The boss",         "My supervisor", "The shift lead",
                         "Mrs Harrow", "The head of team", "Mr Penhale",    "My line manager"};
constexpr T kPets[] = {"the cat",    "the dog",   "Biscuit",    "my rabbit", "Pickle",
                       "the budgie", "old Rufus", "the kitten", "Mustard",   "the tortoise"};
constexpr T kTowns[] = {"Lower Wenbury", "Ashcombe",  "Port Marrow",   "Kilvarra",  "Thornby",
                        "Saltley Cross", "Glenmoyle", "Eastwick Mere", "Harrowdale"};
constexpr T kHobbies[] = {"choir",        "pottery",      "swimming",    "the allotment",
                          "chess",        "knitting",     "five-a-side", "drawing",
                          "bell-ringing", "birdwatching", "dancing"};
constexpr T kFoods[] = {"soup",          "lentil stew", "pancakes",  "jollof rice",
                        "apple crumble", "dumplings",   "curry",     "cheese toast",
                        "fish pie",      "noodles",     "shakshuka", "scones"};
constexpr T kRelativesEs[] = {"mi hermana", "mi marido", "mi hija", "mi cuñada"};
constexpr T kFoodsEs[] = {"lentejas", "arroz con verduras", "tortilla", "empanadas",
                          "sopa de fideos"};
constexpr T kHobbiesEs[] = {"la costura", "la piscina", "la guitarra", "la cerámica"};
constexpr T kFriendsEs[] = {"Marta", "Lupe", "Inés", "Carmela"};
constexpr T kPetsEs[] = {"La perra", "Mi gato", "Canela"};
constexpr T kFriendsPl[] = {"Kasią", "Ewą", "Martą"};

constexpr T kTics[] = {"To be honest, ",    "Honestly, ",      "I mean, ",   "Funny thing: ",
                       "If I'm truthful, ", "You know what, ", "Well, ",     "Long story short: ",
                       "As it happens, ",   "Put simply, ",    "Right now ", "Strange, but "};
constexpr T kSigns[] = {"🙂", "🌧️", "☀️", "🙈", "💛", "😅", "🌱", "🐈"};

constexpr std::array<std::array<T, 7>, 3> kDays{{
    {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"},
    {"lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"},
    {"poniedziałek", "wtorek", "środę", "czwartek", "piątek", "sobotę", "niedzielę"},
}};
constexpr std::array<std::array<T, 5>, 3> kNumbers{{
    {"two", "three", "four", "five", "six"},
    {"dos", "tres", "cuatro", "cinco", "seis"},
    {"dwie", "trzy", "cztery", "pięć", "sześć"},
}};

std::size_t languageRow(std::string_view language) {
  return language == "es" ? 1 : language == "pl" ? 2 : 0;
}

template <std::size_t N>
std::vector<T> shuffled(const T (&from)[N], Dice& dice) {
  std::vector<T> out(from, from + N);
  for (std::size_t i = out.size(); i > 1; --i) std::swap(out[i - 1], out[dice.below(i)]);
  return out;
}

std::string take(std::vector<T>& from) {
  std::string out(from.back());
  if (from.size() > 1) from.pop_back();
  return out;
}

// The ages at which a topic is likely, youngest and oldest.
std::pair<int, int> agesFor(Topic topic) {
  switch (topic) {
    case Topic::exams:
      return {19, 26};
    case Topic::baby:
      return {24, 38};
    case Topic::caring:
      return {44, 70};
    case Topic::grief:
      return {30, 82};
    case Topic::pain:
      return {34, 76};
    case Topic::loneliness:
      return {22, 86};
    default:
      return {21, 64};
  }
}

// `count` different ones of a list, so that a person keeps to a few.
std::vector<T> some(Patterns from, std::size_t count, Dice& dice) {
  std::vector<T> out;
  while (out.size() < std::min(count, from.size())) {
    const T one = dice.pick(from);
    if (std::ranges::find(out, one) == out.end()) out.push_back(one);
  }
  return out;
}

Facts inventFacts(std::string_view language, int age, Dice& dice) {
  if (language == "es") {
    return {std::string(dice.pick(kFriendsEs)),   "Andrés",
            std::string(dice.pick(kRelativesEs)), "mi jefe",
            std::string(dice.pick(kPetsEs)),      std::string(dice.pick(kTowns)),
            std::string(dice.pick(kHobbiesEs)),   std::string(dice.pick(kFoodsEs))};
  }
  return {std::string(language == "pl" ? dice.pick(kFriendsPl) : dice.pick(kFriends)),
          std::string(dice.pick(kPartners)),
          std::string(age < 55 ? dice.pick(kRelatives) : dice.pick(kRelativesOfOld)),
          std::string(dice.pick(kBosses)),
          std::string(dice.pick(kPets)),
          std::string(dice.pick(kTowns)),
          std::string(dice.pick(kHobbies)),
          std::string(dice.pick(kFoods))};
}

Voice inventVoice(std::string_view language, Dice& dice) {
  Voice voice;
  voice.lowerCase = language == "en" && dice.chance(18);
  voice.noLastStop = dice.chance(30);
  voice.dots = dice.chance(15);
  voice.sentences = dice.between(1, 3);
  voice.openPercent = dice.between(0, 70);
  voice.closePercent = dice.between(0, 60);
  voice.opens = some(openings(language), std::size_t(dice.between(1, 3)), dice);
  voice.closes = some(closings(language), std::size_t(dice.between(1, 3)), dice);
  if (language == "en" && dice.chance(50)) voice.tics = some(kTics, 2, dice);
  if (dice.chance(22)) voice.signs = some(kSigns, 2, dice);
  constexpr std::pair<int, int> kHabits[] = {{7, 9}, {12, 14}, {18, 22}, {20, 23}, {9, 21}};
  const auto habit = dice.pick(kHabits);
  voice.firstHour = habit.first;
  voice.lastHour = habit.second;
  return voice;
}

}  // namespace

Names::Names(std::uint64_t seed) {
  Dice dice(seed, 1);
  given_ = shuffled(kGiven, dice);
  family_ = shuffled(kFamily, dice);
  givenEs_ = shuffled(kGivenEs, dice);
  familyEs_ = shuffled(kFamilyEs, dice);
  givenPl_ = shuffled(kGivenPl, dice);
  familyPl_ = shuffled(kFamilyPl, dice);
}

std::string Names::given(std::string_view language) {
  return take(language == "es" ? givenEs_ : language == "pl" ? givenPl_ : given_);
}

std::string Names::family(std::string_view language) {
  return take(language == "es" ? familyEs_ : language == "pl" ? familyPl_ : family_);
}

Person inventPerson(std::string_view language, Topic topic, bool anonymous, int year, Names& names,
                    Dice& dice) {
  Person person;
  person.language = std::string(language);
  person.first = topic;
  const auto [youngest, oldest] = agesFor(topic);
  const int age = dice.between(youngest, oldest);
  person.birthYear = year - age;
  // A second topic of somebody of that age.
  person.second = Topic(dice.below(kTopics - 1));
  while (age < agesFor(person.second).first || age > agesFor(person.second).second) {
    person.second = Topic(dice.below(kTopics - 1));
  }
  if (anonymous) {
    if (dice.chance(50)) person.birthYear = 0;
  } else {
    person.givenName = names.given(language);
    person.name = person.givenName + " " + names.family(language);
  }
  person.facts = inventFacts(language, age, dice);
  person.voice = inventVoice(language, dice);
  return person;
}

std::string_view weekday(std::string_view language, std::size_t number) {
  return kDays[languageRow(language)][number % 7];
}

std::string_view numberWord(std::string_view language, int number) {
  return kNumbers[languageRow(language)][std::size_t(std::clamp(number, 2, 6) - 2)];
}

}  // namespace attune::clinic
