// The demonstration clinic: invented people with months of invented history, made from a seed. Pure
// data: whoever calls this writes it into the store. Nobody in it exists; every name, word and
// number is put together by rules in this room.
//
//   const DemoClinic demo = inventClinic(1, clock.now());
//
// The same seed and time give the same clinic, byte for byte. Members named ...Index are positions
// in DemoClinic::staff or in the client's own messages.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace attune::clinic {

struct DemoStaff {
  std::string key;  // "staff-1": stable within one clinic, for logs and links
  std::string name;
  std::string login;          // unique, ASCII lower case
  std::string role;           // "clinician", "socialWorker", "administrator"
  bool readsRecords = false;  // the administrator does not
  bool onCall = false;
};

// An answer of the client, given at `at`. The last one for a source and purpose holds.
struct DemoConsent {
  std::string source;   // "messages", "checkIns"
  std::string purpose;  // "care", "alerts", "research", "training"
  bool granted = false;
  base::Instant at{};
};

// What the generator meant by a client's message. It is for tests and for showing how the software
// errs; it is never shown as a finding and never stored in the record.
enum class DemoIntent {
  ordinary,    // daily life, good or bad
  idiom,       // sounds grave, means nothing grave ("this bus will be the death of me")
  distressed,  // a hard time, no word of death
  risk,        // says they think of not living; never a method, place or time
};
std::string_view name(DemoIntent intent);

struct DemoMessage {
  std::string key;  // "client-7-message-12": stable within one clinic
  base::Instant at{};
  bool fromClient = true;
  std::size_t staffIndex = 0;  // who wrote it, when not fromClient
  std::string language;        // "en", "es", "pl"
  std::string text;            // UTF-8, 1 to 1000 bytes
  DemoIntent intent = DemoIntent::ordinary;
};

// A check-in answer or a questionnaire's total.
struct DemoObservation {
  base::Instant at{};
  std::string system;  // "http://loinc.org" or kCheckInSystem
  std::string code;    // kPhq9, kGad7, kSleepHours or kMood
  std::string label;   // "PHQ-9 total"
  double value = 0;    // PHQ-9 0..27, GAD-7 0..21 (whole numbers), mood 0..10, sleep 0..14 by 0.5
  std::string unit;    // UCUM: "{score}" or "h"
};
inline constexpr std::string_view kLoinc = "http://loinc.org";
inline constexpr std::string_view kCheckInSystem = "urn:attune:check-in";
inline constexpr std::string_view kPhq9 = "44261-6";
inline constexpr std::string_view kGad7 = "70274-6";
inline constexpr std::string_view kSleepHours = "93832-4";
inline constexpr std::string_view kMood = "mood";

// What a member of staff decided, in the past, about what the software would have said of a
// message.
struct DemoDecision {
  std::size_t messageIndex = 0;  // in DemoClient::messages; from the client, and before `at`
  std::string decision;          // "accept", "dismiss", "act"
  std::string reason;
  std::size_t staffIndex = 0;  // of the care team, and reads records
  base::Instant at{};
};

enum class DemoTrajectory { improving, stuck, worsening, relapse };
std::string_view name(DemoTrajectory trajectory);

struct DemoClient {
  std::string key;   // "client-7"
  std::string name;  // empty when anonymous
  bool anonymous = false;
  int birthYear = 0;     // 0 when anonymous clients did not say
  std::string language;  // "en", "es", "pl"
  DemoTrajectory trajectory = DemoTrajectory::stuck;
  base::Instant since{};                      // first day in care; nothing of theirs is earlier
  std::vector<std::size_t> careTeam;          // staff who may read; never empty, no administrator
  std::vector<DemoConsent> consents;          // by time
  std::vector<DemoMessage> messages;          // by time, both directions
  std::vector<DemoObservation> observations;  // by time
  std::vector<DemoDecision> decisions;        // by time

  // True if the last answer for this source and purpose at or before `at` was yes.
  bool consented(std::string_view source, std::string_view purpose, base::Instant at) const;
};

struct DemoClinic {
  std::string name;     // says that it is a demonstration
  std::string notice;   // one sentence for the page: everybody here is invented
  std::string country;  // ISO 3166-1 alpha-2
  std::vector<DemoStaff> staff;
  std::vector<DemoClient> clients;
};

// Makes the clinic as it stands at `now`. Everything lies in the nine months before `now`, nothing
// after it. Takes a few milliseconds; throws nothing but std::bad_alloc.
DemoClinic inventClinic(std::uint64_t seed, base::Instant now);

}  // namespace attune::clinic
