// Mail and webhook against servers made here: the ways in which a person on call is reached.
#include "net/outbound.h"

#include <openssl/evp.h>

#include <thread>

#include "base/bytes.h"
#include "base/problem.h"
#include "net/mail_text.h"
#include "net/testing.h"

namespace attune::net {
namespace {

using base::Problem;

// Listens on 127.0.0.1, serves one connection after another with `talk(fd)`.
class Listener {
 public:
  explicit Listener(std::function<void(int)> talk)
      : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    ::listen(fd_, 8);
    socklen_t size = sizeof address;
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = std::to_string(ntohs(address.sin_port));
    thread_ = std::thread([this, talk = std::move(talk)] {
      for (int fd = ::accept(fd_, nullptr, nullptr); fd >= 0;
           fd = ::accept(fd_, nullptr, nullptr)) {
        timeval patience{20, 0};
        ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        {
          const std::lock_guard lock(mutex_);
          talk(fd);
        }
        ::close(fd);
      }
    });
  }
  ~Listener() {
    ::shutdown(fd_, SHUT_RDWR);
    thread_.join();
    ::close(fd_);
  }
  const std::string& port() const { return port_; }
  // No conversation runs while it is held: what a server has noted may be read and changed.
  std::unique_lock<std::mutex> quiet() { return std::unique_lock(mutex_); }

 private:
  int fd_;
  std::mutex mutex_;
  std::string port_;
  std::thread thread_;
};

void say(int fd, std::string_view text) {
  ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
}

// Reads up to and with `end`; what has come until then when the peer closes.
std::string readTo(int fd, std::string_view end) {
  std::string out;
  char c = 0;
  while (out.find(end) == std::string::npos && ::recv(fd, &c, 1, 0) == 1) out += c;
  return out;
}

struct SmtpServer {
  std::string refuse;  // the command that is refused
  std::string commands;
  std::string mail;
  Listener listener{[this](int fd) {
    say(fd, "220 mail\r\n");
    for (std::string line = readTo(fd, "\r\n"); !line.empty(); line = readTo(fd, "\r\n")) {
      commands += line;
      if (!refuse.empty() && line.rfind(refuse, 0) == 0) {
        say(fd, "550 5.1.1 no such\x01 person\r\n");
      } else if (line == "DATA\r\n") {
        say(fd, "354 go on\r\n");
        mail = readTo(fd, "\r\n.\r\n");
        say(fd, "250 taken\r\n");
      } else {
        say(fd, line == "QUIT\r\n" ? "221 bye\r\n" : "250 ok\r\n");
      }
    }
  }};
  SmtpSettings settings() {
    SmtpSettings out;
    out.url = "smtp://127.0.0.1:" + listener.port();
    out.from = "attune@clinic.example";
    return out;
  }
};

template <class Work>
std::string problemOf(Problem::Kind kind, Work work) {
  try {
    work();
  } catch (const Problem& problem) {
    EXPECT_EQ(problem.kind(), kind) << problem.what();
    return problem.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return {};
}

std::string decoded(std::string text) {
  text.erase(
      std::remove_if(text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n'; }),
      text.end());
  std::string out(text.size(), '\0');
  const int n = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                reinterpret_cast<const unsigned char*>(text.data()),
                                static_cast<int>(text.size()));
  out.resize(n < 0 ? 0 : static_cast<std::size_t>(n));
  while (!out.empty() && out.back() == '\0') out.pop_back();
  return out;
}

// The person on call would not be woken.
TEST(Mail, reachesTheServerWhole) {
  SmtpServer server;
  const std::string text = ".\r\nJ\xC3\xBCrgen, bitte melden\n.\n" + std::string(500, 'x');
  sendMail(server.settings(),
           {{"a@clinic.example", "b@clinic.example"}, "Eine Seite f\xC3\xBCr Sie", text});
  const auto quiet = server.listener.quiet();
  EXPECT_NE(server.commands.find("MAIL FROM:<attune@clinic.example>"), std::string::npos);
  EXPECT_NE(server.commands.find("RCPT TO:<a@clinic.example>"), std::string::npos);
  EXPECT_NE(server.commands.find("RCPT TO:<b@clinic.example>"), std::string::npos);
  const std::size_t empty = server.mail.find("\r\n\r\n");
  ASSERT_NE(empty, std::string::npos);
  EXPECT_EQ(decoded(server.mail.substr(empty + 4, server.mail.size() - empty - 9)), text);
  EXPECT_NE(server.mail.find("To: a@clinic.example,\r\n b@clinic.example\r\n"), std::string::npos);
}

// A failure must be seen and say why, or everybody believes that somebody has been paged.
TEST(Mail, failsWithTheServersAnswer) {
  SmtpServer server;
  server.refuse = "RCPT";
  const Mail mail{{"a@clinic.example"}, "s", "t"};
  const std::string told =
      problemOf(Problem::Kind::unavailable, [&] { sendMail(server.settings(), mail); });
  EXPECT_NE(told.find("550 5.1.1 no such  person"), std::string::npos) << told;
  SmtpSettings gone = server.settings();
  gone.url = "smtp://127.0.0.1:1";
  problemOf(Problem::Kind::unavailable, [&] { sendMail(gone, mail); });
  SmtpSettings silent = server.settings();
  silent.url = "smtps://127.0.0.1:" + server.listener.port();  // no TLS there
  silent.timeout = std::chrono::seconds(2);
  problemOf(Problem::Kind::unavailable, [&] { sendMail(silent, mail); });
}

// A subject with a line break could send anybody's words anywhere.
TEST(Mail, refusesInjectionAndUnusableSettings) {
  SmtpServer server;
  const auto invalid = [&](const Mail& mail) {
    problemOf(Problem::Kind::invalid, [&] { sendMail(server.settings(), mail); });
  };
  invalid({{"a@b"}, "hello\r\nBcc: evil@example.org", "t"});
  invalid({{"a@b"}, "hello\nBcc: evil@example.org", "t"});
  invalid({{}, "s", "t"});
  for (const char* bad :
       {"", "a", "@b", "a@", "a@b@c", "a b@c", "a@b>\r\nDATA", "<a@b>", "a@b,c@d"}) {
    invalid({{bad}, "s", "t"});
  }
  const auto misconfigured = [&](const std::function<void(SmtpSettings&)>& change) {
    SmtpSettings settings = server.settings();
    change(settings);
    problemOf(Problem::Kind::configuration, [&] { sendMail(settings, {{"a@b"}, "s", "t"}); });
  };
  misconfigured([](SmtpSettings& s) { s.url = "http://127.0.0.1/"; });
  misconfigured([](SmtpSettings& s) { s.url = "file:///etc/passwd"; });
  misconfigured([](SmtpSettings& s) { s.url = "smtp://user:word@127.0.0.1/"; });
  misconfigured([](SmtpSettings& s) { s.url = ""; });
  misconfigured([](SmtpSettings& s) { s.from = "nobody"; });
  const auto quiet = server.listener.quiet();
  EXPECT_EQ(server.commands, "");
}

// Long subjects in any script arrive as they were written.
TEST(MailText, encodesSubjectsWithoutSplittingCharacters) {
  std::string subject;
  for (int i = 0; i < 60; ++i) subject += i % 2 == 0 ? "\xF0\x9F\x8C\xB1" : "\xE0\xA4\x85x";
  const std::string text = mailText("a@b", {{"c@d"}, subject, ""}, 784111777);
  EXPECT_EQ(text.rfind("Date: Sun, 06 Nov 1994 08:49:37 +0000\r\n", 0), 0u);
  std::string joined;
  for (std::size_t at = text.find("=?UTF-8?B?"); at != std::string::npos;
       at = text.find("=?UTF-8?B?", at + 1)) {
    const std::size_t end = text.find("?=", at + 10);
    EXPECT_LE(end + 2 - at, 75u);
    const std::string word = decoded(text.substr(at + 10, end - at - 10));
    EXPECT_TRUE(base::isUtf8(word));
    joined += word;
  }
  EXPECT_EQ(joined, subject);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find("\r\n", at);
    EXPECT_LE(end - at, 78u);
    at = end + 2;
  }
}

struct HttpServer {
  std::string reply = "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n";
  std::string head, body;
  int calls = 0;
  Listener listener{[this](int fd) {
    ++calls;
    head = readTo(fd, "\r\n\r\n");
    const std::size_t at = head.find("Content-Length: ");
    body.assign(at == std::string::npos ? 0 : std::stoul(head.substr(at + 16)), '\0');
    ::recv(fd, body.data(), body.size(), MSG_WAITALL);
    say(fd, reply);
  }};
  WebhookSettings settings() {
    return {"http://127.0.0.1:" + listener.port() + "/hook?x=1", "Jefe", std::chrono::seconds(10)};
  }
};

// A receiver that can't check the signature could be made to page people by anybody.
TEST(Webhook, postsAndSigns) {
  HttpServer server;
  postWebhook(server.settings(), "what do ya want for nothing?");  // RFC 4231, test case 2
  const auto quiet = server.listener.quiet();
  EXPECT_EQ(server.head.rfind("POST /hook?x=1 HTTP/1.1\r\n", 0), 0u);
  EXPECT_EQ(server.body, "what do ya want for nothing?");
  EXPECT_NE(server.head.find("Content-Type: application/json\r\n"), std::string::npos);
  EXPECT_NE(
      server.head.find("Attune-Signature: sha256="
                       "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843\r\n"),
      std::string::npos)
      << server.head;
}

// Only 2xx means that somebody was told; a redirect could carry the page elsewhere.
TEST(Webhook, failsForAnythingButSuccess) {
  HttpServer server;
  for (const char* reply :
       {"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n", "nonsense", ""}) {
    {
      const auto quiet = server.listener.quiet();
      server.reply = reply;
      server.calls = 0;
    }
    problemOf(Problem::Kind::unavailable, [&] { postWebhook(server.settings(), "{}"); });
    const auto quiet = server.listener.quiet();
    EXPECT_EQ(server.calls, 1) << reply;
  }
  WebhookSettings settings = server.settings();
  settings.url = "https://127.0.0.1:" + server.listener.port();  // no TLS there
  settings.timeout = std::chrono::seconds(2);
  problemOf(Problem::Kind::unavailable, [&] { postWebhook(settings, "{}"); });
  for (const char* url : {"http://clinic.example/", "http://127.0.0.1.example/", "ftp://127.0.0.1/",
                          "file:///etc/passwd", "http://a:b@127.0.0.1/", "", "http://128.0.0.1/"}) {
    settings.url = url;
    problemOf(Problem::Kind::configuration, [&] { postWebhook(settings, "{}"); });
  }
  settings = server.settings();
  settings.secret.clear();
  problemOf(Problem::Kind::configuration, [&] { postWebhook(settings, "{}"); });
}

}  // namespace
}  // namespace attune::net
