// Rate limits: a token bucket for each caller and kind of request. In memory: a restart forgives.
#pragma once

#include <array>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/time.h"

namespace attune::api {

enum class Limit { signIn, start, message, ordinary, count_ };

struct Rate {
  double perMinute = 60;
  double burst = 60;
};

class Limiter {
 public:
  // rates: one for each Limit, in order.
  Limiter(const base::Clock& clock, std::array<Rate, static_cast<std::size_t>(Limit::count_)> rates)
      : clock_(clock), rates_(rates) {}

  // Takes one token of `caller` (an address or an account). Throws Problem(rateLimited).
  void take(Limit limit, const std::string& caller);
  // Gives one back: a sign-in that was right does not count.
  void giveBack(Limit limit, const std::string& caller);

 private:
  struct Bucket {
    double tokens;
    base::Instant at;
  };
  void forget(base::Instant now);

  const base::Clock& clock_;
  std::array<Rate, static_cast<std::size_t>(Limit::count_)> rates_;
  std::mutex mutex_;
  std::unordered_map<std::string, Bucket> buckets_;
};

}  // namespace attune::api
