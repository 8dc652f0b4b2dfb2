#include "net/mail_text.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "base/bytes.h"
#include "base/problem.h"

namespace attune::net {

namespace {

using base::Problem;

std::string base64(std::string_view text) {
  std::string out((text.size() + 2) / 3 * 4 + 1, '\0');
  const base::BytesView bytes = base::asBytes(text);
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes.data(),
                                     static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(length));
  return out;
}

// RFC 2047: encoded words of at most 75 bytes, none of which splits a character.
std::string encodedWords(std::string_view text) {
  constexpr std::size_t kMostBytes = 42;  // 56 bytes of base 64
  std::string out;
  do {
    std::size_t length = std::min(kMostBytes, text.size());
    while (length < text.size() && (static_cast<unsigned char>(text[length]) & 0xC0) == 0x80) {
      --length;
    }
    if (!out.empty()) out += "\r\n ";
    out += "=?UTF-8?B?" + base64(text.substr(0, length)) + "?=";
    text.remove_prefix(length);
  } while (!text.empty());
  return out;
}

std::string date(std::time_t now) {
  constexpr std::array<const char*, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::tm tm{};
  gmtime_r(&now, &tm);
  std::array<char, 64> out{};
  std::snprintf(out.data(), out.size(), "%s, %02d %s %d %02d:%02d:%02d +0000",
                kDays[static_cast<std::size_t>(tm.tm_wday)], tm.tm_mday,
                kMonths[static_cast<std::size_t>(tm.tm_mon)], tm.tm_year + 1900, tm.tm_hour,
                tm.tm_min, tm.tm_sec);
  return out.data();
}

}  // namespace

bool isMailAddress(std::string_view text) {
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos || at == 0 || at + 1 == text.size() || text.size() > 254 ||
      text.find('@', at + 1) != std::string_view::npos || !base::isUtf8(text)) {
    return false;
  }
  return std::none_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) <= 0x20) || c == 0x7f || c == '<' || c == '>' ||
           c == ',' || c == ';' || c == '"' || c == '\\' || c == '(' || c == ')';
  });
}

std::string mailText(const std::string& from, const Mail& mail, std::time_t now) {
  if (mail.to.empty()) throw Problem(Problem::Kind::invalid, "the mail has no recipient", "/to");
  std::string to;
  for (const std::string& address : mail.to) {
    if (!isMailAddress(address)) {
      throw Problem(Problem::Kind::invalid, "a recipient is not an e-mail address", "/to");
    }
    if (!to.empty()) to += ",\r\n ";
    to += address;
  }
  for (const char c : mail.subject) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      throw Problem(Problem::Kind::invalid, "a subject is one line of text", "/subject");
    }
  }
  std::string out = "Date: " + date(now) + "\r\n";
  out += "From: " + from + "\r\n";
  out += "To: " + to + "\r\n";
  out += "Subject: " + encodedWords(base::toValidUtf8(mail.subject)) + "\r\n";
  out += "Auto-Submitted: auto-generated\r\n";
  out += "MIME-Version: 1.0\r\n";
  out += "Content-Type: text/plain; charset=utf-8\r\n";
  out += "Content-Transfer-Encoding: base64\r\n\r\n";
  const std::string body = base64(base::toValidUtf8(mail.text));
  for (std::size_t i = 0; i < body.size(); i += 76) out += body.substr(i, 76) + "\r\n";
  return out;
}

}  // namespace attune::net
