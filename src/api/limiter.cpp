#include "api/limiter.h"

#include <algorithm>

#include "base/problem.h"

namespace attune::api {

namespace {

constexpr std::size_t kMostBuckets = 100'000;

std::string keyOf(Limit limit, const std::string& caller) {
  return std::to_string(static_cast<int>(limit)) + "|" + caller;
}

double minutes(base::Instant from, base::Instant to) {
  return std::chrono::duration<double, std::ratio<60>>(to - from).count();
}

}  // namespace

void Limiter::take(Limit limit, const std::string& caller) {
  const Rate rate = rates_[static_cast<std::size_t>(limit)];
  const base::Instant now = clock_.now();
  const std::lock_guard lock(mutex_);
  if (buckets_.size() > kMostBuckets) forget(now);
  auto [found, fresh] = buckets_.try_emplace(keyOf(limit, caller), Bucket{rate.burst, now});
  Bucket& bucket = found->second;
  // A clock that was set back must not lock anybody out.
  const double passed = std::max(0.0, minutes(bucket.at, now));
  bucket.tokens = std::min(rate.burst, bucket.tokens + passed * rate.perMinute);
  bucket.at = now;
  if (bucket.tokens < 1) {
    throw base::Problem(base::Problem::Kind::rateLimited,
                        "this was too often in a short time; wait a minute and try again");
  }
  bucket.tokens -= 1;
}

void Limiter::giveBack(Limit limit, const std::string& caller) {
  const Rate rate = rates_[static_cast<std::size_t>(limit)];
  const std::lock_guard lock(mutex_);
  const auto found = buckets_.find(keyOf(limit, caller));
  if (found != buckets_.end()) {
    found->second.tokens = std::min(rate.burst, found->second.tokens + 1);
  }
}

void Limiter::forget(base::Instant now) {
  // An hour fills any bucket again, so nothing is lost by forgetting it.
  std::erase_if(buckets_, [&](const auto& entry) { return minutes(entry.second.at, now) > 60; });
  if (buckets_.size() > kMostBuckets) buckets_.clear();
}

}  // namespace attune::api
