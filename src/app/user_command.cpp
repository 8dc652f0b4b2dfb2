// attune user: who can sign in.
#include <iostream>

#include "app/commands.h"
#include "app/installation.h"
#include "trust/care_team.h"

namespace attune::app {

using base::Problem;

namespace {

std::string required(const Arguments& arguments, std::string_view flag) {
  const auto value = arguments.get(flag);
  if (!value || value->empty()) {
    throw Problem(Problem::Kind::invalid, "this flag is needed", "--" + std::string(flag));
  }
  return *value;
}

trust::Account accountNamed(Installation& installation, db::Connection& connection,
                            const std::string& login) {
  auto account = installation.accounts.withLogin(connection, login);
  if (!account) throw Problem(Problem::Kind::notFound, "nobody signs in with this login", login);
  return *account;
}

// By --login, or by --person for a client who has none (and has lost their recovery code).
trust::Account accountMeant(Installation& installation, db::Connection& connection,
                            const Arguments& arguments) {
  const auto person = arguments.get("person");
  if (!person) return accountNamed(installation, connection, required(arguments, "login"));
  const db::Rows rows = connection.query("SELECT id FROM account WHERE person = $1", {*person});
  if (!rows.empty()) {
    if (auto account = installation.accounts.find(connection, {rows[0].text(0)})) return *account;
  }
  throw Problem(Problem::Kind::notFound, "there is no such person", *person);
}

void note(Installation& installation, db::Connection& connection, std::string_view action,
          const trust::Account& account) {
  trust::AuditEntry entry;
  entry.actor = "operator";
  entry.role = "operator";
  entry.action = action;
  entry.person = account.person.value;
  entry.from = "command line";
  entry.detail = account.id.value;
  entry.result = "granted";
  installation.audit.append(connection, std::move(entry));
}

std::string linkText(const Config& config, const std::string& token) {
  const std::string base =
      config.link.empty() ? "http://localhost:" + std::to_string(config.port) : config.link;
  return base + "/#/link/" + token;
}

int add(Installation& installation, const Config& config, const Arguments& arguments) {
  const auto role = trust::roleNamed(required(arguments, "role"));
  if (!role || *role == trust::Role::system) {
    throw Problem(Problem::Kind::invalid,
                  "use client, clinician, socialWorker, administrator or dataProtection", "--role");
  }
  trust::Profile profile;
  profile.name = required(arguments, "name");
  profile.login = arguments.get("login").value_or("");
  profile.email = arguments.get("email").value_or("");
  profile.language = config.language;
  profile.country = config.country;
  if (profile.login.empty() && *role != trust::Role::client) required(arguments, "login");
  const auto lease = installation.database->lease();
  db::Transaction tx(*lease);
  const trust::Account account = installation.accounts.create(*lease, *role, profile);
  if (arguments.has("on-call")) installation.accounts.setOnCall(*lease, account.id, true);
  const std::string token =
      installation.accounts.makeLink(*lease, account.id, std::chrono::hours(24));
  note(installation, *lease, "account-made", account);
  tx.commit();
  std::cout << "person " << account.person.value << "\n"
            << "signs in within 24 hours with\n  " << linkText(config, token) << "\n";
  return 0;
}

int list(Installation& installation) {
  const auto lease = installation.database->lease();
  for (const trust::Account& account : installation.accounts.staff(*lease)) {
    std::cout << account.profile.login << "\t" << trust::name(account.role) << "\t"
              << account.profile.name << (account.onCall ? "\ton call" : "") << "\n";
  }
  return 0;
}

int link(Installation& installation, const Config& config, const Arguments& arguments) {
  int hours = 24;
  if (const auto text = arguments.get("hours")) {
    hours = std::atoi(text->c_str());
    if (hours < 1 || hours > 24 * 14) {
      throw Problem(Problem::Kind::invalid, "use 1 to 336 hours", "--hours");
    }
  }
  const auto lease = installation.database->lease();
  db::Transaction tx(*lease);
  const trust::Account account = accountMeant(installation, *lease, arguments);
  const std::string token =
      installation.accounts.makeLink(*lease, account.id, std::chrono::hours(hours));
  note(installation, *lease, "link-made", account);
  tx.commit();
  std::cout << linkText(config, token) << "\n";
  return 0;
}

int disable(Installation& installation, const Arguments& arguments) {
  const auto lease = installation.database->lease();
  db::Transaction tx(*lease);
  const trust::Account account = accountNamed(installation, *lease, required(arguments, "login"));
  installation.accounts.disable(*lease, account.id);
  note(installation, *lease, "account-disabled", account);
  tx.commit();
  std::cout << "done: nobody signs in with this login any more\n";
  return 0;
}

int password(Installation& installation, const Arguments& arguments) {
  std::string secret;
  std::getline(std::cin, secret);
  const auto lease = installation.database->lease();
  db::Transaction tx(*lease);
  const trust::Account account = accountNamed(installation, *lease, required(arguments, "login"));
  installation.accounts.setPassword(*lease, account, secret);
  note(installation, *lease, "password-set", account);
  tx.commit();
  std::cout << "done\n";
  return 0;
}

int assign(Installation& installation, const Arguments& arguments) {
  const base::PersonId person{required(arguments, "person")};
  const auto lease = installation.database->lease();
  db::Transaction tx(*lease);
  const trust::Account account = accountNamed(installation, *lease, required(arguments, "login"));
  if (!trust::isCareStaff(account.role)) {
    throw Problem(Problem::Kind::invalid, "only clinicians and social workers care for clients",
                  "--login");
  }
  installation.keyring.requirePerson(*lease, person);
  trust::joinCareTeam(*lease, person, account.id, installation.clock.now());
  trust::AuditEntry entry;
  entry.actor = "operator";
  entry.role = "operator";
  entry.action = "care-team-joined";
  entry.person = person.value;
  entry.from = "command line";
  entry.detail = account.id.value;
  entry.result = "granted";
  installation.audit.append(*lease, std::move(entry));
  tx.commit();
  std::cout << "done\n";
  return 0;
}

}  // namespace

int user(const Arguments& arguments) {
  const Config config = configFrom(arguments);
  const std::string what = arguments.positional.empty() ? "" : arguments.positional[0];
  if (what != "add" && what != "list" && what != "link" && what != "password" && what != "assign" &&
      what != "disable") {
    throw Problem(Problem::Kind::invalid, "use user add, list, link, password, assign or disable");
  }
  const base::SystemClock clock;
  Installation installation(
      config, clock,
      what == "add" ? Installation::Open::createIfMissing : Installation::Open::existing);
  if (what == "add") return add(installation, config, arguments);
  if (what == "list") return list(installation);
  if (what == "link") return link(installation, config, arguments);
  if (what == "password") return password(installation, arguments);
  if (what == "disable") return disable(installation, arguments);
  return assign(installation, arguments);
}

}  // namespace attune::app
