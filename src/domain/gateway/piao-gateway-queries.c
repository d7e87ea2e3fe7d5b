/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "domain/gateway/piao-gateway-queries.h"

PIAO_STATEMENT (gateway_newest,
                "SELECT gateway_request.id, gateway_request.request_no, gateway_request.op,"
                " gateway_request.executor, gateway_request.state, gateway_request.code,"
                " gateway_request.message, gateway_request.order_id, orders.number,"
                " gateway_request.tries, gateway_request.created_at, gateway_request.next_at,"
                " gateway_request.unknown_at, gateway_request.decided_at, gateway_request.attention"
                " FROM gateway_request LEFT JOIN orders ON orders.id = gateway_request.order_id"
                " ORDER BY gateway_request.id DESC LIMIT $1");
PIAO_STATEMENT (gateway_count_open,
                "SELECT count(*) FROM gateway_request"
                " WHERE state IN ('prepared', 'sent', 'unknown')");
PIAO_STATEMENT (gateway_count_attention,
                "SELECT count(*) FROM gateway_request"
                " WHERE state IN ('prepared', 'sent', 'unknown') AND attention = 1");

static void
item_free (gpointer data)
{
  PiaoGatewayItem *item = data;

  g_free (item->request_no);
  g_free (item->op);
  g_free (item->executor);
  g_free (item->state);
  g_free (item->code);
  g_free (item->message);
  g_free (item->order_number);
  g_free (item);
}

static PiaoGatewayItem *
read_item (PiaoCursor *cursor)
{
  PiaoGatewayItem *item = g_new0 (PiaoGatewayItem, 1);
  const char *number = piao_cursor_text (cursor, 8);

  item->order_number = g_strdup (number != NULL ? number : "");
  item->id = piao_cursor_int (cursor, 0);
  item->request_no = g_strdup (piao_cursor_text (cursor, 1));
  item->op = g_strdup (piao_cursor_text (cursor, 2));
  item->executor = g_strdup (piao_cursor_text (cursor, 3));
  item->state = g_strdup (piao_cursor_text (cursor, 4));
  item->code = g_strdup (piao_cursor_text (cursor, 5));
  item->message = g_strdup (piao_cursor_text (cursor, 6));
  item->order = piao_cursor_int (cursor, 7);
  item->tries = piao_cursor_int (cursor, 9);
  item->created_at = piao_cursor_int (cursor, 10);
  item->next_at = piao_cursor_int (cursor, 11);
  item->unknown_at = piao_cursor_int (cursor, 12);
  item->decided_at = piao_cursor_int (cursor, 13);
  item->attention = piao_cursor_int (cursor, 14) != 0;
  return item;
}

GPtrArray *
piao_gateway_list_newest (PiaoDb *db, guint limit, GError **error)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (item_free);
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &gateway_newest, error, "i", (gint64)limit);
  GError *failure = NULL;

  if (cursor == NULL)
    return NULL;
  while (piao_cursor_next (cursor, &failure))
    g_ptr_array_add (items, read_item (cursor));
  if (failure == NULL)
    return g_steal_pointer (&items);
  g_propagate_error (error, failure);
  return NULL;
}

gboolean
piao_gateway_count_open (PiaoDb *db, gint64 *open, gint64 *attention, GError **error)
{
  return piao_db_query_int (db, &gateway_count_open, 0, open, error, "")
         && piao_db_query_int (db, &gateway_count_attention, 0, attention, error, "");
}
