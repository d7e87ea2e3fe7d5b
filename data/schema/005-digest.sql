-- SPDX-FileCopyrightText: 2026 The Piaoku developers
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- What a replica is compared with the centre by: per lane and kind the number of rows and the sum
-- mod 2^64 (as a signed number) of a hash of each row's id and rev. Both sides keep it with every
-- change; on a replica without the pending commands.

CREATE TABLE digest (
  lane INTEGER NOT NULL,
  kind TEXT NOT NULL,
  rows INTEGER NOT NULL,
  sum INTEGER NOT NULL,
  PRIMARY KEY (lane, kind)
) STRICT;

-- only: replica
-- Where a comparison found another digest at the centre. upto: fetched again up to that row; -1 when
-- all of it was and the next comparison is waited for. repairs: how often.
CREATE TABLE proof_mismatch (
  lane INTEGER NOT NULL,
  kind TEXT NOT NULL,
  since INTEGER NOT NULL,
  upto INTEGER NOT NULL,
  repairs INTEGER NOT NULL,
  PRIMARY KEY (lane, kind)
) STRICT;
-- end
