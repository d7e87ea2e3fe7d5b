/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The one thread that writes: many ask at once, one commit serves them all, each hears the truth.
 */

#include <glib/gstdio.h>
#include <libdex.h>

#include "base/piao-error.h"
#include "base/piao-future.h"
#include "base/piao-id.h"
#include "server/piao-executor.h"
#include "sync/piao-notice.h"
#include "server/piao-readers.h"
#include "tests/lib/piao-centre.h"

#define N_DEVICES 4
#define FIRST_DEVICE 8
#define PER_DEVICE 40

PIAO_STATEMENT (count_orders, "SELECT COUNT(*) FROM orders WHERE id > $1");
PIAO_STATEMENT (count_guards, "SELECT COUNT(*) FROM sign_in_guard WHERE fails >= $1");
PIAO_STATEMENT (add_guard,
                "INSERT INTO sign_in_guard (name, fails, failed_at, locked_until)"
                " VALUES ($1, 1, 0, 0)");

typedef struct
{
  char *folder; /* of a SQLite file, else NULL */
  char *address;
  PiaoCentre *centre;
  PiaoExecutor *executor;
} World;

static void
set_up (World *world)
{
  const char *address = g_getenv ("PIAOKU_TEST_DATABASE");
  PiaoDb *db;
  g_autoptr (GError) error = NULL;

  *world = (World){ .address = g_strdup (address) };
  if (address == NULL)
    {
      world->folder = g_dir_make_tmp ("piaoku-executor-XXXXXX", &error);
      g_assert_no_error (error);
      world->address = g_build_filename (world->folder, "centre.db", NULL);
      g_setenv ("PIAOKU_TEST_DATABASE", world->address, TRUE);
    }
  world->centre = piao_centre_new ();
  for (guint i = 0; i < N_DEVICES; i++)
    piao_centre_add_device (world->centre, FIRST_DEVICE + i, FIXTURE_KEEPER);
  db = piao_db_open (world->address, PIAO_DB_READ_WRITE, &error);
  g_assert_no_error (error);
  world->executor = piao_executor_new (db, world->centre->fixture->registry, world->centre->clock);
}

static void
tear_down (World *world)
{
  static const char *const suffixes[] = { "", "-wal", "-shm" };

  piao_executor_close (world->executor);
  g_object_unref (world->executor);
  piao_centre_free (world->centre);
  for (guint i = 0; world->folder != NULL && i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *path = g_strconcat (world->address, suffixes[i], NULL);

      g_unlink (path);
    }
  if (world->folder != NULL)
    {
      g_rmdir (world->folder);
      g_unsetenv ("PIAOKU_TEST_DATABASE");
    }
  g_free (world->folder);
  g_free (world->address);
  /* Notices that were under way. */
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static gint64
count (World *world, const PiaoStatement *statement)
{
  gint64 n = -1;

  g_assert_true (
      piao_db_query_int (world->centre->fixture->db, statement, -1, &n, NULL, "i", (gint64)0));
  return n;
}

static PiaoPushed *
make_order (World *world, guint device, gint64 dseq)
{
  JsonArray *lines = json_array_new ();
  PiaoPushed *pushed;

  json_array_add_object_element (lines, piao_json_build ("ticket_type", 'd', (gint64)FIXTURE_TYPE_A,
                                                         "packs", 'i', (gint64)1, NULL));
  pushed = piao_pushed_new ("order.submit",
                            piao_json_build ("outlet", 'd', (gint64)FIXTURE_OUTLET, "source", 's',
                                             "phone", "identity_checked", 'b', TRUE, "lines", 'a',
                                             lines, NULL));
  pushed->id = (G_GINT64_CONSTANT (1) << 52) + dseq * PIAO_ID_PER_COMMAND * PIAO_ID_STRIDE + device;
  pushed->device = device;
  pushed->dseq = dseq;
  pushed->actor = FIXTURE_KEEPER;
  pushed->at = pushed->ruled_at = piao_clock_now (world->centre->clock);
  return pushed;
}

static GPtrArray *
one (PiaoPushed *pushed)
{
  GPtrArray *commands = g_ptr_array_new_with_free_func ((GDestroyNotify)piao_pushed_free);

  g_ptr_array_add (commands, pushed);
  return commands;
}

/* --- many at once ---------------------------------------------------------------------------- */

typedef struct
{
  World *world;
  guint device;
  DexFuture *futures[PER_DEVICE];
} Pusher;

static gpointer
push_all (gpointer data)
{
  Pusher *pusher = data;

  for (guint i = 0; i < PER_DEVICE; i++)
    pusher->futures[i]
        = piao_executor_push (pusher->world->executor,
                              one (make_order (pusher->world, pusher->device, i + 1)), NULL, NULL,
                              NULL);
  return NULL;
}

typedef struct
{
  guint notices;
  gint64 seq;
} Heard;

static void
hear (PiaoExecutor *executor, GArray *lanes, gint64 seq, gboolean access_changed, Heard *heard)
{
  heard->notices++;
  g_assert_cmpint (seq, >, heard->seq);
  g_assert_cmpuint (lanes->len, ==, 1);
  g_assert_cmpint (g_array_index (lanes, gint64, 0), ==, FIXTURE_LANE);
  g_assert_false (access_changed);
  heard->seq = seq;
}

static void
test_one_commit_for_many (void)
{
  Pusher pushers[N_DEVICES];
  GThread *threads[N_DEVICES];
  g_autoptr (GHashTable) seqs = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  PiaoExecutorCounts counts;
  Heard heard = { 0 };
  World world;

  set_up (&world);
  g_signal_connect (world.executor, "committed", G_CALLBACK (hear), &heard);
  for (guint i = 0; i < N_DEVICES; i++)
    {
      pushers[i] = (Pusher){ .world = &world, .device = FIRST_DEVICE + i };
      threads[i] = g_thread_new ("pusher", push_all, &pushers[i]);
    }
  for (guint i = 0; i < N_DEVICES; i++)
    g_thread_join (threads[i]);
  for (guint i = 0; i < N_DEVICES; i++)
    for (guint j = 0; j < PER_DEVICE; j++)
      {
        g_autoptr (DexFuture) future = pushers[i].futures[j];
        g_autoptr (GError) error = NULL;
        GPtrArray *verdicts = g_value_get_boxed (piao_future_wait (future, &error));
        const PiaoVerdict *verdict;

        g_assert_no_error (error);
        g_assert_cmpuint (verdicts->len, ==, 1);
        verdict = g_ptr_array_index (verdicts, 0);
        g_assert_cmpint (verdict->state, ==, PIAO_VERDICT_ACCEPTED);
        g_assert_true (g_hash_table_add (seqs, g_memdup2 (&verdict->seq, sizeof verdict->seq)));
      }
  piao_executor_get_counts (world.executor, &counts);
  g_assert_cmpuint (counts.accepted, ==, N_DEVICES * PER_DEVICE);
  g_assert_cmpuint (counts.batches, <, counts.accepted);
  g_test_message ("%u commands in %u commits", (guint)counts.accepted, (guint)counts.batches);
  while (heard.notices < counts.batches)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (count (&world, &count_orders), ==, N_DEVICES * PER_DEVICE);
  g_assert_true (piao_ledger_verify (world.centre->fixture->db, NULL, NULL));
  tear_down (&world);
}

/* --- what goes wrong ------------------------------------------------------------------------- */

static gboolean
write_and_fail (PiaoDb *db, gpointer data, GError **error)
{
  return piao_db_exec (db, &add_guard, error, "s", "undone")
         && piao_error_set (error, PIAO_ERROR_REFUSED, "test.no", "No, says the test.");
}

static gboolean
write_well (PiaoDb *db, gpointer data, GError **error)
{
  return piao_db_exec (db, &add_guard, error, "s", data);
}

static void
test_each_hears_its_own (void)
{
  g_autoptr (DexFuture) bad = NULL;
  g_autoptr (DexFuture) good = NULL;
  g_autoptr (DexFuture) refused = NULL;
  g_autoptr (DexFuture) reserved = NULL;
  g_autoptr (DexFuture) late = NULL;
  g_autoptr (GError) error = NULL;
  World world;

  set_up (&world);
  bad = piao_executor_write (world.executor, write_and_fail, NULL, NULL);
  good = piao_executor_write (world.executor, write_well, (gpointer) "kept", NULL);
  refused = piao_executor_run (world.executor, "number.reserve",
                               piao_json_build ("warehouse", 'd', (gint64)4711, "device", 'i',
                                                (gint64)8, NULL));
  reserved = piao_executor_run (world.executor, "number.reserve",
                                piao_json_build ("warehouse", 'd', (gint64)FIXTURE_WAREHOUSE,
                                                 "device", 'i', (gint64)8, NULL));
  g_assert_null (piao_future_wait (bad, &error));
  g_assert_cmpstr (piao_error_get_reason (error), ==, "test.no");
  g_clear_error (&error);
  g_assert_true (g_value_get_boolean (piao_future_wait (good, &error)));
  g_assert_null (piao_future_wait (refused, &error));
  g_assert_cmpstr (piao_error_get_reason (error), ==, "row.missing");
  g_clear_error (&error);
  g_assert_cmpint (g_value_get_int64 (piao_future_wait (reserved, &error)), >, 0);
  g_assert_cmpint (count (&world, &count_guards), ==, 1);
  piao_executor_close (world.executor);
  late = piao_executor_write (world.executor, write_well, (gpointer) "late", NULL);
  g_assert_null (piao_future_wait (late, &error));
  g_assert_error (error, PIAO_ERROR, PIAO_ERROR_UNAVAILABLE);
  tear_down (&world);
}

/* --- readers --------------------------------------------------------------------------------- */

static gboolean
read_count (PiaoDb *db, gpointer data, GError **error)
{
  return piao_db_query_int (db, &count_guards, 0, data, error, "i", (gint64)0);
}

static gboolean
read_badly (PiaoDb *db, gpointer data, GError **error)
{
  return piao_db_exec (db, &add_guard, error, "s", "by a reader");
}

static void
test_readers_only_read (void)
{
  g_autoptr (PiaoReaders) readers = NULL;
  g_autoptr (DexFuture) bad = NULL;
  g_autoptr (GError) error = NULL;
  gint64 counts[20];
  DexFuture *futures[20];
  World world;

  set_up (&world);
  readers = piao_readers_new (world.address, 3, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (futures); i++)
    futures[i] = piao_readers_run (readers, read_count, &counts[i]);
  for (guint i = 0; i < G_N_ELEMENTS (futures); i++)
    {
      g_assert_nonnull (piao_future_wait (futures[i], &error));
      g_assert_cmpint (counts[i], ==, 0);
      dex_unref (futures[i]);
    }
  bad = piao_readers_run (readers, read_badly, NULL);
  g_assert_null (piao_future_wait (bad, &error));
  g_assert_error (error, PIAO_ERROR, PIAO_ERROR_FAILED);
  g_assert_cmpint (count (&world, &count_guards), ==, 0);
  piao_readers_close (readers);
  tear_down (&world);
}

/* What one process says another understands, and noise is no notice. */
static void
test_notices (void)
{
  static const char *const noise[] = {
    "", "a", "a 1", "a 1 0", "a x 0 1", "a 1 0 x", "a -1 0 1", "a 1 0 1 99999999999999999999"
  };
  static const guint sizes[] = { 1, 2, 256, 257, 5000 };
  g_autofree char *name = NULL;
  g_autoptr (GArray) heard = NULL;
  gint64 seq = 0;
  gboolean access_changed = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (noise); i++)
    {
      g_assert_false (piao_notice_from_text (noise[i], &name, &heard, &seq, &access_changed));
      g_assert_null (name);
      g_assert_null (heard);
    }
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (GArray) lanes = g_array_new (FALSE, FALSE, sizeof (gint64));
      g_autofree char *text = NULL;

      for (gint64 lane = 0; lane < sizes[i]; lane++)
        g_array_append_val (lanes, lane);
      text = piao_notice_to_text ("me", lanes, 77, i % 2 == 1);
      /* What PostgreSQL takes. */
      g_assert_cmpuint (strlen (text), <, 8000);
      g_assert_true (piao_notice_from_text (text, &name, &heard, &seq, &access_changed));
      g_assert_cmpstr (name, ==, "me");
      g_assert_cmpint (seq, ==, 77);
      g_assert_cmpint (access_changed, ==, i % 2 == 1);
      g_assert_cmpint (heard != NULL, ==, sizes[i] <= 256);
      if (heard != NULL)
        g_assert_cmpmem (heard->data, heard->len * sizeof (gint64), lanes->data,
                         lanes->len * sizeof (gint64));
      g_clear_pointer (&heard, g_array_unref);
      g_clear_pointer (&name, g_free);
    }
}

int
main (int argc, char *argv[])
{
  dex_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/executor/notices", test_notices);
  g_test_add_func ("/server/executor/one-commit-for-many", test_one_commit_for_many);
  g_test_add_func ("/server/executor/each-hears-its-own", test_each_hears_its_own);
  g_test_add_func ("/server/readers/only-read", test_readers_only_read);
  return g_test_run ();
}
