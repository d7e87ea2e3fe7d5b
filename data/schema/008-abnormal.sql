-- SPDX-FileCopyrightText: 2026 The Piaoku developers
-- SPDX-License-Identifier: GPL-3.0-or-later
--
-- Cases of abnormal orders (ABN-01, ABN-02, TRF-05).

-- packs, value: of the packs the case is about (abnormal_pack). police_no: of the report to the
-- police. reversal_no: what ILMS gave for taking a debit back. outcome: how the case ended.
CREATE TABLE abnormal_case (
  id INTEGER PRIMARY KEY, lane INTEGER NOT NULL, rev INTEGER NOT NULL DEFAULT 0,
  deleted INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1)),
  order_id INTEGER NOT NULL,
  trouble TEXT NOT NULL CHECK (trouble IN ('lost', 'damaged', 'stolen', 'delivery', 'other')),
  state TEXT NOT NULL CHECK (state IN ('reported', 'evidence_collected', 'liability_judged',
    'handling', 'approved', 'closed')),
  packs INTEGER NOT NULL CHECK (packs >= 0), value INTEGER NOT NULL CHECK (value >= 0),
  note TEXT NOT NULL, evidence TEXT,
  liability TEXT CHECK (liability IN ('operator', 'carrier', 'warehouse', 'force_majeure')),
  handling TEXT CHECK (handling IN ('replace', 'refund_reversal', 'police', 'write_off')),
  police_no TEXT, reversal_no TEXT, contact TEXT, follow_up_at INTEGER NOT NULL DEFAULT 0,
  resolution TEXT, outcome TEXT CHECK (outcome IN ('resumed', 'cancelled')),
  reported_by INTEGER, reported_at INTEGER NOT NULL, handled_by INTEGER,
  approved_by INTEGER, approved_at INTEGER NOT NULL DEFAULT 0,
  closed_at INTEGER NOT NULL DEFAULT 0,
  -- A theft is not settled without the police, whatever the code does.
  CHECK (trouble <> 'stolen' OR police_no IS NOT NULL OR state NOT IN ('approved', 'closed')),
  CHECK ((outcome IS NOT NULL) = (state = 'closed'))
) STRICT;
CREATE INDEX abnormal_case_by_order ON abnormal_case (order_id);
-- One open case an order.
CREATE UNIQUE INDEX abnormal_case_one_open ON abnormal_case (order_id) WHERE state <> 'closed';

-- The packs of a case. gone: the case ended with the pack written off.
CREATE TABLE abnormal_pack (
  id INTEGER PRIMARY KEY, lane INTEGER NOT NULL, rev INTEGER NOT NULL DEFAULT 0,
  deleted INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1)),
  case_id INTEGER NOT NULL, order_id INTEGER NOT NULL, pack_id INTEGER NOT NULL,
  value INTEGER NOT NULL, gone INTEGER NOT NULL DEFAULT 0 CHECK (gone IN (0, 1)),
  UNIQUE (case_id, pack_id)
) STRICT;
CREATE INDEX abnormal_pack_by_order ON abnormal_pack (order_id);
