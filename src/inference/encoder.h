// Texts to vectors of 512 numbers in which nearness is nearness of meaning (USE-lite, Cer et al.
// 2018, arXiv:1803.11175; English).
#pragma once

#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "inference/sentence_piece.h"
#include "inference/session.h"

namespace attune::inference {

class Encoder {
 public:
  static constexpr std::size_t kWidth = 512;
  static constexpr std::size_t kMaxPieces = 128;

  // `directory` holds encoder.onnx, vocabulary.tsv and libonnxruntime.so. Throws
  // Problem(configuration) naming the file.
  // This is the quick form (tools/encoder_to_onnx.py --quick): texts run one by one, so that a row
  // is the same whatever else is asked for.
  static Encoder load(const std::filesystem::path& directory);
  // The same with the exact weights of `model`, for comparison; texts of like length share a run,
  // and a row depends on the others but for rounding.
  static Encoder loadExact(const std::filesystem::path& directory,
                           const std::filesystem::path& model);

  // One row of kWidth a text, row-major, each of length 1. Pieces beyond kMaxPieces are not read
  // (cut longer texts first); a text without pieces gives zeros. Safe from several threads.
  std::vector<float> encode(std::span<const std::string_view> texts) const;
  std::vector<float> encode(std::span<const std::vector<Piece>> texts) const;

  const SentencePiece& pieces() const { return pieces_; }

 private:
  Encoder(SentencePiece pieces, Session session, std::size_t piecesPerRun);

  SentencePiece pieces_;
  Session session_;
  std::size_t piecesPerRun_;
};

}  // namespace attune::inference
