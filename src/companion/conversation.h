// The conversation between a client and their care team.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "oversight/events.h"
#include "oversight/work.h"
#include "record/message.h"
#include "record/store.h"
#include "trust/gate.h"

namespace attune::companion {

// Longest message, in Unicode code points.
inline constexpr std::size_t kLongestMessage = 20'000;

enum class MessageState { stored = 0, read, notRead };
std::string_view name(MessageState state);

struct Seen {
  base::AccountId by;
  base::Instant at;
};

struct MessageView {
  record::Message message;
  std::vector<Seen> seen;
  MessageState state = MessageState::stored;  // whether the model has been through it
};

class Conversation {
 public:
  Conversation(db::Database& database, trust::Gate& gate, const record::Store& store,
               oversight::EventSink events);

  struct Posted {
    record::Message message;
    bool fresh = true;                       // false: this id had been stored before
    std::optional<oversight::Work> reading;  // owed, when the client has consented to alerts
  };

  // Stores what somebody wrote; durable when it returns. `id` is the sender's own, so sending again
  // does no harm. Throws Problem: invalid (empty, no id), tooLarge, forbidden (no consent),
  // conflict (the id is there with other words).
  Posted post(const trust::Actor& actor, const base::PersonId& person, const base::ResourceId& id,
              const std::string& text);

  struct Page {
    std::vector<MessageView> messages;  // oldest first
    bool more = false;                  // there are older ones
  };
  // The newest `limit` messages, or those before `before`. A member of staff leaves their mark on
  // each message of the client.
  Page read(const trust::Actor& actor, const base::PersonId& person,
            const std::optional<base::ResourceId>& before, int limit);

  // Leaves the mark of a member of staff who was shown this message elsewhere.
  void noteSeen(const trust::Actor& actor, const trust::Grant& grant,
                const base::ResourceId& message);

 private:
  std::vector<MessageView> views(db::Connection& connection, const trust::Grant& grant,
                                 const std::vector<record::Resource>& resources) const;
  std::vector<std::string> markSeen(db::Connection& connection, const trust::Actor& actor,
                                    const base::PersonId& person,
                                    const std::vector<record::Resource>& resources);

  db::Database& database_;
  trust::Gate& gate_;
  const record::Store& store_;
  oversight::EventSink events_;
};

}  // namespace attune::companion
