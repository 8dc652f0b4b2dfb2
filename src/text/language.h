// Which language a text is in, from its script and its commonest words.
#pragma once

#include <string>

#include "inference/sentence_piece.h"
#include "text/words.h"

namespace attune::text {

struct Language {
  std::string code;      // ISO 639-1, or "und"
  bool english = false;  // may be read by the English model
};

// In doubt about a text in Latin letters: English. `common` knows common English words.
Language languageOf(const Document& document, const inference::SentencePiece& common);

}  // namespace attune::text
