// What a client is told about what they write, and what they are asked to agree to: the words of
// content/consent.json. Whether somebody agreed is kept in `trust`; here are only the words.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "companion/help.h"

namespace attune::companion {

// One question: may this source be used for this purpose?
struct ConsentItem {
  std::string source;   // "messages", "checkIns"
  std::string purpose;  // "care", "alerts", "research", "training"
  std::string title;
  std::string explanation;
  bool recommended = false;  // what the care team suggests; nothing is ever agreed to beforehand
};

struct ConsentText {
  std::string version;   // stored with every answer; changes whenever a word changes in meaning
  std::string language;  // the language these words are in
  std::vector<std::string> paragraphs;
  std::vector<ConsentItem> items;
};

class ConsentWords {
 public:
  // Throws Problem(configuration) as HelpBook::load does: also for an item named twice, an item or
  // paragraph missing in one language, a source or purpose of another name, research or training
  // that is recommended, and a text that promises secrecy.
  static ConsentWords load(const ContentFile& file);

  // language: a BCP 47 tag; one that is not there gives English.
  const ConsentText& in(std::string_view language) const;
  const std::string& version() const { return version_; }
  // Sorted.
  std::vector<std::string> languages() const;
  // True if the file asks about this source and purpose: the only ones that can be answered.
  bool asks(std::string_view source, std::string_view purpose) const;

 private:
  std::string version_;
  std::map<std::string, ConsentText, std::less<>> byLanguage_;
};

}  // namespace attune::companion
