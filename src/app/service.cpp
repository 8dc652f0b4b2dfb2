#include "app/service.h"

#include <csignal>
#include <ctime>
#include <fstream>
#include <sstream>

#include "app/assets.h"
#include "app/web_files.h"
#include "base/json.h"

namespace attune::app {

using base::Problem;

namespace {

std::filesystem::path modelFolder() {
  return shareFolder(ownExecutable()) / "models";
}

std::string readText(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

// A file of content/: the operator's own if there is one, else the one in the program.
std::string content(const Config& config, const std::string& name) {
  if (!config.content.empty() && std::filesystem::exists(config.content / name)) {
    return readText(config.content / name);
  }
  const auto file = contentFile(name);
  if (!file) throw Problem(Problem::Kind::internal, "missing in the program", name);
  return std::string(*file);
}

// Where people reach the app: as the setting `link` says, else as it listens.
std::string linkOf(const Config& config, std::uint16_t port) {
  if (!config.link.empty()) return config.link;
  const bool loopback = config.address == "127.0.0.1" || config.address == "::1";
  std::string host = config.address;
  if (loopback) host = "localhost";
  if (host.find(':') != std::string::npos) host = "[" + host + "]";
  return (config.certificate.empty() ? "http://" : "https://") + host + ":" + std::to_string(port);
}

oversight::PagerSettings pagerSettings(const Config& config) {
  oversight::PagerSettings settings;
  settings.link = linkOf(config, config.port);
  if (!config.smtpUrl.empty()) {
    net::SmtpSettings smtp;
    smtp.url = config.smtpUrl;
    smtp.username = config.smtpUsername;
    if (!config.smtpPasswordFile.empty()) smtp.password = readSecretFile(config.smtpPasswordFile);
    smtp.from = config.smtpFrom;
    settings.smtp = std::move(smtp);
  }
  if (!config.webhookUrl.empty()) {
    net::WebhookSettings webhook;
    webhook.url = config.webhookUrl;
    webhook.secret = readSecretFile(config.webhookSecretFile);
    settings.webhook = std::move(webhook);
  }
  return settings;
}

// What a page says: the words of content/help-texts.json, with the clinic's name and the link.
oversight::Pager::Words pageWords(const companion::HelpBook& help, const Config& config) {
  return [&help, clinic = config.clinicName, link = linkOf(config, config.port)](
             oversight::PageReason reason, bool again, std::string_view language) {
    const std::string key = again                                             ? "page.again"
                            : reason == oversight::PageReason::possibleCrisis ? "page.crisis"
                                                                              : "page.callMe";
    const std::pair<std::string_view, std::string_view> blanks[] = {{"clinic", clinic},
                                                                    {"link", link}};
    return oversight::PageWords{help.text(key + ".subject", language, blanks),
                                help.text(key + ".body", language, blanks)};
  };
}

std::array<api::Rate, static_cast<std::size_t>(api::Limit::count_)> rates(const Config& config) {
  const auto rate = [](double perMinute) { return api::Rate{perMinute, perMinute}; };
  return {rate(config.signInsPerMinute),
          api::Rate{config.startsPerHour / 60.0, static_cast<double>(config.startsPerHour)},
          rate(config.messagesPerMinute), rate(config.requestsPerMinute)};
}

constexpr std::size_t kSmallBody = 16 * 1024;
// 20,000 characters of four bytes, each as \uXXXX\uXXXX in the worst case.
constexpr std::size_t kMessageBody = 256 * 1024;

std::size_t bodyLimit(const net::Request& header) {
  if (header.method == "GET" || header.method == "HEAD") return 0;
  return header.path.ends_with("/messages") ? kMessageBody : kSmallBody;
}

}  // namespace

std::string_view version() {
  return ATTUNE_VERSION;
}

Desk::Desk(Installation& in, const Config& config, base::Log& log, base::Metrics& metrics,
           const oversight::EventSink& events)
    : reader(text::Reader::load(modelFolder())),
      help(companion::HelpBook::load(
          {"content/crisis-lines.json", content(config, "crisis-lines.json")},
          {"content/help-texts.json", content(config, "help-texts.json")})),
      consentWords(
          companion::ConsentWords::load({"content/consent.json", content(config, "consent.json")})),
      policy(oversight::ReviewPolicy::load(content(config, "review-policy.json"))),
      queue(in.store, in.audit, in.clock, policy),
      pager(*in.database, in.accounts, in.random, in.clock, policy, pagerSettings(config),
            pageWords(help, config), log, metrics),
      screener(
          *in.database, in.gate, in.store,
          [this](std::string_view text) { return reader.read(text); }, queue, pager, in.random, log,
          metrics, events),
      conversation(*in.database, in.gate, in.store, events),
      modelCard(readText(modelFolder() / "CARD.md")) {}

Service::Service(Installation& in, const Config& config, base::Log& log)
    : installation_(in),
      config_(config),
      log_(log),
      live_(*in.database, in.accounts, in.clock, metrics_),
      limiter_(in.clock, rates(config)),
      desk_(in, config, log, metrics_, [this](const oversight::Event& e) { live_.publish(e); }),
      routes_(api::allRoutes()) {
  const trust::SessionLimits limits{std::chrono::minutes(config.staffIdleMinutes),
                                    std::chrono::minutes(config.clientIdleMinutes),
                                    std::chrono::hours(12), std::chrono::hours(24 * 30)};
  sessions_ = std::make_unique<trust::Sessions>(in.accounts, in.master.derive("index"), in.random,
                                                in.clock, limits);
  api::Clinic clinic;
  clinic.name = in.setting("clinic-name").value_or(config.clinicName);
  clinic.country = in.setting("clinic-country").value_or(config.country);
  clinic.language = config.language;
  clinic.demonstration = in.isDemonstration();
  clinic.notice = in.setting("demonstration").value_or("");
  services_.reset(new api::Services{
      *in.database,
      in.gate,
      in.audit,
      in.accounts,
      *sessions_,
      in.store,
      desk_.queue,
      desk_.pager,
      desk_.screener,
      desk_.conversation,
      desk_.help,
      desk_.consentWords,
      desk_.reader,
      desk_.modelCard,
      in.clock,
      in.random,
      log_,
      metrics_,
      live_,
      limiter_,
      std::move(clinic),
      config.metricsTokenFile.empty() ? std::string() : readSecretFile(config.metricsTokenFile),
      std::string(version()),
      &webFile});

  net::ServerOptions options;
  options.address = config.address;
  options.port = config.port;
  options.certificateFile = config.certificate;
  options.keyFile = config.key;
  options.workers = config.workers;
  net::Handlers handlers;
  handlers.handle = [this](const net::Request& request) {
    return api::answer(*services_, routes_, request);
  };
  handlers.upgrade = [this](const net::Request& request, std::shared_ptr<net::Socket> socket) {
    return api::acceptLive(*services_, request, std::move(socket));
  };
  handlers.bodyLimit = &bodyLimit;
  handlers.errorBody = [](int status, std::string_view detail) {
    return std::pair<std::string, std::string>{
        "application/problem+json",
        api::problemBody(status, status >= 500 ? "unavailable" : "invalid", detail)};
  };
  server_ = std::make_unique<net::Server>(options, std::move(handlers), log_);
}

Service::~Service() {
  stop(std::chrono::milliseconds(0));
}

void Service::start() {
  try {
    // What a killed server was reading is read now, not when its time would have run out.
    const auto lease = installation_.database->lease();
    oversight::releaseWork(*lease, installation_.clock.now());
  } catch (const Problem& problem) {
    // On a full disk it is still better to serve what is there.
    log_.error("unfinished readings wait for their time to run out", {{"error", problem.what()}});
  }
  server_->start();
  threads_.emplace_back([this] { work(); });
  threads_.emplace_back([this] { watch(); });
}

void Service::stop(std::chrono::milliseconds grace) {
  if (stopping_.exchange(true)) return;
  server_->stop(grace);
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void Service::work() {
  while (!stopping_) {
    bool did = false;
    try {
      did = desk_.screener.step();
    } catch (const std::exception& failure) {
      const bool known = dynamic_cast<const Problem*>(&failure) != nullptr;
      log_.error("background reading failed", {{"error", known ? failure.what() : "unexpected"}});
    }
    if (!did) std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

void Service::watch() {
  int beats = 0;
  while (!stopping_) {
    if (beats++ % 5 == 0) {
      try {
        desk_.pager.tick([this](const oversight::Event& event) { live_.publish(event); });
      } catch (const std::exception& failure) {
        const bool known = dynamic_cast<const Problem*>(&failure) != nullptr;
        log_.error("paging failed", {{"error", known ? failure.what() : "unexpected"}});
      }
    }
    if (beats % 150 == 0) closeEndedSessions();
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
}

void Service::closeEndedSessions() {
  try {
    const auto lease = installation_.database->lease();
    live_.closeEnded([&](const std::string& token) {
      return sessions_->resume(*lease, token, false).has_value();
    });
  } catch (const std::exception&) {
    log_.error("open pages could not be checked");
  }
}

std::string Service::link() const {
  return linkOf(config_, server_->port());
}

void serveUntilSignal(Installation& installation, const Config& config, base::Log& log,
                      const std::function<void(Service&)>& ready) {
  // Blocked before any thread starts, so that only sigwait sees them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a limit on file sizes is told like a full disk

  installation.lockForServing();
  Service service(installation, config, log);
  service.start();
  log.info("serving", {{"address", config.address}, {"port", service.port()}});
  ready(service);
  int received = 0;
  sigwait(&signals, &received);
  log.info("stopping", {{"signal", received}});
  service.stop(std::chrono::seconds(10));
  log.info("stopped");
}

}  // namespace attune::app
