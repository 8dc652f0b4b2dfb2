// How fast the sentence encoder and the whole of screening are on one core; bench/encoder/run sets
// the figures beside tfjs. Prints one JSON object.
//
//   bench_encoder MODELS SENTENCES.txt [--embeddings]
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "inference/encoder.h"

namespace {

using attune::inference::Encoder;
using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::cerr << "usage: bench_encoder MODELS SENTENCES.txt [--embeddings]\n";
    return 2;
  }
  auto start = Clock::now();
  const Encoder encoder = Encoder::load(argv[1]);
  const double load = secondsSince(start);
  std::vector<std::string> sentences;
  std::ifstream file(argv[2]);
  for (std::string line; std::getline(file, line);) sentences.push_back(line);
  const std::vector<std::string_view> views(sentences.begin(), sentences.end());
  if (argc > 3) {
    for (const std::string_view view : views) {
      const auto row = encoder.encode(std::vector<std::string_view>{view});
      for (const auto& piece : encoder.pieces().encode(view)) std::cout << piece.id << ' ';
      std::cout << '|';
      for (const float x : row) std::printf(" %.9g", static_cast<double>(x));
      std::cout << std::endl;
      std::fflush(stdout);
    }
    return 0;
  }
  for (int round = 0; round < 4; ++round) {
  start = Clock::now();
  for (const std::string_view view : views) encoder.encode(std::vector<std::string_view>{view});
  const double one = secondsSince(start);
  start = Clock::now();
  encoder.encode(views);
  const double batch = secondsSince(start);
  std::printf("load %.3f s; batch 1 %.3f ms; batch %.3f ms\n", load, 1e3 * one / double(views.size()),
              1e3 * batch / double(views.size()));
  }
}
