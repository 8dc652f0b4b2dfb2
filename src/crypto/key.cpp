#include <sodium.h>

#include <algorithm>

#include "base/problem.h"
#include "crypto/crypto.h"
#include "crypto/ready.h"

namespace attune::crypto {

using base::Problem;

void SecretKey::Free::operator()(unsigned char* memory) const noexcept {
  sodium_free(memory);
}

SecretKey::SecretKey() {
  ready();
  memory_.reset(static_cast<unsigned char*>(sodium_malloc(kSize)));
  if (!memory_) {
    throw Problem(Problem::Kind::unavailable,
                  "there is not enough memory to hold a key just now: try again later");
  }
}

SecretKey SecretKey::random(base::Random& random) {
  SecretKey key;
  random.fill({key.memory_.get(), kSize});
  return key;
}

SecretKey SecretKey::fromBytes(base::BytesView bytes) {
  if (bytes.size() != kSize) {
    throw Problem(Problem::Kind::corrupt,
                  "a key has 32 bytes, and this has " + std::to_string(bytes.size()));
  }
  SecretKey key;
  std::copy(bytes.begin(), bytes.end(), key.memory_.get());
  return key;
}

SecretKey SecretKey::clone() const {
  return fromBytes(bytes());
}

base::BytesView SecretKey::bytes() const {
  if (!memory_) throw Problem(Problem::Kind::internal, "a key was used after it was moved away");
  return {memory_.get(), kSize};
}

SystemRandom::SystemRandom() {
  ready();
}

void SystemRandom::fill(std::span<unsigned char> out) {
  if (!out.empty()) randombytes_buf(out.data(), out.size());  // wants a pointer even for nothing
}

}  // namespace attune::crypto
