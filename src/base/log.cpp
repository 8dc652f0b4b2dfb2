#include "base/log.h"

#include "base/json.h"

namespace attune::base {

void Log::write(std::string_view level, std::string_view event, Fields fields) {
  json::Object line;
  line["time"] = formatInstant(clock_.now());
  line["level"] = level;
  line["event"] = event;
  for (const Field& field : fields) {
    std::visit([&](const auto& value) { line[field.name] = value; }, field.value);
  }
  const std::string text = json::write(line);
  const std::lock_guard lock(mutex_);
  sink_(text);
}

}  // namespace attune::base
