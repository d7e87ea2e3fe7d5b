-- SPDX-FileCopyrightText: 2026 The Piaoku developers
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- A desktop keeps tens of thousands of commands that are done with (store/piao-outbox-kept.c).

-- only: replica
-- The few entries that something is still to come of: the centre has not spoken, the change is on
-- top of the rows, or a person has to look. One index for all of them, as each is a page more to
-- write before it beeps. A statement that asks for one of these conditions in the same words uses
-- it, whatever else it asks for; what is kept is in the way of none.
CREATE INDEX outbox_open ON outbox (dseq)
  WHERE decided = 0 OR undo IS NOT NULL OR state IN ('refused', 'parked');
-- end
