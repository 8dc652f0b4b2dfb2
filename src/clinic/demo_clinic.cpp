#include "clinic/demo_clinic.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "clinic/demo_course.h"
#include "clinic/demo_people.h"
#include "clinic/demo_writer.h"

namespace attune::clinic {

namespace {

using base::Instant;
using std::chrono::hours;
using std::chrono::minutes;

constexpr std::size_t kClinician = 0;
constexpr std::size_t kSocialWorker = 1;
constexpr std::size_t kClients = 36;

// What the clinic needs to show is laid down here, person by person; the dice do the rest.
enum class Recent { none, risk, distressed, idiom };
struct Cast {
  DemoTrajectory trajectory;
  std::string_view language = "en";
  bool anonymous = false;
  bool mayBeAtRisk = false;
  bool alerts = true;    // agrees that software reads for alerts
  bool checkIns = true;  // agrees that the care team sees check-ins
  Recent recent = Recent::none;
};

constexpr auto kImproving = DemoTrajectory::improving;
constexpr auto kStuck = DemoTrajectory::stuck;
constexpr auto kWorsening = DemoTrajectory::worsening;
constexpr auto kRelapse = DemoTrajectory::relapse;

constexpr std::array<Cast, kClients> kCast{{
    {.trajectory = kWorsening, .mayBeAtRisk = true, .recent = Recent::risk},
    {.trajectory = kImproving, .recent = Recent::idiom},
    {.trajectory = kStuck},
    {.trajectory = kRelapse, .mayBeAtRisk = true, .recent = Recent::distressed},
    {.trajectory = kImproving, .language = "es"},
    {.trajectory = kImproving, .alerts = false},
    {.trajectory = kWorsening, .recent = Recent::distressed},
    {.trajectory = kStuck, .anonymous = true},
    {.trajectory = kImproving},
    {.trajectory = kWorsening, .anonymous = true, .mayBeAtRisk = true, .recent = Recent::risk},
    {.trajectory = kImproving, .mayBeAtRisk = true},
    {.trajectory = kStuck, .alerts = false},
    {.trajectory = kRelapse},
    {.trajectory = kImproving, .checkIns = false},
    {.trajectory = kWorsening, .language = "es", .mayBeAtRisk = true},
    {.trajectory = kStuck, .recent = Recent::idiom},
    {.trajectory = kImproving, .anonymous = true},
    {.trajectory = kWorsening},
    {.trajectory = kImproving, .language = "pl"},
    {.trajectory = kStuck},
    {.trajectory = kRelapse, .mayBeAtRisk = true},
    {.trajectory = kImproving},
    {.trajectory = kStuck, .language = "es"},
    {.trajectory = kWorsening, .mayBeAtRisk = true},
    {.trajectory = kImproving, .alerts = false},
    {.trajectory = kStuck, .anonymous = true, .checkIns = false},
    {.trajectory = kRelapse},
    {.trajectory = kImproving},
    {.trajectory = kWorsening, .alerts = false},
    {.trajectory = kImproving},
    {.trajectory = kStuck},
    {.trajectory = kRelapse, .anonymous = true},
    {.trajectory = kImproving, .language = "es"},
    {.trajectory = kStuck, .alerts = false},
    {.trajectory = kWorsening},
    {.trajectory = kImproving},
}};
// One client took back a yes while in care: nothing of theirs is shared after that.
constexpr std::size_t kWithdrewMessages = 19;
constexpr std::size_t kWithdrewAlerts = 30;

int yearOf(Instant instant) {
  const auto day = std::chrono::floor<std::chrono::days>(instant);
  return int(std::chrono::year_month_day(day).year());
}

// The next moment of a working day, 8:30 to 17:30, at or after `at`.
Instant workingTime(Instant at, Dice& dice) {
  for (;;) {
    const auto midnight = std::chrono::floor<std::chrono::days>(at);
    const unsigned day = std::chrono::weekday(midnight).iso_encoding();
    const Instant open = Instant(midnight) + hours(8) + minutes(30);
    if (day <= 5 && at < open) return open + minutes(dice.between(0, 90));
    if (day <= 5 && at <= open + hours(9)) return at;
    at = Instant(midnight) + hours(24);
  }
}

// A time of the last day in waking hours (7 to 23), at least half an hour ago.
Instant wakingTimeBefore(Instant now, Dice& dice) {
  std::vector<Instant> awake;
  for (int ago = 30; ago < 23 * 60; ago += 7) {
    const Instant at = now - minutes(ago);
    const auto hour = std::chrono::floor<hours>(at - std::chrono::floor<std::chrono::days>(at));
    if (hour.count() >= 7 && hour.count() < 23) awake.push_back(at);
  }
  return awake[dice.below(awake.size())];
}

std::vector<DemoStaff> inventStaff() {
  return {
      {"staff-1", "Dr Imogen Larkspur", "imogen", "clinician", true, true},
      {"staff-2", "Dara Fennimore", "dara", "socialWorker", true, true},
      {"staff-3", "Percy Inkwell", "percy", "administrator", false, false},
  };
}

std::string_view givenName(std::size_t staff) {
  return staff == kClinician ? "Imogen" : "Dara";
}

// Makes one client; the order of what it does is the order of the dice, so don't reorder.
class Maker {
 public:
  Maker(std::size_t index, std::uint64_t seed, Instant now, Names& names, Said& said)
      : index_(index), cast_(kCast[index]), dice_(seed, 100 + index), now_(now), said_(said) {
    const auto topic = Topic(index % (kTopics - 1));
    person_ = inventPerson(cast_.language, topic, cast_.anonymous, yearOf(now), names, dice_);
  }

  DemoClient make() {
    const int days = dice_.between(95, 265);
    client_.key = "client-" + std::to_string(index_ + 1);
    client_.name = person_.name;
    client_.anonymous = cast_.anonymous;
    client_.birthYear = person_.birthYear;
    client_.language = person_.language;
    client_.trajectory = cast_.trajectory;
    client_.since = onDay(now_ - hours(24 * days), 0, dice_.between(9, 16), dice_.between(0, 59));
    const Course course(cast_.trajectory, days, dice_);
    careTeam();
    consents(days);
    messages(course);
    if (cast_.checkIns)
      client_.observations = observe(course, client_.since + minutes(15), now_, dice_);
    decisions();
    return std::move(client_);
  }

 private:
  void careTeam() {
    const int kind = dice_.between(0, 3);
    if (kind != 1) client_.careTeam.push_back(kClinician);
    if (kind != 0) client_.careTeam.push_back(kSocialWorker);
  }

  void consents(int days) {
    const Instant at = client_.since + minutes(dice_.between(3, 12));
    const auto say = [&](std::string_view source, std::string_view purpose, bool yes,
                         Instant when) {
      client_.consents.push_back({std::string(source), std::string(purpose), yes, when});
    };
    say("messages", "care", true, at);
    say("messages", "alerts", cast_.alerts, at);
    say("checkIns", "care", cast_.checkIns, at);
    say("messages", "research", dice_.chance(20), at);
    say("messages", "training", dice_.chance(8), at);
    if (index_ == kWithdrewMessages) say("messages", "care", false, onDay(now_, -20, 11, 5));
    if (index_ == kWithdrewAlerts)
      say("messages", "alerts", false, onDay(client_.since, days / 2, 18, 40));
  }

  DemoIntent intentFor(double severity) {
    if (person_.language == "en" && dice_.chance(5)) return DemoIntent::idiom;
    const double felt = severity + 0.15 * dice_.noise();
    if (cast_.mayBeAtRisk && felt > 0.7 && risks_ < 3 && dice_.chance(22)) {
      ++risks_;
      return DemoIntent::risk;
    }
    if (felt > 0.68 && dice_.chance(34)) return DemoIntent::distressed;
    return DemoIntent::ordinary;
  }

  Instant timeOfDay(int day, DemoIntent intent) {
    const bool grave = intent == DemoIntent::distressed || intent == DemoIntent::risk;
    // Those who can't sleep write at night.
    const int hour = grave && dice_.chance(30)
                         ? dice_.between(0, 4)
                         : dice_.between(person_.voice.firstHour, person_.voice.lastHour);
    return onDay(client_.since, day, hour, dice_.between(0, 59));
  }

  void write(Instant at, DemoIntent intent, double severity) {
    if (at <= client_.since + minutes(15) || at >= now_) return;
    if (!client_.consented("messages", "care", at)) return;
    DemoMessage message;
    message.at = at;
    message.language = person_.language;
    message.intent = intent;
    message.text = writer_.message(intent, severity);
    client_.messages.push_back(message);
    answer(message);
  }

  void answer(const DemoMessage& to) {
    const bool risk = to.intent == DemoIntent::risk;
    const bool distressed = to.intent == DemoIntent::distressed;
    if (!risk && !dice_.chance(distressed ? 85 : 38)) return;
    DemoMessage reply;
    reply.fromClient = false;
    reply.language = to.language;
    reply.staffIndex = client_.careTeam[dice_.below(client_.careTeam.size())];
    // A statement of risk is answered by whoever is on call, at any hour.
    reply.at = risk ? to.at + minutes(dice_.between(6, 28))
                    : workingTime(to.at + minutes(dice_.between(20, 240)), dice_);
    // What came in within the last day is still open, for somebody to look at.
    const bool open = (risk || distressed) && now_ - to.at < hours(24);
    if (open || reply.at >= now_ || !client_.consented("messages", "care", reply.at)) return;
    reply.text =
        staffReply(person_, givenName(reply.staffIndex), writer_.replyToLast(), said_, dice_);
    if (reply.text.empty()) return;
    client_.messages.push_back(std::move(reply));
  }

  void messages(const Course& course) {
    const int shortest = dice_.between(2, 4);
    const int longest = shortest + dice_.between(3, 7);
    // Those with something to show today get it below, and nothing beside it.
    const int last = course.days() - (cast_.recent == Recent::none ? 0 : 2);
    for (int day = 0; day <= last; day += dice_.between(shortest, longest)) {
      const double severity = course.severity(day);
      const DemoIntent intent = intentFor(severity);
      write(timeOfDay(day, intent), intent, severity);
    }
    if (cast_.recent != Recent::none) {
      const DemoIntent intent = cast_.recent == Recent::risk         ? DemoIntent::risk
                                : cast_.recent == Recent::distressed ? DemoIntent::distressed
                                                                     : DemoIntent::idiom;
      write(wakingTimeBefore(now_, dice_), intent, course.severity(course.days()));
    }
    std::ranges::stable_sort(client_.messages, {}, &DemoMessage::at);
    for (std::size_t i = 0; i < client_.messages.size(); ++i) {
      client_.messages[i].key = client_.key + "-message-" + std::to_string(i + 1);
    }
  }

  // What staff have decided about findings that the software may have made of the messages. Those
  // of the last day are left open; so is anything that software was not allowed to read.
  void decisions() {
    for (std::size_t i = 0; i < client_.messages.size(); ++i) {
      const DemoMessage& message = client_.messages[i];
      const bool risk = message.intent == DemoIntent::risk;
      const bool idiom = message.intent == DemoIntent::idiom;
      if (!message.fromClient || message.intent == DemoIntent::ordinary) continue;
      if (!client_.consented("messages", "alerts", message.at)) continue;
      if (now_ - message.at < hours(24) || !dice_.chance(risk ? 100 : 65)) continue;
      DemoDecision decision;
      decision.messageIndex = i;
      decision.staffIndex = client_.careTeam[dice_.below(client_.careTeam.size())];
      decision.at = risk ? message.at + minutes(dice_.between(30, 80))
                         : workingTime(message.at + minutes(dice_.between(15, 200)), dice_);
      if (decision.at >= now_ || !client_.consented("messages", "care", decision.at)) continue;
      decision.decision = idiom ? "dismiss" : dice_.chance(risk ? 80 : 40) ? "act" : "accept";
      decision.reason = std::string(dice_.pick(reasonPatterns(decision.decision, risk)));
      client_.decisions.push_back(std::move(decision));
    }
    std::ranges::stable_sort(client_.decisions, {}, &DemoDecision::at);
  }

  std::size_t index_;
  Cast cast_;
  Dice dice_;
  Instant now_;
  Said& said_;
  Person person_;
  Writer writer_{person_, said_, dice_};
  DemoClient client_;
  int risks_ = 0;
};

}  // namespace

std::string_view name(DemoIntent intent) {
  switch (intent) {
    case DemoIntent::ordinary:
      return "ordinary";
    case DemoIntent::idiom:
      return "idiom";
    case DemoIntent::distressed:
      return "distressed";
    case DemoIntent::risk:
      return "risk";
  }
  return {};
}

std::string_view name(DemoTrajectory trajectory) {
  switch (trajectory) {
    case DemoTrajectory::improving:
      return "improving";
    case DemoTrajectory::stuck:
      return "stuck";
    case DemoTrajectory::worsening:
      return "worsening";
    case DemoTrajectory::relapse:
      return "relapse";
  }
  return {};
}

bool DemoClient::consented(std::string_view source, std::string_view purpose,
                           base::Instant at) const {
  bool granted = false;
  for (const DemoConsent& consent : consents) {
    if (consent.at <= at && consent.source == source && consent.purpose == purpose) {
      granted = consent.granted;
    }
  }
  return granted;
}

DemoClinic inventClinic(std::uint64_t seed, base::Instant now) {
  DemoClinic clinic;
  clinic.name = "Alder Lane (demonstration clinic)";
  clinic.notice =
      "This is a demonstration. Everybody in it is invented: no name, message or number belongs to "
      "a real person.";
  clinic.country = "IE";
  clinic.staff = inventStaff();
  Names names(seed);
  Said said;
  for (std::size_t i = 0; i < kClients; ++i) {
    clinic.clients.push_back(Maker(i, seed, now, names, said).make());
  }
  return clinic;
}

}  // namespace attune::clinic
