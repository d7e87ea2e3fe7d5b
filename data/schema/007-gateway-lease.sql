-- SPDX-FileCopyrightText: 2026 The Piaoku developers
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- Several servers may run over one database; one of them at a time speaks to ILMS.

-- only: server
-- One row. holder: the server process that has the lease, NULL when it was given back. term: counts
-- the takings. beat: counts the renewals; who has seen the same beat for lasts ms may take the lease.
-- line, line_since, attention: what the holder says about its line to ILMS. resumed: how often a
-- person has said that a stopped line may go on.
CREATE TABLE gateway_lease (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  term INTEGER NOT NULL,
  holder TEXT,
  beat INTEGER NOT NULL,
  lasts INTEGER NOT NULL,
  line TEXT NOT NULL,
  line_since INTEGER NOT NULL,
  attention TEXT,
  resumed INTEGER NOT NULL
) STRICT;
INSERT INTO gateway_lease (one, term, beat, lasts, line, line_since, resumed)
VALUES (1, 0, 0, 0, 'unknown', 0, 0);

-- When the epoch of the head began, ms; 0 for the first. ILMS may know of requests made before it
-- that this database has forgotten.
ALTER TABLE head ADD COLUMN epoch_at INTEGER NOT NULL DEFAULT 0;
-- end
