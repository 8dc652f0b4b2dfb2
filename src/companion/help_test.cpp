// The help a person in danger is shown, and the files it is read from.
#include "companion/help.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>

#include "base/problem.h"
#include "companion/content_file.h"

namespace attune::companion {
namespace {

std::string shipped(const std::string& name) {
  std::ifstream in(std::string(ATTUNE_SOURCE_DIR) + "/content/" + name);
  return {std::istreambuf_iterator<char>(in), {}};
}

HelpBook shippedBook() {
  const std::string lines = shipped("crisis-lines.json");
  const std::string texts = shipped("help-texts.json");
  return HelpBook::load({"crisis-lines.json", lines}, {"help-texts.json", texts});
}

base::Instant at(std::string_view text) {
  return *base::parseInstant(text);
}
const base::Instant kToday = *base::parseInstant("2026-11-22T10:00:00Z");

// A small file that is right, for tests that make it wrong in one place.
std::string smallFile() {
  return R"({"file": "crisis-lines", "version": "1", "author": "a", "licence": "l",
"reviewedOn": "2026-11-21", "sources": {"A": {"name": "List A"}, "B": {"name": "List B"}},
"countries": [{"country": "IE",
 "emergency": {"number": "112", "sources": ["A", "B"], "sourcesAgree": 2, "verifiedOn": "2026-11-21"},
 "lines": [{"name": "Listening line", "phone": "+353 (1) 116-123",
  "hours": {"en": "24 hours", "es": "24 horas"}, "languages": ["en"],
  "forWhom": {"en": "Anyone", "es": "Cualquiera"},
  "sources": [{"name": "A paper", "site": "example.org"}], "sourcesAgree": 1,
  "verifiedOn": "2026-11-20"}]}]})";
}

std::string with(std::string text, std::string_view from, std::string_view to) {
  const auto place = text.find(from);
  EXPECT_NE(place, std::string::npos) << from;
  return place == std::string::npos ? text : text.replace(place, from.size(), to);
}

// The "where" of the refusal, or "accepted".
std::string refusedAt(const std::string& lines, const std::string& texts) {
  try {
    HelpBook::load({"lines.json", lines}, {"texts.json", texts});
  } catch (const base::Problem& problem) {
    EXPECT_EQ(problem.kind(), base::Problem::Kind::configuration);
    EXPECT_NE(problem.detail().find(".json: "), std::string::npos) << problem.detail();
    return problem.where();
  }
  return "accepted";
}

// Somebody in danger must find a number that rings and a line whose origin can be checked, in their
// language; a number without a source would be a guess with a life at stake.
TEST(ShippedContent, everyNumberHasASourceADayAndCanBeDialled) {
  const HelpBook book = shippedBook();
  EXPECT_GE(book.countries().size(), 150u);
  std::set<std::string> withLines;
  for (const std::string& country : book.countries()) {
    for (const std::string& language : book.languages()) {
      const Help help = book.helpFor(country, language, kToday);
      EXPECT_EQ(help.country, country);
      EXPECT_GE(help.emergencyNumber.size(), 2u) << country;
      EXPECT_LE(help.emergencyNumber.size(), 5u) << country;
      EXPECT_FALSE(help.emergencyLabel.empty());
      EXPECT_FALSE(help.stale) << country;
      EXPECT_EQ(help.lines.empty(), !help.noLine.empty()) << country;
      std::set<std::string> seen;
      for (const HelpLine& line : help.lines) {
        withLines.insert(country);
        EXPECT_FALSE(line.name.empty());
        EXPECT_FALSE(line.hours.empty()) << line.name;
        EXPECT_FALSE(line.forWhom.empty()) << line.name;
        EXPECT_FALSE(line.source.empty()) << line.name;
        EXPECT_GE(line.sourcesAgree, 1) << line.name;
        EXPECT_EQ(line.verifiedOn.size(), 10u) << line.name;
        EXPECT_TRUE(seen.insert(line.name).second) << country << " " << line.name;
        for (const char c : line.dial) EXPECT_TRUE(std::string("+*#0123456789").find(c) < 13);
        EXPECT_TRUE(!line.dial.empty() || !line.text.empty()) << line.name;
      }
    }
  }
  for (const char* country :
       {"US", "GB", "IE", "CA", "AU", "NZ", "IN", "ZA", "DE", "AT", "CH", "FR", "ES",
        "IT", "NL", "BE", "PT", "PL", "SE", "NO", "DK", "FI", "JP", "KR", "BR", "MX"}) {
    EXPECT_TRUE(withLines.contains(country)) << country;
  }
}

// The numbers that most people here would be sent to; an edit that breaks one must be seen.
TEST(ShippedContent, bestKnownLinesComeFirst) {
  const HelpBook book = shippedBook();
  const auto first = [&](const char* country) {
    return book.helpFor(country, "en", kToday).lines.at(0).dial;
  };
  EXPECT_EQ(first("US"), "988");
  EXPECT_EQ(first("CA"), "988");
  EXPECT_EQ(first("GB"), "116123");
  EXPECT_EQ(first("IE"), "116123");
  EXPECT_EQ(first("AU"), "131114");
  EXPECT_EQ(first("FR"), "3114");
  EXPECT_EQ(first("ES"), "024");
  EXPECT_EQ(first("DE"), "08001110111");
  EXPECT_EQ(book.helpFor("US", "en", kToday).emergencyNumber, "911");
  EXPECT_EQ(book.helpFor("GB", "en", kToday).emergencyNumber, "999");
  EXPECT_EQ(book.helpFor("NO", "en", kToday).emergencyNumber, "113");
}

// A client who reads Spanish must not be handed English in the worst minute, nor the reverse.
TEST(Help, speaksTheLanguageAskedFor) {
  const HelpBook book = shippedBook();
  const Help english = book.helpFor("ie", "en-IE", kToday);
  const Help spanish = book.helpFor("IE", "es_MX", kToday);
  EXPECT_EQ(english.country, "IE");
  EXPECT_EQ(english.lines.at(0).dial, spanish.lines.at(0).dial);
  EXPECT_NE(english.lines.at(0).hours, spanish.lines.at(0).hours);
  EXPECT_EQ(book.helpFor("IE", "pl", kToday).lines.at(0).hours, english.lines.at(0).hours);
}

// Where nothing is known, the page must say so, and not show another country's number as theirs.
TEST(Help, anUnknownCountryGetsGeneralAdviceThatSaysItIsGeneral) {
  const HelpBook book = shippedBook();
  for (const char* country : {"", "ZZ", "USA", "u", "\xff\xff", "G B"}) {
    const Help help = book.helpFor(country, "en", kToday);
    EXPECT_EQ(help.country, "");
    EXPECT_EQ(help.emergencyNumber, "112");
    EXPECT_NE(help.emergencyLabel.find("don't know"), std::string::npos);
    EXPECT_TRUE(help.lines.empty());
    EXPECT_FALSE(help.noLine.empty());
    EXPECT_FALSE(help.stale);
  }
}

// A number that nobody has checked for months may ring nowhere: the page has to warn, on the day
// after the ninetieth and not before.
TEST(Help, warnsOfNumbersNobodyHasCheckedForNinetyDays) {
  const std::string texts = shipped("help-texts.json");
  const std::string lines = smallFile();
  const HelpBook book = HelpBook::load({"l", lines}, {"t", texts});
  EXPECT_FALSE(book.helpFor("IE", "en", at("2027-02-18T00:00:00Z")).stale);
  const Help later = book.helpFor("IE", "en", at("2027-02-18T00:00:01Z"));
  EXPECT_TRUE(later.stale);
  EXPECT_TRUE(later.lines.at(0).stale);
  EXPECT_FALSE(later.staleNote.empty());
  // the clinic's clock is wrong, or the year was mistyped
  EXPECT_TRUE(book.helpFor("IE", "en", at("2026-11-01T00:00:00Z")).stale);
}

TEST(Help, dialsOnlyWhatATelephoneUnderstands) {
  const std::string texts = shipped("help-texts.json");
  const std::string lines = smallFile();
  const HelpBook book = HelpBook::load({"l", lines}, {"t", texts});
  EXPECT_EQ(book.helpFor("IE", "en", kToday).lines.at(0).dial, "+3531116123");
}

// An operator edits this file by hand. What is wrong must be refused at start-up, with its place,
// and not found out by somebody in a crisis.
TEST(LoadHelp, refusesEachMistakeAndNamesItsPlace) {
  const std::string texts = shipped("help-texts.json");
  const std::string good = smallFile();
  EXPECT_EQ(refusedAt(good, texts), "accepted");
  const std::string line = "lines.json#/countries/0/lines/0";
  EXPECT_EQ(refusedAt(with(good, "+353 (1) 116-123", "call us"), texts), line + "/phone");
  EXPECT_EQ(refusedAt(with(good, "+353 (1) 116-123", "116;123"), texts), line + "/phone");
  EXPECT_EQ(refusedAt(with(good, "+353 (1) 116-123", "353+1"), texts), line + "/phone");
  EXPECT_EQ(refusedAt(with(good, R"("phone": "+353 (1) 116-123",)", ""), texts), line);
  EXPECT_EQ(
      refusedAt(with(good, R"("phone": "+353 (1) 116-123")", R"("url": "javascript:x")"), texts),
      line + "/url");
  EXPECT_EQ(refusedAt(with(good, R"("es": "24 horas")", R"("de": "24 Std")"), texts),
            line + "/hours");
  EXPECT_EQ(refusedAt(with(good, R"([{"name": "A paper", "site": "example.org"}])", "[]"), texts),
            line + "/sources");
  EXPECT_EQ(refusedAt(with(good, R"("sourcesAgree": 1)", R"("sourcesAgree": 2)"), texts),
            line + "/sourcesAgree");
  EXPECT_EQ(refusedAt(with(good, "2026-11-20", "2026-02-30"), texts), line + "/verifiedOn");
  EXPECT_EQ(refusedAt(with(good, R"(,
  "verifiedOn": "2026-11-20")",
                           ""),
                      texts),
            line);
  EXPECT_EQ(refusedAt(with(good, R"(["A", "B"])", R"(["A", "C"])"), texts), "lines.json#/sources");
  EXPECT_EQ(refusedAt(with(good, R"("IE")", R"("ie")"), texts), "lines.json#/countries/0/country");
  EXPECT_EQ(refusedAt(with(good, R"("languages": ["en"])", R"("languages": [])"), texts),
            line + "/languages");
  EXPECT_EQ(refusedAt(texts, good), "lines.json#/file");
  EXPECT_EQ(refusedAt("{", texts), "lines.json#");
  EXPECT_EQ(refusedAt("", texts), "lines.json#");
  EXPECT_EQ(refusedAt("[]", texts), "lines.json#");
}

// The old number pasted below the new one: readers of JSON don't agree which of them counts.
TEST(LoadHelp, refusesAKeyThatStandsTwice) {
  const std::string texts = shipped("help-texts.json");
  const std::string twice =
      with(smallFile(), R"("number": "112",)", R"("number": "112", "number": "999",)");
  try {
    HelpBook::load({"lines.json", twice}, {"texts.json", texts});
    FAIL();
  } catch (const base::Problem& problem) {
    EXPECT_NE(problem.detail().find("\"number\""), std::string::npos) << problem.detail();
    EXPECT_NE(problem.detail().find("line 4"), std::string::npos) << problem.detail();
  }
  // a text that only looks like a key is none
  const std::string looksLikeOne =
      with(smallFile(), R"("name": "Listening line")", R"("name": "\"name\": {")");
  EXPECT_EQ(refusedAt(looksLikeOne, texts), "accepted");
}

// A page goes by e-mail, which others read: it must never be able to name a client.
TEST(LoadHelp, refusesAPageThatCouldNameAClient) {
  const std::string texts = shipped("help-texts.json");
  EXPECT_EQ(refusedAt(smallFile(), with(texts, "{clinic}: please look now", "{name}: look now")),
            "texts.json#/texts/page.crisis.subject/en");
  EXPECT_EQ(refusedAt(smallFile(), with(texts, "Call {name}", "Call {nmae}")),
            "texts.json#/texts/panel.call/en");
  EXPECT_EQ(refusedAt(smallFile(), with(texts, "Call {name}", "Call {name")),
            "texts.json#/texts/panel.call/en");
  EXPECT_EQ(refusedAt(smallFile(), with(texts, "Llamar a {name}", "Llamar")),
            "texts.json#/texts/panel.call/es");
  EXPECT_EQ(refusedAt(smallFile(), with(texts, "\"panel.title\"", "\"panel.titel\"")),
            "texts.json#/texts");
}

TEST(HelpTexts, fillBlanksOnceAndLeaveUnknownOnesOpen) {
  const HelpBook book = shippedBook();
  const std::pair<std::string_view, std::string_view> blanks[] = {{"clinic", "{link}"},
                                                                  {"link", "https://x"}};
  EXPECT_EQ(book.text("page.callMe.subject", "en", blanks), "{link}: somebody asks for a call");
  EXPECT_NE(book.text("page.callMe.body", "en", blanks).find("https://x"), std::string::npos);
  EXPECT_NE(book.text("page.callMe.body", "en", blanks).find("{time}"), std::string::npos);
  EXPECT_THROW(book.text("no.such", "en"), base::Problem);
}

// Words that blame or diagnose, or promise silence, do harm when somebody is at their lowest.
TEST(HelpTexts, keepToSafeMessaging) {
  const HelpBook book = shippedBook();
  for (const std::string_view key : kHelpTextKeys) {
    for (const std::string& language : book.languages()) {
      const std::string text = book.text(key, language);
      for (const char* word :
           {"suicid", "commit", "secret", "selfish", "weak", "disorder", "patient", "user"}) {
        EXPECT_EQ(text.find(word), std::string::npos) << key << " " << word;
      }
    }
  }
}

}  // namespace
}  // namespace attune::companion
