#include "text/pattern.h"

#include <algorithm>
#include <stdexcept>

namespace attune::text {
namespace {

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  std::size_t start = 0;
  while (start <= text.size()) {
    const std::size_t end = std::min(text.find(separator, start), text.size());
    if (end > start) parts.emplace_back(text.substr(start, end - start));
    start = end + 1;
  }
  return parts;
}

// One insertion, deletion, change or swap of neighbours apart.
bool oneSlip(std::string_view a, std::string_view b) {
  if (a.size() > b.size()) std::swap(a, b);
  if (b.size() - a.size() > 1) return false;
  std::size_t i = 0;
  while (i < a.size() && a[i] == b[i]) ++i;
  if (b.size() > a.size()) return a.substr(i) == b.substr(i + 1);
  if (i == a.size()) return true;
  if (a.substr(i + 1) == b.substr(i + 1)) return true;
  return i + 1 < a.size() && a[i] == b[i + 1] && a[i + 1] == b[i] &&
         a.substr(i + 2) == b.substr(i + 2);
}

bool swapped(std::string_view a, std::string_view b) {
  return a.size() == b.size() && a != b && oneSlip(a, b) &&
         std::is_permutation(a.begin(), a.end(), b.begin());
}

char letterFor(char sign) {
  switch (sign) {
    case '0':
      return 'o';
    case '1':
    case '!':
      return 'i';
    case '3':
      return 'e';
    case '4':
    case '@':
      return 'a';
    case '5':
    case '$':
      return 's';
    case '7':
      return 't';
    default:
      return sign;
  }
}

bool isPlain(std::string_view word) {
  return std::all_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

bool matchesMask(std::string_view typed, std::string_view word) {
  if (typed.size() != word.size() || typed.front() != word.front()) return false;
  for (std::size_t i = 0; i < typed.size(); ++i) {
    if (typed[i] != '*' && typed[i] != '#' && letterFor(typed[i]) != word[i]) return false;
  }
  return true;
}

// Runs of three and more of the same letter made `keep` long.
std::string squeezed(std::string_view word, std::size_t keep) {
  std::string out;
  for (std::size_t i = 0; i < word.size();) {
    std::size_t run = i;
    while (run < word.size() && word[run] == word[i]) ++run;
    out.append(run - i >= 3 ? keep : run - i, word[i]);
    i = run;
  }
  return out;
}

}  // namespace

std::uint32_t Lexicon::add(std::string_view word) {
  const auto [place, fresh] = words_.try_emplace(std::string(word), next_);
  if (fresh) {
    ++next_;
    if (word.size() >= 4) byLength_[word.size()].emplace_back(word);
  }
  return place->second;
}

std::uint32_t Lexicon::addPrefix(std::string_view beginning) {
  for (const auto& [text, id] : prefixes_) {
    if (text == beginning) return id;
  }
  prefixes_.emplace_back(beginning, next_);
  return next_++;
}

void Lexicon::exact(std::string_view word, Ids& out) const {
  const auto found = words_.find(std::string(word));
  if (found != words_.end()) out.push_back(found->second);
  for (const auto& [text, id] : prefixes_) {
    if (word.starts_with(text)) out.push_back(id);
  }
}

void Lexicon::read(std::string_view typed, const inference::SentencePiece& common, Ids& out) const {
  out.clear();
  exact(typed, out);
  if (!out.empty() || typed.size() < 3 || typed.size() > 24) return;
  if (!isPlain(typed)) {
    const auto sized = byLength_.find(typed.size());
    if (sized == byLength_.end()) return;
    for (const std::string& word : sized->second) {
      if (matchesMask(typed, word)) return exact(word, out);
    }
    return;
  }
  for (const std::size_t keep : {std::size_t{1}, std::size_t{2}}) {
    const std::string shorter = squeezed(typed, keep);
    if (shorter == typed) break;
    exact(shorter, out);
    if (!out.empty()) return;
  }
  if (typed.size() < 4 || common.isCommonWord(typed)) return;
  for (std::size_t size = typed.size() - 1; size <= typed.size() + 1; ++size) {
    const auto sized = byLength_.find(size);
    if (sized == byLength_.end()) continue;
    for (const std::string& word : sized->second) {
      const bool near = typed.size() == 4 || size == 4
                            ? swapped(typed, word)
                            : word.front() == typed.front() && oneSlip(typed, word);
      if (near) return exact(word, out);
    }
  }
}

Pattern::Pattern(std::string_view written, const Classes& classes, Lexicon& lexicon) {
  for (std::string part : split(written, ' ')) {
    Element element;
    if (part.front() == '_') {
      element.any = part.size() == 1 ? 1 : static_cast<std::size_t>(part[1] - '0');
      element.optional = part.size() > 1;
      if (part.size() > 2 || element.any == 0 || element.any > 9) {
        throw std::invalid_argument("\"" + part + "\" is no count of words");
      }
      elements_.push_back(std::move(element));
      continue;
    }
    if (part.back() == '?') {
      element.optional = true;
      part.pop_back();
    }
    std::vector<std::string> words;
    for (const std::string& word : split(part, '|')) {
      if (word.front() != '@') {
        words.push_back(word);
        continue;
      }
      const auto found = classes.find(std::string_view(word).substr(1));
      if (found == classes.end()) throw std::invalid_argument("no class is named " + word);
      for (std::string& member : split(found->second, '|')) words.push_back(std::move(member));
    }
    for (const std::string& word : words) {
      if (word.find_first_of("?'_@ ") != std::string::npos || word == "*") {
        throw std::invalid_argument("\"" + word + "\" is no word");
      }
      element.words.push_back(
          word.back() == '*' ? lexicon.addPrefix(std::string_view(word).substr(0, word.size() - 1))
                             : lexicon.add(word));
    }
    if (element.words.empty()) throw std::invalid_argument("an element has no words");
    std::sort(element.words.begin(), element.words.end());
    elements_.push_back(std::move(element));
  }
  if (elements_.empty()) throw std::invalid_argument("a pattern is empty");
  if (elements_.front().optional || elements_.front().any > 0 || elements_.back().any > 0) {
    throw std::invalid_argument("a pattern begins with a word that must be there and ends in one");
  }
  first_ = elements_.front().words;
}

std::optional<std::size_t> Pattern::match(std::span<const Lexicon::Ids> words,
                                          std::size_t start) const {
  return match(words, start, 0);
}

std::optional<std::size_t> Pattern::match(std::span<const Lexicon::Ids> words, std::size_t at,
                                          std::size_t element) const {
  if (element == elements_.size()) return at;
  const Element& here = elements_[element];
  std::optional<std::size_t> best;
  const auto longer = [&](std::optional<std::size_t> end) {
    if (end && (!best || *end > *best)) best = end;
  };
  if (here.any > 0) {
    for (std::size_t skip = here.optional ? 0 : here.any; skip <= here.any; ++skip) {
      if (at + skip <= words.size()) longer(match(words, at + skip, element + 1));
    }
    return best;
  }
  if (at < words.size()) {
    const Lexicon::Ids& typed = words[at];
    const bool fits = std::any_of(typed.begin(), typed.end(), [&](std::uint32_t id) {
      return std::binary_search(here.words.begin(), here.words.end(), id);
    });
    if (fits) longer(match(words, at + 1, element + 1));
  }
  if (here.optional) longer(match(words, at, element + 1));
  return best;
}

std::size_t PatternSet::add(Pattern pattern) {
  const std::size_t number = patterns_.size();
  for (const std::uint32_t word : pattern.first()) {
    auto& list = byFirst_[word];
    if (list.empty() || list.back() != number) list.push_back(number);
  }
  patterns_.push_back(std::move(pattern));
  return number;
}

std::vector<PatternSet::Found> PatternSet::find(std::span<const Lexicon::Ids> words) const {
  std::vector<Found> found;
  for (std::size_t start = 0; start < words.size(); ++start) {
    for (const std::uint32_t id : words[start]) {
      const auto list = byFirst_.find(id);
      if (list == byFirst_.end()) continue;
      for (const std::size_t pattern : list->second) {
        if (const auto end = patterns_[pattern].match(words, start)) {
          found.push_back({pattern, start, *end});
        }
      }
    }
  }
  return found;
}

}  // namespace attune::text
