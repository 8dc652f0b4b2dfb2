// Sealed words stay sealed, and whatever was changed is noticed.
#include "crypto/crypto.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "base/problem.h"

namespace attune::crypto {
namespace {

using base::Bytes;
using base::Problem;
using Kind = base::Problem::Kind;

class SeededRandom final : public base::Random {
 public:
  explicit SeededRandom(unsigned seed) : engine_(seed) {}
  void fill(std::span<unsigned char> out) override {
    for (unsigned char& byte : out) byte = static_cast<unsigned char>(engine_());
  }

 private:
  std::mt19937 engine_;
};

SecretKey keyOf(unsigned char byte) {
  return SecretKey::fromBytes(Bytes(SecretKey::kSize, byte));
}

bool opens(const SecretKey& key, std::string_view context, base::BytesView sealed) {
  try {
    open(key, context, sealed);
    return true;
  } catch (const Problem& told) {
    EXPECT_EQ(told.kind(), Kind::corrupt);
    return false;
  }
}

TEST(SecretKeys, have32BytesAndAreNotShared) {
  for (const std::size_t size : {0u, 31u, 33u, 64u}) {
    EXPECT_THROW(SecretKey::fromBytes(Bytes(size)), Problem) << size;
  }
  SeededRandom random(1);
  SecretKey key = SecretKey::random(random);
  const SecretKey same = key.clone();
  EXPECT_NE(same.bytes().data(), key.bytes().data());
  EXPECT_TRUE(equal(same.bytes(), key.bytes()));
  EXPECT_FALSE(equal(SecretKey::random(random).bytes(), key.bytes()));
  const SecretKey moved = std::move(key);
  EXPECT_TRUE(equal(same.bytes(), moved.bytes()));
}

// One byte of somebody's message lost at a block's border is a message that says something else.
TEST(Sealing, opensToWhatWentInAtEverySize) {
  SystemRandom random;
  SeededRandom content(2);
  const SecretKey key = SecretKey::random(random);
  std::vector<std::size_t> sizes = {1000, 4095, 4096, 65536, 1 << 20};
  for (std::size_t size = 0; size <= 130; ++size) sizes.push_back(size);
  for (const std::size_t size : sizes) {
    Bytes plain(size);
    content.fill(plain);
    if (size > 2) plain[size - 1] = size % 2 ? 0 : 0x80;  // what padding is made of
    const Bytes sealed = seal(key, "person|message|1", plain, random);
    EXPECT_EQ(sealed.size(), 24 + (size / 32 + 1) * 32 + 16);
    EXPECT_TRUE(open(key, "person|message|1", sealed) == plain) << size;
  }
}

// A thief of the disk must not tell "yes" from "help", nor two equal messages from two others.
TEST(Sealing, lengthSaysLittleAndEqualWordsLookDifferent) {
  SystemRandom random;
  const SecretKey key = keyOf(1);
  const Bytes yes = seal(key, "c", base::asBytes("yes"), random);
  const Bytes help = seal(key, "c", base::asBytes("please call me"), random);
  EXPECT_EQ(yes.size(), help.size());
  EXPECT_NE(yes, seal(key, "c", base::asBytes("yes"), random));
  EXPECT_EQ(base::asText(yes).find("yes"), std::string_view::npos);
}

TEST(Sealing, anyFlippedBitOrCutFails) {
  SystemRandom random;
  const SecretKey key = keyOf(1);
  const Bytes sealed = seal(key, "c", base::asBytes("I did not sleep again."), random);
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    Bytes changed = sealed;
    changed[bit / 8] ^= static_cast<unsigned char>(1u << (bit % 8));
    EXPECT_FALSE(opens(key, "c", changed)) << bit;
  }
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    EXPECT_FALSE(opens(key, "c", base::BytesView(sealed).first(size))) << size;
  }
  Bytes longer = sealed;
  longer.resize(longer.size() + 32);
  EXPECT_FALSE(opens(key, "c", longer));
}

// Moved into another person's row, a message must not open there.
TEST(Sealing, opensOnlyInItsPlaceAndWithItsKey) {
  SystemRandom random;
  const Bytes sealed = seal(keyOf(1), "ann|message|1", base::asBytes("words"), random);
  EXPECT_TRUE(opens(keyOf(1), "ann|message|1", sealed));
  for (const char* other :
       {"bob|message|1", "ann|message|2", "ann|message|1 ", "", "ann|message|"}) {
    EXPECT_FALSE(opens(keyOf(1), other, sealed)) << other;
  }
  EXPECT_FALSE(opens(keyOf(2), "ann|message|1", sealed));
}

// A recovery code must find its owner every time, and nobody else's.
TEST(BlindIndexes, areStableAndDependOnEverything) {
  const std::string index = blindIndex(keyOf(1), "login", "ann@example.org");
  EXPECT_EQ(index.size(), 32u);
  EXPECT_TRUE(base::fromHex(index).has_value());
  EXPECT_EQ(index, blindIndex(keyOf(1), "login", "ann@example.org"));
  // The same in every version (worked out with Python's hashlib): else nobody could sign in again.
  EXPECT_EQ(index, "abf3ef803758bcedda5aa94e6434c4bc");
  const std::set<std::string> all = {index,
                                     blindIndex(keyOf(2), "login", "ann@example.org"),
                                     blindIndex(keyOf(1), "code", "ann@example.org"),
                                     blindIndex(keyOf(1), "login", "ann@example.orh"),
                                     blindIndex(keyOf(1), "logi", "nann@example.org"),
                                     blindIndex(keyOf(1), "", "loginann@example.org"),
                                     blindIndex(keyOf(1), "login", "")};
  EXPECT_EQ(all.size(), 7u);
}

// The audit chain's links: two different entries must never have one digest.
TEST(Digests, partsDoNotRunIntoEachOther) {
  using base::asBytes;
  const std::set<Digest> all = {digest({asBytes("ab"), asBytes("c")}),
                                digest({asBytes("a"), asBytes("bc")}),
                                digest({asBytes("abc")}),
                                digest({asBytes("abc"), asBytes("")}),
                                digest({asBytes(""), asBytes("abc")}),
                                digest({}),
                                digest({asBytes("")})};
  EXPECT_EQ(all.size(), 7u);
  // The same in every version (worked out with Python's hashlib): else old entries look tampered.
  EXPECT_EQ(base::toHex(digest({asBytes("a"), asBytes("bc")})),
            "77bbcab7072b897c548327378f11776f4853104c71bdb95a12ded5d2783523bf");
}

// A checkpoint that somebody rewrote must not verify.
TEST(Signatures, verifyOnlyWhatWasSigned) {
  const Signer signer(keyOf(1)), again(keyOf(1)), other(keyOf(2));
  EXPECT_EQ(signer.publicKey, again.publicKey);
  const Bytes message = {1, 2, 3, 4, 5};
  const Bytes signature = signer.sign(message);
  ASSERT_EQ(signature.size(), 64u);
  EXPECT_TRUE(verify(again.publicKey, message, signature));
  EXPECT_FALSE(verify(other.publicKey, message, signature));
  for (std::size_t bit = 0; bit < signature.size() * 8; ++bit) {
    Bytes changed = signature;
    changed[bit / 8] ^= static_cast<unsigned char>(1u << (bit % 8));
    EXPECT_FALSE(verify(signer.publicKey, message, changed)) << bit;
  }
  for (std::size_t bit = 0; bit < message.size() * 8; ++bit) {
    Bytes changed = message;
    changed[bit / 8] ^= static_cast<unsigned char>(1u << (bit % 8));
    EXPECT_FALSE(verify(signer.publicKey, changed, signature)) << bit;
  }
  EXPECT_FALSE(verify(signer.publicKey, message, {}));
  EXPECT_FALSE(verify(signer.publicKey, message, base::BytesView(signature).first(63)));
  EXPECT_TRUE(verify(signer.publicKey, {}, signer.sign({})));
}

TEST(Comparison, isOfLengthAndBytes) {
  const Bytes a = {1, 2, 3}, b = {1, 2, 4}, c = {1, 2};
  EXPECT_TRUE(equal(a, Bytes(a)));
  EXPECT_FALSE(equal(a, b));
  EXPECT_FALSE(equal(a, c));
  EXPECT_TRUE(equal({}, {}));
}

TEST(Passwords, verifyOnlyThemselves) {
  const std::string hash = hashPassword("correct horse", Cost::test);
  EXPECT_EQ(hash.rfind("$argon2id$v=19$m=8192,t=1,p=1$", 0), 0u) << hash;
  EXPECT_TRUE(verifyPassword(hash, "correct horse"));
  for (const char* wrong : {"correct hors", "correct horse ", "Correct horse", ""}) {
    EXPECT_FALSE(verifyPassword(hash, wrong)) << wrong;
  }
  EXPECT_NE(hash, hashPassword("correct horse", Cost::test)) << "a salt of its own";
  EXPECT_FALSE(verifyPassword(hash, std::string_view()));
  EXPECT_TRUE(verifyPassword(hashPassword({}, Cost::test), ""));
  const std::string withNul("a\0b", 3);
  EXPECT_FALSE(verifyPassword(hashPassword(withNul, Cost::test), "a"));
  for (const char* bad : {"", "$argon2id$", "correct horse", "$argon2id$v=19$m=8192,t=1,p=1$$"}) {
    EXPECT_FALSE(verifyPassword(bad, "correct horse")) << bad;
  }
}

// The cost that stands between a stolen database and the passwords in it.
TEST(Passwords, realCostIsWhatIsAdvised) {
  const std::string hash = hashPassword("a");
  EXPECT_EQ(hash.rfind("$argon2id$v=19$m=65536,t=3,p=1$", 0), 0u) << hash;
  EXPECT_TRUE(verifyPassword(hash, "a"));
}

TEST(Randomness, doesNotRepeat) {
  SystemRandom random;
  std::set<Bytes> seen;
  for (int i = 0; i < 1000; ++i) {
    Bytes bytes(16);
    random.fill(bytes);
    EXPECT_TRUE(seen.insert(bytes).second);
  }
  random.fill({});
}

TEST(Wiping, leavesZeros) {
  Bytes secret(40, 9);
  wipe(secret);
  EXPECT_EQ(secret, Bytes(40, 0));
  wipe({});
}

}  // namespace
}  // namespace attune::crypto
