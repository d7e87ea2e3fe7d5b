/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include <gio/gio.h>

#include "base/piao-future.h"
#include "store/piao-id-vector.h"
#include "store/piao-row-list.h"
#include "tests/store/shelf.h"

PIAO_STATEMENT (test_list_shelves,
                "SELECT id FROM test_shelf WHERE deleted = 0 AND stock >= $1 ORDER BY name, id");
PIAO_STATEMENT (test_list_by_id, "SELECT id FROM test_shelf ORDER BY id DESC");
PIAO_STATEMENT (test_page_shelves,
                "SELECT id, name, stock, phone FROM test_shelf"
                " WHERE id IN (SELECT value FROM json_each ($1))");
PIAO_STATEMENT (test_page_codes,
                "SELECT id, code FROM test_shelf WHERE id IN (SELECT value FROM json_each ($1))");

PIAO_STATEMENT (test_toggle, "UPDATE test_shelf SET deleted = 1 - deleted WHERE id = $1");
PIAO_STATEMENT (test_move_to, "UPDATE test_shelf SET name = printf ('%09d', $2) WHERE id = $1");
PIAO_STATEMENT (test_insert_at,
                "INSERT INTO test_shelf VALUES ($1, 0, 0, 0, $1, printf ('%09d', $2), NULL, 1)");

/* --- vector ---------------------------------------------------------------------------------- */

static GArray *
make_ids (guint n)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < n; i++)
    {
      gint64 id = (gint64)(i + 1) * 4096 + 7;

      g_array_append_val (ids, id);
    }
  return ids;
}

static PiaoIdVector *
vector_of (const GArray *ids)
{
  return piao_id_vector_new ((const gint64 *)(gconstpointer)ids->data, ids->len);
}

static GArray *
splice (const GArray *from, const GArray *to, const GArray *spans)
{
  GArray *ids = g_array_copy ((GArray *)from);

  for (guint i = 0; i < spans->len; i++)
    {
      const PiaoSpan *span = &g_array_index (spans, PiaoSpan, i);

      g_assert_cmpuint (span->position + span->removed, <=, ids->len);
      if (span->removed > 0)
        g_array_remove_range (ids, span->position, span->removed);
      if (span->added > 0)
        g_array_insert_vals (ids, span->position, &g_array_index (to, gint64, span->position),
                             span->added);
    }
  return ids;
}

/* The spans that lead from one to the other, checked by doing them. */
static GArray *
check_diff (const GArray *from, const GArray *to)
{
  g_autoptr (PiaoIdVector) old = vector_of (from);
  g_autoptr (PiaoIdVector) new = vector_of (to);
  GArray *spans = piao_id_vector_diff (old, new);
  g_autoptr (GArray) done = splice (from, to, spans);

  g_assert_cmpuint (spans->len, <=, PIAO_MAX_SPANS);
  g_assert_cmpmem (done->data, done->len * sizeof (gint64), to->data, to->len * sizeof (gint64));
  return spans;
}

static void
assert_spans (const GArray *from, const GArray *to, const char *expected)
{
  g_autoptr (GArray) spans = check_diff (from, to);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < spans->len; i++)
    {
      const PiaoSpan *span = &g_array_index (spans, PiaoSpan, i);

      g_string_append_printf (text, "%s%u-%u+%u", i > 0 ? " " : "", span->position, span->removed,
                              span->added);
    }
  g_assert_cmpstr (text->str, ==, expected);
}

static void
test_only_what_differs_is_a_span (void)
{
  g_autoptr (GArray) none = make_ids (0);
  g_autoptr (GArray) all = make_ids (100);
  g_autoptr (GArray) changed = make_ids (100);
  gint64 first = g_array_index (all, gint64, 0);
  gint64 other = 5;

  assert_spans (none, none, "");
  assert_spans (all, all, "");
  assert_spans (none, all, "0-0+100");
  assert_spans (all, none, "0-100+0");
  g_array_insert_val (changed, 10, other);
  assert_spans (all, changed, "10-0+1");
  g_array_remove_index (changed, 50);
  assert_spans (all, changed, "10-0+1 50-1+0");
  g_test_message ("Close ones are one");
  g_array_remove_index (changed, 55);
  assert_spans (all, changed, "10-0+1 50-7+5");
  g_test_message ("One that moves leaves the others in peace");
  g_array_set_size (changed, 0);
  g_array_append_vals (changed, all->data, all->len);
  g_array_remove_index (changed, 0);
  g_array_append_val (changed, first);
  assert_spans (all, changed, "0-1+0 99-0+1");
}

static void
test_any_difference (void)
{
  for (guint round = 0; round < 300; round++)
    {
      g_autoptr (GArray) from = make_ids ((guint)g_test_rand_int_range (0, 400));
      g_autoptr (GArray) to = g_array_copy (from);
      int changes = g_test_rand_int_range (0, round % 10 == 0 ? 2000 : 12);

      for (int i = 0; i < changes; i++)
        {
          guint at = (guint)g_test_rand_int_range (0, (gint32)to->len + 1);
          /* Now and then an id that is there already: a join may list one twice. */
          gint64 id = g_test_rand_int_range (0, 1000) * (g_test_rand_bit () ? 4096 + 7 : 1);

          if (at < to->len && g_test_rand_bit ())
            {
              id = g_array_index (to, gint64, at);
              g_array_remove_index (to, at);
              at = (guint)g_test_rand_int_range (0, (gint32)to->len + 1);
            }
          if (g_test_rand_bit ())
            g_array_insert_val (to, at, id);
        }
      g_array_unref (check_diff (from, to));
    }
}

static void
test_a_million_ids (void)
{
  g_autoptr (GArray) ids = make_ids (1000000);
  g_autoptr (GArray) changed = g_array_copy (ids);
  g_autoptr (PiaoIdVector) vector = vector_of (ids);

  for (guint i = 0; i < ids->len; i += 997)
    g_assert_cmpint (piao_id_vector_find (vector, g_array_index (ids, gint64, i)), ==, i);
  g_assert_cmpint (piao_id_vector_find (vector, 5), ==, -1);
  for (guint i = 0; i < 100; i++)
    g_array_remove_index (changed, (guint)g_test_rand_int_range (0, (gint32)changed->len));
  g_array_unref (check_diff (ids, changed));
}

/* --- list ------------------------------------------------------------------------------------ */

typedef struct
{
  char *folder;
  PiaoReplica *replica;
  PiaoRowList *list;
  GArray *mirror; /* ids as somebody knows them who only follows items-changed */
  guint n_emissions;
  guint first_added;
} Fixture;

static void
follow (GListModel *model, guint position, guint removed, guint added, gpointer data)
{
  Fixture *fixture = data;

  if (fixture->n_emissions++ == 0)
    fixture->first_added = added;
  g_assert_cmpuint (position + removed, <=, fixture->mirror->len);
  if (removed > 0)
    g_array_remove_range (fixture->mirror, position, removed);
  for (guint i = 0; i < added; i++)
    {
      g_autoptr (PiaoRow) row = g_list_model_get_item (model, position + i);
      gint64 id = piao_row_get_id (row);

      g_array_insert_val (fixture->mirror, position + i, id);
    }
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, fixture->mirror->len);
  g_test_message ("%u: -%u +%u", position, removed, added);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = NULL;

  fixture->folder = shelf_make_folder ();
  path = g_build_filename (fixture->folder, "replica.db", NULL);
  fixture->replica = shelf_open_replica (path);
  fixture->mirror = g_array_new (FALSE, FALSE, sizeof (gint64));
  fixture->list = piao_row_list_new (fixture->replica);
  g_signal_connect (fixture->list, "items-changed", G_CALLBACK (follow), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  if (fixture->list != NULL)
    {
      g_signal_handlers_disconnect_by_data (fixture->list, fixture);
      while (g_main_context_iteration (NULL, FALSE))
        continue;
      g_assert_finalize_object (fixture->list);
    }
  /* What the readers still do comes back to nobody. */
  piao_replica_close (fixture->replica);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_finalize_object (fixture->replica);
  g_array_unref (fixture->mirror);
  shelf_remove_folder (fixture->folder);
}

static DexFuture *
run_script (PiaoDb *db, gpointer data)
{
  GError *error = NULL;

  if (!piao_db_script (db, data, &error))
    return dex_future_new_for_error (error);
  return NULL;
}

static void
run_sql (Fixture *fixture, const char *sql)
{
  g_autoptr (DexFuture) future
      = piao_replica_write (fixture->replica, run_script, g_strdup (sql), g_free);
  g_autoptr (GError) error = NULL;

  piao_future_wait (future, &error);
  g_assert_no_error (error);
}

static void
add_shelves (Fixture *fixture, guint from, guint to)
{
  g_autofree char *sql
      = g_strdup_printf ("WITH RECURSIVE n (i) AS (SELECT %u UNION ALL SELECT i + 1 FROM n"
                         " WHERE i < %u) INSERT INTO test_shelf SELECT i, 0, 0, 0, i,"
                         " printf ('%%09d', i), NULL, i %% 10 FROM n",
                         from, to);

  run_sql (fixture, sql);
}

static void
list_shelves (Fixture *fixture, gint64 min_stock)
{
  piao_row_list_set_query (fixture->list, &test_list_shelves, &test_page_shelves, "i", min_stock);
  g_assert_false (piao_row_list_is_ready (fixture->list));
  while (!piao_row_list_is_ready (fixture->list))
    g_main_context_iteration (NULL, TRUE);
}

static DexFuture *
read_ids (PiaoDb *db, gpointer data)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &test_list_shelves, NULL, "i", (gint64)0);

  while (piao_cursor_next (cursor, NULL))
    {
      gint64 id = piao_cursor_int (cursor, 0);

      g_array_append_val (ids, id);
    }
  return dex_future_new_take_boxed (G_TYPE_ARRAY, ids);
}

static gboolean
is_like_the_database (Fixture *fixture)
{
  g_autoptr (DexFuture) future = piao_replica_read (fixture->replica, read_ids, NULL, NULL);
  GArray *ids = g_value_get_boxed (piao_future_wait (future, NULL));

  return ids->len == fixture->mirror->len
         && memcmp (ids->data, fixture->mirror->data, ids->len * sizeof (gint64)) == 0;
}

static PiaoRow *
get_loaded (Fixture *fixture, guint position)
{
  PiaoRow *row = g_list_model_get_item (G_LIST_MODEL (fixture->list), position);

  while (!piao_row_is_loaded (row))
    g_main_context_iteration (NULL, TRUE);
  return row;
}

static void
test_rows_arrive (Fixture *fixture, gconstpointer data)
{
  g_autoptr (PiaoRow) row = NULL;
  g_autoptr (PiaoRow) again = NULL;
  g_autoptr (PiaoRow) neighbour = NULL;

  add_shelves (fixture, 1, 1000);
  list_shelves (fixture, 0);
  g_assert_cmpuint (fixture->mirror->len, ==, 1000);
  g_assert_cmpuint (fixture->first_added, ==, 48);
  row = g_list_model_get_item (G_LIST_MODEL (fixture->list), 700);
  g_assert_cmpint (piao_row_get_id (row), ==, 701);
  g_object_unref (g_steal_pointer (&row));
  row = get_loaded (fixture, 700);
  g_assert_cmpstr (piao_row_get_text (row, 1), ==, "000000701");
  g_assert_cmpint (piao_row_get_int (row, 2), ==, 1);
  g_assert_null (piao_row_get_text (row, 3));
  again = g_list_model_get_item (G_LIST_MODEL (fixture->list), 700);
  g_assert_true (row == again);
  g_test_message ("The page came as a whole");
  neighbour = g_list_model_get_item (G_LIST_MODEL (fixture->list), 701);
  g_assert_true (piao_row_is_loaded (neighbour));
  g_assert_cmpint (piao_row_list_find (fixture->list, 701), ==, 700);
  g_assert_cmpint (piao_row_list_find (fixture->list, 5000), ==, -1);
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (fixture->list), 1000));
}

static void
count_changes (PiaoRow *row, gpointer data)
{
  (*(guint *)data)++;
}

static void
test_rows_follow_commits (Fixture *fixture, gconstpointer data)
{
  g_autoptr (PiaoRow) row = NULL;
  g_autoptr (PiaoRow) untouched = NULL;
  guint n_row = 0;
  guint n_untouched = 0;

  add_shelves (fixture, 1, 1000);
  list_shelves (fixture, 0);
  row = get_loaded (fixture, 500);
  untouched = get_loaded (fixture, 501);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_signal_connect (row, "changed", G_CALLBACK (count_changes), &n_row);
  g_signal_connect (untouched, "changed", G_CALLBACK (count_changes), &n_untouched);
  fixture->n_emissions = 0;
  run_sql (fixture, "UPDATE test_shelf SET stock = 77 WHERE id = 501");
  while (n_row == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (piao_row_get_int (row, 2), ==, 77);
  g_test_message ("It moves to the front and is still the same row");
  run_sql (fixture, "UPDATE test_shelf SET name = 'a' WHERE id = 501;"
                    "UPDATE test_shelf SET name = ' ' WHERE id = 501");
  while (piao_row_list_find (fixture->list, 501) != 0)
    g_main_context_iteration (NULL, TRUE);
  {
    g_autoptr (PiaoRow) front = g_list_model_get_item (G_LIST_MODEL (fixture->list), 0);

    g_assert_true (front == row);
  }
  while (g_strcmp0 (piao_row_get_text (row, 1), " ") != 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (fixture->n_emissions, ==, 2);
  g_assert_cmpuint (n_untouched, ==, 0);
  g_test_message ("Held when the list is gone, it keeps what it knows");
  g_signal_handlers_disconnect_by_data (fixture->list, fixture);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_finalize_object (g_steal_pointer (&fixture->list));
  g_assert_cmpint (piao_row_get_int (row, 2), ==, 77);
}

/* Changes as many rows as @data says, at random. */
static DexFuture *
change_at_random (PiaoDb *db, gpointer data)
{
  guint *n_rows = data;
  gint64 last = (gint64)n_rows[1];

  for (guint i = 0; i < n_rows[0]; i++)
    {
      gint64 id = g_test_rand_int_range (1, (gint32)last + 1);
      gint64 place = g_test_rand_int_range (1, 3000);

      switch (g_test_rand_int_range (0, 3))
        {
        case 0:
          g_assert_true (piao_db_exec (db, &test_toggle, NULL, "i", id));
          break;
        case 1:
          g_assert_true (piao_db_exec (db, &test_move_to, NULL, "ii", id, place));
          break;
        default:
          g_assert_true (piao_db_exec (db, &test_insert_at, NULL, "ii", ++last, place));
        }
    }
  n_rows[1] = (guint)last;
  return NULL;
}

static void
test_whoever_follows_knows_the_list (Fixture *fixture, gconstpointer data)
{
  guint n_rows[2] = { 0, 2000 };

  add_shelves (fixture, 1, n_rows[1]);
  list_shelves (fixture, 0);
  for (guint round = 0; round < 60; round++)
    {
      g_autoptr (DexFuture) changed = NULL;

      n_rows[0] = (guint)g_test_rand_int_range (1, round % 10 == 0 ? 300 : 6);
      changed = piao_replica_write (fixture->replica, change_at_random, n_rows, NULL);
      g_assert_nonnull (piao_future_wait (changed, NULL));
      /* Sometimes the next commit comes before this one has been shown. */
      if (g_test_rand_bit ())
        while (!is_like_the_database (fixture))
          g_main_context_iteration (NULL, TRUE);
    }
  while (!is_like_the_database (fixture))
    g_main_context_iteration (NULL, TRUE);
}

static void
test_another_query (Fixture *fixture, gconstpointer data)
{
  g_autoptr (PiaoRow) row = NULL;
  g_autoptr (PiaoRow) other = NULL;

  add_shelves (fixture, 1, 5000);
  list_shelves (fixture, 0);
  row = get_loaded (fixture, 9);
  g_test_message ("Typed quickly: only the last counts");
  for (gint64 stock = 0; stock < 9; stock++)
    piao_row_list_set_query (fixture->list, &test_list_shelves, &test_page_shelves, "i", stock);
  list_shelves (fixture, 9);
  g_assert_cmpuint (fixture->mirror->len, ==, 500);
  g_assert_cmpint (g_array_index (fixture->mirror, gint64, 0), ==, 9);
  list_shelves (fixture, 99);
  g_assert_cmpuint (fixture->mirror->len, ==, 0);
  list_shelves (fixture, 0);
  g_test_message ("Other columns are other rows");
  piao_row_list_set_query (fixture->list, &test_list_by_id, &test_page_codes, "");
  while (!piao_row_list_is_ready (fixture->list))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (g_array_index (fixture->mirror, gint64, 0), ==, 5000);
  other = get_loaded (fixture, 5000 - 10);
  g_assert_cmpint (piao_row_get_id (other), ==, piao_row_get_id (row));
  g_assert_true (other != row);
  g_assert_cmpstr (piao_row_get_text (other, 1), ==, "10");
  g_assert_cmpstr (piao_row_get_text (row, 1), ==, "000000010");
}

static void
count_up (PiaoRow *row, gpointer data)
{
  ++*(guint *)data;
}

static void
test_time_passes (Fixture *fixture, gconstpointer data)
{
  g_autoptr (PiaoRow) row = NULL;
  g_autoptr (PiaoRow) far = NULL;
  guint n = 0;

  add_shelves (fixture, 1, 5000);
  list_shelves (fixture, 0);
  row = get_loaded (fixture, 9);
  far = g_list_model_get_item (G_LIST_MODEL (fixture->list), 4000);
  g_signal_connect (row, "changed", G_CALLBACK (count_up), &n);
  g_signal_connect (far, "changed", G_CALLBACK (count_up), &n);
  g_test_message ("Only what is loaded is drawn anew");
  piao_row_list_time_passed (fixture->list);
  g_assert_cmpuint (n, ==, 1);
  g_signal_handlers_disconnect_by_data (row, &n);
  g_signal_handlers_disconnect_by_data (far, &n);
}

static void
ask_again (GListModel *model, guint position, guint removed, guint added, gpointer data)
{
  guint *n = data;

  if ((*n)++ < 3)
    piao_row_list_set_query (PIAO_ROW_LIST (model), &test_list_shelves, &test_page_shelves, "i",
                             (gint64)*n);
}

static void
test_a_query_out_of_a_handler (Fixture *fixture, gconstpointer data)
{
  guint n = 0;

  add_shelves (fixture, 1, 3000);
  g_signal_connect (fixture->list, "items-changed", G_CALLBACK (ask_again), &n);
  piao_row_list_set_query (fixture->list, &test_list_shelves, &test_page_shelves, "i", (gint64)0);
  while (!piao_row_list_is_ready (fixture->list) || fixture->mirror->len != 2100)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (n, >, 3);
  g_signal_handlers_disconnect_by_data (fixture->list, &n);
}

static void
test_gone_in_the_middle (Fixture *fixture, gconstpointer data)
{
  add_shelves (fixture, 1, 3000);
  for (guint i = 0; i < 50; i++)
    {
      g_autoptr (PiaoRowList) list = piao_row_list_new (fixture->replica);
      int turns = g_test_rand_int_range (0, 20);

      piao_row_list_set_query (list, &test_list_shelves, &test_page_shelves, "i", (gint64)0);
      for (int turn = 0; turn < turns; turn++)
        {
          g_autoptr (PiaoRow) row = g_list_model_get_item (G_LIST_MODEL (list), 0);

          g_main_context_iteration (NULL, FALSE);
        }
    }
}

static void
test_a_long_list (Fixture *fixture, gconstpointer data)
{
  g_autoptr (PiaoRow) last = NULL;

  g_signal_handlers_disconnect_by_data (fixture->list, fixture);
  add_shelves (fixture, 1, 200000);
  piao_row_list_set_query (fixture->list, &test_list_by_id, &test_page_shelves, "");
  while (g_list_model_get_n_items (G_LIST_MODEL (fixture->list)) == 0)
    g_main_context_iteration (NULL, TRUE);
  while (!piao_row_list_is_ready (fixture->list))
    g_main_context_iteration (NULL, TRUE);
  g_test_message ("Dragging through everything does not read everything");
  for (guint i = 0; i < 200000; i += 40)
    g_object_unref (g_list_model_get_item (G_LIST_MODEL (fixture->list), i));
  last = get_loaded (fixture, 199999);
  g_assert_cmpint (piao_row_get_id (last), ==, 1);
  g_test_message ("It rests, but does not sleep");
  add_shelves (fixture, 200001, 200002);
  while (piao_row_list_find (fixture->list, 200002) != 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->list)), ==, 200002);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*func) (Fixture *fixture, gconstpointer data);
  } tests[] = {
    { "/store/row-list/arrive", test_rows_arrive },
    { "/store/row-list/commits", test_rows_follow_commits },
    { "/store/row-list/follow", test_whoever_follows_knows_the_list },
    { "/store/row-list/query", test_another_query },
    { "/store/row-list/time", test_time_passes },
    { "/store/row-list/handler", test_a_query_out_of_a_handler },
    { "/store/row-list/gone", test_gone_in_the_middle },
    { "/store/row-list/long", test_a_long_list },
  };

  g_test_init (&argc, &argv, NULL);
  dex_init ();
  g_test_add_func ("/store/id-vector/spans", test_only_what_differs_is_a_span);
  g_test_add_func ("/store/id-vector/any", test_any_difference);
  g_test_add_func ("/store/id-vector/million", test_a_million_ids);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].func, tear_down);
  return g_test_run ();
}
