// The dice of the demonstration: the same seed gives the same throws on every machine, which the
// distributions of <random> don't promise.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace attune::clinic {

// SplitMix64 (Steele, Lea, Flood 2014): small, fast, good enough to invent people. Not for keys.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  // Dice of their own for one purpose, so that a change in one person leaves the others alone.
  Dice(std::uint64_t seed, std::uint64_t stream) : state_(seed) {
    state_ = next() ^ (stream * 0x9e3779b97f4a7c15ull);
    next();
  }

  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15ull;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }

  // 0 .. n-1; n is at least 1 and far below 2^32, so the modulo's bias does not matter here.
  std::size_t below(std::size_t n) { return std::size_t((next() >> 32) % n); }
  // low .. high, both included.
  int between(int low, int high) { return low + int(below(std::size_t(high - low) + 1)); }
  bool chance(int percent) { return int(below(100)) < percent; }
  // -1 .. 1, most often near 0 (the sum of three throws).
  double noise() { return (between(0, 1000) + between(0, 1000) + between(0, 1000)) / 1500.0 - 1.0; }

  template <class T, std::size_t N>
  const T& pick(std::span<T, N> from) {
    return from[below(from.size())];
  }
  template <class T, std::size_t N>
  const T& pick(const T (&from)[N]) {
    return from[below(N)];
  }

 private:
  std::uint64_t state_;
};

}  // namespace attune::clinic
