// Open pages that are told what happens: api/live over WebSocket.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/metrics.h"
#include "net/server.h"
#include "oversight/events.h"
#include "trust/accounts.h"

namespace attune::api {

class Live {
 public:
  Live(db::Database& database, const trust::Accounts& accounts, const base::Clock& clock,
       base::Metrics& metrics)
      : database_(database), accounts_(accounts), clock_(clock), metrics_(metrics) {}

  // Takes a socket for a signed-in account; it is forgotten when it closes.
  net::SocketHandlers join(const trust::Account& account, std::string sessionToken,
                           std::shared_ptr<net::Socket> socket);
  // Closes the sockets of a session that has ended.
  void endSession(const std::string& sessionToken);

  // Tells everybody whom this event concerns: the client it is about, their care team, those paged.
  // What fails here is counted and forgotten: the connection is a convenience.
  void publish(const oversight::Event& event) noexcept;

  // Closes the sockets whose session does not stand any more: signed out elsewhere, too long idle,
  // erased. Called every minute or so.
  void closeEnded(const std::function<bool(const std::string& sessionToken)>& stands);

  std::size_t connected() const;

 private:
  struct Member {
    base::AccountId account;
    std::string sessionToken;
    std::shared_ptr<net::Socket> socket;
  };
  void tell(const oversight::Event& event);
  void send(const std::string& account, const std::string& text);

  db::Database& database_;
  const trust::Accounts& accounts_;
  const base::Clock& clock_;
  base::Metrics& metrics_;
  mutable std::mutex mutex_;
  std::multimap<std::string, std::shared_ptr<Member>> members_;  // by account
};

}  // namespace attune::api
