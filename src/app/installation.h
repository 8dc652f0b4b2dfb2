// A data folder, opened: master key, database, and what stands on them without a server.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "app/config.h"
#include "db/connection.h"
#include "record/store.h"
#include "trust/accounts.h"
#include "trust/audit.h"
#include "trust/gate.h"
#include "trust/keyring.h"

namespace attune::app {

class Installation {
 public:
  enum class Open { existing, createIfMissing };

  // Throws Problem(configuration) that says what to do: no such folder, no or a wrong or a readable
  // master key, a database from a newer version.
  Installation(const Config& config, const base::Clock& clock, Open open,
               crypto::Cost cost = crypto::Cost::interactive);

  const base::Clock& clock;
  crypto::SystemRandom random;
  std::filesystem::path folder;
  crypto::MasterKey master;
  std::unique_ptr<db::Database> database;
  trust::Keyring keyring;
  trust::AuditLog audit;
  trust::Accounts accounts;
  trust::Gate gate;
  record::Store store;

  // Facts of the installation, sealed under a key of their own.
  std::optional<std::string> setting(const std::string& name);
  void setSetting(const std::string& name, std::string_view value);

  bool isDemonstration();

  // One server a data folder: throws Problem(configuration) if another one has it. Held until the
  // object goes.
  void lockForServing();
  ~Installation();
  Installation(const Installation&) = delete;
  Installation& operator=(const Installation&) = delete;

 private:
  int lock_ = -1;
};

// The data folder that the command names; throws Problem(configuration) if it names none.
std::filesystem::path dataFolder(const Config& config);

}  // namespace attune::app
