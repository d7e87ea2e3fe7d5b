/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * DESIGN: what the executor and the route of /v1/sync do around the ledger, without their threads
 * and sockets: the same calls in the same transactions.
 */

#include "config.h"

#include <sqlite3.h>

#include "base/piao-error.h"
#include "store/piao-schema.h"
#include "sync/piao-epoch.h"
#include "sync/piao-serve.h"
#include "sync/piao-sync-core.h"
#include "tests/sim/sim-call.h"
#include "tests/sim/sim-check.h"
#include "tests/sim/sim-desk.h"
#include "tests/sim/sim-line.h"
#include "tests/sim/sim-server.h"
#include "tests/sim/sim-town.h"

#define NUMBERS_LOW 250
#define CALLS_OF_A_COMMIT 60
#define MAX_PAGES (256 * 1024)
#define FILE_NAME "server.db"

PIAO_STATEMENT (sim_see_device,
                "UPDATE device SET last_seen = $2, skew = $3, user_id = $4 WHERE number = $1");
PIAO_STATEMENT (sim_is_revoked, "SELECT revoked FROM device WHERE number = $1");
PIAO_STATEMENT (sim_is_enabled, "SELECT enabled FROM users WHERE id = $1");
PIAO_STATEMENT (sim_numbers,
                "SELECT COALESCE (SUM (last - next + 1), 0) FROM number_block"
                " WHERE warehouse_id = $1 AND device = $2 AND deleted = 0");
PIAO_STATEMENT (sim_epoch_at, "SELECT epoch_at FROM head WHERE one = 1");

/* --- the power ------------------------------------------------------------------------------- */

static void
go_down (SimServer *self)
{
  if (self->worker != NULL)
    {
      piao_gateway_worker_close (self->worker);
      sim_line_cut (self->line);
      g_clear_object (&self->worker);
      g_clear_object (&self->line);
    }
  g_clear_pointer (&self->db, piao_db_free);
  g_clear_pointer (&self->pages, piao_pages_free);
  piao_id_source_clear (&self->ids);
  self->up_at
      = self->world->now
        + (self->world->calm ? PIAO_SECOND
                             : sim_random_span (&self->chance, PIAO_SECOND, 20 * PIAO_MINUTE));
  self->world->counts.server_crashes++;
}

void
sim_server_crash (SimServer *self, gboolean power)
{
  if (self->db == NULL)
    return;
  sim_note (self->world, "server", "%s", power ? "power cut" : "killed");
  piao_shim_disk_cut (self->disk);
  go_down (self);
  /* What a killed program has written is in the hands of the system. */
  if (!power)
    piao_shim_disk_recover (self->disk, PIAO_SHIM_KEEP, 0);
}

static gboolean
survives (SimServer *self)
{
  if (piao_shim_disk_is_down (self->disk))
    {
      if (piao_shim_disk_was_in_transaction (self->disk))
        self->world->counts.inside++;
      sim_note (self->world, "server", "power cut at work");
      go_down (self);
      return FALSE;
    }
  piao_shim_disk_arm (self->disk, PIAO_SHIM_HEALTHY, 1);
  return TRUE;
}

static void
endanger (SimServer *self)
{
  const SimPlan *plan = &self->world->plan;
  guint64 nth = (guint64)sim_random_range (&self->chance, 1, CALLS_OF_A_COMMIT);

  if (self->world->calm)
    return;
  if (sim_random_chance (&self->chance, plan->server_crash))
    piao_shim_disk_arm (self->disk, PIAO_SHIM_CRASH, nth);
  else if (sim_random_chance (&self->chance, plan->disk))
    piao_shim_disk_arm (self->disk, nth % 2 == 0 ? PIAO_SHIM_ERROR_ONCE : PIAO_SHIM_FULL,
                        nth / 3 + 1);
}

/* --- starting -------------------------------------------------------------------------------- */

static DexFuture *
run_for_worker (const char *command, JsonObject *args, gpointer data)
{
  SimServer *self = data;
  GError *error = NULL;

  if (sim_server_run (self, command, args, &error))
    return dex_future_new_true ();
  return dex_future_new_for_error (error);
}

static DexFuture *
read_for_worker (PiaoReplicaFunc func, gpointer func_data, GDestroyNotify destroy, gpointer data)
{
  SimServer *self = data;
  DexFuture *future = NULL;
  GError *error = NULL;

  if (self->db == NULL)
    error = piao_error_new (PIAO_ERROR_UNAVAILABLE, "server.closing", "no power");
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
  SimServer *self = data;

  if (self->db != NULL && sim_line_has_work (self->db, "server"))
    sim_line_wake (self->world, SIM_LINE_SERVER, at);
}

static gint64
get_steady (gpointer data)
{
  return ((SimServer *)data)->world->now;
}

static void
start_worker (SimServer *self)
{
  PiaoGatewayBackend backend = { run_for_worker, read_for_worker, self, wake_worker, get_steady };
  PiaoGatewayRules rules = sim_line_get_rules (self->world);

  piao_db_query_int (self->db, &sim_epoch_at, 0, &rules.ask_first_before, NULL, "");
  /* Here it is always killed, so its lease is never given back. */
  if (self->life > 1)
    rules.not_found_from = piao_gateway_rules_get_settled (&rules, self->world->now);
  self->line = sim_line_new (self->world, SIM_LINE_SERVER);
  self->worker = piao_gateway_worker_new ("server", self->line, &rules, &backend, self->clock,
                                          sim_line_get_random (self->world));
  piao_gateway_worker_start (self->worker);
}

/* Behind all ids that the log knows. */
static gboolean
take_up_ids (SimServer *self, GError **error)
{
  gint64 last = 0;

  if (!piao_ledger_read_last_id (self->db, &last, error))
    return FALSE;
  piao_id_source_init (&self->ids, self->clock, 0, last);
  return TRUE;
}

static gboolean
open_database (SimServer *self, GError **error)
{
  g_autofree char *path = piao_shim_disk_path (self->disk, FILE_NAME);

  piao_clock_set (self->clock, self->world->now);
  self->db = piao_db_open (path, PIAO_DB_READ_WRITE, error);
  if (self->db == NULL || !piao_schema_migrate (self->db, PIAO_SCHEMA_SERVER, error)
      || !take_up_ids (self, error))
    return FALSE;
  self->life++;
  return TRUE;
}

void
sim_server_tend (SimServer *self)
{
  g_autoptr (GError) error = NULL;
  PiaoShimImage image;

  if (self->db != NULL || self->world->now < self->up_at)
    return;
  image = (PiaoShimImage)sim_random_range (&self->chance, 0, PIAO_SHIM_N_IMAGES - 1);
  if (piao_shim_disk_is_down (self->disk))
    piao_shim_disk_recover (self->disk, image, sim_random_next (&self->chance));
  if (!open_database (self, &error))
    {
      sim_fail_error (self->world, 11, "The server does not start any more", error);
      return;
    }
  sim_note (self->world, "server", "started, disk image %d", image);
  start_worker (self);
}

/* --- deciding -------------------------------------------------------------------------------- */

typedef struct
{
  SimDesk *desk; /* who is noted as seen; NULL for the centre's own */
  JsonObject *request;
  GPtrArray *commands;
  gboolean wants_id;
  GPtrArray *verdicts;
} Batch;

static gboolean
decide_all (SimServer *self, PiaoLedger *ledger, Batch *batch, GError **error)
{
  for (guint i = 0; i < batch->commands->len; i++)
    {
      PiaoPushed *pushed = g_ptr_array_index (batch->commands, i);
      PiaoVerdict *verdict;

      if (batch->wants_id)
        pushed->id = piao_id_source_take (&self->ids, PIAO_ID_PER_COMMAND);
      verdict = piao_ledger_execute (ledger, self->world->registry, self->db, pushed,
                                     self->world->now, error);
      if (verdict == NULL)
        return FALSE;
      g_ptr_array_add (batch->verdicts, verdict);
    }
  return batch->desk == NULL
         || piao_db_exec (self->db, &sim_see_device, error, "iiii", (gint64)batch->desk->device,
                          self->world->now, piao_serve_get_skew (batch->request, self->world->now),
                          batch->desk->user);
}

static gboolean
run_batch (SimServer *self, Batch *batch, GError **error)
{
  g_autoptr (PiaoLedger) ledger = NULL;

  if (!piao_db_begin (self->db, error))
    return FALSE;
  ledger = piao_ledger_begin (self->db, error);
  if (ledger == NULL || !decide_all (self, ledger, batch, error)
      || !piao_ledger_end (ledger, self->db, error))
    {
      if (piao_db_in_transaction (self->db))
        piao_db_rollback (self->db);
      return FALSE;
    }
  return piao_db_commit (self->db, error);
}

/* Moves the WAL into the file, as SQLite does by itself when it has grown. */
static void
tidy (SimServer *self)
{
  if (sim_random_chance (&self->chance, 60))
    sqlite3_wal_checkpoint_v2 (piao_db_get_sqlite (self->db), NULL, SQLITE_CHECKPOINT_PASSIVE, NULL,
                               NULL);
}

static void
tell (SimServer *self)
{
  gint64 seq = 0;

  piao_ledger_read_head (self->db, &seq, NULL, NULL);
  for (guint i = 0; i < SIM_N_DESKS; i++)
    sim_call_hint (self->world->desks[i], seq);
}

/* One transaction with all that may befall it. */
static gboolean
commit_batch (SimServer *self, Batch *batch, GError **error)
{
  gboolean done;

  batch->verdicts = g_ptr_array_new_with_free_func ((GDestroyNotify)piao_verdict_free);
  piao_clock_set (self->clock, self->world->now);
  tidy (self);
  endanger (self);
  done = run_batch (self, batch, error);
  if (!survives (self))
    g_clear_error (error);
  if (self->db == NULL)
    return piao_error_set (error, PIAO_ERROR_UNAVAILABLE, "server.closing", "no power");
  if (!done)
    return FALSE;
  if (self->worker != NULL && batch->commands->len > 0)
    piao_gateway_worker_nudge (self->worker);
  tell (self);
  return sim_check_batch (self->world, batch->commands, batch->verdicts);
}

gboolean
sim_server_run (SimServer *self, const char *name, JsonObject *args, GError **error)
{
  PiaoPushed *pushed = piao_pushed_new (name, args);
  g_autoptr (GPtrArray) commands
      = g_ptr_array_new_with_free_func ((GDestroyNotify)piao_pushed_free);
  Batch batch = { NULL, NULL, commands, TRUE, NULL };
  gboolean done;

  g_ptr_array_add (commands, pushed);
  if (self->db == NULL)
    return piao_error_set (error, PIAO_ERROR_UNAVAILABLE, "server.closing", "no power");
  pushed->at = pushed->ruled_at = self->world->now;
  done = commit_batch (self, &batch, error);
  if (done)
    {
      const PiaoVerdict *verdict = g_ptr_array_index (batch.verdicts, 0);
      g_autofree char *text = piao_json_object_to_text (pushed->args);

      sim_note (self->world, "server", "%s %s: %s", name, text,
                verdict->state == PIAO_VERDICT_ACCEPTED ? "accepted" : verdict->code);
      if (verdict->state != PIAO_VERDICT_ACCEPTED)
        done = piao_error_set (error, PIAO_ERROR_REFUSED, verdict->code, "%s", verdict->message);
    }
  g_ptr_array_unref (batch.verdicts);
  return done;
}

/* --- /v1/sync -------------------------------------------------------------------------------- */

static gboolean
needs_numbers (SimServer *self, SimDesk *desk, gboolean *needs, GError **error)
{
  gint64 left = 0;

  if (!piao_db_query_int (self->db, &sim_numbers, 0, &left, error, "ii",
                          sim_town_warehouse_of_desk (desk->index), (gint64)desk->device))
    return FALSE;
  *needs = left < NUMBERS_LOW;
  return TRUE;
}

static gboolean
reserve_numbers (SimServer *self, SimDesk *desk, GError **error)
{
  gboolean needs = FALSE;
  g_autoptr (GError) inner = NULL;

  if (!needs_numbers (self, desk, &needs, error))
    return FALSE;
  if (needs)
    sim_server_run (self, "number.reserve",
                    piao_json_build ("warehouse", 'd', sim_town_warehouse_of_desk (desk->index),
                                     "device", 'i', (gint64)desk->device, NULL),
                    &inner);
  return self->db != NULL;
}

/* The bytes of a reply as this world codes them. Transfer full. */
static GBytes *
code (SimServer *self, const PiaoReply *reply, GError **error)
{
  return piao_reply_encode (reply, sim_call_get_coding (self->world), piao_schema_get_newest (),
                            error);
}

/* Of one who listens. Some are answered as on a busy day, with the verdicts alone: which ones is no
 * chance of the world, so that it takes its course. */
static const PiaoServeTerms *
get_terms (SimServer *self, const SimDesk *desk, GPtrArray *verdicts, PiaoServeTerms *terms)
{
  const PiaoVerdict *last = verdicts != NULL && verdicts->len > 0
                                ? g_ptr_array_index (verdicts, verdicts->len - 1)
                                : NULL;

  if (!desk->live || !g_str_equal (sim_call_get_coding (self->world), PIAO_REPLY_FRAMES))
    return NULL;
  if (self->pages == NULL)
    self->pages = piao_pages_new (MAX_PAGES);
  *terms = (PiaoServeTerms){ .pages = self->pages,
                             .schema = piao_schema_get_newest (),
                             .told = desk->hint,
                             .busy = last != NULL && last->seq % 3 == 1 };
  return terms;
}

/* What others had was coded before; so it is looked at as it arrives. */
static void
check_rows (SimServer *self, SimDesk *desk, const PiaoReply *reply, GBytes *bytes)
{
  g_autoptr (PiaoReply) arrived
      = reply->coded != NULL ? piao_reply_decode (self->world->registry,
                                                  sim_call_get_coding (self->world), bytes, NULL)
                             : NULL;

  sim_check_answer (self->world, desk, arrived != NULL ? arrived : reply);
}

static GBytes *
respond (SimServer *self, SimDesk *desk, JsonObject *request, GPtrArray *verdicts, GError **error)
{
  g_autoptr (PiaoReply) reply = piao_reply_new ();
  PiaoServeTerms terms;
  GBytes *bytes;
  gboolean done;

  if (!piao_db_begin_read (self->db, error))
    return NULL;
  done = piao_serve_answer (self->world->registry, self->db, request, desk->user, verdicts,
                            self->world->now, get_terms (self, desk, verdicts, &terms), reply,
                            error);
  piao_db_rollback (self->db);
  bytes = done ? code (self, reply, error) : NULL;
  if (bytes != NULL)
    check_rows (self, desk, reply, bytes);
  return bytes;
}

static void
note_verdicts (SimServer *self, SimDesk *desk, GPtrArray *commands, GPtrArray *verdicts)
{
  for (guint i = 0; i < verdicts->len; i++)
    {
      const PiaoVerdict *verdict = g_ptr_array_index (verdicts, i);
      const PiaoPushed *pushed = g_ptr_array_index (commands, i);

      sim_note (self->world, "server", "%s %s: %s%s", desk->who, pushed->name,
                verdict->state == PIAO_VERDICT_ACCEPTED ? "accepted" : verdict->code,
                verdict->repeated ? " (again)" : "");
    }
}

/* The answer, or NULL with @error. */
static GBytes *
sync_desk (SimServer *self, SimDesk *desk, JsonObject *request, GError **error)
{
  g_autoptr (PiaoReply) reply = piao_reply_new ();
  g_autoptr (GPtrArray) commands
      = piao_serve_read_commands (request, desk->device, self->world->now, error);
  Batch batch = { desk, request, commands, FALSE, NULL };
  g_autoptr (GPtrArray) verdicts = NULL;
  gboolean restart = FALSE;

  if (commands == NULL
      || !piao_serve_check (self->db, request, desk->device, reply, &restart, error))
    return NULL;
  if (restart)
    return code (self, reply, error);
  if (commands->len > 0)
    {
      gboolean done = commit_batch (self, &batch, error);

      verdicts = batch.verdicts;
      if (!done)
        return NULL;
      note_verdicts (self, desk, commands, verdicts);
      if (!self->world->calm && sim_random_chance (&self->chance, self->world->plan.server_crash))
        {
          sim_server_crash (self, sim_random_chance (&self->chance, 500));
          piao_error_set (error, PIAO_ERROR_UNAVAILABLE, "server.closing", "no power");
          return NULL;
        }
    }
  if (!reserve_numbers (self, desk, error))
    return NULL;
  return respond (self, desk, request, verdicts, error);
}

/* 200 when @desk and its user may speak. */
static guint
admit (SimServer *self, SimDesk *desk, GError **error)
{
  gint64 revoked = 0, enabled = 0;

  if (!piao_db_query_int (self->db, &sim_is_revoked, 1, &revoked, error, "i", (gint64)desk->device)
      || !piao_db_query_int (self->db, &sim_is_enabled, 0, &enabled, error, "i", desk->user))
    return 500;
  return revoked != 0 ? 410 : enabled == 0 ? 401 : 200;
}

GBytes *
sim_server_serve (SimServer *self, SimDesk *desk, GBytes *body, guint *status)
{
  gsize size = 0;
  const char *bytes = g_bytes_get_data (body, &size);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) request = NULL;
  GBytes *answer = NULL;

  *status = 503;
  if (self->db == NULL)
    return NULL;
  request = piao_json_parse_object (bytes, (gssize)size, PIAO_SYNC_MAX_REQUEST, "request", &error);
  *status = request != NULL ? admit (self, desk, &error) : 400;
  if (*status == 200)
    answer = sync_desk (self, desk, request, &error);
  if (self->db == NULL)
    g_clear_pointer (&answer, g_bytes_unref);
  if (self->db == NULL || answer != NULL)
    return answer;
  if (*status == 200)
    *status = 500;
  sim_note (self->world, "server", "%s gets %u: %s", desk->who, *status,
            error != NULL ? error->message : "");
  return g_bytes_new_static ("{}", 2);
}

/* --- /v1/same -------------------------------------------------------------------------------- */

static gboolean
find_same (SimServer *self, SimDesk *desk, const char *path, gboolean *same, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (path, "/", 6);
  g_autoptr (PiaoReply) reply = piao_reply_new ();
  g_autofree char *proof = NULL;
  g_autofree char *tag = NULL;
  gboolean needs = FALSE, done;
  gint64 schema = 0;

  g_assert (g_strv_length (parts) == 5
            && g_ascii_string_to_signed (parts[3], 10, 1, G_MAXINT16, &schema, NULL));
  if (!needs_numbers (self, desk, &needs, error) || !piao_db_begin_read (self->db, error))
    return FALSE;
  done = piao_serve_rest (self->world->registry, self->db, desk->user, reply, &proof, error);
  piao_db_rollback (self->db);
  if (!done)
    return FALSE;
  tag = piao_reply_get_tag (reply, (int)schema, proof);
  *same = g_str_equal (tag, parts[4]) && !needs;
  return TRUE;
}

GBytes *
sim_server_same (SimServer *self, SimDesk *desk, GBytes *path, guint *status)
{
  g_autofree char *text = g_strndup (g_bytes_get_data (path, NULL), g_bytes_get_size (path));
  g_autoptr (GError) error = NULL;
  gboolean same = FALSE;

  *status = admit (self, desk, &error);
  if (*status == 200 && !find_same (self, desk, text, &same, &error))
    *status = 500;
  sim_note (self->world, "server", "%s asks whether all is the same: %s", desk->who,
            *status != 200 ? "refused"
            : same         ? "yes"
                           : "no");
  return same ? g_bytes_new_static ("{\"same\":true}", 13)
              : g_bytes_new_static ("{\"same\":false}", 14);
}

/* --- backups --------------------------------------------------------------------------------- */

void
sim_server_back_up (SimServer *self)
{
  if (self->db == NULL)
    return;
  sim_note (self->world, "server", "backup");
  if (self->backup == NULL)
    self->backup = piao_shim_disk_new ("backup");
  piao_shim_disk_copy (self->backup, self->disk);
  piao_shim_disk_cut (self->backup);
  piao_shim_disk_recover (self->backup, PIAO_SHIM_KEEP, 0);
}

/* As piaokuctl epoch does. */
static gboolean
begin_epoch (SimServer *self, const char *epoch, GError **error)
{
  if (!piao_db_begin (self->db, error))
    return FALSE;
  if (piao_epoch_begin (self->db, self->world->registry, self->clock, epoch, NULL, error))
    return piao_db_commit (self->db, error);
  piao_db_rollback (self->db);
  return FALSE;
}

void
sim_server_restore (SimServer *self)
{
  g_autofree char *epoch = g_strdup_printf ("epoch-%u", ++self->epochs);
  g_autoptr (GError) error = NULL;

  if (self->backup == NULL)
    return;
  sim_server_crash (self, TRUE);
  piao_shim_disk_recover (self->disk, PIAO_SHIM_KEEP, 0);
  piao_shim_disk_copy (self->disk, self->backup);
  sim_note (self->world, "server", "restored, %s", epoch);
  self->world->counts.restores++;
  self->up_at = self->world->now;
  for (guint i = 0; i < SIM_N_DESKS; i++)
    g_clear_pointer (&self->world->desks[i]->asked_epoch, g_free);
  /* The server starts only after piaokuctl epoch, which has written to the log. */
  if (!open_database (self, &error) || !begin_epoch (self, epoch, &error)
      || !take_up_ids (self, &error))
    {
      sim_fail_error (self->world, 11, "A backup does not start", error);
      return;
    }
  sim_check_restored (self->world);
  start_worker (self);
}

/* --- life ------------------------------------------------------------------------------------ */

SimServer *
sim_server_new (SimWorld *world)
{
  SimServer *self = g_new0 (SimServer, 1);

  self->world = world;
  self->chance = sim_random_new (world->seed, 300);
  self->clock = piao_clock_new_manual (world->now);
  self->disk = piao_shim_disk_new ("server");
  sim_town_put_server (world->registry, world->start, self->disk);
  return self;
}

void
sim_server_free (SimServer *self)
{
  if (self->db != NULL)
    go_down (self);
  g_clear_pointer (&self->backup, piao_shim_disk_free);
  g_clear_pointer (&self->disk, piao_shim_disk_free);
  g_clear_object (&self->clock);
  g_free (self);
}
