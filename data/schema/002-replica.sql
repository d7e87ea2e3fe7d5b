-- SPDX-FileCopyrightText: 2026 The Piaoku developers
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- Tables that only a desktop has: they belong to this file and never travel.

-- only: replica
-- Commands of this desktop, oldest first. What is done with is soon deleted, so everything but the
-- id is found by reading all; every index more is a page more to write before it beeps. undo: the
-- changeset of what the command has changed here, inverted to take it back; NULL once the rows are
-- the server's own.
CREATE TABLE outbox (
  dseq INTEGER PRIMARY KEY,
  id INTEGER NOT NULL UNIQUE,
  name TEXT NOT NULL,
  args TEXT NOT NULL,
  at INTEGER NOT NULL,
  actor INTEGER NOT NULL,
  state TEXT NOT NULL
    CHECK (state IN ('queued', 'accepted', 'refused', 'parked', 'discarded')),
  decided INTEGER NOT NULL DEFAULT 0 CHECK (decided IN (0, 1)),
  seq INTEGER NOT NULL DEFAULT 0,
  code TEXT,
  message TEXT,
  note TEXT,
  undo BLOB
) STRICT;

-- How far the rows of a lane have come.
CREATE TABLE cursor (
  lane INTEGER PRIMARY KEY,
  seq INTEGER NOT NULL
) STRICT;

CREATE TABLE setting (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

-- Which row a document of the search text stands for; digest: of what its words are made of, so
-- that a row with the same text is not written again.
CREATE TABLE search_row (
  doc INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  row INTEGER NOT NULL,
  digest INTEGER NOT NULL,
  UNIQUE (kind, row)
) STRICT;

CREATE VIRTUAL TABLE search USING fts5 (
  kind, words, content = '', contentless_delete = 1,
  tokenize = "unicode61 remove_diacritics 0 tokenchars '_'"
);
-- end
