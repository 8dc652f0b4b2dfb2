// Signing in and out.
#include "api/live.h"
#include "api/routes.h"
#include "api/shapes.h"
#include "trust/care_team.h"

namespace attune::api {

namespace js = base::json;
using base::Problem;

namespace {

std::string cookie(const Services& services, const Call& call, const trust::Account& account,
                   const std::string& token) {
  return "attune=" + token + "; Path=/; HttpOnly; SameSite=Strict; Max-Age=" +
         std::to_string(services.sessions.cookieLifetime(account.role).count()) +
         (call.request.secure ? "; Secure" : "");
}

trust::AuditEntry signInEntry(const Call& call, const trust::Account* account, std::string_view how,
                              std::string_view result) {
  trust::AuditEntry entry;
  entry.actor = account == nullptr ? "unknown" : account->id.value;
  entry.role = account == nullptr ? "" : trust::name(account->role);
  entry.action = "sign-in";
  entry.person = account == nullptr ? "" : account->person.value;
  entry.from = call.request.remoteAddress;
  entry.detail = how;
  entry.result = result;
  return entry;
}

// Begins a session for whoever `find` finds; otherwise refuses, with an audit entry either way.
template <class Find>
net::Response signIn(Services& services, const Call& call, std::string_view how,
                     std::string_view refusal, const Find& find) {
  const auto lease = services.database.lease();
  db::Transaction tx(*lease);
  const std::optional<trust::Account> account = find(*lease);
  if (!account) {
    services.audit.append(*lease, signInEntry(call, nullptr, how, "refused"));
    tx.commit();
    services.metrics.event("sign-in-refused");
    throw Problem(Problem::Kind::unauthenticated, std::string(refusal));
  }
  const std::string token = services.sessions.begin(*lease, *account);
  services.audit.append(*lease, signInEntry(call, &*account, how, "granted"));
  tx.commit();
  services.limiter.giveBack(Limit::signIn, call.request.remoteAddress);
  net::Response response = json({{"account", accountShape(*account)}});
  response.cookies.push_back(cookie(services, call, *account, token));
  return response;
}

net::Response useLink(Services& services, const Call& call) {
  const js::Object body = call.body();
  const std::string token(js::requireText(body, "token"));
  return signIn(
      services, call, "link",
      "this link does not work: it is wrong, too old, or has been used. Ask for a new one",
      [&](db::Connection& c) { return services.accounts.useLink(c, token); });
}

net::Response recover(Services& services, const Call& call) {
  const js::Object body = call.body();
  const std::string code(js::requireText(body, "code"));
  return signIn(services, call, "recovery-code",
                "this code is not one of ours; check each letter and number",
                [&](db::Connection& c) { return services.accounts.withRecoveryCode(c, code); });
}

net::Response withPassword(Services& services, const Call& call) {
  const js::Object body = call.body();
  const std::string login(js::requireText(body, "login"));
  const std::string password(js::requireText(body, "password"));
  if (password.size() > 1024) throw Problem(Problem::Kind::invalid, "too long", "/password");
  // Argon2id takes a tenth of a second: not while holding everybody else's turn to write.
  std::optional<trust::Account> account;
  {
    const auto lease = services.database.lease();
    account = services.accounts.withPassword(*lease, login, password);
  }
  return signIn(services, call, "password", "login or password is wrong",
                [&](db::Connection&) { return account; });
}

// Somebody has to see what a client without a name writes: whoever is on call, else all care staff.
void joinIntake(Services& services, db::Connection& connection, const base::PersonId& person) {
  std::vector<trust::Account> staff = services.accounts.staff(connection);
  std::erase_if(staff, [](const auto& account) { return !trust::isCareStaff(account.role); });
  const bool anyOnCall =
      std::any_of(staff.begin(), staff.end(), [](const auto& account) { return account.onCall; });
  for (const trust::Account& account : staff) {
    if (account.onCall || !anyOnCall) {
      trust::joinCareTeam(connection, person, account.id, services.clock.now());
    }
  }
  if (staff.empty()) {
    services.log.error(
        "a client has started and nobody is there to see what they write: no "
        "clinician or social worker has an account");
  }
}

net::Response start(Services& services, const Call& call) {
  const js::Object body = call.body();
  trust::Profile profile;
  profile.language = languageOf(services, call.request);
  profile.country = js::text(body, "country").value_or("");
  if (profile.country.size() > 2) throw Problem(Problem::Kind::invalid, "two letters", "/country");
  const auto lease = services.database.lease();
  db::Transaction tx(*lease);
  const auto started = services.accounts.startWithoutName(*lease, profile);
  joinIntake(services, *lease, started.account.person);
  const std::string token = services.sessions.begin(*lease, started.account);
  services.audit.append(*lease, signInEntry(call, &started.account, "start", "granted"));
  tx.commit();
  net::Response response = json(
      {{"account", accountShape(started.account)}, {"recoveryCode", started.recoveryCode}}, 201);
  response.cookies.push_back(cookie(services, call, started.account, token));
  return response;
}

net::Response signOut(Services& services, const Call& call) {
  const trust::Account& account = call.signedIn();
  {
    const auto lease = services.database.lease();
    db::Transaction tx(*lease);
    services.sessions.end(*lease, call.session);
    services.audit.append(*lease, signInEntry(call, &account, "sign-out", "granted"));
    tx.commit();
  }
  services.live.endSession(call.session);
  net::Response response = noContent();
  response.cookies.push_back("attune=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
  response.headers["Clear-Site-Data"] = "\"cookies\"";
  return response;
}

net::Response me(Services& services, const Call& call) {
  js::Object clinic{{"name", services.clinic.name},
                    {"demo", services.clinic.demonstration},
                    {"country", services.clinic.country}};
  if (!services.clinic.notice.empty()) clinic["notice"] = services.clinic.notice;
  return json({{"account", accountShape(call.signedIn())},
               {"clinic", std::move(clinic)},
               {"serverTime", base::formatInstant(services.clock.now())}});
}

net::Response setPassword(Services& services, const Call& call) {
  const js::Object body = call.body();
  const std::string password(js::requireText(body, "password"));
  const trust::Account& account = call.signedIn();
  const auto lease = services.database.lease();
  db::Transaction tx(*lease);
  services.accounts.setPassword(*lease, account, password);
  services.audit.append(*lease, signInEntry(call, &account, "password-set", "granted"));
  tx.commit();
  return noContent();
}

}  // namespace

void addSessionRoutes(Routes& routes) {
  routes.post("/api/session/link", Scope::everyone, &useLink, "Sign in with a one-time link")
      .limit = Limit::signIn;
  routes.post("/api/session/recover", Scope::everyone, &recover, "Sign in with a recovery code")
      .limit = Limit::signIn;
  routes.post("/api/session/password", Scope::everyone, &withPassword, "Sign in with a password")
      .limit = Limit::signIn;
  routes.post("/api/session/start", Scope::everyone, &start, "Start without a name").limit =
      Limit::start;
  routes.remove("/api/session", Scope::signedIn, &signOut, "Sign out");
  routes.get("/api/me", Scope::signedIn, &me, "Who is signed in, and where");
  routes.put("/api/me/password", Scope::staff, &setPassword, "Set a password").limit =
      Limit::signIn;
}

}  // namespace attune::api
