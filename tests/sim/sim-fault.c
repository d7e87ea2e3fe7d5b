/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "base/piao-error.h"
#include "base/piao-json.h"
#include "tests/sim/sim-call.h"
#include "tests/sim/sim-clerk.h"
#include "tests/sim/sim-damage.h"
#include "tests/sim/sim-fault.h"
#include "tests/sim/sim-ilms.h"
#include "tests/sim/sim-line.h"
#include "tests/sim/sim-server.h"
#include "tests/sim/sim-desk.h"
#include "tests/sim/sim-town.h"

PIAO_STATEMENT (fault_revoke, "UPDATE device SET revoked = 1 WHERE number = $1");

#define CASE_STEPS 16
#define LOOK_EVERY (10 * PIAO_MINUTE)

typedef struct
{
  SimWorld *world;
  SimDesk *desk;
  gint64 id;
  gint64 length;
} Fault;

/* Faults that were planned do not come any more once the world is to come to rest. */
static gboolean
is_over (const Fault *fault)
{
  return fault->world->calm;
}

static void
plan (SimWorld *world, gint64 at, SimFunc func, SimDesk *desk, gint64 id, gint64 length)
{
  Fault *fault = g_new0 (Fault, 1);

  *fault = (Fault){ world, desk, id, length };
  sim_later (world, at, func, fault, g_free);
}

/* --- lines and clocks ------------------------------------------------------------------------ */

static void
cut_line (gpointer data)
{
  Fault *fault = data;
  SimDesk *desk = fault->desk;
  gint64 dice = sim_random_range (&fault->world->random, 0, 2);

  if (is_over (fault))
    return;
  /* Sometimes somebody sits in front of it and waits. */
  if (sim_random_chance (&fault->world->random, 300))
    sim_call_wake (desk, 10 * PIAO_MINUTE);
  if (dice != 0)
    desk->up_dead = fault->world->now + fault->length;
  if (dice != 1)
    desk->down_dead = fault->world->now + fault->length;
  sim_note (fault->world, desk->who, "no line %s for %d s",
            dice == 0   ? "down"
            : dice == 1 ? "up"
                        : "at all",
            (int)(fault->length / PIAO_SECOND));
}

static void
set_clock_right (gpointer data)
{
  ((Fault *)data)->desk->skew = 0;
}

static void
set_clock_wrong (gpointer data)
{
  Fault *fault = data;
  SimDesk *desk = fault->desk;
  SimRandom *random = &fault->world->random;
  const gint64 skews[] = { PIAO_DAY,        -PIAO_DAY,         -fault->world->now,
                           7 * PIAO_MINUTE, -40 * PIAO_SECOND, 3 * PIAO_HOUR };

  if (is_over (fault))
    return;
  desk->skew = skews[sim_random_range (random, 0, G_N_ELEMENTS (skews) - 1)];
  sim_note (fault->world, desk->who, "clock wrong by %d s", (int)(desk->skew / PIAO_SECOND));
  plan (fault->world, fault->length, set_clock_right, desk, 0, 0);
}

/* --- people and devices ---------------------------------------------------------------------- */

static gboolean
save (SimWorld *world,
      const char *kind,
      gint64 id,
      gboolean delete,
      const char *column,
      gint64 number)
{
  JsonObject *args
      = piao_json_build ("kind", 's', kind, "id", 'd', id, "delete", 'b', delete, NULL);
  g_autoptr (GError) error = NULL;

  if (column != NULL)
    {
      JsonArray *set = json_array_new ();

      json_array_add_object_element (set, piao_json_build ("column", 's', column, "number", 'i',
                                                           number, NULL));
      json_object_set_array_member (args, "set", set);
    }
  if (sim_server_run (world->server, "kind.save", args, &error))
    return TRUE;
  sim_note (world, "server", "kind.save: %s", error->message);
  return FALSE;
}

static void enable (gpointer data);

static void
set_enabled (Fault *fault, gboolean enabled)
{
  if (!save (fault->world, "user", fault->id, FALSE, "enabled", enabled ? 1 : 0) && enabled)
    plan (fault->world, 10 * PIAO_MINUTE, enable, NULL, fault->id, 0);
}

static void
enable (gpointer data)
{
  set_enabled (data, TRUE);
}

static void
disable (gpointer data)
{
  Fault *fault = data;

  if (is_over (fault))
    return;
  set_enabled (fault, FALSE);
  plan (fault->world, fault->length, enable, NULL, fault->id, 0);
}

/* A deleted row cannot be edited, so a grant that comes back is a new row. */
static void
grant (gpointer data)
{
  Fault *fault = data;
  static const struct
  {
    const char *column;
    const char *type;
  } fields[] = { { "user_id", "ref" }, { "role_id", "ref" }, { "granted_lane", "number" } };
  const gint64 values[] = { fault->id, fault->id == SIM_FIRST_USER + 3 ? 2 : 1,
                            fault->id == SIM_FIRST_USER + 3 ? SIM_LANE_B : SIM_LANE_A };
  JsonArray *set = json_array_new ();
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      JsonObject *item = piao_json_build ("column", 's', fields[i].column, NULL);

      if (g_str_equal (fields[i].type, "ref"))
        piao_json_set_id (item, "ref", values[i]);
      else
        json_object_set_int_member (item, "number", values[i]);
      json_array_add_object_element (set, item);
    }
  if (!sim_server_run (fault->world->server, "kind.save",
                       piao_json_build ("kind", 's', "user_role", "set", 'a', set, NULL), &error))
    plan (fault->world, 10 * PIAO_MINUTE, grant, NULL, fault->id, 0);
}

PIAO_STATEMENT (fault_find_grant,
                "SELECT id FROM user_role WHERE user_id = $1 AND granted_lane = $2"
                " AND deleted = 0 ORDER BY id LIMIT 1");

static void
take_grant (gpointer data)
{
  Fault *fault = data;
  gint64 lane = fault->id == SIM_FIRST_USER + 3 ? SIM_LANE_B : SIM_LANE_A;
  gint64 id = 0;

  if (is_over (fault) || fault->world->server->db == NULL)
    return;
  piao_db_query_int (fault->world->server->db, &fault_find_grant, 0, &id, NULL, "ii", fault->id,
                     lane);
  if (id != 0 && save (fault->world, "user_role", id, TRUE, NULL, 0))
    plan (fault->world, fault->length, grant, NULL, fault->id, 0);
}

static void
damage (gpointer data)
{
  Fault *fault = data;

  if (!is_over (fault))
    sim_damage_do (fault->desk);
}

static void
revoke_device (gpointer data)
{
  Fault *fault = data;

  if (is_over (fault) || fault->world->server->db == NULL)
    return;
  sim_note (fault->world, "server", "%s is revoked", fault->desk->who);
  piao_db_exec (fault->world->server->db, &fault_revoke, NULL, "i", (gint64)fault->desk->device);
}

/* --- the server and ILMS --------------------------------------------------------------------- */

PIAO_STATEMENT (fault_forgotten,
                "SELECT id FROM orders WHERE number = $1 AND warehouse_id = $2"
                " AND confirm_no IS NULL");

/* The order @number is debited and looks as if nobody had touched it: its owner calls it off with a
 * clerk whose desktop is back before the one that confirmed it. */
static void
call_off (SimWorld *world, const char *number)
{
  SimDesk *desk = world->desks[sim_random_chance (&world->random, 500) ? 1 : 3];
  gint64 order = 0;

  piao_db_query_int (world->server->db, &fault_forgotten, 0, &order, NULL, "si", number,
                     (gint64)SIM_WAREHOUSE_A);
  if (order == 0 || !sim_random_chance (&world->random, 700))
    return;
  sim_note (world, desk->who, "order %s, debited and forgotten, will be called off", number);
  sim_call_hold (world->desks[0], 6 * PIAO_HOUR);
  sim_clerk_call_off (desk, order,
                      sim_random_range (&world->random, PIAO_MINUTE, 20 * PIAO_MINUTE));
  /* What becomes a case is brought to its end by two people. */
  for (guint i = 0; i < CASE_STEPS; i++)
    sim_clerk_go_on (world->desks[i % 2 == 0 ? 1 : 3], 21 * PIAO_MINUTE + i * 8 * PIAO_MINUTE);
}

static void
restore (gpointer data)
{
  Fault *fault = data;
  SimWorld *world = fault->world;
  g_autoptr (JsonArray) debits = NULL;

  if (is_over (fault))
    return;
  sim_server_restore (world->server);
  debits = piao_sandbox_get_rows (world->ilms->store,
                                  "SELECT order_no FROM debit ORDER BY order_no", "");
  for (guint i = 0; world->server->db != NULL && i < json_array_get_length (debits); i++)
    call_off (world, piao_json_get_text (piao_json_array_get_object (debits, i), "order_no", ""));
}

static gint64
count_debits (const SimWorld *world)
{
  return piao_sandbox_get_int (world->ilms->store, 0, "SELECT count (*) FROM debit", "");
}

/* Until the backup lacks a debit; not for ever. */
static void
await_debit (gpointer data)
{
  Fault *fault = data;

  if (is_over (fault))
    return;
  if (count_debits (fault->world) > fault->id || fault->length <= 0)
    restore (fault);
  else
    plan (fault->world, LOOK_EVERY, await_debit, NULL, fault->id, fault->length - LOOK_EVERY);
}

/* What ILMS does after the backup is news to the server that comes back. */
static void
back_up (gpointer data)
{
  Fault *fault = data;

  if (is_over (fault) || fault->world->server->db == NULL)
    return;
  sim_server_back_up (fault->world->server);
  /* What is done meanwhile is what the backup lacks. */
  for (guint i = 0; i < SIM_N_DESKS; i++)
    if (sim_random_chance (&fault->world->random, 600))
      sim_clerk_add_burst (fault->world->desks[i],
                           sim_random_range (&fault->world->random, 0, fault->length));
  if (sim_random_chance (&fault->world->random, 500))
    plan (fault->world, LOOK_EVERY, await_debit, NULL, count_debits (fault->world), 2 * PIAO_DAY);
  else
    plan (fault->world, fault->length, restore, NULL, 0, 0);
}

static void
close_ilms (gpointer data)
{
  Fault *fault = data;

  if (is_over (fault))
    return;
  sim_note (fault->world, "ILMS", "down for %d s", (int)(fault->length / PIAO_SECOND));
  fault->world->ilms->down_until = fault->world->now + fault->length;
}

static void
crash_server (gpointer data)
{
  Fault *fault = data;

  if (!is_over (fault))
    sim_server_crash (fault->world->server, fault->id != 0);
}

/* --- the plan -------------------------------------------------------------------------------- */

static void
plan_desk_day (SimWorld *world, SimDesk *desk, gint64 day)
{
  SimRandom *random = &world->random;
  gint64 at = day + sim_random_range (random, 0, PIAO_DAY - 1);

  if (sim_random_chance (random, world->plan.partition))
    plan (world, at, cut_line, desk, 0, sim_random_span (random, PIAO_MINUTE, 4 * PIAO_DAY));
  if (sim_random_chance (random, world->plan.jump))
    plan (world, at, set_clock_wrong, desk, 0,
          sim_random_span (random, 10 * PIAO_MINUTE, PIAO_DAY));
}

static void
plan_day (SimWorld *world, gint64 day)
{
  SimRandom *random = &world->random;
  static const gint64 users[] = { SIM_FIRST_USER + 3, SIM_FIRST_USER + 1, SIM_SPARE_USER };
  gint64 at = day + sim_random_range (random, 0, PIAO_DAY - 1);

  for (guint i = 0; i < SIM_N_DESKS; i++)
    plan_desk_day (world, world->desks[i], day);
  if (sim_random_chance (random, world->plan.grant))
    plan (world, at, sim_random_chance (random, 300) ? disable : take_grant, NULL,
          users[sim_random_range (random, 0, G_N_ELEMENTS (users) - 1)],
          sim_random_span (random, PIAO_HOUR, PIAO_DAY));
  if (sim_random_chance (random, world->plan.restore))
    plan (world, at, back_up, NULL, 0, sim_random_span (random, PIAO_MINUTE, 2 * PIAO_DAY));
  if (sim_random_chance (random, world->plan.ilms_down))
    plan (world, at, close_ilms, NULL, 0, sim_random_span (random, PIAO_MINUTE, 5 * PIAO_HOUR));
  if (sim_random_chance (random, world->plan.server_crash * 4))
    plan (world, day + sim_random_range (random, 0, PIAO_DAY - 1), crash_server, NULL,
          sim_random_range (random, 0, 1), 0);
}

/* Of a chance of its own: the world takes the course that it takes without. */
static void
plan_damage (SimWorld *world, gint64 day)
{
  for (guint i = 0; i < SIM_N_DESKS; i++)
    if (sim_random_chance (&world->harm, world->plan.damage))
      plan (world, day + sim_random_range (&world->harm, 0, PIAO_DAY - 1), damage, world->desks[i],
            0, 0);
}

void
sim_fault_plan (SimWorld *world)
{
  for (guint day = 0; day < world->plan.days; day++)
    {
      plan_day (world, day * PIAO_DAY);
      plan_damage (world, day * PIAO_DAY);
    }
  if (sim_random_chance (&world->random, world->plan.revoke))
    plan (world, sim_random_range (&world->random, PIAO_DAY, world->plan.days * PIAO_DAY),
          revoke_device, world->desks[0], 0, 0);
}
