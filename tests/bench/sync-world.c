/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include <glib/gstdio.h>

#include "domain/order/piao-order-kinds.h"
#include "domain/piao-domain.h"
#include "store/piao-change-index.h"
#include "store/piao-digest.h"
#include "store/piao-schema.h"
#include "sync/piao-ledger.h"
#include "tests/bench/piao-bench.h"
#include "tests/bench/sync-world.h"

#define WAITING 2000
#define YEARS_MS G_GINT64_CONSTANT (126144000000)

PIAO_STATEMENT (bench_newest,
                "SELECT id, rev FROM orders WHERE warehouse_id = 20 AND submitted_at > 0"
                " ORDER BY submitted_at DESC LIMIT $1");
PIAO_STATEMENT (bench_note, "UPDATE orders SET note = $1, rev = $2 WHERE id = $3");
PIAO_STATEMENT (bench_note_change,
                "UPDATE change SET seq = $1 WHERE lane = 652300 AND kind = 'order' AND id = $2");
PIAO_STATEMENT (bench_note_head, "UPDATE head SET seq = $1");
PIAO_STATEMENT (bench_note_lane, "UPDATE lane_head SET seq = $1 WHERE lane = 652300");
PIAO_STATEMENT (bench_head, "SELECT seq FROM head");

static void
fill (PiaoDb *db, guint orders)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *sql = NULL;
  g_autofree char *size = g_strdup_printf (
      "CREATE TEMP TABLE size AS SELECT %u AS orders, %u AS waiting, %" G_GINT64_FORMAT
      " AS now, %" G_GINT64_FORMAT " AS step",
      orders, MIN (WAITING, orders), g_get_real_time () / 1000, YEARS_MS / orders);
  g_autoptr (PiaoRegistry) registry = piao_domain_registry_new ();
  guint n;
  const PiaoKind *const *kinds = piao_registry_get_kinds (registry, &n);

  if (!g_file_get_contents (BENCH_FILL_SYNC, &sql, NULL, &error))
    piao_bench_check (g_steal_pointer (&error));
  if (!piao_db_begin (db, &error) || !piao_db_script (db, size, &error)
      || !piao_db_script (db, sql, &error) || !piao_change_index_adopt (db, kinds, n, &error)
      || !piao_db_commit (db, &error)
      || !piao_db_script (db, "ANALYZE; PRAGMA wal_checkpoint (TRUNCATE)", &error))
    piao_bench_check (g_steal_pointer (&error));
}

static void
copy (const char *from, const char *to)
{
  g_autoptr (GFile) source = g_file_new_for_path (from);
  g_autoptr (GFile) target = g_file_new_for_path (to);
  g_autoptr (GError) error = NULL;

  g_file_copy (source, target, G_FILE_COPY_OVERWRITE, NULL, NULL, NULL, &error);
  piao_bench_check (g_steal_pointer (&error));
}

/* The database of @server, which does not run, becomes one with @orders; @kept has one already, or
 * gets it. */
static void
fill_or_copy (DriverServer *server, guint orders, const char *kept)
{
  g_autofree char *part = g_strconcat (kept, ".part", NULL);
  PiaoDb *db;

  if (g_file_test (kept, G_FILE_TEST_EXISTS))
    {
      copy (kept, server->database);
      return;
    }
  g_printerr ("bench: making %s (once)\n", kept);
  db = driver_server_open (server);
  fill (db, orders);
  piao_db_free (db);
  copy (server->database, part);
  if (g_rename (part, kept) != 0)
    g_error ("%s cannot be renamed", part);
}

DriverServer *
sync_world_new (guint orders, const char *folder)
{
  DriverServer *server = driver_server_new ();
  g_autofree char *name = g_strdup_printf ("centre-%d-%u.db", piao_schema_get_newest (), orders);
  g_autofree char *kept = g_build_filename (folder, name, NULL);
  PiaoDb *db;

  driver_server_kill (server);
  server->port = 0;
  /* What the log still has goes into the file, which may be replaced then. */
  db = driver_server_open (server);
  piao_db_free (db);
  fill_or_copy (server, orders, kept);
  driver_server_start (server);
  return server;
}

/* id and rev of the newest orders, two numbers each. */
static GArray *
list_newest (PiaoDb *db, guint n, GError **error)
{
  GArray *all = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &bench_newest, error, "i", (gint64)n);

  while (piao_cursor_next (cursor, error))
    for (guint i = 0; i < 2; i++)
      {
        gint64 number = piao_cursor_int (cursor, i);

        g_array_append_val (all, number);
      }
  return all;
}

static void
change_all (PiaoDb *db, const GArray *rows, gint64 seq, GError **error)
{
  g_autoptr (PiaoDigestTally) tally = piao_digest_tally_new ();
  g_autofree char *note = g_strdup_printf ("changed at %" G_GINT64_FORMAT, seq);

  for (guint i = 0; i < rows->len && *error == NULL; i += 2)
    {
      gint64 id = g_array_index (rows, gint64, i), rev = g_array_index (rows, gint64, i + 1);

      piao_digest_tally_remove (tally, 652300, "order", id, rev);
      piao_digest_tally_add (tally, 652300, "order", id, seq);
      if (piao_db_exec (db, &bench_note, error, "sii", note, seq, id))
        piao_db_exec (db, &bench_note_change, error, "ii", seq, id);
    }
  if (*error == NULL && piao_db_exec (db, &bench_note_head, error, "i", seq)
      && piao_db_exec (db, &bench_note_lane, error, "i", seq))
    piao_digest_tally_write (tally, db, error);
}

void
sync_world_change (DriverServer *server, guint n)
{
  g_autoptr (PiaoDb) db = driver_server_open (server);
  g_autoptr (GArray) rows = NULL;
  GError *error = NULL;
  gint64 seq = 0;

  piao_db_begin (db, &error);
  piao_bench_check (error);
  piao_db_query_int (db, &bench_head, 0, &seq, &error, "");
  piao_bench_check (error);
  rows = list_newest (db, n, &error);
  piao_bench_check (error);
  change_all (db, rows, seq + 1, &error);
  piao_bench_check (error);
  piao_db_commit (db, &error);
  piao_bench_check (error);
}

/* --- rows ------------------------------------------------------------------------------------ */

struct _SyncRows
{
  PiaoDb *db;
  const PiaoKind *kind;
  PiaoStatement statement;
  PiaoCursor *cursor;
  gboolean ended;
};

SyncRows *
sync_rows_new (DriverServer *server, const PiaoKind *kind)
{
  SyncRows *self = g_new0 (SyncRows, 1);
  g_autoptr (GError) error = NULL;

  self->db = driver_server_open (server);
  self->kind = kind;
  self->statement = (PiaoStatement){ "rows", g_strconcat (piao_kind_get_columns (kind)->sql,
                                                          " ORDER BY id", NULL) };
  self->cursor = piao_db_query (self->db, &self->statement, &error, "");
  piao_bench_check (g_steal_pointer (&error));
  return self;
}

PiaoRowBlock *
sync_rows_next (SyncRows *self, guint n)
{
  PiaoRowBlock *block = piao_row_block_new (self->kind);
  g_autoptr (GError) error = NULL;

  while (block->n_rows < n && !self->ended)
    {
      self->ended = !piao_cursor_next (self->cursor, &error);
      if (!self->ended)
        piao_row_block_append_cursor (block, self->cursor);
    }
  piao_bench_check (g_steal_pointer (&error));
  if (block->n_rows == 0)
    g_clear_pointer (&block, piao_row_block_free);
  return block;
}

void
sync_rows_free (SyncRows *self)
{
  piao_cursor_free (self->cursor);
  piao_db_free (self->db);
  g_free ((char *)self->statement.sql);
  g_free (self);
}
