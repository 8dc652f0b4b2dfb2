// What an operator sets, and what they are told when it is wrong.
#include "app/config.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "trust/trust_testing.h"

namespace attune::app {
namespace {

namespace fs = std::filesystem;
using base::Problem;

class ConfigTest : public ::testing::Test {
 protected:
  Config load(const std::vector<std::string>& words = {},
              std::map<std::string, std::string> environment = {}) {
    std::vector<Flag> flags = settingFlags();
    flags.push_back({"config", "FILE", ""});
    return loadConfig(parseArguments(words, flags),
                      [environment](const std::string& name) -> std::optional<std::string> {
                        const auto found = environment.find(name);
                        if (found == environment.end()) return std::nullopt;
                        return found->second;
                      });
  }
  std::string file(const std::string& text, const std::string& name = "attune.conf") {
    const fs::path path = folder_.path() / name;
    std::ofstream(path, std::ios::binary) << text;
    return path.string();
  }
  // `where` of the Problem that the text gives, with the file called "f".
  static std::string fault(const std::string& text) {
    Config config;
    try {
      readConfigText(config, text, "f");
    } catch (const Problem& problem) {
      EXPECT_EQ(problem.kind(), Problem::Kind::configuration);
      EXPECT_FALSE(problem.detail().empty());
      return problem.where();
    }
    return "(none)";
  }
  template <class Act>
  static std::string faultOf(Act&& act) {
    try {
      act();
    } catch (const Problem& problem) {
      EXPECT_EQ(problem.kind(), Problem::Kind::configuration);
      return problem.where();
    }
    return "(none)";
  }

  trust::testing::Folder folder_;
};

// The same setting in three places: what is nearest to the command wins, whatever order an operator
// reads about them in.
TEST_F(ConfigTest, flagsWinOverEnvironmentOverFile) {
  const std::string path = file("clinic.name = from file\nworkers = 2\nclinic.country = FR\n");
  EXPECT_EQ(load({"--config", path}).clinicName, "from file");
  EXPECT_EQ(load({}, {{"ATTUNE_CONFIG", path}}).workers, 2);
  const Config both = load({"--config", path}, {{"ATTUNE_CLINIC_NAME", "from environment"}});
  EXPECT_EQ(both.clinicName, "from environment");
  EXPECT_EQ(both.country, "FR");
  const Config all = load({"--config=" + path, "--clinic-name", "from flag"},
                          {{"ATTUNE_CLINIC_NAME", "from environment"}, {"ATTUNE_WORKERS", "3"}});
  EXPECT_EQ(all.clinicName, "from flag");
  EXPECT_EQ(all.workers, 3);
  EXPECT_EQ(load().address, "127.0.0.1");
}

// Every setting can be made in all three ways; a row that only half works is found here.
TEST_F(ConfigTest, everySettingHasAFlagAndHelp) {
  const auto flags = settingFlags();
  ASSERT_EQ(flags.size(), settings().size());
  for (std::size_t i = 0; i < flags.size(); ++i) {
    EXPECT_FALSE(flags[i].value.empty()) << flags[i].name;
    EXPECT_FALSE(flags[i].help.empty()) << flags[i].name;
    EXPECT_EQ(flags[i].name.find('.'), std::string_view::npos);
    EXPECT_EQ(flags[i].name.find('_'), std::string_view::npos);
  }
}

// An error names line and key, or an operator looks for it in forty lines at night.
TEST_F(ConfigTest, errorsNameFileLineAndKey) {
  EXPECT_EQ(fault("# fine\n\nworkers = many\n"), "f:3 workers");
  EXPECT_EQ(fault("workers = 0"), "f:1 workers");
  EXPECT_EQ(fault("workers = 257"), "f:1 workers");
  EXPECT_EQ(fault("workers = 4 4"), "f:1 workers");
  EXPECT_EQ(fault("workers ="), "f:1 workers");
  EXPECT_EQ(fault("data ="), "f:1 data");
  EXPECT_EQ(fault("listen = 8080"), "f:1 listen");
  EXPECT_EQ(fault("listen = :8080"), "f:1 listen");
  EXPECT_EQ(fault("listen = 127.0.0.1:65536"), "f:1 listen");
  EXPECT_EQ(fault("listen = 127.0.0.1:-1"), "f:1 listen");
  EXPECT_EQ(fault("clinic.country = ie"), "f:1 clinic.country");
  EXPECT_EQ(fault("clinic.country = IRL"), "f:1 clinic.country");
  EXPECT_EQ(fault("clinic.language = fr"), "f:1 clinic.language");
  EXPECT_EQ(fault("session.staff_idle = 0"), "f:1 session.staff_idle");
  EXPECT_EQ(fault("\r\nnonsense\r\n"), "f:2");
  EXPECT_EQ(fault("Workers = 4"), "f:1 Workers");
  EXPECT_EQ(fault("worker = 4"), "f:1 worker");
  EXPECT_EQ(fault("= 4"), "f:1 ");
  EXPECT_EQ(fault("workers = 4\nworkers = 4\n"), "f:2 workers");
  EXPECT_EQ(fault("clinic.name = \xff\n"), "f");
}

TEST_F(ConfigTest, errorsNameEnvironmentAndFlag) {
  EXPECT_EQ(faultOf([&] { load({}, {{"ATTUNE_WORKERS", "x"}}); }), "environment ATTUNE_WORKERS");
  EXPECT_EQ(faultOf([&] { load({}, {{"ATTUNE_TLS_KEY", ""}}); }), "environment ATTUNE_TLS_KEY");
  EXPECT_EQ(faultOf([&] { load({"--workers", "x"}); }), "--workers");
  EXPECT_EQ(faultOf([&] { load({"--config", "/no/such/file"}); }), "/no/such/file");
  // A folder opens as a file does, and reads as nothing: settings would be silently ignored.
  EXPECT_EQ(faultOf([&] { load({"--config", folder_.path().string()}); }), folder_.path().string());
}

// Settings that only make sense together.
TEST_F(ConfigTest, halfSettingsAreRefused) {
  EXPECT_EQ(faultOf([&] { load({"--tls-key", "k"}); }), "tls");
  EXPECT_EQ(faultOf([&] { load({"--tls-certificate", "c"}); }), "tls");
  EXPECT_EQ(faultOf([&] { load({"--smtp-url", "smtps://a:465"}); }), "smtp.from");
  EXPECT_EQ(faultOf([&] { load({"--webhook-url", "https://a/"}); }), "webhook.secret_file");
}

TEST_F(ConfigTest, readsWhatPeopleWrite) {
  Config config;
  readConfigText(config,
                 "  # a comment\r\n\tclinic.name\t=  Haus am See = schön  \r\nlisten=[::1]:0\n"
                 "session.client_idle = 60",
                 "f");
  EXPECT_EQ(config.clinicName, "Haus am See = schön");
  EXPECT_EQ(config.address, "::1");
  EXPECT_EQ(config.port, 0);
  EXPECT_EQ(config.clientIdleMinutes, 60);
  readConfigText(config, "listen = localhost:81", "f");
  EXPECT_EQ(config.address, "127.0.0.1");
}

// A password that everybody on the machine can read is none.
TEST_F(ConfigTest, secretFilesAreForTheirOwnerAlone) {
  const std::string path = file("  secret \r\nsecond line\n", "secret");
  for (const mode_t mode : {0644, 0640, 0604, 0620, 0601}) {
    ::chmod(path.c_str(), mode);
    EXPECT_EQ(faultOf([&] { readSecretFile(path); }), path) << mode;
  }
  for (const mode_t mode : {0600, 0400}) {
    ::chmod(path.c_str(), mode);
    EXPECT_EQ(readSecretFile(path), "secret");
  }
  EXPECT_EQ(faultOf([&] { readSecretFile("/no/such"); }), "/no/such");
  const std::string empty = file("\n", "empty");
  ::chmod(empty.c_str(), 0600);
  EXPECT_EQ(faultOf([&] { readSecretFile(empty); }), empty);
}

constexpr Flag kFlags[] = {{"to", "DIR", "where"}, {"yes", "", "really"}, {"n", "N", "how many"}};

Arguments parse(const std::vector<std::string>& words) {
  return parseArguments(words, kFlags);
}

std::string wrongFlag(const std::vector<std::string>& words) {
  try {
    parse(words);
  } catch (const Problem& problem) {
    EXPECT_EQ(problem.kind(), Problem::Kind::invalid);
    return problem.where();
  }
  return "(none)";
}

TEST(Arguments, flagsAndWords) {
  const Arguments a = parse({"verify", "--to", "x y", "--n=3=4", "--yes", "-", "last"});
  EXPECT_EQ(a.positional, (std::vector<std::string>{"verify", "-", "last"}));
  EXPECT_EQ(*a.get("to"), "x y");
  EXPECT_EQ(*a.get("n"), "3=4");
  EXPECT_TRUE(a.has("yes"));
  EXPECT_FALSE(parse({}).has("yes"));
  EXPECT_EQ(*parse({"--to="}).get("to"), "");
  EXPECT_EQ(*parse({"--to=--yes"}).get("to"), "--yes");
}

// `attune erase --yes=no` must not erase, and a forgotten value must not swallow the next flag.
TEST(Arguments, mistakesAreNamed) {
  EXPECT_EQ(wrongFlag({"--nope"}), "--nope");
  EXPECT_EQ(wrongFlag({"--nope=1"}), "--nope");
  EXPECT_EQ(wrongFlag({"--to"}), "--to");
  EXPECT_EQ(wrongFlag({"--to", "--yes"}), "--to");
  EXPECT_EQ(wrongFlag({"--yes=no"}), "--yes");
  EXPECT_EQ(wrongFlag({"--yes", "--yes"}), "--yes");
  EXPECT_EQ(wrongFlag({"--to", "a", "--to=b"}), "--to");
}

TEST(Arguments, helpNamesEveryFlag) {
  const std::string help = describe(kFlags);
  EXPECT_NE(help.find("--to DIR"), std::string::npos);
  EXPECT_NE(help.find("really"), std::string::npos);
}

}  // namespace
}  // namespace attune::app
