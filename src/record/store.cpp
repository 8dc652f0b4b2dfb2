#include "record/store.h"

#include <algorithm>

#include "base/json.h"

namespace attune::record {

namespace json = base::json;
using base::Problem;
using trust::Action;
using trust::Grant;

namespace {

constexpr std::string_view kColumns = "id, version, kind, time, updated_at, sealed";

// Binds the sealed bytes to their place: a row copied to another person, id, version or time, or
// one whose times were changed, does not open.
std::string context(const Resource& resource) {
  return "resource|" + resource.person.value + "|" + resource.id.value + "|" +
         std::to_string(resource.version) + "|" + std::to_string(static_cast<int>(resource.kind)) +
         "|" + std::to_string(base::toMillis(resource.time)) + "|" +
         std::to_string(base::toMillis(resource.updatedAt));
}

// What could not be read back, or would stand in clear, is refused before it is stored.
void requireStorable(const db::Connection& connection, const Draft& draft) {
  if (!connection.inTransaction()) {
    throw Problem(Problem::Kind::internal, "a record is written inside a transaction");
  }
  if (!draft.id.empty() && !base::isIdText(draft.id.value)) {
    throw Problem(Problem::Kind::invalid, "an id is 26 characters of base 32", "/id");
  }
  if (draft.type.empty() || draft.kind == trust::Kind::everything) {
    throw Problem(Problem::Kind::internal, "a resource has a type and one kind");
  }
  for (const std::string* word : {&draft.type, &draft.code, &draft.status}) {
    if (!base::isUtf8(*word)) {
      throw Problem(Problem::Kind::invalid, "type, code and status have to be UTF-8");
    }
  }
}

std::int64_t number(trust::Kind kind) {
  return static_cast<std::int64_t>(kind);
}

}  // namespace

Store::Store(const trust::Keyring& keyring, crypto::SecretKey index, const base::Clock& clock)
    : keyring_(keyring), index_(std::move(index)), clock_(clock) {}

// The person is part of it: equal codes of two people have nothing in common in the database, so
// that nobody can count them there.
std::string Store::index(const base::PersonId& person, std::string_view what,
                         std::string_view value) const {
  return crypto::blindIndex(index_, std::string(what) + "|" + person.value, value);
}

// One line of JSON with what the index columns only hash, then the resource byte for byte.
base::Bytes Store::sealedForm(const crypto::SecretKey& key, const Resource& resource) const {
  json::Object head;
  head["type"] = resource.type;
  head["code"] = resource.code;
  head["status"] = resource.status;
  const std::string plain = json::write(head) + "\n" + resource.json;
  return crypto::seal(key, context(resource), base::asBytes(plain), keyring_.random());
}

Resource Store::opened(const crypto::SecretKey& key, const base::PersonId& person,
                       const db::Row& row) const {
  Resource resource;
  resource.id = {row.text(0)};
  resource.person = person;
  resource.version = row.integer(1);
  resource.kind = static_cast<trust::Kind>(row.integer(2));
  resource.time = base::fromMillis(row.integer(3));
  resource.updatedAt = base::fromMillis(row.integer(4));
  const base::Bytes plain = crypto::open(key, context(resource), row.blob(5));
  const std::string_view text = base::asText(plain);
  const std::size_t lineEnd = text.find('\n');
  if (lineEnd == std::string_view::npos) {
    throw Problem(Problem::Kind::corrupt, "a sealed resource has no head", resource.id.value);
  }
  const json::Value headValue = json::parse(text.substr(0, lineEnd));
  const json::Object& head = json::requireObject(headValue);
  resource.type = json::requireText(head, "type");
  resource.code = json::requireText(head, "code");
  resource.status = json::requireText(head, "status");
  resource.json = text.substr(lineEnd + 1);
  return resource;
}

Resource Store::create(db::Connection& connection, const Grant& grant, const Draft& draft) const {
  requireStorable(connection, draft);
  trust::Gate::check(connection, grant, Action::write, draft.kind, clock_.now());
  Resource resource;
  resource.id = draft.id.empty() ? base::newId<base::ResourceId>(keyring_.random()) : draft.id;
  resource.person = grant.person();
  resource.kind = draft.kind;
  resource.type = draft.type;
  resource.code = draft.code;
  resource.time = draft.time;
  resource.status = draft.status;
  resource.json = draft.json;
  resource.version = 1;
  resource.updatedAt = clock_.now();
  const crypto::SecretKey key = keyring_.keyOf(connection, grant);
  try {
    connection.exec(
        "INSERT INTO resource(person, id, version, kind, type_index, code_index, status_index, "
        "time, updated_at, sealed) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        {resource.person.value, resource.id.value, resource.version, number(resource.kind),
         index(resource.person, "type", resource.type),
         index(resource.person, "code", resource.code),
         index(resource.person, "status", resource.status), base::toMillis(resource.time),
         base::toMillis(resource.updatedAt), sealedForm(key, resource)});
  } catch (const Problem& problem) {
    if (problem.kind() != Problem::Kind::conflict) throw;
    throw Problem(Problem::Kind::conflict, "there is a resource of this id already",
                  resource.id.value);
  }
  return resource;
}

Resource Store::update(db::Connection& connection, const Grant& grant, const Draft& draft,
                       std::int64_t expectedVersion) const {
  requireStorable(connection, draft);
  trust::Gate::check(connection, grant, Action::write, draft.kind, clock_.now());
  const auto current = read(connection, grant, draft.id);
  if (!current) throw Problem(Problem::Kind::notFound, "there is no such resource");
  if (current->version != expectedVersion) {
    throw Problem(Problem::Kind::conflict,
                  "somebody changed this in the meantime; look at it again", draft.id.value);
  }
  Resource resource = *current;
  resource.kind = draft.kind;
  resource.type = draft.type;
  resource.code = draft.code;
  resource.time = draft.time;
  resource.status = draft.status;
  resource.json = draft.json;
  resource.version = expectedVersion + 1;
  resource.updatedAt = clock_.now();
  connection.exec(
      "INSERT INTO resource_history(person, id, version, kind, time, updated_at, sealed) SELECT "
      "person, id, version, kind, time, updated_at, sealed FROM resource WHERE person = $1 AND id "
      "= $2",
      {resource.person.value, resource.id.value});
  const crypto::SecretKey key = keyring_.keyOf(connection, grant);
  const auto changed = connection.exec(
      "UPDATE resource SET version = $3, kind = $4, type_index = $5, code_index = $6, status_index "
      "= $7, time = $8, updated_at = $9, sealed = $10 WHERE person = $1 AND id = $2 AND version = "
      "$11",
      {resource.person.value, resource.id.value, resource.version, number(resource.kind),
       index(resource.person, "type", resource.type), index(resource.person, "code", resource.code),
       index(resource.person, "status", resource.status), base::toMillis(resource.time),
       base::toMillis(resource.updatedAt), sealedForm(key, resource), expectedVersion});
  if (changed != 1) {
    throw Problem(Problem::Kind::conflict,
                  "somebody changed this in the meantime; look at it again", draft.id.value);
  }
  return resource;
}

std::optional<Resource> Store::read(db::Connection& connection, const Grant& grant,
                                    const base::ResourceId& id) const {
  const db::Rows rows = connection.query(
      "SELECT " + std::string(kColumns) + " FROM resource WHERE person = $1 AND id = $2",
      {grant.person().value, id.value});
  const trust::Kind kind =
      rows.empty() ? trust::Kind::everything : static_cast<trust::Kind>(rows[0].integer(2));
  // What the grant does not cover is, to its holder, not there.
  if (rows.empty() || !grant.covers(kind)) return std::nullopt;
  trust::Gate::check(connection, grant, Action::read, kind, clock_.now());
  return opened(keyring_.keyOf(connection, grant), grant.person(), rows[0]);
}

std::vector<Resource> Store::search(db::Connection& connection, const Grant& grant,
                                    const Query& query) const {
  trust::Gate::check(connection, grant, Action::read, query.kind, clock_.now());
  std::string sql = "SELECT " + std::string(kColumns) +
                    " FROM resource WHERE person = $1 AND type_index = $2 AND kind = $3";
  std::vector<db::Value> parameters{grant.person().value, index(grant.person(), "type", query.type),
                                    number(query.kind)};
  const auto add = [&](std::string_view condition, db::Value value) {
    parameters.push_back(std::move(value));
    sql += " AND ";
    sql += condition;
    sql += "$" + std::to_string(parameters.size());
  };
  if (!query.code.empty()) add("code_index = ", index(grant.person(), "code", query.code));
  if (!query.status.empty()) add("status_index = ", index(grant.person(), "status", query.status));
  if (query.from) add("time >= ", base::toMillis(*query.from));
  if (query.until) add("time < ", base::toMillis(*query.until));
  if (query.after) {
    const std::string order = query.newestFirst ? "<" : ">";
    parameters.push_back(base::toMillis(query.after->first));
    const std::string time = "$" + std::to_string(parameters.size());
    parameters.push_back(query.after->second.value);
    const std::string id = "$" + std::to_string(parameters.size());
    sql += " AND (time " + order + " " + time + " OR (time = " + time + " AND id " + order + " " +
           id + "))";
  }
  const std::string direction = query.newestFirst ? " DESC" : " ASC";
  parameters.push_back(std::int64_t(std::clamp(query.limit, 1, 1000)));
  sql += " ORDER BY time" + direction + ", id" + direction + " LIMIT $" +
         std::to_string(parameters.size());

  const crypto::SecretKey key = keyring_.keyOf(connection, grant);
  std::vector<Resource> resources;
  for (const db::Row& row : connection.query(sql, parameters)) {
    resources.push_back(opened(key, grant.person(), row));
  }
  return resources;
}

std::optional<base::Instant> Store::newestTime(db::Connection& connection, const Grant& grant,
                                               trust::Kind kind) const {
  const trust::Kind needed = grant.covers(kind) ? kind : trust::Kind::identity;
  trust::Gate::check(connection, grant, Action::read, needed, clock_.now());
  const db::Rows rows = connection.query(
      "SELECT time FROM resource WHERE person = $1 AND kind = $2 ORDER BY time "
      "DESC LIMIT 1",
      {grant.person().value, number(kind)});
  if (rows.empty()) return std::nullopt;
  return base::fromMillis(rows[0].integer(0));
}

std::vector<Resource> Store::history(db::Connection& connection, const Grant& grant,
                                     const base::ResourceId& id) const {
  std::vector<Resource> versions;
  auto newest = read(connection, grant, id);
  if (!newest) return versions;
  const crypto::SecretKey key = keyring_.keyOf(connection, grant);
  for (const db::Row& row :
       connection.query("SELECT " + std::string(kColumns) +
                            " FROM resource_history WHERE person = $1 AND id = $2 ORDER BY version",
                        {grant.person().value, id.value})) {
    // An older version may have been of a kind that this grant does not cover.
    if (!grant.covers(static_cast<trust::Kind>(row.integer(2)))) continue;
    versions.push_back(opened(key, grant.person(), row));
  }
  versions.push_back(std::move(*newest));
  return versions;
}

void Store::each(db::Connection& connection, const Grant& grant,
                 const std::function<void(const Resource&)>& visit) const {
  const crypto::SecretKey key = keyring_.keyOf(connection, grant);
  for (const db::Row& row : connection.query(
           "SELECT " + std::string(kColumns) + " FROM resource WHERE person = $1 ORDER BY time, id",
           {grant.person().value})) {
    const auto kind = static_cast<trust::Kind>(row.integer(2));
    if (!grant.covers(kind)) continue;
    trust::Gate::check(connection, grant, Action::read, kind, clock_.now());
    visit(opened(key, grant.person(), row));
  }
}

}  // namespace attune::record
