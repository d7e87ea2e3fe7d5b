/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Thousands of rows that are written with one statement keep every rule that one row keeps. */

#include "base/piao-error.h"
#include "domain/order/piao-order-kinds.h"
#include "domain/piao-domain.h"
#include "store/piao-schema.h"
#include "store/piao-table-checks.h"
#include "sync/piao-rows-bulk.h"
#include "sync/piao-sync-rows.h"

#define LANE 652300
#define ROWS 3000

PIAO_STATEMENT (bulk_rows, "SELECT COUNT(*) FROM orders");
PIAO_STATEMENT (bulk_newest, "SELECT COUNT(*) FROM orders WHERE rev = $1");
PIAO_STATEMENT (bulk_spoil, "UPDATE orders SET state = 'nonsense' WHERE id = 1");

typedef struct
{
  PiaoRegistry *registry;
  PiaoDb *db;
} World;

static void
world_init (World *world)
{
  g_autoptr (GError) error = NULL;

  world->registry = piao_domain_registry_new ();
  world->db = piao_db_open (":memory:", 0, &error);
  g_assert_no_error (error);
  piao_schema_migrate (world->db, PIAO_SCHEMA_REPLICA, &error);
  g_assert_no_error (error);
}

static void
world_clear (World *world)
{
  piao_db_free (world->db);
  piao_registry_unref (world->registry);
}

static gint64
get (World *world, const PiaoStatement *statement, gint64 number)
{
  gint64 found = -1;
  g_autoptr (GError) error = NULL;

  piao_db_query_int (world->db, statement, 0, &found, &error, statement == &bulk_newest ? "i" : "",
                     number);
  g_assert_no_error (error);
  return found;
}

/* Orders @first … with numbers that begin with @number. */
static PiaoRowBlock *
make_orders (gint64 first, guint n, gint64 rev, const char *number)
{
  PiaoRowBlock *block = piao_row_block_new (&piao_order_kind);

  for (guint i = 0; i < n; i++)
    {
      guint row = piao_row_block_append (block, first + i, LANE, rev, FALSE);
      g_autofree char *text = g_strdup_printf ("%s%" G_GINT64_FORMAT, number, first + i);

      for (guint column = 0; column < PIAO_ORDER_N_COLUMNS; column++)
        if (!block->columns[column].is_text)
          piao_row_block_set_int (block, row, column, 1);
      piao_row_block_set_text (block, row, PIAO_ORDER_NUMBER, text);
      piao_row_block_set_text (block, row, PIAO_ORDER_SOURCE, "phone");
      piao_row_block_set_text (block, row, PIAO_ORDER_STATE, "completed");
      piao_row_block_set_text (block, row, PIAO_ORDER_CONFIRM_NO, "C");
    }
  return block;
}

static gboolean
put (World *world, const PiaoRowBlock *block, GError **error)
{
  g_autoptr (PiaoDigestTally) tally = piao_digest_tally_new ();

  g_assert_true (piao_db_begin (world->db, NULL));
  if (piao_sync_rows_put (world->db, block, TRUE, tally, error)
      && piao_digest_tally_write (tally, world->db, error))
    return piao_db_commit (world->db, error);
  piao_db_rollback (world->db);
  return FALSE;
}

/* What was counted along is what is there. */
static void
assert_counted (World *world)
{
  const PiaoKind *kind = &piao_order_kind;
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) counted = piao_digest_count_rows (world->db, &kind, 1, &error);
  g_autoptr (GArray) kept = piao_digest_list (world->db, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (counted->len, ==, 1);
  g_assert_cmpuint (kept->len, ==, 1);
  g_assert_cmpint (g_array_index (kept, PiaoDigest, 0).rows, ==,
                   g_array_index (counted, PiaoDigest, 0).rows);
  g_assert_cmpuint (g_array_index (kept, PiaoDigest, 0).sum, ==,
                    g_array_index (counted, PiaoDigest, 0).sum);
}

/* SQLite looks at the CHECKs of whatever is written from now on. */
static void
assert_checked (World *world)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (piao_db_begin (world->db, NULL));
  g_assert_false (piao_db_exec (world->db, &bulk_spoil, &error, ""));
  g_assert_cmpstr (piao_error_get_reason (error), ==, "db.check");
  piao_db_rollback (world->db);
}

static void
test_new (void)
{
  World world;
  g_autoptr (PiaoRowBlock) block = make_orders (1, ROWS, 7, "N");
  g_autoptr (GError) error = NULL;

  world_init (&world);
  put (&world, block, &error);
  g_assert_no_error (error);
  g_assert_cmpint (get (&world, &bulk_rows, 0), ==, ROWS);
  assert_counted (&world);
  assert_checked (&world);
  world_clear (&world);
}

/* A step is written as a whole, or not at all. */
static void
test_steps (void)
{
  World world;
  g_autoptr (PiaoRowBlock) block = make_orders (1, ROWS, 7, "N");
  g_autoptr (GError) error = NULL;
  gboolean added = FALSE;
  PiaoRowsBulk *bulk;

  world_init (&world);
  g_assert_true (piao_db_begin (world.db, NULL));
  bulk = piao_rows_bulk_begin (world.db, block, &error);
  piao_rows_bulk_add (bulk, 0, 1000, &added, &error);
  g_assert_no_error (error);
  g_assert_true (added);
  piao_rows_bulk_add (bulk, 999, 1000, &added, &error);
  g_assert_no_error (error);
  g_assert_false (added);
  piao_rows_bulk_end (bulk, &error);
  g_assert_no_error (error);
  g_assert_true (piao_db_commit (world.db, NULL));
  g_assert_cmpint (get (&world, &bulk_rows, 0), ==, 1000);
  assert_checked (&world);
  world_clear (&world);
}

/* Some are here, in the middle of others that are not: older, newer, with a number that another one
 * has by now. */
static void
test_mixed (void)
{
  World world;
  g_autoptr (PiaoRowBlock) older = make_orders (1400, 100, 5, "N");
  g_autoptr (PiaoRowBlock) newer = make_orders (2000, 100, 9, "N");
  g_autoptr (PiaoRowBlock) other = make_orders (100000, 1, 5, "M");
  g_autoptr (PiaoRowBlock) block = make_orders (1, ROWS, 7, "N");
  g_autoptr (GError) error = NULL;

  world_init (&world);
  piao_row_block_set_text (other, 0, PIAO_ORDER_NUMBER, "N2900");
  g_assert_true (put (&world, older, NULL) && put (&world, newer, NULL)
                 && put (&world, other, NULL));
  put (&world, block, &error);
  g_assert_no_error (error);
  g_assert_cmpint (get (&world, &bulk_rows, 0), ==, ROWS);
  g_assert_cmpint (get (&world, &bulk_newest, 9), ==, 100);
  g_assert_cmpint (get (&world, &bulk_newest, 7), ==, ROWS - 100);
  assert_counted (&world);
  assert_checked (&world);
  /* All of it once more changes nothing. */
  put (&world, block, &error);
  g_assert_no_error (error);
  g_assert_cmpint (get (&world, &bulk_newest, 7), ==, ROWS - 100);
  assert_counted (&world);
  world_clear (&world);
}

typedef struct
{
  guint column;
  const char *text; /* NULL: none */
} Spoilt;

/* One row of thousands that breaks a CHECK: nothing of them is written, and the reason is said. */
static void
test_broken (void)
{
  const Spoilt all[] = { { PIAO_ORDER_STATE, "nonsense" },
                         { PIAO_ORDER_SOURCE, "pigeon" },
                         { PIAO_ORDER_CONFIRM_NO, NULL } };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      World world;
      g_autoptr (PiaoRowBlock) block = make_orders (1, ROWS, 7, "N");
      g_autoptr (PiaoRowBlock) good = make_orders (1, 1, 7, "N");
      g_autoptr (GError) error = NULL;

      world_init (&world);
      if (all[i].text != NULL)
        piao_row_block_set_text (block, 1777, all[i].column, all[i].text);
      else
        block->columns[all[i].column].offsets[1777] = PIAO_BLOCK_NULL;
      g_assert_false (put (&world, block, &error));
      g_assert_cmpstr (piao_error_get_reason (error), ==, "db.check");
      g_assert_cmpint (get (&world, &bulk_rows, 0), ==, 0);
      g_assert_true (put (&world, good, NULL));
      assert_checked (&world);
      world_clear (&world);
    }
}

/* What a reader has found sound the writer does not look at again, unless it was changed since. */
static void
test_checked_before (void)
{
  World world;
  g_autoptr (PiaoRowBlock) block = make_orders (1, ROWS, 7, "N");
  g_autoptr (PiaoRowBlock) spoilt = make_orders (ROWS + 1, ROWS, 7, "N");
  g_autoptr (GError) error = NULL;

  world_init (&world);
  piao_sync_rows_check (world.db, block, &error);
  g_assert_no_error (error);
  g_assert_true (block->sound);
  put (&world, block, &error);
  g_assert_no_error (error);
  g_assert_cmpint (get (&world, &bulk_rows, 0), ==, ROWS);
  assert_counted (&world);
  assert_checked (&world);

  piao_sync_rows_check (world.db, spoilt, &error);
  g_assert_true (spoilt->sound);
  piao_row_block_set_text (spoilt, 1777, PIAO_ORDER_STATE, "nonsense");
  g_assert_false (spoilt->sound);
  piao_sync_rows_check (world.db, spoilt, &error);
  g_assert_no_error (error);
  g_assert_false (spoilt->sound);
  g_assert_false (put (&world, spoilt, &error));
  g_assert_cmpstr (piao_error_get_reason (error), ==, "db.check");
  g_assert_cmpint (get (&world, &bulk_rows, 0), ==, ROWS);
  assert_checked (&world);
  world_clear (&world);
}

/* A transaction that ends in the middle leaves no CHECK out of the next one. */
static void
test_given_up (void)
{
  World world;
  g_autoptr (PiaoRowBlock) good = make_orders (1, 1, 7, "N");

  world_init (&world);
  g_assert_true (put (&world, good, NULL));
  g_assert_true (piao_db_begin (world.db, NULL));
  g_assert_true (piao_db_set_checks (world.db, FALSE, NULL));
  piao_db_rollback (world.db);
  assert_checked (&world);
  world_clear (&world);
}

/* The statements of every kind that there is. */
static void
test_kinds (void)
{
  World world;
  guint n;
  const PiaoKind *const *kinds;

  world_init (&world);
  kinds = piao_registry_get_kinds (world.registry, &n);
  g_assert_true (piao_db_begin (world.db, NULL));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (PiaoRowBlock) block = piao_row_block_new (kinds[i]);
      g_autoptr (GError) error = NULL;
      g_autofree char *checks
          = piao_table_checks_get (world.db, piao_kind_get_table (kinds[i]), &error);
      PiaoRowsBulk *bulk = piao_rows_bulk_begin (world.db, block, &error);
      gboolean added = FALSE;

      g_assert_no_error (error);
      /* Each table has at least that of "deleted". */
      g_assert_nonnull (strstr (checks, "(deleted IN (0, 1))"));
      piao_rows_bulk_add (bulk, 0, 0, &added, &error);
      g_assert_no_error (error);
      g_assert_true (added);
      piao_rows_bulk_end (bulk, &error);
      g_assert_no_error (error);
    }
  piao_db_rollback (world.db);
  world_clear (&world);
}

static void
test_read_checks (void)
{
  static const char *const texts[][2] = {
    { "CREATE TABLE a (b INTEGER)", "" },
    { "CREATE TABLE a (b INTEGER CHECK (b IN (0, 1)), c TEXT check( c <> ')' ))",
      "(b IN (0, 1)) AND ( c <> ')' )" },
    { "CREATE TABLE a (checked INTEGER, -- CHECK (it's not one)\n \"CHECK (\" TEXT,"
      " d TEXT DEFAULT 'CHECK (x)' /* CHECK (no */, CHECK\n  (d <> 'it''s (' -- )\n OR b))",
      "(d <> 'it''s (' -- )\n OR b)" },
    { "CREATE TABLE a (b INTEGER CHECK (b > 0", NULL },
    { "CREATE TABLE a (b TEXT DEFAULT 'x)", NULL },
    { "CREATE TABLE a (b INTEGER CHECK)", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *checks = piao_table_checks_read (texts[i][0]);

      g_assert_cmpstr (checks, ==, texts[i][1]);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rows-bulk/new", test_new);
  g_test_add_func ("/rows-bulk/steps", test_steps);
  g_test_add_func ("/rows-bulk/mixed", test_mixed);
  g_test_add_func ("/rows-bulk/broken", test_broken);
  g_test_add_func ("/rows-bulk/checked-before", test_checked_before);
  g_test_add_func ("/rows-bulk/given-up", test_given_up);
  g_test_add_func ("/rows-bulk/kinds", test_kinds);
  g_test_add_func ("/rows-bulk/read-checks", test_read_checks);
  return g_test_run ();
}
