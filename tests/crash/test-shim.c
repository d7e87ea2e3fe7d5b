/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The shim disk itself: SQLite keeps its promises on it, and it takes everything else away. */

#include <sqlite3.h>

#include "tests/lib/piao-shim-vfs.h"

#define N_ROWS 12

static int get_int (sqlite3 *db, const char *sql);

typedef struct
{
  const char *name, *journal, *synchronous;
} Mode;

static const Mode full = { "WAL, full", "PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL" };
static const Mode normal
    = { "WAL, normal", "PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL" };
static const Mode off = { "WAL, off", "PRAGMA journal_mode = WAL", "PRAGMA synchronous = OFF" };
/* In FULL the end of the journal may be forgotten, and with it a commit. */
static const Mode rollback
    = { "rollback, extra", "PRAGMA journal_mode = DELETE", "PRAGMA synchronous = EXTRA" };

static sqlite3 *
open_on (PiaoShimDisk *disk, const Mode *mode)
{
  g_autofree char *path = piao_shim_disk_path (disk, "a.db");
  sqlite3 *db = NULL;

  if (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) != SQLITE_OK)
    g_clear_pointer (&db, sqlite3_close);
  if (db != NULL)
    {
      get_int (db, mode->journal);
      get_int (db, mode->synchronous);
    }
  return db;
}

/* Commits one row after the other; how many commits came back. */
static int
fill (PiaoShimDisk *disk, const Mode *mode)
{
  sqlite3 *db = open_on (disk, mode);
  int n = 0;

  if (db != NULL
      && sqlite3_exec (db, "CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, x TEXT)", NULL,
                       NULL, NULL)
             == SQLITE_OK)
    while (n < N_ROWS)
      {
        if (sqlite3_exec (db,
                          "INSERT INTO t SELECT COALESCE (MAX (id), 0) + 1,"
                          " hex (zeroblob (1500)) FROM t",
                          NULL, NULL, NULL)
            != SQLITE_OK)
          break;
        n++;
        if (n % 5 == 0
            && sqlite3_wal_checkpoint_v2 (db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL)
                   == SQLITE_IOERR)
          break;
      }
  sqlite3_close (db);
  return n;
}

static int
get_int (sqlite3 *db, const char *sql)
{
  sqlite3_stmt *statement = NULL;
  int number = -1;

  if (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL) == SQLITE_OK
      && sqlite3_step (statement) == SQLITE_ROW)
    number = sqlite3_column_int (statement, 0);
  sqlite3_finalize (statement);
  return number;
}

typedef struct
{
  guint crashes, inside, losses, damaged;
} Tally;

static Tally
crash_everywhere (const Mode *mode)
{
  Tally tally = { 0 };
  gboolean struck = TRUE;

  for (guint64 nth = 1; struck; nth++)
    for (guint image = 0; image < PIAO_SHIM_N_IMAGES; image++)
      {
        g_autoptr (PiaoShimDisk) disk = piao_shim_disk_new ("shim");
        sqlite3 *db;
        int promised;
        int there;

        piao_shim_disk_arm (disk, PIAO_SHIM_CRASH, nth);
        promised = fill (disk, mode);
        struck = piao_shim_disk_is_down (disk);
        tally.crashes += struck;
        tally.inside += piao_shim_disk_was_in_transaction (disk);
        piao_shim_disk_recover (disk, image, nth);
        db = open_on (disk, mode);
        g_assert_nonnull (db);
        if (get_int (db,
                     "SELECT COUNT(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'")
            != 0)
          tally.damaged++;
        there = get_int (db, "SELECT COUNT(*) FROM t");
        if (MAX (there, 0) < promised)
          tally.losses++;
        sqlite3_close (db);
      }
  return tally;
}

static void
test_promises (void)
{
  static const Mode *const modes[] = { &full, &rollback };

  for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
    {
      gint64 started = g_get_monotonic_time ();
      Tally tally = crash_everywhere (modes[i]);

      g_test_message ("%s: %u crashes, %u inside, %.0f a second", modes[i]->name, tally.crashes,
                      tally.inside,
                      tally.crashes * 1e6 / (double)(g_get_monotonic_time () - started));
      g_assert_cmpuint (tally.crashes, >, 400);
      g_assert_cmpuint (tally.inside, >, tally.crashes / 10);
      g_assert_cmpuint (tally.losses, ==, 0);
      g_assert_cmpuint (tally.damaged, ==, 0);
    }
}

/* A disk that forgets nothing would prove nothing. */
static void
test_forgets (void)
{
  Tally quick = crash_everywhere (&normal);
  Tally careless = crash_everywhere (&off);

  g_assert_cmpuint (quick.losses, >, 0);
  g_assert_cmpuint (quick.damaged, ==, 0);
  g_assert_cmpuint (careless.losses, >, 0);
  g_assert_cmpuint (careless.damaged, >, 0);
}

static void
test_connections (void)
{
  g_autoptr (PiaoShimDisk) disk = piao_shim_disk_new ("shim");
  sqlite3 *one = open_on (disk, &full);
  sqlite3 *two = open_on (disk, &full);

  g_assert_cmpint (sqlite3_exec (one, "CREATE TABLE t (x); BEGIN; INSERT INTO t VALUES (1)", NULL,
                                 NULL, NULL),
                   ==, SQLITE_OK);
  g_assert_cmpint (get_int (two, "SELECT COUNT(*) FROM t"), ==, 0);
  g_assert_cmpint (sqlite3_exec (two, "BEGIN IMMEDIATE", NULL, NULL, NULL), ==, SQLITE_BUSY);
  g_assert_cmpint (sqlite3_exec (two, "BEGIN; SELECT * FROM t", NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (one, "COMMIT", NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (get_int (two, "SELECT COUNT(*) FROM t"), ==, 0);
  g_assert_cmpint (sqlite3_exec (two, "COMMIT", NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (get_int (two, "SELECT COUNT(*) FROM t"), ==, 1);
  sqlite3_close (one);
  sqlite3_close (two);
}

static gpointer
add_rows (gpointer data)
{
  g_autofree char *path = piao_shim_disk_path (data, "a.db");
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  sqlite3_busy_timeout (db, 20000);
  for (int i = 0; i < 50; i++)
    g_assert_cmpint (sqlite3_exec (db, "INSERT INTO t VALUES (1)", NULL, NULL, NULL), ==,
                     SQLITE_OK);
  sqlite3_close (db);
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (PiaoShimDisk) disk = piao_shim_disk_new ("shim");
  sqlite3 *db = open_on (disk, &full);
  GThread *threads[4];

  g_assert_cmpint (sqlite3_exec (db, "CREATE TABLE t (x)", NULL, NULL, NULL), ==, SQLITE_OK);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("adds", add_rows, disk);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpint (get_int (db, "SELECT COUNT(*) FROM t"), ==, 200);
  sqlite3_close (db);
}

static void
test_errors (void)
{

  for (guint fault = PIAO_SHIM_ERROR_ONCE; fault <= PIAO_SHIM_FULL; fault++)
    for (guint64 nth = 1; nth < 40; nth++)
      {
        g_autoptr (PiaoShimDisk) disk = piao_shim_disk_new ("shim");
        int before;
        int after;

        piao_shim_disk_arm (disk, (PiaoShimFault)fault, nth);
        before = fill (disk, &full);
        g_assert_true (before < N_ROWS || !piao_shim_disk_has_struck (disk)
                       || fault == PIAO_SHIM_ERROR_ONCE || fault >= PIAO_SHIM_READ_ONCE);
        piao_shim_disk_arm (disk, PIAO_SHIM_HEALTHY, 0);
        {
          sqlite3 *db = open_on (disk, &full);

          after = MAX (get_int (db, "SELECT COUNT(*) FROM t"), 0);
          g_assert_cmpint (after, >=, before);
          sqlite3_close (db);
        }
      }
}

static void
test_capacity (void)
{
  g_autoptr (PiaoShimDisk) disk = piao_shim_disk_new ("shim");
  int n;

  piao_shim_disk_set_capacity (disk, 40000);
  n = fill (disk, &full);
  g_assert_cmpint (n, >, 0);
  g_assert_cmpint (n, <, N_ROWS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  piao_shim_register ();
  g_test_add_func ("/crash/shim/promises", test_promises);
  g_test_add_func ("/crash/shim/forgets", test_forgets);
  g_test_add_func ("/crash/shim/connections", test_connections);
  g_test_add_func ("/crash/shim/threads", test_threads);
  g_test_add_func ("/crash/shim/errors", test_errors);
  g_test_add_func ("/crash/shim/capacity", test_capacity);
  return g_test_run ();
}
