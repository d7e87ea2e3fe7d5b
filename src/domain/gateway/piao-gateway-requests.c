/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/piao-error.h"
#include "base/piao-money.h"
#include "base/piao-mutant.h"
#include "domain/gateway/piao-gateway-requests.h"
#include "domain/order/piao-order-kinds.h"
#include "domain/order/piao-order-machine.h"
#include "domain/org/piao-org-kinds.h"
#include "domain/outlet/piao-outlet-kinds.h"
#include "domain/pack/piao-pack-kinds.h"
#include "domain/ticket/piao-ticket-kinds.h"

PIAO_STATEMENT (count_open,
                "SELECT count(*) FROM gateway_request WHERE order_id = $1"
                " AND op = $2 AND state IN ('prepared', 'sent', 'unknown')"
                " AND deleted = 0");
PIAO_STATEMENT (select_open,
                "SELECT r.id FROM gateway_request r WHERE"
                " r.state IN ('prepared', 'sent', 'unknown') AND r.executor = $1"
                " AND r.deleted = 0 AND NOT EXISTS (SELECT 1 FROM gateway_request e WHERE"
                " e.order_id = r.order_id AND e.id < r.id AND e.deleted = 0"
                " AND e.state IN ('prepared', 'sent', 'unknown'))"
                " ORDER BY r.next_at, r.id LIMIT $2");
PIAO_STATEMENT (
    select_doubtful,
    "SELECT id FROM gateway_request WHERE state IN ('prepared', 'sent', 'unknown')"
    " AND state = 'unknown' AND attention = 0"
    " AND doubt_at <= $1 AND executor = $2 AND deleted = 0 ORDER BY next_at, id LIMIT $3");

static char *
array_to_text (JsonArray *array)
{
  g_autoptr (JsonNode) node = json_node_init_array (json_node_alloc (), array);

  return json_to_string (node, FALSE);
}

static char *
describe_lines (PiaoTx *tx, GPtrArray *lines, GError **error)
{
  g_autoptr (JsonArray) array = json_array_new ();

  for (guint i = 0; i < lines->len; i++)
    {
      PiaoRecord *line = lines->pdata[i];
      gint64 packs = piao_record_int (line, PIAO_ORDER_LINE_PACKS)
                     - piao_record_int (line, PIAO_ORDER_LINE_SHORT);
      g_autofree char *amount
          = piao_money_to_decimal (packs * piao_record_int (line, PIAO_ORDER_LINE_PACK_VALUE));
      g_autoptr (PiaoRecord) type
          = piao_tx_get (tx, &piao_ticket_type_kind,
                         piao_record_int (line, PIAO_ORDER_LINE_TICKET_TYPE_ID), error);

      if (type == NULL)
        return NULL;
      if (packs > 0)
        json_array_add_object_element (
            array,
            piao_json_build ("gameNo", 's', piao_record_text (type, PIAO_TICKET_TYPE_GAME_NO),
                             "packs", 'i', packs, "amount", 's', amount, NULL));
    }
  return array_to_text (array);
}

static char *
describe_packs (PiaoTx *tx, GPtrArray *packs, GError **error)
{
  g_autoptr (JsonArray) array = json_array_new ();

  for (guint i = 0; i < packs->len; i++)
    {
      const char *code = piao_record_text (packs->pdata[i], PIAO_PACK_CODE);
      g_auto (GStrv) parts = g_strsplit (code, "-", 3);
      g_autoptr (PiaoRecord) type
          = piao_tx_get (tx, &piao_ticket_type_kind,
                         piao_record_int (packs->pdata[i], PIAO_PACK_TICKET_TYPE_ID), error);

      if (type == NULL)
        return NULL;
      PIAO_INVARIANT (g_strv_length (parts) == 3);
      json_array_add_object_element (
          array, piao_json_build ("gameNo", 's', piao_record_text (type, PIAO_TICKET_TYPE_GAME_NO),
                                  "batchNo", 's', parts[1], "packNo", 's', parts[2], NULL));
    }
  return array_to_text (array);
}

PIAO_STATEMENT (count_again, "SELECT count(*) FROM order_event WHERE order_id = $1 AND event = $2");
PIAO_STATEMENT (count_debits,
                "SELECT count(*) FROM gateway_request WHERE order_id = $1"
                " AND op IN ('order.confirm', 'order.query')");

/* The number of the next debit of @order, or of the next one that was forgotten. NULL on error. */
static char *
make_debit_number (PiaoTx *tx, gint64 order, GError **error)
{
  gint64 known = 0;

  if (!piao_db_query_int (piao_tx_get_db (tx), &count_debits, 0, &known, error, "i", order))
    return NULL;
  return g_strdup_printf ("%" G_GINT64_FORMAT "-order.confirm-%d", order, (int)known + 1);
}

/*
 * The number under which ILMS knows the request. The centre numbers a debit by its order and how
 * often that was tried, not by the command that led to it: a centre from a backup may have
 * forgotten the debit, and whoever confirms or ends the order now must come upon it. Transfer full.
 */
static char *
make_number (PiaoTx *tx, const char *op, gint64 order, gboolean direct, GError **error)
{
  if (direct || piao_tx_get_side (tx) != PIAO_SIDE_SERVER || !g_str_equal (op, "order.confirm"))
    return g_strdup_printf ("%" G_GINT64_FORMAT "-%s", piao_tx_get_command (tx), op);
  return make_debit_number (tx, order, error);
}

/* Whether the database may have been restored from a time before @order had its end. One that has
 * come again says so itself: its time is the one that a computer claims, whose clock may be wrong.
 */
static gboolean
is_older_than_epoch (PiaoTx *tx, const PiaoRecord *order, gboolean *older, GError **error)
{
  gint64 epoch_at = piao_tx_get_epoch_at (tx), came_again = 0;

  *older = piao_record_int (order, PIAO_ORDER_SUBMITTED_AT) < epoch_at;
  if (*older || epoch_at == 0)
    return TRUE;
  if (!piao_db_query_int (piao_tx_get_db (tx), &count_again, 0, &came_again, error, "is", order->id,
                          PIAO_ORDER_CAME_AGAIN))
    return FALSE;
  *older = came_again > 0;
  return TRUE;
}

/* Whether the centre may have sent this request before it was restored. */
static gboolean
may_be_known (PiaoTx *tx, const char *op, const PiaoRecord *order, gboolean *known, GError **error)
{
  *known = piao_tx_is_again (tx) && !PIAO_MUTANT (restored_blindly);
  if (*known || PIAO_MUTANT (restored_blindly) || !g_str_equal (op, "order.confirm"))
    return TRUE;
  return is_older_than_epoch (tx, order, known, error);
}

PIAO_STATEMENT (select_earlier,
                "SELECT params FROM gateway_request WHERE order_id = $1 ORDER BY id LIMIT 1");

/* As the first request about the order named the outlet. */
static char *
dup_earlier_outlet_no (PiaoTx *tx, gint64 order, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (JsonObject) params = NULL;
  const char *number;

  if (!piao_db_query_text (piao_tx_get_db (tx), &select_earlier, &text, error, "i", order))
    return NULL;
  params = text != NULL ? piao_json_parse_object (text, -1, PIAO_JSON_MAX_BYTES, "params", NULL)
                        : NULL;
  number = params != NULL ? piao_json_get_text (params, "outletNo", NULL) : NULL;
  if (number == NULL)
    piao_error_set (error, PIAO_ERROR_NOT_FOUND, "gateway.outlet",
                    _ ("The outlet of this order has gone to another prefecture, so ILMS cannot "
                       "be asked about it from here. Ask the centre to finish the order."));
  return g_strdup (number);
}

/* Who may see the order may name its outlet, although that may belong to another prefecture now and
 * its row may have left this computer: the centre lets an outlet go that has no order it knows of,
 * and after days without a line, or restored from a backup, it does not know all. */
static char *
dup_outlet_no (PiaoTx *tx, const PiaoRecord *order, GError **error)
{
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoRecord) outlet
      = piao_tx_load (tx, &piao_outlet_kind, piao_record_int (order, PIAO_ORDER_OUTLET_ID), &inner);

  if (outlet != NULL)
    return g_strdup (piao_record_text (outlet, PIAO_OUTLET_OUTLET_NO));
  if (g_error_matches (inner, PIAO_ERROR, PIAO_ERROR_NOT_FOUND))
    return dup_earlier_outlet_no (tx, order->id, error);
  g_propagate_error (error, g_steal_pointer (&inner));
  return NULL;
}

/* The parameters in the gateway's names (src/ilms). */
static JsonObject *
make_params (PiaoTx *tx,
             const char *request_no,
             const PiaoRecord *order,
             const PiaoRecord *warehouse,
             GPtrArray *lines,
             GPtrArray *packs,
             GError **error)
{
  g_autofree char *outlet_no = dup_outlet_no (tx, order, error);
  g_autofree char *amount = piao_money_to_decimal (piao_record_int (order, PIAO_ORDER_AMOUNT));
  g_autofree char *line_text = NULL;
  g_autofree char *pack_text = NULL;
  const char *lock_no = piao_record_text (order, PIAO_ORDER_LOCK_NO);

  if (outlet_no == NULL)
    return NULL;
  if (lines != NULL && (line_text = describe_lines (tx, lines, error)) == NULL)
    return NULL;
  if (packs != NULL && (pack_text = describe_packs (tx, packs, error)) == NULL)
    return NULL;
  return piao_json_build ("requestNo", 's', request_no, "orderNo", 's',
                          piao_record_text (order, PIAO_ORDER_NUMBER), "outletNo", 's', outlet_no,
                          "warehouseNo", 's',
                          piao_record_text (warehouse, PIAO_WAREHOUSE_GATEWAY_NO), "lockNo", 's',
                          *lock_no != '\0' ? lock_no : NULL, "lines", 's', line_text, "packs", 's',
                          pack_text, "amount", 's', lines != NULL || packs != NULL ? amount : NULL,
                          NULL);
}

/* Writes the row of a request that was not begun yet. @executor is "server" or "device:<n>". */
static gboolean
put_request (PiaoTx *tx,
             const char *op,
             const PiaoRecord *order,
             const char *executor,
             const char *state,
             const char *request_no,
             JsonObject *params,
             GError **error)
{
  g_autofree char *text = piao_json_object_to_text (params);
  g_autoptr (PiaoRecord) request = piao_tx_new (tx, &piao_gateway_request_kind, order->lane);

  piao_record_set_text (request, PIAO_GATEWAY_REQUEST_REQUEST_NO, request_no);
  piao_record_set_text (request, PIAO_GATEWAY_REQUEST_OP, op);
  piao_record_set_int (request, PIAO_GATEWAY_REQUEST_ORDER_ID, order->id);
  piao_record_set_text (request, PIAO_GATEWAY_REQUEST_EXECUTOR, executor);
  piao_record_set_text (request, PIAO_GATEWAY_REQUEST_PARAMS, text);
  piao_record_set_text (request, PIAO_GATEWAY_REQUEST_STATE, state);
  for (guint column = PIAO_GATEWAY_REQUEST_TRIES; column <= PIAO_GATEWAY_REQUEST_ATTENTION;
       column++)
    piao_record_set_int (request, column, 0);
  piao_record_set_int (request, PIAO_GATEWAY_REQUEST_NEXT_AT, piao_tx_get_now (tx));
  piao_record_set_int (request, PIAO_GATEWAY_REQUEST_CREATED_AT, piao_tx_get_now (tx));
  piao_record_set_int (request, PIAO_GATEWAY_REQUEST_DECIDED_AT, 0);
  return piao_tx_put (tx, request, error);
}

static PiaoRecord *
load_warehouse (PiaoTx *tx, const PiaoRecord *order, GError **error)
{
  return piao_tx_get (tx, &piao_warehouse_kind, piao_record_int (order, PIAO_ORDER_WAREHOUSE_ID),
                      error);
}

static gboolean
is_direct (const PiaoRecord *warehouse)
{
  return piao_record_is (warehouse, PIAO_WAREHOUSE_ROUTE, "direct");
}

/* Whether the command comes from a computer of @warehouse. */
static gboolean
is_at (PiaoTx *tx, const PiaoRecord *warehouse)
{
  g_autoptr (PiaoRecord) user
      = piao_record_load (piao_tx_get_db (tx), &piao_user_kind, piao_tx_get_actor (tx), NULL);

  return piao_tx_get_device (tx) > 0 && user != NULL
         && piao_record_int (user, PIAO_USER_WAREHOUSE_ID) == warehouse->id;
}

/* Where a warehouse speaks to ILMS itself, its own computers have the access. What others begin
 * (the centre, its telephone, an order from the web) the centre carries out; but it never debits
 * what that warehouse may be debiting at this moment without a line to the centre. */
static gboolean
choose_executor (
    PiaoTx *tx, const char *op, const PiaoRecord *warehouse, gboolean *direct, GError **error)
{
  *direct = is_direct (warehouse) && is_at (tx, warehouse);
  if (!is_direct (warehouse) || *direct || !g_str_equal (op, "order.confirm"))
    return TRUE;
  return piao_error_set (
      error, PIAO_ERROR_REFUSED, "gateway.elsewhere",
      _ ("Warehouse %s speaks to ILMS itself, so its orders are confirmed there. "
         "Ask somebody of that warehouse to confirm this one."),
      piao_record_text (warehouse, PIAO_WAREHOUSE_NAME));
}

gboolean
piao_gateway_prepare (PiaoTx *tx,
                      const char *op,
                      const PiaoRecord *order,
                      GPtrArray *lines,
                      GPtrArray *packs,
                      GError **error)
{
  gboolean direct = FALSE, known = FALSE;
  g_autoptr (PiaoRecord) warehouse = load_warehouse (tx, order, error);
  g_autofree char *request_no = NULL;
  g_autofree char *device = g_strdup_printf ("device:%" G_GINT64_FORMAT, piao_tx_get_device (tx));
  g_autoptr (JsonObject) params = NULL;

  if (warehouse == NULL || !choose_executor (tx, op, warehouse, &direct, error)
      || (!direct && !may_be_known (tx, op, order, &known, error)))
    return FALSE;
  request_no = make_number (tx, op, order->id, direct, error);
  params = request_no != NULL ? make_params (tx, request_no, order, warehouse, lines, packs, error)
                              : NULL;
  /* Who sends for the server asks first about what it may have sent before it was restored. */
  return params != NULL
         && put_request (tx, op, order, direct ? device : "server", known ? "unknown" : "prepared",
                         request_no, params, error);
}

gboolean
piao_gateway_find_debit (PiaoTx *tx, const PiaoRecord *order, GError **error)
{
  g_autoptr (PiaoRecord) warehouse = NULL;
  g_autofree char *request_no = NULL;
  g_autoptr (JsonObject) params = NULL;
  gboolean older = FALSE;

  if (*piao_record_text (order, PIAO_ORDER_CONFIRM_NO) != '\0')
    return TRUE;
  if (!is_older_than_epoch (tx, order, &older, error))
    return FALSE;
  if (!older)
    return TRUE;
  warehouse = load_warehouse (tx, order, error);
  if (warehouse == NULL || is_direct (warehouse))
    return warehouse != NULL;
  request_no = make_debit_number (tx, order->id, error);
  params = request_no != NULL ? make_params (tx, request_no, order, warehouse, NULL, NULL, error)
                              : NULL;
  return params != NULL
         && put_request (tx, PIAO_GATEWAY_QUESTION, order, "server", "unknown", request_no, params,
                         error);
}

gboolean
piao_gateway_is_open (PiaoTx *tx, const char *op, gint64 order, gboolean *open, GError **error)
{
  gint64 count = 0;

  if (!piao_db_query_int (piao_tx_get_db (tx), &count_open, 0, &count, error, "is", order, op))
    return FALSE;
  *open = count > 0;
  return TRUE;
}

/* The records whose ids @cursor (taken) selects. */
static GPtrArray *
load_all (PiaoDb *db, PiaoCursor *cursor, GError **error)
{
  g_autoptr (PiaoCursor) owned = cursor;
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func ((GDestroyNotify)piao_record_free);
  g_autoptr (GError) inner = NULL;

  while (owned != NULL && inner == NULL && piao_cursor_next (owned, &inner))
    {
      PiaoRecord *record
          = piao_record_load (db, &piao_gateway_request_kind, piao_cursor_int (owned, 0), &inner);

      if (record != NULL)
        g_ptr_array_add (records, record);
    }
  if (owned != NULL && inner == NULL)
    return g_steal_pointer (&records);
  if (inner != NULL)
    g_propagate_error (error, g_steal_pointer (&inner));
  return NULL;
}

GPtrArray *
piao_gateway_list_open (PiaoDb *db, const char *executor, guint limit, GError **error)
{
  PiaoCursor *cursor = piao_db_query (db, &select_open, error, "si", executor, (gint64)limit);

  return load_all (db, cursor, error);
}

GPtrArray *
piao_gateway_list_doubtful (
    PiaoDb *db, const char *executor, gint64 since, guint limit, GError **error)
{
  PiaoCursor *cursor
      = piao_db_query (db, &select_doubtful, error, "isi", since, executor, (gint64)limit);

  return load_all (db, cursor, error);
}
