// The server over real sockets on a free loopback port.
#include "net/server.h"

#include <fcntl.h>
#include <sys/resource.h>

#include <atomic>
#include <fstream>
#include <random>
#include <thread>

#include "base/problem.h"
#include "net/testing.h"

namespace attune::net {
namespace {

using testing::Answer;
using testing::Client;
using testing::get;
using testing::post;
using testing::Signal;
using testing::TestServer;

// Answers given to the wrong question would show one page's data in another.
TEST(Server, answersPipelinedAndKeptAliveRequestsInOrder) {
  TestServer test;
  test.start();
  Client client(test.port());
  std::string all;
  for (int i = 0; i < 50; ++i) {
    all += i % 2 == 0 ? get("/" + std::to_string(i)) : post("/" + std::to_string(i), "body");
  }
  client.send(all);
  for (int i = 0; i < 50; ++i) {
    const Answer answer = client.answer();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, i % 2 == 0 ? "GET /" + std::to_string(i) + " "
                                      : "POST /" + std::to_string(i) + " body");
  }
  const Answer later = client.ask(get("/later"));
  EXPECT_EQ(later.body, "GET /later ");
  EXPECT_EQ(later.headers.count("Server"), 0u);
  EXPECT_EQ(later.headers.count("Date"), 1u);
}

// A proxy or an old client in front of the clinic would hang or lose answers.
TEST(Server, followsTheRulesOfTheProtocol) {
  TestServer test;
  test.handlers.handle = [](const Request& request) {
    Response response;
    response.body = request.method + request.remoteAddress + (request.secure ? "s" : "p");
    if (request.path == "/nothing") response.status = 204;
    if (request.path == "/throws") throw std::runtime_error("a client's words");
    if (request.path == "/split") response.headers["X"] = "a\r\nb";
    return response;
  };
  test.start();
  Client client(test.port());
  client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
  const Answer head = client.answer(false);
  EXPECT_EQ(head.headers.at("Content-Length"), "13");
  EXPECT_EQ(client.ask(get("/", "X-Forwarded-For: 6.6.6.6\r\n")).body, "GET127.0.0.1p");
  EXPECT_EQ(client.ask(get("/nothing")).status, 204);
  EXPECT_EQ(client.ask(get("/throws")).status, 500);
  const Answer split = client.ask(get("/split"));
  EXPECT_EQ(split.status, 500);
  EXPECT_EQ(split.headers.count("X"), 0u);
  EXPECT_TRUE(client.ended());
  EXPECT_EQ(test.lines.find("words"), std::string::npos) << test.lines;
  EXPECT_NE(test.lines.find("a request handler failed"), std::string::npos);

  Client old(test.port());
  EXPECT_EQ(old.ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").headers.at("Connection"),
            "keep-alive");
  EXPECT_EQ(old.ask("GET / HTTP/1.0\r\n\r\n").headers.at("Connection"), "close");
  EXPECT_TRUE(old.ended());

  Client polite(test.port());
  polite.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(polite.takeLine(), "HTTP/1.1 100 Continue");
  EXPECT_EQ(polite.takeLine(), "");
  EXPECT_EQ(polite.ask("abc").status, 200);
  const Answer refused = polite.ask(
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(refused.status, 413);
}

long peakKilobytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

// Somebody pastes a hundred megabytes: they must be told, and nobody else may notice.
TEST(Server, refusesAHundredMegabytesWithAnAnswerAndWithoutHoldingThem) {
  TestServer test;
  test.start();
  const std::string block(100'000, 'x'), chunk = "186a0\r\n" + block + "\r\n";
  const long before = peakKilobytes();
  {
    Client client(test.port());
    const Answer answer =
        client.ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n");
    EXPECT_EQ(answer.status, 413);
    EXPECT_EQ(answer.headers.at("Connection"), "close");
    EXPECT_EQ(answer.headers.at("Content-Type"), "application/problem+json");
  }
  {
    Client client(test.port());  // one that reads only after it has sent everything
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n");
    for (int i = 0; i < 1000; ++i) ASSERT_TRUE(client.send(block)) << i;
    EXPECT_EQ(client.answer().status, 413);
  }
  {
    Client client(test.port());
    client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 1000; ++i) ASSERT_TRUE(client.send(chunk)) << i;
    client.send("0\r\n\r\n");
    EXPECT_EQ(client.answer().status, 413);
  }
  EXPECT_LT(peakKilobytes() - before, 50'000);
  Client client(test.port());
  EXPECT_EQ(client.ask(post("/", std::string(1024 * 1024, 'y'))).body.size(), 1024 * 1024 + 7u);
}

// One slow or malicious peer must not hold a connection for ever.
TEST(Server, endsConnectionsThatTakeTooLong) {
  TestServer test;
  test.options.headerTimeout = std::chrono::seconds(1);
  test.options.bodyTimeout = std::chrono::seconds(1);
  test.options.idleTimeout = std::chrono::seconds(1);
  test.start();
  Client silent(test.port()), slow(test.port()), body(test.port()), idle(test.port());
  slow.send("GET / HTTP/1.1\r\nHost:");
  body.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_EQ(idle.ask(get("/")).status, 200);
  EXPECT_EQ(slow.answer().status, 408);
  EXPECT_EQ(body.answer().status, 408);
  EXPECT_TRUE(silent.ended());
  EXPECT_TRUE(idle.ended());
}

TEST(Server, refusesAnOverlongHeaderWith431) {
  TestServer test;
  test.start();
  Client client(test.port());
  const Answer answer = client.ask(get("/", "X: " + std::string(40'000, 'x') + "\r\n"));
  EXPECT_EQ(answer.status, 431);
  EXPECT_TRUE(client.ended());
}

// When all are busy a person is told at once and can try again; nobody waits in the dark.
TEST(Server, answers503WhenTheQueueIsFull) {
  TestServer test;
  test.options.workers = 1;
  test.options.queue = 1;
  Signal entered, release;
  test.handlers.handle = [&](const Request&) {
    entered.set();
    release.wait();
    return Response{};
  };
  test.start();
  Client first(test.port());
  first.send(get("/"));
  ASSERT_TRUE(entered.wait());
  std::atomic<int> refused = 0, served = 0;
  Signal twoRefused;
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      Client client(test.port());
      const Answer answer = client.ask(get("/"));
      if (answer.status == 200) ++served;
      if (answer.status == 503 && answer.headers.at("Retry-After") == "1" && ++refused == 2) {
        twoRefused.set();
      }
    });
  }
  EXPECT_TRUE(twoRefused.wait());
  release.set();
  EXPECT_EQ(first.answer().status, 200);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(refused, 2);
  EXPECT_EQ(served, 1);
}

// A restart in the middle of somebody's sentence: what was sent is still stored and answered.
TEST(Server, letsARunningRequestEndWhenItStops) {
  TestServer test;
  Signal entered, release;
  test.handlers.handle = [&](const Request& request) {
    if (request.path == "/slow") {
      entered.set();
      release.wait();
    }
    return Response{};
  };
  test.start();
  const std::uint16_t port = test.port();
  Client idle(port), running(port);
  EXPECT_EQ(idle.ask(get("/")).status, 200);
  running.send(get("/slow"));
  ASSERT_TRUE(entered.wait());
  std::jthread stopper([&] { test.server->stop(std::chrono::seconds(50)); });
  EXPECT_TRUE(idle.ended());
  while (Client(port).connected()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  release.set();
  const Answer answer = running.answer();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.at("Connection"), "close");
  stopper.join();
  test.server->stop(std::chrono::seconds(1));  // a second time does nothing
}

TEST(Server, stopsWithoutGraceWhileRequestsRunWaitAndArrive) {
  TestServer test;
  test.options.workers = 1;
  test.options.ioThreads = 2;
  Signal entered, release;
  test.handlers.handle = [&](const Request&) {
    entered.set();
    release.wait();
    return Response{};
  };
  test.start();
  Client running(test.port()), waiting(test.port()), half(test.port());
  running.send(get("/"));
  ASSERT_TRUE(entered.wait());
  waiting.send(get("/"));
  half.send("GET / HT");
  std::jthread stopper([&] { test.server->stop(std::chrono::milliseconds(0)); });
  EXPECT_TRUE(half.ended());
  release.set();
  stopper.join();
}

// Without file descriptors the clinic is slow, not gone.
TEST(Server, goesOnAcceptingAfterRunningOutOfFileDescriptors) {
  TestServer test;
  test.start();
  rlimit old{};
  ::getrlimit(RLIMIT_NOFILE, &old);
  rlimit low = old;
  low.rlim_cur = 200;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &low), 0);
  std::vector<int> filling;
  for (int fd = ::dup(0); fd >= 0; fd = ::dup(0)) filling.push_back(fd);
  ASSERT_FALSE(filling.empty());
  ::close(filling.back());
  filling.pop_back();
  Client client(test.port());  // takes the last one
  EXPECT_TRUE(client.connected());
  client.send(get("/"));
  for (;;) {
    {
      const std::lock_guard lock(test.linesMutex);
      if (test.lines.find("can't accept") != std::string::npos) break;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  for (const int fd : filling) ::close(fd);
  ::setrlimit(RLIMIT_NOFILE, &old);
  EXPECT_EQ(client.answer().status, 200);
}

TEST(Server, closesConnectionsOverItsLimitAtOnce) {
  TestServer test;
  test.options.connections = 2;
  test.start();
  Client a(test.port()), b(test.port());
  EXPECT_EQ(a.ask(get("/")).status, 200);
  EXPECT_EQ(b.ask(get("/")).status, 200);
  Client c(test.port());
  EXPECT_TRUE(c.ended());
  EXPECT_EQ(a.ask(get("/")).status, 200);
}

// An operator has to learn what to change, and words must never travel in the clear.
TEST(Server, refusesToStartWithAnExplanation) {
  const auto problemWith = [](const std::function<void(ServerOptions&)>& change) {
    TestServer test;
    change(test.options);
    try {
      test.start();
    } catch (const base::Problem& problem) {
      EXPECT_EQ(problem.kind(), base::Problem::Kind::configuration);
      return problem.where() + ": " + problem.detail();
    }
    return std::string();
  };
  TestServer taken;
  taken.start();
  const std::string port = std::to_string(taken.port());
  EXPECT_NE(problemWith([&](ServerOptions& o) {
              o.port = taken.port();
            }).find("another program uses port " + port),
            std::string::npos);
  EXPECT_NE(problemWith([](ServerOptions& o) { o.address = "0.0.0.0"; }).find("without TLS"),
            std::string::npos);
  EXPECT_NE(problemWith([](ServerOptions& o) { o.address = "::"; }).find("without TLS"),
            std::string::npos);
  EXPECT_NE(problemWith([](ServerOptions& o) { o.address = "clinic"; }).find("not an IPv4"),
            std::string::npos);
  EXPECT_NE(problemWith([](ServerOptions& o) { o.certificateFile = "x"; }).find("keyFile"),
            std::string::npos)
      << "names the missing setting";
}

// Anybody can send anything; the server answers or closes, and lives.
TEST(Server, survivesTwoThousandConnectionsOfNonsense) {
  TestServer test;
  test.options.ioThreads = 2;
  test.start();
  std::mt19937 engine(11);
  const std::vector<std::string> seeds = {
      get("/a?b=c"), post("/x", "hello"),
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
      get("/",
          "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")};
  for (int i = 0; i < 2000; ++i) {
    std::string bytes;
    if (i % 3 == 0) {
      bytes.resize(engine() % 300);
      for (char& c : bytes) c = static_cast<char>(engine());
    } else {
      bytes = seeds[engine() % seeds.size()] + seeds[engine() % seeds.size()];
      for (auto change = 1 + engine() % 6; change > 0; --change) {
        const std::size_t at = engine() % bytes.size();
        switch (engine() % 3) {
          case 0:
            bytes[at] = static_cast<char>(engine());
            break;
          case 1:
            bytes.erase(at, 1 + engine() % 10);
            break;
          default:
            bytes.insert(at, bytes.substr(engine() % bytes.size(), engine() % 20));
        }
        if (bytes.empty()) bytes = "x";
      }
    }
    Client client(test.port());
    client.send(bytes);
    if (i % 5 == 0) {
      ::shutdown(client.fd(), SHUT_WR);
      while (!client.receive().empty()) {
      }
    }
  }
  Client client(test.port());
  EXPECT_EQ(client.ask(get("/")).status, 200);
}

}  // namespace
}  // namespace attune::net
