/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What "saved" costs on a desktop: the time from asking for a command until the future says that
 * it is durable, beside a bare one-row FULL commit on the same disk in the same run; and how fast
 * a long list is there. One line a figure, as JSON with --json.
 */

#include <stdlib.h>

#include <gio/gio.h>

#include "base/piao-future.h"
#include "base/piao-id.h"
#include "store/piao-row-list.h"
#include "store/piao-search.h"
#include "tests/store/shelf.h"

PIAO_STATEMENT (bench_bare, "INSERT INTO bare (text) VALUES ($1)");
PIAO_STATEMENT (bench_list, "SELECT id FROM test_shelf ORDER BY name, id");
PIAO_STATEMENT (bench_page,
                "SELECT id, code, name, stock FROM test_shelf"
                " WHERE id IN (SELECT value FROM json_each ($1))");

static gboolean as_json;
static int n_rows = 1000000;
static int n_rounds = 2000;
static int n_kept = 20000;

static const GOptionEntry options[] = {
  { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, "One JSON object a line", NULL },
  { "rows", 0, 0, G_OPTION_ARG_INT, &n_rows, "Rows in the replica", "N" },
  { "kept", 0, 0, G_OPTION_ARG_INT, &n_kept, "Commands in the outbox that are done with", "N" },
  { "rounds", 0, 0, G_OPTION_ARG_INT, &n_rounds, "Commands to time", "N" },
  { NULL },
};

static gint64
shelf_of_round (int round)
{
  return (gint64)(1 + (round * 7919LL) % n_rows) * 4096;
}

/* @reference 0: the goal is of the value, otherwise of value / reference. */
static gboolean
report (const char *figure, double value, const char *unit, double reference, double goal)
{
  double measure = reference > 0 ? value / reference : value;
  gboolean ok = measure <= goal;

  if (as_json)
    g_print ("{\"figure\":\"%s\",\"value\":%.3f,\"unit\":\"%s\",\"reference\":%.3f,"
             "\"ratio\":%.3f,\"goal\":\"at most %g %s\",\"ok\":%s}\n",
             figure, value, unit, reference, reference > 0 ? measure : 0.0, goal,
             reference > 0 ? "x reference" : unit, ok ? "true" : "false");
  else
    g_print ("%-32s %10.1f %-3s  beside %10.1f  ratio %5.2f  goal %7.2f  %s\n", figure, value, unit,
             reference, reference > 0 ? measure : 0.0, goal, ok ? "ok" : "MISSED");
  return ok;
}

static int
compare (const void *a, const void *b)
{
  gint64 left = *(const gint64 *)a;
  gint64 right = *(const gint64 *)b;

  return (left > right) - (left < right);
}

static double
percentile (GArray *times, guint percent)
{
  g_array_sort (times, compare);
  return (double)g_array_index (times, gint64, (guint64)(times->len - 1) * percent / 100);
}

static void
note (GArray *times, gint64 started)
{
  gint64 took = g_get_monotonic_time () - started;

  g_array_append_val (times, took);
}

/* The rows of the benched commands have their text, as rows that have come have. */
static void
fill_search (PiaoDb *db)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (piao_db_begin (db, NULL));
  for (int i = 0; i < n_rounds; i++)
    {
      g_autoptr (PiaoRecord) shelf = piao_record_load (db, &shelf_kind, shelf_of_round (i), &error);

      g_assert_no_error (error);
      piao_search_touch (db, shelf, &error);
      g_assert_no_error (error);
    }
  g_assert_true (piao_db_commit (db, NULL));
}

static void
fill (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PiaoDb) db = piao_db_open (path, PIAO_DB_RELAXED, &error);
  g_autofree char *sql = g_strdup_printf (
      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
      " INSERT INTO test_shelf SELECT i * 4096, 0, 0, 0, printf ('%%010d', i),"
      " printf ('%%09d', i * 7919 %% 1000003), '13800001111', 0 FROM n;"
      "CREATE INDEX test_shelf_name ON test_shelf (name, id);"
      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
      " INSERT INTO outbox (dseq, id, name, args, at, actor, state, decided, seq)"
      " SELECT i, i * 4096, 'shelf.move', '{\"shelf\":\"4096\",\"n\":1}', 1, 7, 'accepted', 1, i"
      " FROM n WHERE i <= %d;",
      n_rows, n_kept, n_kept);

  g_assert_no_error (error);
  piao_db_script (db, sql, &error);
  g_assert_no_error (error);
  fill_search (db);
}

static PiaoDb *
open_bare (const char *path)
{
  g_autoptr (GError) error = NULL;
  PiaoDb *db = piao_db_open (path, 0, &error);

  g_assert_no_error (error);
  piao_db_script (db, "CREATE TABLE bare (id INTEGER PRIMARY KEY, text TEXT)", &error);
  g_assert_no_error (error);
  return db;
}

static void
commit_bare (PiaoDb *db)
{
  g_assert_true (piao_db_begin (db, NULL));
  g_assert_true (piao_db_exec (db, &bench_bare, NULL, "s", "one row of a ledger"));
  g_assert_true (piao_db_commit (db, NULL));
}

static gboolean
bench_commands (PiaoReplica *replica, PiaoDb *bare)
{
  g_autoptr (GArray) commands = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) commits = g_array_new (FALSE, FALSE, sizeof (gint64));
  double bare_p50;
  double bare_p99;
  gboolean ok;

  for (int i = 0; i < n_rounds; i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 started = g_get_monotonic_time ();

      commit_bare (bare);
      note (commits, started);
      started = g_get_monotonic_time ();
      shelf_run (replica, "shelf.move", shelf_args_move (shelf_of_round (i), 1), &error);
      note (commands, started);
      g_assert_no_error (error);
    }
  bare_p50 = percentile (commits, 50);
  bare_p99 = percentile (commits, 99);
  ok = report ("replica.command.p50", percentile (commands, 50), "us", bare_p50, 2.5);
  return report ("replica.command.p99", percentile (commands, 99), "us", bare_p99, 3) && ok;
}

static gboolean
bench_list_of_all (PiaoReplica *replica)
{
  g_autoptr (PiaoRowList) list = piao_row_list_new (replica);
  gint64 started = g_get_monotonic_time ();
  g_autoptr (PiaoRow) row = NULL;
  double first;
  gboolean ok;

  piao_row_list_set_query (list, &bench_list, &bench_page, "");
  while (g_list_model_get_n_items (G_LIST_MODEL (list)) == 0)
    g_main_context_iteration (NULL, TRUE);
  row = g_list_model_get_item (G_LIST_MODEL (list), 0);
  while (!piao_row_is_loaded (row))
    g_main_context_iteration (NULL, TRUE);
  first = (double)(g_get_monotonic_time () - started) / 1000;
  while (!piao_row_list_is_ready (list))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint ((int)g_list_model_get_n_items (G_LIST_MODEL (list)), ==, n_rows);
  ok = report ("replica.list.first", first, "ms", 0, 150);
  return report ("replica.list.all", (double)(g_get_monotonic_time () - started) / 1000, "ms", 0,
                 2000)
         && ok;
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  g_autofree char *bare_path = NULL;
  PiaoReplica *replica;
  PiaoDb *bare;
  char *folder;
  gboolean ok;

  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    g_error ("%s", error->message);
  dex_init ();
  folder = shelf_make_folder ();
  path = g_build_filename (folder, "replica.db", NULL);
  bare_path = g_build_filename (folder, "bare.db", NULL);
  replica = shelf_open_replica (path);
  piao_replica_close (replica);
  g_object_unref (replica);
  fill (path);
  replica = shelf_open_replica (path);
  bare = open_bare (bare_path);
  ok = bench_commands (replica, bare);
  ok = bench_list_of_all (replica) && ok;
  piao_db_free (bare);
  piao_replica_close (replica);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_object_unref (replica);
  shelf_remove_folder (folder);
  return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
