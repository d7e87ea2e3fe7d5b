/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <string.h>

#include "domain/pack/piao-stock-queries.h"

PIAO_STATEMENT (list_low,
                "SELECT stock.ticket_type_id, ticket_type.game_no, ticket_type.name, stock.free,"
                " CASE WHEN stock.threshold > 0 THEN stock.threshold"
                " ELSE ticket_type.threshold END"
                " FROM stock JOIN ticket_type ON ticket_type.id = stock.ticket_type_id"
                " WHERE stock.warehouse_id = $1 AND stock.deleted = 0 AND stock.free <"
                " CASE WHEN stock.threshold > 0 THEN stock.threshold"
                " ELSE ticket_type.threshold END"
                " ORDER BY stock.free, ticket_type.game_no LIMIT $2");
PIAO_STATEMENT (load_passport,
                "SELECT pack.id, pack.code, pack.state, ticket_type.game_no, ticket_type.name,"
                " batch.batch_no, warehouse.name, pack.shelf, orders.number, orders.id,"
                " batch.sell_until, pack.frozen"
                " FROM pack JOIN ticket_type ON ticket_type.id = pack.ticket_type_id"
                " JOIN batch ON batch.id = pack.batch_id"
                " JOIN warehouse ON warehouse.id = pack.warehouse_id"
                " LEFT JOIN orders ON orders.id = pack.order_id"
                " WHERE pack.code = $1 AND pack.deleted = 0");
PIAO_STATEMENT (load_steps,
                "SELECT movement.at, movement.event, users.real_name, orders.number"
                " FROM movement LEFT JOIN users ON users.id = movement.actor"
                " LEFT JOIN orders ON orders.id = movement.order_id"
                " WHERE movement.pack_id = $1 ORDER BY movement.at, movement.id");

PIAO_STATEMENT (find_packs,
                "SELECT code FROM pack WHERE code >= $1 AND code < $2 ORDER BY code LIMIT $3");
PIAO_STATEMENT (list_free_packs,
                "SELECT code FROM pack WHERE warehouse_id = $1 AND ticket_type_id = $2"
                " AND state = 'in_stock' AND frozen = 0 AND shelf IS NOT NULL AND deleted = 0"
                " ORDER BY shelf, code LIMIT $3");

static void
low_free (gpointer data)
{
  PiaoLowStock *low = data;

  g_free (low->game_no);
  g_free (low->name);
  g_free (low);
}

GPtrArray *
piao_stock_list_low (PiaoDb *db, gint64 warehouse, guint limit, GError **error)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (low_free);
  g_autoptr (PiaoCursor) cursor
      = piao_db_query (db, &list_low, error, "ii", warehouse, (gint64)limit);
  GError *failure = NULL;

  if (cursor == NULL)
    return NULL;
  while (piao_cursor_next (cursor, &failure))
    {
      PiaoLowStock *low = g_new0 (PiaoLowStock, 1);

      low->ticket_type = piao_cursor_int (cursor, 0);
      low->game_no = g_strdup (piao_cursor_text (cursor, 1));
      low->name = g_strdup (piao_cursor_text (cursor, 2));
      low->free = piao_cursor_int (cursor, 3);
      low->threshold = piao_cursor_int (cursor, 4);
      g_ptr_array_add (all, low);
    }
  if (failure == NULL)
    return g_steal_pointer (&all);
  g_propagate_error (error, failure);
  return NULL;
}

static GStrv
take_codes (PiaoCursor *cursor, GError **error)
{
  g_autoptr (GStrvBuilder) codes = g_strv_builder_new ();
  g_autoptr (PiaoCursor) owned = cursor;
  GError *failure = NULL;

  if (cursor == NULL)
    return NULL;
  while (piao_cursor_next (cursor, &failure))
    g_strv_builder_add (codes, piao_cursor_text (cursor, 0));
  if (failure == NULL)
    return g_strv_builder_end (codes);
  g_propagate_error (error, failure);
  return NULL;
}

GStrv
piao_pack_find (PiaoDb *db, const char *typed, guint limit, GError **error)
{
  g_autofree char *from = g_ascii_strup (typed, -1);
  g_autofree char *before = g_strconcat (from, "~", NULL);

  if (strlen (typed) < 6)
    return g_new0 (char *, 1);
  return take_codes (piao_db_query (db, &find_packs, error, "ssi", from, before, (gint64)limit),
                     error);
}

GStrv
piao_pack_list_free (PiaoDb *db, gint64 warehouse, gint64 ticket_type, guint limit, GError **error)
{
  return take_codes (piao_db_query (db, &list_free_packs, error, "iii", warehouse, ticket_type,
                                    (gint64)limit),
                     error);
}

static void
step_free (gpointer data)
{
  PiaoPackStep *step = data;

  g_free (step->event);
  g_free (step->actor);
  g_free (step->order);
  g_free (step);
}

void
piao_pack_passport_free (PiaoPackPassport *self)
{
  char *texts[] = { self->code,     self->state,     self->game_no, self->name,
                    self->batch_no, self->warehouse, self->shelf,   self->order_number };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (texts[i]);
  g_clear_pointer (&self->steps, g_ptr_array_unref);
  g_free (self);
}

static gboolean
read_steps (PiaoPackPassport *self, PiaoDb *db, GError **error)
{
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &load_steps, error, "i", self->id);
  GError *failure = NULL;

  while (cursor != NULL && piao_cursor_next (cursor, &failure))
    {
      PiaoPackStep *step = g_new0 (PiaoPackStep, 1);
      const char *actor = piao_cursor_text (cursor, 2);

      step->at = piao_cursor_int (cursor, 0);
      step->event = g_strdup (piao_cursor_text (cursor, 1));
      step->actor = g_strdup (actor != NULL ? actor : "");
      step->order = g_strdup (piao_cursor_text (cursor, 3));
      g_ptr_array_add (self->steps, step);
    }
  if (failure != NULL)
    g_propagate_error (error, failure);
  return cursor != NULL && failure == NULL;
}

PiaoPackPassport *
piao_pack_passport_load (PiaoDb *db, const char *code, GError **error)
{
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &load_passport, error, "s", code);
  g_autoptr (PiaoPackPassport) self = NULL;

  if (cursor == NULL || !piao_cursor_next (cursor, error))
    return NULL;
  self = g_new0 (PiaoPackPassport, 1);
  self->steps = g_ptr_array_new_with_free_func (step_free);
  self->id = piao_cursor_int (cursor, 0);
  self->code = g_strdup (piao_cursor_text (cursor, 1));
  self->state = g_strdup (piao_cursor_text (cursor, 2));
  self->game_no = g_strdup (piao_cursor_text (cursor, 3));
  self->name = g_strdup (piao_cursor_text (cursor, 4));
  self->batch_no = g_strdup (piao_cursor_text (cursor, 5));
  self->warehouse = g_strdup (piao_cursor_text (cursor, 6));
  self->shelf = g_strdup (piao_cursor_text (cursor, 7));
  self->order_number = g_strdup (piao_cursor_text (cursor, 8));
  self->order = piao_cursor_int (cursor, 9);
  self->sell_until = piao_cursor_int (cursor, 10);
  self->frozen = piao_cursor_int (cursor, 11) != 0;
  return read_steps (self, db, error) ? g_steal_pointer (&self) : NULL;
}
