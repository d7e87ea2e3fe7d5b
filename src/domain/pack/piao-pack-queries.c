/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "domain/pack/piao-pack-queries.h"

#include <glib/gi18n-lib.h>

#include "base/piao-error.h"

PIAO_STATEMENT (select_passport,
                "SELECT pack.id, pack.code, pack.state, ticket_type.game_no, ticket_type.name,"
                " batch.batch_no, batch.sell_until, warehouse.name, pack.shelf, pack.frozen,"
                " pack.order_id, orders.number, outlet.name, pack.outbound_at, pack.activated_at"
                " FROM pack JOIN ticket_type ON ticket_type.id = pack.ticket_type_id"
                " JOIN batch ON batch.id = pack.batch_id"
                " JOIN warehouse ON warehouse.id = pack.warehouse_id"
                " LEFT JOIN orders ON orders.id = pack.order_id"
                " LEFT JOIN outlet ON outlet.id = orders.outlet_id"
                " WHERE pack.code = $1 AND pack.deleted = 0");
PIAO_STATEMENT (select_steps,
                "SELECT movement.at, movement.event, users.real_name, orders.number,"
                " movement.quantity FROM movement LEFT JOIN users ON users.id = movement.actor"
                " LEFT JOIN orders ON orders.id = movement.order_id"
                " WHERE movement.pack_id = $1 AND movement.deleted = 0"
                " ORDER BY movement.at, movement.id LIMIT 500");

#define STOCK_FROM                                                                                 \
  " FROM stock JOIN ticket_type ON ticket_type.id = stock.ticket_type_id"                          \
  " WHERE stock.warehouse_id = $1 AND stock.deleted = 0"
#define THRESHOLD                                                                                  \
  "CASE WHEN stock.threshold > 0 THEN stock.threshold ELSE ticket_type.threshold END"

PIAO_STATEMENT (select_stock,
                "SELECT ticket_type.id, ticket_type.game_no, ticket_type.name,"
                " ticket_type.pack_value, stock.free, stock.reserved, stock.ilms_quantity,"
                " stock.ilms_at, " THRESHOLD STOCK_FROM " ORDER BY ticket_type.game_no");
PIAO_STATEMENT (count_low, "SELECT count(*)" STOCK_FROM " AND stock.free < " THRESHOLD);

static void
step_free (gpointer data)
{
  PiaoPassportStep *step = data;

  g_free (step->event);
  g_free (step->actor);
  g_free (step->number);
  g_free (step);
}

void
piao_passport_free (PiaoPassport *self)
{
  if (self == NULL)
    return;
  g_free (self->code);
  g_free (self->state);
  g_free (self->game_no);
  g_free (self->game);
  g_free (self->batch_no);
  g_free (self->warehouse);
  g_free (self->shelf);
  g_free (self->order_number);
  g_free (self->outlet);
  g_ptr_array_unref (self->steps);
  g_free (self);
}

static void
read_pack (PiaoPassport *self, PiaoCursor *cursor)
{
  self->id = piao_cursor_int (cursor, 0);
  self->code = g_strdup (piao_cursor_text (cursor, 1));
  self->state = g_strdup (piao_cursor_text (cursor, 2));
  self->game_no = g_strdup (piao_cursor_text (cursor, 3));
  self->game = g_strdup (piao_cursor_text (cursor, 4));
  self->batch_no = g_strdup (piao_cursor_text (cursor, 5));
  self->sell_until = piao_cursor_int (cursor, 6);
  self->warehouse = g_strdup (piao_cursor_text (cursor, 7));
  self->shelf = g_strdup (piao_cursor_text (cursor, 8));
  self->frozen = piao_cursor_int (cursor, 9) != 0;
  self->order_id = piao_cursor_int (cursor, 10);
  self->order_number = g_strdup (piao_cursor_text (cursor, 11));
  self->outlet = g_strdup (piao_cursor_text (cursor, 12));
  self->outbound_at = piao_cursor_int (cursor, 13);
  self->activated_at = piao_cursor_int (cursor, 14);
}

static PiaoPassportStep *
read_step (PiaoCursor *cursor)
{
  PiaoPassportStep *step = g_new0 (PiaoPassportStep, 1);

  step->at = piao_cursor_int (cursor, 0);
  step->event = g_strdup (piao_cursor_text (cursor, 1));
  step->actor = g_strdup (piao_cursor_text (cursor, 2));
  step->number = g_strdup (piao_cursor_text (cursor, 3));
  step->quantity = (int)piao_cursor_int (cursor, 4);
  return step;
}

PiaoPassport *
piao_passport_load (PiaoDb *db, const char *code, GError **error)
{
  g_autoptr (PiaoPassport) self = g_new0 (PiaoPassport, 1);
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) pack = NULL;
  g_autoptr (PiaoCursor) steps = NULL;

  g_return_val_if_fail (code != NULL, NULL);
  self->steps = g_ptr_array_new_with_free_func (step_free);
  pack = piao_db_query (db, &select_passport, &inner, "s", code);
  if (inner == NULL && piao_cursor_next (pack, &inner))
    {
      read_pack (self, pack);
      steps = piao_db_query (db, &select_steps, &inner, "i", self->id);
      while (inner == NULL && piao_cursor_next (steps, &inner))
        g_ptr_array_add (self->steps, read_step (steps));
    }
  if (inner != NULL)
    g_propagate_error (error, g_steal_pointer (&inner));
  else if (self->id == 0)
    piao_error_set (error, PIAO_ERROR_NOT_FOUND, "pack.missing",
                    _ ("Pack %.40s is not in the books of this computer. Scan it again, or ask "
                       "the centre where it belongs."),
                    code);
  else
    return g_steal_pointer (&self);
  return NULL;
}

static void
stock_line_free (gpointer data)
{
  PiaoStockLine *line = data;

  g_free (line->game_no);
  g_free (line->name);
  g_free (line);
}

static PiaoStockLine *
read_stock_line (PiaoCursor *cursor)
{
  PiaoStockLine *line = g_new0 (PiaoStockLine, 1);

  line->ticket_type_id = piao_cursor_int (cursor, 0);
  line->game_no = g_strdup (piao_cursor_text (cursor, 1));
  line->name = g_strdup (piao_cursor_text (cursor, 2));
  line->pack_value = piao_cursor_int (cursor, 3);
  line->free = piao_cursor_int (cursor, 4);
  line->reserved = piao_cursor_int (cursor, 5);
  line->ilms_quantity = piao_cursor_int (cursor, 6);
  line->ilms_at = piao_cursor_int (cursor, 7);
  line->threshold = piao_cursor_int (cursor, 8);
  line->low = line->free < line->threshold;
  return line;
}

GPtrArray *
piao_stock_load (PiaoDb *db, gint64 warehouse, GError **error)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (stock_line_free);
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &select_stock, &inner, "i", warehouse);

  while (inner == NULL && piao_cursor_next (cursor, &inner))
    g_ptr_array_add (lines, read_stock_line (cursor));
  if (inner == NULL)
    return g_steal_pointer (&lines);
  g_propagate_error (error, g_steal_pointer (&inner));
  return NULL;
}

gboolean
piao_stock_count_low (PiaoDb *db, gint64 warehouse, gint64 *n, GError **error)
{
  return piao_db_query_int (db, &count_low, 0, n, error, "i", warehouse);
}
