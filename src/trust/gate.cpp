#include "trust/gate.h"

#include <algorithm>

#include "trust/consents.h"

namespace attune::trust {

using base::Problem;

namespace {

// What the person must have agreed to before `kind` is touched by this role.
struct Needed {
  Source source;
  Purpose purpose;
};

std::vector<Needed> consentNeeded(Role role, Action action, Kind kind) {
  if (role == Role::client) {
    // Keeping what they write is itself care; without that word nothing is stored.
    if (action == Action::write && kind == Kind::messages)
      return {{Source::messages, Purpose::care}};
    return {};
  }
  switch (kind) {
    case Kind::messages:
      return {{Source::messages, role == Role::system ? Purpose::alerts : Purpose::care}};
    case Kind::findings:
      if (role == Role::system) return {{Source::messages, Purpose::alerts}};
      return {{Source::messages, Purpose::care}, {Source::messages, Purpose::alerts}};
    case Kind::checkIns:
    case Kind::measures:
      return {{Source::checkIns, Purpose::care}};
    case Kind::identity:
    case Kind::consents:
    case Kind::everything:
      return {};
  }
  return {};
}

// Whether this role may ever do this to this kind, consent and relationship apart.
bool roleAllows(const Actor& actor, const Access& access, Kind kind) {
  switch (actor.role) {
    case Role::client:
      if (actor.person != access.person || access.purpose != Purpose::own) return false;
      if (kind == Kind::findings) return access.action == Action::read;
      return access.action == Action::read || kind == Kind::messages || kind == Kind::consents ||
             kind == Kind::checkIns || kind == Kind::measures;
    case Role::clinician:
    case Role::socialWorker:
      if (kind == Kind::everything || access.purpose != Purpose::care) return false;
      return access.action == Action::read || kind == Kind::messages || kind == Kind::findings;
    case Role::system:
      if (access.purpose != Purpose::alerts) return false;
      return (kind == Kind::messages && access.action == Action::read) || kind == Kind::findings;
    case Role::administrator:
    case Role::dataProtection:
      return false;
  }
  return false;
}

bool exists(db::Connection& connection, const base::PersonId& person) {
  return !connection
              .query("SELECT 1 FROM person WHERE id = $1 AND erased_at IS NULL", {person.value})
              .empty();
}

bool inCareTeam(db::Connection& connection, const base::PersonId& person,
                const base::AccountId& account, base::Instant now) {
  const std::int64_t at = base::toMillis(now);
  return !connection
              .query(
                  "SELECT 1 FROM care_team c JOIN account a ON a.id = c.account WHERE c.person = "
                  "$1 AND c.account = $2 AND c.since <= $3 AND (c.until IS NULL OR c.until > $3) "
                  "AND a.disabled_at IS NULL",
                  {person.value, account.value, at})
              .empty();
}

std::string words(const std::vector<Kind>& kinds) {
  std::string text;
  for (const Kind kind : kinds) {
    if (!text.empty()) text += ' ';
    text += name(kind);
  }
  return text;
}

AuditEntry entryFor(const Actor& actor, const Access& access) {
  AuditEntry entry;
  entry.actor = actor.account.empty() ? "system" : actor.account.value;
  entry.role = name(actor.role);
  entry.action = name(access.action);
  entry.person = access.person.value;
  entry.what = words(access.kinds);
  entry.purpose = name(access.purpose);
  entry.from = actor.from;
  entry.detail = access.detail;
  entry.result = "granted";
  return entry;
}

Problem noSuchRecord() {
  return {Problem::Kind::notFound, "there is no such record"};
}

}  // namespace

bool Grant::covers(Kind kind) const {
  return std::find(kinds_.begin(), kinds_.end(), kind) != kinds_.end() ||
         std::find(kinds_.begin(), kinds_.end(), Kind::everything) != kinds_.end();
}

Gate::Gate(db::Database& database, AuditLog& audit, const base::Clock& clock)
    : database_(database), audit_(audit), clock_(clock) {}

// Grants, or says why not. The caller owns the transaction and the audit entry.
std::variant<Grant, Gate::Refusal> Gate::decide(db::Connection& connection, const Actor& actor,
                                                const Access& access) const {
  if (access.kinds.empty()) throw Problem(Problem::Kind::internal, "a grant needs kinds");
  if (!exists(connection, access.person)) return Refusal{"no such record", noSuchRecord()};
  for (const Kind kind : access.kinds) {
    if (!roleAllows(actor, access, kind)) return Refusal{"role", noSuchRecord()};
  }
  Grant grant;
  grant.actor_ = actor;
  grant.person_ = access.person;
  grant.action_ = access.action;
  grant.purpose_ = access.purpose;
  grant.kinds_ = access.kinds;
  grant.needsCareTeam_ = isCareStaff(actor.role);
  grant.clock_ = &clock_;
  if (grant.needsCareTeam_ && !inCareTeam(connection, access.person, actor.account, clock_.now())) {
    return Refusal{"not in the care team", noSuchRecord()};
  }
  for (const Kind kind : access.kinds) {
    for (const Needed& needed : consentNeeded(actor.role, access.action, kind)) {
      const auto serial = standingConsent(connection, access.person, needed.source, needed.purpose);
      if (!serial) {
        const std::string what =
            std::string(name(needed.source)) + "/" + std::string(name(needed.purpose));
        return Refusal{
            "no consent " + what,
            Problem(Problem::Kind::forbidden, "there is no consent for this (" + what + ")", what)};
      }
      grant.consents_.push_back({needed.source, needed.purpose, *serial});
    }
  }
  return grant;
}

Grant Gate::open(const Actor& actor, const Access& access) {
  const auto lease = database_.lease();
  db::Transaction tx(*lease);
  auto decided = decide(*lease, actor, access);
  AuditEntry entry = entryFor(actor, access);
  const auto* refusal = std::get_if<Refusal>(&decided);
  if (refusal != nullptr) {
    entry.action = "refused";
    entry.detail =
        std::string(name(access.action)) + (access.detail.empty() ? "" : " " + access.detail);
    entry.result = refusal->why;
  }
  audit_.append(*lease, std::move(entry));
  tx.commit();
  if (refusal != nullptr) throw Problem(refusal->problem);
  return std::move(std::get<Grant>(decided));
}

std::vector<Grant> Gate::openMany(const Actor& actor, const std::vector<base::PersonId>& persons,
                                  Access access) {
  const auto lease = database_.lease();
  db::Transaction tx(*lease);
  std::vector<Grant> grants;
  for (const base::PersonId& person : persons) {
    access.person = person;
    auto decided = decide(*lease, actor, access);
    if (auto* grant = std::get_if<Grant>(&decided)) {
      audit_.append(*lease, entryFor(actor, access));
      grants.push_back(std::move(*grant));
    } else if (const auto& refusal = std::get<Refusal>(decided);
               refusal.problem.kind() == Problem::Kind::notFound) {
      AuditEntry entry = entryFor(actor, access);
      entry.action = "refused";
      entry.detail = name(access.action);
      entry.result = refusal.why;
      audit_.append(*lease, std::move(entry));
    }
  }
  tx.commit();
  return grants;
}

Grant Gate::openForDemonstration(const base::PersonId& person, const Actor& actor) {
  const auto lease = database_.lease();
  db::Transaction tx(*lease);
  if (lease->query("SELECT 1 FROM setting WHERE name = 'demonstration'").empty()) {
    throw Problem(Problem::Kind::forbidden, "this installation is not a demonstration");
  }
  if (!exists(*lease, person)) throw noSuchRecord();
  AuditEntry entry =
      entryFor(actor, {person, Action::write, {Kind::everything}, Purpose::care, "demonstration"});
  audit_.append(*lease, std::move(entry));
  tx.commit();
  Grant grant;
  grant.actor_ = actor;
  grant.clock_ = &clock_;
  grant.person_ = person;
  grant.action_ = Action::write;
  grant.kinds_ = {Kind::everything};
  return grant;
}

Grant Gate::narrow(const Grant& grant, std::vector<Kind> kinds) {
  for (const Kind kind : kinds) {
    if (!grant.covers(kind)) throw Problem(Problem::Kind::internal, "a grant can't be widened");
  }
  Grant narrowed = grant;
  narrowed.kinds_ = std::move(kinds);
  return narrowed;
}

void Gate::check(db::Connection& connection, const Grant& grant, Action action, Kind kind,
                 base::Instant now) {
  // Leave to write includes reading what is there: an update has to see the version it replaces.
  const bool actionCovered = grant.action_ == action || grant.action_ == Action::write;
  if (!actionCovered || !grant.covers(kind)) {
    throw Problem(Problem::Kind::internal, "the grant does not cover this use of the record",
                  std::string(name(action)) + " " + std::string(name(kind)));
  }
  if (!exists(connection, grant.person_)) throw noSuchRecord();
  if (grant.needsCareTeam_ && !inCareTeam(connection, grant.person_, grant.actor_.account, now)) {
    throw noSuchRecord();
  }
  for (const auto& consented : grant.consents_) {
    const auto serial =
        standingConsent(connection, grant.person_, consented.source, consented.purpose);
    if (!serial || *serial != consented.serial) {
      throw Problem(
          Problem::Kind::forbidden,
          "the consent this stood on has been withdrawn or changed; nothing was done",
          std::string(name(consented.source)) + "/" + std::string(name(consented.purpose)));
    }
  }
}

void Gate::checkNow(db::Connection& connection, const Grant& grant, Action action, Kind kind) {
  check(connection, grant, action, kind, grant.clock_->now());
}

}  // namespace attune::trust
