/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "domain/pack/piao-pack-kinds.h"

static const PiaoColumn pack_columns[] = {
  [PIAO_PACK_CODE]
  = { "code", N_ ("Pack code"), PIAO_COLUMN_TEXT, PIAO_COLUMN_REQUIRED | PIAO_COLUMN_UNIQUE, 60 },
  [PIAO_PACK_TICKET_TYPE_ID] = { "ticket_type_id", N_ ("Ticket type"), PIAO_COLUMN_REF,
                                 PIAO_COLUMN_REQUIRED, 0, "ticket_type" },
  [PIAO_PACK_BATCH_ID]
  = { "batch_id", N_ ("Batch"), PIAO_COLUMN_REF, PIAO_COLUMN_REQUIRED, 0, "batch" },
  [PIAO_PACK_WAREHOUSE_ID]
  = { "warehouse_id", N_ ("Warehouse"), PIAO_COLUMN_REF, PIAO_COLUMN_REQUIRED, 0, "warehouse" },
  [PIAO_PACK_STATE] = { "state", N_ ("State"), PIAO_COLUMN_STATE, 0 },
  [PIAO_PACK_ORDER_ID] = { "order_id", N_ ("Order"), PIAO_COLUMN_REF, 0, 0, "order" },
  [PIAO_PACK_LINE_ID] = { "line_id", N_ ("Order line"), PIAO_COLUMN_REF, 0, 0, "order_line" },
  [PIAO_PACK_SHELF] = { "shelf", N_ ("Shelf"), PIAO_COLUMN_TEXT, 0, 20 },
  [PIAO_PACK_FROZEN] = { "frozen", N_ ("Frozen"), PIAO_COLUMN_BOOL, 0 },
  [PIAO_PACK_OUTBOUND_AT] = { "outbound_at", N_ ("Outbound"), PIAO_COLUMN_TIME, 0 },
  [PIAO_PACK_ACTIVATED_AT] = { "activated_at", N_ ("Activated"), PIAO_COLUMN_TIME, 0 },
};

const PiaoKind piao_pack_kind = {
  .name = "pack",
  .title = N_ ("Ticket packs"),
  .working = PIAO_WORKING_PACKS,
  /* The words of the index pack_here. */
  .working_rows = "pack.state IN ('in_stock', 'reserved')",
  .permission = "stock",
  .columns = pack_columns,
  .n_columns = G_N_ELEMENTS (pack_columns),
};

static const PiaoColumn movement_columns[] = {
  [PIAO_MOVEMENT_PACK_ID]
  = { "pack_id", N_ ("Pack"), PIAO_COLUMN_REF, PIAO_COLUMN_REQUIRED, 0, "pack" },
  [PIAO_MOVEMENT_TICKET_TYPE_ID] = { "ticket_type_id", N_ ("Ticket type"), PIAO_COLUMN_REF,
                                     PIAO_COLUMN_REQUIRED, 0, "ticket_type" },
  [PIAO_MOVEMENT_WAREHOUSE_ID]
  = { "warehouse_id", N_ ("Warehouse"), PIAO_COLUMN_REF, PIAO_COLUMN_REQUIRED, 0, "warehouse" },
  [PIAO_MOVEMENT_EVENT] = { "event", N_ ("Event"), PIAO_COLUMN_TEXT, PIAO_COLUMN_REQUIRED, 40 },
  [PIAO_MOVEMENT_QUANTITY] = { "quantity", N_ ("Quantity"), PIAO_COLUMN_INT, 0 },
  [PIAO_MOVEMENT_ORDER_ID] = { "order_id", N_ ("Order"), PIAO_COLUMN_REF, 0, 0, "order" },
  [PIAO_MOVEMENT_AT] = { "at", N_ ("Time"), PIAO_COLUMN_TIME, 0 },
  [PIAO_MOVEMENT_ACTOR] = { "actor", N_ ("User"), PIAO_COLUMN_INT, 0 },
  [PIAO_MOVEMENT_DEVICE] = { "device", N_ ("Device"), PIAO_COLUMN_INT, 0 },
};

const PiaoKind piao_movement_kind = {
  .name = "movement",
  .title = N_ ("Movements"),
  .permission = "stock",
  .columns = movement_columns,
  .n_columns = G_N_ELEMENTS (movement_columns),
};

static const PiaoColumn stock_columns[] = {
  [PIAO_STOCK_WAREHOUSE_ID]
  = { "warehouse_id", N_ ("Warehouse"), PIAO_COLUMN_REF, PIAO_COLUMN_REQUIRED, 0, "warehouse" },
  [PIAO_STOCK_TICKET_TYPE_ID] = { "ticket_type_id", N_ ("Ticket type"), PIAO_COLUMN_REF,
                                  PIAO_COLUMN_REQUIRED, 0, "ticket_type" },
  [PIAO_STOCK_FREE] = { "free", N_ ("Free"), PIAO_COLUMN_INT, 0 },
  [PIAO_STOCK_RESERVED] = { "reserved", N_ ("Reserved"), PIAO_COLUMN_INT, 0 },
  [PIAO_STOCK_ILMS_QUANTITY] = { "ilms_quantity", N_ ("ILMS quantity"), PIAO_COLUMN_INT, 0 },
  [PIAO_STOCK_ILMS_AT] = { "ilms_at", N_ ("ILMS as of"), PIAO_COLUMN_TIME, 0 },
  [PIAO_STOCK_THRESHOLD] = { "threshold", N_ ("Threshold"), PIAO_COLUMN_INT, 0 },
};

const PiaoKind piao_stock_kind = {
  .name = "stock",
  .title = N_ ("Stock"),
  .working = PIAO_WORKING_STOCK,
  .permission = "stock",
  .columns = stock_columns,
  .n_columns = G_N_ELEMENTS (stock_columns),
};
