#include "oversight/pager.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/json.h"
#include "net/server.h"
#include "oversight/oversight_testing.h"

namespace attune::oversight {
namespace {

using testing::Account;
using testing::minutes;
using testing::problemOf;
using testing::Role;
using testing::seconds;
using testing::Ward;
using testing::Wrong;

// Receives what the webhook is sent, on 127.0.0.1, and answers with `status`.
class Receiver {
 public:
  Receiver() {
    net::Handlers handlers;
    handlers.handle = [this](const net::Request& request) {
      const std::lock_guard lock(mutex_);
      bodies_.push_back(request.body);
      net::Response response;
      response.status = status_;
      return response;
    };
    handlers.bodyLimit = [](const net::Request&) { return std::size_t{65536}; };
    net::ServerOptions options;
    options.port = 0;
    options.workers = 1;
    server_ = std::make_unique<net::Server>(options, std::move(handlers), log_);
    server_->start();
  }
  PagerSettings settings() {
    PagerSettings made;
    made.webhook = net::WebhookSettings{
        "http://127.0.0.1:" + std::to_string(server_->port()) + "/page", "secret", seconds(20)};
    made.link = "https://attune.example";
    return made;
  }
  void answerWith(int status) {
    const std::lock_guard lock(mutex_);
    status_ = status;
  }
  std::vector<std::string> bodies() {
    const std::lock_guard lock(mutex_);
    return bodies_;
  }

 private:
  std::mutex mutex_;
  int status_ = 204;
  std::vector<std::string> bodies_;
  base::SystemClock clock_;
  base::Log log_{clock_, [](std::string_view) {}};
  std::unique_ptr<net::Server> server_;
};

// A mail server that nobody runs: port 1 of this machine refuses.
PagerSettings withDeadMailServer() {
  PagerSettings made;
  made.smtp = net::SmtpSettings{"smtp://127.0.0.1:1", "", "", "attune@clinic.example", seconds(5)};
  return made;
}

std::vector<std::string> reached(const Page& page, int level) {
  std::vector<std::string> accounts;
  for (const auto& delivery : page.deliveries) {
    if (delivery.channel == Channel::inApp && delivery.level == level) {
      accounts.push_back(delivery.account.value);
    }
  }
  std::sort(accounts.begin(), accounts.end());
  return accounts;
}

std::vector<std::string> sorted(std::vector<std::string> ids) {
  std::sort(ids.begin(), ids.end());
  return ids;
}

// Whoever is on call is paged, and only they, however many others work here.
TEST(Pager, pagesWhoIsOnCall) {
  Ward ward;
  ward.onCall(ward.other);
  ward.page();
  ASSERT_EQ(ward.pagesOf(ward.other).size(), 1u);
  EXPECT_TRUE(ward.pagesOf(ward.staff).empty());
  EXPECT_EQ(ward.pagesOf(ward.other)[0].deliveries[0].state, DeliveryState::sent);
}

// A night on which nobody is down as on call must not be one on which nobody is paged.
TEST(Pager, nobodyOnCallPagesTheTeamAndWithoutATeamEverybody) {
  Ward ward;
  ward.page();
  EXPECT_EQ(reached(ward.pagesOf(ward.staff).at(0), 0),
            std::vector<std::string>{ward.staff.id.value});
  EXPECT_TRUE(ward.pagesOf(ward.other).empty());

  Ward alone;
  alone.house.leave(alone.client, alone.staff, alone.house.clock.now());
  alone.page();
  EXPECT_EQ(reached(alone.pagesOf(alone.staff).at(0), 0),
            sorted({alone.staff.id.value, alone.other.id.value}));
}

// Administrators and data-protection officers are never paged: they may not look.
TEST(Pager, pagesOnlyCareStaff) {
  Ward ward;
  ward.house.leave(ward.client, ward.staff, ward.house.clock.now());
  const Account admin = ward.house.account(Role::administrator, {"A", "a", "", "en", "IE"});
  const Account officer = ward.house.account(Role::dataProtection, {"D", "d", "", "en", "IE"});
  ward.onCall(admin);
  ward.page();
  EXPECT_TRUE(ward.pagesOf(admin).empty());
  EXPECT_TRUE(ward.pagesOf(officer).empty());
  EXPECT_EQ(ward.pagesOf(ward.staff).size(), 1u);
}

// An installation without care staff must say so loudly instead of paging into the void.
TEST(Pager, saysWhenThereIsNobodyToPage) {
  Ward ward;
  ward.house.erase(ward.staff.person);
  ward.house.erase(ward.other.person);
  ASSERT_TRUE(ward.page());
  EXPECT_NE(ward.logged().find("nobody to go to"), std::string::npos);
  // As soon as there is somebody, the next round finds them.
  const Account late = ward.house.account(Role::clinician, {"L", "l", "", "en", "IE"});
  ward.house.clock.advance(minutes(10));
  ward.tick();
  EXPECT_EQ(ward.pagesOf(late).size(), 1u);
}

// Who is paged may look for some days, and not for ever.
TEST(Pager, pagedPersonIsInTheTeamForAWhile) {
  Ward ward;
  ward.onCall(ward.other);
  ward.page();
  const auto isIn = [&] {
    const auto team = trust::careTeamOf(*ward.house.database->lease(), ward.client.person,
                                        ward.house.clock.now());
    return std::find(team.begin(), team.end(), ward.other.id) != team.end();
  };
  EXPECT_TRUE(isIn());
  ward.house.clock.advance(minutes(4320));
  EXPECT_FALSE(isIn());
}

// Nobody takes it: it goes out again, to more people, on the clock, as often as the policy says.
TEST(Pager, escalatesOnTheClockToMorePeople) {
  Ward ward;
  ward.onCall(ward.other);
  const Account third = ward.house.account(Role::clinician, {"T", "t", "", "en", "IE"});
  const std::string id = *ward.page();
  ward.house.clock.advance(minutes(10) - std::chrono::milliseconds(1));
  ward.tick();
  EXPECT_EQ(ward.pagesOf(ward.other)[0].level, 0);
  ward.house.clock.advance(std::chrono::milliseconds(1));
  ward.tick();
  ward.tick();  // the clock stands: once is enough
  const Page first = ward.pagesOf(ward.other)[0];
  EXPECT_EQ(first.level, 1);
  EXPECT_EQ(reached(first, 1), sorted({ward.other.id.value, ward.staff.id.value}));
  EXPECT_EQ(ward.heard(Event::Type::page), 1);
  ward.house.clock.advance(minutes(10));
  ward.tick();
  EXPECT_EQ(reached(ward.pagesOf(third).at(0), 2),
            sorted({ward.other.id.value, ward.staff.id.value, third.id.value}));
  for (int i = 0; i < 5; ++i) {
    ward.house.clock.advance(minutes(10));
    ward.tick();
  }
  EXPECT_EQ(ward.pagesOf(third)[0].level, 3);
  EXPECT_EQ(ward.heard(Event::Type::page), 3);
  EXPECT_TRUE(ward.pager.isOpenFor(ward.client.person));
}

// A server that was down for an hour must not ring six times at once when it comes back.
TEST(Pager, lateClockEscalatesOnceATick) {
  Ward ward;
  ward.page();
  ward.house.clock.advance(minutes(120));
  ward.tick();
  ward.tick();
  EXPECT_EQ(ward.pagesOf(ward.staff)[0].level, 1);
}

// Somebody who takes it stops the ringing; a colleague learns that it is taken.
TEST(Pager, acknowledgingStopsEscalationAndIsForOne) {
  Ward ward;
  ward.onCall(ward.staff);
  ward.onCall(ward.other);
  const std::string id = *ward.page();
  const Page taken = ward.acknowledge(id, ward.staff);
  EXPECT_EQ(taken.ackedBy, ward.staff.id);
  EXPECT_EQ(taken.ackedAt, ward.house.clock.now());
  EXPECT_EQ(problemOf([&] { ward.acknowledge(id, ward.other); }), Wrong::conflict);
  ward.house.clock.advance(minutes(5));
  EXPECT_EQ(*ward.acknowledge(id, ward.staff).ackedAt,
            ward.house.clock.now() - minutes(5));  // twice by the same person does no harm
  ward.house.clock.advance(minutes(60));
  ward.tick();
  EXPECT_EQ(ward.pagesOf(ward.other)[0].level, 0);
  EXPECT_FALSE(ward.pager.isOpenFor(ward.client.person));
  EXPECT_TRUE(ward.page());  // the next one is a new one
}

// Who has decided on the crisis has seen it: ringing on would teach people to ignore the bell.
// While another crisis is undecided it must ring on, and so must a client's own call.
TEST(Pager, decidingStopsTheRinging) {
  Ward ward;
  const auto takeDecided = [&] {
    const auto lease = ward.house.database->lease();
    db::Transaction tx(*lease);
    const auto taken = ward.pager.takeDecided(*lease, ward.client.person, ward.staff.id);
    tx.commit();
    return taken.size();
  };
  const auto setFinding = [&](FindingState state) {
    ward.house.database->lease()->exec(
        "INSERT INTO finding(id, person, message, kind, priority, state, version, created_at, "
        "due_at) VALUES('f', $1, 'm', 0, 1, $2, 1, 1, 1) ON CONFLICT(id) DO UPDATE SET state = "
        "excluded.state",
        {ward.client.person.value, static_cast<std::int64_t>(state)});
  };
  ASSERT_TRUE(ward.page());
  setFinding(FindingState::open);
  EXPECT_EQ(takeDecided(), 0u);
  setFinding(FindingState::decided);
  EXPECT_EQ(takeDecided(), 1u);
  EXPECT_EQ(takeDecided(), 0u);
  EXPECT_FALSE(ward.pager.isOpenFor(ward.client.person));
  ASSERT_TRUE(ward.page(PageReason::clientAsked));
  EXPECT_EQ(takeDecided(), 0u);
}

// Somebody whom it was not sent to may not learn of it, by a guessed id either.
TEST(Pager, pageOfOthersIsNotThere) {
  Ward ward;
  ward.onCall(ward.staff);
  const std::string id = *ward.page();
  EXPECT_EQ(problemOf([&] { ward.acknowledge(id, ward.other); }), Wrong::notFound);
  EXPECT_EQ(problemOf([&] { ward.acknowledge("nothing", ward.staff); }), Wrong::notFound);
  EXPECT_TRUE(ward.pager.isOpenFor(ward.client.person));
}

// A page that rang for the last time and was taken by nobody must not keep every later crisis of
// this person silent; nor must a request to be called, which rings less urgently.
TEST(Pager, deadOrLesserPageDoesNotSilenceACrisis) {
  Ward ward;
  ASSERT_TRUE(ward.page());
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(ward.page());
    ward.house.clock.advance(minutes(10));
    ward.tick();
  }
  EXPECT_FALSE(ward.page());  // it rang for the last time just now
  ward.house.clock.advance(minutes(10));
  ward.tick();
  EXPECT_TRUE(ward.page());

  Ward asked;
  ASSERT_TRUE(asked.page(PageReason::clientAsked));
  EXPECT_FALSE(asked.page(PageReason::clientAsked));
  EXPECT_TRUE(asked.page(PageReason::possibleCrisis));
  EXPECT_FALSE(asked.page(PageReason::clientAsked));
}

// The webhook is told once a level, and never who it is about.
TEST(Pager, webhookIsToldOnceWithoutNameOrWords) {
  Receiver receiver;
  Ward ward(receiver.settings());
  ward.screener.screen(ward.write("[crisis] my own words"));
  ward.tick();
  ward.tick();
  ASSERT_EQ(receiver.bodies().size(), 1u);
  const std::string body = receiver.bodies()[0];
  EXPECT_EQ(body.find("Rosalind"), std::string::npos);
  EXPECT_EQ(body.find("Quill"), std::string::npos);
  EXPECT_EQ(body.find("own words"), std::string::npos);
  EXPECT_EQ(body.find(ward.client.person.value), std::string::npos);
  const base::json::Value value = base::json::parse(body);
  EXPECT_EQ(value.at("reason").as_string(), "possible-crisis");
  EXPECT_EQ(value.at("again").as_bool(), false);
  EXPECT_EQ(value.at("link").as_string(), "https://attune.example");
  ward.house.clock.advance(minutes(10));
  ward.tick();
  ASSERT_EQ(receiver.bodies().size(), 2u);
  EXPECT_EQ(base::json::parse(receiver.bodies()[1]).at("again").as_bool(), true);
}

// A receiver that fails is tried again, later and later; the page shows that and why, so that
// nobody believes that somebody was told.
TEST(Pager, failingWebhookIsTriedAgainAndShown) {
  Receiver receiver;
  receiver.answerWith(500);
  Ward ward(receiver.settings());
  ward.page();
  const auto delivery = [&] {
    const auto pages = ward.pagesOf(ward.staff);
    for (const auto& d : pages[0].deliveries) {
      if (d.channel == Channel::webhook && d.level == 0) return d;
    }
    return Page::Delivery{};
  };
  ward.tick();
  EXPECT_EQ(receiver.bodies().size(), 1u);
  EXPECT_EQ(delivery().state, DeliveryState::waiting);
  EXPECT_NE(delivery().error, "");
  EXPECT_NE(ward.logged().find("could not be delivered"), std::string::npos);
  ward.tick();
  EXPECT_EQ(receiver.bodies().size(), 1u);  // not before its time
  for (const int pause : {10, 20, 40}) {
    ward.house.clock.advance(seconds(pause));
    ward.tick();
  }
  EXPECT_EQ(receiver.bodies().size(), 4u);
  receiver.answerWith(204);
  ward.house.clock.advance(seconds(80));
  ward.tick();
  EXPECT_EQ(delivery().state, DeliveryState::sent);
  EXPECT_EQ(delivery().error, "");
}

// A mail server that does not answer: five tries, then "failed" with the error, and the page goes
// on in the app and escalates all the same.
TEST(Pager, mailThatNeverArrivesIsFailedAndEscalationGoesOn) {
  Ward ward(withDeadMailServer());
  ward.page();
  for (int i = 0; i < 5; ++i) {
    ward.tick();
    ward.house.clock.advance(seconds(100));
  }
  const Page page = ward.pagesOf(ward.staff)[0];
  bool failed = false;
  for (const auto& d : page.deliveries) {
    if (d.channel == Channel::email) {
      EXPECT_EQ(d.account, ward.staff.id);
      EXPECT_EQ(d.state, DeliveryState::failed);
      EXPECT_NE(d.error, "");
      failed = true;
    }
  }
  EXPECT_TRUE(failed);
  ward.house.clock.advance(minutes(5));
  ward.tick();
  EXPECT_EQ(ward.pagesOf(ward.staff)[0].level, 1);
  EXPECT_EQ(ward.logged().find("mara@clinic.example"), std::string::npos);
  EXPECT_EQ(ward.logged().find("Rosalind"), std::string::npos);
}

}  // namespace
}  // namespace attune::oversight
