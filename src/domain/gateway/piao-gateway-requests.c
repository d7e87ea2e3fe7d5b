/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/piao-error.h"
#include "base/piao-money.h"
#include "domain/gateway/piao-gateway-requests.h"
#include "domain/order/piao-order-kinds.h"
#include "domain/org/piao-org-kinds.h"
#include "domain/outlet/piao-outlet-kinds.h"
#include "domain/pack/piao-pack-kinds.h"
#include "domain/ticket/piao-ticket-kinds.h"

PIAO_STATEMENT (count_open,
                "SELECT count(*) FROM gateway_request WHERE order_id = $1"
                " AND op = $2 AND state IN ('prepared', 'sent', 'unknown')"
                " AND deleted = 0");
PIAO_STATEMENT (select_due,
                "SELECT id FROM gateway_request WHERE"
                " state IN ('prepared', 'sent', 'unknown') AND next_at <= $1"
                " AND executor = $2 AND deleted = 0 ORDER BY next_at, id LIMIT $3");
PIAO_STATEMENT (select_next,
                "SELECT min(next_at) FROM gateway_request WHERE"
                " state IN ('prepared', 'sent', 'unknown') AND executor = $1"
                " AND deleted = 0");

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
  g_autoptr (PiaoRecord) outlet
      = piao_tx_get (tx, &piao_outlet_kind, piao_record_int (order, PIAO_ORDER_OUTLET_ID), error);
  g_autofree char *amount = piao_money_to_decimal (piao_record_int (order, PIAO_ORDER_AMOUNT));
  g_autofree char *line_text = NULL;
  g_autofree char *pack_text = NULL;
  const char *lock_no = piao_record_text (order, PIAO_ORDER_LOCK_NO);

  if (outlet == NULL)
    return NULL;
  if (lines != NULL && (line_text = describe_lines (tx, lines, error)) == NULL)
    return NULL;
  if (packs != NULL && (pack_text = describe_packs (tx, packs, error)) == NULL)
    return NULL;
  return piao_json_build ("requestNo", 's', request_no, "orderNo", 's',
                          piao_record_text (order, PIAO_ORDER_NUMBER), "outletNo", 's',
                          piao_record_text (outlet, PIAO_OUTLET_OUTLET_NO), "warehouseNo", 's',
                          piao_record_text (warehouse, PIAO_WAREHOUSE_GATEWAY_NO), "lockNo", 's',
                          *lock_no != '\0' ? lock_no : NULL, "lines", 's', line_text, "packs", 's',
                          pack_text, "amount", 's', lines != NULL || packs != NULL ? amount : NULL,
                          NULL);
}

gboolean
piao_gateway_prepare (PiaoTx *tx,
                      const char *op,
                      const PiaoRecord *order,
                      GPtrArray *lines,
                      GPtrArray *packs,
                      GError **error)
{
  g_autoptr (PiaoRecord) warehouse
      = piao_tx_get (tx, &piao_warehouse_kind, piao_record_int (order, PIAO_ORDER_WAREHOUSE_ID),
                     error);
  g_autofree char *request_no
      = g_strdup_printf ("%" G_GINT64_FORMAT "-%s", piao_tx_get_command (tx), op);
  g_autofree char *executor = NULL;
  g_autofree char *text = NULL;
  g_autoptr (PiaoRecord) request = NULL;
  g_autoptr (JsonObject) params = NULL;

  if (warehouse == NULL)
    return FALSE;
  params = make_params (tx, request_no, order, warehouse, lines, packs, error);
  if (params == NULL)
    return FALSE;
  text = piao_json_object_to_text (params);
  if (piao_record_is (warehouse, PIAO_WAREHOUSE_ROUTE, "direct"))
    executor = g_strdup_printf ("device:%" G_GINT64_FORMAT, piao_tx_get_device (tx));
  request = piao_tx_new (tx, &piao_gateway_request_kind, order->lane);
  piao_record_set_text (request, PIAO_GATEWAY_REQUEST_REQUEST_NO, request_no);
  piao_record_set_text (request, PIAO_GATEWAY_REQUEST_OP, op);
  piao_record_set_int (request, PIAO_GATEWAY_REQUEST_ORDER_ID, order->id);
  piao_record_set_text (request, PIAO_GATEWAY_REQUEST_EXECUTOR,
                        executor != NULL ? executor : "server");
  piao_record_set_text (request, PIAO_GATEWAY_REQUEST_PARAMS, text);
  piao_record_set_text (request, PIAO_GATEWAY_REQUEST_STATE, "prepared");
  for (guint column = PIAO_GATEWAY_REQUEST_TRIES; column <= PIAO_GATEWAY_REQUEST_ATTENTION;
       column++)
    piao_record_set_int (request, column, 0);
  piao_record_set_int (request, PIAO_GATEWAY_REQUEST_NEXT_AT, piao_tx_get_now (tx));
  piao_record_set_int (request, PIAO_GATEWAY_REQUEST_CREATED_AT, piao_tx_get_now (tx));
  piao_record_set_int (request, PIAO_GATEWAY_REQUEST_DECIDED_AT, 0);
  return piao_tx_put (tx, request, error);
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

GArray *
piao_gateway_list_due (PiaoDb *db, const char *executor, gint64 now, guint limit, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor
      = piao_db_query (db, &select_due, &inner, "isi", now, executor, (gint64)limit);

  while (inner == NULL && piao_cursor_next (cursor, &inner))
    {
      gint64 id = piao_cursor_int (cursor, 0);

      g_array_append_val (ids, id);
    }
  if (inner == NULL)
    return g_steal_pointer (&ids);
  g_propagate_error (error, g_steal_pointer (&inner));
  return NULL;
}

gint64
piao_gateway_next_due (PiaoDb *db, const char *executor)
{
  gint64 next = 0;

  piao_db_query_int (db, &select_next, 0, &next, NULL, "s", executor);
  return next;
}
