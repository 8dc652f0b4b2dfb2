#include "companion/conversation.h"

#include <algorithm>
#include <array>

#include "trust/consents.h"

namespace attune::companion {

using base::Problem;
using trust::Action;
using trust::Kind;
using trust::Purpose;

namespace {

// How long whoever posts has to read it at once, before the background takes it up.
constexpr std::chrono::seconds kReadAtOnceFor{5};

// Newer by less than this: written just before; by more: the clock was set back.
constexpr std::chrono::seconds kSameMoment{1};

constexpr std::array<std::string_view, 3> kStates{"stored", "read", "not-read"};

std::size_t codePoints(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

void checkText(std::string_view text) {
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    throw Problem(Problem::Kind::invalid, "the message is empty; write something first", "/text");
  }
  const std::size_t length = codePoints(text);
  if (length > kLongestMessage) {
    throw Problem(Problem::Kind::tooLarge,
                  "this message is " + std::to_string(length - kLongestMessage) +
                      " characters too long; send it in parts (20,000 characters each)",
                  "/text");
  }
}

Purpose purposeOf(const trust::Actor& actor) {
  return actor.role == trust::Role::client ? Purpose::own : Purpose::care;
}

}  // namespace

std::string_view name(MessageState state) {
  return kStates.at(static_cast<std::size_t>(state));
}

Conversation::Conversation(db::Database& database, trust::Gate& gate, const record::Store& store,
                           oversight::EventSink events)
    : database_(database), gate_(gate), store_(store), events_(std::move(events)) {}

Conversation::Posted Conversation::post(const trust::Actor& actor, const base::PersonId& person,
                                        const base::ResourceId& id, const std::string& text) {
  if (!base::isIdText(id.value)) {
    throw Problem(Problem::Kind::invalid, "an id of 26 base-32 characters is needed", "/id");
  }
  checkText(text);
  const trust::Grant grant =
      gate_.open(actor, {person, Action::write, {Kind::messages}, purposeOf(actor), id.value});
  Posted posted;
  posted.message.id = id;
  posted.message.person = person;
  posted.message.author = actor.account;
  posted.message.fromClient = actor.role == trust::Role::client;
  posted.message.time = gate_.clock().now();
  posted.message.text = text;
  {
    const auto lease = database_.lease();
    db::Transaction tx(*lease);
    if (const auto there = store_.read(*lease, grant, id)) {
      posted.fresh = false;
      posted.message = record::messageFrom(*there);
      if (posted.message.text != text) {
        throw Problem(Problem::Kind::conflict, "another message has this id; use a new one", "/id");
      }
    } else {
      // Two messages of one millisecond would stand in the order of their random ids.
      const auto newest = store_.newestTime(*lease, grant, Kind::messages);
      if (newest && *newest >= posted.message.time && *newest - posted.message.time < kSameMoment) {
        posted.message.time = *newest + std::chrono::milliseconds(1);
      }
      store_.create(*lease, grant, record::toDraft(posted.message));
      if (posted.message.fromClient &&
          trust::standingConsent(*lease, person, trust::Source::messages, Purpose::alerts)) {
        oversight::oweWork(*lease, oversight::WorkKind::readMessage, person, id.value,
                           posted.message.time + kReadAtOnceFor);
      }
    }
    posted.reading = oversight::findWork(*lease, id.value);
    tx.commit();
  }
  if (posted.fresh) {
    events_({oversight::Event::Type::message, person, id.value, {}, 0});
  }
  return posted;
}

std::vector<MessageView> Conversation::views(db::Connection& connection, const trust::Grant& grant,
                                             const std::vector<record::Resource>& resources) const {
  std::vector<MessageView> views;
  for (const record::Resource& resource : resources) {
    MessageView view;
    view.message = record::messageFrom(resource);
    for (const db::Row& row : connection.query(
             "SELECT account, at FROM message_seen WHERE person = $1 AND message = $2 ORDER BY at",
             {grant.person().value, resource.id.value})) {
      view.seen.push_back({{row.text(0)}, base::fromMillis(row.integer(1))});
    }
    const db::Rows reading =
        connection.query("SELECT outcome FROM message_reading WHERE person = $1 AND message = $2",
                         {grant.person().value, resource.id.value});
    if (!reading.empty()) {
      view.state = reading[0].integer(0) == 0 ? MessageState::read : MessageState::notRead;
    }
    views.push_back(std::move(view));
  }
  return views;
}

std::vector<std::string> Conversation::markSeen(db::Connection& connection,
                                                const trust::Actor& actor,
                                                const base::PersonId& person,
                                                const std::vector<record::Resource>& resources) {
  std::vector<std::string> marked;
  const std::int64_t now = base::toMillis(gate_.clock().now());
  db::Transaction tx(connection);
  for (const record::Resource& resource : resources) {
    if (!record::messageFrom(resource).fromClient) continue;
    const auto changed = connection.exec(
        "INSERT INTO message_seen(person, message, account, at) VALUES($1, $2, $3, $4) ON "
        "CONFLICT(person, message, account) DO NOTHING",
        {person.value, resource.id.value, actor.account.value, now});
    if (changed > 0) marked.push_back(resource.id.value);
  }
  tx.commit();
  return marked;
}

void Conversation::noteSeen(const trust::Actor& actor, const trust::Grant& grant,
                            const base::ResourceId& message) {
  bool fresh = false;
  {
    const auto lease = database_.lease();
    const auto resource = store_.read(*lease, grant, message);
    if (resource) fresh = !markSeen(*lease, actor, grant.person(), {*resource}).empty();
  }
  if (fresh) {
    events_({oversight::Event::Type::read, grant.person(), message.value, actor.account, 0});
  }
}

Conversation::Page Conversation::read(const trust::Actor& actor, const base::PersonId& person,
                                      const std::optional<base::ResourceId>& before, int limit) {
  const trust::Grant grant =
      gate_.open(actor, {person, Action::read, {Kind::messages}, purposeOf(actor), {}});
  Page page;
  std::vector<std::string> marked;
  {
    const auto lease = database_.lease();
    record::Query query;
    query.kind = Kind::messages;
    query.type = record::kMessageType;
    query.limit = std::clamp(limit, 1, 200) + 1;
    if (before) {
      const auto from = store_.read(*lease, grant, *before);
      if (!from) throw Problem(Problem::Kind::notFound, "there is no such message", "before");
      query.after = {from->time, from->id};
    }
    auto resources = store_.search(*lease, grant, query);
    page.more = resources.size() == static_cast<std::size_t>(query.limit);
    if (page.more) resources.pop_back();
    std::reverse(resources.begin(), resources.end());
    if (actor.role != trust::Role::client) marked = markSeen(*lease, actor, person, resources);
    page.messages = views(*lease, grant, resources);
  }
  for (const std::string& id : marked) {
    events_({oversight::Event::Type::read, person, id, actor.account, 0});
  }
  return page;
}

}  // namespace attune::companion
