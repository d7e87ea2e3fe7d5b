/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include <gio/gio.h>

#include "base/piao-error.h"
#include "base/piao-future.h"
#include "base/piao-id.h"
#include "store/piao-search.h"
#include "tests/store/shelf.h"

PIAO_STATEMENT (test_count_all_moves, "SELECT COUNT(*) FROM test_move");
PIAO_STATEMENT (test_count_outbox, "SELECT COUNT(*) FROM outbox");
PIAO_STATEMENT (test_first_stock, "SELECT stock FROM test_shelf ORDER BY id LIMIT 1");
PIAO_STATEMENT (test_order_of_ids,
                "SELECT COUNT(*) FROM outbox a JOIN outbox b ON b.dseq = a.dseq + 1"
                " WHERE b.id <= a.id + $1");

typedef struct
{
  char *folder;
  char *path;
  PiaoReplica *replica;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = shelf_make_folder ();
  fixture->path = g_build_filename (fixture->folder, "replica.db", NULL);
  fixture->replica = shelf_open_replica (fixture->path);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  /* The last emission of "changed" lets go of the replica. */
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  if (fixture->replica != NULL)
    g_assert_finalize_object (fixture->replica);
  shelf_remove_folder (fixture->folder);
  g_free (fixture->path);
}

static DexFuture *
read_number (PiaoDb *db, gpointer data)
{
  const PiaoStatement *statement = data;
  GError *error = NULL;
  gint64 number = 0;

  if (!piao_db_query_int (db, statement, -1, &number, &error, ""))
    return dex_future_new_for_error (error);
  return dex_future_new_for_int64 (number);
}

static gint64
get_number (PiaoReplica *replica, const PiaoStatement *statement)
{
  g_autoptr (DexFuture) future
      = piao_replica_read (replica, read_number, (gpointer)statement, NULL);
  g_autoptr (GError) error = NULL;
  const GValue *value = piao_future_wait (future, &error);

  g_assert_no_error (error);
  return g_value_get_int64 (value);
}

static void
assert_rejected (DexFuture *future, const char *reason)
{
  g_autoptr (DexFuture) held = future;
  g_autoptr (GError) error = NULL;

  g_assert_null (piao_future_wait (held, &error));
  g_assert_cmpstr (piao_error_get_reason (error), ==, reason);
}

static void
test_a_command_is_kept (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gint64 add = shelf_run (fixture->replica, "shelf.add", shelf_args_add ("1", "一", NULL), &error);
  gint64 move;

  g_assert_no_error (error);
  g_assert_cmpuint (piao_id_get_device (add), ==, 7);
  move
      = shelf_run (fixture->replica, "shelf.move", shelf_args_move (SHELF_ROW_OF (add), 4), &error);
  g_assert_no_error (error);
  g_assert_cmpint (move, >=, add + PIAO_ID_PER_COMMAND * PIAO_ID_STRIDE);
  g_assert_cmpint (get_number (fixture->replica, &test_first_stock), ==, 4);
  assert_rejected (piao_replica_run (fixture->replica, "shelf.move",
                                     shelf_args_move (SHELF_ROW_OF (add), -5)),
                   "shelf.empty");
  g_assert_cmpint (get_number (fixture->replica, &test_count_all_moves), ==, 1);
  g_assert_cmpint (get_number (fixture->replica, &test_count_outbox), ==, 2);

  g_test_message ("Opened again it goes on with later ids, though the clock stands");
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_finalize_object (g_steal_pointer (&fixture->replica));
  fixture->replica = shelf_open_replica (fixture->path);
  g_assert_cmpint (get_number (fixture->replica, &test_first_stock), ==, 4);
  g_assert_cmpint (shelf_run (fixture->replica, "shelf.move",
                              shelf_args_move (SHELF_ROW_OF (add), 1), &error),
                   >=, move + PIAO_ID_PER_COMMAND * PIAO_ID_STRIDE);
  g_assert_no_error (error);
}

static gboolean
set_a_setting (PiaoDb *db, gint64 command, gpointer data, GError **error)
{
  g_autofree char *text = piao_id_to_text (command);

  return piao_setting_set (db, "also", text, error);
}

static gboolean
set_and_fail (PiaoDb *db, gint64 command, gpointer data, GError **error)
{
  g_assert_true (piao_setting_set (db, "also", "wrong", error));
  return piao_error_set (error, PIAO_ERROR_FAILED, "test.also", "No.");
}

static DexFuture *
read_also (PiaoDb *db, gpointer data)
{
  GError *error = NULL;
  char *value = piao_setting_get (db, "also", &error);

  g_assert_no_error (error);
  return dex_future_new_take_string (value);
}

static void
test_what_is_done_also_is_one_with_it (Fixture *fixture, gconstpointer data)
{
  g_autoptr (DexFuture) good
      = piao_replica_run_also (fixture->replica, "shelf.add", shelf_args_add ("1", "一", NULL),
                               set_a_setting, NULL, NULL);
  g_autoptr (DexFuture) also = NULL;
  g_autofree char *text = NULL;

  text = piao_id_to_text (g_value_get_int64 (piao_future_wait (good, NULL)));
  assert_rejected (piao_replica_run_also (fixture->replica, "shelf.add",
                                          shelf_args_add ("2", "二", NULL), set_and_fail, NULL,
                                          NULL),
                   "test.also");
  also = piao_replica_read (fixture->replica, read_also, NULL, NULL);
  g_assert_cmpstr (g_value_get_string (piao_future_wait (also, NULL)), ==, text);
  g_assert_cmpint (get_number (fixture->replica, &test_count_outbox), ==, 1);
}

static DexFuture *
use_settings (PiaoDb *db, gpointer data)
{
  g_autofree char *unset = piao_setting_get (db, "nothing", NULL);
  g_autofree char *text = NULL;
  g_autofree char *cleared = NULL;

  g_assert_null (unset);
  g_assert_true (piao_setting_set (db, "device", "41", NULL));
  g_assert_true (piao_setting_set (db, "device", "42", NULL));
  g_assert_true (piao_setting_set (db, "user", "阿里", NULL));
  text = piao_setting_get (db, "user", NULL);
  g_assert_cmpstr (text, ==, "阿里");
  g_assert_cmpint (piao_setting_get_int (db, "device", 0), ==, 42);
  g_assert_cmpint (piao_setting_get_int (db, "user", 5), ==, 5);
  g_assert_cmpint (piao_setting_get_int (db, "nothing", 6), ==, 6);
  g_assert_true (piao_setting_set (db, "user", NULL, NULL));
  cleared = piao_setting_get (db, "user", NULL);
  g_assert_null (cleared);
  return NULL;
}

static DexFuture *
write_and_fail (PiaoDb *db, gpointer data)
{
  g_assert_true (piao_setting_set (db, "device", "1", NULL));
  return piao_future_new_error (PIAO_ERROR_REFUSED, "test.no", "No.");
}

static DexFuture *
read_device (PiaoDb *db, gpointer data)
{
  return dex_future_new_for_int64 (piao_setting_get_int (db, "device", 0));
}

static DexFuture *
write_on_a_reader (PiaoDb *db, gpointer data)
{
  GError *error = NULL;

  g_assert_false (piao_setting_set (db, "device", "1", &error));
  return dex_future_new_for_error (error);
}

static void
test_local_work_is_a_transaction (Fixture *fixture, gconstpointer data)
{
  g_autoptr (DexFuture) used = piao_replica_write (fixture->replica, use_settings, NULL, NULL);
  g_autoptr (DexFuture) device = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_value_get_boolean (piao_future_wait (used, &error)));
  assert_rejected (piao_replica_write (fixture->replica, write_and_fail, NULL, NULL), "test.no");
  assert_rejected (piao_replica_read (fixture->replica, write_on_a_reader, NULL, NULL), "db.open");
  device = piao_replica_read (fixture->replica, read_device, NULL, NULL);
  g_assert_cmpint (g_value_get_int64 (piao_future_wait (device, &error)), ==, 42);
}

typedef struct
{
  guint n;
  guint64 generation;
} Changes;

static void
count_change (PiaoReplica *replica, guint64 generation, gpointer data)
{
  Changes *changes = data;

  g_assert_cmpuint (generation, >, changes->generation);
  changes->n++;
  changes->generation = generation;
}

static void
test_changes_are_told_once (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) futures = g_ptr_array_new_with_free_func (dex_unref);
  Changes changes = { 0 };
  guint64 before;

  while (g_main_context_iteration (NULL, FALSE))
    continue;
  before = piao_replica_get_generation (fixture->replica);
  g_signal_connect (fixture->replica, "changed", G_CALLBACK (count_change), &changes);
  for (guint i = 0; i < 50; i++)
    {
      g_autofree char *code = g_strdup_printf ("%u", i);

      g_ptr_array_add (futures, piao_replica_run (fixture->replica, "shelf.add",
                                                  shelf_args_add (code, "x", NULL)));
    }
  g_test_message ("Reading and refused commands are no changes");
  g_ptr_array_add (futures, piao_replica_read (fixture->replica, read_device, NULL, NULL));
  g_ptr_array_add (futures,
                   piao_replica_run (fixture->replica, "shelf.move", shelf_args_move (1, 1)));
  for (guint i = 0; i < futures->len; i++)
    piao_future_wait (futures->pdata[i], NULL);
  while (changes.generation < before + 50)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (piao_replica_get_generation (fixture->replica), ==, before + 50);
  g_assert_cmpuint (changes.generation, ==, before + 50);
  g_assert_cmpuint (changes.n, <=, 50);
  g_assert_cmpuint (changes.n, >, 0);
  g_signal_handlers_disconnect_by_data (fixture->replica, &changes);
}

static void
count_destroy (gpointer data)
{
  g_atomic_int_inc ((int *)data);
}

static void
test_closing_finishes_what_is_queued (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) futures = g_ptr_array_new_with_free_func (dex_unref);
  int destroyed = 0;

  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *code = g_strdup_printf ("%u", i);

      g_ptr_array_add (futures, piao_replica_run_also (fixture->replica, "shelf.add",
                                                       shelf_args_add (code, "x", NULL), NULL,
                                                       &destroyed, count_destroy));
    }
  piao_replica_close (fixture->replica);
  piao_replica_close (fixture->replica);
  for (guint i = 0; i < futures->len; i++)
    g_assert_true (dex_future_is_resolved (futures->pdata[i]));
  assert_rejected (piao_replica_run_also (fixture->replica, "shelf.add",
                                          shelf_args_add ("x", "x", NULL), NULL, &destroyed,
                                          count_destroy),
                   "replica.closed");
  g_assert_cmpint (destroyed, ==, 21);
}

static void
test_a_wrong_file_is_refused (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "letter.txt", NULL);
  g_autofree char *nowhere = g_build_filename (fixture->folder, "no", "such", "folder", NULL);
  g_autoptr (PiaoRegistry) registry = shelf_registry_new ();
  g_autoptr (PiaoClock) clock = piao_clock_new_manual (1);
  g_autoptr (GError) error = NULL;
  g_autofree char *letter = g_strnfill (5000, 'x');
  g_autofree char *after = NULL;

  g_assert_true (g_file_set_contents (path, letter, -1, NULL));
  g_assert_null (piao_replica_open (path, registry, clock, &error));
  g_assert_error (error, PIAO_ERROR, PIAO_ERROR_CORRUPT);
  g_clear_error (&error);
  g_assert_true (g_file_get_contents (path, &after, NULL, NULL));
  g_assert_cmpstr (letter, ==, after);
  g_assert_null (piao_replica_open (nowhere, registry, clock, &error));
  g_assert_error (error, PIAO_ERROR, PIAO_ERROR_FAILED);
}

/* --- many threads ---------------------------------------------------------------------------- */

#define N_CALLERS 4
#define N_CALLS 100

typedef struct
{
  PiaoReplica *replica;
  gint64 shelf;
  GPtrArray *futures;
} Caller;

static gpointer
call_from_thread (gpointer data)
{
  Caller *caller = data;

  for (guint i = 0; i < N_CALLS; i++)
    {
      g_ptr_array_add (caller->futures, piao_replica_run (caller->replica, "shelf.move",
                                                          shelf_args_move (caller->shelf, 1)));
      g_ptr_array_add (caller->futures, piao_replica_read (caller->replica, read_number,
                                                           (gpointer)&test_first_stock, NULL));
      piao_replica_get_generation (caller->replica);
      piao_replica_get_actor (caller->replica);
    }
  return NULL;
}

static void
test_many_threads (Fixture *fixture, gconstpointer data)
{
  gint64 add = shelf_run (fixture->replica, "shelf.add", shelf_args_add ("1", "一", NULL), NULL);
  gint64 stride = (PIAO_ID_PER_COMMAND - 1) * PIAO_ID_STRIDE;
  g_autoptr (DexFuture) order = NULL;
  Caller callers[N_CALLERS];
  GThread *threads[N_CALLERS];
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < N_CALLERS; i++)
    {
      callers[i] = (Caller){ fixture->replica, SHELF_ROW_OF (add),
                             g_ptr_array_new_with_free_func (dex_unref) };
      threads[i] = g_thread_new ("caller", call_from_thread, &callers[i]);
    }
  piao_replica_set_actor (fixture->replica, 0, 9);
  for (guint i = 0; i < N_CALLERS; i++)
    {
      g_thread_join (threads[i]);
      for (guint j = 0; j < callers[i].futures->len; j++)
        {
          const GValue *value = piao_future_wait (callers[i].futures->pdata[j], &error);

          g_assert_no_error (error);
          g_assert_cmpint (g_value_get_int64 (value), >=, 0);
        }
      g_ptr_array_unref (callers[i].futures);
    }
  g_assert_cmpint (get_number (fixture->replica, &test_first_stock), ==, N_CALLERS * N_CALLS);
  g_assert_cmpint (get_number (fixture->replica, &test_count_all_moves), ==, N_CALLERS * N_CALLS);
  g_assert_cmpint (get_number (fixture->replica, &test_count_outbox), ==, N_CALLERS * N_CALLS + 1);
  g_test_message ("The ids of later commands, and of their rows, are later");
  piao_replica_close (fixture->replica);
  {
    g_autoptr (PiaoDb) db = piao_db_open (fixture->path, PIAO_DB_READ_ONLY, &error);
    gint64 wrong = -1;

    g_assert_no_error (error);
    g_assert_true (piao_db_query_int (db, &test_order_of_ids, -1, &wrong, &error, "i", stride));
    g_assert_cmpint (wrong, ==, 0);
    shelf_check (db);
  }
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*func) (Fixture *fixture, gconstpointer data);
  } tests[] = {
    { "/store/replica/command", test_a_command_is_kept },
    { "/store/replica/also", test_what_is_done_also_is_one_with_it },
    { "/store/replica/local-work", test_local_work_is_a_transaction },
    { "/store/replica/changed", test_changes_are_told_once },
    { "/store/replica/close", test_closing_finishes_what_is_queued },
    { "/store/replica/wrong-file", test_a_wrong_file_is_refused },
    { "/store/replica/threads", test_many_threads },
  };

  g_test_init (&argc, &argv, NULL);
  dex_init ();
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].func, tear_down);
  return g_test_run ();
}
