/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * DESIGN: the replica's own code without its threads: the same calls in the same transactions, on a
 * disk that loses its power in the middle of a write. A power cut frees the connection at once;
 * sim_desk_tend() starts the desktop anew when nobody stands on its stack any more.
 */

#include "config.h"

#include <sqlite3.h>

#include "base/piao-error.h"
#include "store/piao-outbox-private.h"
#include "sync/piao-sync-again.h"
#include "store/piao-schema.h"
#include "tests/sim/sim-call.h"
#include "tests/sim/sim-check.h"
#include "tests/sim/sim-desk.h"
#include "tests/sim/sim-line.h"
#include "tests/sim/sim-town.h"

/* A commit of a scan makes about so many calls; most of the cuts fall inside of it. */
#define CALLS_OF_A_COMMIT 40

#define FILE_NAME "replica.db"

PIAO_STATEMENT (desk_sent, "SELECT args FROM outbox WHERE id = $1");

void
sim_desk_set_clock (SimDesk *self)
{
  piao_clock_set (self->clock, MAX (self->world->now + self->skew, 1000));
}

/* --- the power ------------------------------------------------------------------------------- */

static void
go_dark (SimDesk *self)
{
  if (self->worker != NULL)
    {
      piao_gateway_worker_close (self->worker);
      sim_line_cut (self->line);
      g_clear_object (&self->worker);
      g_clear_object (&self->line);
    }
  g_clear_pointer (&self->db, piao_db_free);
  sim_call_end (self);
  piao_id_source_clear (&self->ids);
}

/* After a step: whether the power is still on. */
static gboolean
survives (SimDesk *self)
{
  SimCounts *counts = &self->world->counts;

  if (piao_shim_disk_is_down (self->disk))
    {
      counts->desk_crashes++;
      if (piao_shim_disk_was_in_transaction (self->disk))
        counts->inside++;
      sim_note (self->world, self->who, "power cut");
      go_dark (self);
      return FALSE;
    }
  if (piao_shim_disk_has_struck (self->disk))
    {
      counts->disk_faults++;
      sim_note (self->world, self->who, "disk fault");
    }
  piao_shim_disk_arm (self->disk, PIAO_SHIM_HEALTHY, 1);
  return TRUE;
}

void
sim_desk_cut (SimDesk *self)
{
  if (self->db == NULL)
    return;
  piao_shim_disk_cut (self->disk);
  survives (self);
}

/* Before a step: what will befall it. */
static void
endanger (SimDesk *self)
{
  static const PiaoShimFault faults[]
      = { PIAO_SHIM_ERROR_ONCE, PIAO_SHIM_READ_ONCE, PIAO_SHIM_FULL };
  const SimPlan *plan = &self->world->plan;
  guint64 nth = (guint64)sim_random_range (&self->chance, 1, CALLS_OF_A_COMMIT);

  if (self->world->calm)
    return;
  if (sim_random_chance (&self->chance, plan->desk_crash))
    piao_shim_disk_arm (self->disk, PIAO_SHIM_CRASH, nth);
  else if (sim_random_chance (&self->chance, plan->disk))
    piao_shim_disk_arm (self->disk, faults[nth % G_N_ELEMENTS (faults)], nth / 3 + 1);
}

/* --- starting -------------------------------------------------------------------------------- */

static DexFuture *
run_for_worker (const char *command, JsonObject *args, gpointer data)
{
  SimDesk *self = data;
  GError *error = NULL;

  if (sim_desk_run (self, command, args, NULL, NULL, NULL, &error))
    return dex_future_new_true ();
  return dex_future_new_for_error (error);
}

static DexFuture *
read_for_worker (PiaoReplicaFunc func, gpointer func_data, GDestroyNotify destroy, gpointer data)
{
  SimDesk *self = data;
  DexFuture *future = NULL;
  GError *error = NULL;

  if (self->db == NULL)
    error = piao_error_new (PIAO_ERROR_UNAVAILABLE, "replica.closed", "no power");
  else if (piao_db_begin_read (self->db, &error))
    {
      future = func (self->db, func_data);
      piao_db_rollback (self->db);
    }
  if (destroy != NULL)
    destroy (func_data);
  return error != NULL ? dex_future_new_for_error (error) : future;
}

static void
wake_worker (gint64 at, gpointer data)
{
  SimDesk *self = data;
  g_autofree char *executor = g_strdup_printf ("device:%u", self->device);

  /* Its clock is not the one of the world. */
  if (self->db != NULL && sim_line_has_work (self->db, executor))
    sim_line_wake (self->world, self->index, at - self->skew);
}

static gint64
get_steady (gpointer data)
{
  return ((SimDesk *)data)->world->now;
}

static void
start_worker (SimDesk *self)
{
  PiaoGatewayBackend backend = { run_for_worker, read_for_worker, self, wake_worker, get_steady };
  g_autofree char *executor = g_strdup_printf ("device:%u", self->device);
  PiaoGatewayRules rules = sim_line_get_rules (self->world);

  self->line = sim_line_new (self->world, self->index);
  self->worker = piao_gateway_worker_new (executor, self->line, &rules, &backend, self->clock,
                                          sim_line_get_random (self->world));
  piao_gateway_worker_start (self->worker);
}

PIAO_STATEMENT (sim_cursors, "SELECT COUNT(*) FROM cursor");

static gboolean
has_cursor (PiaoDb *db)
{
  gint64 n = 0;

  return piao_db_query_int (db, &sim_cursors, 0, &n, NULL, "") && n > 0;
}

static gboolean
open_replica (SimDesk *self, GError **error)
{
  g_autofree char *path = piao_shim_disk_path (self->disk, FILE_NAME);
  gint64 last = 0;

  sim_desk_set_clock (self);
  self->db = piao_db_open (path, PIAO_DB_READ_WRITE, error);
  if (self->db == NULL || !piao_schema_migrate (self->db, PIAO_SCHEMA_REPLICA, error)
      || !piao_outbox_get_last_id (self->db, &last, error))
    return FALSE;
  piao_id_source_init (&self->ids, self->clock, self->device, last);
  sqlite3_wal_checkpoint_v2 (piao_db_get_sqlite (self->db), NULL, SQLITE_CHECKPOINT_PASSIVE, NULL,
                             NULL);
  self->life++;
  /* That all is to be fetched anew may have been the last thing before the power went. */
  if (piao_sync_again_is_first (self->db) || !has_cursor (self->db))
    self->whole = self->complete = FALSE;
  return TRUE;
}

void
sim_desk_tend (SimDesk *self)
{
  g_autoptr (GError) error = NULL;
  PiaoShimImage image;

  if (self->db != NULL || self->gone)
    return;
  image = (PiaoShimImage)sim_random_range (&self->chance, 0, PIAO_SHIM_N_IMAGES - 1);
  if (self->life > 0)
    piao_shim_disk_recover (self->disk, image, sim_random_next (&self->chance));
  if (!open_replica (self, &error))
    {
      sim_fail_error (self->world, 11, "A desktop does not start any more", error);
      return;
    }
  sim_note (self->world, self->who, "started, disk image %d", image);
  sim_check_survival (self);
  if (sim_town_lane_of_desk (self->index) == SIM_LANE_B)
    start_worker (self);
  sim_call_start (self);
}

void
sim_desk_wipe (SimDesk *self)
{
  sim_note (self->world, self->who, "revoked: wiped");
  self->gone = TRUE;
  go_dark (self);
}

/* --- work ------------------------------------------------------------------------------------ */

gboolean
sim_desk_write (SimDesk *self, SimDeskFunc func, gpointer data, GError **error)
{
  gboolean done = FALSE;

  if (self->db == NULL)
    return piao_error_set (error, PIAO_ERROR_UNAVAILABLE, "replica.closed", "no power");
  endanger (self);
  if (piao_db_begin (self->db, error))
    {
      done = func (self->db, data, error);
      if (done)
        done = piao_db_commit (self->db, error);
      else if (piao_db_in_transaction (self->db))
        piao_db_rollback (self->db);
    }
  survives (self);
  return done;
}

/* Moves the WAL into the file, as the writer of a replica does when it is idle. */
static void
tidy (SimDesk *self)
{
  if (self->db == NULL || !sim_random_chance (&self->chance, 60))
    return;
  endanger (self);
  sqlite3_wal_checkpoint_v2 (piao_db_get_sqlite (self->db), NULL, SQLITE_CHECKPOINT_PASSIVE, NULL,
                             NULL);
  survives (self);
}

typedef struct
{
  SimDesk *desk;
  const char *name;
  const char *args;
  PiaoContext context;
  SimDeskFunc also;
  gpointer data;
  char *sent; /* @args as they will go up, with what was chosen here; owned */
} Run;

static gboolean
read_sent (PiaoDb *db, Run *run, GError **error)
{
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &desk_sent, &inner, "i", run->context.command);

  if (piao_cursor_next (cursor, &inner))
    g_set_str (&run->sent, piao_cursor_text (cursor, 0));
  if (inner == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

static gboolean
run_command (PiaoDb *db, gpointer data, GError **error)
{
  Run *run = data;

  return piao_outbox_run (run->desk->world->registry, db, &run->context, run->name, run->args,
                          error)
         && read_sent (db, run, error) && (run->also == NULL || run->also (db, run->data, error));
}

gboolean
sim_desk_run (SimDesk *self,
              const char *name,
              JsonObject *args,
              SimDeskFunc also,
              gpointer data,
              gint64 *id,
              GError **error)
{
  g_autoptr (JsonObject) held = args;
  g_autofree char *text = piao_json_object_to_text (args);
  Run run = { self, name, text, { 0 }, also, data, NULL };
  g_autofree char *sent = NULL;
  gboolean done;
  SimBeep beep;

  if (self->db == NULL)
    return piao_error_set (error, PIAO_ERROR_UNAVAILABLE, "replica.closed", "no power");
  sim_desk_set_clock (self);
  run.context.command = piao_id_source_take (&self->ids, PIAO_ID_PER_COMMAND);
  run.context.at = piao_clock_now (self->clock);
  run.context.actor = self->user;
  run.context.device = self->device;
  run.context.side = PIAO_SIDE_DESKTOP;
  done = sim_desk_write (self, run_command, &run, error);
  sent = run.sent;
  if (!done)
    return FALSE;
  beep = (SimBeep){ run.context.command, g_str_hash (name),
                    g_str_hash (sent != NULL ? sent : text) };
  g_array_append_val (self->beeps, beep);
  self->world->counts.acts++;
  sim_note (self->world, self->who, "%s %s", name, text);
  if (id != NULL)
    *id = run.context.command;
  if (self->worker != NULL)
    piao_gateway_worker_nudge (self->worker);
  tidy (self);
  sim_call_commit (self);
  return TRUE;
}

/* --- life ------------------------------------------------------------------------------------ */

SimDesk *
sim_desk_new (SimWorld *world, guint index)
{
  SimDesk *self = g_new0 (SimDesk, 1);

  self->world = world;
  self->index = index;
  self->device = SIM_FIRST_DEVICE + index;
  self->user = SIM_FIRST_USER + index;
  g_snprintf (self->who, sizeof self->who, "desk %u", index);
  self->random = sim_random_new (world->seed, 100 + index);
  self->chance = sim_random_new (world->seed, 200 + index);
  self->clock = piao_clock_new_manual (world->now);
  self->disk = piao_shim_disk_new (self->who);
  self->beeps = g_array_new (FALSE, FALSE, sizeof (SimBeep));
  self->grants = g_array_new (FALSE, FALSE, sizeof (gint64));
  sim_town_put_replica (world->registry, world->start, self->disk);
  return self;
}

void
sim_desk_free (SimDesk *self)
{
  if (self->db != NULL)
    go_dark (self);
  g_array_unref (self->beeps);
  g_array_unref (self->grants);
  g_clear_pointer (&self->disk, piao_shim_disk_free);
  g_clear_object (&self->clock);
  g_free (self);
}
