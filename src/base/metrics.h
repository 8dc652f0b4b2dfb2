// Counters and timings for /metrics in Prometheus' text format. Labels are route templates and
// outcome words, never ids.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace attune::base {

class Metrics {
 public:
  Metrics();
  ~Metrics();

  // attune_requests_total{route,status} and attune_request_seconds{route}
  void request(std::string_view route, int status, double seconds);
  // attune_screened_total{outcome} and attune_screen_seconds
  void screened(std::string_view outcome, double seconds);
  // attune_events_total{event}: sign-ins refused, pages sent, pages failed, work retried ...
  void event(std::string_view event);
  // attune_gauge{name}: queue length, connected pages ...
  void gauge(std::string_view name, double value);

  // The whole of it, as /metrics serves it.
  std::string text() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace attune::base
