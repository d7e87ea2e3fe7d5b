/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What SQLite alone takes for the same rows: the physical limit beside which a fetch is judged. */

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <zstd.h>

#include "base/piao-json.h"
#include "domain/order/piao-order-kinds.h"
#include "store/piao-later-index.h"
#include "store/piao-schema.h"
#include "tests/bench/piao-bench.h"
#include "tests/bench/sync-world.h"

#define BATCH 50000
#define JSON_ROWS 50000 /* tell as much as all */

typedef struct
{
  char *folder;
  PiaoDb *db;
  sqlite3 *handle; /* of db */
  sqlite3_stmt *insert;
} Raw;

static void
must (Raw *raw, int code)
{
  if (code != SQLITE_OK && code != SQLITE_DONE)
    g_error ("raw: %s", sqlite3_errmsg (raw->handle));
}

static void
script (Raw *raw, const char *sql)
{
  g_autoptr (GError) error = NULL;

  piao_db_script (raw->db, sql, &error);
  piao_bench_check (g_steal_pointer (&error));
}

/* "INSERT INTO orders VALUES (?, …)", with @upsert "ON CONFLICT (id) DO UPDATE SET …". */
static char *
make_insert (gboolean upsert)
{
  const PiaoKind *kind = &piao_order_kind;
  GString *sql = g_string_new ("INSERT INTO orders (id, lane, rev, deleted");

  for (guint i = 0; i < kind->n_columns; i++)
    g_string_append_printf (sql, ", %s", kind->columns[i].name);
  g_string_append (sql, ") VALUES (?, ?, ?, ?");
  for (guint i = 0; i < kind->n_columns; i++)
    g_string_append (sql, ", ?");
  g_string_append (sql, ")");
  if (upsert)
    g_string_append (sql, " ON CONFLICT (id) DO UPDATE SET lane = excluded.lane, rev ="
                          " excluded.rev, deleted = excluded.deleted");
  for (guint i = 0; upsert && i < kind->n_columns; i++)
    g_string_append_printf (sql, ", %s = excluded.%s", kind->columns[i].name,
                            kind->columns[i].name);
  return g_string_free_and_steal (sql);
}

static void
raw_open (Raw *raw)
{
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  raw->folder = g_dir_make_tmp ("piaoku-raw-XXXXXX", &error);
  piao_bench_check (g_steal_pointer (&error));
  path = g_build_filename (raw->folder, "raw.db", NULL);
  raw->db = piao_db_open (path, 0, &error);
  piao_bench_check (g_steal_pointer (&error));
  piao_schema_migrate (raw->db, PIAO_SCHEMA_REPLICA, &error);
  piao_bench_check (g_steal_pointer (&error));
  script (raw, "PRAGMA temp_store = FILE");
  raw->handle = piao_db_get_sqlite (raw->db);
}

static void
raw_prepare (Raw *raw, gboolean upsert)
{
  g_autofree char *sql = make_insert (upsert);

  sqlite3_finalize (raw->insert);
  must (raw,
        sqlite3_prepare_v3 (raw->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &raw->insert, NULL));
}

static void
raw_close (Raw *raw)
{
  static const char *const names[] = { "raw.db", "raw.db-wal", "raw.db-shm" };

  sqlite3_finalize (raw->insert);
  piao_db_free (raw->db);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (raw->folder, names[i], NULL);

      g_unlink (path);
    }
  g_rmdir (raw->folder);
  g_free (raw->folder);
}

static void
bind_row (Raw *raw, const PiaoRowBlock *block, guint row)
{
  int at = 1;

  must (raw, sqlite3_bind_int64 (raw->insert, at++, block->ids[row]));
  must (raw, sqlite3_bind_int64 (raw->insert, at++, block->lanes[row]));
  must (raw, sqlite3_bind_int64 (raw->insert, at++, block->revs[row]));
  must (raw, sqlite3_bind_int64 (raw->insert, at++, block->deleted[row]));
  for (guint i = 0; i < block->kind->n_columns; i++, at++)
    if (piao_row_block_is_null (block, row, i))
      must (raw, sqlite3_bind_null (raw->insert, at));
    else if (block->columns[i].is_text)
      must (raw, sqlite3_bind_text (raw->insert, at, piao_row_block_get_text (block, row, i), -1,
                                    SQLITE_STATIC));
    else
      must (raw, sqlite3_bind_int64 (raw->insert, at, block->columns[i].numbers[row]));
}

static void
write_block (Raw *raw, const PiaoRowBlock *block)
{
  script (raw, "BEGIN IMMEDIATE");
  for (guint row = 0; row < block->n_rows; row++)
    {
      bind_row (raw, block, row);
      must (raw, sqlite3_step (raw->insert));
      must (raw, sqlite3_reset (raw->insert));
    }
  script (raw, "COMMIT");
}

/* The clocks of what is counted: stopped while rows are read. */
static void
count (SyncRaw *result, double sign)
{
  result->seconds += sign * piao_bench_now () / 1000;
  result->cpu += sign * piao_bench_cpu ();
}

void
sync_raw_load (DriverServer *server, SyncRaw *result)
{
  g_autoptr (SyncRows) all = sync_rows_new (server, &piao_order_kind);
  g_autoptr (GError) error = NULL;
  PiaoRowBlock *block;
  Raw raw = { NULL };

  *result = (SyncRaw){ 0 };
  raw_open (&raw);
  /* Made after the rows; that it is known which ones is not counted. */
  piao_db_begin (raw.db, NULL);
  piao_later_index_postpone (raw.db, "orders", &error);
  piao_bench_check (g_steal_pointer (&error));
  piao_db_commit (raw.db, NULL);
  /* The rows come out of a database with the same CHECKs. */
  script (&raw, "PRAGMA ignore_check_constraints = ON");
  raw_prepare (&raw, FALSE);
  while ((block = sync_rows_next (all, BATCH)) != NULL)
    {
      count (result, -1);
      write_block (&raw, block);
      count (result, 1);
      result->rows += block->n_rows;
      piao_row_block_free (block);
    }
  count (result, -1);
  piao_later_index_make_all (raw.db, &error);
  piao_bench_check (g_steal_pointer (&error));
  script (&raw, "PRAGMA wal_checkpoint (TRUNCATE)");
  count (result, 1);
  raw_close (&raw);
}

static void
add_json (GString *text, const PiaoRowBlock *block, guint row)
{
  g_autoptr (JsonObject) object
      = piao_json_build ("id", 'i', block->ids[row], "lane", 'i', block->lanes[row], "rev", 'i',
                         block->revs[row], "deleted", 'i', (gint64)block->deleted[row], NULL);
  g_autofree char *line = NULL;

  for (guint i = 0; i < block->kind->n_columns; i++)
    if (piao_row_block_is_null (block, row, i))
      continue;
    else if (block->columns[i].is_text)
      json_object_set_string_member (object, block->kind->columns[i].name,
                                     piao_row_block_get_text (block, row, i));
    else
      json_object_set_int_member (object, block->kind->columns[i].name,
                                  block->columns[i].numbers[row]);
  line = piao_json_object_to_text (object);
  g_string_append (text, line);
  g_string_append_c (text, '\n');
}

double
sync_raw_json (DriverServer *server)
{
  g_autoptr (SyncRows) all = sync_rows_new (server, &piao_order_kind);
  PiaoRowBlock *block = sync_rows_next (all, JSON_ROWS);
  GString *text = g_string_new (NULL);
  g_autofree char *packed = NULL;
  guint n = block->n_rows;
  gsize most, size;

  for (guint row = 0; row < n; row++)
    add_json (text, block, row);
  most = ZSTD_compressBound (text->len);
  packed = g_malloc (most);
  size = ZSTD_compress (packed, most, text->str, text->len, 3);
  piao_row_block_free (block);
  g_string_free (text, TRUE);
  return (double)size / n;
}

struct _SyncUpsert
{
  PiaoRowBlock *block; /* owned */
  guint n_done;
  Raw raw;
};

SyncUpsert *
sync_upsert_new (DriverServer *server, guint n)
{
  g_autoptr (SyncRows) all = sync_rows_new (server, &piao_order_kind);
  SyncUpsert *self = g_new0 (SyncUpsert, 1);

  self->block = sync_rows_next (all, n);
  raw_open (&self->raw);
  raw_prepare (&self->raw, TRUE);
  write_block (&self->raw, self->block);
  return self;
}

double
sync_upsert_run (SyncUpsert *self)
{
  g_autofree char *note = g_strdup_printf ("changed %u", self->n_done++);
  double started;

  for (guint row = 0; row < self->block->n_rows; row++)
    piao_row_block_set_text (self->block, row, PIAO_ORDER_NOTE, note);
  started = piao_bench_now ();
  write_block (&self->raw, self->block);
  return piao_bench_now () - started;
}

void
sync_upsert_free (SyncUpsert *self)
{
  piao_row_block_free (self->block);
  raw_close (&self->raw);
  g_free (self);
}
