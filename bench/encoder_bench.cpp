// How fast the sentence encoder and the whole of screening are on one core; bench/encoder/run sets
// the figures beside tfjs.
//
//   bench_encoder MODELS EXACT.onnx GEMM.onnx SENTENCES.txt
//
// Prints one JSON object: milliseconds a sentence by each way, the mean pieces a sentence, and the
// GFLOP/s this core reaches on GEMM.onnx ("a" [512, 512] times a 512 x 1536 matrix).
#include <chrono>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "base/json.h"
#include "inference/encoder.h"
#include "text/reader.h"

namespace {

using Clock = std::chrono::steady_clock;

// The best of five rounds: the least disturbed by whatever else the machine does.
template <class Work>
double secondsOf(Work&& work) {
  double best = 1e9;
  work();
  for (int round = 0; round < 5; ++round) {
    const auto start = Clock::now();
    work();
    best = std::min(best, std::chrono::duration<double>(Clock::now() - start).count());
  }
  return best;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace attune;
  if (argc != 5) {
    std::cerr << "usage: bench_encoder MODELS EXACT.onnx GEMM.onnx SENTENCES.txt\n";
    return 2;
  }
  const std::filesystem::path models = argv[1];
  const inference::Encoder quick = inference::Encoder::load(models);
  const inference::Encoder exact = inference::Encoder::loadExact(models, argv[2]);
  const inference::Session gemm = inference::Session::load(models / "libonnxruntime.so", argv[3]);
  const text::Reader reader = text::Reader::load(models);
  std::vector<std::string> sentences;
  std::ifstream file(argv[4]);
  for (std::string line; std::getline(file, line);) sentences.push_back(line);
  const std::vector<std::string_view> views(sentences.begin(), sentences.end());
  const double count = static_cast<double>(views.size());

  double pieces = 0;
  for (const std::string_view view : views) {
    pieces += static_cast<double>(quick.pieces().encode(view).size());
  }
  const auto oneByOne = [&](const inference::Encoder& encoder) {
    for (const std::string_view view : views) encoder.encode(std::vector{view});
  };
  constexpr std::int64_t kSide = 512;
  const std::vector<float> a(kSide * kSide, 0.5F);
  const double product = secondsOf([&] {
    for (int i = 0; i < 20; ++i) {
      gemm.run({{"a", {kSide, kSide}, std::span<const float>(a)}}, {"c"});
    }
  });
  const double perSentence = 1e3 / count;
  const base::json::Object result{
      {"exact1", perSentence * secondsOf([&] { oneByOne(exact); })},
      {"exact32", perSentence * secondsOf([&] {
                    for (std::size_t i = 0; i < views.size(); i += 32) {
                      exact.encode(
                          std::span(views).subspan(i, std::min<std::size_t>(32, views.size() - i)));
                    }
                  })},
      {"quick1", perSentence * secondsOf([&] { oneByOne(quick); })},
      {"screen", perSentence * secondsOf([&] {
                   for (const std::string_view view : views) reader.read(view);
                 })},
      {"pieces", pieces / count},
      {"gflops", 20 * 2.0 * kSide * kSide * 1536 / product / 1e9}};
  std::cout << base::json::write(result) << "\n";
}
