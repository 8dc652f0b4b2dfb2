#include <sodium.h>

#include <algorithm>

#include "base/problem.h"
#include "crypto/crypto.h"
#include "crypto/ready.h"

namespace attune::crypto {

using base::Problem;

namespace {

constexpr std::size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTag = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t kBlock = 32;

[[noreturn]] void notAsSealed() {
  throw Problem(Problem::Kind::corrupt,
                "sealed data does not open: it was changed, moved, or sealed with another key");
}

}  // namespace

base::Bytes seal(const SecretKey& key, std::string_view context, base::BytesView plain,
                 base::Random& random) {
  const std::size_t padded = (plain.size() / kBlock + 1) * kBlock;
  base::Bytes out(kNonce + padded + kTag);
  random.fill({out.data(), kNonce});
  unsigned char* const body = out.data() + kNonce;
  std::copy(plain.begin(), plain.end(), body);
  std::size_t length = 0;
  if (sodium_pad(&length, body, plain.size(), kBlock, padded) != 0 || length != padded) {
    throw Problem(Problem::Kind::internal, "padding failed");
  }
  // In place: the words are never copied anywhere that has to be wiped afterwards.
  crypto_aead_xchacha20poly1305_ietf_encrypt(
      body, nullptr, body, padded, reinterpret_cast<const unsigned char*>(context.data()),
      context.size(), nullptr, out.data(), key.bytes().data());
  return out;
}

base::Bytes open(const SecretKey& key, std::string_view context, base::BytesView sealed) {
  if (sealed.size() < kNonce + kBlock + kTag || (sealed.size() - kNonce - kTag) % kBlock != 0) {
    notAsSealed();
  }
  base::Bytes plain(sealed.size() - kNonce - kTag);
  std::size_t length = 0;
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          plain.data(), nullptr, nullptr, sealed.data() + kNonce, sealed.size() - kNonce,
          reinterpret_cast<const unsigned char*>(context.data()), context.size(), sealed.data(),
          key.bytes().data()) != 0 ||
      sodium_unpad(&length, plain.data(), plain.size(), kBlock) != 0) {
    notAsSealed();
  }
  plain.resize(length);
  return plain;
}

}  // namespace attune::crypto
