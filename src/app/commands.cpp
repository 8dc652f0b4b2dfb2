#include "app/commands.h"

#include <cstdlib>
#include <fstream>
#include <iostream>

#include "app/assets.h"
#include "app/service.h"
#include "text/screen.h"

namespace attune::app {

using base::Problem;

std::span<const Command> commands() {
  static const std::vector<Command> all{
      {"serve",
       "runs the clinic's server",
       "serve --data DIR [flags]",
       "Serves the app on the given address until SIGTERM or Ctrl-C. A data folder that is not "
       "there\n"
       "is made, with a master key of its own (master.key, mode 0600). Keep a copy of that key\n"
       "elsewhere: without it the data can't be read.\n",
       true,
       {},
       &serve},
      {"demo",
       "a demonstration clinic with invented people",
       "demo --data DIR [flags]",
       "Fills a folder with an invented clinic, prints one-time sign-in links, and serves it.\n",
       true,
       {{"populate", "", "only fill the folder, then end"},
        {"seed", "N", "another clinic (default 1)"}},
       &demo},
      {"screen",
       "reads texts for risk, strain and feeling",
       "screen FILE|-",
       "Reads JSON Lines (text, optional id, time, person) or plain lines, and writes one JSON "
       "object\n"
       "a line. Exit status 1 if a line could not be used; the others are read all the same.\n",
       false,
       {},
       &screen},
      {"user",
       "adds people who can sign in, and makes links for them",
       "user add|list|link|password|assign|disable --data DIR [flags]",
       "  user add --role clinician --name \"Dr. Ada Example\" --login ada [--email ...] "
       "[--on-call]\n"
       "  user list\n"
       "  user link --login ada        a one-time sign-in link, good for 24 hours\n"
       "  user link --person ID        the same for a client without a login\n"
       "  user disable --login ada     nobody signs in with it any more\n"
       "  user password --login ada    sets a password; it is read from standard input\n"
       "  user assign --login ada --person ID    puts a client into the care of ada\n"
       "roles: client, clinician, socialWorker, administrator, dataProtection\n",
       true,
       {{"role", "ROLE", "what the person does here"},
        {"name", "NAME", "how they are shown"},
        {"login", "LOGIN", "what they sign in with"},
        {"email", "ADDRESS", "where pages to whoever is on call go"},
        {"on-call", "", "gets called in a possible crisis"},
        {"person", "ID", "a client's person id"},
        {"hours", "N", "how long a link is good (default 24)"}},
       &user},
      {"audit",
       "proves or exports the audit trail",
       "audit verify|export --data DIR",
       "  audit verify    exit status 1 and the first bad entry if anything was changed\n"
       "  audit export    every entry as JSON Lines on standard output\n",
       true,
       {},
       &audit},
      {"backup",
       "writes an encrypted copy of the data",
       "backup --data DIR --to DIR",
       "Writes attune-TIME.backup (sealed records, no keys) and keyring.backup (the wrapped keys "
       "of\n"
       "everybody who is not erased) while the server goes on. Both need the master key to be "
       "read:\n"
       "keep that apart.\n",
       true,
       {{"to", "DIR", "where the backup goes"}},
       &backup},
      {"restore",
       "makes a data folder from a backup",
       "restore --from FILE --data DIR --master-key FILE",
       "The keyring is taken from keyring.backup beside FILE. People erased since then stay "
       "erased.\n",
       true,
       {{"from", "FILE", "an attune-TIME.backup"}},
       &restore},
      {"erase",
       "erases a person for good",
       "erase --data DIR --person ID --yes",
       "Destroys the person's key and rows, renews keyring.backup in the folder of the setting\n"
       "`backups`, so that no backup gives them back. The audit trail stays.\n",
       true,
       {{"person", "ID", "whose data"}, {"yes", "", "really: this can't be undone"}},
       &erase},
      {"version", "prints the version", "version", "", false, {}, &printVersion},
  };
  return all;
}

Config configFrom(const Arguments& arguments) {
  return loadConfig(arguments, [](const std::string& name) -> std::optional<std::string> {
    // Read once, before any thread starts.
    const char* value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe)
    if (value == nullptr) return std::nullopt;
    return std::string(value);
  });
}

void toStandardError(std::string_view line) {
  std::cerr << line << std::endl;
}

int serve(const Arguments& arguments) {
  const Config config = configFrom(arguments);
  const base::SystemClock clock;
  base::Log log(clock, &toStandardError);
  Installation installation(config, clock, Installation::Open::createIfMissing);
  serveUntilSignal(installation, config, log, [&](Service& service) {
    std::cout << "Attune listens on " << service.link() << "\n";
    const auto lease = installation.database->lease();
    if (installation.accounts.staff(*lease).empty()) {
      std::cout << "Nobody works here yet. Add the first person with\n  attune user add --data "
                << installation.folder.string()
                << " --role clinician --name \"...\" --login ... --on-call\n";
    }
    std::cout << std::flush;
  });
  return 0;
}

int screen(const Arguments& arguments) {
  if (arguments.positional.size() != 1) {
    throw Problem(Problem::Kind::invalid, "name one file, or - for standard input");
  }
  const std::string& name = arguments.positional[0];
  const auto reader = text::Reader::load(shareFolder(ownExecutable()) / "models");
  std::ios::sync_with_stdio(false);
  text::ScreenReport report;
  try {
    if (name == "-") {
      report = text::screen(reader, std::cin, "standard input", std::cout, std::cerr);
    } else {
      std::ifstream in(name, std::ios::binary);
      if (!in) throw Problem(Problem::Kind::notFound, "this file can't be read", name);
      report = text::screen(reader, in, name, std::cout, std::cerr);
    }
  } catch (const std::ios_base::failure& failure) {  // a folder, or a disk that fails midway
    throw Problem(Problem::Kind::storage, "can't be read: " + failure.code().message(), name);
  }
  std::cout.flush();
  if (!std::cout) {
    std::cerr << "attune screen: the results could not be written (is the disk full?)\n";
    return 1;
  }
  return report.rejected == 0 ? 0 : 1;
}

int printVersion(const Arguments&) {
  std::cout << "attune " << version() << "\n";
  return 0;
}

}  // namespace attune::app
