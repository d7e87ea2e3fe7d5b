/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include <gio/gio.h>

#include "base/piao-error.h"
#include "base/piao-future.h"
#include "base/piao-id.h"
#include "store/piao-replica.h"
#include "tests/lib/piao-shim-vfs.h"
#include "tests/store/shelf.h"

/* A disk that takes nothing any more, under a replica that runs. (B.10) */

#define LIMIT_SECONDS 20

PIAO_STATEMENT (test_first_stock, "SELECT stock FROM test_shelf ORDER BY id LIMIT 1");
PIAO_STATEMENT (test_count_outbox, "SELECT COUNT(*) FROM outbox");

typedef struct
{
  PiaoShimDisk *disk;
  PiaoReplica *replica;
  gint64 shelf;  /* id of the row */
  guint changes; /* emissions of "storage-changed" */
} Fixture;

static void
on_storage_changed (Fixture *f)
{
  f->changes++;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;

  f->disk = piao_shim_disk_new ("storage");
  path = piao_shim_disk_path (f->disk, "replica.db");
  f->replica = shelf_open_replica (path);
  g_signal_connect_swapped (f->replica, "storage-changed", G_CALLBACK (on_storage_changed), f);
  f->shelf = SHELF_ROW_OF (
      shelf_run (f->replica, "shelf.add", shelf_args_add ("1", "一", NULL), &error));
  g_assert_no_error (error);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_finalize_object (f->replica);
  piao_shim_disk_free (f->disk);
}

static DexFuture *
read_number (PiaoDb *db, gpointer data)
{
  GError *error = NULL;
  gint64 number = 0;

  if (!piao_db_query_int (db, data, -1, &number, &error, ""))
    return dex_future_new_for_error (error);
  return dex_future_new_for_int64 (number);
}

static gint64
get_number (Fixture *f, const PiaoStatement *statement)
{
  g_autoptr (DexFuture) future
      = piao_replica_read (f->replica, read_number, (gpointer)statement, NULL);
  g_autoptr (GError) error = NULL;
  const GValue *value = piao_future_wait (future, &error);

  g_assert_no_error (error);
  return g_value_get_int64 (value);
}

static void
move (Fixture *f, GError **error)
{
  shelf_run (f->replica, "shelf.move", shelf_args_move (f->shelf, 1), error);
}

static gboolean
set_flag (gpointer flag)
{
  *(gboolean *)flag = TRUE;
  return G_SOURCE_REMOVE;
}

static void
await_storage (Fixture *f, PiaoStorage storage)
{
  gboolean late = FALSE;
  guint limit = g_timeout_add_seconds (LIMIT_SECONDS, set_flag, &late);

  while (piao_replica_get_storage (f->replica) != storage || f->changes == 0)
    {
      g_assert_false (late);
      g_main_context_iteration (NULL, TRUE);
    }
  g_source_remove (limit);
  f->changes = 0;
}

/* Nothing changed, and the sentence says what is wrong, where, and what to do. */
static void
assert_refused (Fixture *f, const char *reason, const char *word)
{
  g_autoptr (GError) error = NULL;
  gint64 stock = get_number (f, &test_first_stock);
  gint64 waiting = get_number (f, &test_count_outbox);

  move (f, &error);
  g_assert_error (error, PIAO_ERROR, PIAO_ERROR_FAILED);
  g_assert_cmpstr (piao_error_get_reason (error), ==, reason);
  g_assert_nonnull (strstr (error->message, word));
  g_assert_nonnull (strstr (error->message, "/shim/storage"));
  g_assert_nonnull (strstr (error->message, "support"));
  g_assert_cmpint (get_number (f, &test_first_stock), ==, stock);
  g_assert_cmpint (get_number (f, &test_count_outbox), ==, waiting);
}

static void
test_full (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gint64 stock;

  g_assert_cmpint (piao_replica_get_storage (f->replica), ==, PIAO_STORAGE_GOOD);
  g_test_message ("The disk is full");
  piao_shim_disk_arm (f->disk, PIAO_SHIM_FULL, 1);
  assert_refused (f, "db.full", "full");
  await_storage (f, PIAO_STORAGE_FULL);
  stock = get_number (f, &test_first_stock);
  assert_refused (f, "db.full", "full");

  g_test_message ("There is room again, and nobody has to try");
  piao_shim_disk_arm (f->disk, PIAO_SHIM_HEALTHY, 0);
  await_storage (f, PIAO_STORAGE_GOOD);
  move (f, &error);
  g_assert_no_error (error);
  g_assert_cmpint (get_number (f, &test_first_stock), ==, stock + 1);
}

static void
test_a_write_ends_it (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  piao_shim_disk_arm (f->disk, PIAO_SHIM_FULL, 1);
  assert_refused (f, "db.full", "full");
  await_storage (f, PIAO_STORAGE_FULL);
  piao_shim_disk_arm (f->disk, PIAO_SHIM_HEALTHY, 0);
  move (f, &error);
  g_assert_no_error (error);
  g_assert_cmpint (piao_replica_get_storage (f->replica), ==, PIAO_STORAGE_GOOD);
}

static void
test_failing (Fixture *f, gconstpointer data)
{
  piao_shim_disk_arm (f->disk, PIAO_SHIM_ERROR, 1);
  assert_refused (f, "db.io", "fails");
  await_storage (f, PIAO_STORAGE_FAILING);
  piao_shim_disk_arm (f->disk, PIAO_SHIM_HEALTHY, 0);
  await_storage (f, PIAO_STORAGE_GOOD);
}

/* What a rule refuses says nothing about the disk. */
static void
test_a_rule (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  shelf_run (f->replica, "shelf.move", shelf_args_move (f->shelf, -5), &error);
  g_assert_cmpstr (piao_error_get_reason (error), ==, "shelf.empty");
  g_assert_cmpint (piao_replica_get_storage (f->replica), ==, PIAO_STORAGE_GOOD);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  dex_init ();
  piao_shim_register ();
  g_test_add ("/storage/full", Fixture, NULL, set_up, test_full, tear_down);
  g_test_add ("/storage/a-write-ends-it", Fixture, NULL, set_up, test_a_write_ends_it, tear_down);
  g_test_add ("/storage/failing", Fixture, NULL, set_up, test_failing, tear_down);
  g_test_add ("/storage/a-rule", Fixture, NULL, set_up, test_a_rule, tear_down);
  return g_test_run ();
}
