/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/piao-error.h"
#include "domain/audit/piao-audit.h"

/* Where an order stands: while it is abnormal, in the state that is kept. */
#define STANDING "CASE orders.state WHEN 'abnormal' THEN orders.prev_state ELSE orders.state END"
/* States in which packs belong to their order. */
#define OWNING                                                                                     \
  "'picking', 'checked', 'held_for_ilms', 'confirming', 'ready_to_ship', 'delivering',"            \
  " 'delivery_failed', 'delivered', 'completed'"
/* States that an order reaches only through a debit. */
#define DEBITED                                                                                    \
  "'ready_to_ship', 'delivering', 'delivery_failed', 'returned', 'delivered', 'completed'"

PIAO_STATEMENT (audit_pack_order,
                "SELECT pack.code FROM pack LEFT JOIN orders ON orders.id = pack.order_id"
                " WHERE pack.order_id IS NOT NULL AND (orders.id IS NULL"
                " OR orders.warehouse_id <> pack.warehouse_id) LIMIT 20");
/* Held packs wait with their order, also when it is back in the queue. */
PIAO_STATEMENT (audit_pack_state,
                "SELECT pack.code FROM pack JOIN orders ON orders.id = pack.order_id"
                " WHERE (pack.state = 'reserved') <> (" STANDING " IN ('picking', 'checked',"
                " 'held_for_ilms', 'confirming', 'on_hold', 'pending_outbound'))"
                " AND pack.state IN ('reserved', 'outbound', 'in_transit') LIMIT 20");
PIAO_STATEMENT (
    audit_line_scanned,
    "SELECT orders.number FROM order_line JOIN orders ON orders.id = order_line.order_id"
    " LEFT JOIN (SELECT line_id, count(*) AS packs FROM pack WHERE line_id IS NOT NULL"
    " GROUP BY line_id) AS held ON held.line_id = order_line.id"
    " WHERE " STANDING " IN (" OWNING ")"
    " AND order_line.scanned <> coalesce(held.packs, 0) LIMIT 20");
PIAO_STATEMENT (audit_order_scanned,
                "SELECT orders.number FROM orders JOIN (SELECT order_id, sum(scanned) AS scanned"
                " FROM order_line GROUP BY order_id) AS lines ON lines.order_id = orders.id"
                " WHERE lines.scanned <> orders.scanned LIMIT 20");
PIAO_STATEMENT (audit_stock_movements,
                "SELECT warehouse.name || ' ' || ticket_type.game_no FROM stock"
                " JOIN warehouse ON warehouse.id = stock.warehouse_id"
                " JOIN ticket_type ON ticket_type.id = stock.ticket_type_id"
                " LEFT JOIN (SELECT warehouse_id, ticket_type_id, sum(quantity) AS quantity"
                " FROM movement GROUP BY warehouse_id, ticket_type_id) AS moved"
                " ON moved.warehouse_id = stock.warehouse_id"
                " AND moved.ticket_type_id = stock.ticket_type_id"
                " WHERE stock.free <> coalesce(moved.quantity, 0) LIMIT 20");
PIAO_STATEMENT (audit_stock_packs,
                "SELECT warehouse.name || ' ' || ticket_type.game_no FROM stock"
                " JOIN warehouse ON warehouse.id = stock.warehouse_id"
                " JOIN ticket_type ON ticket_type.id = stock.ticket_type_id"
                " LEFT JOIN (SELECT warehouse_id, ticket_type_id,"
                " sum(CASE state WHEN 'in_stock' THEN 1 ELSE 0 END) AS free,"
                " sum(CASE state WHEN 'reserved' THEN 1 ELSE 0 END) AS reserved FROM pack"
                " GROUP BY warehouse_id, ticket_type_id) AS there"
                " ON there.warehouse_id = stock.warehouse_id"
                " AND there.ticket_type_id = stock.ticket_type_id"
                " WHERE stock.free <> coalesce(there.free, 0)"
                " OR stock.reserved <> coalesce(there.reserved, 0) LIMIT 20");
PIAO_STATEMENT (audit_debit_recorded,
                "SELECT orders.number FROM orders WHERE " STANDING " IN (" DEBITED ")"
                " AND (orders.confirm_no IS NULL OR (SELECT count(*) FROM gateway_request"
                " WHERE gateway_request.order_id = orders.id"
                " AND gateway_request.op = 'order.confirm'"
                " AND gateway_request.state = 'confirmed') <> 1) LIMIT 20");
PIAO_STATEMENT (audit_debit_applied,
                "SELECT gateway_request.request_no FROM gateway_request"
                " JOIN orders ON orders.id = gateway_request.order_id"
                " WHERE gateway_request.op = 'order.confirm'"
                " AND gateway_request.state = 'confirmed' AND orders.confirm_no IS NULL LIMIT 20");
PIAO_STATEMENT (audit_label,
                "SELECT orders.number FROM parcel JOIN orders ON orders.id = parcel.order_id"
                " WHERE orders.confirm_no IS NULL AND (parcel.label_at > 0 OR parcel.closed_at > 0"
                " OR parcel.label_copies > 0) LIMIT 20");
/* In the order of the centre, with what a desktop has on top (rev 0) last: the clocks of the
 * devices, of which ids are made, may differ. */
PIAO_STATEMENT (audit_timeline,
                "SELECT orders.number FROM orders JOIN order_event"
                " ON order_event.id = (SELECT last.id FROM order_event AS last"
                " WHERE last.order_id = orders.id"
                " ORDER BY (CASE WHEN last.rev = 0 THEN 1 ELSE 0 END) DESC, last.rev DESC,"
                " last.id DESC LIMIT 1)"
                " WHERE order_event.to_state <> orders.state LIMIT 20");

static const struct
{
  const char *rule;
  const char *sentence;
  const PiaoStatement *statement;
} rules[] = {
  { "pack.order", N_ ("A pack is booked on an order that is not here or in another warehouse."),
    &audit_pack_order },
  { "pack.state", N_ ("A pack and its order disagree about whether it has left the shelf."),
    &audit_pack_state },
  { "line.scanned", N_ ("A line counts other packs than are booked on it."), &audit_line_scanned },
  { "order.scanned", N_ ("An order counts other packs than its lines."), &audit_order_scanned },
  { "stock.movements", N_ ("The stock is not the sum of its movements."), &audit_stock_movements },
  { "stock.packs", N_ ("The stock is not the number of packs in this place."), &audit_stock_packs },
  { "debit.recorded", N_ ("An order went on without exactly one confirmed debit."),
    &audit_debit_recorded },
  { "debit.applied", N_ ("A confirmed debit was not written into its order."),
    &audit_debit_applied },
  { "parcel.label", N_ ("A label or a parcel exists without a confirmation of ILMS."),
    &audit_label },
  { "order.timeline", N_ ("The timeline of an order ends in another state than the order has."),
    &audit_timeline },
};

void
piao_breach_free (PiaoBreach *breach)
{
  g_free (breach->subject);
  g_free (breach);
}

const char *
piao_audit_get_sentence (const char *rule)
{
  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    if (g_str_equal (rules[i].rule, rule))
      return g_dgettext (GETTEXT_PACKAGE, rules[i].sentence);
  return rule;
}

static gboolean
ask (PiaoDb *db, guint rule, GPtrArray *breaches, GError **error)
{
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, rules[rule].statement, &inner, "");

  while (inner == NULL && piao_cursor_next (cursor, &inner))
    {
      PiaoBreach *breach = g_new0 (PiaoBreach, 1);

      breach->rule = rules[rule].rule;
      breach->subject = g_strdup (piao_cursor_text (cursor, 0));
      g_ptr_array_add (breaches, breach);
    }
  if (inner == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

GPtrArray *
piao_audit_run (PiaoDb *db, GError **error)
{
  g_autoptr (GPtrArray) breaches
      = g_ptr_array_new_with_free_func ((GDestroyNotify)piao_breach_free);

  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    if (!ask (db, i, breaches, error))
      return NULL;
  return g_steal_pointer (&breaches);
}

gboolean
piao_audit_check_file (PiaoDb *db, GError **error)
{
  static const PiaoStatement integrity = { "audit_integrity", "PRAGMA integrity_check (1)" };
  static const PiaoStatement foreign = { "audit_foreign", "PRAGMA foreign_key_check" };
  g_autofree char *sound = NULL;
  g_autofree char *orphan = NULL;

  if (piao_db_get_engine (db) != PIAO_ENGINE_SQLITE)
    return TRUE;
  if (!piao_db_query_text (db, &integrity, &sound, error, "")
      || !piao_db_query_text (db, &foreign, &orphan, error, ""))
    return FALSE;
  if (g_strcmp0 (sound, "ok") == 0 && orphan == NULL)
    return TRUE;
  return piao_error_set (error, PIAO_ERROR_CORRUPT, "audit.file",
                         _ ("The database file is damaged (%s). Restore the last good backup; "
                            "do not go on with this one."),
                         orphan != NULL ? orphan : sound);
}
