#include "app/config.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <sstream>

#include "base/bytes.h"

namespace attune::app {

using base::Problem;

namespace {

[[noreturn]] void wrong(std::string what, std::string where = {}) {
  throw Problem(Problem::Kind::configuration, std::move(what), std::move(where));
}

int whole(std::string_view text, int low, int high) {
  int value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc{} || result.ptr != text.data() + text.size() || value < low ||
      value > high) {
    wrong("use a whole number from " + std::to_string(low) + " to " + std::to_string(high));
  }
  return value;
}

std::string notEmpty(std::string_view text) {
  if (text.empty()) wrong("a value is needed");
  return std::string(text);
}

void setListen(Config& config, std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) wrong("use ADDRESS:PORT, e.g. 127.0.0.1:8080 or [::1]:8080");
  std::string_view address = text.substr(0, colon);
  if (address.starts_with('[') && address.ends_with(']')) {
    address = address.substr(1, address.size() - 2);
  }
  if (address == "localhost") address = "127.0.0.1";
  config.address = notEmpty(address);
  config.port = static_cast<std::uint16_t>(whole(text.substr(colon + 1), 0, 65535));
}

void setCountry(Config& config, std::string_view text) {
  if (text.size() != 2 ||
      !std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; })) {
    wrong("use two capital letters (ISO 3166-1), e.g. IE");
  }
  config.country = text;
}

void setLanguage(Config& config, std::string_view text) {
  if (text != "en" && text != "es") wrong("the texts are there in: en, es");
  config.language = text;
}

constexpr std::array kSettings{
    Setting{"data", "DIR", "the data folder",
            [](Config& c, std::string_view v) { c.data = notEmpty(v); }},
    Setting{"listen", "ADDRESS:PORT", "where to listen; anything but loopback needs tls.*",
            setListen},
    Setting{"link", "URL", "where people reach the app, for links in e-mails",
            [](Config& c, std::string_view v) { c.link = notEmpty(v); }},
    Setting{"master_key", "FILE", "the master key (default: master.key in the data folder)",
            [](Config& c, std::string_view v) { c.masterKey = notEmpty(v); }},
    Setting{"tls.certificate", "FILE", "certificate chain, PEM",
            [](Config& c, std::string_view v) { c.certificate = notEmpty(v); }},
    Setting{"tls.key", "FILE", "the certificate's key, PEM",
            [](Config& c, std::string_view v) { c.key = notEmpty(v); }},
    Setting{"clinic.name", "NAME", "how the clinic is called on its pages",
            [](Config& c, std::string_view v) { c.clinicName = notEmpty(v); }},
    Setting{"clinic.country", "XX", "decides the emergency number and help lines", setCountry},
    Setting{"clinic.language", "en|es", "language of texts when a browser asks for none",
            setLanguage},
    Setting{"smtp.url", "URL", "smtps://host:465 or smtp://host:587; e-mails to those on call",
            [](Config& c, std::string_view v) { c.smtpUrl = notEmpty(v); }},
    Setting{"smtp.username", "NAME", "sign-in at the mail server",
            [](Config& c, std::string_view v) { c.smtpUsername = v; }},
    Setting{"smtp.password_file", "FILE", "its password, on the first line",
            [](Config& c, std::string_view v) { c.smtpPasswordFile = notEmpty(v); }},
    Setting{"smtp.from", "ADDRESS", "sender of the e-mails",
            [](Config& c, std::string_view v) { c.smtpFrom = notEmpty(v); }},
    Setting{"webhook.url", "URL", "is told of every page (https)",
            [](Config& c, std::string_view v) { c.webhookUrl = notEmpty(v); }},
    Setting{"webhook.secret_file", "FILE", "signs what the webhook is sent",
            [](Config& c, std::string_view v) { c.webhookSecretFile = notEmpty(v); }},
    Setting{"metrics.token_file", "FILE", "lets /metrics be read from elsewhere with this token",
            [](Config& c, std::string_view v) { c.metricsTokenFile = notEmpty(v); }},
    Setting{"content", "DIR",
            "your own crisis-lines.json, consent.json ... instead of the program's",
            [](Config& c, std::string_view v) { c.content = notEmpty(v); }},
    Setting{"backups", "DIR", "where backups lie; their keyring is renewed at each erasure",
            [](Config& c, std::string_view v) { c.backups = notEmpty(v); }},
    Setting{"workers", "N", "threads that answer requests",
            [](Config& c, std::string_view v) { c.workers = whole(v, 1, 256); }},
    Setting{"session.staff_idle", "MINUTES", "staff are signed out after this time without use",
            [](Config& c, std::string_view v) { c.staffIdleMinutes = whole(v, 1, 12 * 60); }},
    Setting{"session.client_idle", "MINUTES", "and clients after this",
            [](Config& c, std::string_view v) { c.clientIdleMinutes = whole(v, 1, 30 * 24 * 60); }},
    Setting{"limits.messages", "N", "messages a minute from one account",
            [](Config& c, std::string_view v) { c.messagesPerMinute = whole(v, 1, 1000000); }},
    Setting{"limits.requests", "N", "requests a minute from one account, or address if a stranger",
            [](Config& c, std::string_view v) { c.requestsPerMinute = whole(v, 1, 1000000); }},
    Setting{"limits.sign_ins", "N", "failed sign-ins a minute from one address",
            [](Config& c, std::string_view v) { c.signInsPerMinute = whole(v, 1, 1000000); }},
    Setting{"limits.starts", "N", "new clients without a name an hour from one address",
            [](Config& c, std::string_view v) { c.startsPerHour = whole(v, 1, 1000000); }},
};

const Setting* find(std::string_view key) {
  const auto found = std::find_if(kSettings.begin(), kSettings.end(),
                                  [&](const Setting& setting) { return setting.key == key; });
  return found == kSettings.end() ? nullptr : &*found;
}

std::string flagName(std::string_view key) {
  std::string name(key);
  std::replace(name.begin(), name.end(), '.', '-');
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

std::string environmentName(std::string_view key) {
  std::string name = "ATTUNE_" + flagName(key);
  for (char& c : name) c = c == '-' ? '_' : static_cast<char>(std::toupper(c));
  return name;
}

void apply(const Setting& setting, Config& config, std::string_view value,
           const std::string& where) {
  try {
    setting.set(config, value);
  } catch (const Problem& problem) {
    wrong(problem.detail(), where);
  }
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

}  // namespace

std::span<const Setting> settings() {
  return kSettings;
}

std::vector<Flag> settingFlags() {
  // Names live as long as the program, because flags only point at them.
  static const std::vector<std::string> names = [] {
    std::vector<std::string> made;
    for (const Setting& setting : kSettings) made.push_back(flagName(setting.key));
    return made;
  }();
  std::vector<Flag> flags;
  for (std::size_t i = 0; i < kSettings.size(); ++i) {
    flags.push_back({names[i], kSettings[i].value, kSettings[i].help});
  }
  return flags;
}

void readConfigText(Config& config, std::string_view text, const std::string& name) {
  if (!base::isUtf8(text)) wrong("this file is not valid UTF-8", name);
  std::size_t number = 0;
  std::map<std::string, std::size_t, std::less<>> seen;
  while (!text.empty()) {
    ++number;
    const std::size_t end = text.find('\n');
    const std::string_view line = trimmed(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    if (line.empty() || line.front() == '#') continue;
    const std::string place = name + ":" + std::to_string(number);
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) wrong("write key = value", place);
    const std::string key(trimmed(line.substr(0, equals)));
    const Setting* setting = find(key);
    if (setting == nullptr) {
      wrong("there is no such setting; `attune serve --help` lists them", place + " " + key);
    }
    const auto [first, fresh] = seen.emplace(key, number);
    if (!fresh) {
      wrong("set before, on line " + std::to_string(first->second), place + " " + key);
    }
    apply(*setting, config, trimmed(line.substr(equals + 1)), place + " " + key);
  }
}

Config loadConfig(const Arguments& arguments, const Environment& environment) {
  Config config;
  std::optional<std::string> file = arguments.get("config");
  if (!file) file = environment("ATTUNE_CONFIG");
  if (file) {
    std::error_code ignored;
    std::ifstream in(*file, std::ios::binary);
    if (!in || std::filesystem::is_directory(*file, ignored))
      wrong("can't be read; check the name and who may read it", *file);
    std::stringstream text;
    text << in.rdbuf();
    readConfigText(config, text.str(), *file);
  }
  for (const Setting& setting : kSettings) {
    const std::string name = environmentName(setting.key);
    if (const auto value = environment(name)) {
      apply(setting, config, *value, "environment " + name);
    }
  }
  for (const Setting& setting : kSettings) {
    const std::string name = flagName(setting.key);
    if (const auto value = arguments.get(name)) apply(setting, config, *value, "--" + name);
  }
  if (config.certificate.empty() != config.key.empty()) {
    wrong("tls.certificate and tls.key go together; one is missing", "tls");
  }
  if (!config.smtpUrl.empty() && config.smtpFrom.empty()) {
    wrong("smtp.url needs smtp.from, the sender's address", "smtp.from");
  }
  if (!config.webhookUrl.empty() && config.webhookSecretFile.empty()) {
    wrong("webhook.url needs webhook.secret_file, so that the receiver can check the sender",
          "webhook.secret_file");
  }
  return config;
}

std::string readSecretFile(const std::filesystem::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) wrong("this secret file can't be read", file.string());
  if ((status.st_mode & 077) != 0) {
    wrong("others can read this secret file; run: chmod 600 " + file.string(), file.string());
  }
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  line = trimmed(line);
  if (line.empty()) wrong("this secret file is empty", file.string());
  return line;
}

}  // namespace attune::app
