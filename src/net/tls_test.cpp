// TLS with certificates made here: what stands between a client's words and the network.
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>

#include "base/problem.h"
#include "net/testing.h"

namespace attune::net {
namespace {

using testing::Client;
using testing::get;
using testing::post;
using testing::TestServer;

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "attune-tls-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

// A self-signed certificate for 127.0.0.1 and its key; validity in seconds from now.
void makeCertificate(const std::string& certificateFile, const std::string& keyFile, long from,
                     long until, const char* passphrase = nullptr) {
  EVP_PKEY* const key = EVP_EC_gen("P-256");
  X509* const certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 7);
  X509_gmtime_adj(X509_getm_notBefore(certificate), from);
  X509_gmtime_adj(X509_getm_notAfter(certificate), until);
  X509_set_pubkey(certificate, key);
  X509_NAME* const name = X509_get_subject_name(certificate);
  const unsigned char text[] = "clinic";
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, text, -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  X509_EXTENSION* const extension =
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1");
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
  X509_sign(certificate, key, EVP_sha256());
  std::FILE* file = std::fopen(certificateFile.c_str(), "w");
  PEM_write_X509(file, certificate);
  std::fclose(file);
  file = std::fopen(keyFile.c_str(), "w");
  PEM_write_PrivateKey(file, key, passphrase == nullptr ? nullptr : EVP_aes_128_cbc(), nullptr, 0,
                       nullptr, const_cast<char*>(passphrase));
  std::fclose(file);
  X509_free(certificate);
  EVP_PKEY_free(key);
}

class TlsClient final : public Client {
 public:
  TlsClient(std::uint16_t port, const std::string& trusted, int highestVersion = TLS1_3_VERSION,
            std::string_view protocols = "\x02h2\x08http/1.1")
      : Client(port), context_(SSL_CTX_new(TLS_client_method())) {
    SSL_CTX_load_verify_locations(context_, trusted.c_str(), nullptr);
    SSL_CTX_set_verify(context_, SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_min_proto_version(context_, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context_, highestVersion);
    SSL_CTX_set_security_level(context_, 0);
    ssl_ = SSL_new(context_);
    SSL_set_alpn_protos(ssl_, reinterpret_cast<const unsigned char*>(protocols.data()),
                        static_cast<unsigned>(protocols.size()));
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_), "127.0.0.1");
    SSL_set_fd(ssl_, fd());
    ready = SSL_connect(ssl_) == 1;
  }
  ~TlsClient() override {
    SSL_free(ssl_);
    SSL_CTX_free(context_);
  }
  bool send(std::string_view bytes) override {
    return SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())) > 0;
  }
  std::string receive() override {
    std::string out(64 * 1024, '\0');
    const int n = SSL_read(ssl_, out.data(), static_cast<int>(out.size()));
    out.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    return out;
  }
  std::string version() const { return SSL_get_version(ssl_); }
  std::string protocol() const {
    const unsigned char* name = nullptr;
    unsigned length = 0;
    SSL_get0_alpn_selected(ssl_, &name, &length);
    return {reinterpret_cast<const char*>(name), length};
  }
  bool saidGoodbye() const { return (SSL_get_shutdown(ssl_) & SSL_RECEIVED_SHUTDOWN) != 0; }

  bool ready = false;

 private:
  SSL_CTX* context_;
  SSL* ssl_ = nullptr;
};

class TlsTest : public ::testing::Test {
 protected:
  TlsTest() {
    makeCertificate(folder.file("cert"), folder.file("key"), -60, 3600);
    test.options.certificateFile = folder.file("cert");
    test.options.keyFile = folder.file("key");
  }
  std::string problem() {
    try {
      test.start();
    } catch (const base::Problem& caught) {
      EXPECT_EQ(caught.kind(), base::Problem::Kind::configuration);
      return caught.what();
    }
    return {};
  }

  Folder folder;
  TestServer test;
};

// What a client writes would travel readable, or not at all.
TEST_F(TlsTest, carriesRequestsAndGoodbyes) {
  test.handlers.handle = [](const Request& request) {
    Response response;
    response.body = (request.secure ? "secure " : "plain ") + request.body;
    return response;
  };
  test.start();
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsClient client(test.port(), folder.file("cert"), version);
    ASSERT_TRUE(client.ready);
    EXPECT_EQ(client.version(), version == TLS1_2_VERSION ? "TLSv1.2" : "TLSv1.3");
    EXPECT_EQ(client.protocol(), "http/1.1");
    const std::string body(100'000, 'x');
    for (int i = 0; i < 3; ++i) EXPECT_EQ(client.ask(post("/", body)).body, "secure " + body);
    EXPECT_EQ(client.ask(get("/", "Connection: close\r\n")).status, 200);
    EXPECT_TRUE(client.ended());
    EXPECT_TRUE(client.saidGoodbye());
  }
  EXPECT_FALSE(TlsClient(test.port(), folder.file("cert"), TLS1_1_VERSION).ready);
  EXPECT_FALSE(TlsClient(test.port(), folder.file("cert"), TLS1_3_VERSION, "\x02h2").ready);
  Client plain(test.port());
  plain.send(get("/"));
  plain.receive();  // a TLS alert or nothing
  Client silent(test.port());
  TlsClient large(test.port(), folder.file("cert"));
  EXPECT_EQ(large.ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n").status,
            413);
  TlsClient held(test.port(), folder.file("cert"));
  EXPECT_EQ(held.ask(get("/")).status, 200);
  test.server->stop(std::chrono::milliseconds(100));
}

// The operator compares it with what the browser shows.
TEST_F(TlsTest, tellsTheFingerprintOfItsCertificate) {
  test.start();
  std::FILE* const file = std::fopen(folder.file("cert").c_str(), "r");
  X509* const certificate = PEM_read_X509(file, nullptr, nullptr, nullptr);
  std::fclose(file);
  unsigned char digest[32];
  unsigned length = 0;
  X509_digest(certificate, EVP_sha256(), digest, &length);
  X509_free(certificate);
  std::string expected;
  for (const unsigned char byte : digest) {
    char two[4];
    std::snprintf(two, sizeof two, "%02X", byte);
    expected += (expected.empty() ? "" : ":") + std::string(two);
  }
  EXPECT_EQ(test.server->certificateFingerprint(), expected);
}

TEST_F(TlsTest, carriesWebSockets) {
  test.handlers.upgrade = [](const Request& request, std::shared_ptr<Socket> socket) {
    EXPECT_TRUE(request.secure);
    Handlers::Upgrade out;
    out.accepted =
        SocketHandlers{[socket](std::string_view text) { socket->send(std::string(text)); }, [] {}};
    return out;
  };
  test.start();
  TlsClient client(test.port(), folder.file("cert"));
  client.send(get("/live",
                  "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"));
  ASSERT_EQ(client.answer(false).status, 101);
  client.send(std::string("\x81\x82\0\0\0\0hi", 8));
  EXPECT_EQ(client.take(4), "\x81\x02hi");
  test.server->stop(std::chrono::milliseconds(100));
  EXPECT_EQ(client.take(4), "\x88\x02\x03\xE9");
}

// An operator with the wrong file must learn which one, not see a server that no browser trusts.
TEST_F(TlsTest, refusesUnusableCertificatesNamingTheFile) {
  const std::string other = folder.file("other"), otherKey = folder.file("other-key");
  makeCertificate(other, otherKey, -60, 3600);
  test.options.keyFile = otherKey;
  EXPECT_NE(problem().find("does not belong to the certificate"), std::string::npos);
  test.options.keyFile = folder.file("missing");
  EXPECT_NE(problem().find("missing: the key can't be read"), std::string::npos);
  makeCertificate(other, otherKey, -60, 3600, "a passphrase");
  test.options = {.port = 0, .certificateFile = other, .keyFile = otherKey};
  EXPECT_NE(problem().find("without a passphrase"), std::string::npos);
  makeCertificate(other, otherKey, -7200, -3600);
  EXPECT_NE(problem().find("other: the certificate has expired"), std::string::npos);
  makeCertificate(other, otherKey, 3600, 7200);
  EXPECT_NE(problem().find("not valid yet"), std::string::npos);
  std::ofstream(other) << "no certificate";
  EXPECT_NE(problem().find("other: the certificate can't be read"), std::string::npos);
  makeCertificate(other, otherKey, -60, 3600);
  EXPECT_EQ(problem(), "");  // the same server starts once the files are right
}

}  // namespace
}  // namespace attune::net
