#include "base/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace attune::base {

namespace {
const prometheus::Histogram::BucketBoundaries kSeconds{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                                       0.05,   0.1,   0.25,   0.5,   1,    5};
}

struct Metrics::Impl {
  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& requests = prometheus::BuildCounter()
                                                          .Name("attune_requests_total")
                                                          .Help("Requests answered")
                                                          .Register(registry);
  prometheus::Family<prometheus::Histogram>& requestSeconds = prometheus::BuildHistogram()
                                                                  .Name("attune_request_seconds")
                                                                  .Help("Time to answer a request")
                                                                  .Register(registry);
  prometheus::Family<prometheus::Counter>& screened = prometheus::BuildCounter()
                                                          .Name("attune_screened_total")
                                                          .Help("Messages read by the text model")
                                                          .Register(registry);
  prometheus::Histogram& screenSeconds = prometheus::BuildHistogram()
                                             .Name("attune_screen_seconds")
                                             .Help("Time to read one message")
                                             .Register(registry)
                                             .Add({}, kSeconds);
  prometheus::Family<prometheus::Counter>& events = prometheus::BuildCounter()
                                                        .Name("attune_events_total")
                                                        .Help("Things that happened")
                                                        .Register(registry);
  prometheus::Family<prometheus::Gauge>& gauges =
      prometheus::BuildGauge().Name("attune_gauge").Help("How things stand").Register(registry);
};

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}
Metrics::~Metrics() = default;

void Metrics::request(std::string_view route, int status, double seconds) {
  impl_->requests.Add({{"route", std::string(route)}, {"status", std::to_string(status)}})
      .Increment();
  impl_->requestSeconds.Add({{"route", std::string(route)}}, kSeconds).Observe(seconds);
}

void Metrics::screened(std::string_view outcome, double seconds) {
  impl_->screened.Add({{"outcome", std::string(outcome)}}).Increment();
  impl_->screenSeconds.Observe(seconds);
}

void Metrics::event(std::string_view event) {
  impl_->events.Add({{"event", std::string(event)}}).Increment();
}

void Metrics::gauge(std::string_view name, double value) {
  impl_->gauges.Add({{"name", std::string(name)}}).Set(value);
}

std::string Metrics::text() const {
  return prometheus::TextSerializer().Serialize(impl_->registry.Collect());
}

}  // namespace attune::base
