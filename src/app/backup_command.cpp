// attune backup, restore, erase.
#include <iostream>
#include <thread>

#include "app/backups.h"
#include "app/commands.h"

namespace attune::app {

using base::Problem;

namespace {

// A server that reads at this moment keeps deleted data in the log: it does so for moments only.
void discardDeleted(db::Database& database) {
  for (int attempt = 1;; ++attempt) {
    try {
      return database.discardDeleted();
    } catch (const Problem& problem) {
      if (problem.kind() != Problem::Kind::unavailable || attempt == 50) throw;
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
  }
}

}  // namespace

int backup(const Arguments& arguments) {
  const Config config = configFrom(arguments);
  const auto to = arguments.get("to");
  if (!to && config.backups.empty()) {
    throw Problem(Problem::Kind::invalid, "say where: --to DIR, or the setting `backups`", "--to");
  }
  const base::SystemClock clock;
  Installation installation(config, clock, Installation::Open::existing);
  const auto file = writeBackup(installation, to ? std::filesystem::path(*to) : config.backups);
  std::cout << file.string() << "\n";
  return 0;
}

int restore(const Arguments& arguments) {
  const Config config = configFrom(arguments);
  const auto from = arguments.get("from");
  if (!from) throw Problem(Problem::Kind::invalid, "name the backup: --from FILE", "--from");
  const std::filesystem::path key =
      config.masterKey.empty() ? dataFolder(config) / "master.key" : config.masterKey;
  const base::SystemClock clock;
  const std::size_t takenOut =
      restoreBackup(crypto::MasterKey::load(key), *from, dataFolder(config), clock);
  if (takenOut > 0) {
    std::cout << takenOut
              << " people of this backup are not in the keyring and were taken out: they "
              << "have been erased since, or the keyring is older than the backup\n";
  }
  std::cout << "restored into " << dataFolder(config).string() << "\n";
  const auto inPlace = dataFolder(config) / "master.key";
  if (key != inPlace) {
    std::cout << "start it with --master-key " << key.string() << ", or put that file at "
              << inPlace.string() << "\n";
  }
  return 0;
}

int erase(const Arguments& arguments) {
  const Config config = configFrom(arguments);
  const auto id = arguments.get("person");
  if (!id) throw Problem(Problem::Kind::invalid, "say whom: --person ID", "--person");
  if (!arguments.has("yes")) {
    throw Problem(Problem::Kind::invalid,
                  "this destroys all of this person's data, also in backups, and can't be undone; "
                  "add --yes if that is what you want",
                  "--yes");
  }
  const base::SystemClock clock;
  Installation installation(config, clock, Installation::Open::existing);
  const base::PersonId person{*id};
  {
    const auto lease = installation.database->lease();
    db::Transaction tx(*lease);
    const bool destroyed = installation.keyring.destroy(*lease, person, clock.now());
    // Erased before: said again to reach a backup folder that was not named then.
    const bool again =
        !destroyed && !lease->query("SELECT 1 FROM person WHERE id = $1", {*id}).empty();
    if (!destroyed && !again) {
      throw Problem(Problem::Kind::notFound, "there is no such person", *id);
    }
    trust::AuditEntry entry;
    entry.actor = "operator";
    entry.role = "operator";
    entry.action = "erase";
    entry.person = person.value;
    entry.from = "command line";
    entry.result = "granted";
    installation.audit.append(*lease, std::move(entry));
    tx.commit();
  }
  // The backups first: what comes after can be made up for, an old keyring can't.
  if (!config.backups.empty()) writeKeyring(installation, config.backups);
  discardDeleted(*installation.database);
  if (config.backups.empty()) {
    std::cout << "erased. If there are backups, write " << kKeyringFile
              << " anew now (attune backup --to their folder): the old one still holds this "
                 "person's key\n";
  } else {
    std::cout << "erased, also from the backups in " << config.backups.string() << "\n";
  }
  return 0;
}

}  // namespace attune::app
