/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A first fetch over a quick line: indexes and search text are made afterwards, whatever ends the
 * program in between. */

#include <glib/gstdio.h>

#include "base/piao-error.h"
#include "domain/order/piao-order-kinds.h"
#include "domain/outlet/piao-outlet-kinds.h"
#include "domain/piao-domain.h"
#include "store/piao-later-index.h"
#include "store/piao-replica.h"
#include "store/piao-schema.h"
#include "store/piao-search.h"
#include "sync/piao-bulk-load.h"
#include "sync/piao-sync-core.h"

#define LANE 652300
#define ROWS 5000

PIAO_STATEMENT (count_indexes,
                "SELECT COUNT(*) FROM sqlite_master WHERE type = 'index' AND tbl_name = 'orders'"
                " AND sql LIKE 'CREATE INDEX %'");
PIAO_STATEMENT (count_unique,
                "SELECT COUNT(*) FROM sqlite_master WHERE type = 'index' AND tbl_name = 'orders'"
                " AND sql IS NULL");
PIAO_STATEMENT (count_rows, "SELECT COUNT(*) FROM orders");
PIAO_STATEMENT (count_words, "SELECT COUNT(*) FROM search_row WHERE kind = 'outlet'");
PIAO_STATEMENT (get_cache, "PRAGMA cache_size");
PIAO_STATEMENT (sum_rows, "SELECT rows FROM digest WHERE lane = 652300 AND kind = 'order'");

typedef struct
{
  char *folder;
  char *path;
  PiaoRegistry *registry;
  PiaoDb *db; /* the replica's file, without its threads */
} World;

static gint64
get (PiaoDb *db, const PiaoStatement *statement)
{
  gint64 number = -1;
  g_autoptr (GError) error = NULL;

  piao_db_query_int (db, statement, 0, &number, &error, "");
  g_assert_no_error (error);
  return number;
}

static void
open_file (World *world)
{
  g_autoptr (GError) error = NULL;

  world->db = piao_db_open (world->path, 0, &error);
  g_assert_no_error (error);
  piao_later_index_make_all (world->db, &error);
  g_assert_no_error (error);
  piao_schema_migrate (world->db, PIAO_SCHEMA_REPLICA, &error);
  g_assert_no_error (error);
}

static void
world_init (World *world)
{
  g_autoptr (GError) error = NULL;

  world->folder = g_dir_make_tmp ("piaoku-bulk-XXXXXX", &error);
  g_assert_no_error (error);
  world->path = g_build_filename (world->folder, "replica.db", NULL);
  world->registry = piao_domain_registry_new ();
  open_file (world);
}

static void
world_clear (World *world)
{
  static const char *const ends[] = { "", "-wal", "-shm" };

  piao_db_free (world->db);
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *path = g_strconcat (world->path, ends[i], NULL);

      g_unlink (path);
    }
  g_rmdir (world->folder);
  g_free (world->folder);
  g_free (world->path);
  piao_registry_unref (world->registry);
}

static void
add_order (PiaoReply *reply, gint64 id)
{
  PiaoRowBlock *block = piao_reply_get_block (reply, &piao_order_kind);
  guint row = piao_row_block_append (block, id, LANE, id, FALSE);
  g_autofree char *number = g_strdup_printf ("%018" G_GINT64_FORMAT, id);

  for (guint i = 0; i < PIAO_ORDER_N_COLUMNS; i++)
    if (!block->columns[i].is_text)
      piao_row_block_set_int (block, row, i, 1);
  piao_row_block_set_text (block, row, PIAO_ORDER_NUMBER, number);
  piao_row_block_set_text (block, row, PIAO_ORDER_SOURCE, "phone");
  piao_row_block_set_text (block, row, PIAO_ORDER_STATE, "completed");
  piao_row_block_set_text (block, row, PIAO_ORDER_CONFIRM_NO, "C");
}

static void
add_outlet (PiaoReply *reply, gint64 id)
{
  PiaoRowBlock *block = piao_reply_get_block (reply, &piao_outlet_kind);
  guint row = piao_row_block_append (block, id, LANE, id, FALSE);
  g_autofree char *number = g_strdup_printf ("%" G_GINT64_FORMAT, id);

  for (guint i = 0; i < block->kind->n_columns; i++)
    if (block->columns[i].is_text)
      piao_row_block_set_text (block, row, i, "昌吉");
    else
      piao_row_block_set_int (block, row, i, 0);
  piao_row_block_set_text (block, row, PIAO_OUTLET_OUTLET_NO, number);
  piao_row_block_set_text (block, row, PIAO_OUTLET_CHANNEL, "computer");
  piao_row_block_set_text (block, row, PIAO_OUTLET_STATE, "active");
}

/* Rows @first … of both kinds; the history ends with them when it is @last. */
static PiaoReply *
make_reply (gint64 first, guint orders, guint outlets, gboolean last)
{
  PiaoReply *reply = piao_reply_new ();
  const PiaoLaneSeq upto[] = {
    { .lane = 0, .seq = 1000000 },
    { .lane = LANE, .seq = 1000000, .base = last ? 0 : 999999, .history = last ? 0 : first }
  };

  reply->epoch = g_strdup ("epoch");
  reply->head = 1000000;
  reply->more = !last;
  for (guint i = 0; i < G_N_ELEMENTS (upto); i++)
    {
      g_array_append_val (reply->upto, upto[i]);
      g_array_append_val (reply->grants, upto[i].lane);
    }
  for (guint i = 0; i < orders; i++)
    add_order (reply, first + i);
  for (guint i = 0; i < outlets; i++)
    add_outlet (reply, first + i);
  return reply;
}

static void
take (World *world, PiaoReply *taken)
{
  g_autoptr (PiaoReply) reply = taken;
  g_autoptr (JsonObject) request = json_object_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PiaoSyncAnswer) answer
      = piao_sync_answer_new (world->registry, request, reply, &error);

  g_assert_no_error (error);
  g_assert_true (piao_db_begin (world->db, NULL));
  piao_sync_answer_apply (answer, world->registry, world->db, &error);
  g_assert_no_error (error);
  g_assert_true (piao_db_commit (world->db, NULL));
}

/* Pieces until there are no more; how many. */
static guint
make_later (World *world, gboolean hurry)
{
  gboolean more = TRUE;
  guint pieces = 0;

  for (; more; pieces++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_cmpuint (pieces, <, 1000);
      g_assert_true (piao_db_begin (world->db, NULL));
      piao_bulk_load_step (world->registry, world->db, hurry, &more, &error);
      g_assert_no_error (error);
      g_assert_true (piao_db_commit (world->db, NULL));
    }
  return pieces;
}

static void
test_indexes_after_rows (void)
{
  World world;
  gint64 indexes, cache, postponed = 0;

  world_init (&world);
  indexes = get (world.db, &count_indexes);
  cache = get (world.db, &get_cache);
  g_assert_cmpint (indexes, >=, 3);
  take (&world, make_reply (1, ROWS, 0, FALSE));
  g_assert_cmpint (get (world.db, &count_indexes), ==, 0);
  g_assert_cmpint (get (world.db, &count_unique), ==, 1);
  make_later (&world, FALSE);
  g_assert_cmpint (get (world.db, &count_indexes), ==, 0);
  take (&world, make_reply (1 + ROWS, ROWS, 0, TRUE));
  g_assert_cmpuint (make_later (&world, FALSE), >=, (guint)indexes);
  g_assert_cmpint (get (world.db, &count_indexes), ==, indexes);
  g_assert_true (piao_later_index_count (world.db, &postponed, NULL));
  g_assert_cmpint (postponed, ==, 0);
  g_assert_cmpint (get (world.db, &count_rows), ==, 2 * ROWS);
  g_assert_cmpint (get (world.db, &sum_rows), ==, 2 * ROWS);
  /* Sorting has less of the memory; what comes afterwards has it again. */
  g_assert_cmpint (get (world.db, &get_cache), ==, cache);
  world_clear (&world);
}

/* The program ends in the middle of the history, or the line goes bad: the indexes are not missing
 * for long. */
static void
test_indexes_come_back (void)
{
  World world;
  gint64 indexes;

  world_init (&world);
  indexes = get (world.db, &count_indexes);
  take (&world, make_reply (1, ROWS, 0, FALSE));
  g_assert_cmpint (get (world.db, &count_indexes), ==, 0);
  piao_db_free (world.db);
  open_file (&world);
  g_assert_cmpint (get (world.db, &count_indexes), ==, indexes);
  take (&world, make_reply (1 + ROWS, ROWS, 0, FALSE));
  g_assert_cmpint (get (world.db, &count_indexes), ==, 0);
  make_later (&world, TRUE);
  g_assert_cmpint (get (world.db, &count_indexes), ==, indexes);
  world_clear (&world);
}

/* Few rows, or news instead of history, keep their indexes. */
static void
test_indexes_stay (void)
{
  World world;
  gint64 indexes;

  world_init (&world);
  indexes = get (world.db, &count_indexes);
  take (&world, make_reply (1, 100, 0, FALSE));
  g_assert_cmpint (get (world.db, &count_indexes), ==, indexes);
  take (&world, make_reply (1000, ROWS, 0, TRUE));
  g_assert_cmpint (get (world.db, &count_indexes), ==, indexes);
  world_clear (&world);
}

static void
test_search_text_later (void)
{
  World world;
  g_autoptr (GArray) found = NULL;

  world_init (&world);
  take (&world, make_reply (1, 0, 1200, TRUE));
  g_assert_false (piao_search_is_ready (world.db, &piao_outlet_kind));
  g_assert_cmpint (get (world.db, &count_words), ==, 0);
  g_assert_cmpuint (make_later (&world, FALSE), >, 5);
  g_assert_true (piao_search_is_ready (world.db, &piao_outlet_kind));
  g_assert_cmpint (get (world.db, &count_words), ==, 1200);
  found = piao_search_find (world.db, &piao_outlet_kind, "1177", 5, NULL);
  g_assert_cmpuint (found->len, ==, 1);
  /* A few have their text at once. */
  take (&world, make_reply (5000, 0, 10, TRUE));
  g_assert_true (piao_search_is_ready (world.db, &piao_outlet_kind));
  g_assert_cmpint (get (world.db, &count_words), ==, 1210);
  world_clear (&world);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bulk-load/indexes-after-rows", test_indexes_after_rows);
  g_test_add_func ("/bulk-load/indexes-come-back", test_indexes_come_back);
  g_test_add_func ("/bulk-load/indexes-stay", test_indexes_stay);
  g_test_add_func ("/bulk-load/search-text-later", test_search_text_later);
  return g_test_run ();
}
