-- SPDX-FileCopyrightText: 2026 The Piaoku developers
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- Tables that only the server has. What happened, in order, who may sign in, and from where.

-- only: server
-- One row. seq: number of the last accepted command. entries, hash: length and end of the chain of
-- the command log. epoch: another word after a backup was restored, so that clients notice.
CREATE TABLE head (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  seq INTEGER NOT NULL,
  entries INTEGER NOT NULL,
  hash TEXT NOT NULL,
  epoch TEXT NOT NULL
) STRICT;

-- Exactly one entry a row and lane: the seq of its last change there. A row that has left a lane
-- leaves gone = 1 behind.
CREATE TABLE change (
  lane INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  kind TEXT NOT NULL,
  id INTEGER NOT NULL,
  gone INTEGER NOT NULL CHECK (gone IN (0, 1)),
  PRIMARY KEY (lane, kind, id)
) STRICT;
CREATE INDEX change_by_seq ON change (lane, seq, kind, id, gone);

-- The last change of a lane; also the list of lanes there are.
CREATE TABLE lane_head (
  lane INTEGER PRIMARY KEY,
  seq INTEGER NOT NULL
) STRICT;

-- Every command that was decided, for ever. n: position in the chain; seq: 0 when it was refused;
-- at: the device's clock; ruled_at: the time the rules saw; hash: SHA-256 over the hash before and
-- this entry.
CREATE TABLE command_log (
  n INTEGER PRIMARY KEY,
  id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  device INTEGER NOT NULL,
  dseq INTEGER NOT NULL,
  name TEXT NOT NULL,
  args TEXT NOT NULL,
  at INTEGER NOT NULL,
  ruled_at INTEGER NOT NULL,
  actor INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  verdict TEXT NOT NULL CHECK (verdict IN ('accepted', 'refused')),
  code TEXT,
  message TEXT,
  hash TEXT NOT NULL,
  UNIQUE (id)
) STRICT;
CREATE UNIQUE INDEX command_log_by_device ON command_log (device, dseq) WHERE device > 0;
CREATE INDEX command_log_own ON command_log (id) WHERE device = 0;
CREATE UNIQUE INDEX command_log_by_seq ON command_log (seq) WHERE seq > 0;

-- A desktop. key_hash: SHA-256 of the secret it made for itself; dseq: its last decided command;
-- skew: its clock minus ours in ms.
CREATE TABLE device (
  number INTEGER PRIMARY KEY,
  key_hash TEXT NOT NULL,
  user_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  dseq INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  skew INTEGER NOT NULL,
  revoked INTEGER NOT NULL CHECK (revoked IN (0, 1)),
  UNIQUE (key_hash)
) STRICT;

-- Argon2id, in its own encoded form.
CREATE TABLE credential (
  user_id INTEGER PRIMARY KEY,
  hash TEXT NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT;

-- Failed sign-ins by name, known or not, so that both look the same from outside.
CREATE TABLE sign_in_guard (
  name TEXT PRIMARY KEY,
  fails INTEGER NOT NULL,
  failed_at INTEGER NOT NULL,
  locked_until INTEGER NOT NULL
) STRICT;

-- Kept after they end: they say who has ever signed in on a device.
CREATE TABLE session (
  token_hash TEXT PRIMARY KEY,
  user_id INTEGER NOT NULL,
  device INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX session_by_device ON session (device, user_id);
-- end

-- only: server sqlite
CREATE TRIGGER command_log_is_kept BEFORE DELETE ON command_log
BEGIN SELECT RAISE (ABORT, 'the command log is append-only'); END;
CREATE TRIGGER command_log_is_fixed BEFORE UPDATE ON command_log
BEGIN SELECT RAISE (ABORT, 'the command log is append-only'); END;
-- end

-- only: server postgresql
CREATE FUNCTION command_log_refuse () RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the command log is append-only'; END $$;
CREATE TRIGGER command_log_is_kept BEFORE DELETE OR UPDATE OR TRUNCATE ON command_log
FOR EACH STATEMENT EXECUTE FUNCTION command_log_refuse ();
-- end
