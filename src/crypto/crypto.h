// Keys and sealing, on libsodium. Nothing here knows what is sealed, or for whom.
//
//   MasterKey master = MasterKey::load(path);
//   SecretKey wrapping = master.derive("wrap");
//   Bytes sealed = seal(key, "person|resource|3", asBytes(text), random);
//   Bytes text = open(key, "person|resource|3", sealed);      // Problem(corrupt) if tampered with
#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/ids.h"

namespace attune::crypto {

// 32 secret bytes in locked memory that is left out of core dumps and wiped when freed
// (sodium_malloc). Movable, not copyable; clone() is explicit.
class SecretKey {
 public:
  static constexpr std::size_t kSize = 32;

  static SecretKey random(base::Random& random);
  // Throws Problem(corrupt) unless there are exactly 32 bytes.
  static SecretKey fromBytes(base::BytesView bytes);
  SecretKey clone() const;

  base::BytesView bytes() const;  // valid as long as the key

 private:
  struct Free {
    void operator()(unsigned char* memory) const noexcept;
  };
  SecretKey();
  std::unique_ptr<unsigned char, Free> memory_;
};

// XChaCha20-Poly1305 (IETF), random 24-byte nonce in front. Text is padded to a multiple of 32
// bytes (ISO/IEC 7816-4, sodium_pad), so that a length says little. `context` is authenticated, not
// stored: open() needs the same one, which is what stops a row from being moved elsewhere.
base::Bytes seal(const SecretKey& key, std::string_view context, base::BytesView plain,
                 base::Random& random);
// Throws Problem(corrupt) if the bytes, the context or the key are not those of seal().
base::Bytes open(const SecretKey& key, std::string_view context, base::BytesView sealed);

// Keyed BLAKE2b, 16 bytes as 32 hexadecimal digits: equal input, equal index, and no way back
// without the key. For looking up a code or a login name that is stored only sealed.
std::string blindIndex(const SecretKey& key, std::string_view context, std::string_view value);

// BLAKE2b-256 of the parts, each preceded by its length, so that parts can't run into each other.
using Digest = std::array<unsigned char, 32>;
Digest digest(std::initializer_list<base::BytesView> parts);

// Ed25519. The key pair is derived from a seed key, so only the seed has to be kept.
struct Signer {
  explicit Signer(const SecretKey& seed);
  base::Bytes sign(base::BytesView message) const;  // 64 bytes
  std::array<unsigned char, 32> publicKey;

 private:
  SecretKey seed_;
};
bool verify(std::span<const unsigned char, 32> publicKey, base::BytesView message,
            base::BytesView signature);

// Overwrites secret bytes so that the compiler can't leave it out.
void wipe(std::span<unsigned char> secret) noexcept;

// Constant-time comparison; false for different lengths.
bool equal(base::BytesView a, base::BytesView b);

// Argon2id in its PHC text form. Cost as OWASP and RFC 9106 advise for a server (t=3, 64 MiB,
// about 60 ms); `Cost::test` (t=1, 8 MiB) is for tests only.
enum class Cost { interactive, test };
std::string hashPassword(std::string_view password, Cost cost = Cost::interactive);
bool verifyPassword(std::string_view hash, std::string_view password);

// libsodium's random generator (getrandom).
class SystemRandom final : public base::Random {
 public:
  SystemRandom();
  void fill(std::span<unsigned char> out) override;
};

// The key that wraps all others. It is never in the database.
class MasterKey {
 public:
  // Reads 64 hexadecimal digits (a line end may follow). Throws Problem(configuration), saying what
  // to do: missing file; a file or symlink target that group or others can read (mode must be 0600
  // or stricter) or that belongs to somebody else; wrong length or digits.
  static MasterKey load(const std::filesystem::path& file);
  // $CREDENTIALS_DIRECTORY/NAME as systemd passes it (LoadCredential=); absent if there is none.
  static std::optional<MasterKey> loadCredential(const std::string& name);
  // Makes a new random key file (mode 0600, O_EXCL, fsync). Throws Problem if one is there.
  static void create(const std::filesystem::path& file, base::Random& random);
  static MasterKey fromKey(SecretKey key) { return MasterKey(std::move(key)); }

  // A key for one use, e.g. "wrap", "index", "audit", "backup" (keyed BLAKE2b of the word).
  SecretKey derive(std::string_view use) const;

 private:
  explicit MasterKey(SecretKey key) : key_(std::move(key)) {}
  SecretKey key_;
};

// Encrypts a file to a file in chunks (secretstream XChaCha20-Poly1305): backups. Throws
// Problem(storage|corrupt); a cut-off or changed file does not decrypt, and leaves no output
// behind.
void sealFile(const SecretKey& key, const std::filesystem::path& from,
              const std::filesystem::path& to);
void openFile(const SecretKey& key, const std::filesystem::path& from,
              const std::filesystem::path& to);

}  // namespace attune::crypto
