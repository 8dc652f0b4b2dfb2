// readConfigText over any bytes: it gives a configuration whose numbers are in range, or a Problem
// that says where.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "app/config.h"
#include "base/problem.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  attune::app::Config config;
  try {
    attune::app::readConfigText(config, text, "file");
    if (config.workers < 1 || config.workers > 256) std::abort();
    if (config.staffIdleMinutes < 1 || config.clientIdleMinutes < 1) std::abort();
    if (config.messagesPerMinute < 1 || config.startsPerHour < 1) std::abort();
    if (config.country.size() != 2 || config.address.empty()) std::abort();
  } catch (const attune::base::Problem& problem) {
    if (problem.kind() != attune::base::Problem::Kind::configuration) std::abort();
    if (problem.detail().empty() || !problem.where().starts_with("file")) std::abort();
  }
  return 0;
}
