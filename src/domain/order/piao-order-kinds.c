/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "domain/order/piao-order-kinds.h"

static const PiaoColumn order_columns[] = {
  [PIAO_ORDER_NUMBER] = { "number", N_ ("Order number"), PIAO_COLUMN_TEXT,
                          PIAO_COLUMN_REQUIRED | PIAO_COLUMN_UNIQUE, 18 },
  [PIAO_ORDER_OUTLET_ID]
  = { "outlet_id", N_ ("Outlet"), PIAO_COLUMN_REF, PIAO_COLUMN_REQUIRED, 0, "outlet" },
  [PIAO_ORDER_WAREHOUSE_ID]
  = { "warehouse_id", N_ ("Warehouse"), PIAO_COLUMN_REF, PIAO_COLUMN_REQUIRED, 0, "warehouse" },
  [PIAO_ORDER_SOURCE] = { "source", N_ ("Source"), PIAO_COLUMN_STATE, 0 },
  [PIAO_ORDER_ASSISTED_BY] = { "assisted_by", N_ ("Assisted by"), PIAO_COLUMN_REF, 0, 0, "user" },
  [PIAO_ORDER_IDENTITY_CHECKED]
  = { "identity_checked", N_ ("Identity checked"), PIAO_COLUMN_BOOL, 0 },
  [PIAO_ORDER_STATE] = { "state", N_ ("State"), PIAO_COLUMN_STATE, 0 },
  [PIAO_ORDER_PREV_STATE] = { "prev_state", N_ ("State before"), PIAO_COLUMN_STATE, 0 },
  [PIAO_ORDER_HOLD_REASON] = { "hold_reason", N_ ("Reason"), PIAO_COLUMN_TEXT, 0, 40 },
  [PIAO_ORDER_HOLD_NOTE] = { "hold_note", N_ ("Reason in words"), PIAO_COLUMN_TEXT, 0, 300 },
  [PIAO_ORDER_SUBMITTED_AT] = { "submitted_at", N_ ("Ordered"), PIAO_COLUMN_TIME, 0 },
  [PIAO_ORDER_DUE_AT] = { "due_at", N_ ("Due"), PIAO_COLUMN_TIME, 0 },
  [PIAO_ORDER_DEPARTURE_AT] = { "departure_at", N_ ("Departure"), PIAO_COLUMN_TIME, 0 },
  [PIAO_ORDER_PREDICTED_AT] = { "predicted_at", N_ ("Predicted arrival"), PIAO_COLUMN_TIME, 0 },
  [PIAO_ORDER_SCHEME_ID] = { "scheme_id", N_ ("Delivery scheme"), PIAO_COLUMN_REF, 0, 0, "scheme" },
  [PIAO_ORDER_LINES] = { "lines", N_ ("Lines"), PIAO_COLUMN_INT, 0 },
  [PIAO_ORDER_PACKS] = { "packs", N_ ("Packs"), PIAO_COLUMN_INT, 0 },
  [PIAO_ORDER_AMOUNT] = { "amount", N_ ("Amount"), PIAO_COLUMN_MONEY, 0 },
  [PIAO_ORDER_SCANNED] = { "scanned", N_ ("Scanned"), PIAO_COLUMN_INT, 0 },
  [PIAO_ORDER_LOCK_NO] = { "lock_no", N_ ("Lock number"), PIAO_COLUMN_TEXT, 0, 60 },
  [PIAO_ORDER_PRE_DEBIT] = { "pre_debit", N_ ("Pre-debit"), PIAO_COLUMN_MONEY, 0 },
  [PIAO_ORDER_CONFIRM_NO] = { "confirm_no", N_ ("Confirmation number"), PIAO_COLUMN_TEXT, 0, 60 },
  [PIAO_ORDER_DEBITED] = { "debited", N_ ("Debited"), PIAO_COLUMN_MONEY, 0 },
  [PIAO_ORDER_CONFIRMED_AT] = { "confirmed_at", N_ ("Confirmed"), PIAO_COLUMN_TIME, 0 },
  [PIAO_ORDER_PICKER_ID] = { "picker_id", N_ ("Picker"), PIAO_COLUMN_REF, 0, 0, "user" },
  [PIAO_ORDER_PICKER_DEVICE] = { "picker_device", N_ ("Picking device"), PIAO_COLUMN_INT, 0 },
  [PIAO_ORDER_LEASE_UNTIL] = { "lease_until", N_ ("Lease until"), PIAO_COLUMN_TIME, 0 },
  [PIAO_ORDER_CHECKER_ID] = { "checker_id", N_ ("Checker"), PIAO_COLUMN_REF, 0, 0, "user" },
  [PIAO_ORDER_HELD_AT] = { "held_at", N_ ("Held since"), PIAO_COLUMN_TIME, 0 },
  [PIAO_ORDER_ATTEMPTS] = { "attempts", N_ ("Attempt"), PIAO_COLUMN_INT, 0 },
  [PIAO_ORDER_NOTE] = { "note", N_ ("Note"), PIAO_COLUMN_TEXT, 0, 300 },
};

const PiaoKind piao_order_kind = {
  .name = "order",
  .table = "orders",
  .title = N_ ("Orders"),
  .working = PIAO_WORKING_ORDERS,
  /* The words of the index orders_open. */
  .working_rows = "orders.state NOT IN ('completed', 'cancelled', 'refused')",
  .permission = "order",
  .columns = order_columns,
  .n_columns = G_N_ELEMENTS (order_columns),
};

static const PiaoColumn order_line_columns[] = {
  [PIAO_ORDER_LINE_ORDER_ID]
  = { "order_id", N_ ("Order"), PIAO_COLUMN_REF, PIAO_COLUMN_REQUIRED, 0, "order" },
  [PIAO_ORDER_LINE_N] = { "n", N_ ("Line"), PIAO_COLUMN_INT, 0 },
  [PIAO_ORDER_LINE_TICKET_TYPE_ID] = { "ticket_type_id", N_ ("Ticket type"), PIAO_COLUMN_REF,
                                       PIAO_COLUMN_REQUIRED, 0, "ticket_type" },
  [PIAO_ORDER_LINE_PACKS] = { "packs", N_ ("Packs ordered"), PIAO_COLUMN_INT, 0 },
  [PIAO_ORDER_LINE_SCANNED] = { "scanned", N_ ("Packs scanned"), PIAO_COLUMN_INT, 0 },
  [PIAO_ORDER_LINE_SHORT] = { "short", N_ ("Packs short"), PIAO_COLUMN_INT, 0 },
  [PIAO_ORDER_LINE_SHORT_REASON] = { "short_reason", N_ ("Reason"), PIAO_COLUMN_TEXT, 0, 40 },
  [PIAO_ORDER_LINE_PACK_VALUE] = { "pack_value", N_ ("Pack value"), PIAO_COLUMN_MONEY, 0 },
  [PIAO_ORDER_LINE_AMOUNT] = { "amount", N_ ("Amount"), PIAO_COLUMN_MONEY, 0 },
};

const PiaoKind piao_order_line_kind = {
  .name = "order_line",
  .title = N_ ("Order lines"),
  .working = PIAO_WORKING_PARTS,
  .working_of = "order_id",
  .permission = "order",
  .columns = order_line_columns,
  .n_columns = G_N_ELEMENTS (order_line_columns),
};

static const PiaoColumn order_event_columns[] = {
  [PIAO_ORDER_EVENT_ORDER_ID]
  = { "order_id", N_ ("Order"), PIAO_COLUMN_REF, PIAO_COLUMN_REQUIRED, 0, "order" },
  [PIAO_ORDER_EVENT_AT] = { "at", N_ ("Time"), PIAO_COLUMN_TIME, 0 },
  [PIAO_ORDER_EVENT_ACTOR] = { "actor", N_ ("User"), PIAO_COLUMN_INT, 0 },
  [PIAO_ORDER_EVENT_DEVICE] = { "device", N_ ("Device"), PIAO_COLUMN_INT, 0 },
  [PIAO_ORDER_EVENT_EVENT] = { "event", N_ ("Event"), PIAO_COLUMN_TEXT, PIAO_COLUMN_REQUIRED, 40 },
  [PIAO_ORDER_EVENT_FROM_STATE] = { "from_state", N_ ("From"), PIAO_COLUMN_STATE, 0 },
  [PIAO_ORDER_EVENT_TO_STATE] = { "to_state", N_ ("To"), PIAO_COLUMN_STATE, 0 },
  [PIAO_ORDER_EVENT_DETAIL] = { "detail", N_ ("Detail"), PIAO_COLUMN_TEXT, 0, 300 },
};

const PiaoKind piao_order_event_kind = {
  .name = "order_event",
  .title = N_ ("Order events"),
  .working = PIAO_WORKING_PARTS,
  .working_of = "order_id",
  .permission = "order",
  .columns = order_event_columns,
  .n_columns = G_N_ELEMENTS (order_event_columns),
};

static const PiaoColumn number_block_columns[] = {
  [PIAO_NUMBER_BLOCK_WAREHOUSE_ID]
  = { "warehouse_id", N_ ("Warehouse"), PIAO_COLUMN_REF, PIAO_COLUMN_REQUIRED, 0, "warehouse" },
  [PIAO_NUMBER_BLOCK_DEVICE] = { "device", N_ ("Device"), PIAO_COLUMN_INT, 0 },
  [PIAO_NUMBER_BLOCK_FIRST] = { "first", N_ ("First"), PIAO_COLUMN_INT, 0 },
  [PIAO_NUMBER_BLOCK_LAST] = { "last", N_ ("Last"), PIAO_COLUMN_INT, 0 },
  [PIAO_NUMBER_BLOCK_NEXT] = { "next", N_ ("Next"), PIAO_COLUMN_INT, 0 },
};

const PiaoKind piao_number_block_kind = {
  .name = "number_block",
  .title = N_ ("Number blocks"),
  .working = PIAO_WORKING_STOCK,
  .permission = "order",
  .columns = number_block_columns,
  .n_columns = G_N_ELEMENTS (number_block_columns),
};
