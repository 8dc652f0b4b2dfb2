#include "api/live.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "base/json.h"
#include "oversight/finding.h"
#include "trust/care_team.h"

namespace attune::api {

namespace js = base::json;
using oversight::Event;

namespace {

// What a member of staff is told; absent if the event is not for them.
std::optional<std::string> forStaff(const Event& event, std::string_view kind) {
  js::Object object;
  switch (event.type) {
    case Event::Type::finding:
      object = {{"type", "finding"},
                {"id", event.subject},
                {"personId", event.person.value},
                {"priority", event.priority},
                {"kind", kind}};
      break;
    case Event::Type::findingDecided:
      object = {{"type", "finding-decided"}, {"id", event.subject}};
      break;
    case Event::Type::page:
      object = {{"type", "page"}, {"id", event.subject}, {"personId", event.person.value}};
      break;
    case Event::Type::pageAcked:
      object = {{"type", "page-acked"}, {"id", event.subject}};
      break;
    case Event::Type::message:
      object = {{"type", "message"}, {"personId", event.person.value}};
      break;
    case Event::Type::screened:
    case Event::Type::help:
    case Event::Type::read:
      return std::nullopt;
  }
  return js::write(object);
}

// What the client is told. Findings are never announced to them: a person speaks first.
std::optional<std::string> forClient(const Event& event, std::string_view by) {
  js::Object object;
  switch (event.type) {
    case Event::Type::message:
      object = {{"type", "message"}};
      break;
    case Event::Type::screened:
      object = {{"type", "screened"}, {"messageId", event.subject}};
      break;
    case Event::Type::help:
      object = {{"type", "help"}};
      break;
    case Event::Type::read:
      object = {{"type", "read"}, {"messageIds", js::Array{js::Value(event.subject)}}, {"by", by}};
      break;
    case Event::Type::pageAcked:
      if (by.empty()) return std::nullopt;  // taken without anybody getting in touch
      object = {{"type", "person-coming"}, {"by", by}};
      break;
    case Event::Type::finding:
    case Event::Type::findingDecided:
    case Event::Type::page:
      return std::nullopt;
  }
  return js::write(object);
}

}  // namespace

net::SocketHandlers Live::join(const trust::Account& account, std::string sessionToken,
                               std::shared_ptr<net::Socket> socket) {
  auto member =
      std::make_shared<Member>(Member{account.id, std::move(sessionToken), std::move(socket)});
  {
    const std::lock_guard lock(mutex_);
    members_.emplace(account.id.value, member);
    metrics_.gauge("connected_pages", static_cast<double>(members_.size()));
  }
  net::SocketHandlers handlers;
  handlers.onMessage = [](std::string_view) {};  // pages only listen
  handlers.onClose = [this, weak = std::weak_ptr<Member>(member)] {
    const auto gone = weak.lock();
    if (!gone) return;
    const std::lock_guard lock(mutex_);
    const auto [first, last] = members_.equal_range(gone->account.value);
    const auto found =
        std::find_if(first, last, [&](const auto& entry) { return entry.second == gone; });
    if (found != last) members_.erase(found);
    metrics_.gauge("connected_pages", static_cast<double>(members_.size()));
  };
  return handlers;
}

void Live::endSession(const std::string& sessionToken) {
  std::vector<std::shared_ptr<net::Socket>> closing;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [account, member] : members_) {
      if (member->sessionToken == sessionToken) closing.push_back(member->socket);
    }
  }
  for (const auto& socket : closing) socket->close();
}

void Live::closeEnded(const std::function<bool(const std::string& sessionToken)>& stands) {
  std::vector<std::shared_ptr<Member>> members;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [account, member] : members_) members.push_back(member);
  }
  for (const auto& member : members) {
    if (!stands(member->sessionToken)) member->socket->close();
  }
}

void Live::send(const std::string& account, const std::string& text) {
  std::vector<std::shared_ptr<net::Socket>> sockets;
  {
    const std::lock_guard lock(mutex_);
    const auto [first, last] = members_.equal_range(account);
    for (auto it = first; it != last; ++it) sockets.push_back(it->second->socket);
  }
  for (const auto& socket : sockets) socket->send(text);
}

void Live::publish(const Event& event) noexcept {
  try {
    tell(event);
  } catch (const std::exception&) {
    // What it is about is stored already, and pages ask again by themselves.
    metrics_.event("live-failed");
  }
}

void Live::tell(const Event& event) {
  if (connected() == 0) return;
  std::vector<std::string> clients, staff;
  std::string by, kind;
  {
    const auto lease = database_.lease();
    for (const db::Row& row :
         lease->query("SELECT id FROM account WHERE person = $1", {event.person.value})) {
      clients.push_back(row.text(0));
    }
    for (const auto& account : trust::careTeamOf(*lease, event.person, clock_.now())) {
      staff.push_back(account.value);
    }
    if (!event.account.empty()) {
      if (const auto who = accounts_.find(*lease, event.account)) by = who->profile.name;
    }
    if (event.type == Event::Type::finding) {
      const db::Rows rows = lease->query("SELECT kind FROM finding WHERE id = $1", {event.subject});
      if (!rows.empty()) {
        kind = oversight::name(static_cast<oversight::FindingKind>(rows[0].integer(0)));
      }
    }
  }
  if (const auto text = forClient(event, by)) {
    for (const std::string& account : clients) send(account, *text);
  }
  if (const auto text = forStaff(event, kind)) {
    for (const std::string& account : staff) send(account, *text);
  }
}

std::size_t Live::connected() const {
  const std::lock_guard lock(mutex_);
  return members_.size();
}

}  // namespace attune::api
