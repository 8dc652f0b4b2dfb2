#include "text/reader.h"

namespace attune::text {

std::string_view name(RiskLevel level) {
  switch (level) {
    case RiskLevel::none:
      return "none";
    case RiskLevel::indicator:
      return "indicator";
    case RiskLevel::ideation:
      return "ideation";
    case RiskLevel::behavior:
      return "behavior";
    case RiskLevel::attempt:
      return "attempt";
  }
  return "none";
}

}  // namespace attune::text
