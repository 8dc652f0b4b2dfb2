// Time, ids, bytes and problems: what a person would lose is said at each test.
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/json.h"
#include "base/log.h"
#include "base/time.h"

namespace attune::base {
namespace {

class SeededRandom final : public Random {
 public:
  void fill(std::span<unsigned char> out) override {
    for (unsigned char& b : out) b = static_cast<unsigned char>(engine_());
  }

 private:
  std::mt19937 engine_{7};
};

// A check-in dated to the wrong day would move somebody's worst night.
TEST(Time, formatAndParseAreInverse) {
  std::mt19937_64 engine(1);
  std::uniform_int_distribution<std::int64_t> millis(0, 4'102'444'800'000);
  for (int i = 0; i < 2000; ++i) {
    const Instant instant = fromMillis(millis(engine));
    EXPECT_EQ(parseInstant(formatInstant(instant)), instant);
  }
}

TEST(Time, readsOffsetsAndRefusesDaysThatDoNotExist) {
  EXPECT_EQ(parseInstant("2026-11-21T23:30:00+02:00"), parseInstant("2026-11-21T21:30:00Z"));
  EXPECT_EQ(formatInstant(*parseInstant("2016-12-31T23:59:60Z")), "2016-12-31T23:59:59.999Z");
  for (const char* bad : {"2023-02-30T10:00:00Z", "2023-13-01T10:00:00Z", "2023-01-01T24:00:00Z",
                          "2023-01-01", "2023-01-01T10:00:00", "2023-01-01T10:00:00.Z",
                          "2023-01-01T10:00:00Zx", "", "2023-01-01T10:00:00+99:00"}) {
    EXPECT_FALSE(parseInstant(bad)) << bad;
  }
}

TEST(Bytes, textFormsAreInverse) {
  SeededRandom random;
  for (std::size_t size = 0; size < 40; ++size) {
    Bytes bytes(size);
    random.fill(bytes);
    EXPECT_EQ(fromHex(toHex(bytes)), bytes);
    EXPECT_EQ(fromBase32(toBase32(bytes)), bytes);
  }
}

// Somebody reads a recovery code off paper: capitals, dashes, O for 0 must still let them in.
TEST(Bytes, base32ForgivesHowPeopleCopyCodes) {
  EXPECT_EQ(fromBase32("01-AB cd"), fromBase32("OlABCD"));
  EXPECT_FALSE(fromBase32("ab!d"));
}

TEST(Bytes, utf8IsCheckedAndRepaired) {
  EXPECT_TRUE(isUtf8("héllo 🌧"));
  for (const char* bad : {"\xC0\xAF", "\xED\xA0\x80", "\xF5\x80\x80\x80", "a\xFF", "\xE2\x82"}) {
    EXPECT_FALSE(isUtf8(bad));
    EXPECT_TRUE(isUtf8(toValidUtf8(bad)));
  }
  EXPECT_EQ(toValidUtf8("a\xE2\x82z"), "a\xEF\xBF\xBDz");
}

TEST(Ids, areDistinctAndRecognised) {
  SeededRandom random;
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const auto id = newId<PersonId>(random);
    EXPECT_TRUE(isIdText(id.value));
    EXPECT_TRUE(seen.insert(id.value).second);
  }
  EXPECT_FALSE(isIdText("../../etc/passwd"));
}

// A dose or a score that changes its last digit on the way through is a different one.
TEST(Json, doublesSurviveExactly) {
  std::mt19937_64 engine(3);
  for (int i = 0; i < 20000; ++i) {
    double number = 0;
    const std::uint64_t bits = engine();
    std::memcpy(&number, &bits, sizeof number);
    if (!std::isfinite(number)) continue;
    const std::string text = json::write(json::Value(number));
    const json::Value back = json::parse(text);
    EXPECT_EQ(back.to_number<double>(), number) << text;
  }
  EXPECT_EQ(json::write(json::Value(1.5)), "1.5");
}

TEST(Json, namesTheFault) {
  for (const char* bad : {"{\"a\":}", "{} x", "[1,", "{\"a\":\"\xFF\"}", ""}) {
    EXPECT_THROW(json::parse(bad), Problem) << bad;
  }
  EXPECT_THROW(json::parse(std::string(100, '[') + std::string(100, ']')), Problem);
  try {
    json::parse("{\"a\":tru}");
    FAIL();
  } catch (const Problem& problem) {
    EXPECT_NE(problem.detail().find("at byte"), std::string::npos);
  }
}

TEST(Json, roundTripsText) {
  const std::string text = R"({"a":[1,-2,3.25,true,null,"q\"\\\n\u0001é"],"b":{}})";
  EXPECT_EQ(json::write(json::parse(text)), text);
}

TEST(Log, writesOneJsonObjectALine) {
  ManualClock clock(*parseInstant("2026-01-02T03:04:05Z"));
  std::string line;
  Log log(clock, [&](std::string_view text) { line = text; });
  log.warn("disk nearly full", {{"freeBytes", 12}, {"path", "a\nb"}});
  EXPECT_EQ(line, R"({"time":"2026-01-02T03:04:05.000Z","level":"warn","event":"disk nearly full",)"
                  R"("freeBytes":12,"path":"a\nb"})");
}

}  // namespace
}  // namespace attune::base
