-- What stands here in clear: random ids, times, states, small numbers, and keyed hashes (columns
-- ending in _index). Everything that says something about somebody is in a BYTEA column, sealed.

-- Facts of the installation, sealed under the service key: clinic name, country, demonstration mark.
CREATE TABLE setting(
  name TEXT PRIMARY KEY,
  sealed BYTEA NOT NULL
);

-- Anybody whose data are kept, clients and staff. The row stays after erasure; the key does not.
CREATE TABLE person(
  id TEXT PRIMARY KEY,
  created_at INTEGER NOT NULL,
  erased_at INTEGER
);
CREATE TABLE person_key(
  person TEXT PRIMARY KEY REFERENCES person(id),
  wrapped BYTEA NOT NULL
);

CREATE TABLE account(
  id TEXT PRIMARY KEY,
  person TEXT NOT NULL REFERENCES person(id),
  role INTEGER NOT NULL,
  login_index TEXT UNIQUE,
  recovery_index TEXT UNIQUE,
  password_hash TEXT,
  profile BYTEA NOT NULL,
  on_call INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  disabled_at INTEGER
);
CREATE INDEX account_person ON account(person);

CREATE TABLE sign_in_link(
  token_index TEXT PRIMARY KEY,
  account TEXT NOT NULL REFERENCES account(id),
  expires_at INTEGER NOT NULL,
  used_at INTEGER
);

CREATE TABLE session(
  token_index TEXT PRIMARY KEY,
  account TEXT NOT NULL REFERENCES account(id),
  created_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL
);
CREATE INDEX session_account ON session(account);

CREATE TABLE care_team(
  person TEXT NOT NULL REFERENCES person(id),
  account TEXT NOT NULL REFERENCES account(id),
  since INTEGER NOT NULL,
  until INTEGER,
  PRIMARY KEY(person, account)
);
CREATE INDEX care_team_account ON care_team(account);

-- The newest word of a person on a source and purpose. serial rises with every change, so that work
-- begun under an older word is recognised.
CREATE TABLE consent(
  person TEXT NOT NULL REFERENCES person(id),
  source INTEGER NOT NULL,
  purpose INTEGER NOT NULL,
  granted INTEGER NOT NULL,
  serial INTEGER NOT NULL,
  text_version TEXT NOT NULL,
  changed_at INTEGER NOT NULL,
  PRIMARY KEY(person, source, purpose)
);

-- The hash chain. entry is canonical JSON of ids and fixed words; hash = H(previous hash, entry).
CREATE TABLE audit(
  seq INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  person TEXT NOT NULL,
  entry TEXT NOT NULL,
  hash BYTEA NOT NULL
);
CREATE INDEX audit_person ON audit(person, seq);
-- The newest entry, signed; removing entries from the end does not go unseen.
CREATE TABLE audit_head(
  one INTEGER PRIMARY KEY,
  seq INTEGER NOT NULL,
  hash BYTEA NOT NULL,
  signature BYTEA NOT NULL
);
CREATE TABLE audit_checkpoint(
  seq INTEGER PRIMARY KEY,
  hash BYTEA NOT NULL,
  signature BYTEA NOT NULL
);

-- Sealed FHIR resources, newest version. Sharded by person if it must be.
CREATE TABLE resource(
  person TEXT NOT NULL REFERENCES person(id),
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  type_index TEXT NOT NULL,
  code_index TEXT NOT NULL,
  status_index TEXT NOT NULL,
  time INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  sealed BYTEA NOT NULL,
  PRIMARY KEY(person, id)
);
CREATE INDEX resource_by_type ON resource(person, type_index, time, id);
CREATE INDEX resource_by_kind ON resource(person, kind, time);
CREATE INDEX resource_by_code ON resource(person, code_index, time, id);
CREATE TABLE resource_history(
  person TEXT NOT NULL REFERENCES person(id),
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  time INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  sealed BYTEA NOT NULL,
  PRIMARY KEY(person, id, version)
);

-- Who has seen which message.
CREATE TABLE message_seen(
  person TEXT NOT NULL REFERENCES person(id),
  message TEXT NOT NULL,
  account TEXT NOT NULL REFERENCES account(id),
  at INTEGER NOT NULL,
  PRIMARY KEY(person, message, account)
);

-- Which messages the model has been through: outcome 0 read, 1 could not be read.
CREATE TABLE message_reading(
  person TEXT NOT NULL REFERENCES person(id),
  message TEXT NOT NULL,
  outcome INTEGER NOT NULL,
  PRIMARY KEY(person, message)
);

-- Work that is owed: written in the transaction that causes it, taken away in the one that does it.
CREATE TABLE work(
  id TEXT PRIMARY KEY,
  kind INTEGER NOT NULL,
  person TEXT NOT NULL REFERENCES person(id),
  subject TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  not_before INTEGER NOT NULL,
  created_at INTEGER NOT NULL
);
CREATE INDEX work_due ON work(not_before);

-- The review queue: one row a finding; what was found is in the record, sealed.
CREATE TABLE finding(
  id TEXT PRIMARY KEY,
  person TEXT NOT NULL REFERENCES person(id),
  message TEXT NOT NULL,
  kind INTEGER NOT NULL,
  priority INTEGER NOT NULL,
  state INTEGER NOT NULL,
  assigned_to TEXT REFERENCES account(id),
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  decided_at INTEGER,
  decision INTEGER
);
CREATE INDEX finding_queue ON finding(state, priority, due_at);
CREATE INDEX finding_person ON finding(person, state);

-- How many messages were read on a day and what came of it: the base rate beside every finding.
CREATE TABLE reading_tally(
  day INTEGER NOT NULL,
  outcome INTEGER NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY(day, outcome)
);

CREATE TABLE page(
  id TEXT PRIMARY KEY,
  person TEXT NOT NULL REFERENCES person(id),
  finding TEXT,
  reason INTEGER NOT NULL,
  level INTEGER NOT NULL,
  sent_at INTEGER NOT NULL,
  escalate_at INTEGER NOT NULL,
  acked_at INTEGER,
  acked_by TEXT REFERENCES account(id)
);
CREATE INDEX page_open ON page(acked_at, escalate_at);
CREATE TABLE page_delivery(
  page TEXT NOT NULL REFERENCES page(id),
  channel INTEGER NOT NULL,
  account TEXT NOT NULL,
  level INTEGER NOT NULL,
  state INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  next_at INTEGER NOT NULL,
  error TEXT,
  PRIMARY KEY(page, channel, account, level)
);
