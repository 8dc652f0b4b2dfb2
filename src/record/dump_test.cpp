// Whoever carries off the disk learns nothing of what was said, by whom, or what about.
#include <gtest/gtest.h>

#include <cctype>
#include <fstream>

#include "record/message.h"
#include "record/store.h"
#include "trust/sessions.h"
#include "trust/trust_testing.h"

namespace attune::record {
namespace {

using trust::Account;
using trust::Action;
using trust::Grant;
using trust::Kind;
using trust::Purpose;
using trust::Role;
using trust::Source;
using trust::testing::House;

std::string lowered(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

std::string bytesOf(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// The word as UTF-8, UTF-16 in both byte orders (ASCII words) and hexadecimal would show it.
std::vector<std::string> shapes(const std::string& word) {
  std::string little, big;
  for (const char c : word) {
    little += c;
    little += '\0';
    big += '\0';
    big += c;
  }
  return {word, little, big, base::toHex(base::asBytes(word))};
}

struct Found {
  std::string word, file;
};

// Every word that stands in a file of the folder, in any case.
std::vector<Found> scan(const std::filesystem::path& folder,
                        const std::vector<std::string>& words) {
  std::vector<Found> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    const std::string all = lowered(bytesOf(entry.path()));
    for (const std::string& word : words) {
      for (const std::string& shape : shapes(lowered(word))) {
        if (all.find(shape) != std::string::npos) {
          found.push_back({word, entry.path().filename().string()});
          break;
        }
      }
    }
  }
  return found;
}

std::string told(const std::vector<Found>& found) {
  std::string text;
  for (const Found& f : found) text += f.word + " in " + f.file + "; ";
  return text;
}

const std::vector<std::string> kSecret{
    // names, logins, addresses, passwords
    "Wilhelmina", "Oberholtzer", "w.oberholtzer", "post@oberholtzer.example", "Doctor Quimby",
    "quimby.login", "quimby@clinic.example", "seven marble staircases",
    // words
    "nothing helps any more",
    "M\xc3\xbc"
    "digkeit",
    "\xd7\x9c\xd7\x91\xd7\x93", "cinnamon",
    // types, codes, values, statuses
    "Communication", "Observation", "QuestionnaireResponse", "44261-6", "70274-6", "loinc.org",
    "PHQ-9 total", "entered-in-error", "preliminary", "valueQuantity"};

class DumpTest : public ::testing::Test {
 protected:
  // One small clinic with everything in it; returns what must not be found besides kSecret.
  std::vector<std::string> live(House& house) {
    const Store store(house.keyring, house.master.derive("index"), house.clock);
    const trust::Sessions sessions(house.accounts, house.master.derive("index"), house.random,
                                   house.clock, {});
    const Account client = house.account(Role::client, {"Wilhelmina Oberholtzer", "w.oberholtzer",
                                                        "post@oberholtzer.example", "en", "DE"});
    const Account staff = house.account(
        Role::clinician, {"Doctor Quimby", "quimby.login", "quimby@clinic.example", "en", "DE"});
    house.join(client, staff);
    house.say(client, Source::messages, Purpose::care, true);
    const Grant grant =
        house.own(client, Action::write, {Kind::messages, Kind::checkIns, Kind::measures});
    const auto lease = house.database->lease();
    db::Transaction tx(*lease);
    const auto put = [&](Kind kind, const char* type, const char* code, const char* status,
                         const std::string& json) {
      Draft draft;
      draft.kind = kind;
      draft.type = type;
      draft.code = code;
      draft.status = status;
      draft.time = house.clock.now();
      draft.json = json;
      draft.id = store.create(*lease, grant, draft).id;
      draft.json += " cinnamon";
      draft.status = "entered-in-error";
      store.update(*lease, grant, draft, 1);
    };
    for (int i = 0; i < 30; ++i) {
      put(Kind::measures, "Observation", "http://loinc.org|44261-6", "preliminary",
          R"({"code":{"text":"PHQ-9 total"},"valueQuantity":{"value":17}})");
      put(Kind::measures, "QuestionnaireResponse", "http://loinc.org|70274-6", "preliminary", "{}");
      Message message{base::newId<base::ResourceId>(house.random),
                      client.person,
                      {},
                      true,
                      house.clock.now(),
                      "nothing helps any more, only M\xc3\xbc"
                      "digkeit, \xd7\x9c\xd7\x91\xd7\x93"};
      store.create(*lease, grant, toDraft(message));
    }
    const std::string link = house.accounts.makeLink(*lease, staff.id, std::chrono::minutes(15));
    const std::string session = sessions.begin(*lease, client);
    house.accounts.setPassword(*lease, staff, "seven marble staircases");
    const auto started = house.accounts.startWithoutName(*lease, {"", "", "", "en", "DE"});
    tx.commit();
    return {link, session, started.recoveryCode, plain(started.recoveryCode)};
  }
  static std::string plain(const std::string& code) {
    std::string out;
    for (const char c : code) {
      if (c != '-') out += c;
    }
    return out;
  }
  std::filesystem::path data() const { return folder_.path() / "data"; }
  void SetUp() override { std::filesystem::create_directory(data()); }

  trust::testing::Folder folder_;
};

// A laptop left on a train. While the server runs, after its log is folded in, and as a copy.
TEST_F(DumpTest, noFileOfTheDataFolderHoldsAnythingThatWentIn) {
  House house((data() / "attune.db").string());
  std::vector<std::string> words = live(house);
  words.insert(words.end(), kSecret.begin(), kSecret.end());
  ASSERT_GT(std::filesystem::file_size(data() / "attune.db-wal"), 10'000u);
  EXPECT_EQ(told(scan(data(), words)), "");
  house.database->lease()->script("PRAGMA wal_checkpoint(TRUNCATE)");
  ASSERT_GT(std::filesystem::file_size(data() / "attune.db"), 50'000u);
  EXPECT_EQ(told(scan(data(), words)), "");
  house.database->copyTo((data() / "copy.db").string());
  ASSERT_GT(std::filesystem::file_size(data() / "copy.db"), 50'000u);
  EXPECT_EQ(told(scan(data(), words)), "");
}

// The scan itself must be able to fail: a word planted in the database is seen in every file.
TEST_F(DumpTest, theScanFindsAPlantedWord) {
  House house((data() / "attune.db").string());
  const auto lease = house.database->lease();
  lease->exec("INSERT INTO setting(name, sealed) VALUES('x', $1)",
              {base::Bytes{'C', 'i', 'n', 'N', 'a', 'm', 'o', 'n'}});
  EXPECT_EQ(told(scan(data(), kSecret)), "cinnamon in attune.db-wal; ");
  lease->script("PRAGMA wal_checkpoint(TRUNCATE)");
  EXPECT_EQ(told(scan(data(), kSecret)), "cinnamon in attune.db; ");
  std::string wide;
  for (const char c : std::string("Quimby@Clinic.example")) {
    wide += c;
    wide += '\0';
  }
  std::ofstream(data() / "wide") << "xx" << wide;
  const auto found = scan(data(), kSecret);
  EXPECT_EQ(found.size(), 2u) << told(found);
}

// Equal codes of two people must not look alike, or who has what could be counted and guessed.
TEST_F(DumpTest, equalThingsOfTwoPeopleHaveNothingInCommon) {
  House house((data() / "attune.db").string());
  const Store store(house.keyring, house.master.derive("index"), house.clock);
  for (int i = 0; i < 2; ++i) {
    const Account client = house.account(Role::client);
    const Grant grant = house.own(client, Action::write, {Kind::measures});
    const auto lease = house.database->lease();
    db::Transaction tx(*lease);
    store.create(*lease, grant,
                 {{}, Kind::measures, "Observation", "c", house.clock.now(), "final", "same"});
    tx.commit();
  }
  const auto rows = house.database->lease()->query(
      "SELECT type_index, code_index, status_index, sealed FROM resource");
  ASSERT_EQ(rows.size(), 2u);
  for (std::size_t column = 0; column < 3; ++column) {
    EXPECT_NE(rows[0].text(column), rows[1].text(column)) << column;
  }
  EXPECT_NE(rows[0].blob(3), rows[1].blob(3));
}

}  // namespace
}  // namespace attune::record
