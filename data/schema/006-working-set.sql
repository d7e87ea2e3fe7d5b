-- SPDX-FileCopyrightText: 2026 The Piaoku developers
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- A desktop that begins fetches its working set first and the history behind it later.

-- only: replica
-- Everything of the lane in (base, seq] and in (0, history] is here, and so is the working set as
-- it was at base. seq is 0 while the working set is being fetched; base and history are 0 when
-- nothing is missing.
ALTER TABLE cursor ADD COLUMN base INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cursor ADD COLUMN history INTEGER NOT NULL DEFAULT 0;

-- Indexes that are made after many rows have come, not with each of them.
CREATE TABLE later_index (
  name TEXT PRIMARY KEY,
  sql TEXT NOT NULL
) STRICT;
-- end

-- only: server
-- The open orders and the packs that are here, by lane: what a working set is read from.
CREATE INDEX orders_open ON orders (lane, id)
  WHERE state NOT IN ('completed', 'cancelled', 'refused');
CREATE INDEX pack_here ON pack (lane, id) WHERE state IN ('in_stock', 'reserved');
-- end
