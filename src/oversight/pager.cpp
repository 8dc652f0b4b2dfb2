#include "oversight/pager.h"

#include <algorithm>
#include <array>
#include <sstream>

#include "base/json.h"
#include "oversight/finding.h"
#include "trust/care_team.h"

namespace attune::oversight {

using base::Problem;

namespace {

constexpr std::array<std::string_view, 2> kReasons{"possible-crisis", "client-asked"};
constexpr std::array<std::string_view, 3> kChannels{"in-app", "email", "webhook"};
constexpr std::array<std::string_view, 3> kDeliveryStates{"waiting", "sent", "failed"};
constexpr int kDeliveryAttempts = 5;
constexpr std::string_view kPageColumns =
    "SELECT p.id, p.person, p.finding, p.reason, p.level, p.sent_at, p.acked_at, p.acked_by FROM "
    "page p ";

std::int64_t number(auto word) {
  return static_cast<std::int64_t>(word);
}

// A mail server's answer often quotes the address it refused; that belongs in no log and no row.
std::string withoutAddresses(const std::string& text) {
  std::istringstream words(text);
  std::string out, word;
  while (words >> word) {
    if (!out.empty()) out += ' ';
    out += word.find('@') == std::string::npos ? word : "(address)";
  }
  return out;
}

}  // namespace

std::string_view name(PageReason reason) {
  return kReasons.at(static_cast<std::size_t>(reason));
}
std::string_view name(Channel channel) {
  return kChannels.at(static_cast<std::size_t>(channel));
}
std::string_view name(DeliveryState state) {
  return kDeliveryStates.at(static_cast<std::size_t>(state));
}

Pager::Pager(db::Database& database, const trust::Accounts& accounts, base::Random& random,
             const base::Clock& clock, ReviewPolicy policy, PagerSettings settings, Words words,
             base::Log& log, base::Metrics& metrics)
    : database_(database),
      accounts_(accounts),
      random_(random),
      clock_(clock),
      policy_(policy),
      settings_(std::move(settings)),
      words_(std::move(words)),
      log_(log),
      metrics_(metrics) {}

std::vector<trust::Account> Pager::recipients(db::Connection& connection,
                                              const base::PersonId& person, int level) const {
  std::vector<trust::Account> staff = accounts_.staff(connection);
  std::erase_if(staff, [](const auto& account) { return !trust::isCareStaff(account.role); });
  const auto team = trust::careTeamOf(connection, person, clock_.now());
  const auto pick = [&](const auto& wanted) {
    std::vector<trust::Account> some;
    std::copy_if(staff.begin(), staff.end(), std::back_inserter(some), wanted);
    return some;
  };
  const auto inTeam = [&](const trust::Account& account) {
    return std::find(team.begin(), team.end(), account.id) != team.end();
  };
  std::vector<trust::Account> chosen;
  if (level == 0) chosen = pick([](const auto& account) { return account.onCall; });
  if (level == 1 || chosen.empty()) {
    const auto wider = pick([&](const auto& account) { return account.onCall || inTeam(account); });
    if (!wider.empty()) chosen = wider;
  }
  if (level >= 2 || chosen.empty()) chosen = staff;
  return chosen;
}

void Pager::addDeliveries(db::Connection& connection, const std::string& page,
                          const base::PersonId& person, int level) {
  const base::Instant now = clock_.now();
  const auto add = [&](Channel channel, const std::string& account, DeliveryState state) {
    connection.exec(
        "INSERT INTO page_delivery(page, channel, account, level, state, attempts, next_at) "
        "VALUES($1, $2, $3, $4, $5, 0, $6) ON CONFLICT(page, channel, account, level) DO NOTHING",
        {page, number(channel), account, std::int64_t(level), number(state), base::toMillis(now)});
  };
  const auto accounts = recipients(connection, person, level);
  if (accounts.empty()) {
    log_.error("a page has nobody to go to: no clinician or social worker has an account",
               {{"page", page}});
    metrics_.event("page-without-recipient");
  }
  for (const trust::Account& account : accounts) {
    trust::joinCareTeam(connection, person, account.id, now, now + policy_.onCallAccess);
    add(Channel::inApp, account.id.value, DeliveryState::sent);
    if (settings_.smtp && !account.profile.email.empty()) {
      add(Channel::email, account.id.value, DeliveryState::waiting);
    }
  }
  if (settings_.webhook) add(Channel::webhook, "", DeliveryState::waiting);
}

std::optional<std::string> Pager::page(db::Connection& connection, const base::PersonId& person,
                                       const base::ResourceId& finding, PageReason reason) {
  const base::Instant now = clock_.now();
  // A page stands for this one if it is for the same reason and still goes out: one that went out
  // for the last time and was taken by nobody must not keep the next one silent, and who asked to
  // be called must be answered even after somebody has looked at the finding.
  if (!connection
           .query("SELECT 1 FROM page WHERE person = $1 AND acked_at IS NULL AND reason = $2 AND "
                  "(level < $3 OR escalate_at > $4) LIMIT 1",
                  {person.value, number(reason), std::int64_t(policy_.escalations),
                   base::toMillis(now)})
           .empty()) {
    return std::nullopt;
  }
  const std::string id = base::newIdText(random_);
  connection.exec(
      "INSERT INTO page(id, person, finding, reason, level, sent_at, escalate_at) VALUES($1, $2, "
      "$3, $4, 0, $5, $6)",
      {id, person.value, finding.empty() ? db::Value{} : db::Value{finding.value}, number(reason),
       base::toMillis(now), base::toMillis(now + policy_.escalateAfter)});
  addDeliveries(connection, id, person, 0);
  metrics_.event("page");
  return id;
}

bool Pager::isOpenFor(const base::PersonId& person) const {
  const auto lease = database_.lease();
  return !lease
              ->query("SELECT 1 FROM page WHERE person = $1 AND acked_at IS NULL LIMIT 1",
                      {person.value})
              .empty();
}

void Pager::tick(const EventSink& events) {
  escalate(events);
  deliver();
}

void Pager::escalate(const EventSink& events) {
  const auto lease = database_.lease();
  const base::Instant now = clock_.now();
  const db::Rows due = lease->query(
      "SELECT id, person, level FROM page WHERE acked_at IS NULL AND escalate_at <= $1 AND level < "
      "$2",
      {base::toMillis(now), std::int64_t(policy_.escalations)});
  for (const db::Row& row : due) {
    const std::string& id = row.text(0);
    const base::PersonId person{row.text(1)};
    const int level = static_cast<int>(row.integer(2)) + 1;
    db::Transaction tx(*lease);
    const auto changed = lease->exec(
        "UPDATE page SET level = $2, escalate_at = $3 WHERE id = $1 AND acked_at IS NULL AND level "
        "= $4",
        {id, std::int64_t(level), base::toMillis(now + policy_.escalateAfter), row.integer(2)});
    if (changed != 1) continue;
    addDeliveries(*lease, id, person, level);
    tx.commit();
    log_.warn("nobody has taken a page; it went out again", {{"page", id}, {"escalation", level}});
    metrics_.event("page-escalated");
    events({Event::Type::page, person, id, {}, 1});
  }
}

void Pager::deliver() {
  const auto lease = database_.lease();
  const base::Instant now = clock_.now();
  const db::Rows due = lease->query(
      "SELECT d.page, d.channel, d.account, d.level, d.attempts, p.reason FROM page_delivery d "
      "JOIN "
      "page p ON p.id = d.page WHERE d.state = $1 AND d.next_at <= $2 ORDER BY d.next_at LIMIT 20",
      {number(DeliveryState::waiting), base::toMillis(now)});
  for (const db::Row& row : due) {
    const auto channel = static_cast<Channel>(row.integer(1));
    const auto reason = static_cast<PageReason>(row.integer(5));
    const int attempts = static_cast<int>(row.integer(4)) + 1;
    const bool again = row.integer(3) > 0;
    std::string error;
    try {
      if (channel == Channel::email) {
        const auto account = accounts_.find(*lease, {row.text(2)});
        if (!account || !settings_.smtp) {
          throw Problem(Problem::Kind::configuration, "no address or no mail server any more");
        }
        const PageWords words = words_(reason, again, account->profile.language);
        net::sendMail(*settings_.smtp, {{account->profile.email}, words.subject, words.body});
      } else {
        if (!settings_.webhook) {
          throw Problem(Problem::Kind::configuration, "the webhook is not configured any more");
        }
        base::json::Object body;
        body["page"] = row.text(0);
        body["reason"] = name(reason);
        body["again"] = again;
        body["text"] = words_(reason, again, "en").body;
        body["link"] = settings_.link;
        net::postWebhook(*settings_.webhook, base::json::write(body));
      }
    } catch (const Problem& problem) {
      error = withoutAddresses(problem.detail());
    }
    const bool failed = !error.empty() && attempts >= kDeliveryAttempts;
    const DeliveryState state = error.empty() ? DeliveryState::sent
                                : failed      ? DeliveryState::failed
                                              : DeliveryState::waiting;
    const auto backOff = std::chrono::seconds(5) * (1 << std::min(attempts, 6));
    lease->exec(
        "UPDATE page_delivery SET state = $5, attempts = $6, next_at = $7, error = $8 WHERE page = "
        "$1 AND channel = $2 AND account = $3 AND level = $4",
        {row.text(0), row.integer(1), row.text(2), row.integer(3), number(state),
         std::int64_t(attempts), base::toMillis(now + backOff),
         error.empty() ? db::Value{} : db::Value{error}});
    if (!error.empty()) {
      log_.error("a page could not be delivered",
                 {{"page", row.text(0)}, {"channel", name(channel)}, {"error", error}});
      metrics_.event("page-delivery-failed");
    }
  }
}

Page Pager::load(db::Connection& connection, const db::Row& row) const {
  Page page;
  page.id = row.text(0);
  page.person = {row.text(1)};
  page.finding = {row.maybeText(2).value_or("")};
  page.reason = static_cast<PageReason>(row.integer(3));
  page.level = static_cast<int>(row.integer(4));
  page.sentAt = base::fromMillis(row.integer(5));
  if (const auto acked = row.maybeInteger(6)) page.ackedAt = base::fromMillis(*acked);
  page.ackedBy = {row.maybeText(7).value_or("")};
  for (const db::Row& delivery : connection.query(
           "SELECT channel, account, level, state, error FROM page_delivery WHERE page "
           "= $1 ORDER BY level, channel, account",
           {page.id})) {
    page.deliveries.push_back({static_cast<Channel>(delivery.integer(0)),
                               {delivery.text(1)},
                               static_cast<int>(delivery.integer(2)),
                               static_cast<DeliveryState>(delivery.integer(3)),
                               delivery.maybeText(4).value_or("")});
  }
  return page;
}

std::vector<Page> Pager::forStaff(db::Connection& connection, const base::AccountId& account,
                                  int limit) const {
  std::vector<Page> pages;
  for (const db::Row& row : connection.query(
           std::string(kPageColumns) +
               "WHERE EXISTS (SELECT 1 FROM page_delivery d WHERE d.page = p.id AND d.account = "
               "$1) ORDER BY p.acked_at IS NOT NULL, p.sent_at DESC, p.id LIMIT $2",
           {account.value, std::int64_t(std::clamp(limit, 1, 500))})) {
    pages.push_back(load(connection, row));
  }
  return pages;
}

std::vector<std::string> Pager::takeDecided(db::Connection& connection,
                                            const base::PersonId& person,
                                            const base::AccountId& account) {
  std::vector<std::string> taken;
  if (!connection
           .query(
               "SELECT 1 FROM finding WHERE person = $1 AND kind = $2 AND state <> $3 LIMIT 1",
               {person.value, number(FindingKind::possibleCrisis), number(FindingState::decided)})
           .empty()) {
    return taken;
  }
  for (const db::Row& row : connection.query(
           "UPDATE page SET acked_at = $3, acked_by = $4 WHERE person = $1 AND reason = $2 AND "
           "acked_at IS NULL RETURNING id",
           {person.value, number(PageReason::possibleCrisis), base::toMillis(clock_.now()),
            account.value})) {
    taken.push_back(row.text(0));
  }
  return taken;
}

Page Pager::acknowledge(db::Connection& connection, const std::string& id,
                        const base::AccountId& account) {
  const db::Rows sent = connection.query(
      "SELECT 1 FROM page_delivery WHERE page = $1 AND account = $2 LIMIT 1", {id, account.value});
  if (sent.empty()) throw Problem(Problem::Kind::notFound, "there is no such page");
  const auto changed = connection.exec(
      "UPDATE page SET acked_at = $2, acked_by = $3 WHERE id = $1 AND acked_at IS NULL",
      {id, base::toMillis(clock_.now()), account.value});
  const db::Rows rows = connection.query(std::string(kPageColumns) + "WHERE p.id = $1", {id});
  Page page = load(connection, rows.at(0));
  if (changed != 1 && page.ackedBy != account) {
    throw Problem(Problem::Kind::conflict, "a colleague has taken this already");
  }
  return page;
}

}  // namespace attune::oversight
