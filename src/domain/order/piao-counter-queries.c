/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/piao-error.h"
#include "domain/order/piao-counter-queries.h"

/* Declared by hand because they are shared; the section entry is the same. */
#define SHARED_STATEMENT(ident, text)                                                              \
  const PiaoStatement ident = { #ident, text };                                                    \
  static const PiaoStatement *const ident##_entry                                                  \
      __attribute__ ((section ("piao_statements"), used))                                          \
      = &ident

/* The plus keeps the engine from walking through all orders of the warehouse in their order of time
 * for the few that are open. */
SHARED_STATEMENT (piao_counter_queue_ids,
                  "SELECT id FROM orders WHERE warehouse_id = $1"
                  " AND state IN ('pending_outbound', 'picking', 'checked') AND deleted = 0"
                  " ORDER BY +submitted_at, id");
SHARED_STATEMENT (piao_counter_queue_page,
                  "SELECT orders.id, orders.number, orders.state, orders.due_at, orders.packs,"
                  " orders.scanned, outlet.name, outlet.county, orders.amount, users.real_name,"
                  " orders.lease_until, orders.predicted_at, orders.submitted_at"
                  " FROM orders JOIN outlet ON outlet.id = orders.outlet_id"
                  " LEFT JOIN users ON users.id = orders.picker_id"
                  " WHERE orders.id IN (SELECT value FROM json_each ($1))");

PIAO_STATEMENT (
    select_sheet,
    "SELECT orders.id, orders.number, orders.state, orders.hold_reason, orders.hold_note,"
    " outlet.outlet_no, outlet.name, outlet.owner_name, outlet.phone, outlet.county,"
    " outlet.address, outlet.manager_name, orders.submitted_at, orders.due_at,"
    " orders.departure_at, orders.predicted_at, orders.packs, orders.scanned, orders.amount,"
    " outlet.instant_balance, outlet.payment_balance, outlet.balance_at, scheme.code,"
    " scheme.method, warehouse.name, orders.confirm_no, orders.picker_id, orders.lease_until,"
    " users.real_name"
    " FROM orders JOIN outlet ON outlet.id = orders.outlet_id"
    " JOIN warehouse ON warehouse.id = orders.warehouse_id"
    " LEFT JOIN scheme ON scheme.id = orders.scheme_id"
    " LEFT JOIN users ON users.id = orders.picker_id"
    " WHERE orders.id = $1 AND orders.deleted = 0");
PIAO_STATEMENT (
    select_lines,
    "SELECT order_line.id, order_line.n, ticket_type.game_no, ticket_type.name,"
    " ticket_type.face_value, order_line.pack_value, order_line.packs, order_line.scanned,"
    " order_line.short, order_line.short_reason,"
    " (SELECT pack.shelf FROM pack WHERE pack.warehouse_id = orders.warehouse_id"
    "   AND pack.ticket_type_id = order_line.ticket_type_id AND pack.state = 'in_stock'"
    "   AND pack.frozen = 0 AND pack.shelf IS NOT NULL LIMIT 1)"
    " FROM order_line JOIN ticket_type ON ticket_type.id = order_line.ticket_type_id"
    " JOIN orders ON orders.id = order_line.order_id"
    " WHERE order_line.order_id = $1 AND order_line.deleted = 0 ORDER BY order_line.n");
PIAO_STATEMENT (select_parcel,
                "SELECT id, n, total, label_copies FROM parcel WHERE order_id = $1"
                " AND deleted = 0 ORDER BY n LIMIT 1");
PIAO_STATEMENT (select_request,
                "SELECT state, message FROM gateway_request WHERE order_id = $1"
                " AND deleted = 0 ORDER BY created_at DESC, id DESC LIMIT 1");
PIAO_STATEMENT (select_own,
                "SELECT id FROM orders WHERE warehouse_id = $1"
                " AND state IN ('picking', 'checked') AND picker_id = $2"
                " AND id <> $3 AND deleted = 0 ORDER BY +submitted_at, id LIMIT 1");
PIAO_STATEMENT (select_next,
                "SELECT id FROM orders WHERE warehouse_id = $1"
                " AND state = 'pending_outbound' AND id <> $2 AND deleted = 0"
                " ORDER BY submitted_at, id LIMIT 1");
PIAO_STATEMENT (select_expired,
                "SELECT id FROM orders WHERE warehouse_id = $1"
                " AND state = 'picking' AND lease_until <= $2 AND id <> $3"
                " AND deleted = 0 ORDER BY submitted_at, id LIMIT 1");
PIAO_STATEMENT (select_held,
                "SELECT id FROM orders WHERE warehouse_id = $1"
                " AND state = 'held_for_ilms' AND deleted = 0"
                " ORDER BY held_at, id LIMIT 1");
PIAO_STATEMENT (select_by_number, "SELECT id FROM orders WHERE number = $1 AND deleted = 0");
PIAO_STATEMENT (select_unlabelled,
                "SELECT orders.id, parcel.id FROM orders JOIN parcel ON parcel.order_id = orders.id"
                " WHERE orders.warehouse_id = $1 AND orders.state = 'ready_to_ship'"
                " AND orders.picker_device = $2 AND orders.deleted = 0 AND parcel.deleted = 0"
                " AND parcel.label_copies = 0 ORDER BY orders.confirmed_at, orders.id, parcel.n"
                " LIMIT 100");

G_DEFINE_BOXED_TYPE (PiaoCounterSheet,
                     piao_counter_sheet,
                     piao_counter_sheet_ref,
                     piao_counter_sheet_unref)

static void
line_free (gpointer data)
{
  PiaoCounterLine *line = data;

  g_free (line->game_no);
  g_free (line->name);
  g_free (line->short_reason);
  g_free (line->shelf);
  g_free (line);
}

PiaoCounterSheet *
piao_counter_sheet_ref (PiaoCounterSheet *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear_sheet (gpointer data)
{
  PiaoCounterSheet *self = data;
  char *texts[]
      = { self->number,        self->state,          self->hold_reason,  self->hold_note,
          self->outlet_no,     self->outlet_name,    self->owner_name,   self->phone,
          self->county,        self->address,        self->manager_name, self->scheme,
          self->method,        self->warehouse_name, self->confirm_no,   self->picker_name,
          self->request_state, self->request_message };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (texts[i]);
  g_clear_pointer (&self->lines, g_ptr_array_unref);
}

void
piao_counter_sheet_unref (PiaoCounterSheet *self)
{
  g_atomic_rc_box_release_full (self, clear_sheet);
}

static void
read_order (PiaoCounterSheet *self, PiaoCursor *cursor)
{
  guint i = 0;

  self->id = piao_cursor_int (cursor, i++);
  self->number = g_strdup (piao_cursor_text (cursor, i++));
  self->state = g_strdup (piao_cursor_text (cursor, i++));
  self->hold_reason = g_strdup (piao_cursor_text (cursor, i++));
  self->hold_note = g_strdup (piao_cursor_text (cursor, i++));
  self->outlet_no = g_strdup (piao_cursor_text (cursor, i++));
  self->outlet_name = g_strdup (piao_cursor_text (cursor, i++));
  self->owner_name = g_strdup (piao_cursor_text (cursor, i++));
  self->phone = g_strdup (piao_cursor_text (cursor, i++));
  self->county = g_strdup (piao_cursor_text (cursor, i++));
  self->address = g_strdup (piao_cursor_text (cursor, i++));
  self->manager_name = g_strdup (piao_cursor_text (cursor, i++));
  self->submitted_at = piao_cursor_int (cursor, i++);
  self->due_at = piao_cursor_int (cursor, i++);
  self->departure_at = piao_cursor_int (cursor, i++);
  self->predicted_at = piao_cursor_int (cursor, i++);
  self->packs = (int)piao_cursor_int (cursor, i++);
  self->scanned = (int)piao_cursor_int (cursor, i++);
  self->amount = piao_cursor_int (cursor, i++);
  self->instant_balance = piao_cursor_int (cursor, i++);
  self->payment_balance = piao_cursor_int (cursor, i++);
  self->balance_at = piao_cursor_int (cursor, i++);
  self->scheme = g_strdup (piao_cursor_text (cursor, i++));
  self->method = g_strdup (piao_cursor_text (cursor, i++));
  self->warehouse_name = g_strdup (piao_cursor_text (cursor, i++));
  self->confirm_no = g_strdup (piao_cursor_text (cursor, i++));
  self->picker_id = piao_cursor_int (cursor, i++);
  self->lease_until = piao_cursor_int (cursor, i++);
  self->picker_name = g_strdup (piao_cursor_text (cursor, i++));
}

static PiaoCounterLine *
read_line (PiaoCursor *cursor)
{
  PiaoCounterLine *line = g_new0 (PiaoCounterLine, 1);

  line->id = piao_cursor_int (cursor, 0);
  line->n = (int)piao_cursor_int (cursor, 1);
  line->game_no = g_strdup (piao_cursor_text (cursor, 2));
  line->name = g_strdup (piao_cursor_text (cursor, 3));
  line->face_value = piao_cursor_int (cursor, 4);
  line->pack_value = piao_cursor_int (cursor, 5);
  line->packs = (int)piao_cursor_int (cursor, 6);
  line->scanned = (int)piao_cursor_int (cursor, 7);
  line->shorts = (int)piao_cursor_int (cursor, 8);
  line->short_reason = g_strdup (piao_cursor_text (cursor, 9));
  line->shelf = g_strdup (piao_cursor_text (cursor, 10));
  return line;
}

static gboolean
read_rest (PiaoCounterSheet *self, PiaoDb *db, GError **error)
{
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) lines = piao_db_query (db, &select_lines, &inner, "i", self->id);
  g_autoptr (PiaoCursor) parcel = NULL;
  g_autoptr (PiaoCursor) request = NULL;

  while (inner == NULL && piao_cursor_next (lines, &inner))
    g_ptr_array_add (self->lines, read_line (lines));
  if (inner == NULL)
    parcel = piao_db_query (db, &select_parcel, &inner, "i", self->id);
  if (inner == NULL && piao_cursor_next (parcel, &inner))
    {
      self->parcel_id = piao_cursor_int (parcel, 0);
      self->parcel_n = (int)piao_cursor_int (parcel, 1);
      self->parcel_total = (int)piao_cursor_int (parcel, 2);
      self->label_copies = (int)piao_cursor_int (parcel, 3);
    }
  if (inner == NULL)
    request = piao_db_query (db, &select_request, &inner, "i", self->id);
  if (inner == NULL && piao_cursor_next (request, &inner))
    {
      self->request_state = g_strdup (piao_cursor_text (request, 0));
      self->request_message = g_strdup (piao_cursor_text (request, 1));
    }
  if (inner == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

PiaoCounterSheet *
piao_counter_sheet_load (PiaoDb *db, gint64 order, GError **error)
{
  g_autoptr (PiaoCounterSheet) self = g_atomic_rc_box_new0 (PiaoCounterSheet);
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &select_sheet, &inner, "i", order);

  self->lines = g_ptr_array_new_with_free_func (line_free);
  if (inner == NULL && piao_cursor_next (cursor, &inner))
    {
      read_order (self, cursor);
      return read_rest (self, db, error) ? g_steal_pointer (&self) : NULL;
    }
  if (inner != NULL)
    g_propagate_error (error, g_steal_pointer (&inner));
  else
    piao_error_set (error, PIAO_ERROR_NOT_FOUND, "order.missing",
                    _ ("This order is not on this computer. Synchronise and try again."));
  return NULL;
}

const char *
piao_counter_sheet_get_money (const PiaoCounterSheet *self)
{
  if (self->balance_at == 0)
    return "unknown";
  if (self->instant_balance >= self->amount)
    return "enough";
  return self->instant_balance + self->payment_balance >= self->amount ? "transfer" : "deposit";
}

gint64
piao_counter_next (
    PiaoDb *db, gint64 warehouse, gint64 actor, gint64 after, gint64 now, GError **error)
{
  gint64 id = 0;

  if (!piao_db_query_int (db, &select_own, 0, &id, error, "iii", warehouse, actor, after)
      || id != 0)
    return id;
  if (!piao_db_query_int (db, &select_next, 0, &id, error, "ii", warehouse, after) || id != 0)
    return id;
  piao_db_query_int (db, &select_expired, 0, &id, error, "iii", warehouse, now, after);
  return id;
}

gint64
piao_counter_find_number (PiaoDb *db, const char *number, GError **error)
{
  gint64 id = 0;

  if (piao_db_query_int (db, &select_by_number, 0, &id, error, "s", number) && id == 0)
    piao_error_set (error, PIAO_ERROR_NOT_FOUND, "order.missing",
                    _ ("Order %.30s is not on this computer. Synchronise and try again."), number);
  return id;
}

gint64
piao_counter_first_held (PiaoDb *db, gint64 warehouse, GError **error)
{
  gint64 id = 0;

  piao_db_query_int (db, &select_held, 0, &id, error, "i", warehouse);
  return id;
}

GArray *
piao_counter_unlabelled (PiaoDb *db, gint64 warehouse, gint64 device, GError **error)
{
  g_autoptr (GArray) pairs = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor
      = piao_db_query (db, &select_unlabelled, &inner, "ii", warehouse, device);

  while (inner == NULL && piao_cursor_next (cursor, &inner))
    {
      gint64 pair[2] = { piao_cursor_int (cursor, 0), piao_cursor_int (cursor, 1) };

      g_array_append_vals (pairs, pair, 2);
    }
  if (inner == NULL)
    return g_steal_pointer (&pairs);
  g_propagate_error (error, g_steal_pointer (&inner));
  return NULL;
}
