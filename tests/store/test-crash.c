/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A desktop is killed again and again while it works on one file: what its futures had promised
 * must be there. The parent has no threads, so that it can fork. */

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gio/gio.h>

#include "base/piao-future.h"
#include "base/piao-id.h"
#include "tests/store/shelf.h"

PIAO_STATEMENT (test_has_both,
                "SELECT COUNT(*) FROM outbox JOIN test_move ON test_move.id = outbox.id + $2"
                " WHERE outbox.id = $1 AND outbox.undo IS NOT NULL");
PIAO_STATEMENT (test_first_shelf, "SELECT id FROM test_shelf ORDER BY id LIMIT 1");
PIAO_STATEMENT (test_first_stock_is, "SELECT stock FROM test_shelf ORDER BY id LIMIT 1");
PIAO_STATEMENT (test_moves_and_entries,
                "SELECT (SELECT COUNT(*) FROM test_move) - (SELECT COUNT(*) - 1 FROM outbox)");
PIAO_STATEMENT (test_dseq_holes, "SELECT MAX(dseq) - COUNT(*) FROM outbox");

#define KILL_POINTS 1000
#define MIN_KILL_POINTS 25
#define TIME_LIMIT (5 * G_TIME_SPAN_SECOND)

/* The desktop: runs commands for as long as it lives and says when one is durable. */
static void
work (const char *path, gint64 shelf, int fd)
{
  g_autoptr (PiaoReplica) replica = NULL;

  dex_init ();
  replica = shelf_open_replica (path);
  for (;;)
    {
      g_autoptr (GError) error = NULL;
      gint64 id = shelf_run (replica, "shelf.move", shelf_args_move (shelf, 1), &error);

      g_assert_no_error (error);
      g_assert_cmpint (write (fd, &id, sizeof id), ==, sizeof id);
    }
}

static gint64
prepare (const char *path)
{
  int status = -1;
  pid_t pid = fork ();
  g_autoptr (PiaoDb) db = NULL;
  g_autoptr (GError) error = NULL;
  gint64 shelf = 0;

  if (pid == 0)
    {
      PiaoReplica *replica;

      dex_init ();
      replica = shelf_open_replica (path);
      shelf_run (replica, "shelf.add", shelf_args_add ("1", "一", NULL), NULL);
      piao_replica_close (replica);
      _exit (0);
    }
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_cmpint (status, ==, 0);
  db = piao_db_open (path, PIAO_DB_READ_ONLY, &error);
  g_assert_no_error (error);
  g_assert_true (piao_db_query_int (db, &test_first_shelf, 0, &shelf, NULL, ""));
  g_assert_cmpint (shelf, >, 0);
  return shelf;
}

/* Lets a child work until it has promised @n commands, and a moment longer; appends the promises.
 */
static void
work_and_kill (const char *path, gint64 shelf, guint n, GArray *promised)
{
  int ends[2];
  int status = 0;
  volatile guint moment = (guint)g_test_rand_int_range (0, 400000);
  pid_t pid;
  gint64 id;

  g_assert_cmpint (pipe (ends), ==, 0);
  pid = fork ();
  if (pid == 0)
    {
      close (ends[0]);
      work (path, shelf, ends[1]);
    }
  close (ends[1]);
  for (guint i = 0; i < n; i++)
    {
      g_assert_cmpint (read (ends[0], &id, sizeof id), ==, sizeof id);
      g_array_append_val (promised, id);
    }
  while (moment > 0)
    moment--;
  g_assert_cmpint (kill (pid, SIGKILL), ==, 0);
  while (read (ends[0], &id, sizeof id) == sizeof id)
    g_array_append_val (promised, id);
  close (ends[0]);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL);
}

static gint64
get (PiaoDb *db, const PiaoStatement *statement)
{
  gint64 n = -1;

  g_assert_true (piao_db_query_int (db, statement, -1, &n, NULL, ""));
  return n;
}

static void
check_promises (const char *path, GArray *promised)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PiaoDb) db = piao_db_open (path, PIAO_DB_READ_WRITE, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < promised->len; i++)
    {
      gint64 n = 0;

      g_assert_true (piao_db_query_int (db, &test_has_both, 0, &n, NULL, "ii",
                                        g_array_index (promised, gint64, i), PIAO_ID_STRIDE));
      g_assert_cmpint (n, ==, 1);
    }
  g_assert_cmpint (get (db, &test_moves_and_entries), ==, 0);
  g_assert_cmpint (get (db, &test_dseq_holes), ==, 0);
}

static void
test_what_beeped_is_there (void)
{
  char *folder = shelf_make_folder ();
  g_autofree char *path = g_build_filename (folder, "replica.db", NULL);
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 shelf = prepare (path);
  gint64 started = g_get_monotonic_time ();
  guint points;

  for (points = 0; points < KILL_POINTS
                   && (points < MIN_KILL_POINTS || g_get_monotonic_time () - started < TIME_LIMIT);
       points++)
    {
      g_autoptr (GArray) promised = g_array_new (FALSE, FALSE, sizeof (gint64));

      work_and_kill (path, shelf, (guint)g_test_rand_int_range (1, 6), promised);
      check_promises (path, promised);
      g_array_append_vals (all, promised->data, promised->len);
    }
  check_promises (path, all);
  {
    g_autoptr (PiaoDb) db = piao_db_open (path, PIAO_DB_READ_WRITE, NULL);

    shelf_check (db);
    g_assert_cmpint (get (db, &test_first_stock_is), >=, all->len);
  }
  g_test_message ("%u times killed, %u commands promised and kept", points, all->len);
  shelf_remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/crash/what-beeped-is-there", test_what_beeped_is_there);
  return g_test_run ();
}
