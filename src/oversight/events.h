// What open screens are told, so that they show it within a second. Ids only, no content.
#pragma once

#include <functional>
#include <string>

#include "base/ids.h"

namespace attune::oversight {

struct Event {
  enum class Type {
    finding,         // a new one: subject = finding
    findingDecided,  // subject = finding
    page,            // subject = page
    pageAcked,       // subject = page; account = who is coming
    message,         // a new message: subject = message
    screened,        // a message has been read by the model: subject = message
    help,            // the client should be shown help now
    read,            // subject = message; account = who has read it
  };
  Type type;
  base::PersonId person;  // whose conversation or record it is about
  std::string subject;
  base::AccountId account;  // empty unless said above
  int priority = 0;         // finding: 1 first
};

// Called after the transaction is committed, from any thread; must not block or throw.
using EventSink = std::function<void(const Event&)>;

}  // namespace attune::oversight
