#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <numeric>
#include <sstream>
#include <thread>

#include "base/json.h"
#include "base/problem.h"
#include "inference/encoder.h"

namespace attune::inference {
namespace {

using base::Problem;
namespace json = base::json;

const std::filesystem::path kModels =
    std::filesystem::path(ATTUNE_BINARY_DIR) / "share/attune/models";
const std::filesystem::path kExact =
    std::filesystem::path(ATTUNE_BINARY_DIR) / "encoder-exact.onnx";

json::Value reference() {
  std::ifstream in(std::filesystem::path(ATTUNE_SOURCE_DIR) / "tests/data/encoder_reference.json");
  std::ostringstream content;
  content << in.rdbuf();
  return json::parse(content.str());
}

double cosine(std::span<const float> a, std::span<const float> b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

std::vector<std::int32_t> idsOf(const std::vector<Piece>& pieces) {
  std::vector<std::int32_t> ids;
  for (const Piece& piece : pieces) ids.push_back(piece.id);
  return ids;
}

// If this fails, words are cut otherwise than the encoder learned them, and every reading is noise.
TEST(SentencePiece, CutsAsThePublishedReaderDoes) {
  const SentencePiece pieces = SentencePiece::load(kModels / "vocabulary.tsv");
  const json::Value file = reference();
  for (const json::Value& row : file.at("rows").as_array()) {
    std::vector<std::int32_t> expected;
    for (const json::Value& id : row.at("ids").as_array()) {
      expected.push_back(id.to_number<std::int32_t>());
    }
    EXPECT_EQ(idsOf(pieces.encode(std::string(row.at("text").as_string()))), expected);
  }
}

// If this fails, a clinician sees the wrong words marked: pieces must cover the text they came
// from, in order, also where normalising changed its length.
TEST(SentencePiece, PiecesLieWhereTheirTextLies) {
  const SentencePiece pieces = SentencePiece::load(kModels / "vocabulary.tsv");
  for (const std::string text :
       {"I can't sleep", "the \xEF\xAC\x81ne caf\xC3\xA9", "\xF0\x9F\x98\x80 ok",
        "a\xCC\x81nd \xE2\x85\xA3", "bad \xFF\xFE bytes", "\xF0\x9F"}) {
    std::size_t last = 0;
    for (const Piece& piece : pieces.encode(text)) {
      EXPECT_LE(piece.start, piece.end) << text;
      EXPECT_LE(piece.end, text.size()) << text;
      EXPECT_GE(piece.end, last) << text;
      last = piece.end;
    }
    EXPECT_EQ(last, text.size()) << text;
  }
  EXPECT_TRUE(pieces.encode("").empty());
  EXPECT_TRUE(pieces.isCommonWord("sleep"));
  EXPECT_FALSE(pieces.isCommonWord("slepe"));
}

// If this fails, the network we run is not the one that was published.
TEST(Encoder, ExactFormGivesThePublishedVectors) {
  const Encoder encoder = Encoder::loadExact(kModels, kExact);
  const json::Value file = reference();
  std::vector<std::string> texts;
  for (const json::Value& row : file.at("rows").as_array()) {
    texts.emplace_back(row.at("text").as_string());
  }
  // All in one call: neighbours in a batch must not leak into each other.
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  const std::vector<float> vectors = encoder.encode(views);
  for (std::size_t r = 0; r < texts.size(); ++r) {
    const json::Array& expected = file.at("rows").as_array()[r].at("embedding").as_array();
    for (std::size_t i = 0; i < Encoder::kWidth; ++i) {
      ASSERT_NEAR(vectors[r * Encoder::kWidth + i], expected[i].to_number<double>(), 1e-5)
          << texts[r];
    }
  }
}

// If this fails, the quick form has drifted from the exact one, and readings with it.
TEST(Encoder, QuickFormStaysCloseAndAlone) {
  const Encoder quick = Encoder::load(kModels);
  const Encoder exact = Encoder::loadExact(kModels, kExact);
  const std::vector<std::string_view> texts{"My sister called and it helped.", "ok",
                                            "I lay awake and counted the hours until morning."};
  const std::vector<float> together = quick.encode(texts);
  const std::vector<float> precise = exact.encode(texts);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto row = std::span(together).subspan(i * Encoder::kWidth, Encoder::kWidth);
    EXPECT_GT(cosine(row, std::span(precise).subspan(i * Encoder::kWidth, Encoder::kWidth)), 0.997);
    EXPECT_NEAR(cosine(row, row), 1.0, 1e-4);
    const std::vector<float> alone = quick.encode(std::vector{texts[i]});
    EXPECT_TRUE(std::equal(alone.begin(), alone.end(), row.begin()));
  }
}

// If this fails, two clients whose messages come at once may get each other's readings.
TEST(Encoder, GivesTheSameFromManyThreads) {
  const Encoder encoder = Encoder::load(kModels);
  const std::vector<std::string_view> text{"The rain kept us inside all day."};
  const std::vector<float> expected = encoder.encode(text);
  std::vector<int> same(4, 0);
  {
    std::vector<std::jthread> threads;
    for (int& count : same) {
      threads.emplace_back([&] {
        for (int i = 0; i < 10; ++i) count += encoder.encode(text) == expected ? 1 : 0;
      });
    }
  }
  EXPECT_EQ(same, std::vector<int>(4, 10));
}

// If this fails, an operator with a missing or damaged file gets a crash instead of its name.
TEST(Session, NamesTheFileThatIsWrong) {
  const std::filesystem::path damaged = std::filesystem::path(testing::TempDir()) / "damaged.onnx";
  std::ofstream(damaged) << "this is no model";
  const auto whereOf = [](const std::filesystem::path& library,
                          const std::filesystem::path& model) {
    try {
      Session::load(library, model);
    } catch (const Problem& problem) {
      EXPECT_EQ(problem.kind(), Problem::Kind::configuration);
      return problem.where();
    }
    return std::string();
  };
  EXPECT_EQ(whereOf(kModels / "libonnxruntime.so", damaged), damaged.string());
  EXPECT_EQ(whereOf(kModels / "libonnxruntime.so", "absent.onnx"), "absent.onnx");
  EXPECT_EQ(whereOf("absent.so", kModels / "encoder.onnx"), "absent.so");
  EXPECT_EQ(whereOf("libc.so.6", kModels / "encoder.onnx"), "libc.so.6");
  EXPECT_THROW(SentencePiece::load(damaged), Problem);
}

// If this fails, a fault in a caller becomes a crash of the server instead of one failed request.
TEST(Session, RefusesInputThatDoesNotFit) {
  const Session session = Session::load(kModels / "libonnxruntime.so", kModels / "encoder.onnx");
  const std::vector<std::int64_t> ids{5, 6};
  const std::vector<std::int32_t> lengths{2};
  const Input good{"lengths", {1}, std::span<const std::int32_t>(lengths)};
  EXPECT_THROW(
      session.run({{"ids", {1, 3}, std::span<const std::int64_t>(ids)}, good}, {"embedding"}),
      Problem);
  EXPECT_THROW(
      session.run({{"other", {1, 2}, std::span<const std::int64_t>(ids)}, good}, {"embedding"}),
      Problem);
  EXPECT_EQ(session.run({{"ids", {1, 2}, std::span<const std::int64_t>(ids)}, good}, {"embedding"})
                .at(0)
                .shape,
            (std::vector<std::int64_t>{1, 512}));
}

}  // namespace
}  // namespace attune::inference
