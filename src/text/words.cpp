#include "text/words.h"

#include <unicode/uchar.h>

#include <algorithm>

namespace attune::text {
namespace {

constexpr std::uint32_t kLongSentence = 40;  // words after which one is cut even without a stop

struct Character {
  UChar32 code = 0;
  std::uint32_t start = 0;
  std::uint32_t end = 0;
};

Character at(std::string_view text, std::size_t i) {
  const auto [code, next] = codePointAt(text, i);
  return {code, static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(next)};
}

bool isLetter(UChar32 c) {
  if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return u_isalpha(c) != 0 || (u_charType(c) == U_NON_SPACING_MARK);
}

bool isDigit(UChar32 c) {
  return c < 0x80 ? (c >= '0' && c <= '9') : u_isdigit(c) != 0;
}

// Letters that people put signs for to slip past filters: k*ll, su!cide, @lone.
bool isMask(UChar32 c) {
  return c == '*' || c == '@' || c == '$' || c == '!' || c == '#';
}

// A letter in lower case, full-width and styled forms made plain.
UChar32 folded(UChar32 c) {
  if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + 32 : c;
  if (c >= 0xFF01 && c <= 0xFF5E) return folded(c - 0xFEE0);
  if (c >= 0x1D400 && c <= 0x1D6A3) {  // mathematical letters, thirteen alphabets of 52
    const UChar32 n = (c - 0x1D400) % 52;
    return 'a' + n % 26;
  }
  return u_tolower(c);
}

bool opensClause(UChar32 c) {
  return c == ',' || c == ';' || c == ':' || c == '(' || c == ')' || c == '-' || c == 0x2013 ||
         c == 0x2014 || c == '"' || c == '.' || c == '!' || c == '?' || c == '/' || c == 0x2026;
}

bool isConjunction(const std::string& word) {
  return word == "but" || word == "because" || word == "so" || word == "then" || word == "and" ||
         word == "although" || word == "though" || word == "while";
}

class Cutter {
 public:
  explicit Cutter(Document& document) : document_(document), text_(document.clean.text) {}

  void run() {
    std::size_t i = 0;
    while (i < text_.size()) {
      const Character c = at(text_, i);
      if (isLetter(c.code) || isDigit(c.code) ||
          (isMask(c.code) && c.code != '!' && c.end < text_.size() &&
           isLetter(at(text_, c.end).code))) {
        i = word(i);
        continue;
      }
      sign(c);
      i = c.end;
    }
    endSentence(static_cast<std::uint32_t>(text_.size()));
  }

 private:
  std::size_t word(std::size_t start) {
    Token token;
    token.start = static_cast<std::uint32_t>(start);
    bool letters = false;
    std::size_t i = start;
    while (i < text_.size()) {
      const Character c = at(text_, i);
      if (isLetter(c.code) || isDigit(c.code)) {
        letters = letters || isLetter(c.code);
        appendUtf8(token.text, folded(c.code));
      } else if (c.code == '\'' || isMask(c.code)) {
        // Inside a word only: "don't", "k*ll", not the sign behind one.
        if (c.end >= text_.size() || !continues(c.end)) break;
        if (c.code != '\'') appendUtf8(token.text, c.code);
      } else {
        break;
      }
      i = c.end;
    }
    token.end = static_cast<std::uint32_t>(i);
    token.word = true;
    const bool tooLong =
        sentenceWords_ >= kLongSentence && (clause_ || sentenceWords_ >= 2 * kLongSentence);
    if (tooLong || (sentenceWords_ >= kLongSentence / 2 && isConjunction(token.text))) {
      endSentence(token.start);
    }
    token.quoted = quoted_;
    token.clauseStart = clause_ || sentenceWords_ == 0;
    token.hash = hashOf(token.text);
    clause_ = false;
    ++sentenceWords_;
    if (letters) ++document_.words;
    document_.tokens.push_back(std::move(token));
    return i;
  }

  bool continues(std::size_t i) const {
    const Character next = at(text_, i);
    return isLetter(next.code) || isDigit(next.code) ||
           (isMask(next.code) && next.code != '!' && next.end < text_.size() &&
            isLetter(at(text_, next.end).code));
  }

  void sign(const Character& c) {
    if (c.code == ' ') return;
    if (c.code == '\n') {
      quoted_ = false;
      endSentence(c.start);
      return;
    }
    if (c.code == '"') quoted_ = !quoted_;
    if (opensClause(c.code)) clause_ = true;
    const bool told = c.code == '!' || c.code == '?' || u_hasBinaryProperty(c.code, UCHAR_EMOJI);
    if (told && !isDigit(c.code)) {
      Token token;
      appendUtf8(token.text, c.code);
      token.start = c.start;
      token.end = c.end;
      token.hash = hashOf(token.text);
      document_.tokens.push_back(std::move(token));
    }
    const bool stop = c.code == '.' || c.code == '!' || c.code == '?' || c.code == 0x2026 ||
                      c.code == 0x3002 || c.code == 0x061F;
    if (stop && (c.end >= text_.size() || text_[c.end] == ' ' || text_[c.end] == '"')) {
      endSentence(c.end);
    }
  }

  void endSentence(std::uint32_t end) {
    const auto tokens = static_cast<std::uint32_t>(document_.tokens.size());
    // Signs alone ("?!") belong to the sentence before them.
    if (sentenceWords_ == 0 && !document_.sentences.empty()) {
      document_.sentences.back().end = end;
      document_.sentences.back().endToken = tokens;
    } else if (tokens > firstToken_) {
      std::uint32_t start = sentenceStart_;
      while (start < end && (text_[start] == ' ' || text_[start] == '\n')) ++start;
      document_.sentences.push_back({start, end, firstToken_, tokens, sentenceWords_});
    } else {
      sentenceStart_ = document_.sentences.empty() ? sentenceStart_ : end;
      clause_ = true;
      return;
    }
    sentenceStart_ = end;
    firstToken_ = tokens;
    sentenceWords_ = 0;
    clause_ = true;
  }

  Document& document_;
  std::string_view text_;
  std::uint32_t sentenceStart_ = 0;
  std::uint32_t firstToken_ = 0;
  std::uint32_t sentenceWords_ = 0;
  bool clause_ = true;
  bool quoted_ = false;
};

}  // namespace

std::uint64_t hashOf(std::string_view bytes) {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const char byte : bytes) {
    hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001B3U;
  }
  return hash;
}

std::uint64_t hashOf(std::uint64_t first, std::uint64_t second) {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const std::uint64_t part : {first, second}) {
    for (int shift = 0; shift < 64; shift += 8) {
      hash = (hash ^ ((part >> shift) & 0xFF)) * 0x100000001B3U;
    }
  }
  return hash;
}

Document cut(std::string_view given) {
  Document document;
  document.clean = clean(given);
  Cutter(document).run();
  return document;
}

}  // namespace attune::text
