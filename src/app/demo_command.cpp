// attune demo: a clinic of invented people to look at.
#include <unistd.h>

#include <charconv>
#include <iostream>

#include "app/commands.h"
#include "app/demo_fill.h"

namespace attune::app {

using base::Problem;

namespace {

std::uint64_t seedFrom(const Arguments& arguments) {
  const std::string text = arguments.get("seed").value_or("1");
  std::uint64_t seed = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), seed);
  if (result.ec != std::errc{} || result.ptr != text.data() + text.size()) {
    throw Problem(Problem::Kind::invalid, "use a whole number", "--seed");
  }
  return seed;
}

void showProgress(std::size_t done, std::size_t all) {
  if (isatty(STDOUT_FILENO) != 0) {
    std::cout << "\r  writing invented clients: " << done << " of " << all << std::flush;
    if (done == all) std::cout << "\n";
  } else if (done == all) {
    std::cout << "  wrote " << all << " invented clients\n" << std::flush;
  }
}

void fillIfEmpty(Installation& installation, const Config& config, base::Log& log,
                 std::uint64_t seed) {
  if (installation.setting("demonstration-filled")) return;
  // A new clinic that is being served has no accounts yet, and is a real one all the same.
  installation.lockForServing();
  if (installation.isDemonstration()) {
    throw Problem(Problem::Kind::configuration,
                  "the demonstration in this folder was cut off while it was written; delete the "
                  "folder and start again",
                  installation.folder.string());
  }
  {
    const auto lease = installation.database->lease();
    if (!lease->query("SELECT 1 FROM account LIMIT 1").empty()) {
      throw Problem(Problem::Kind::configuration,
                    "this folder holds a real clinic; a demonstration needs a folder of its own",
                    installation.folder.string());
    }
  }
  std::cout << "Making a demonstration clinic in " << installation.folder.string() << "\n"
            << std::flush;
  base::Metrics metrics;
  Desk desk(installation, config, log, metrics, [](const oversight::Event&) {});
  fillDemonstration(installation, desk, clinic::inventClinic(seed, installation.clock.now()),
                    &showProgress);
}

// A client with a name, so that the link shows a conversation; else any client.
std::optional<trust::Account> aClient(Installation& installation, db::Connection& connection) {
  std::optional<trust::Account> any;
  for (int i = 1; i <= 40; ++i) {
    any = installation.accounts.withLogin(connection, "client-" + std::to_string(i));
    if (any) return any;
  }
  return any;
}

void printLinks(Installation& installation, const std::string& base) {
  const auto lease = installation.database->lease();
  db::Transaction tx(*lease);
  std::vector<trust::Account> people = installation.accounts.staff(*lease);
  if (auto client = aClient(installation, *lease)) people.push_back(std::move(*client));
  std::cout << "\nSign in with one of these; each link works once, for 12 hours:\n";
  for (const trust::Account& account : people) {
    const std::string token =
        installation.accounts.makeLink(*lease, account.id, std::chrono::hours(12));
    std::cout << "  " << trust::name(account.role) << ", " << account.profile.name << "\n    "
              << base << "/#/link/" << token << "\n";
  }
  tx.commit();
  std::cout << "\nEverybody in this clinic is invented. Ctrl-C stops it; starting again prints new "
               "links.\n"
            << std::flush;
}

}  // namespace

int demo(const Arguments& arguments) {
  const Config config = configFrom(arguments);
  const std::uint64_t seed = seedFrom(arguments);
  const base::SystemClock clock;
  base::Log log(clock, &toStandardError);
  Installation installation(config, clock, Installation::Open::createIfMissing);
  fillIfEmpty(installation, config, log, seed);
  if (arguments.has("populate")) return 0;
  serveUntilSignal(installation, config, log, [&](Service& service) {
    std::cout << "Attune listens on " << service.link() << "\n";
    printLinks(installation, service.link());
  });
  return 0;
}

}  // namespace attune::app
