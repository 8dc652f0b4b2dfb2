#include "companion/help.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/problem.h"
#include "companion/content_file.h"

namespace attune::companion {

namespace {

// What a page may say: e-mail and webhooks are read by others.
constexpr std::array<std::string_view, 5> kPageBlanks{"clinic", "time", "level", "link", "waited"};
constexpr std::array<std::string_view, 9> kBlanks{"clinic", "time", "level",  "link",  "waited",
                                                  "name",   "date", "source", "number"};

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}

bool among(std::string_view set, char c) {
  return set.find(c) != std::string_view::npos;
}

// What a telephone dials: the digits, a leading "+", "*" and "#".
std::string dialled(std::string_view phone) {
  std::string out;
  for (const char c : phone) {
    if (isDigit(c) || c == '*' || c == '#' || (c == '+' && out.empty())) out += c;
  }
  return out;
}

std::string phoneAt(const Place& place) {
  const std::string phone = place.text(40);
  const bool plain =
      std::ranges::all_of(phone, [](char c) { return isDigit(c) || among("+*#() -", c); });
  const auto digits = std::ranges::count_if(phone, isDigit);
  if (!plain || digits < 2 || digits > 15 || phone.find('+', 1) != std::string::npos) {
    place.refuse("\"" + phone + "\" can't be dialled",
                 "write 2 to 15 digits with spaces, dashes or brackets, and at most one leading +");
  }
  return phone;
}

std::string urlAt(const Place& place) {
  const std::string url = place.text(300);
  const bool plain = std::ranges::all_of(
      url, [](char c) { return c > ' ' && c < 0x7f && !among("\"<>\\^`{|}", c); });
  if (!plain || !url.starts_with("https://") || url.size() < 12) {
    place.refuse("\"" + url + "\" is not an https address", "write it as https://example.org");
  }
  return url;
}

std::string countryAt(const Place& place) {
  const std::string code = place.text(2);
  const bool plain =
      code.size() == 2 && std::ranges::all_of(code, [](char c) { return c >= 'A' && c <= 'Z'; });
  if (!plain) {
    place.refuse("\"" + code + "\" is not a country", "write two capital letters (ISO 3166-1)");
  }
  return code;
}

// The blanks of a text, e.g. "clinic" for "{clinic}"; refuses one that is never filled.
std::vector<std::string_view> blanksOf(const Place& place, std::string_view text) {
  std::vector<std::string_view> out;
  for (std::size_t i = text.find_first_of("{}"); i != std::string_view::npos;
       i = text.find_first_of("{}", i)) {
    const std::size_t end = text.find('}', i);
    if (text[i] == '}' || end == std::string_view::npos) {
      place.refuse("a brace stands alone in this text", "write blanks as {clinic}");
    }
    out.push_back(text.substr(i + 1, end - i - 1));
    i = end + 1;
  }
  return out;
}

// Some text of the page would be shown as it stands with a blank left open.
void checkBlanks(const Place& place, std::string_view key,
                 const std::map<std::string, std::string, std::less<>>& words) {
  std::set<std::string_view> first;
  for (const auto& [language, text] : words) {
    const auto blanks = blanksOf(place.at(language), text);
    const bool page = key.starts_with("page.");
    for (const std::string_view blank : blanks) {
      if (page && std::ranges::find(kPageBlanks, blank) == kPageBlanks.end()) {
        place.at(language).refuse(
            "a page may not say {" + std::string(blank) + "}",
            "pages are read by others: use only {clinic}, {time}, {level}, {link}, {waited}");
      }
      if (std::ranges::find(kBlanks, blank) == kBlanks.end()) {
        place.at(language).refuse(
            "the software has nothing to fill in for {" + std::string(blank) + "}",
            "see content/README.md for the blanks");
      }
    }
    const std::set<std::string_view> these(blanks.begin(), blanks.end());
    if (language == words.begin()->first) first = these;
    if (these != first) {
      place.at(language).refuse("the blanks differ from those of the other language",
                                "use the same ones in each language");
    }
  }
}

}  // namespace

// Reads one file each; kept out of the header.
struct HelpBook::Reader {
  static std::string sourcesOf(const Place& place, const Place* named, int& count) {
    std::string joined;
    std::set<std::string> seen;
    for (const Place& source : place.elements()) {
      const std::string name = named == nullptr ? source.at("name").text(200)
                                                : named->at(source.text(20)).at("name").text(200);
      if (named == nullptr) source.at("site").text(200);
      if (!seen.insert(name).second) source.refuse("this source is named twice", "remove one");
      joined += (joined.empty() ? "" : "; ") + name;
    }
    count = int(seen.size());
    if (count == 0) {
      place.refuse("no source is named", "name at least one public source, or remove the number");
    }
    return joined;
  }

  static int agreementOf(const Place& place, int named) {
    const int agree = place.at("sourcesAgree").whole(1, 50);
    if (agree > named) {
      place.at("sourcesAgree").refuse("more sources agree than are named", "name them all");
    }
    return agree;
  }

  static Line line(const Place& place) {
    Line out;
    out.line.name = place.at("name").text(200);
    if (const auto phone = place.find("phone")) {
      out.line.phone = phoneAt(*phone);
      out.line.dial = dialled(out.line.phone);
    }
    if (const auto how = place.find("text")) out.how = how->words();
    if (const auto url = place.find("url")) out.line.url = urlAt(*url);
    if (out.line.phone.empty() && out.how.empty() && out.line.url.empty()) {
      place.refuse("this line can't be reached", "add phone, text or url");
    }
    out.hours = place.at("hours").words();
    out.forWhom = place.at("forWhom").words();
    for (const Place& language : place.at("languages").elements()) {
      out.line.languages.push_back(language.text(35));
    }
    if (out.line.languages.empty()) {
      place.at("languages").refuse("no language is named", "name those spoken on the line");
    }
    int named = 0;
    out.line.source = sourcesOf(place.at("sources"), nullptr, named);
    out.line.sourcesAgree = agreementOf(place, named);
    out.verified = place.at("verifiedOn").day();
    out.line.verifiedOn = place.at("verifiedOn").text(10);
    return out;
  }

  static Country country(const Place& place, const Place& sources) {
    Country out;
    const Place emergency = place.at("emergency");
    out.number = phoneAt(emergency.at("number"));
    if (const auto label = emergency.find("label")) out.label = label->words();
    int named = 0;
    sourcesOf(emergency.at("sources"), &sources, named);
    agreementOf(emergency, named);
    out.verified = emergency.at("verifiedOn").day();
    std::set<std::string> reached;
    for (const Place& element : place.at("lines").elements()) {
      Line read = line(element);
      const std::string key = read.line.dial.empty() ? read.line.name : read.line.dial;
      if (!reached.insert(key).second) {
        element.refuse("this line stands twice", "remove one");
      }
      out.lines.push_back(std::move(read));
    }
    return out;
  }
};

HelpBook HelpBook::load(const ContentFile& lines, const ContentFile& texts) {
  HelpBook book;
  const auto linesValue = parseContent(lines, "crisis-lines");
  const Place linesRoot(lines.name, linesValue);
  const Place sources = linesRoot.at("sources");
  for (const Place& place : linesRoot.at("countries").elements()) {
    const std::string code = countryAt(place.at("country"));
    if (!book.countries_.emplace(code, Reader::country(place, sources)).second) {
      place.at("country").refuse("the country " + code + " stands twice", "join the two");
    }
  }
  if (book.countries_.empty()) {
    linesRoot.at("countries").refuse("no country is there", "restore the file");
  }

  const auto textsValue = parseContent(texts, "help-texts");
  const Place all = Place(texts.name, textsValue).at("texts");
  for (const std::string_view key : kHelpTextKeys) {
    const Place place = all.at(key);
    Words words = place.words();
    checkBlanks(place, key, words);
    book.texts_.emplace(std::string(key), std::move(words));
  }
  for (const std::string& key : all.keys()) {
    if (!book.texts_.contains(key)) {
      all.at(key).refuse("the software never shows a text of this name", "correct the name");
    }
  }
  return book;
}

std::string HelpBook::said(const Words& words, std::string_view language) const {
  const auto found = words.find(languageFor(language));
  return found == words.end() ? std::string() : found->second;
}

Help HelpBook::helpFor(std::string_view country, std::string_view language,
                       base::Instant now) const {
  std::string code(country);
  for (char& c : code) {
    if (c >= 'a' && c <= 'z') c = char(c - 'a' + 'A');
  }
  Help help;
  const auto found = countries_.find(code);
  if (found == countries_.end()) {
    help.emergencyNumber = "112";
    help.emergencyLabel = text("panel.unknown", language);
    help.noLine = text("panel.noLine", language);
    return help;
  }
  // A day in the future is a slip of the pen that would otherwise stay fresh for years.
  const auto tooOld = [now](base::Instant verified) {
    return now - verified > std::chrono::days(kFreshDays) || verified - now > std::chrono::days(1);
  };
  const Country& here = found->second;
  help.country = code;
  help.emergencyNumber = here.number;
  help.emergencyLabel =
      here.label.empty() ? text("panel.emergencyLabel", language) : said(here.label, language);
  help.stale = tooOld(here.verified);
  for (const Line& line : here.lines) {
    HelpLine shown = line.line;
    shown.hours = said(line.hours, language);
    shown.forWhom = said(line.forWhom, language);
    shown.text = said(line.how, language);
    shown.stale = tooOld(line.verified);
    help.stale = help.stale || shown.stale;
    help.lines.push_back(std::move(shown));
  }
  if (help.lines.empty()) help.noLine = text("panel.noLine", language);
  if (help.stale) help.staleNote = text("panel.stale", language);
  return help;
}

std::vector<std::string> HelpBook::countries() const {
  std::vector<std::string> out;
  for (const auto& [code, country] : countries_) out.push_back(code);
  return out;
}

std::vector<std::string> HelpBook::languages() const {
  return {std::begin(kLanguages), std::end(kLanguages)};
}

std::string HelpBook::text(std::string_view key, std::string_view language, Blanks blanks) const {
  const auto found = texts_.find(key);
  if (found == texts_.end()) {
    throw base::Problem(base::Problem::Kind::internal,
                        "there is no help text named \"" + std::string(key) + "\"");
  }
  const std::string pattern = said(found->second, language);
  std::string out;
  // One pass, so that a value that looks like a blank is not filled again.
  for (std::size_t i = 0; i < pattern.size();) {
    const std::size_t end = pattern[i] == '{' ? pattern.find('}', i) : std::string::npos;
    if (end == std::string::npos) {
      out += pattern[i++];
      continue;
    }
    const std::string_view blank = std::string_view(pattern).substr(i + 1, end - i - 1);
    const auto value = std::ranges::find(blanks, blank, &Blanks::value_type::first);
    out += value == blanks.end() ? pattern.substr(i, end + 1 - i) : std::string(value->second);
    i = end + 1;
  }
  return out;
}

}  // namespace attune::companion
