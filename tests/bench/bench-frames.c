/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What a row takes on the wire when a desktop fetches all (demo data, one frame a page of rows in
 * the order of their change), by kind and by column, and how fast rows are coded and decoded.
 */

#include "config.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <stdlib.h>

#include "domain/demo/piao-demo.h"
#include "domain/order/piao-order-kinds.h"
#include "domain/piao-domain.h"
#include "domain/reference/piao-reference.h"
#include "store/piao-change-index.h"
#include "store/piao-schema.h"
#include "sync/piao-frame.h"
#include "sync/piao-reply.h"
#include "sync/piao-rows-code.h"

#define NOW G_GINT64_CONSTANT (1790000000000) /* the demo data ends here */

static char *folder;
static int n_orders = 100000, page = 40000;
static gboolean by_column, as_json;

static const GOptionEntry entries[] = {
  { "data", 0, 0, G_OPTION_ARG_FILENAME, &folder, "Where the data is kept", "DIR" },
  { "orders", 0, 0, G_OPTION_ARG_INT, &n_orders, "Orders", "N" },
  { "page", 0, 0, G_OPTION_ARG_INT, &page, "Rows of an answer", "N" },
  { "columns", 0, 0, G_OPTION_ARG_NONE, &by_column, "Say it for every column of an order", NULL },
  { "json", 0, 0, G_OPTION_ARG_NONE, &as_json, "One line of JSON a figure", NULL },
  G_OPTION_ENTRY_NULL,
};

static void
check (GError *error)
{
  if (error == NULL)
    return;
  g_printerr ("bench: %s\n", error->message);
  exit (1);
}

static PiaoDb *
open_demo (PiaoRegistry *registry)
{
  g_autofree char *name = g_strdup_printf ("frames-%d-%d.db", piao_schema_get_newest (), n_orders);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  PiaoDemoOptions options
      = { .orders = (guint)n_orders, .seed = 1, .now = NOW, .detail_days = 60, .first_seq = 2 };
  gboolean fresh = !g_file_test (path, G_FILE_TEST_EXISTS);
  GError *error = NULL;
  PiaoDb *db;
  guint n_kinds;
  const PiaoKind *const *kinds = piao_registry_get_kinds (registry, &n_kinds);

  g_mkdir_with_parents (folder, 0755);
  db = piao_db_open (path, PIAO_DB_RELAXED, &error);
  if (!fresh || db == NULL)
    {
      check (error);
      return db;
    }
  if (piao_schema_migrate (db, PIAO_SCHEMA_SERVER, &error)
      && piao_ledger_prepare (db, "demo", &error) && piao_db_begin (db, &error)
      && piao_reference_write (db, &error) && piao_db_commit (db, &error)
      && piao_demo_write (db, &options, NULL, &error) && piao_db_begin (db, &error)
      && piao_change_index_adopt (db, kinds, n_kinds, &error))
    piao_db_commit (db, &error);
  check (error);
  return db;
}

/* --- one kind -------------------------------------------------------------------------------- */

typedef struct
{
  gsize rows, bytes;
  double encoding, decoding; /* seconds */
  GHashTable *columns;       /* name → double *: bytes */
} Figures;

static void
note_column (const char *column, const guint8 *bytes, gsize size, gpointer data)
{
  Figures *figures = data;
  double *sum = g_hash_table_lookup (figures->columns, column);
  const GByteArray part = { (guint8 *)bytes, (guint)size };
  g_autoptr (GByteArray) packed = g_byte_array_new ();
  gpointer context = piao_frame_context_new ();

  piao_frame_pack (packed, &part, NULL, PIAO_FRAME_MAX_UNPACKED, context);
  piao_frame_context_free (context);
  if (sum == NULL)
    {
      sum = g_new0 (double, 1);
      g_hash_table_insert (figures->columns, g_strdup (column), sum);
    }
  *sum += packed->len;
}

static void
measure_page (PiaoRegistry *registry, PiaoRowBlock *block, Figures *figures)
{
  g_autoptr (PiaoReply) reply = piao_reply_new ();
  g_autoptr (PiaoReply) arrived = NULL;
  g_autoptr (GBytes) bytes = NULL;
  GError *error = NULL;
  PiaoLaneSeq everyone = { 0, G_MAXINT64 };
  gint64 start;

  figures->rows += block->n_rows;
  if (by_column && block->kind == &piao_order_kind)
    {
      PiaoByteWriter writer;

      piao_byte_writer_init (&writer);
      piao_rows_encode (block, piao_schema_get_newest (), &writer, note_column, figures);
      piao_byte_writer_clear (&writer);
    }
  reply->epoch = g_strdup ("demo");
  reply->head = G_MAXINT64;
  g_array_append_val (reply->upto, everyone);
  for (guint row = 0; row < block->n_rows; row++)
    {
      PiaoLaneSeq upto = { block->lanes[row], G_MAXINT64 };
      gboolean known = FALSE;

      for (guint i = 0; i < reply->upto->len && !known; i++)
        known = g_array_index (reply->upto, PiaoLaneSeq, i).lane == upto.lane;
      if (!known)
        g_array_append_val (reply->upto, upto);
    }
  g_ptr_array_add (reply->blocks, block);
  start = g_get_monotonic_time ();
  bytes = piao_reply_encode (reply, PIAO_REPLY_FRAMES, piao_schema_get_newest (), &error);
  figures->encoding += (double)(g_get_monotonic_time () - start) / G_USEC_PER_SEC;
  check (error);
  figures->bytes += g_bytes_get_size (bytes);
  start = g_get_monotonic_time ();
  arrived = piao_reply_decode (registry, PIAO_REPLY_FRAMES, bytes, &error);
  figures->decoding += (double)(g_get_monotonic_time () - start) / G_USEC_PER_SEC;
  check (error);
  if (!piao_row_block_equal (block, g_ptr_array_index (arrived->blocks, 0)))
    g_error ("%s: what was decoded is not what was coded", block->kind->name);
}

static void
figure (const char *name, double value, const char *unit, const char *goal, gboolean ok)
{
  g_print ("{\"figure\":\"%s\",\"value\":%.3f,\"unit\":\"%s\",\"reference\":0,\"ratio\":0,"
           "\"goal\":\"%s\",\"ok\":%s}\n",
           name, value, unit, goal, ok ? "true" : "false");
}

static void
report (const PiaoKind *kind, Figures *figures)
{
  GHashTableIter iter;
  gpointer name, sum;

  if (as_json && kind == &piao_order_kind)
    {
      figure ("bytes of an order", (double)figures->bytes / figures->rows, "B", "at most 24 B",
              figures->bytes <= 24 * figures->rows);
      figure ("orders coded a second", figures->rows / figures->encoding, "1/s", "at least 500000",
              figures->rows / figures->encoding >= 500000);
      figure ("orders decoded a second", figures->rows / figures->decoding, "1/s",
              "at least 1000000", figures->rows / figures->decoding >= 1000000);
    }
  else if (!as_json)
    g_print ("%-20s %9zu rows  %7.2f B a row  %9.0f coded/s  %9.0f decoded/s\n", kind->name,
             figures->rows, (double)figures->bytes / figures->rows,
             figures->rows / figures->encoding, figures->rows / figures->decoding);
  g_hash_table_iter_init (&iter, figures->columns);
  while (g_hash_table_iter_next (&iter, &name, &sum))
    g_print ("    %-20s %7.3f\n", (const char *)name, *(double *)sum / figures->rows);
}

static void
statement_free (gpointer data)
{
  PiaoStatement *statement = data;

  g_free ((char *)statement->sql);
  g_free (statement);
}

/* Adds to @kept its statement: a connection remembers statements by address. */
static void
measure (PiaoRegistry *registry, PiaoDb *db, const PiaoKind *kind, GPtrArray *kept)
{
  PiaoStatement *statement = g_new0 (PiaoStatement, 1);
  GError *error = NULL;
  g_autoptr (PiaoCursor) cursor = NULL;
  Figures figures = { .columns = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free) };
  PiaoRowBlock *block = NULL;

  g_ptr_array_add (kept, statement);
  statement->name = kind->name;
  statement->sql = g_strconcat (piao_kind_get_columns (kind)->sql, " ORDER BY rev, id", NULL);
  cursor = piao_db_query (db, statement, &error, "");
  while (piao_cursor_next (cursor, &error))
    {
      if (block == NULL)
        block = piao_row_block_new (kind);
      piao_row_block_append_cursor (block, cursor);
      if (block->n_rows == (guint)page)
        measure_page (registry, g_steal_pointer (&block), &figures);
    }
  check (error);
  if (block != NULL)
    measure_page (registry, g_steal_pointer (&block), &figures);
  if (figures.rows > 0)
    report (kind, &figures);
  g_hash_table_unref (figures.columns);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (PiaoRegistry) registry = piao_domain_registry_new ();
  GError *error = NULL;
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func (statement_free);
  g_autoptr (PiaoDb) db = NULL;
  guint n_kinds;
  const PiaoKind *const *kinds = piao_registry_get_kinds (registry, &n_kinds);

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_parse (context, &argc, &argv, &error);
  check (error);
  if (folder == NULL || n_orders < 1 || page < 1 || page > PIAO_REPLY_MAX_ROWS)
    {
      g_printerr ("bench: give --data DIR, at least one order and a page of at most %d rows\n",
                  PIAO_REPLY_MAX_ROWS);
      return 2;
    }
  db = open_demo (registry);
  for (guint i = 0; i < n_kinds; i++)
    measure (registry, db, kinds[i], kept);
  return 0;
}
