#include "trust/audit.h"

#include <limits>

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

Bytes chained(base::BytesView previous, std::string_view entry) {
  const crypto::Digest digest = crypto::digest({previous, base::asBytes(entry)});
  return {digest.begin(), digest.end()};
}

// Head and checkpoint are signed over different words, so that an old checkpoint can't be passed
// off as the head of a chain that was cut back to it.
std::string signedText(std::string_view what, std::int64_t seq, base::BytesView hash) {
  return "attune audit " + std::string(what) + " " + std::to_string(seq) + " " + base::toHex(hash);
}

}  // namespace

AuditLog::AuditLog(const crypto::SecretKey& key, const base::Clock& clock)
    : signer_(key), clock_(clock) {}

void AuditLog::append(db::Connection& connection, AuditEntry entry) const {
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
  AuditReport report;
  const auto bad = [&](std::int64_t seq, std::string reason) {
    report.firstBad = seq;
    report.reason = std::move(reason);
    return report;
  };
  const db::Rows head =
      connection.query("SELECT seq, hash, signature FROM audit_head WHERE one = 1");
  Bytes previous;
  std::int64_t expected = 1;
  constexpr std::int64_t kPage = 2000;
  for (;;) {
    const db::Rows rows = connection.query(
        "SELECT seq, at, actor, person, entry, hash FROM audit WHERE seq >= $1 ORDER BY seq LIMIT "
        "$2",
        {expected, kPage});
    for (const db::Row& row : rows) {
      const std::int64_t seq = row.integer(0);
      if (seq != expected) return bad(expected, "this entry was removed");
      try {
        if (chained(previous, row.text(4)) != row.blob(5)) {
          return bad(seq, "this entry was changed, or one was put in before it");
        }
        const AuditEntry entry = parsed(row.text(4));
        if (entry.seq != seq || base::toMillis(entry.at) != row.integer(1) ||
            entry.actor != row.text(2) || entry.person != row.text(3)) {
          return bad(seq, "the columns of this entry do not say what its text says");
        }
      } catch (const Problem&) {
        return bad(seq, "the text of this entry is not an audit entry");
      }
      previous = row.blob(5);
      ++expected;
      ++report.entries;
    }
    if (rows.size() < static_cast<std::size_t>(kPage)) break;
  }
  const auto verified = [&](const db::Row& row, std::string_view what) {
    const std::string text = signedText(what, row.integer(0), row.blob(1));
    return crypto::verify(signer_.publicKey, base::asBytes(text), row.blob(2));
  };
  for (const db::Row& row :
       connection.query("SELECT c.seq, a.hash, c.signature FROM audit_checkpoint c JOIN audit a ON "
                        "a.seq = c.seq ORDER BY c.seq")) {
    if (!verified(row, "checkpoint")) {
      return bad(row.integer(0),
                 "the chain was written anew: the signed checkpoint at this entry "
                 "does not match it");
    }
  }
  if (report.entries == 0 && head.empty()) {
    report.intact = true;
    return report;
  }
  if (head.empty()) return bad(expected, "the signed head of the chain was removed");
  if (head[0].integer(0) >= expected) {
    return bad(expected, "entries were removed from the end, from this one on");
  }
  if (head[0].integer(0) < expected - 1) {
    return bad(head[0].integer(0) + 1, "this entry was put in after the signed head");
  }
  if (head[0].blob(1) != previous || !verified(head[0], "head")) {
    return bad(expected - 1,
               "the signature of the newest entry does not match: the chain was "
               "written anew, or the master key is not the one it was made with");
  }
  report.intact = true;
  return report;
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
