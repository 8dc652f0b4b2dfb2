#include "app/arguments.h"

#include <algorithm>

namespace attune::app {

using base::Problem;

std::optional<std::string> Arguments::get(std::string_view name) const {
  const auto found = flags.find(name);
  if (found == flags.end()) return std::nullopt;
  return found->second;
}

Arguments parseArguments(std::span<const std::string> words, std::span<const Flag> flags) {
  Arguments arguments;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (!word.starts_with("--") || word == "--") {
      arguments.positional.push_back(word);
      continue;
    }
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(2, equals == std::string::npos ? equals : equals - 2);
    const auto flag = std::find_if(flags.begin(), flags.end(),
                                   [&](const Flag& candidate) { return candidate.name == name; });
    if (flag == flags.end()) throw Problem(Problem::Kind::invalid, "no such flag", "--" + name);
    std::string value;
    if (equals != std::string::npos) {
      // --yes=no must not count as --yes.
      if (flag->value.empty()) {
        throw Problem(Problem::Kind::invalid, "this flag takes no value", "--" + name);
      }
      value = word.substr(equals + 1);
    } else if (!flag->value.empty()) {
      // A forgotten value must not swallow the next flag; --name=--value is still possible.
      if (i + 1 >= words.size() || words[i + 1].starts_with("--")) {
        throw Problem(Problem::Kind::invalid, "a value is needed after this flag", "--" + name);
      }
      value = words[++i];
    }
    if (!arguments.flags.emplace(name, std::move(value)).second) {
      throw Problem(Problem::Kind::invalid, "given twice", "--" + name);
    }
  }
  return arguments;
}

std::string describe(std::span<const Flag> flags) {
  std::string text;
  for (const Flag& flag : flags) {
    std::string left = "  --" + std::string(flag.name);
    if (!flag.value.empty()) left += " " + std::string(flag.value);
    if (left.size() < 26) left.resize(26, ' ');
    text += left + "  " + std::string(flag.help) + "\n";
  }
  return text;
}

}  // namespace attune::app
