/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The server loses its power in each call that writes while several desktops push at once, and the
 * disk keeps of it one of eight. Afterwards every verdict that was answered is in the log as it was
 * answered, no push is there by half, head, chain, change index and digests prove themselves, and
 * when everybody sends once more what was not answered, each command has been decided once.
 */

#include "config.h"

#include <libdex.h>
#include <sqlite3.h>

#include "base/piao-error.h"
#include "base/piao-future.h"
#include "base/piao-id.h"
#include "server/piao-executor.h"
#include "store/piao-schema.h"
#include "sync/piao-verify.h"
#include "tests/crash/crash-course.h"
#include "tests/lib/piao-centre.h"
#include "tests/lib/piao-shim-vfs.h"

#define FIRST_DEVICE 11
#define N_DEVICES 3
#define N_COMMANDS 3

/* Commands that one commit takes: three pushes make two of them. */
#define BATCH 5

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define STRIDE 7
#else
#define STRIDE 1
#endif

PIAO_STATEMENT (ledger_entry, "SELECT seq, verdict, code, message FROM command_log WHERE id = $1");
PIAO_STATEMENT (ledger_decided, "SELECT COUNT(*) FROM command_log WHERE device = $1");
PIAO_STATEMENT (ledger_dseq, "SELECT dseq FROM device WHERE number = $1");

typedef struct
{
  PiaoShimDisk *disk, *base, *crashed;
  PiaoCentre *centre;
  char *path;
  GHashTable *seen;              /* guint64: disks that were met where the same was answered */
  GPtrArray *answers[N_DEVICES]; /* of PiaoVerdict; NULL: not answered */
  guint points, crashes, disks, files;
} World;

/* --- what is pushed -------------------------------------------------------------------------- */

/* Each device takes orders; of the second of each the outlet is not there. */
static GPtrArray *
make_push (World *world, guint n)
{
  GPtrArray *commands = g_ptr_array_new_with_free_func ((GDestroyNotify)piao_pushed_free);
  gint64 now = piao_clock_now (world->centre->clock);

  for (guint i = 0; i < N_COMMANDS; i++)
    {
      g_autofree char *args
          = g_strdup_printf ("{\"outlet\":\"%d\",\"source\":\"phone\",\"identity_checked\":true,"
                             "\"lines\":[{\"ticket_type\":\"%d\",\"packs\":%u}]}",
                             i == 1 ? 999 : FIXTURE_OUTLET, FIXTURE_TYPE_A, 1 + n % 2);
      PiaoPushed *pushed
          = piao_pushed_new ("order.submit", piao_json_parse_object (args, -1, 4096, "args", NULL));

      pushed->device = FIRST_DEVICE + n;
      pushed->dseq = i + 1;
      pushed->id = (now - PIAO_ID_EPOCH_MS + i * 1000) << 22 | pushed->device;
      pushed->at = pushed->ruled_at = now + i * 1000;
      pushed->actor = FIXTURE_KEEPER;
      g_ptr_array_add (commands, pushed);
    }
  return commands;
}

static gboolean
wait_for_gate (PiaoDb *db, gpointer gate, GError **error)
{
  g_mutex_lock (gate);
  g_mutex_unlock (gate);
  return TRUE;
}

static void
wait_until_decided (DexFuture *future)
{
  while (dex_future_is_pending (future))
    g_main_context_iteration (NULL, TRUE);
}

/* All push at once: what they push is queued before the first is decided, so that the batches are
 * always the same. Answers what has come back. */
static void
push_all (World *world, PiaoExecutor *executor)
{
  GMutex gate;
  DexFuture *futures[N_DEVICES];
  DexFuture *gated;

  g_mutex_init (&gate);
  g_mutex_lock (&gate);
  gated = piao_executor_write (executor, wait_for_gate, &gate, NULL);
  for (guint n = 0; n < N_DEVICES; n++)
    futures[n] = piao_executor_push (executor, make_push (world, n), NULL, NULL, NULL);
  g_mutex_unlock (&gate);
  wait_until_decided (gated);
  dex_unref (gated);
  for (guint n = 0; n < N_DEVICES; n++)
    {
      const GValue *value;

      wait_until_decided (futures[n]);
      value = dex_future_get_value (futures[n], NULL);
      g_clear_pointer (&world->answers[n], g_ptr_array_unref);
      if (value != NULL)
        world->answers[n] = g_ptr_array_ref (g_value_get_boxed (value));
      dex_unref (futures[n]);
    }
  g_mutex_clear (&gate);
}

/* As the server opens it. */
static PiaoDb *
open_server (World *world, GError **error)
{
  g_autoptr (PiaoDb) db = piao_db_open (world->path, PIAO_DB_READ_WRITE, error);

  if (db == NULL || !piao_schema_migrate (db, PIAO_SCHEMA_SERVER, error)
      || !piao_ledger_prepare (db, "another", error))
    return NULL;
  return g_steal_pointer (&db);
}

static void
serve (World *world, PiaoDb *db)
{
  g_autoptr (PiaoExecutor) executor
      = piao_executor_new (db, world->centre->fixture->registry, world->centre->clock);

  piao_executor_set_batch (executor, BATCH);
  push_all (world, executor);
  piao_executor_close (executor);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

/* --- afterwards ------------------------------------------------------------------------------ */

static void
check_verdict (PiaoDb *db, const PiaoVerdict *verdict, const char *where)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &ledger_entry, &error, "i", verdict->id);

  if (!piao_cursor_next (cursor, &error))
    g_error ("%s: the verdict on %" G_GINT64_FORMAT " was answered and is lost", where,
             verdict->id);
  if (piao_cursor_int (cursor, 0) != verdict->seq
      || g_str_equal (piao_cursor_text (cursor, 1), "accepted")
             != (verdict->state == PIAO_VERDICT_ACCEPTED)
      || g_strcmp0 (piao_cursor_text (cursor, 3), verdict->message) != 0)
    g_error ("%s: the verdict on %" G_GINT64_FORMAT " is another one now", where, verdict->id);
}

/* A push is decided in one commit. */
static void
check_whole (PiaoDb *db, const char *where)
{
  for (guint n = 0; n < N_DEVICES; n++)
    {
      gint64 decided = -1;
      gint64 dseq = -1;

      piao_db_query_int (db, &ledger_decided, 0, &decided, NULL, "i", (gint64)FIRST_DEVICE + n);
      piao_db_query_int (db, &ledger_dseq, 0, &dseq, NULL, "i", (gint64)FIRST_DEVICE + n);
      if (dseq != decided || (decided != 0 && decided != N_COMMANDS))
        g_error ("%s: of device %u %d commands are decided and its number is %d", where, n,
                 (int)decided, (int)dseq);
    }
}

static void
check_proof (World *world, PiaoDb *db, const char *where)
{
  g_autoptr (PiaoVerify) verify = piao_verify_new (world->centre->fixture->registry, db);
  g_autoptr (GError) error = NULL;

  piao_db_begin_read (db, &error);
  crash_fail_on (error, where);
  piao_verify_server (verify, &error);
  crash_fail_on (error, where);
  piao_db_rollback (db);
  if (verify->findings->len > 0)
    g_error ("%s: %s", where, ((PiaoFinding *)g_ptr_array_index (verify->findings, 0))->rule);
  crash_check_file (db, where);
  crash_check_all_rules (db, where);
}

static void
check_answers (World *world, PiaoDb *db, const char *where)
{
  for (guint n = 0; n < N_DEVICES; n++)
    for (guint i = 0; world->answers[n] != NULL && i < world->answers[n]->len; i++)
      check_verdict (db, g_ptr_array_index (world->answers[n], i), where);
}

/* Whether this disk was met before where the same was answered. */
static gboolean
was_seen (World *world)
{
  guint64 key = piao_shim_disk_hash_file (world->disk, "centre.db") * 31
                + piao_shim_disk_hash_file (world->disk, "centre.db-wal");

  for (guint n = 0; n < N_DEVICES; n++)
    key = key * 2 + (world->answers[n] != NULL);
  if (g_hash_table_contains (world->seen, &key))
    return TRUE;
  g_hash_table_add (world->seen, g_memdup2 (&key, sizeof key));
  return FALSE;
}

/* The server starts again, and everybody sends all once more. */
static void
take_up (World *world, const char *where)
{
  g_autoptr (GError) error = NULL;
  PiaoDb *db;

  if (was_seen (world))
    return;
  world->disks++;
  db = open_server (world, &error);
  crash_fail_on (error, where);
  check_answers (world, db, where);
  check_whole (db, where);
  /* With its log in it most files are the same. */
  sqlite3_wal_checkpoint_v2 (piao_db_get_sqlite (db), NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
  if (was_seen (world))
    {
      piao_db_free (db);
      return;
    }
  world->files++;
  check_proof (world, db, where);
  serve (world, db);
  for (guint n = 0; n < N_DEVICES; n++)
    g_assert_nonnull (world->answers[n]);
  db = open_server (world, &error);
  crash_fail_on (error, where);
  check_answers (world, db, where);
  check_whole (db, where);
  check_proof (world, db, where);
  piao_db_free (db);
}

/* --- the matrix ------------------------------------------------------------------------------ */

static void
crash_at (World *world, guint64 nth)
{
  GPtrArray *answers[N_DEVICES];

  for (guint n = 0; n < N_DEVICES; n++)
    answers[n] = g_steal_pointer (&world->answers[n]);
  for (guint image = 0; image < PIAO_SHIM_N_IMAGES; image++)
    {
      g_autofree char *where = g_strdup_printf ("call %" G_GUINT64_FORMAT ", image %u", nth, image);

      for (guint n = 0; n < N_DEVICES; n++)
        {
          g_clear_pointer (&world->answers[n], g_ptr_array_unref);
          world->answers[n] = answers[n] != NULL ? g_ptr_array_ref (answers[n]) : NULL;
        }
      piao_shim_disk_copy (world->disk, world->crashed);
      piao_shim_disk_recover (world->disk, (PiaoShimImage)image, nth);
      world->crashes++;
      take_up (world, where);
    }
  for (guint n = 0; n < N_DEVICES; n++)
    g_clear_pointer (&answers[n], g_ptr_array_unref);
}

static void
crash_everywhere (World *world)
{
  gboolean down = TRUE;

  for (guint64 nth = 1; down; nth += STRIDE)
    {
      g_autoptr (GError) error = NULL;
      PiaoDb *db;

      piao_shim_disk_copy (world->disk, world->base);
      db = open_server (world, &error);
      crash_fail_on (error, "opening");
      piao_shim_disk_arm (world->disk, PIAO_SHIM_CRASH, nth);
      serve (world, db);
      down = piao_shim_disk_is_down (world->disk);
      if (!down)
        break;
      world->points++;
      piao_shim_disk_copy (world->crashed, world->disk);
      crash_at (world, nth);
    }
}

static void
set_up (World *world)
{
  piao_shim_register ();
  world->disk = piao_shim_disk_new ("server");
  world->base = piao_shim_disk_new ("base");
  world->crashed = piao_shim_disk_new ("crashed");
  world->path = piao_shim_disk_path (world->disk, "centre.db");
  world->seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_setenv ("PIAOKU_TEST_DATABASE", world->path, TRUE);
  world->centre = piao_centre_new ();
  g_unsetenv ("PIAOKU_TEST_DATABASE");
  for (guint n = 0; n < N_DEVICES; n++)
    piao_centre_add_device (world->centre, FIRST_DEVICE + n, FIXTURE_KEEPER);
  piao_clock_advance (world->centre->clock, PIAO_HOUR);
  /* What the test asks the fixture for from here on needs no database. */
  g_clear_pointer (&world->centre->fixture->db, piao_db_free);
  piao_shim_disk_copy (world->base, world->disk);
  world->centre->fixture->db = NULL;
}

static void
test_push (void)
{
  World world = { 0 };
  double started = crash_get_cpu ();

  set_up (&world);
  crash_everywhere (&world);
  g_test_message ("a push of %d devices: %u points × %u images = %u crashes, %u different disks, "
                  "%u different files; %.1f s of CPU",
                  N_DEVICES, world.points, PIAO_SHIM_N_IMAGES, world.crashes, world.disks,
                  world.files, crash_get_cpu () - started);
  g_assert_cmpuint (world.points, >=, 20 / STRIDE);
  for (guint n = 0; n < N_DEVICES; n++)
    g_clear_pointer (&world.answers[n], g_ptr_array_unref);
  g_hash_table_unref (world.seen);
  piao_centre_free (world.centre);
  piao_shim_disk_free (world.disk);
  piao_shim_disk_free (world.base);
  piao_shim_disk_free (world.crashed);
  g_free (world.path);
}

int
main (int argc, char **argv)
{
  crash_test_init (&argc, &argv);
  dex_init ();
  g_test_add_func ("/crash/ledger/push", test_push);
  return g_test_run ();
}
