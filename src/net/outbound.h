// The only ways out of the machine, both off unless the operator configures them: e-mail through
// the clinic's own SMTP server, and a webhook. libcurl underneath.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace attune::net {

struct SmtpSettings {
  std::string url;       // smtps://mail.example.org:465 or smtp://localhost:25 (STARTTLS required
                         // unless the host is loopback)
  std::string username;  // empty: no sign-in
  std::string password;
  std::string from;  // e.g. attune@clinic.example
  std::chrono::seconds timeout{15};
};

struct Mail {
  std::vector<std::string> to;
  std::string subject;  // header injection (CR, LF) is refused with Problem(invalid)
  std::string text;     // UTF-8, plain
};

// Returns when the server has accepted the mail. Throws Problem(unavailable) with the server's own
// answer, Problem(configuration) for settings that can't work.
void sendMail(const SmtpSettings& settings, const Mail& mail);

struct WebhookSettings {
  std::string url;     // https://, or http:// to a loopback address
  std::string secret;  // signs the body: header Attune-Signature: sha256=HMAC(secret, body) in hex
  std::chrono::seconds timeout{10};
};

// POSTs a JSON body. Any 2xx is success; everything else throws Problem(unavailable). Redirects are
// not followed.
void postWebhook(const WebhookSettings& settings, const std::string& jsonBody);

}  // namespace attune::net
