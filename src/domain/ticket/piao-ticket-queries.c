/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "domain/ticket/piao-ticket-queries.h"

PIAO_STATEMENT (list_offers,
                "SELECT ticket_type.id, ticket_type.game_no, ticket_type.name, ticket_type.tag,"
                " ticket_type.face_value, ticket_type.pack_value, stock.free"
                " FROM stock JOIN ticket_type ON ticket_type.id = stock.ticket_type_id"
                " WHERE stock.warehouse_id = $1 AND stock.free > 0 AND stock.deleted = 0"
                " AND ticket_type.deleted = 0 AND ticket_type.market_from <= $2"
                " AND (ticket_type.market_to = 0 OR ticket_type.market_to > $2)"
                " ORDER BY CASE ticket_type.tag WHEN 'hot' THEN 0 WHEN 'new' THEN 1 ELSE 2 END,"
                " ticket_type.face_value, ticket_type.game_no");

static void
offer_free (gpointer data)
{
  PiaoTicketOffer *offer = data;

  g_free (offer->game_no);
  g_free (offer->name);
  g_free (offer->tag);
  g_free (offer);
}

GPtrArray *
piao_ticket_list_offers (PiaoDb *db, gint64 warehouse, gint64 now, GError **error)
{
  g_autoptr (GPtrArray) offers = g_ptr_array_new_with_free_func (offer_free);
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &list_offers, error, "ii", warehouse, now);
  GError *failure = NULL;

  if (cursor == NULL)
    return NULL;
  while (piao_cursor_next (cursor, &failure))
    {
      PiaoTicketOffer *offer = g_new0 (PiaoTicketOffer, 1);

      offer->id = piao_cursor_int (cursor, 0);
      offer->game_no = g_strdup (piao_cursor_text (cursor, 1));
      offer->name = g_strdup (piao_cursor_text (cursor, 2));
      offer->tag = g_strdup (piao_cursor_text (cursor, 3));
      offer->face_value = piao_cursor_int (cursor, 4);
      offer->pack_value = piao_cursor_int (cursor, 5);
      offer->free = piao_cursor_int (cursor, 6);
      g_ptr_array_add (offers, offer);
    }
  if (failure == NULL)
    return g_steal_pointer (&offers);
  g_propagate_error (error, failure);
  return NULL;
}
