/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "base/piao-error.h"
#include "domain/order/piao-order-kinds.h"
#include "domain/order/piao-order-machine.h"
#include "tests/sim/sim-check.h"
#include "tests/sim/sim-desk.h"
#include "tests/sim/sim-server.h"
#include "tests/sim/sim-town.h"

PIAO_STATEMENT (sim_changes,
                "SELECT kind, id FROM change WHERE lane = $1 AND seq > $2 AND gone = 0"
                " ORDER BY seq, kind, id");
PIAO_STATEMENT (sim_order_packs,
                "SELECT orders.scanned, (SELECT COUNT(*) FROM pack WHERE pack.order_id = orders.id"
                " AND pack.deleted = 0), (SELECT COALESCE (SUM (scanned), 0) FROM order_line"
                " WHERE order_line.order_id = orders.id), orders.number, orders.state,"
                " (SELECT COUNT(*) FROM parcel WHERE parcel.order_id = orders.id"
                " AND orders.confirm_no IS NULL)"
                " FROM orders WHERE orders.id = $1");
PIAO_STATEMENT (sim_lease, "SELECT picker_id, lease_until FROM orders WHERE id = $1");
PIAO_STATEMENT (sim_order_ids, "SELECT id FROM orders ORDER BY id");
PIAO_STATEMENT (sim_order_states, "SELECT id, state FROM orders");
PIAO_STATEMENT (sim_stock,
                "SELECT stock.id, stock.free, stock.reserved,"
                " (SELECT COUNT(*) FROM pack WHERE pack.warehouse_id = stock.warehouse_id"
                " AND pack.ticket_type_id = stock.ticket_type_id AND pack.state = 'in_stock'),"
                " (SELECT COUNT(*) FROM pack WHERE pack.warehouse_id = stock.warehouse_id"
                " AND pack.ticket_type_id = stock.ticket_type_id AND pack.state = 'reserved')"
                " FROM stock WHERE stock.deleted = 0");
PIAO_STATEMENT (sim_movements,
                "SELECT stock.id, stock.free, (SELECT COALESCE (SUM (quantity), 0) FROM movement"
                " WHERE movement.warehouse_id = stock.warehouse_id"
                " AND movement.ticket_type_id = stock.ticket_type_id)"
                " FROM stock WHERE stock.deleted = 0");

/* Who picks an order, and how long. */
typedef struct
{
  gint64 order;
  gint64 picker;
  gint64 until; /* ms */
} Lease;

struct _SimTruth
{
  GHashTable *states; /* order id → state, interned */
  GHashTable *leases; /* order id → Lease */
  gint64 seen;        /* seq that was looked at last */
};

static const char *const invariants[] = {
  "",
  "A pack is out for at most one order; a pack is in exactly one place.",
  "A scan that was acknowledged exists after any crash.",
  "A command is whole or absent on each side, and is applied at most once.",
  "The sum of movements equals the stock, per warehouse and ticket type.",
  "Accepted commands on the server = what the device believes was accepted.",
  "Server debits = the books of ILMS, once nothing is unknown.",
  "No label exists without a recorded ILMS confirmation.",
  "A refused command always leaves an item that a person sees.",
  "After the network heals every outbox drains and every replica equals the server's view.",
  "No state machine goes backwards except along an edge drawn in the domain.",
  "The audit chain verifies; the databases are sound.",
  "No row of a lane that a user may not see is ever in his replica.",
  "Nothing is sent to ILMS after a stop, before it is noted, or again when it was carried out.",
  "The rules see no time that the server's clock has not reached.",
};

const char *
sim_invariant_describe (guint number)
{
  g_assert (number < G_N_ELEMENTS (invariants));
  return invariants[number];
}

SimTruth *
sim_truth_new (void)
{
  SimTruth *self = g_new0 (SimTruth, 1);

  self->states = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->leases = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
  return self;
}

void
sim_truth_free (SimTruth *self)
{
  g_hash_table_unref (self->states);
  g_hash_table_unref (self->leases);
  g_free (self);
}

static void
set_state (SimTruth *self, gint64 order, const char *state)
{
  g_hash_table_insert (self->states, g_memdup2 (&order, sizeof order),
                       (gpointer)g_intern_string (state));
}

/* --- orders ---------------------------------------------------------------------------------- */

static gboolean
check_order (SimWorld *world, const char *who, PiaoDb *db, gint64 id)
{
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &sim_order_packs, NULL, "i", id);
  gint64 scanned, packs, lines;

  if (cursor == NULL || !piao_cursor_next (cursor, NULL))
    return TRUE;
  scanned = piao_cursor_int (cursor, 0);
  packs = piao_cursor_int (cursor, 1);
  lines = piao_cursor_int (cursor, 2);
  if (scanned != packs || scanned != lines)
    return sim_fail (world, 1,
                     "%s: order %s (%s) counts %d scans, its lines %d, and %d packs are out for it",
                     who, piao_cursor_text (cursor, 3), piao_cursor_text (cursor, 4), (int)scanned,
                     (int)lines, (int)packs);
  if (piao_cursor_int (cursor, 5) != 0)
    return sim_fail (world, 7, "%s: order %s has a parcel without a confirmation", who,
                     piao_cursor_text (cursor, 3));
  return TRUE;
}

/* An event leads from the state that was known along an edge that is drawn. */
static gboolean
check_event (SimWorld *world, PiaoDb *db, gint64 id)
{
  g_autoptr (PiaoRecord) event = piao_record_load (db, &piao_order_event_kind, id, NULL);
  const char *from, *to, *known;
  gint64 order;

  if (event == NULL)
    return TRUE;
  order = piao_record_int (event, PIAO_ORDER_EVENT_ORDER_ID);
  from = piao_record_text (event, PIAO_ORDER_EVENT_FROM_STATE);
  to = piao_record_text (event, PIAO_ORDER_EVENT_TO_STATE);
  known = g_hash_table_lookup (world->truth->states, &order);
  if (known != NULL && !g_str_equal (known, from))
    return sim_fail (world, 10, "Order %" G_GINT64_FORMAT " was %s, but goes from %s to %s", order,
                     known, from, to);
  if (!piao_order_machine_leads (from, piao_record_text (event, PIAO_ORDER_EVENT_EVENT), to))
    return sim_fail (world, 10, "Order %" G_GINT64_FORMAT " goes from %s to %s by %s", order, from,
                     to, piao_record_text (event, PIAO_ORDER_EVENT_EVENT));
  set_state (world->truth, order, to);
  if (piao_record_is (event, PIAO_ORDER_EVENT_EVENT, "case_closed"))
    world->counts.cases++;
  else if (piao_record_is (event, PIAO_ORDER_EVENT_EVENT, "debit_found"))
    world->counts.forgotten++;
  return TRUE;
}

typedef struct
{
  gboolean event;
  gint64 id;
} Changed;

static GArray *
list_changed (SimWorld *world, PiaoDb *db, gint64 lane)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (Changed));
  g_autoptr (PiaoCursor) cursor
      = piao_db_query (db, &sim_changes, NULL, "ii", lane, world->truth->seen);

  while (cursor != NULL && piao_cursor_next (cursor, NULL))
    {
      const char *kind = piao_cursor_text (cursor, 0);
      Changed changed = { g_str_equal (kind, "order_event"), piao_cursor_int (cursor, 1) };

      if (changed.event || g_str_equal (kind, "order"))
        g_array_append_val (list, changed);
    }
  return list;
}

static gboolean
check_changes (SimWorld *world, PiaoDb *db)
{
  static const gint64 lanes[] = { SIM_LANE_A, SIM_LANE_B };
  gint64 head = 0;

  for (guint i = 0; i < G_N_ELEMENTS (lanes); i++)
    {
      g_autoptr (GArray) list = list_changed (world, db, lanes[i]);

      for (guint j = 0; j < list->len; j++)
        {
          const Changed *changed = &g_array_index (list, Changed, j);

          if (changed->event ? !check_event (world, db, changed->id)
                             : !check_order (world, "server", db, changed->id))
            return FALSE;
        }
    }
  piao_ledger_read_head (db, &head, NULL, NULL);
  world->truth->seen = head;
  return TRUE;
}

/* --- stock ----------------------------------------------------------------------------------- */

static gboolean
check_stock (SimWorld *world, const char *who, PiaoDb *db)
{
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &sim_stock, NULL, "");

  while (cursor != NULL && piao_cursor_next (cursor, NULL))
    if (piao_cursor_int (cursor, 1) != piao_cursor_int (cursor, 3)
        || piao_cursor_int (cursor, 2) != piao_cursor_int (cursor, 4))
      return sim_fail (world, 4,
                       "%s: stock %d says %d free and %d reserved, there are %d and %d packs", who,
                       (int)piao_cursor_int (cursor, 0), (int)piao_cursor_int (cursor, 1),
                       (int)piao_cursor_int (cursor, 2), (int)piao_cursor_int (cursor, 3),
                       (int)piao_cursor_int (cursor, 4));
  return TRUE;
}

static gboolean
check_movements (SimWorld *world, const char *who, PiaoDb *db)
{
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &sim_movements, NULL, "");

  while (cursor != NULL && piao_cursor_next (cursor, NULL))
    if (piao_cursor_int (cursor, 1) != piao_cursor_int (cursor, 2))
      return sim_fail (world, 4, "%s: stock %d says %d free, its movements add up to %d", who,
                       (int)piao_cursor_int (cursor, 0), (int)piao_cursor_int (cursor, 1),
                       (int)piao_cursor_int (cursor, 2));
  return TRUE;
}

gboolean
sim_check_books (SimWorld *world, const char *who, PiaoDb *db)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &sim_order_ids, NULL, "");

  while (cursor != NULL && piao_cursor_next (cursor, NULL))
    {
      gint64 id = piao_cursor_int (cursor, 0);

      g_array_append_val (ids, id);
    }
  g_clear_pointer (&cursor, piao_cursor_free);
  for (guint i = 0; i < ids->len; i++)
    if (!check_order (world, who, db, g_array_index (ids, gint64, i)))
      return FALSE;
  return check_stock (world, who, db) && check_movements (world, who, db);
}

/* --- two pickers ----------------------------------------------------------------------------- */

static void
note_lease (SimWorld *world, PiaoDb *db, gint64 order)
{
  Lease *lease = g_new0 (Lease, 1);
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &sim_lease, NULL, "i", order);

  lease->order = order;
  if (cursor != NULL && piao_cursor_next (cursor, NULL))
    {
      lease->picker = piao_cursor_int (cursor, 0);
      lease->until = piao_cursor_int (cursor, 1);
    }
  g_hash_table_replace (world->truth->leases, &lease->order, lease);
}

/* Whoever picks was alone with the order when the transaction began. @done are orders that an
 * earlier command of it has touched. */
static gboolean
check_lease (SimWorld *world, const PiaoPushed *pushed, GHashTable *done)
{
  static const char *const picking[]
      = { "order.open_pick", "order.scan", "order.undo", "order.short", "order.check", NULL };
  gint64 order = piao_json_get_id (pushed->args, "order");
  const Lease *lease = g_hash_table_lookup (world->truth->leases, &order);

  if (order == 0 || g_hash_table_contains (done, &order))
    return TRUE;
  if (lease != NULL && lease->picker != 0 && lease->picker != pushed->actor
      && lease->until > pushed->ruled_at && g_strv_contains (picking, pushed->name))
    return sim_fail (world, 1, "%s by user %d on an order that user %d is picking", pushed->name,
                     (int)pushed->actor, (int)lease->picker);
  g_hash_table_add (done, g_memdup2 (&order, sizeof order));
  return TRUE;
}

/* --- commands -------------------------------------------------------------------------------- */

gboolean
sim_check_batch (SimWorld *world, GPtrArray *commands, GPtrArray *verdicts)
{
  PiaoDb *db = world->server->db;
  g_autoptr (GHashTable) done = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer order;
  gboolean accepted = FALSE;

  for (guint i = 0; i < verdicts->len; i++)
    {
      const PiaoVerdict *verdict = g_ptr_array_index (verdicts, i);
      const PiaoPushed *pushed = g_ptr_array_index (commands, i);

      if (verdict->state == PIAO_VERDICT_REJECTED && !g_str_equal (verdict->code, "command.gap")
          && !g_str_equal (verdict->code, "device.revoked"))
        return sim_fail (world, 3, "%s of device %u was rejected: %s", pushed->name, pushed->device,
                         verdict->message);
      if (pushed->ruled_at > world->now)
        return sim_fail (world, 14, "%s of device %u is ruled by a time that has not come",
                         pushed->name, pushed->device);
      if (verdict->state == PIAO_VERDICT_ACCEPTED && !verdict->repeated
          && !check_lease (world, pushed, done))
        return FALSE;
      accepted = accepted || (verdict->state == PIAO_VERDICT_ACCEPTED && !verdict->repeated);
    }
  g_hash_table_iter_init (&iter, done);
  while (g_hash_table_iter_next (&iter, &order, NULL))
    note_lease (world, db, *(gint64 *)order);
  if (!accepted || !check_changes (world, db))
    return world->failure == NULL;
  return check_stock (world, "server", db);
}

void
sim_check_restored (SimWorld *world)
{
  PiaoDb *db = world->server->db;
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &sim_order_states, NULL, "");

  g_hash_table_remove_all (world->truth->states);
  g_hash_table_remove_all (world->truth->leases);
  while (cursor != NULL && piao_cursor_next (cursor, NULL))
    set_state (world->truth, piao_cursor_int (cursor, 0), piao_cursor_text (cursor, 1));
  piao_ledger_read_head (db, &world->truth->seen, NULL, NULL);
}
