// Backups: sealed records in one file, the wrapped keys of everybody who is not erased in another.
// Erasing somebody renews the second, so that no older copy of the first gives them back.
#pragma once

#include <filesystem>
#include <string>

#include "app/installation.h"

namespace attune::app {

inline constexpr std::string_view kKeyringFile = "keyring.backup";

// Writes DIR/attune-TIME.backup and DIR/keyring.backup, encrypted under keys of the master key,
// while others go on working. Returns the first one's path. Throws Problem(storage).
std::filesystem::path writeBackup(Installation& installation, const std::filesystem::path& folder);

// Writes the keyring anew. Old copies of it must not be kept: they would hold erased people's keys.
void writeKeyring(Installation& installation, const std::filesystem::path& folder);

// Makes attune.db in `data`, which must not hold one, from a backup and the keyring beside it. Rows
// of people without a key there are taken out: they were erased. Throws Problem and leaves nothing
// behind if anything does not fit.
// Returns how many people were taken out so.
std::size_t restoreBackup(const crypto::MasterKey& master, const std::filesystem::path& backup,
                          const std::filesystem::path& data, const base::Clock& clock);

}  // namespace attune::app
