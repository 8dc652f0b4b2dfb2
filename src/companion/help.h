// What a client is shown when they need a person now: the emergency number, crisis lines with their
// sources, and the words around them. Read from content/crisis-lines.json and
// content/help-texts.json; plain values, no HTTP.
//
//   const HelpBook book = HelpBook::load({"crisis-lines.json", lines}, {"help-texts.json", texts});
//   const Help help = book.helpFor("IE", "en", clock.now());
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"

namespace attune::companion {

// A content file as it came: its name is said in every error.
struct ContentFile {
  std::string_view name;  // e.g. "content/crisis-lines.json"
  std::string_view json;  // its bytes
};

// A line is called stale when it was last checked longer ago than this.
inline constexpr int kFreshDays = 90;

// One crisis line, in the language that was asked for. Empty members are unknown, never guessed.
struct HelpLine {
  std::string name;
  std::string phone;  // for reading: digits, spaces and - ( )
  std::string dial;   // for a tel: link: digits, "+", "*" and "#"; empty if no phone
  std::string text;   // how to text: "Text SHOUT to 85258"; empty if none
  std::string url;    // https page of the line or its chat; empty if none
  std::string hours;  // "24 hours, every day"
  std::vector<std::string> languages;  // BCP 47 tags of the languages spoken on the line
  std::string forWhom;                 // "Anyone", "Children and young people"
  std::string source;                  // names of the public sources, joined with "; "
  int sourcesAgree = 0;                // how many independent sources gave the same number (>= 1)
  std::string verifiedOn;  // "2026-11-21": the day somebody compared it with the sources
  bool stale = false;      // verifiedOn is more than kFreshDays before `now`
};

struct Help {
  std::string country;          // ISO 3166-1 alpha-2 in capitals; empty when unknown
  std::string emergencyNumber;  // what to dial in danger to life; "112" when the country is unknown
  std::string emergencyLabel;   // the sentence beside the number; says so when it is general advice
  std::vector<HelpLine> lines;  // best first; may be empty
  bool stale = false;           // any line is stale, or the emergency number's check is
  std::string staleNote;        // the sentence to show when stale; empty otherwise
  std::string noLine;           // the sentence to show when there is no line; empty otherwise
};

// The words of the help panel, the call-me answer and the page to whoever is on call, by key. The
// keys are the same in every language; kHelpTextKeys names those that must be there.
inline constexpr std::string_view kHelpTextKeys[] = {
    "panel.title",         "panel.intro",       "panel.software",      "panel.emergencyLabel",
    "panel.unknown",       "panel.noLine",      "panel.stale",         "panel.call",
    "panel.text",          "panel.chat",        "panel.careTeam",      "panel.checked",
    "panel.close",         "callMe.button",     "callMe.explain",      "callMe.asked",
    "callMe.coming",       "callMe.notReached", "page.crisis.subject", "page.crisis.body",
    "page.callMe.subject", "page.callMe.body",  "page.again.subject",  "page.again.body",
};

class HelpBook {
 public:
  // Throws Problem(configuration): detail names the file, what is wrong and what to do; where is
  // "FILE#/json/pointer". Refuses a line without a source or a date, a number that can't be
  // dialled, a country named twice, a text missing in one language, and a page text with a blank to
  // fill that could hold a client's words or name.
  static HelpBook load(const ContentFile& lines, const ContentFile& texts);

  // country: ISO 3166-1 alpha-2 in any case; anything else, or a country that the file does not
  // hold, gives the general advice (112) and says that it is general. language: a BCP 47 tag; a
  // language that is not there gives English.
  Help helpFor(std::string_view country, std::string_view language, base::Instant now) const;

  // The countries of the file, sorted.
  std::vector<std::string> countries() const;
  // The languages in which every text is there, sorted.
  std::vector<std::string> languages() const;

  // A text of kHelpTextKeys with its blanks filled: "{clinic}" becomes the value named "clinic".
  // Blanks without a value stay as they are. Throws Problem(internal) for a key that is not there.
  using Blanks = std::span<const std::pair<std::string_view, std::string_view>>;
  std::string text(std::string_view key, std::string_view language, Blanks blanks = {}) const;

 private:
  using Words = std::map<std::string, std::string, std::less<>>;  // language -> text
  struct Line {
    HelpLine line;  // without what depends on language or time
    Words hours, forWhom, how;
    base::Instant verified{};
  };
  struct Country {
    std::string number;
    Words label;
    std::vector<Line> lines;
    base::Instant verified{};
  };
  struct Reader;  // help.cpp

  std::string said(const Words& words, std::string_view language) const;

  std::map<std::string, Country, std::less<>> countries_;
  std::map<std::string, Words, std::less<>> texts_;
};

}  // namespace attune::companion
