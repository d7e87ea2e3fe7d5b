/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "domain/abnormal/piao-abnormal-kinds.h"

static const PiaoColumn case_columns[] = {
  [PIAO_ABNORMAL_CASE_ORDER_ID]
  = { "order_id", N_ ("Order"), PIAO_COLUMN_REF, PIAO_COLUMN_REQUIRED, 0, "order" },
  [PIAO_ABNORMAL_CASE_TROUBLE] = { "trouble", N_ ("Trouble"), PIAO_COLUMN_STATE, 0 },
  [PIAO_ABNORMAL_CASE_STATE] = { "state", N_ ("State"), PIAO_COLUMN_STATE, 0 },
  [PIAO_ABNORMAL_CASE_PACKS] = { "packs", N_ ("Packs"), PIAO_COLUMN_INT, 0 },
  [PIAO_ABNORMAL_CASE_VALUE] = { "value", N_ ("Value"), PIAO_COLUMN_MONEY, 0 },
  [PIAO_ABNORMAL_CASE_NOTE]
  = { "note", N_ ("What happened"), PIAO_COLUMN_TEXT, PIAO_COLUMN_REQUIRED, 300 },
  [PIAO_ABNORMAL_CASE_EVIDENCE] = { "evidence", N_ ("Evidence"), PIAO_COLUMN_TEXT, 0, 300 },
  [PIAO_ABNORMAL_CASE_LIABILITY] = { "liability", N_ ("Liability"), PIAO_COLUMN_STATE, 0 },
  [PIAO_ABNORMAL_CASE_HANDLING] = { "handling", N_ ("Handling"), PIAO_COLUMN_STATE, 0 },
  [PIAO_ABNORMAL_CASE_POLICE_NO] = { "police_no", N_ ("Police number"), PIAO_COLUMN_TEXT, 0, 60 },
  [PIAO_ABNORMAL_CASE_REVERSAL_NO]
  = { "reversal_no", N_ ("Reversal number"), PIAO_COLUMN_TEXT, 0, 60 },
  [PIAO_ABNORMAL_CASE_CONTACT] = { "contact", N_ ("Contact"), PIAO_COLUMN_TEXT, 0, 100 },
  [PIAO_ABNORMAL_CASE_FOLLOW_UP_AT] = { "follow_up_at", N_ ("Follow-up"), PIAO_COLUMN_TIME, 0 },
  [PIAO_ABNORMAL_CASE_RESOLUTION] = { "resolution", N_ ("Resolution"), PIAO_COLUMN_TEXT, 0, 300 },
  [PIAO_ABNORMAL_CASE_OUTCOME] = { "outcome", N_ ("Outcome"), PIAO_COLUMN_STATE, 0 },
  [PIAO_ABNORMAL_CASE_REPORTED_BY]
  = { "reported_by", N_ ("Reported by"), PIAO_COLUMN_REF, 0, 0, "user" },
  [PIAO_ABNORMAL_CASE_REPORTED_AT] = { "reported_at", N_ ("Reported"), PIAO_COLUMN_TIME, 0 },
  [PIAO_ABNORMAL_CASE_HANDLED_BY]
  = { "handled_by", N_ ("Handled by"), PIAO_COLUMN_REF, 0, 0, "user" },
  [PIAO_ABNORMAL_CASE_APPROVED_BY]
  = { "approved_by", N_ ("Approved by"), PIAO_COLUMN_REF, 0, 0, "user" },
  [PIAO_ABNORMAL_CASE_APPROVED_AT] = { "approved_at", N_ ("Approved"), PIAO_COLUMN_TIME, 0 },
  [PIAO_ABNORMAL_CASE_CLOSED_AT] = { "closed_at", N_ ("Closed"), PIAO_COLUMN_TIME, 0 },
};

const PiaoKind piao_abnormal_case_kind = {
  .name = "abnormal_case",
  .title = N_ ("Abnormal cases"),
  .working = PIAO_WORKING_PARTS,
  .working_of = "order_id",
  .permission = "damage",
  .columns = case_columns,
  .n_columns = G_N_ELEMENTS (case_columns),
};

static const PiaoColumn pack_columns[] = {
  [PIAO_ABNORMAL_PACK_CASE_ID]
  = { "case_id", N_ ("Case"), PIAO_COLUMN_REF, PIAO_COLUMN_REQUIRED, 0, "abnormal_case" },
  [PIAO_ABNORMAL_PACK_ORDER_ID]
  = { "order_id", N_ ("Order"), PIAO_COLUMN_REF, PIAO_COLUMN_REQUIRED, 0, "order" },
  [PIAO_ABNORMAL_PACK_PACK_ID]
  = { "pack_id", N_ ("Pack"), PIAO_COLUMN_REF, PIAO_COLUMN_REQUIRED, 0, "pack" },
  [PIAO_ABNORMAL_PACK_VALUE] = { "value", N_ ("Value"), PIAO_COLUMN_MONEY, 0 },
  [PIAO_ABNORMAL_PACK_GONE] = { "gone", N_ ("Written off"), PIAO_COLUMN_BOOL, 0 },
};

const PiaoKind piao_abnormal_pack_kind = {
  .name = "abnormal_pack",
  .title = N_ ("Packs of abnormal cases"),
  .working = PIAO_WORKING_PARTS,
  .working_of = "order_id",
  .permission = "damage",
  .columns = pack_columns,
  .n_columns = G_N_ELEMENTS (pack_columns),
};
