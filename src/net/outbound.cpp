#include "net/outbound.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <ctime>
#include <memory>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "base/problem.h"
#include "net/mail_text.h"

namespace attune::net {

namespace {

using base::Problem;

constexpr std::size_t kMostQuoted = 200;         // bytes of a server's answer that are passed on
constexpr curl_off_t kMostAnswer = 1024 * 1024;  // bytes of a webhook's answer that are read

template <class T, void (*Free)(T*)>
struct Freed {
  void operator()(T* value) const { Free(value); }
};
using Curl = std::unique_ptr<CURL, Freed<CURL, &curl_easy_cleanup>>;
using CurlUrl = std::unique_ptr<CURLU, Freed<CURLU, &curl_url_cleanup>>;
using CurlList = std::unique_ptr<curl_slist, Freed<curl_slist, &curl_slist_free_all>>;

void append(CurlList& list, const std::string& text) {
  curl_slist* const longer = curl_slist_append(list.get(), text.c_str());
  if (longer == nullptr) throw Problem(Problem::Kind::internal, "out of memory");
  static_cast<void>(list.release());
  list.reset(longer);
}

struct Address {
  std::string scheme;
  std::string host;
};

std::optional<std::string> part(CURLU* url, CURLUPart which) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, 0) != CURLUE_OK) return std::nullopt;
  std::string out = text;
  curl_free(text);
  return out;
}

Address readUrl(const std::string& url, std::string_view setting) {
  const CurlUrl parsed(curl_url());
  const auto bad = [&](const std::string& detail) {
    return Problem(Problem::Kind::configuration, detail, std::string(setting));
  };
  if (url.find('\0') != std::string::npos || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(),
                                                          CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) {
    throw bad("this is not a URL that can be used");
  }
  if (part(parsed.get(), CURLUPART_USER) || part(parsed.get(), CURLUPART_PASSWORD)) {
    throw bad("a URL with a user name or password in it ends up in logs; leave them out of it");
  }
  const auto scheme = part(parsed.get(), CURLUPART_SCHEME);
  const auto host = part(parsed.get(), CURLUPART_HOST);
  if (!scheme || !host || host->empty()) throw bad("this URL names no host");
  return {*scheme, *host};
}

// The host itself, not what a name resolves to; curl resolves "localhost" without asking anybody.
bool isLoopback(std::string host) {
  if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
  in_addr v4{};
  in6_addr v6{};
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  if (inet_pton(AF_INET6, host.c_str(), &v6) == 1) return IN6_IS_ADDR_LOOPBACK(&v6);
  return host == "localhost";
}

// A server's words, short and harmless enough for a log line.
std::string quoted(std::string_view answer) {
  std::string out;
  for (const char c : base::toValidUtf8(answer.substr(0, kMostQuoted))) {
    out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

// SMTP: keeps the last refusal of the dialogue (replies that begin with 4 or 5).
std::size_t keepLine(char* data, std::size_t size, std::size_t count, void* to) {
  if (size * count > 0 && (data[0] == '4' || data[0] == '5')) {
    static_cast<std::string*>(to)->assign(data, std::min(size * count, kMostQuoted));
  }
  return size * count;
}

std::size_t discard(char*, std::size_t size, std::size_t count, void* to) {
  curl_off_t& left = *static_cast<curl_off_t*>(to);
  left -= static_cast<curl_off_t>(size * count);
  return left < 0 ? 0 : size * count;
}

std::size_t giveMail(char* to, std::size_t size, std::size_t count, void* from) {
  std::string_view& rest = *static_cast<std::string_view*>(from);
  const std::size_t n = std::min(size * count, rest.size());
  std::memcpy(to, rest.data(), n);
  rest.remove_prefix(n);
  return n;
}

template <class T>
void set(const Curl& curl, CURLoption option, T value) {
  if (curl_easy_setopt(curl.get(), option, value) != CURLE_OK) {
    throw Problem(Problem::Kind::internal, "libcurl refuses a setting");
  }
}

Curl newCurl(const std::string& url, const char* protocols, std::chrono::seconds timeout) {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);  // once, thread-safe
  Curl curl(ready == CURLE_OK ? curl_easy_init() : nullptr);
  if (!curl) throw Problem(Problem::Kind::internal, "libcurl can't be used");
  const long seconds = std::max<long>(1, static_cast<long>(timeout.count()));
  set(curl, CURLOPT_URL, url.c_str());
  set(curl, CURLOPT_PROTOCOLS_STR, protocols);
  set(curl, CURLOPT_FOLLOWLOCATION, 0L);
  set(curl, CURLOPT_PROXY, "");  // nor one from the environment
  set(curl, CURLOPT_NOSIGNAL, 1L);
  set(curl, CURLOPT_TIMEOUT, seconds);
  set(curl, CURLOPT_CONNECTTIMEOUT, seconds);
  set(curl, CURLOPT_SSL_VERIFYPEER, 1L);
  set(curl, CURLOPT_SSL_VERIFYHOST, 2L);
  set(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  return curl;
}

}  // namespace

void sendMail(const SmtpSettings& settings, const Mail& mail) {
  const Address address = readUrl(settings.url, "smtp.url");
  if (address.scheme != "smtp" && address.scheme != "smtps") {
    throw Problem(Problem::Kind::configuration,
                  "the mail server's URL begins with smtps:// or smtp://", "smtp.url");
  }
  if (!isMailAddress(settings.from)) {
    throw Problem(Problem::Kind::configuration, "this is not an e-mail address", "smtp.from");
  }
  const std::string message = mailText(settings.from, mail, std::time(nullptr));
  const Curl curl = newCurl(settings.url, "smtp,smtps", settings.timeout);
  const bool mayBePlain = address.scheme == "smtps" || isLoopback(address.host);
  set(curl, CURLOPT_USE_SSL, static_cast<long>(mayBePlain ? CURLUSESSL_NONE : CURLUSESSL_ALL));
  if (!settings.username.empty()) {
    set(curl, CURLOPT_USERNAME, settings.username.c_str());
    set(curl, CURLOPT_PASSWORD, settings.password.c_str());
  }
  CurlList recipients;
  for (const std::string& to : mail.to) append(recipients, "<" + to + ">");
  const std::string from = "<" + settings.from + ">";
  std::string_view rest = message;
  std::string answer;
  std::array<char, CURL_ERROR_SIZE> error{};
  set(curl, CURLOPT_MAIL_FROM, from.c_str());
  set(curl, CURLOPT_MAIL_RCPT, recipients.get());
  set(curl, CURLOPT_UPLOAD, 1L);
  set(curl, CURLOPT_READFUNCTION, &giveMail);
  set(curl, CURLOPT_READDATA, &rest);
  set(curl, CURLOPT_HEADERFUNCTION, &keepLine);
  set(curl, CURLOPT_HEADERDATA, &answer);
  set(curl, CURLOPT_ERRORBUFFER, error.data());
  const CURLcode code = curl_easy_perform(curl.get());
  if (code == CURLE_OK) return;
  std::string detail = "the mail server did not take the mail (";
  detail += quoted(error[0] != '\0' ? error.data() : curl_easy_strerror(code));
  if (!answer.empty()) detail += "; its answer: " + quoted(answer);
  throw Problem(Problem::Kind::unavailable, detail + ")", "smtp");
}

void postWebhook(const WebhookSettings& settings, const std::string& jsonBody) {
  const Address address = readUrl(settings.url, "webhook.url");
  if (address.scheme != "https" && !(address.scheme == "http" && isLoopback(address.host))) {
    throw Problem(Problem::Kind::configuration,
                  "a webhook's URL begins with https:// (http:// only to this machine itself)",
                  "webhook.url");
  }
  if (settings.secret.empty()) {
    throw Problem(Problem::Kind::configuration,
                  "a webhook needs a secret, by which its receiver knows who called",
                  "webhook.secret");
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned length = 0;
  const base::BytesView body = base::asBytes(jsonBody);
  HMAC(EVP_sha256(), settings.secret.data(), static_cast<int>(settings.secret.size()), body.data(),
       body.size(), mac.data(), &length);
  CurlList fields;
  append(fields, "Content-Type: application/json");
  append(fields, "Attune-Signature: sha256=" + base::toHex({mac.data(), length}));
  append(fields, "Expect:");  // no waiting for 100-continue
  curl_off_t left = kMostAnswer;
  std::array<char, CURL_ERROR_SIZE> error{};
  const Curl curl = newCurl(settings.url, "http,https", settings.timeout);
  set(curl, CURLOPT_POST, 1L);
  set(curl, CURLOPT_POSTFIELDS, jsonBody.data());
  set(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(jsonBody.size()));
  set(curl, CURLOPT_HTTPHEADER, fields.get());
  set(curl, CURLOPT_WRITEFUNCTION, &discard);
  set(curl, CURLOPT_WRITEDATA, &left);
  set(curl, CURLOPT_ERRORBUFFER, error.data());
  const CURLcode code = curl_easy_perform(curl.get());
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  if (code != CURLE_OK) {
    throw Problem(Problem::Kind::unavailable,
                  "the webhook can't be reached (" +
                      quoted(error[0] != '\0' ? error.data() : curl_easy_strerror(code)) + ")",
                  "webhook");
  }
  if (status < 200 || status > 299) {
    throw Problem(Problem::Kind::unavailable,
                  "the webhook answered " + std::to_string(status) + " instead of 2xx", "webhook");
  }
}

}  // namespace attune::net
