// Calls a person: in the app, by e-mail, by webhook; again and to more people until somebody takes
// it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/metrics.h"
#include "net/outbound.h"
#include "oversight/events.h"
#include "oversight/policy.h"
#include "trust/accounts.h"

namespace attune::oversight {

enum class PageReason { possibleCrisis = 0, clientAsked };
enum class Channel { inApp = 0, email, webhook };
enum class DeliveryState { waiting = 0, sent, failed };

std::string_view name(PageReason reason);
std::string_view name(Channel channel);
std::string_view name(DeliveryState state);

struct Page {
  std::string id;
  base::PersonId person;
  base::ResourceId finding;  // empty when the client asked
  PageReason reason = PageReason::possibleCrisis;
  int level = 0;  // 0: those on call; rises with every time it went out again
  base::Instant sentAt;
  std::optional<base::Instant> ackedAt;
  base::AccountId ackedBy;
  struct Delivery {
    Channel channel = Channel::inApp;
    base::AccountId account;  // empty for the webhook
    int level = 0;
    DeliveryState state = DeliveryState::waiting;
    std::string error;
  };
  std::vector<Delivery> deliveries;
};

// What is sent: never a client's words or name.
struct PageWords {
  std::string subject;
  std::string body;
};

struct PagerSettings {
  std::optional<net::SmtpSettings> smtp;
  std::optional<net::WebhookSettings> webhook;
  std::string link;  // where the app is, for the text
};

class Pager {
 public:
  // words: (reason, again) -> text in the language of the account. All references outlive it.
  using Words = std::function<PageWords(PageReason, bool again, std::string_view language)>;
  Pager(db::Database& database, const trust::Accounts& accounts, base::Random& random,
        const base::Clock& clock, ReviewPolicy policy, PagerSettings settings, Words words,
        base::Log& log, base::Metrics& metrics);

  // Opens a page in the caller's transaction, or joins one that is open for this person, is as
  // urgent (a request to be called does not stand for a possible crisis) and still goes out.
  // Whoever is paged gets into the person's care team for policy.onCallAccess. Nobody on call: the
  // care team is paged; nobody there either: all clinicians and social workers.
  // Returns the page's id if a new one was made.
  std::optional<std::string> page(db::Connection& connection, const base::PersonId& person,
                                  const base::ResourceId& finding, PageReason reason);

  // True while a page about this person waits for somebody to take it.
  bool isOpenFor(const base::PersonId& person) const;

  // Sends what is waiting and escalates what nobody took; called every second or so from one
  // thread, outside any transaction.
  void tick(const EventSink& events);

  // Somebody has decided on a crisis of this person: open crisis pages about them are taken by that
  // account, unless another crisis is still undecided. In the caller's transaction. Returns the ids
  // of the pages taken.
  std::vector<std::string> takeDecided(db::Connection& connection, const base::PersonId& person,
                                       const base::AccountId& account);

  // Pages that this account was sent or may take, newest first; open ones first.
  std::vector<Page> forStaff(db::Connection& connection, const base::AccountId& account,
                             int limit) const;
  // Takes a page over, in the caller's transaction. Throws Problem(notFound), or Problem(conflict)
  // if somebody else has it already.
  Page acknowledge(db::Connection& connection, const std::string& id,
                   const base::AccountId& account);

 private:
  void addDeliveries(db::Connection& connection, const std::string& page,
                     const base::PersonId& person, int level);
  void escalate(const EventSink& events);
  void deliver();
  std::vector<trust::Account> recipients(db::Connection& connection, const base::PersonId& person,
                                         int level) const;
  Page load(db::Connection& connection, const db::Row& row) const;

  db::Database& database_;
  const trust::Accounts& accounts_;
  base::Random& random_;
  const base::Clock& clock_;
  ReviewPolicy policy_;
  PagerSettings settings_;
  Words words_;
  base::Log& log_;
  base::Metrics& metrics_;
};

}  // namespace attune::oversight
