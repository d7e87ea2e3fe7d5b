/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "base/piao-error.h"
#include "print/piao-spool.h"
#include "store/piao-replica.h"
#include "tests/sim/sim-call.h"
#include "tests/sim/sim-case.h"
#include "tests/sim/sim-check.h"
#include "tests/sim/sim-clerk.h"
#include "tests/sim/sim-town.h"

#define MOST_OPEN 5

PIAO_STATEMENT (
    clerk_orders,
    "SELECT id, state FROM orders WHERE warehouse_id = $1 AND deleted = 0"
    " AND (state IN ('pending_outbound', 'on_hold', 'picking', 'checked', 'held_for_ilms')"
    " OR (state = 'ready_to_ship' AND NOT EXISTS (SELECT 1 FROM parcel WHERE"
    " parcel.order_id = orders.id AND parcel.closed_at > 0))"
    " OR (state = 'submitted' AND $2 = 1)) ORDER BY id");
PIAO_STATEMENT (clerk_missing,
                "SELECT id, ticket_type_id FROM order_line WHERE order_id = $1"
                " AND scanned + short < packs AND deleted = 0 ORDER BY n");
PIAO_STATEMENT (clerk_line, "SELECT id FROM order_line WHERE order_id = $1 ORDER BY n LIMIT 1");
PIAO_STATEMENT (clerk_free_pack,
                "SELECT code FROM pack WHERE warehouse_id = $1 AND ticket_type_id = $2"
                " AND state = 'in_stock' ORDER BY id LIMIT 1 OFFSET $3");
PIAO_STATEMENT (clerk_any_pack, "SELECT code FROM pack ORDER BY id LIMIT 1 OFFSET $1");
PIAO_STATEMENT (clerk_taken_pack,
                "SELECT code FROM pack WHERE warehouse_id = $1 AND state = 'reserved'"
                " AND ticket_type_id IN (SELECT ticket_type_id FROM order_line"
                " WHERE order_id = $2 AND scanned + short < packs)"
                " AND order_id <> $2 ORDER BY id LIMIT 1");
PIAO_STATEMENT (clerk_own_pack, "SELECT code FROM pack WHERE order_id = $1 ORDER BY id LIMIT 1");
PIAO_STATEMENT (clerk_parcel,
                "SELECT parcel.id, parcel.label_copies, orders.number FROM parcel"
                " JOIN orders ON orders.id = parcel.order_id WHERE parcel.order_id = $1"
                " AND parcel.closed_at = 0 ORDER BY parcel.n LIMIT 1");
PIAO_STATEMENT (clerk_refused,
                "SELECT id FROM outbox WHERE state = 'refused' AND decided = 1 ORDER BY dseq"
                " LIMIT 1");

typedef struct
{
  gint64 id;
  const char *state; /* interned */
  SimDesk *desk;
} Order;

static void
act (SimDesk *desk, const char *name, JsonObject *args, SimDeskFunc also, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (sim_desk_run (desk, name, args, also, data, NULL, &error))
    return;
  desk->world->counts.refusals++;
  sim_note (desk->world, desk->who, "%s: %s", name, piao_error_get_reason (error));
}

void
sim_clerk_act (SimDesk *desk, const char *name, JsonObject *args)
{
  act (desk, name, args, NULL, NULL);
}

static void
act_on (SimDesk *desk, const char *name, gint64 order)
{
  act (desk, name, piao_json_build ("order", 'd', order, NULL), NULL, NULL);
}

static void
act_with_reason (SimDesk *desk, const char *name, gint64 order)
{
  act (desk, name,
       piao_json_build ("order", 'd', order, "reason", 's', "other", "note", 's', "sim", NULL),
       NULL, NULL);
}

/* --- taking orders --------------------------------------------------------------------------- */

static void
submit (SimDesk *desk)
{
  SimRandom *random = &desk->random;
  gint64 place = sim_town_lane_of_desk (desk->index) == SIM_LANE_A ? 0 : 1;
  gint64 outlet
      = SIM_FIRST_OUTLET + sim_random_range (random, 0, SIM_N_OUTLETS / 2 - 1) * 2 + place;
  gint64 first = sim_random_range (random, 0, SIM_N_TYPES - 1);
  guint n = sim_random_chance (random, 300) ? 2 : 1;
  JsonArray *lines = json_array_new ();

  for (guint i = 0; i < n; i++)
    json_array_add_object_element (
        lines, piao_json_build ("ticket_type", 'd', SIM_FIRST_TYPE + (first + i) % SIM_N_TYPES,
                                "packs", 'i', sim_random_range (random, 1, 3), NULL));
  act (desk, "order.submit",
       piao_json_build ("outlet", 'd', outlet, "source", 's', "phone", "identity_checked", 'b',
                        TRUE, "note", 's', "sim", "lines", 'a', lines, NULL),
       NULL, NULL);
}

static void
amend (SimDesk *desk, gint64 order)
{
  gint64 line = 0;

  piao_db_query_int (desk->db, &clerk_line, 0, &line, NULL, "i", order);
  act (desk, "order.amend",
       piao_json_build ("order", 'd', order, "line", 'd', line, "packs", 'i',
                        sim_random_range (&desk->random, 1, 3), "reason", 's', "phone", NULL),
       NULL, NULL);
}

/* --- picking --------------------------------------------------------------------------------- */

static void
scan (SimDesk *desk, gint64 order, const char *code)
{
  if (code != NULL)
    act (desk, "order.scan", piao_json_build ("order", 'd', order, "pack", 's', code, NULL), NULL,
         NULL);
}

static void
scan_right (SimDesk *desk, gint64 order, gint64 type)
{
  g_autofree char *code = NULL;

  piao_db_query_text (desk->db, &clerk_free_pack, &code, NULL, "iii",
                      sim_town_warehouse_of_desk (desk->index), type,
                      sim_random_range (&desk->random, 0, 2));
  scan (desk, order, code);
}

/* A pack of another type or place, one that is on this or another order already, or no pack at all.
 */
static void
scan_wrong (SimDesk *desk, gint64 order)
{
  g_autofree char *code = NULL;
  gint64 dice = sim_random_range (&desk->random, 0, 4);

  if (dice == 0)
    piao_db_query_text (desk->db, &clerk_own_pack, &code, NULL, "i", order);
  else if (dice == 4)
    piao_db_query_text (desk->db, &clerk_taken_pack, &code, NULL, "ii",
                        sim_town_warehouse_of_desk (desk->index), order);
  else if (dice == 1)
    code = g_strdup ("J0009-00001-0000001");
  else
    piao_db_query_text (desk->db, &clerk_any_pack, &code, NULL, "i",
                        sim_random_range (&desk->random, 0, SIM_N_TYPES * SIM_N_PACKS - 1));
  scan (desk, order, code);
}

/* The first line that still misses packs; FALSE when the order is complete. */
static gboolean
find_missing (SimDesk *desk, gint64 order, gint64 *line, gint64 *type)
{
  g_autoptr (PiaoCursor) cursor = piao_db_query (desk->db, &clerk_missing, NULL, "i", order);

  if (cursor == NULL || !piao_cursor_next (cursor, NULL))
    return FALSE;
  *line = piao_cursor_int (cursor, 0);
  *type = piao_cursor_int (cursor, 1);
  return TRUE;
}

static void
pick (SimDesk *desk, gint64 order)
{
  gint64 dice = sim_random_range (&desk->random, 0, 99);
  gint64 line = 0, type = 0;
  gboolean missing = find_missing (desk, order, &line, &type);

  if (dice < 4)
    act_on (desk, "order.undo", order);
  else if (dice < 7)
    act_on (desk, "order.release", order);
  else if (dice < 9)
    act_with_reason (desk, "order.hold", order);
  else if (dice < 20)
    scan_wrong (desk, order);
  else if (dice < 23)
    act_on (desk, "order.open_pick", order);
  else if (missing && dice < 27)
    act (desk, "order.short",
         piao_json_build ("order", 'd', order, "line", 'd', line, "reason", 's', "missing", NULL),
         NULL, NULL);
  else if (missing)
    scan_right (desk, order, type);
  else
    act (desk, "order.check", piao_json_build ("order", 'd', order, "intact", 'b', TRUE, NULL),
         NULL, NULL);
}

/* --- leaving --------------------------------------------------------------------------------- */

typedef struct
{
  SimDesk *desk;
  gint64 order;
  gint64 parcel;
} Label;

static gboolean
queue_label (PiaoDb *db, gpointer data, GError **error)
{
  const Label *label = data;
  g_autoptr (GBytes) bytes = g_bytes_new_static ("^XA^XZ", 6);
  PiaoSpoolJob job = { .kind = (char *)"label",
                       .template_name = (char *)"parcel",
                       .order_id = label->order,
                       .parcel_id = label->parcel,
                       .copy = 1,
                       .name = (char *)"sim",
                       .data = (char *)"{}",
                       .printer = (char *)"sim",
                       .format = (char *)"zpl",
                       .bytes = bytes };

  return piao_spool_enqueue (db, &job, piao_clock_now (label->desk->clock), NULL, error);
}

static void
send_off (SimDesk *desk, gint64 order)
{
  g_autoptr (PiaoCursor) cursor = piao_db_query (desk->db, &clerk_parcel, NULL, "i", order);
  Label label = { desk, order, 0 };
  g_autofree char *number = NULL;
  gint64 copies;

  if (cursor == NULL || !piao_cursor_next (cursor, NULL))
    return;
  label.parcel = piao_cursor_int (cursor, 0);
  copies = piao_cursor_int (cursor, 1);
  number = g_strdup (piao_cursor_text (cursor, 2));
  g_clear_pointer (&cursor, piao_cursor_free);
  if (copies == 0 || sim_random_chance (&desk->random, 50))
    {
      act (desk, "label.issue", piao_json_build ("parcel", 'd', label.parcel, NULL), queue_label,
           &label);
      sim_check_labels (desk);
    }
  else
    act (desk, "parcel.close",
         piao_json_build ("parcel", 'd', label.parcel, "code", 's', number, NULL), NULL, NULL);
}

/* --- the next thing -------------------------------------------------------------------------- */

static GArray *
list_orders (SimDesk *desk)
{
  GArray *orders = g_array_new (FALSE, FALSE, sizeof (Order));
  g_autoptr (PiaoCursor) cursor
      = piao_db_query (desk->db, &clerk_orders, NULL, "ii",
                       sim_town_warehouse_of_desk (desk->index),
                       (gint64)(sim_random_chance (&desk->random, 50) ? 1 : 0));

  while (cursor != NULL && piao_cursor_next (cursor, NULL))
    {
      Order order
          = { piao_cursor_int (cursor, 0), g_intern_string (piao_cursor_text (cursor, 1)), desk };

      g_array_append_val (orders, order);
    }
  return orders;
}

static void
act_on_state (SimDesk *desk, const Order *order)
{
  gint64 dice = sim_random_range (&desk->random, 0, 99);

  if (g_str_equal (order->state, "pending_outbound"))
    {
      if (dice < 85)
        act_on (desk, "order.open_pick", order->id);
      else if (dice < 92)
        amend (desk, order->id);
      else
        act_with_reason (desk, dice < 96 ? "order.hold" : "order.refuse", order->id);
    }
  else if (g_str_equal (order->state, "picking"))
    pick (desk, order->id);
  else if (g_str_equal (order->state, "checked"))
    {
      if (dice < 90)
        act (desk, "order.confirm",
             piao_json_build ("order", 'd', order->id, "online", 'b', dice < 60, NULL), NULL, NULL);
      else
        act_on (desk, "order.back", order->id);
    }
  else if (g_str_equal (order->state, "held_for_ilms") && dice < 30)
    send_off (desk, order->id);
  else if (g_str_equal (order->state, "held_for_ilms"))
    act_on (desk, "order.reconnect", order->id);
  else if (g_str_equal (order->state, "on_hold"))
    {
      if (dice < 60)
        act_on (desk, "order.retry", order->id);
      else if (dice < 80)
        act_with_reason (desk, "order.refuse", order->id);
      else
        amend (desk, order->id);
    }
  else if (g_str_equal (order->state, "ready_to_ship"))
    send_off (desk, order->id);
  else if (dice < 30)
    act_with_reason (desk, "order.refuse", order->id);
}

PIAO_STATEMENT (clerk_scanned, "SELECT scanned FROM orders WHERE id = $1");

/* An owner has called, and the order is ended in whatever way there is. */
static void
call_off (gpointer data)
{
  const Order *order = data;
  SimDesk *desk = order->desk;
  gint64 scanned = -1;

  if (desk->world->calm || desk->gone || desk->db == NULL)
    return;
  piao_db_query_int (desk->db, &clerk_scanned, -1, &scanned, NULL, "i", order->id);
  if (scanned == 0)
    act_with_reason (desk, "order.refuse", order->id);
  else if (scanned > 0)
    sim_case_report (desk, order->id);
}

void
sim_clerk_call_off (SimDesk *desk, gint64 order, gint64 delay)
{
  Order *off = g_new0 (Order, 1);

  off->id = order;
  off->desk = desk;
  sim_call_wake (desk, delay + PIAO_MINUTE);
  sim_later (desk->world, delay, call_off, off, g_free);
}

static void
go_on (gpointer data)
{
  SimDesk *desk = data;

  if (desk->world->calm || desk->gone || desk->db == NULL)
    return;
  sim_call_wake (desk, 5 * PIAO_MINUTE);
  sim_case_go_on (desk);
}

void
sim_clerk_go_on (SimDesk *desk, gint64 delay)
{
  sim_later (desk->world, delay, go_on, desk, NULL);
}

static gboolean
discard (PiaoDb *db, gpointer data, GError **error)
{
  return piao_outbox_discard (db, *(gint64 *)data, "done by hand", error);
}

/* A person deals with what was refused. */
static void
clear_up (SimDesk *desk)
{
  gint64 id = 0;

  if (piao_db_query_int (desk->db, &clerk_refused, 0, &id, NULL, "") && id != 0)
    sim_desk_write (desk, discard, &id, NULL);
}

static void
work (SimDesk *desk)
{
  g_autoptr (GArray) orders = list_orders (desk);

  if (sim_random_chance (&desk->random, 20))
    clear_up (desk);
  else if (sim_random_chance (&desk->random, 250) && sim_case_go_on (desk))
    return;
  else if (orders->len > 0 && sim_random_chance (&desk->random, 40))
    sim_case_report (desk, g_array_index (orders, Order, 0).id);
  else if (orders->len == 0 || (orders->len < MOST_OPEN && sim_random_chance (&desk->random, 150)))
    submit (desk);
  else
    act_on_state (desk, &g_array_index (orders, Order,
                                        sim_random_range (&desk->random, 0, orders->len - 1)));
}

/* --- the manager ----------------------------------------------------------------------------- */

static JsonArray *
one_field (const char *column, const char *type, gint64 number, const char *text)
{
  JsonArray *set = json_array_new ();
  JsonObject *item = piao_json_build ("column", 's', column, NULL);

  if (text != NULL)
    json_object_set_string_member (item, type, text);
  else if (g_str_equal (type, "ref"))
    piao_json_set_id (item, "ref", number);
  else
    json_object_set_int_member (item, type, number);
  json_array_add_object_element (set, item);
  return set;
}

/* Outlets change their address, and sometimes the prefecture. */
static void
manage (SimDesk *desk)
{
  SimRandom *random = &desk->random;
  gint64 outlet = SIM_FIRST_OUTLET + sim_random_range (random, 0, SIM_N_OUTLETS - 1);
  g_autofree char *text = g_strdup_printf ("路 %d 号", (int)sim_random_range (random, 1, 999));
  JsonArray *set = sim_random_chance (random, 150)
                       ? one_field ("warehouse_id", "ref",
                                    SIM_WAREHOUSE_A + sim_random_range (random, 0, 1), NULL)
                       : one_field ("address", "text", 0, text);

  act (desk, "kind.save",
       piao_json_build ("kind", 's', "outlet", "id", 'd', outlet, "set", 'a', set, NULL), NULL,
       NULL);
}

/* --- the day --------------------------------------------------------------------------------- */

typedef struct
{
  SimDesk *desk;
  guint left;
} Burst;

static void
on_act (gpointer data)
{
  Burst *burst = data;
  SimDesk *desk = burst->desk;
  Burst *next;

  if (desk->world->calm || desk->gone)
    return;
  if (desk->db != NULL)
    {
      sim_call_wake (desk,
                     sim_random_chance (&desk->chance, 30)
                         ? sim_random_range (&desk->chance, PIAO_MINUTE, 20 * PIAO_MINUTE)
                         : sim_random_range (&desk->chance, 5 * PIAO_SECOND, 90 * PIAO_SECOND));
      if (sim_random_chance (&desk->random, 20))
        sim_call_hold (desk, sim_random_span (&desk->random, PIAO_MINUTE, PIAO_HOUR));
      /* Two people take turns at desk 1. */
      if (desk->index == 1 && sim_random_chance (&desk->random, 50))
        sim_call_sign_in (desk, desk->user == SIM_SPARE_USER ? SIM_FIRST_USER + 1 : SIM_SPARE_USER);
      if (desk->index == SIM_N_DESKS - 1
          && sim_random_chance (&desk->random, desk->world->plan.edit))
        manage (desk);
      else
        work (desk);
      if (desk->db != NULL && sim_random_chance (&desk->chance, desk->world->plan.desk_crash / 2))
        sim_desk_cut (desk);
    }
  if (burst->left == 0)
    return;
  next = g_new0 (Burst, 1);
  *next = (Burst){ desk, burst->left - 1 };
  sim_later (desk->world, sim_random_span (&desk->random, 3 * PIAO_SECOND, 2 * PIAO_MINUTE), on_act,
             next, g_free);
}

void
sim_clerk_add_burst (SimDesk *desk, gint64 delay)
{
  Burst *burst = g_new0 (Burst, 1);

  *burst = (Burst){ desk, (guint)sim_random_range (&desk->random, 2, desk->world->plan.acts) };
  sim_later (desk->world, delay, on_act, burst, g_free);
}

void
sim_clerk_plan (SimDesk *desk)
{
  for (guint day = 0; day < desk->world->plan.days; day++)
    {
      gint64 bursts = sim_random_range (&desk->random, 0, 2);

      for (gint64 i = 0; i < bursts; i++)
        sim_clerk_add_burst (desk,
                             day * PIAO_DAY + sim_random_range (&desk->random, 0, 12 * PIAO_HOUR));
    }
}
