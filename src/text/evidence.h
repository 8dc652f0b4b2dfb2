// Which words carried a claim: leave each sentence out and read again; then, in the sentence that
// weighs most for a risk, each phrase and word.
#pragma once

#include <vector>

#include "text/claims.h"
#include "text/reader.h"

namespace attune::text {

struct EvidenceWanted {
  bool risk = false;
  bool stress = false;
  std::vector<std::size_t> emotions;  // by number
};

// Strongest first; offsets are bytes of the text as given.
std::vector<Evidence> evidenceFor(const EvidenceWanted& wanted, const Document& document,
                                  const TextFeatures& features, const Claims& claims,
                                  const Claimant& claimant, const Heads& heads,
                                  const inference::Encoder& encoder, const Phrases& phrases);

}  // namespace attune::text
