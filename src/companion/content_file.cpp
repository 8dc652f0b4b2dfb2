#include "companion/content_file.h"

#include <algorithm>
#include <set>

#include "base/problem.h"

namespace attune::companion {

namespace {

// The first key that stands twice in one object of a well-formed JSON text, with the byte where the
// second stands. Boost.JSON keeps one of them without a word, and which is kept is easy to guess
// wrong when somebody pastes a corrected number above an old one.
struct Twice {
  std::string key;
  std::size_t line;
};

std::optional<Twice> keyThatStandsTwice(std::string_view json) {
  std::vector<std::set<std::string, std::less<>>> open;  // one a brace or bracket
  std::size_t line = 1;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (c == '\n') ++line;
    if (c == '{' || c == '[') open.emplace_back();
    if ((c == '}' || c == ']') && !open.empty()) open.pop_back();
    if (c != '"') continue;
    const std::size_t start = ++i;
    while (i < json.size() && json[i] != '"') i += json[i] == '\\' ? 2 : 1;
    if (i >= json.size()) return std::nullopt;
    const std::string_view text = json.substr(start, i - start);
    const std::size_t next = json.find_first_not_of(" \t\r\n", i + 1);
    const bool isKey = next != std::string_view::npos && json[next] == ':';
    if (isKey && !open.empty() && !open.back().emplace(text).second) {
      return Twice{std::string(text), line};
    }
  }
  return std::nullopt;
}

std::string escapePointer(std::string_view key) {
  std::string out;
  for (const char c : key) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

std::string_view languageFor(std::string_view tag) {
  const std::string_view primary = tag.substr(0, tag.find_first_of("-_"));
  for (const std::string_view language : kLanguages) {
    const bool same = std::ranges::equal(primary, language, [](char a, char b) {
      return (a >= 'A' && a <= 'Z' ? char(a - 'A' + 'a') : a) == b;
    });
    if (same) return language;
  }
  return kFallbackLanguage;
}

void contentProblem(std::string_view file, std::string_view pointer, std::string_view wrong,
                    std::string_view remedy) {
  std::string detail = std::string(file) + ": " + std::string(wrong);
  if (!remedy.empty()) detail += "; " + std::string(remedy);
  throw base::Problem(base::Problem::Kind::configuration, std::move(detail),
                      std::string(file) + "#" + std::string(pointer));
}

void Place::refuse(std::string_view wrong, std::string_view remedy) const {
  contentProblem(file_, pointer_, wrong, remedy);
}

std::optional<Place> Place::find(std::string_view key) const {
  if (!value_->is_object()) refuse("this must be an object", "put it in braces");
  const auto* member = value_->get_object().if_contains(boost::json::string_view(key));
  if (member == nullptr) return std::nullopt;
  return Place(file_, *member, pointer_ + "/" + escapePointer(key));
}

Place Place::at(std::string_view key) const {
  if (const auto member = find(key)) return *member;
  refuse("\"" + std::string(key) + "\" is missing", "add it");
}

std::vector<Place> Place::elements() const {
  if (!value_->is_array()) refuse("this must be a list", "put it in square brackets");
  std::vector<Place> out;
  const auto& array = value_->get_array();
  for (std::size_t i = 0; i < array.size(); ++i) {
    out.emplace_back(file_, array[i], pointer_ + "/" + std::to_string(i));
  }
  return out;
}

std::vector<std::string> Place::keys() const {
  if (!value_->is_object()) refuse("this must be an object", "put it in braces");
  std::vector<std::string> out;
  for (const auto& member : value_->get_object()) out.emplace_back(member.key());
  return out;
}

std::string Place::text(std::size_t limit) const {
  if (!value_->is_string()) refuse("this must be a text", "put it in quotation marks");
  const auto& string = value_->get_string();
  std::string out(string.data(), string.size());
  if (out.find_first_not_of(" \n") == std::string::npos) {
    refuse("this text is empty", "write it or remove the line");
  }
  if (out.size() > limit) {
    refuse("this text is longer than " + std::to_string(limit) + " bytes", "shorten it");
  }
  const bool control = std::ranges::any_of(
      out, [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7f; });
  if (control) refuse("this text has a control character in it", "remove it");
  return out;
}

bool Place::boolean() const {
  if (!value_->is_bool()) refuse("this must be true or false", "without quotation marks");
  return value_->get_bool();
}

int Place::whole(int least, int most) const {
  std::int64_t number = 0;
  if (value_->is_int64()) {
    number = value_->get_int64();
  } else {
    refuse("this must be a whole number", "without quotation marks");
  }
  if (number < least || number > most) {
    refuse("this number must be from " + std::to_string(least) + " to " + std::to_string(most), {});
  }
  return int(number);
}

base::Instant Place::day() const {
  const std::string day = text(10);
  const auto midnight = base::parseInstant(day + "T00:00:00Z");
  if (day.size() != 10 || !midnight) {
    refuse("\"" + day + "\" is not a day", "write it as 2026-11-21");
  }
  return *midnight;
}

std::map<std::string, std::string, std::less<>> Place::words() const {
  std::map<std::string, std::string, std::less<>> out;
  for (const std::string_view language : kLanguages) {
    out.emplace(std::string(language), at(language).text());
  }
  for (const std::string& key : keys()) {
    if (!out.contains(key)) {
      at(key).refuse("the language \"" + key + "\" is not one that the software offers",
                     "remove it, or see content/README.md on adding a language");
    }
  }
  return out;
}

base::json::Value parseContent(const ContentFile& file, std::string_view expected) {
  base::json::Value value;
  try {
    value = base::json::parse(file.json);
  } catch (const base::Problem& problem) {
    contentProblem(file.name, {}, problem.detail(), "correct the JSON at that place");
  }
  if (const auto twice = keyThatStandsTwice(file.json)) {
    contentProblem(file.name, {},
                   "the key \"" + twice->key + "\" stands twice in one object (line " +
                       std::to_string(twice->line) + ")",
                   "remove one");
  }
  const Place root(file.name, value);
  if (root.at("file").text(100) != expected) {
    root.at("file").refuse("this is not the file \"" + std::string(expected) + "\"",
                           "check that files were not exchanged");
  }
  root.at("author").text(200);
  root.at("licence").text(100);
  root.at("version").text(40);
  root.at("reviewedOn").day();
  return value;
}

}  // namespace attune::companion
