// Sealed FHIR resources.
//
//   Transaction tx(*lease);
//   store.create(*lease, grant, {id, Kind::messages, "Communication", "", now, "completed", json});
//   tx.commit();
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "trust/gate.h"
#include "trust/keyring.h"

namespace attune::record {

struct Draft {
  base::ResourceId id;  // as newId makes them; empty: one is made
  trust::Kind kind = trust::Kind::messages;
  std::string type;    // FHIR resource type
  std::string code;    // main code, "system|code" or a word; may be empty
  base::Instant time;  // when it happened
  std::string status;
  std::string json;  // kept byte for byte
};

struct Resource {
  base::ResourceId id;
  base::PersonId person;
  trust::Kind kind = trust::Kind::messages;
  std::string type;
  std::string code;
  base::Instant time;
  std::string status;
  std::string json;
  std::int64_t version = 0;  // from 1
  base::Instant updatedAt;
};

struct Query {
  trust::Kind kind = trust::Kind::messages;
  std::string type;                    // required
  std::string code;                    // empty: any
  std::string status;                  // empty: any
  std::optional<base::Instant> from;   // time >= from
  std::optional<base::Instant> until;  // time < until
  // Continue after this one, in the order asked for (its time and id).
  std::optional<std::pair<base::Instant, base::ResourceId>> after;
  bool newestFirst = true;
  int limit = 100;  // at most 1000
};

class Store {
 public:
  // index: MasterKey::derive("index"). All references outlive the store.
  Store(const trust::Keyring& keyring, crypto::SecretKey index, const base::Clock& clock);

  // Each throws what trust::Gate::check throws when the grant does not (or no longer) hold. Writing
  // throws Problem(internal) outside of a transaction, as consent could be withdrawn in between,
  // and Problem(invalid) for an id that is not one or a type, code or status that is not UTF-8.

  // Throws Problem(conflict) if this person has a resource of this id.
  Resource create(db::Connection& connection, const trust::Grant& grant, const Draft& draft) const;

  // A new version; the old one stays in the history. Throws Problem(notFound), and
  // Problem(conflict) unless `expectedVersion` is the newest.
  Resource update(db::Connection& connection, const trust::Grant& grant, const Draft& draft,
                  std::int64_t expectedVersion) const;

  std::optional<Resource> read(db::Connection& connection, const trust::Grant& grant,
                               const base::ResourceId& id) const;
  std::vector<Resource> search(db::Connection& connection, const trust::Grant& grant,
                               const Query& query) const;
  // When the newest resource of this kind happened: a time and nothing else, so that leave to read
  // `identity` is enough to say when somebody last wrote; leave to read the kind does as well.
  std::optional<base::Instant> newestTime(db::Connection& connection, const trust::Grant& grant,
                                          trust::Kind kind) const;
  // Oldest version first, the newest included.
  std::vector<Resource> history(db::Connection& connection, const trust::Grant& grant,
                                const base::ResourceId& id) const;
  // Everything of the person that the grant covers, oldest first, newest versions.
  void each(db::Connection& connection, const trust::Grant& grant,
            const std::function<void(const Resource&)>& visit) const;

 private:
  base::Bytes sealedForm(const crypto::SecretKey& key, const Resource& resource) const;
  Resource opened(const crypto::SecretKey& key, const base::PersonId& person,
                  const db::Row& row) const;
  std::string index(const base::PersonId& person, std::string_view what,
                    std::string_view value) const;

  const trust::Keyring& keyring_;
  crypto::SecretKey index_;
  const base::Clock& clock_;
};

}  // namespace attune::record
