#include "companion/consent_words.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "companion/content_file.h"

namespace attune::companion {

namespace {

constexpr std::array<std::string_view, 2> kSources{"messages", "checkIns"};
constexpr std::array<std::string_view, 4> kPurposes{"care", "alerts", "research", "training"};

// Promises that nobody in care can keep: somebody in danger may have to be told about.
constexpr std::array<std::string_view, 10> kNeverPromised{
    "stays between us",  "stays secret",     "will never tell",      "fully confidential",
    "completely secret", "nobody will ever", "queda entre nosotros", "totalmente secreto",
    "nunca contaremos",  "nadie lo sabrá"};

void refusePromise(const Place& place, std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = char(c - 'A' + 'a');
  }
  for (const std::string_view promise : kNeverPromised) {
    if (lower.find(promise) != std::string::npos) {
      place.refuse("\"" + std::string(promise) + "\" promises secrecy",
                   "say what happens when somebody is in danger");
    }
  }
}

std::string oneOf(const Place& place, std::span<const std::string_view> allowed) {
  const std::string word = place.text(40);
  if (std::ranges::find(allowed, word) == allowed.end()) {
    std::string list;
    for (const std::string_view each : allowed)
      list += (list.empty() ? "" : ", ") + std::string(each);
    place.refuse("\"" + word + "\" is not known here", "write one of: " + list);
  }
  return word;
}

ConsentItem itemAt(const Place& place) {
  ConsentItem item;
  item.source = oneOf(place.at("source"), kSources);
  item.purpose = oneOf(place.at("purpose"), kPurposes);
  item.title = place.at("title").text(200);
  item.explanation = place.at("explanation").text();
  item.recommended = place.at("recommended").boolean();
  refusePromise(place.at("title"), item.title);
  refusePromise(place.at("explanation"), item.explanation);
  const bool care = item.purpose == "care" || item.purpose == "alerts";
  if (item.recommended && !care) {
    place.at("recommended").refuse("research and training are never recommended", "write false");
  }
  return item;
}

ConsentText textAt(const Place& place) {
  ConsentText text;
  for (const Place& paragraph : place.at("paragraphs").elements()) {
    text.paragraphs.push_back(paragraph.text());
    refusePromise(paragraph, text.paragraphs.back());
  }
  if (text.paragraphs.empty()) {
    place.at("paragraphs").refuse("no paragraph is there", "say what is done with what is written");
  }
  std::set<std::pair<std::string, std::string>> seen;
  for (const Place& element : place.at("items").elements()) {
    ConsentItem item = itemAt(element);
    if (!seen.emplace(item.source, item.purpose).second) {
      element.refuse(item.source + " for " + item.purpose + " is asked twice", "remove one");
    }
    text.items.push_back(std::move(item));
  }
  if (text.items.empty()) place.at("items").refuse("nothing is asked", "restore the items");
  return text;
}

// The languages must ask the same, or what was agreed to depends on the language it was read in.
void refuseDifference(const Place& place, const ConsentText& text, const ConsentText& first) {
  if (text.paragraphs.size() != first.paragraphs.size()) {
    place.at("paragraphs")
        .refuse("the languages have different numbers of paragraphs", "translate the missing one");
  }
  const bool same =
      std::ranges::equal(text.items, first.items, [](const ConsentItem& a, const ConsentItem& b) {
        return a.source == b.source && a.purpose == b.purpose && a.recommended == b.recommended;
      });
  if (!same) {
    place.at("items").refuse("the languages ask different things",
                             "give each the same items in the same order");
  }
}

}  // namespace

ConsentWords ConsentWords::load(const ContentFile& file) {
  const auto value = parseContent(file, "consent");
  const Place root(file.name, value);
  ConsentWords words;
  words.version_ = root.at("version").text(40);
  const Place languages = root.at("languages");
  for (const std::string_view language : kLanguages) {
    const Place place = languages.at(language);
    ConsentText text = textAt(place);
    text.version = words.version_;
    text.language = std::string(language);
    if (!words.byLanguage_.empty())
      refuseDifference(place, text, words.byLanguage_.begin()->second);
    words.byLanguage_.emplace(std::string(language), std::move(text));
  }
  for (const std::string& key : languages.keys()) {
    if (!words.byLanguage_.contains(key)) {
      languages.at(key).refuse("the language \"" + key + "\" is not one that the software offers",
                               "remove it, or see content/README.md on adding a language");
    }
  }
  return words;
}

const ConsentText& ConsentWords::in(std::string_view language) const {
  return byLanguage_.find(languageFor(language))->second;
}

std::vector<std::string> ConsentWords::languages() const {
  std::vector<std::string> out;
  for (const auto& [language, text] : byLanguage_) out.push_back(language);
  return out;
}

bool ConsentWords::asks(std::string_view source, std::string_view purpose) const {
  const ConsentText& text = in(kFallbackLanguage);
  return std::ranges::any_of(text.items, [&](const ConsentItem& item) {
    return item.source == source && item.purpose == purpose;
  });
}

}  // namespace attune::companion
