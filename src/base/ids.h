// Randomness and the identifiers made from it.
#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <string>

#include "base/bytes.h"

namespace attune::base {

// Where random bytes come from. Handed in, so that a test or the demonstration can be repeated.
class Random {
 public:
  virtual ~Random() = default;
  // Fills `out`. Safe to call from several threads.
  virtual void fill(std::span<unsigned char> out) = 0;
};

// A 128-bit random identifier, 26 characters of base 32. It says nothing about whom it names, nor
// when it was made, so it may stand unsealed in an index. Tag keeps persons and accounts apart.
template <class Tag>
struct Id {
  std::string value;

  bool empty() const { return value.empty(); }
  friend auto operator<=>(const Id&, const Id&) = default;  // NOLINT(modernize-use-nullptr)
};

using PersonId = Id<struct PersonTag>;      // somebody whose record this is
using AccountId = Id<struct AccountTag>;    // somebody who can sign in
using ResourceId = Id<struct ResourceTag>;  // a FHIR resource in somebody's record

std::string newIdText(Random& random);

template <class AnId>
AnId newId(Random& random) {
  return AnId{newIdText(random)};
}

// True for text that newIdText could have made: 26 characters of the base-32 alphabet.
bool isIdText(std::string_view text);

}  // namespace attune::base
