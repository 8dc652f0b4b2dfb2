// Command-line flags: --name value, --name=value, and bare --name for switches.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.h"

namespace attune::app {

struct Flag {
  std::string_view name;   // without the dashes
  std::string_view value;  // what stands for it in the help; empty: a switch
  std::string_view help;
};

struct Arguments {
  std::vector<std::string> positional;
  std::map<std::string, std::string, std::less<>> flags;

  bool has(std::string_view name) const { return flags.find(name) != flags.end(); }
  std::optional<std::string> get(std::string_view name) const;
};

// Throws Problem(invalid) that names the flag: unknown, without its value, or given twice.
Arguments parseArguments(std::span<const std::string> words, std::span<const Flag> flags);

// The lines of a help text that describe the flags.
std::string describe(std::span<const Flag> flags);

}  // namespace attune::app
