#include "trust/audit.h"

#include <algorithm>
#include <limits>
#include <span>

#include "base/json.h"

namespace attune::trust {

namespace json = base::json;
using base::Bytes;
using base::Problem;

namespace {

constexpr std::int64_t kCheckpointEvery = 256;

std::string canonical(const AuditEntry& entry) {
  json::Object object;
  object["seq"] = entry.seq;
  object["at"] = base::formatInstant(entry.at);
  object["actor"] = entry.actor;
  object["role"] = entry.role;
  object["action"] = entry.action;
  if (!entry.person.empty()) object["person"] = entry.person;
  if (!entry.what.empty()) object["what"] = entry.what;
  if (!entry.purpose.empty()) object["purpose"] = entry.purpose;
  object["result"] = entry.result;
  if (!entry.from.empty()) object["from"] = entry.from;
  if (!entry.detail.empty()) object["detail"] = entry.detail;
  return json::write(object);
}

AuditEntry parsed(const std::string& text) {
  const json::Value value = json::parse(text);
  const json::Object& object = json::requireObject(value);
  const auto get = [&](std::string_view key) {
    return std::string(json::text(object, key).value_or(""));
  };
  AuditEntry entry;
  entry.seq = static_cast<std::int64_t>(json::number(object, "seq").value_or(0));
  entry.at = base::parseInstant(get("at")).value_or(base::Instant{});
  entry.actor = get("actor");
  entry.role = get("role");
  entry.action = get("action");
  entry.person = get("person");
  entry.what = get("what");
  entry.purpose = get("purpose");
  entry.result = get("result");
  entry.from = get("from");
  entry.detail = get("detail");
  return entry;
}

// Ids and fixed words are plain ASCII. Anything else was sent by somebody (a guessed id, a header),
// and could make the trail unreadable or carry what must not be in it.
std::string plainWord(std::string_view text) {
  constexpr std::size_t kLongest = 256;
  std::string out(text.substr(0, kLongest));
  for (char& c : out) {
    if (c < ' ' || c > '~') c = '?';
  }
  return out;
}

void clean(AuditEntry& entry) {
  if (!base::isIdText(entry.person)) entry.person.clear();
  for (std::string* field : {&entry.actor, &entry.role, &entry.action, &entry.what, &entry.purpose,
                             &entry.result, &entry.from, &entry.detail}) {
    *field = plainWord(*field);
  }
}

Bytes chained(base::BytesView previous, std::string_view entry) {
  const crypto::Digest digest = crypto::digest({previous, base::asBytes(entry)});
  return {digest.begin(), digest.end()};
}

// Head and checkpoint are signed over different words, so that an old checkpoint can't be passed
// off as the head of a chain that was cut back to it.
std::string signedText(std::string_view what, std::int64_t seq, base::BytesView hash) {
  return "attune audit " + std::string(what) + " " + std::to_string(seq) + " " + base::toHex(hash);
}

// How far the chain has been followed.
struct Walk {
  std::int64_t next = 1;
  Bytes hash;  // of the entry before
};

struct Fault {
  std::int64_t seq;
  std::string reason;
};

std::optional<Fault> earlier(std::optional<Fault> a, std::optional<Fault> b) {
  if (!a) return b;
  if (!b) return a;
  return a->seq <= b->seq ? a : b;
}

bool signedBy(std::span<const unsigned char, 32> publicKey, std::string_view what, std::int64_t seq,
              base::BytesView hash, base::BytesView signature) {
  return crypto::verify(publicKey, base::asBytes(signedText(what, seq, hash)), signature);
}

// Entries are numbered from 1.
std::optional<Fault> strayFault(db::Connection& connection) {
  const db::Rows rows =
      connection.query("SELECT seq FROM audit WHERE seq < 1 ORDER BY seq LIMIT 1");
  if (rows.empty()) return std::nullopt;
  return Fault{rows[0].integer(0), "this entry was put in before the first"};
}

std::optional<Fault> checkpointFault(db::Connection& connection,
                                     std::span<const unsigned char, 32> publicKey) {
  for (const db::Row& row : connection.query(
           "SELECT a.seq, a.hash, c.hash, c.signature FROM audit a LEFT JOIN audit_checkpoint c ON "
           "c.seq = a.seq WHERE a.seq > 0 AND a.seq % $1 = 0 ORDER BY a.seq",
           {kCheckpointEvery})) {
    const std::int64_t seq = row.integer(0);
    if (row.isNull(2)) return Fault{seq, "the signed checkpoint at this entry was removed"};
    bool good = false;
    try {
      good = row.blob(1) == row.blob(2) &&
             signedBy(publicKey, "checkpoint", seq, row.blob(2), row.blob(3));
    } catch (const Problem&) {
      // of another type than was written: not good
    }
    if (!good) {
      return Fault{seq,
                   "the signed checkpoint at this entry does not match it: the chain was written "
                   "anew, or the master key is not the one it was made with"};
    }
  }
  return std::nullopt;
}

// A checkpoint without its entry: the chain was cut back to an older head.
std::optional<Fault> orphanFault(db::Connection& connection, const Walk& walk) {
  for (const db::Row& row :
       connection.query("SELECT seq FROM audit_checkpoint WHERE seq % $1 <> 0 OR seq < 1 OR seq > "
                        "(SELECT COALESCE(MAX(seq), 0) FROM audit) ORDER BY seq LIMIT 1",
                        {kCheckpointEvery})) {
    const std::int64_t seq = row.integer(0);
    if (seq < walk.next) return Fault{seq, "there is a checkpoint here that was never made"};
    return Fault{walk.next, "entries were removed from the end, from this one on"};
  }
  return std::nullopt;
}

std::optional<Fault> entryFault(const db::Row& row, Walk& walk) {
  const std::int64_t seq = row.integer(0);
  if (seq != walk.next) return Fault{walk.next, "this entry was removed"};
  try {
    if (chained(walk.hash, row.text(4)) != row.blob(5)) {
      return Fault{seq, "this entry was changed, or one was put in before it"};
    }
    const AuditEntry entry = parsed(row.text(4));
    if (entry.seq != seq || base::toMillis(entry.at) != row.integer(1) ||
        entry.actor != row.text(2) || entry.person != row.text(3)) {
      return Fault{seq, "the columns of this entry do not say what its text says"};
    }
  } catch (const Problem&) {
    return Fault{seq, "this is not an audit entry"};
  }
  walk.hash = row.blob(5);
  ++walk.next;
  return std::nullopt;
}

// From where the walk stands to the newest entry.
std::optional<Fault> go(db::Connection& connection, Walk& walk) {
  constexpr std::int64_t kPage = 2000;
  for (;;) {
    const db::Rows rows = connection.query(
        "SELECT seq, at, actor, person, entry, hash FROM audit WHERE seq >= $1 ORDER BY seq LIMIT "
        "$2",
        {walk.next, kPage});
    for (const db::Row& row : rows) {
      if (auto fault = entryFault(row, walk)) return fault;
    }
    if (rows.size() < static_cast<std::size_t>(kPage)) return std::nullopt;
  }
}

// end: newest entry's number, then the head's number, hash and signature.
std::optional<Fault> headFault(db::Connection& connection, const db::Row& end, const Walk& walk,
                               std::span<const unsigned char, 32> publicKey) {
  const std::int64_t newest = walk.next - 1;
  if (end.isNull(1)) {
    // Nobody's record is written without an entry, so an empty trail beside a record was emptied.
    if (newest == 0 && connection.query("SELECT 1 FROM resource LIMIT 1").empty()) {
      return std::nullopt;
    }
    return Fault{walk.next, newest == 0 ? "the whole trail was removed"
                                        : "the signed head of the chain was removed"};
  }
  try {
    const std::int64_t head = end.integer(1);
    if (head > newest) {
      return Fault{walk.next, "entries were removed from the end, from this one on"};
    }
    if (head < newest) {
      return Fault{std::max<std::int64_t>(head, 0) + 1,
                   "this entry was put in after the signed head"};
    }
    if (end.blob(2) == walk.hash && signedBy(publicKey, "head", newest, end.blob(2), end.blob(3))) {
      return std::nullopt;
    }
  } catch (const Problem&) {
    // of another type than was written: not good
  }
  return Fault{newest,
               "the signature of the newest entry does not match: the chain was written anew, or "
               "the master key is not the one it was made with"};
}

}  // namespace

AuditLog::AuditLog(const crypto::SecretKey& key, const base::Clock& clock)
    : signer_(key), clock_(clock) {}

void AuditLog::append(db::Connection& connection, AuditEntry entry) const {
  if (!connection.inTransaction()) {
    throw Problem(Problem::Kind::internal, "an audit entry is written inside a transaction");
  }
  clean(entry);
  const db::Rows head = connection.query("SELECT seq, hash FROM audit_head WHERE one = 1");
  entry.seq = head.empty() ? 1 : head[0].integer(0) + 1;
  entry.at = clock_.now();
  const std::string text = canonical(entry);
  const Bytes hash = chained(head.empty() ? base::BytesView{} : head[0].blob(1), text);
  connection.exec(
      "INSERT INTO audit(seq, at, actor, person, entry, hash) VALUES($1, $2, $3, $4, $5, $6)",
      {entry.seq, base::toMillis(entry.at), entry.actor, entry.person, text, hash});
  const Bytes signature = signer_.sign(base::asBytes(signedText("head", entry.seq, hash)));
  connection.exec(
      "INSERT INTO audit_head(one, seq, hash, signature) VALUES(1, $1, $2, $3) ON CONFLICT(one) DO "
      "UPDATE SET seq = excluded.seq, hash = excluded.hash, signature = excluded.signature",
      {entry.seq, hash, signature});
  if (entry.seq % kCheckpointEvery == 0) {
    connection.exec(
        "INSERT INTO audit_checkpoint(seq, hash, signature) VALUES($1, $2, $3)",
        {entry.seq, hash, signer_.sign(base::asBytes(signedText("checkpoint", entry.seq, hash)))});
  }
}

void AuditLog::append(db::Database& database, AuditEntry entry) const {
  const auto lease = database.lease();
  db::Transaction tx(*lease);
  append(*lease, std::move(entry));
  tx.commit();
}

AuditReport AuditLog::verify(db::Connection& connection) const {
  const auto found = [](std::int64_t entries, std::optional<Fault> fault) {
    if (!fault) return AuditReport{true, entries, 0, {}};
    return AuditReport{false, entries, fault->seq, fault->reason};
  };
  std::optional<Fault> fault = strayFault(connection);
  if (!fault) fault = checkpointFault(connection, signer_.publicKey);
  Walk walk;
  for (;;) {
    if (auto broken = go(connection, walk)) {
      return found(walk.next - 1, earlier(std::move(fault), std::move(broken)));
    }
    // One statement, so that what is appended meanwhile does not look like a forgery.
    const db::Rows ends = connection.query(
        "SELECT (SELECT MAX(seq) FROM audit), h.seq, h.hash, h.signature FROM (SELECT 1 AS one) o "
        "LEFT JOIN audit_head h ON h.one = o.one");
    const db::Row& end = ends.at(0);
    if (!end.isNull(0) && end.integer(0) >= walk.next) continue;
    fault = earlier(std::move(fault), headFault(connection, end, walk, signer_.publicKey));
    return found(walk.next - 1, earlier(std::move(fault), orphanFault(connection, walk)));
  }
}

std::vector<AuditEntry> AuditLog::about(db::Connection& connection, const base::PersonId& person,
                                        std::int64_t before, int limit) {
  std::vector<AuditEntry> entries;
  const std::int64_t end = before > 0 ? before : std::numeric_limits<std::int64_t>::max();
  for (const db::Row& row : connection.query(
           "SELECT entry FROM audit WHERE person = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3",
           {person.value, end, std::int64_t(limit)})) {
    entries.push_back(parsed(row.text(0)));
  }
  return entries;
}

void AuditLog::exportLines(db::Connection& connection,
                           const std::function<void(std::string_view)>& sink) {
  std::int64_t next = 1;
  for (;;) {
    const db::Rows rows = connection.query(
        "SELECT seq, entry, hash FROM audit WHERE seq >= $1 ORDER BY seq LIMIT 1000", {next});
    if (rows.empty()) return;
    for (const db::Row& row : rows) {
      sink("{\"entry\":" + row.text(1) + ",\"hash\":\"" + base::toHex(row.blob(2)) + "\"}");
      next = row.integer(0) + 1;
    }
  }
}

}  // namespace attune::trust
