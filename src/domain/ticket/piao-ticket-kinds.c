/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "domain/ticket/piao-ticket-kinds.h"

static const PiaoColumn ticket_type_columns[] = {
  [PIAO_TICKET_TYPE_GAME_NO]
  = { "game_no", N_ ("Code"), PIAO_COLUMN_TEXT,
      PIAO_COLUMN_REQUIRED | PIAO_COLUMN_UNIQUE | PIAO_COLUMN_SEARCH, 20 },
  [PIAO_TICKET_TYPE_PLAN_CODE]
  = { "plan_code", N_ ("Plan code"), PIAO_COLUMN_TEXT, PIAO_COLUMN_REQUIRED, 20 },
  [PIAO_TICKET_TYPE_NAME]
  = { "name", N_ ("Name"), PIAO_COLUMN_TEXT, PIAO_COLUMN_REQUIRED | PIAO_COLUMN_SEARCH, 60 },
  [PIAO_TICKET_TYPE_FACE_VALUE] = { "face_value", N_ ("Face value"), PIAO_COLUMN_MONEY, 0 },
  [PIAO_TICKET_TYPE_TICKETS_PER_PACK]
  = { "tickets_per_pack", N_ ("Tickets a pack"), PIAO_COLUMN_INT, 0 },
  [PIAO_TICKET_TYPE_PACK_VALUE] = { "pack_value", N_ ("Pack value"), PIAO_COLUMN_MONEY, 0 },
  [PIAO_TICKET_TYPE_MARKET_FROM]
  = { "market_from", N_ ("On the market from"), PIAO_COLUMN_TIME, 0 },
  [PIAO_TICKET_TYPE_MARKET_TO] = { "market_to", N_ ("On the market to"), PIAO_COLUMN_TIME, 0 },
  [PIAO_TICKET_TYPE_THEME] = { "theme", N_ ("Theme"), PIAO_COLUMN_TEXT, 0, 60 },
  [PIAO_TICKET_TYPE_RULES] = { "rules", N_ ("Rules"), PIAO_COLUMN_TEXT, 0, 2000 },
  [PIAO_TICKET_TYPE_TOP_PRIZE] = { "top_prize", N_ ("Top prize"), PIAO_COLUMN_MONEY, 0 },
  [PIAO_TICKET_TYPE_TAG] = { "tag", N_ ("Tag"), PIAO_COLUMN_STATE, 0 },
  [PIAO_TICKET_TYPE_THRESHOLD] = { "threshold", N_ ("Low-stock threshold"), PIAO_COLUMN_INT, 0 },
};

const PiaoKind piao_ticket_type_kind = {
  .name = "ticket_type",
  .title = N_ ("Ticket types"),
  .flags = PIAO_KIND_SEARCHABLE,
  .working = PIAO_WORKING_BASE,
  .permission = "ticket",
  .columns = ticket_type_columns,
  .n_columns = G_N_ELEMENTS (ticket_type_columns),
};

static const PiaoColumn batch_columns[] = {
  [PIAO_BATCH_TICKET_TYPE_ID] = { "ticket_type_id", N_ ("Ticket type"), PIAO_COLUMN_REF,
                                  PIAO_COLUMN_REQUIRED, 0, "ticket_type" },
  [PIAO_BATCH_BATCH_NO] = { "batch_no", N_ ("Batch"), PIAO_COLUMN_TEXT, PIAO_COLUMN_REQUIRED, 20 },
  [PIAO_BATCH_PACKS_PER_BOX] = { "packs_per_box", N_ ("Packs a box"), PIAO_COLUMN_INT, 0 },
  [PIAO_BATCH_BOXES_PER_CASE] = { "boxes_per_case", N_ ("Boxes a case"), PIAO_COLUMN_INT, 0 },
  [PIAO_BATCH_PRINTED_ON] = { "printed_on", N_ ("Printed on"), PIAO_COLUMN_TIME, 0 },
  [PIAO_BATCH_SELL_UNTIL] = { "sell_until", N_ ("Sell until"), PIAO_COLUMN_TIME, 0 },
};

const PiaoKind piao_batch_kind = {
  .name = "batch",
  .title = N_ ("Batches"),
  .working = PIAO_WORKING_BASE,
  .permission = "ticket",
  .columns = batch_columns,
  .n_columns = G_N_ELEMENTS (batch_columns),
};

static const PiaoColumn barcode_profile_columns[] = {
  [PIAO_BARCODE_PROFILE_CODE]
  = { "code", N_ ("Code"), PIAO_COLUMN_TEXT, PIAO_COLUMN_REQUIRED | PIAO_COLUMN_UNIQUE, 40 },
  [PIAO_BARCODE_PROFILE_PRINTER]
  = { "printer", N_ ("Printer"), PIAO_COLUMN_TEXT, PIAO_COLUMN_REQUIRED, 40 },
  [PIAO_BARCODE_PROFILE_LEVEL] = { "level", N_ ("Level"), PIAO_COLUMN_STATE, 0 },
  [PIAO_BARCODE_PROFILE_LENGTH] = { "length", N_ ("Length"), PIAO_COLUMN_INT, 0 },
  [PIAO_BARCODE_PROFILE_PATTERN]
  = { "pattern", N_ ("Pattern"), PIAO_COLUMN_TEXT, PIAO_COLUMN_REQUIRED, 400 },
  [PIAO_BARCODE_PROFILE_CHECK_RULE] = { "check_rule", N_ ("Check rule"), PIAO_COLUMN_TEXT, 0, 40 },
  [PIAO_BARCODE_PROFILE_PRIORITY] = { "priority", N_ ("Priority"), PIAO_COLUMN_INT, 0 },
  [PIAO_BARCODE_PROFILE_ENABLED] = { "enabled", N_ ("Enabled"), PIAO_COLUMN_BOOL, 0 },
};

const PiaoKind piao_barcode_profile_kind = {
  .name = "barcode_profile",
  .title = N_ ("Barcode profiles"),
  .working = PIAO_WORKING_BASE,
  .permission = "ticket",
  .columns = barcode_profile_columns,
  .n_columns = G_N_ELEMENTS (barcode_profile_columns),
};
