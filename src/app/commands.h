// The commands of `attune`. Each gets its own words and returns the exit status: 0 done, 1 failed
// or found something wrong, 2 used wrongly.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "app/config.h"

namespace attune::app {

struct Command {
  std::string_view name;
  std::string_view summary;
  std::string_view usage;  // after "usage: "
  std::string_view help;   // further lines
  bool usesSettings = false;
  std::vector<Flag> flags;  // of its own
  int (*run)(const Arguments& arguments);
};

std::span<const Command> commands();

int serve(const Arguments& arguments);
int demo(const Arguments& arguments);
int screen(const Arguments& arguments);
int user(const Arguments& arguments);
int audit(const Arguments& arguments);
int backup(const Arguments& arguments);
int restore(const Arguments& arguments);
int erase(const Arguments& arguments);
int printVersion(const Arguments& arguments);

// Configuration from file, environment and these flags.
Config configFrom(const Arguments& arguments);
// Log lines on standard error.
void toStandardError(std::string_view line);

}  // namespace attune::app
