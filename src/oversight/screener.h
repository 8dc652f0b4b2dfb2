// Has messages read by the text model and files what it finds.
#pragma once

#include <functional>
#include <semaphore>

#include "base/log.h"
#include "base/metrics.h"
#include "oversight/events.h"
#include "oversight/pager.h"
#include "oversight/queue.h"
#include "oversight/work.h"
#include "record/message.h"
#include "text/reader.h"

namespace attune::oversight {

// Marks a message as read by the model, or as one it could not read; in the caller's transaction.
void noteReading(db::Connection& connection, const base::PersonId& person,
                 const base::ResourceId& message, bool read);

class Screener {
 public:
  // text::Reader::read, or what stands for it. Called from several threads.
  using Read = std::function<text::Reading(std::string_view)>;

  Screener(db::Database& database, trust::Gate& gate, const record::Store& store, Read reader,
           const Queue& queue, Pager& pager, base::Random& random, base::Log& log,
           base::Metrics& metrics, EventSink events);

  struct Outcome {
    bool read = false;    // by the model; false: no consent, gone, or not readable
    bool help = false;    // the client should be shown help now
    std::string notRead;  // why not, as in Reading
  };

  // Reads the message this work is about and finishes the work, exactly once however often it is
  // called. Withdrawn consent or an erased person ends the work without a reading. Anything else
  // that fails is thrown, and the work stays owed.
  Outcome screen(const Work& work);

  // The same, unless two readings are under way already: then absent, and the background does it,
  // so that a flood of messages does not keep everybody else's requests waiting.
  std::optional<Outcome> screenNow(const Work& work);

  // Takes one piece of due work and does it; false when nothing is due. A failure is logged and the
  // work is tried again later, with growing pauses, for ever: a message must not go unread.
  bool step();

 private:
  std::optional<record::Message> messageOf(const Work& work);
  bool stillMayRead(const Work& work);
  void showHelpAnyway(const Work& work, const Outcome& outcome);
  void endWithoutReading(const Work& work);
  void endQuietly(const Work& work);  // the reading found nothing
  std::vector<Event> endWith(const Work& work, Finding finding, bool crisis);

  db::Database& database_;
  trust::Gate& gate_;
  const record::Store& store_;
  Read reader_;
  const Queue& queue_;
  Pager& pager_;
  base::Random& random_;
  base::Log& log_;
  base::Metrics& metrics_;
  EventSink events_;
  std::counting_semaphore<2> atOnce_{2};
};

}  // namespace attune::oversight
