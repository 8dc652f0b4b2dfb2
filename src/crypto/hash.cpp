#include <sodium.h>

#include <cerrno>

#include "base/problem.h"
#include "crypto/crypto.h"
#include "crypto/ready.h"

namespace attune::crypto {

namespace {

void addPart(crypto_generichash_state& state, base::BytesView part) {
  const auto length = lengthBytes(part.size());
  crypto_generichash_update(&state, length.data(), length.size());
  crypto_generichash_update(&state, part.data(), part.size());
}

}  // namespace

std::string blindIndex(const SecretKey& key, std::string_view context, std::string_view value) {
  std::array<unsigned char, 16> out{};
  crypto_generichash_state state;
  crypto_generichash_init(&state, key.bytes().data(), SecretKey::kSize, out.size());
  addPart(state, base::asBytes(context));
  addPart(state, base::asBytes(value));
  crypto_generichash_final(&state, out.data(), out.size());
  sodium_memzero(&state, sizeof state);
  return base::toHex(out);
}

Digest digest(std::initializer_list<base::BytesView> parts) {
  ready();
  Digest out{};
  crypto_generichash_state state;
  crypto_generichash_init(&state, nullptr, 0, out.size());
  for (const base::BytesView part : parts) addPart(state, part);
  crypto_generichash_final(&state, out.data(), out.size());
  return out;
}

bool equal(base::BytesView a, base::BytesView b) {
  if (a.size() != b.size()) return false;
  return a.empty() || sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

namespace {

// libsodium wants a pointer even for an empty password.
const char* passwordBytes(std::string_view password) {
  return password.empty() ? "" : password.data();
}

}  // namespace

std::string hashPassword(std::string_view password, Cost cost) {
  ready();
  const bool full = cost == Cost::interactive;
  const unsigned long long passes = full ? 3 : 1;
  const std::size_t memory = (full ? std::size_t{64} : std::size_t{8}) << 20;
  std::array<char, crypto_pwhash_STRBYTES> out{};
  if (crypto_pwhash_str_alg(out.data(), passwordBytes(password), password.size(), passes, memory,
                            crypto_pwhash_ALG_ARGON2ID13) != 0) {
    throw base::Problem(base::Problem::Kind::unavailable,
                        "there is not enough memory to check a password just now: try again later");
  }
  return out.data();
}

bool verifyPassword(std::string_view hash, std::string_view password) {
  ready();
  const std::string text(hash);  // libsodium wants a NUL at its end
  errno = 0;
  if (crypto_pwhash_str_verify(text.c_str(), passwordBytes(password), password.size()) == 0)
    return true;
  // Telling somebody that their password is wrong when the machine is short of memory is a lie.
  if (errno == ENOMEM) {
    throw base::Problem(base::Problem::Kind::unavailable,
                        "there is not enough memory to check a password just now: try again later");
  }
  return false;
}

Signer::Signer(const SecretKey& seed) : publicKey{}, seed_(seed.clone()) {
  std::array<unsigned char, crypto_sign_SECRETKEYBYTES> secret{};
  const WipeAtEnd wipe(secret.data(), secret.size());
  crypto_sign_seed_keypair(publicKey.data(), secret.data(), seed_.bytes().data());
}

base::Bytes Signer::sign(base::BytesView message) const {
  std::array<unsigned char, crypto_sign_SECRETKEYBYTES> secret{};
  const WipeAtEnd wipe(secret.data(), secret.size());
  std::array<unsigned char, crypto_sign_PUBLICKEYBYTES> again{};
  crypto_sign_seed_keypair(again.data(), secret.data(), seed_.bytes().data());
  base::Bytes signature(crypto_sign_BYTES);
  crypto_sign_detached(signature.data(), nullptr, message.data(), message.size(), secret.data());
  return signature;
}

bool verify(std::span<const unsigned char, 32> publicKey, base::BytesView message,
            base::BytesView signature) {
  ready();
  return signature.size() == crypto_sign_BYTES &&
         crypto_sign_verify_detached(signature.data(), message.data(), message.size(),
                                     publicKey.data()) == 0;
}

}  // namespace attune::crypto
