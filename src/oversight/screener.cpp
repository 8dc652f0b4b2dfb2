#include "oversight/screener.h"

#include <algorithm>

#include "trust/consents.h"

namespace attune::oversight {

using base::Problem;

namespace {

constexpr std::chrono::seconds kLease{120};

// 10 s, 20 s, 40 s ... at most about ten minutes.
std::chrono::seconds pauseAfter(int attempts) {
  return std::chrono::seconds(10) * (1 << std::clamp(attempts - 1, 0, 6));
}

trust::Actor systemActor() {
  return {{}, {}, trust::Role::system, {}};
}

bool isGone(const Problem& problem) {
  return problem.kind() == Problem::Kind::forbidden || problem.kind() == Problem::Kind::notFound;
}

}  // namespace

Screener::Screener(db::Database& database, trust::Gate& gate, const record::Store& store,
                   Read reader, const Queue& queue, Pager& pager, base::Random& random,
                   base::Log& log, base::Metrics& metrics, EventSink events)
    : database_(database),
      gate_(gate),
      store_(store),
      reader_(std::move(reader)),
      queue_(queue),
      pager_(pager),
      random_(random),
      log_(log),
      metrics_(metrics),
      events_(std::move(events)) {}

// The gate leases a connection of its own, so none is held here while it is asked.
std::optional<record::Message> Screener::messageOf(const Work& work) {
  const trust::Grant grant = gate_.open(systemActor(), {work.person,
                                                        trust::Action::read,
                                                        {trust::Kind::messages},
                                                        trust::Purpose::alerts,
                                                        work.subject});
  const auto lease = database_.lease();
  const auto resource = store_.read(*lease, grant, {work.subject});
  if (!resource) return std::nullopt;
  return record::messageFrom(*resource);
}

// True when what was refused would be granted now: the client gave their word anew (to other words
// of the consent, say) while their message was being read. Then it has to be read again.
bool Screener::stillMayRead(const Work& work) {
  const auto lease = database_.lease();
  return trust::standingConsent(*lease, work.person, trust::Source::messages,
                                trust::Purpose::alerts)
      .has_value();
}

void Screener::endWithoutReading(const Work& work) {
  const auto lease = database_.lease();
  finishWork(*lease, work.id);
}

void Screener::endQuietly(const Work& work) {
  const auto lease = database_.lease();
  db::Transaction tx(*lease);
  if (finishWork(*lease, work.id)) {
    noteReading(*lease, work.person, {work.subject}, true);
    queue_.tally(*lease, std::nullopt, gate_.clock().now());
  }
  tx.commit();
}

// Files the finding, pages if it must, and finishes the work, all in one transaction.
std::vector<Event> Screener::endWith(const Work& work, Finding finding, bool crisis) {
  const trust::Grant grant = gate_.open(systemActor(), {work.person,
                                                        trust::Action::write,
                                                        {trust::Kind::findings},
                                                        trust::Purpose::alerts,
                                                        work.subject});
  std::vector<Event> events;
  const auto lease = database_.lease();
  db::Transaction tx(*lease);
  if (!finishWork(*lease, work.id)) return events;  // somebody else has just done it
  const base::Instant now = gate_.clock().now();
  noteReading(*lease, work.person, finding.message, finding.kind != FindingKind::notRead);
  queue_.tally(*lease, finding.kind, now);
  finding.id = base::newId<base::ResourceId>(random_);
  if (!queue_.coalesced(*lease, finding, now)) {
    const QueueEntry entry = queue_.file(*lease, grant, finding, now);
    events.push_back({Event::Type::finding, work.person, entry.id.value, {}, entry.priority});
  }
  if (crisis) {
    const auto page = pager_.page(*lease, work.person, finding.id, PageReason::possibleCrisis);
    if (page) events.push_back({Event::Type::page, work.person, *page, {}, 1});
    events.push_back({Event::Type::help, work.person, work.subject, {}, 1});
  }
  tx.commit();
  return events;
}

Screener::Outcome Screener::screen(const Work& work) {
  Outcome outcome;
  std::vector<Event> events;
  try {
    const auto message = messageOf(work);
    if (!message) {
      endWithoutReading(work);
      return outcome;
    }
    const auto started = std::chrono::steady_clock::now();
    const text::Reading reading = reader_(message->text);
    outcome.read = reading.notRead.empty();
    outcome.notRead = reading.notRead;
    outcome.help = reading.possibleCrisis;
    metrics_.screened(
        outcome.read ? "read" : "not-read",
        std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count());
    if (auto finding = findingFrom(reading, queue_.policy())) {
      finding->person = work.person;
      finding->message = message->id;
      finding->at = message->time;
      events = endWith(work, std::move(*finding), outcome.help);
    } else {
      endQuietly(work);
    }
  } catch (const Problem& problem) {
    if (!isGone(problem) || stillMayRead(work)) {
      showHelpAnyway(work, outcome);
      throw;
    }
    endWithoutReading(work);
    return Outcome{};
  } catch (...) {
    showHelpAnyway(work, outcome);
    throw;
  }
  events.push_back({Event::Type::screened, work.person, work.subject, {}, 0});
  for (const Event& event : events) events_(event);
  return outcome;
}

// The finding could not be stored, and will be; whoever wrote this need not wait for that.
void Screener::showHelpAnyway(const Work& work, const Outcome& outcome) {
  if (outcome.help) events_({Event::Type::help, work.person, work.subject, {}, 1});
}

std::optional<Screener::Outcome> Screener::screenNow(const Work& work) {
  if (!atOnce_.try_acquire()) {
    const auto lease = database_.lease();
    hurryWork(*lease, work.id, gate_.clock().now());
    return std::nullopt;
  }
  struct Release {
    std::counting_semaphore<2>& semaphore;
    ~Release() { semaphore.release(); }
  } const release{atOnce_};
  return screen(work);
}

void noteReading(db::Connection& connection, const base::PersonId& person,
                 const base::ResourceId& message, bool read) {
  connection.exec(
      "INSERT INTO message_reading(person, message, outcome) VALUES($1, $2, $3) ON "
      "CONFLICT(person, "
      "message) DO UPDATE SET outcome = excluded.outcome",
      {person.value, message.value, std::int64_t(read ? 0 : 1)});
}

bool Screener::step() {
  std::optional<Work> work;
  {
    const auto lease = database_.lease();
    work = takeDueWork(*lease, gate_.clock().now(), kLease);
  }
  if (!work) return false;
  try {
    screen(*work);
  } catch (const std::exception& failure) {
    const bool known = dynamic_cast<const Problem*>(&failure) != nullptr;
    log_.error("a message could not be read yet; it will be tried again",
               {{"work", work->id},
                {"attempts", work->attempts},
                {"error", known ? failure.what() : "unexpected fault"}});
    metrics_.event("screen-failed");
    // If not even this can be written, the lease runs out by itself.
    const auto lease = database_.lease();
    hurryWork(*lease, work->id, gate_.clock().now() + pauseAfter(work->attempts));
  }
  return true;
}

}  // namespace attune::oversight
