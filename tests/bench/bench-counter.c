/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From the scan to what the screen is told to show, the durable commit included: packs are scanned
 * onto waiting orders of the large replica as the counter does it, each followed by reading the
 * order's sheet again, and between two scans a bare transaction of one row commits with FULL on
 * the same disk. Every eighth scan comes twice and must be refused in the same time. Afterwards
 * the orders are given back. */

#include "config.h"

#include <glib/gstdio.h>
#include <sqlite3.h>

#include "base/piao-error.h"
#include "base/piao-future.h"
#include "base/piao-json.h"
#include "domain/order/piao-counter-queries.h"
#include "tests/bench/piao-bench.h"

/* A key pressed on a screen of 60 Hz should be answered by the next picture. */
#define FRAME_MS 16.0
#define REPEAT_EVERY 8

PIAO_STATEMENT (bench_orders,
                "SELECT id FROM orders WHERE warehouse_id = $1 AND state = 'pending_outbound'"
                " ORDER BY submitted_at, id");
PIAO_STATEMENT (bench_lines, "SELECT ticket_type_id, packs FROM order_line WHERE order_id = $1");
PIAO_STATEMENT (bench_packs,
                "SELECT code FROM pack WHERE warehouse_id = $1 AND ticket_type_id = $2"
                " AND state = 'in_stock' AND frozen = 0 AND shelf IS NOT NULL"
                " ORDER BY id * 7919 % 10007 LIMIT $3");

typedef struct
{
  PiaoReplica *replica;
  sqlite3_stmt *bare;
  GArray *scan;
  GArray *refused;
  GArray *reference;
} Bench;

/* --- the bare commit ------------------------------------------------------------------------- */

static sqlite3 *
open_bare (Bench *bench, const char *path)
{
  sqlite3 *db = NULL;

  g_unlink (path);
  if (sqlite3_open (path, &db) != SQLITE_OK
      || sqlite3_exec (db,
                       "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                       "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER); INSERT INTO t "
                       "VALUES (1, 0)",
                       NULL, NULL, NULL)
             != SQLITE_OK
      || sqlite3_prepare_v2 (db, "UPDATE t SET n = n + 1 WHERE id = 1", -1, &bench->bare, NULL)
             != SQLITE_OK)
    g_error ("The bare database: %s", sqlite3_errmsg (db));
  return db;
}

static void
commit_bare (Bench *bench)
{
  double started = piao_bench_now ();

  if (sqlite3_step (bench->bare) != SQLITE_DONE)
    g_error ("The bare commit failed");
  sqlite3_reset (bench->bare);
  piao_bench_samples_add (bench->reference, piao_bench_now () - started);
}

/* --- scans ----------------------------------------------------------------------------------- */

/* Runs a command to its end; NULL or the error. */
static GError *
run (Bench *bench, const char *name, JsonObject *args)
{
  g_autoptr (DexFuture) future = piao_replica_run (bench->replica, name, args);
  GError *error = NULL;

  piao_future_wait (future, &error);
  return error;
}

static DexFuture *
read_sheet (PiaoDb *db, gpointer data)
{
  GError *error = NULL;
  PiaoCounterSheet *sheet = piao_counter_sheet_load (db, *(gint64 *)data, &error);

  if (sheet == NULL)
    return dex_future_new_for_error (error);
  return dex_future_new_take_boxed (PIAO_TYPE_COUNTER_SHEET, sheet);
}

/* What the counter does after a scan it has taken. */
static void
show (Bench *bench, gint64 order)
{
  g_autoptr (DexFuture) future = piao_replica_read (bench->replica, read_sheet, &order, NULL);
  GError *error = NULL;

  piao_future_wait (future, &error);
  piao_bench_check (error);
}

static void
scan (Bench *bench, gint64 order, const char *code)
{
  double started = piao_bench_now ();

  piao_bench_check (
      run (bench, "order.scan", piao_json_build ("order", 'd', order, "pack", 's', code, NULL)));
  show (bench, order);
  piao_bench_samples_add (bench->scan, piao_bench_now () - started);
  commit_bare (bench);
  if (bench->scan->len % REPEAT_EVERY == 0)
    {
      g_autoptr (GError) error = NULL;

      started = piao_bench_now ();
      error = run (bench, "order.scan",
                   piao_json_build ("order", 'd', order, "pack", 's', code, NULL));
      piao_bench_samples_add (bench->refused, piao_bench_now () - started);
      if (g_strcmp0 (piao_error_get_reason (error), "scan.again") != 0)
        g_error ("A repeated scan was not refused as one");
    }
}

/* --- what to scan ---------------------------------------------------------------------------- */

typedef struct
{
  gint64 order;
  GPtrArray *codes;
} Sheet;

static void
sheet_free (gpointer data)
{
  Sheet *sheet = data;

  g_ptr_array_unref (sheet->codes);
  g_free (sheet);
}

static void
add_codes (PiaoDb *db, Sheet *sheet, gint64 type, gint64 count, GHashTable *taken, GError **error)
{
  g_autoptr (PiaoCursor) cursor
      = piao_db_query (db, &bench_packs, error, "iii", (gint64)BENCH_WAREHOUSE, type,
                       (gint64)g_hash_table_size (taken) + count);

  while (count > 0 && cursor != NULL && piao_cursor_next (cursor, error))
    if (g_hash_table_add (taken, g_strdup (piao_cursor_text (cursor, 0))))
      {
        g_ptr_array_add (sheet->codes, g_strdup (piao_cursor_text (cursor, 0)));
        count--;
      }
}

static gboolean
fill_sheet (PiaoDb *db, Sheet *sheet, GHashTable *taken, GError **error)
{
  g_autoptr (PiaoCursor) lines = piao_db_query (db, &bench_lines, error, "i", sheet->order);
  g_autoptr (GError) inner = NULL;

  while (lines != NULL && inner == NULL && piao_cursor_next (lines, &inner))
    add_codes (db, sheet, piao_cursor_int (lines, 0), piao_cursor_int (lines, 1), taken, &inner);
  if (inner == NULL)
    return lines != NULL;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

/* The sheets (order and codes) for at least as many scans as are asked for. */
static DexFuture *
read_sheets (PiaoDb *db, gpointer data)
{
  int scans = GPOINTER_TO_INT (data);
  GPtrArray *sheets = g_ptr_array_new_with_free_func (sheet_free);
  g_autoptr (GHashTable) taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GError *error = NULL;
  g_autoptr (PiaoCursor) orders
      = piao_db_query (db, &bench_orders, &error, "i", (gint64)BENCH_WAREHOUSE);

  while (orders != NULL && scans > 0 && piao_cursor_next (orders, &error))
    {
      Sheet *sheet = g_new0 (Sheet, 1);

      sheet->order = piao_cursor_int (orders, 0);
      sheet->codes = g_ptr_array_new_with_free_func (g_free);
      g_ptr_array_add (sheets, sheet);
      if (!fill_sheet (db, sheet, taken, &error))
        break;
      scans -= (int)sheet->codes->len;
    }
  if (error != NULL)
    {
      g_ptr_array_unref (sheets);
      return dex_future_new_for_error (error);
    }
  return dex_future_new_take_boxed (G_TYPE_PTR_ARRAY, sheets);
}

/* --- the run --------------------------------------------------------------------------------- */

static void
pick (Bench *bench, const Sheet *sheet)
{
  piao_bench_check (
      run (bench, "order.open_pick", piao_json_build ("order", 'd', sheet->order, NULL)));
  for (guint i = 0; i < sheet->codes->len; i++)
    scan (bench, sheet->order, sheet->codes->pdata[i]);
}

static void
report (Bench *bench)
{
  double bare50 = piao_bench_samples_get (bench->reference, 50);
  double bare99 = piao_bench_samples_get (bench->reference, 99);

  piao_bench_report ("counter-scan-p50", piao_bench_samples_get (bench->scan, 50), "ms", bare50,
                     FRAME_MS, 0);
  piao_bench_report ("counter-scan-p99", piao_bench_samples_get (bench->scan, 99), "ms", bare99,
                     FRAME_MS, 0);
  piao_bench_report ("counter-refusal-p99", piao_bench_samples_get (bench->refused, 99), "ms",
                     bare99, FRAME_MS, 0);
}

static void
measure (Bench *bench, GPtrArray *sheets)
{
  for (guint i = 0; i < sheets->len; i++)
    {
      pick (bench, sheets->pdata[i]);
      if (i > 0)
        continue;
      /* The first order warms the caches. */
      g_array_set_size (bench->scan, 0);
      g_array_set_size (bench->refused, 0);
      g_array_set_size (bench->reference, 0);
    }
  report (bench);
  for (guint i = 0; i < sheets->len; i++)
    {
      const Sheet *sheet = sheets->pdata[i];

      piao_bench_check (
          run (bench, "order.release", piao_json_build ("order", 'd', sheet->order, NULL)));
    }
}

int
main (int argc, char **argv)
{
  g_autoptr (PiaoBenchOptions) options = NULL;
  g_autoptr (PiaoReplica) replica = NULL;
  g_autoptr (DexFuture) sheets = NULL;
  g_autofree char *bare_path = NULL;
  Bench bench = { 0 };
  GError *error = NULL;
  const GValue *value;
  sqlite3 *bare;

  dex_init ();
  options = piao_bench_options_parse (&argc, &argv);
  replica = piao_bench_open (options);
  bench.replica = replica;
  bench.scan = piao_bench_samples_new ();
  bench.refused = piao_bench_samples_new ();
  bench.reference = piao_bench_samples_new ();
  bare_path = g_build_filename (options->folder, "bare.db", NULL);
  bare = open_bare (&bench, bare_path);
  sheets = piao_replica_read (replica, read_sheets, GINT_TO_POINTER (options->repeats), NULL);
  value = piao_future_wait (sheets, &error);
  piao_bench_check (error);
  measure (&bench, g_value_get_boxed (value));
  sqlite3_finalize (bench.bare);
  sqlite3_close (bare);
  piao_replica_close (replica);
  g_array_unref (bench.scan);
  g_array_unref (bench.refused);
  g_array_unref (bench.reference);
  return 0;
}
