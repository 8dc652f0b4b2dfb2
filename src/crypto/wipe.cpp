#include <sodium.h>

#include "crypto/crypto.h"

namespace attune::crypto {

void wipe(std::span<unsigned char> secret) noexcept {
  sodium_memzero(secret.data(), secret.size());
}

}  // namespace attune::crypto
