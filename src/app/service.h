// A serving Attune: an installation with models, content, server and background work around it.
#pragma once

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "api/limiter.h"
#include "api/live.h"
#include "api/routes.h"
#include "app/installation.h"
#include "net/server.h"

namespace attune::app {

// Everything a clinic needs to read, review and page, before there is a server: also what fills the
// demonstration.
class Desk {
 public:
  Desk(Installation& installation, const Config& config, base::Log& log, base::Metrics& metrics,
       const oversight::EventSink& events);

  text::Reader reader;
  companion::HelpBook help;
  companion::ConsentWords consentWords;
  oversight::ReviewPolicy policy;
  oversight::Queue queue;
  oversight::Pager pager;
  oversight::Screener screener;
  companion::Conversation conversation;
  std::string modelCard;
};

class Service {
 public:
  // Opens everything and checks it; throws Problem(configuration). Nothing listens yet.
  Service(Installation& installation, const Config& config, base::Log& log);
  ~Service();

  void start();
  // Ends running requests within `grace`, then the background work.
  void stop(std::chrono::milliseconds grace);

  std::uint16_t port() const { return server_->port(); }
  // http://localhost:8080, or what the setting `link` says.
  std::string link() const;

 private:
  void work();   // reads what is owed
  void watch();  // sends pages, escalates
  void closeEndedSessions();

  Installation& installation_;
  Config config_;
  base::Log& log_;
  base::Metrics metrics_;
  api::Live live_;
  api::Limiter limiter_;
  Desk desk_;
  std::unique_ptr<trust::Sessions> sessions_;
  std::unique_ptr<api::Services> services_;
  api::Routes routes_;
  std::unique_ptr<net::Server> server_;
  std::atomic<bool> stopping_ = false;
  std::vector<std::thread> threads_;
};

// The program's version, and where its models are.
std::string_view version();

// Serves until SIGTERM or SIGINT, then stops in order. `ready` is called once it listens.
void serveUntilSignal(Installation& installation, const Config& config, base::Log& log,
                      const std::function<void(Service&)>& ready);

}  // namespace attune::app
