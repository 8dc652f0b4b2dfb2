// attune audit: proves that nobody changed the trail, or writes it out.
#include <iostream>

#include "app/commands.h"
#include "app/installation.h"

namespace attune::app {

int audit(const Arguments& arguments) {
  const Config config = configFrom(arguments);
  const std::string what = arguments.positional.empty() ? "" : arguments.positional[0];
  if (what != "verify" && what != "export") {
    throw base::Problem(base::Problem::Kind::invalid, "use audit verify or audit export");
  }
  const base::SystemClock clock;
  Installation installation(config, clock, Installation::Open::existing);
  const auto lease = installation.database->lease();
  if (what == "export") {
    trust::AuditLog::exportLines(*lease, [](std::string_view line) { std::cout << line << "\n"; });
    std::cout.flush();
    return std::cout ? 0 : 1;
  }
  const trust::AuditReport report = installation.audit.verify(*lease);
  if (report.intact) {
    std::cout << "the audit trail is intact: " << report.entries << " entries\n";
    return 0;
  }
  std::cerr << "the audit trail was changed, first at entry " << report.firstBad << ": "
            << report.reason << "\n";
  return 1;
}

}  // namespace attune::app
