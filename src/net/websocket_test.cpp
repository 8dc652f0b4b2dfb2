// WebSockets over real sockets: what a page with the live view depends on.
#include <atomic>
#include <deque>
#include <map>
#include <thread>

#include "net/testing.h"

namespace attune::net {
namespace {

using testing::Answer;
using testing::Client;
using testing::get;
using testing::Signal;
using testing::TestServer;

constexpr std::string_view kHandshake =
    "Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

enum Opcode : unsigned char { text = 1, binary = 2, closeFrame = 8, ping = 9, pong = 10 };

std::string frame(Opcode opcode, std::string_view payload) {
  std::string out(1, static_cast<char>(0x80 | opcode));
  const std::size_t size = payload.size();
  if (size < 126) {
    out += static_cast<char>(0x80 | size);
  } else if (size < 65536) {
    out += static_cast<char>(0x80 | 126);
    out += static_cast<char>(size >> 8);
    out += static_cast<char>(size);
  } else {
    out += static_cast<char>(0x80 | 127);
    for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>(size >> shift);
  }
  constexpr std::string_view kMask = "\x11\x22\x33\x44";
  out += kMask;
  for (std::size_t i = 0; i < size; ++i) out += static_cast<char>(payload[i] ^ kMask[i % 4]);
  return out;
}

struct Frame {
  int opcode = -1;  // -1: the connection has ended
  std::string payload;
  int closeCode() const {
    if (opcode != closeFrame || payload.size() < 2) return 0;
    return static_cast<unsigned char>(payload[0]) * 256 + static_cast<unsigned char>(payload[1]);
  }
};

Frame readFrame(Client& client) {
  Frame out;
  const std::string head = client.take(2);
  if (head.size() < 2) return out;
  std::size_t size = static_cast<unsigned char>(head[1]) & 127u;
  if (size >= 126) {
    const std::string longer = client.take(size == 126 ? 2 : 8);
    size = 0;
    for (const char c : longer) size = size * 256 + static_cast<unsigned char>(c);
  }
  out.payload = client.take(size);
  if (out.payload.size() == size) out.opcode = head[0] & 15;
  return out;
}

bool open(Client& client, std::string_view path = "/live") {
  client.send(get(path, kHandshake));
  const Answer answer = client.answer(false);
  if (answer.status != 101) return false;
  EXPECT_EQ(answer.headers.at("Server"), "");  // says nothing of what runs here
  return answer.headers.at("Sec-WebSocket-Accept") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
}

// Echoes; counts what was opened and closed; keeps the sockets.
class EchoServer : public TestServer {
 public:
  EchoServer() {
    handlers.upgrade = [this](const Request& request, std::shared_ptr<Socket> socket) {
      Handlers::Upgrade out;
      if (request.path != "/live") {
        out.refusal.status = 401;
        out.refusal.body = "no";
        return out;
      }
      const std::lock_guard lock(mutex);
      sockets.push_back(socket);
      const std::size_t index = closed.size();
      closed.push_back(0);
      out.accepted = SocketHandlers{[this, socket](std::string_view message) {
                                      if (message == "bye") socket->close();
                                      if (message == "throw")
                                        throw std::runtime_error("a client's words");
                                      socket->send("echo " + std::string(message));
                                      const std::lock_guard inner(mutex);
                                      ++messages;
                                    },
                                    [this, index] {
                                      const std::lock_guard inner(mutex);
                                      ++closed[index];
                                      changed.notify_all();
                                    }};
      return out;
    };
  }
  ~EchoServer() { server.reset(); }

  // True when every socket so far has had its onClose, each once.
  bool allClosedOnce() {
    std::unique_lock lock(mutex);
    changed.wait_for(lock, std::chrono::seconds(30), [this] {
      for (const int count : closed) {
        if (count == 0) return false;
      }
      return true;
    });
    for (const int count : closed) {
      if (count != 1) return false;
    }
    return true;
  }

  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::shared_ptr<Socket>> sockets;
  std::vector<int> closed;
  int messages = 0;
};

// A clinician would not see a new finding until they reload the page.
TEST(WebSocket, twoHundredPagesGetTheirOwnAndTheCommonMessages) {
  EchoServer test;
  test.options.ioThreads = 2;
  test.start();
  std::deque<Client> clients;
  for (int i = 0; i < 200; ++i) {
    clients.emplace_back(test.port());
    ASSERT_TRUE(open(clients.back()));
  }
  for (int i = 0; i < 200; ++i) clients[i].send(frame(text, "number " + std::to_string(i)));
  for (int i = 0; i < 200; ++i) {
    EXPECT_EQ(readFrame(clients[i]).payload, "echo number " + std::to_string(i));
  }
  std::vector<std::thread> senders;
  for (int t = 0; t < 2; ++t) {
    senders.emplace_back([&test] {
      for (const auto& socket : test.sockets) socket->send("all");
    });
  }
  for (std::thread& sender : senders) sender.join();
  for (Client& client : clients) {
    EXPECT_EQ(readFrame(client).payload, "all");
    EXPECT_EQ(readFrame(client).payload, "all");
  }
  test.server->stop(std::chrono::milliseconds(100));
  for (Client& client : clients) EXPECT_EQ(readFrame(client).closeCode(), 1001);
  EXPECT_TRUE(test.allClosedOnce());
  EXPECT_EQ(test.messages, 200);
  test.server.reset();
  for (const auto& socket : test.sockets) {  // nobody is there any more; nothing happens
    socket->send("late");
    socket->close();
  }
}

// The first events of a page that has just opened would be lost.
TEST(WebSocket, keepsWhatIsSentBeforeTheHandshakeIsDone) {
  TestServer test;
  test.handlers.upgrade = [](const Request&, std::shared_ptr<Socket> socket) {
    for (int i = 0; i < 100; ++i) socket->send(std::to_string(i));
    socket->send("ill-formed \xFF");
    socket->close();
    socket->send("after the end");
    Handlers::Upgrade out;
    out.accepted.emplace();
    return out;
  };
  test.start();
  Client client(test.port());
  ASSERT_TRUE(open(client));
  for (int i = 0; i < 100; ++i) EXPECT_EQ(readFrame(client).payload, std::to_string(i));
  EXPECT_EQ(readFrame(client).payload, "ill-formed \xEF\xBF\xBD");
  EXPECT_EQ(readFrame(client).closeCode(), 1000);
}

// A stranger must not get the live view; the page must learn why.
TEST(WebSocket, refusesWithTheHandlersAnswerAndBadHandshakesWith400) {
  EchoServer test;
  test.start();
  Client client(test.port());
  const Answer refused = client.ask(get("/other", kHandshake));
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(refused.body, "no");
  EXPECT_TRUE(open(client));  // on the same connection, now to the right place
  Client old(test.port());
  EXPECT_EQ(old.ask(get("/live",
                        "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                        "Sec-WebSocket-Version: 8\r\nSec-WebSocket-Key: x\r\n"))
                .status,
            400);
  Client hasty(test.port());
  hasty.send(get("/live", kHandshake) + frame(text, "early"));
  EXPECT_EQ(hasty.answer().status, 400);
  Client plain(test.port());
  EXPECT_EQ(plain.ask(get("/live")).status, 200);
}

// Whatever ends a socket, the account must not stay listed as present, nor be removed twice.
TEST(WebSocket, callsOnCloseOnceHoweverItEnds) {
  EchoServer test;
  test.start();
  {
    Client polite(test.port()), cut(test.port()), asked(test.port()), raw(test.port());
    Client large(test.port()), bytes(test.port()), bad(test.port()), failing(test.port());
    for (Client* client : {&polite, &cut, &asked, &raw, &large, &bytes, &bad, &failing}) {
      ASSERT_TRUE(open(*client));
    }
    polite.send(frame(closeFrame, "\x03\xE8"));
    EXPECT_EQ(readFrame(polite).closeCode(), 1000);
    cut.close();
    asked.send(frame(text, "bye"));
    EXPECT_EQ(readFrame(asked).closeCode(), 1000);
    asked.send(frame(closeFrame, "\x03\xE8"));
    raw.send("GET / HTTP/1.1\r\n\r\n");  // not masked: not WebSocket
    EXPECT_EQ(readFrame(raw).closeCode(), 1002);
    large.send(frame(text, std::string(64 * 1024, 'x')));
    EXPECT_EQ(readFrame(large).payload.size(), 64 * 1024 + 5u);
    large.send(frame(text, std::string(64 * 1024 + 1, 'x')));
    EXPECT_EQ(readFrame(large).closeCode(), 1009);
    bytes.send(frame(binary, "abc"));
    EXPECT_EQ(readFrame(bytes).closeCode(), 1003);
    bad.send(frame(text, "\xFF\xFF"));
    EXPECT_EQ(readFrame(bad).closeCode(), 1007);
    failing.send(frame(text, "throw"));
    EXPECT_EQ(readFrame(failing).closeCode(), 1011);
  }
  EXPECT_TRUE(test.allClosedOnce());
  EXPECT_EQ(test.lines.find("words"), std::string::npos);
}

// One page that has stopped reading would fill the server's memory for all.
TEST(WebSocket, cutsAPeerThatDoesNotRead) {
  EchoServer test;
  test.start();
  Client lazy(test.port()), other(test.port());
  ASSERT_TRUE(open(lazy));
  ASSERT_TRUE(open(other));
  const std::string block(64 * 1024, 'x');
  for (int i = 0; i < 400; ++i) test.sockets[0]->send(block);
  {
    std::unique_lock lock(test.mutex);
    EXPECT_TRUE(
        test.changed.wait_for(lock, std::chrono::seconds(30), [&] { return test.closed[0] == 1; }));
  }
  other.send(frame(text, "still here"));
  EXPECT_EQ(readFrame(other).payload, "echo still here");
}

// A laptop that was closed must not count as a person who is looking.
TEST(WebSocket, pingsAndEndsAConnectionThatDoesNotAnswer) {
  EchoServer test;
  test.options.socketPing = std::chrono::seconds(1);
  test.start();
  Client dead(test.port());
  ASSERT_TRUE(open(dead));
  EXPECT_EQ(readFrame(dead).opcode, ping);
  EXPECT_EQ(readFrame(dead).opcode, -1);
  EXPECT_TRUE(test.allClosedOnce());
}

// The server stops while sockets open, talk and close: no crash, and every onClose comes.
TEST(WebSocket, stopsInTheMiddleOfEverything) {
  for (int round = 0; round < 10; ++round) {
    EchoServer test;
    test.options.ioThreads = 2;
    test.start();
    const std::uint16_t port = test.port();
    std::atomic<bool> done = false;
    std::vector<std::thread> threads;
    for (int t = 0; t < 3; ++t) {
      threads.emplace_back([&] {
        while (!done) {
          Client client(port);
          client.send(get("/live", kHandshake));
          if (client.answer(false).status != 101) continue;
          client.send(frame(text, "hello"));
          readFrame(client);
        }
      });
    }
    {
      std::unique_lock lock(test.mutex);
      test.changed.wait_for(lock, std::chrono::seconds(30), [&] { return test.closed.size() > 5; });
    }
    test.server->stop(std::chrono::milliseconds(round % 2 == 0 ? 0 : 50));
    done = true;
    for (std::thread& thread : threads) thread.join();
    EXPECT_TRUE(test.allClosedOnce());
  }
}

}  // namespace
}  // namespace attune::net
