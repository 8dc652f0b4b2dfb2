// attune: reads the command line and hands over to a command.
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <clocale>
#include <iostream>

#include "app/commands.h"

namespace {

using attune::app::Arguments;
using attune::app::Command;

std::vector<attune::app::Flag> flagsOf(const Command& command) {
  std::vector<attune::app::Flag> flags = command.flags;
  flags.push_back({"help", "", "shows this"});
  if (command.usesSettings) {
    flags.push_back({"config", "FILE", "configuration file: key = value lines"});
    for (const auto& flag : attune::app::settingFlags()) flags.push_back(flag);
  }
  return flags;
}

void printOverview(std::ostream& out) {
  out << "usage: attune COMMAND [flags]     attune COMMAND --help says more\n\n";
  for (const Command& command : attune::app::commands()) {
    std::string name(command.name);
    name.resize(10, ' ');
    out << "  " << name << command.summary << "\n";
  }
}

void printHelp(const Command& command) {
  std::cout << "usage: attune " << command.usage << "\n\n"
            << command.help << "\nflags:\n"
            << attune::app::describe(flagsOf(command));
}

// No memory of this process may end up in a core file or be read by another process of the user.
void keepMemoryPrivate() {
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  umask(077);
}

int runCommand(const Command& command, std::span<const std::string> words) {
  const std::vector<attune::app::Flag> flags = flagsOf(command);
  Arguments arguments;
  try {
    arguments = attune::app::parseArguments(words, flags);
  } catch (const attune::base::Problem& problem) {
    std::cerr << "attune " << command.name << ": " << problem.what() << "\n"
              << "attune " << command.name << " --help lists the flags\n";
    return 2;
  }
  if (arguments.has("help")) {
    printHelp(command);
    return 0;
  }
  return command.run(arguments);
}

}  // namespace

int main(int argc, char** argv) {
  keepMemoryPrivate();
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.empty() || words[0] == "--help" || words[0] == "help") {
    printOverview(words.empty() ? std::cerr : std::cout);
    return words.empty() ? 2 : 0;
  }
  const std::string name = words[0] == "--version" ? "version" : words[0];
  const auto commands = attune::app::commands();
  const auto command = std::find_if(commands.begin(), commands.end(),
                                    [&](const Command& c) { return c.name == name; });
  if (command == commands.end()) {
    std::cerr << "attune: there is no command \"" << name << "\"\n\n";
    printOverview(std::cerr);
    return 2;
  }
  try {
    return runCommand(*command, std::span(words).subspan(1));
  } catch (const attune::base::Problem& problem) {
    std::cerr << "attune " << name << ": " << problem.what() << "\n";
    return problem.kind() == attune::base::Problem::Kind::invalid ? 2 : 1;
  } catch (const std::exception& failure) {
    std::cerr << "attune " << name << ": a fault in Attune: " << failure.what() << "\n";
    return 1;
  }
}
