#include "net/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <cctype>
#include <string_view>

#include "base/bytes.h"
#include "base/problem.h"

namespace attune::net {

namespace {

using base::Problem;

[[noreturn]] void refuse(const std::string& detail, const std::string& file) {
  std::array<char, 256> reason{};
  const unsigned long code = ERR_peek_last_error();
  if (code != 0) ERR_error_string_n(code, reason.data(), reason.size());
  ERR_clear_error();
  std::string text = detail;
  if (code != 0) text += std::string(" (") + reason.data() + ")";
  throw Problem(Problem::Kind::configuration, text, file);
}

// Without this OpenSSL would ask for a passphrase on the terminal.
int noPassphrase(char*, int, int, void*) {
  return -1;
}

int chooseProtocol(SSL*, const unsigned char** out, unsigned char* outLength,
                   const unsigned char* in, unsigned inLength, void*) {
  constexpr std::string_view kHttp = "http/1.1";
  for (unsigned at = 0; at < inLength && at + 1 + in[at] <= inLength; at += 1u + in[at]) {
    if (base::asText({in + at + 1, in[at]}) == kHttp) {
      *out = in + at + 1;
      *outLength = in[at];
      return SSL_TLSEXT_ERR_OK;
    }
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

}  // namespace

std::unique_ptr<asio::ssl::context> serverContext(const std::string& certificateFile,
                                                  const std::string& keyFile) {
  auto context = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
  SSL_CTX* const ssl = context->native_handle();
  ERR_clear_error();
  SSL_CTX_set_default_passwd_cb(ssl, &noPassphrase);
  SSL_CTX_set_min_proto_version(ssl, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(ssl, "ECDHE+AESGCM:ECDHE+CHACHA20:!PSK");
  SSL_CTX_set_options(ssl, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                               SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA |
                               SSL_OP_SINGLE_ECDH_USE);
  SSL_CTX_set_mode(ssl, SSL_MODE_RELEASE_BUFFERS);
  constexpr std::array<unsigned char, 6> kContextId = {'a', 't', 't', 'u', 'n', 'e'};
  SSL_CTX_set_session_id_context(ssl, kContextId.data(), kContextId.size());
  SSL_CTX_set_alpn_select_cb(ssl, &chooseProtocol, nullptr);

  if (SSL_CTX_use_certificate_chain_file(ssl, certificateFile.c_str()) != 1) {
    refuse(
        "the certificate can't be read; give a PEM file with the server's certificate first, "
        "then its chain, that this program may read",
        certificateFile);
  }
  if (SSL_CTX_use_PrivateKey_file(ssl, keyFile.c_str(), SSL_FILETYPE_PEM) != 1) {
    const unsigned long code = ERR_peek_last_error();
    const bool mismatch =
        ERR_GET_LIB(code) == ERR_LIB_X509 && ERR_GET_REASON(code) == X509_R_KEY_VALUES_MISMATCH;
    refuse(mismatch ? "the key does not belong to the certificate " + certificateFile +
                          "; give the key that the certificate was made with"
                    : "the key can't be read; give a PEM file without a passphrase that this "
                      "program may read",
           keyFile);
  }
  if (SSL_CTX_check_private_key(ssl) != 1) {
    refuse("the key does not belong to the certificate " + certificateFile +
               "; give the key that the certificate was made with",
           keyFile);
  }
  const X509* const certificate = SSL_CTX_get0_certificate(ssl);
  if (X509_cmp_current_time(X509_get0_notAfter(certificate)) <= 0) {
    refuse("the certificate has expired; renew it and start again", certificateFile);
  }
  if (X509_cmp_current_time(X509_get0_notBefore(certificate)) > 0) {
    refuse("the certificate is not valid yet; check this machine's clock or the certificate",
           certificateFile);
  }
  return context;
}

std::string fingerprintOf(asio::ssl::context& context) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  const X509* const certificate = SSL_CTX_get0_certificate(context.native_handle());
  if (certificate == nullptr ||
      X509_digest(certificate, EVP_sha256(), digest.data(), &length) != 1) {
    return {};
  }
  std::string out;
  for (const char c : base::toHex({digest.data(), length})) {
    if (out.size() % 3 == 2) out += ':';
    out += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return out;
}

}  // namespace attune::net
