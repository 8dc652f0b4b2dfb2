#include "text/phrases.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <stdexcept>

#include "base/json.h"
#include "base/problem.h"
#include "text/pattern.h"

namespace attune::text {
namespace {

using base::Problem;
namespace json = base::json;

constexpr std::size_t kSubjectReach =
    7;  // words before a phrase in which its subject is looked for

std::set<std::string, std::less<>> wordSet(std::string_view words) {
  std::set<std::string, std::less<>> result;
  std::istringstream in{std::string(words)};
  for (std::string word; std::getline(in, word, '|');) result.insert(word);
  return result;
}

RiskLevel levelNamed(std::string_view text) {
  for (const RiskLevel level :
       {RiskLevel::indicator, RiskLevel::ideation, RiskLevel::behavior, RiskLevel::attempt}) {
    if (name(level) == text) return level;
  }
  throw std::invalid_argument("\"" + std::string(text) + "\" is no level");
}

// Words of one sentence, without signs.
struct Line {
  std::vector<std::uint32_t> tokens;  // of the document
  std::vector<Lexicon::Ids> ids;
};

}  // namespace

struct Phrases::Impl {
  struct Group {
    std::string name;
    RiskLevel level;
    bool aboutOthers;
  };

  explicit Impl(const inference::SentencePiece& pieces) : common(&pieces) {}

  const inference::SentencePiece* common;
  Lexicon lexicon;
  std::vector<Group> groups;
  PatternSet phrases;
  std::vector<std::size_t> groupOf;  // by number of the phrase
  PatternSet idioms, notNegated, past, protective;
  std::set<std::string, std::less<>> negation, otherSubject, selfSubject, reported, joke;
  std::size_t negationReach = 4;
  std::set<std::string, std::less<>> turns{"but",   "now",     "yet",   "however", "still",
                                           "again", "tonight", "today", "anymore", "nowadays"};

  void read(const json::Object& file);
  Line lineOf(const Document& document, const Sentence& sentence) const;
  void findIn(const Document& document, std::uint32_t sentence,
              std::vector<PhraseMatch>& out) const;
  Context contextOf(const Document& document, const Line& line, std::size_t start, std::size_t end,
                    bool aboutOthers) const;
  bool isNegated(const Document& document, const Line& line, std::size_t start) const;
  bool isAboutOther(const Document& document, const Line& line, std::size_t start,
                    std::size_t end) const;
  bool reaches(const Document& document, const Line& line, const PatternSet& set, std::size_t start,
               std::size_t end) const;
};

void Phrases::Impl::read(const json::Object& file) {
  Pattern::Classes classes;
  if (const json::Object* given = json::object(file, "classes")) {
    for (const auto& [key, value] : *given) classes[std::string(key)] = value.as_string();
  }
  const auto addAll = [&](const json::Object& in, std::string_view key, PatternSet& set) {
    const json::Array* list = json::array(in, key);
    if (list == nullptr) throw std::invalid_argument("\"" + std::string(key) + "\" is missing");
    for (const json::Value& written : *list) {
      try {
        set.add(Pattern(written.as_string(), classes, lexicon));
      } catch (const std::invalid_argument& fault) {
        throw std::invalid_argument("\"" + std::string(written.as_string()) +
                                    "\": " + fault.what());
      }
    }
    return list->size();
  };
  const json::Object* context = json::object(file, "context");
  const json::Array* levels = json::array(file, "groups");
  if (context == nullptr || levels == nullptr) {
    throw std::invalid_argument("\"context\" or \"groups\" is missing");
  }
  negation = wordSet(json::requireText(*context, "negation"));
  otherSubject = wordSet(json::requireText(*context, "otherSubject"));
  selfSubject = wordSet(json::requireText(*context, "selfSubject"));
  reported = wordSet(json::requireText(*context, "reported"));
  joke = wordSet(json::requireText(*context, "joke"));
  negationReach = static_cast<std::size_t>(json::number(*context, "negationReach").value_or(4));
  addAll(*context, "notNegated", notNegated);
  addAll(*context, "past", past);
  addAll(*context, "protective", protective);
  addAll(file, "idioms", idioms);
  for (const json::Value& value : *levels) {
    const json::Object& group = json::requireObject(value);
    groups.push_back({std::string(json::requireText(group, "name")),
                      levelNamed(json::requireText(group, "level")), false});
    groupOf.resize(groupOf.size() + addAll(group, "patterns", phrases), groups.size() - 1);
  }
  groups.push_back({"about somebody else", RiskLevel::ideation, true});
  groupOf.resize(groupOf.size() + addAll(file, "aboutOthers", phrases), groups.size() - 1);
}

Line Phrases::Impl::lineOf(const Document& document, const Sentence& sentence) const {
  Line line;
  for (std::uint32_t i = sentence.firstToken; i < sentence.endToken; ++i) {
    if (!document.tokens[i].word) continue;
    line.tokens.push_back(i);
    lexicon.read(document.tokens[i].text, *common, line.ids.emplace_back());
  }
  return line;
}

bool Phrases::Impl::isNegated(const Document& document, const Line& line, std::size_t start) const {
  const std::size_t from = start > negationReach ? start - negationReach : 0;
  std::size_t place = start;  // of the nearest denial; start: none
  for (std::size_t i = from; i < start; ++i) {
    const Token& token = document.tokens[line.tokens[i]];
    const bool denies = negation.contains(token.text);
    // What is denied before a turn or a new clause is not what comes behind it.
    const bool turn = turns.contains(token.text) || token.text == "because" || token.text == "so" ||
                      (i > from && token.clauseStart);
    if (denies) {
      place = i;
    } else if (turn) {
      place = start;
    }
  }
  if (place == start || document.tokens[line.tokens[start]].clauseStart) return false;
  for (const PatternSet::Found& found : notNegated.find(line.ids)) {
    if (found.start <= place && place < found.end) return false;
  }
  return true;
}

bool Phrases::Impl::isAboutOther(const Document& document, const Line& line, std::size_t start,
                                 std::size_t end) const {
  const auto word = [&](std::size_t i) -> const std::string& {
    return document.tokens[line.tokens[i]].text;
  };
  for (std::size_t i = start; i < end; ++i) {
    if (selfSubject.contains(word(i))) return false;
  }
  for (std::size_t i = start; i-- > 0 && start - i <= kSubjectReach;) {
    if (word(i) == "my" || word(i) == "me") continue;  // "my brother wants to die"
    if (selfSubject.contains(word(i))) return false;
    if (otherSubject.contains(word(i))) return true;
  }
  return false;
}

bool Phrases::Impl::reaches(const Document& document, const Line& line, const PatternSet& set,
                            std::size_t start, std::size_t end) const {
  for (const PatternSet::Found& found : set.find(line.ids)) {
    if (found.start < end && start < found.end) continue;
    const auto [from, to] =
        found.end <= start ? std::pair(found.end, start) : std::pair(end, found.start);
    bool turned = false;
    for (std::size_t i = from; i < to; ++i) {
      turned = turned || turns.contains(document.tokens[line.tokens[i]].text);
    }
    // "I was going to end it, but I'm glad I didn't": a turn behind the phrase leads to the good.
    if (!turned || found.start >= end) return true;
  }
  return false;
}

Context Phrases::Impl::contextOf(const Document& document, const Line& line, std::size_t start,
                                 std::size_t end, bool aboutOthers) const {
  if (aboutOthers || isAboutOther(document, line, start, end)) return Context::other;
  bool self = false;
  for (std::size_t i = 0; i < line.tokens.size(); ++i) {
    const std::string& word = document.tokens[line.tokens[i]].text;
    if (i >= start && i < end) self = self || selfSubject.contains(word);
  }
  const bool subjectBefore =
      start > 0 && selfSubject.contains(document.tokens[line.tokens[start - 1]].text);
  if (document.tokens[line.tokens[start]].quoted) return Context::reported;
  if (!self && !subjectBefore) {
    for (const std::uint32_t token : line.tokens) {
      if (reported.contains(document.tokens[token].text)) return Context::reported;
    }
  }
  if (isNegated(document, line, start)) return Context::negated;
  if (reaches(document, line, protective, start, end)) return Context::protective;
  if (reaches(document, line, past, start, end)) return Context::past;
  return Context::live;
}

void Phrases::Impl::findIn(const Document& document, std::uint32_t sentence,
                           std::vector<PhraseMatch>& out) const {
  const Line line = lineOf(document, document.sentences[sentence]);
  const std::vector<PatternSet::Found> found = phrases.find(line.ids);
  if (found.empty()) return;
  std::vector<bool> idiomatic(line.tokens.size(), false);
  for (const PatternSet::Found& idiom : idioms.find(line.ids)) {
    std::fill(idiomatic.begin() + static_cast<std::ptrdiff_t>(idiom.start),
              idiomatic.begin() + static_cast<std::ptrdiff_t>(idiom.end), true);
  }
  for (const PatternSet::Found& match : found) {
    const auto begin = idiomatic.begin() + static_cast<std::ptrdiff_t>(match.start);
    const auto end = idiomatic.begin() + static_cast<std::ptrdiff_t>(match.end);
    if (2 * std::count(begin, end, true) >= std::distance(begin, end)) continue;
    const Group& group = groups[groupOf[match.pattern]];
    PhraseMatch result;
    result.firstToken = line.tokens[match.start];
    result.endToken = line.tokens[match.end - 1] + 1;
    result.sentence = sentence;
    result.level = group.level;
    result.group = group.name;
    result.context = contextOf(document, line, match.start, match.end, group.aboutOthers);
    out.push_back(result);
  }
}

Phrases::Phrases(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Phrases::Phrases(Phrases&&) noexcept = default;
Phrases::~Phrases() = default;

Phrases Phrases::load(const std::filesystem::path& file, const inference::SentencePiece& common) {
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    throw Problem(Problem::Kind::configuration, "the risk phrases can't be read", file.string());
  }
  std::ostringstream content;
  content << in.rdbuf();
  auto impl = std::make_unique<Impl>(common);
  try {
    const json::Value value = json::parse(content.str());
    impl->read(json::requireObject(value));
  } catch (const std::exception& fault) {
    throw Problem(Problem::Kind::configuration, std::string("the risk phrases: ") + fault.what(),
                  file.string());
  }
  return Phrases(std::move(impl));
}

std::vector<PhraseMatch> Phrases::find(const Document& document) const {
  std::vector<PhraseMatch> matches;
  for (std::uint32_t i = 0; i < document.sentences.size(); ++i) impl_->findIn(document, i, matches);
  return matches;
}

void PhraseFeatures::add(const PhraseMatch& match) {
  const auto level = static_cast<std::size_t>(match.level) - 1;
  const auto context = static_cast<std::size_t>(match.context);
  float& value = values[level * static_cast<std::size_t>(Context::count) + context];
  value = std::min(value + 1.0F, 2.0F);
}

void PhraseFeatures::add(const PhraseFeatures& other) {
  for (std::size_t i = 0; i < kCount; ++i) {
    values[i] = std::min(values[i] + other.values[i], i < kOther ? 2.0F : 1.0F);
  }
}

PhraseFeatures Phrases::features(const Document& document, std::span<const PhraseMatch> matches,
                                 std::uint32_t sentence) const {
  PhraseFeatures features;
  for (const PhraseMatch& match : matches) {
    if (match.sentence == sentence) features.add(match);
  }
  const Sentence& place = document.sentences[sentence];
  for (std::uint32_t i = place.firstToken; i < place.endToken; ++i) {
    const std::string& word = document.tokens[i].text;
    if (impl_->otherSubject.contains(word)) features.values[PhraseFeatures::kOther] = 1;
    if (impl_->joke.contains(word)) features.values[PhraseFeatures::kJoke] = 1;
    if (impl_->selfSubject.contains(word)) features.values[PhraseFeatures::kSelf] = 1;
  }
  return features;
}

}  // namespace attune::text
