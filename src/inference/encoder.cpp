#include "inference/encoder.h"

#include <algorithm>
#include <numeric>

namespace attune::inference {
namespace {

// Pieces an exact run: enough to use the processor well, small enough for its caches.
constexpr std::size_t kPiecesPerRun = 512;

}  // namespace

Encoder::Encoder(SentencePiece pieces, Session session, std::size_t piecesPerRun)
    : pieces_(std::move(pieces)), session_(std::move(session)), piecesPerRun_(piecesPerRun) {}

Encoder Encoder::load(const std::filesystem::path& directory) {
  return Encoder(SentencePiece::load(directory / "vocabulary.tsv"),
                 Session::load(directory / "libonnxruntime.so", directory / "encoder.onnx"), 0);
}

Encoder Encoder::loadExact(const std::filesystem::path& directory,
                           const std::filesystem::path& model) {
  return Encoder(SentencePiece::load(directory / "vocabulary.tsv"),
                 Session::load(directory / "libonnxruntime.so", model), kPiecesPerRun);
}

std::vector<float> Encoder::encode(std::span<const std::string_view> texts) const {
  std::vector<std::vector<Piece>> pieces;
  pieces.reserve(texts.size());
  for (const std::string_view text : texts) pieces.push_back(pieces_.encode(text));
  return encode(pieces);
}

std::vector<float> Encoder::encode(std::span<const std::vector<Piece>> texts) const {
  std::vector<float> result(texts.size() * kWidth, 0.0F);
  const auto lengthOf = [&](std::size_t i) { return std::min(texts[i].size(), kMaxPieces); };
  // Texts of like length share a run, so that little is spent on what lies behind a text's end.
  std::vector<std::size_t> order(texts.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return lengthOf(a) < lengthOf(b); });
  std::size_t first = 0;
  while (first < order.size() && lengthOf(order[first]) == 0) ++first;

  std::vector<std::int64_t> ids;
  std::vector<std::int32_t> lengths;
  while (first < order.size()) {
    const std::size_t shortest = lengthOf(order[first]);
    std::size_t last = first + 1;
    std::size_t longest = shortest;
    while (last < order.size()) {
      const std::size_t next = lengthOf(order[last]);
      if ((last - first + 1) * next > piecesPerRun_ || next > shortest + shortest / 4 + 4) break;
      longest = next;
      ++last;
    }
    ids.assign((last - first) * longest, 0);
    lengths.clear();
    for (std::size_t row = 0; row < last - first; ++row) {
      const std::size_t length = lengthOf(order[first + row]);
      lengths.push_back(static_cast<std::int32_t>(length));
      for (std::size_t i = 0; i < length; ++i) {
        ids[row * longest + i] = texts[order[first + row]][i].id;
      }
    }
    const auto rows = static_cast<std::int64_t>(last - first);
    const std::vector<Output> out = session_.run(
        {{"ids", {rows, static_cast<std::int64_t>(longest)}, std::span<const std::int64_t>(ids)},
         {"lengths", {rows}, std::span<const std::int32_t>(lengths)}},
        {"embedding"});
    for (std::size_t row = 0; row < last - first; ++row) {
      std::copy_n(out[0].data.begin() + static_cast<std::ptrdiff_t>(row * kWidth), kWidth,
                  result.begin() + static_cast<std::ptrdiff_t>(order[first + row] * kWidth));
    }
    first = last;
  }
  return result;
}

}  // namespace attune::inference
