// What an operator can set: in a file (key = value lines), then in the environment
// (ATTUNE_LISTEN for listen, ATTUNE_TLS_KEY for tls.key), then by flags (--listen); later wins.
// Everything is checked at start; an error names the line and the key.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/arguments.h"

namespace attune::app {

struct Config {
  std::filesystem::path data;
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;
  std::filesystem::path masterKey;  // empty: data/master.key
  std::string certificate, key;
  std::string link;  // where people reach the app, for links in mail; empty: http(s)://address:port

  std::string clinicName = "Our clinic";
  std::string country = "IE";  // ISO 3166-1 alpha-2; decides the help lines
  std::string language = "en";

  std::string smtpUrl, smtpUsername, smtpPasswordFile, smtpFrom;
  std::string webhookUrl, webhookSecretFile;
  std::string metricsTokenFile;

  int workers = 4;
  int staffIdleMinutes = 30;
  int clientIdleMinutes = 24 * 60;
  int messagesPerMinute = 120;
  int requestsPerMinute = 1200;
  int signInsPerMinute = 20;
  int startsPerHour = 60;
  std::filesystem::path content;  // files here win over those in the program; may be empty
  std::filesystem::path backups;  // where `attune erase` renews the keyring; may be empty
};

// One row of the table that feeds file, environment, flags and help.
struct Setting {
  std::string_view key;    // as in the file, e.g. "tls.key"
  std::string_view value;  // what stands for it in the help
  std::string_view help;
  // Checks and stores; throws Problem(configuration) without `where`.
  void (*set)(Config&, std::string_view);
};
std::span<const Setting> settings();

// The settings as flags: tls.key is --tls-key.
std::vector<Flag> settingFlags();

using Environment = std::function<std::optional<std::string>(const std::string& name)>;

// Reads all three. A flag --config names the file; absent: no file. Throws Problem(configuration)
// with where = "FILE:LINE key", "environment ATTUNE_..." or "--flag".
Config loadConfig(const Arguments& arguments, const Environment& environment);

// One configuration text on its own, for tests and the fuzzer. `name` is said in errors.
void readConfigText(Config& config, std::string_view text, const std::string& name);

// The first line of a secret file (mode 0600 or stricter). Throws Problem(configuration).
std::string readSecretFile(const std::filesystem::path& file);

}  // namespace attune::app
