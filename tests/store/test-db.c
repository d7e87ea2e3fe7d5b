/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The database calls, run on the engine that PIAOKU_TEST_DATABASE names (SQLite in memory when
 * it is unset), so that both engines answer alike. */

#include "base/piao-error.h"
#include "store/piao-schema.h"
#include "store/piao-tx-rows.h"

PIAO_STATEMENT (create_item,
                "CREATE TEMPORARY TABLE item (id INTEGER PRIMARY KEY, name TEXT,"
                " size BIGINT CHECK (size >= 0))");
PIAO_STATEMENT (insert_item, "INSERT INTO item (size, name, id) VALUES ($3, $2, $1)");
PIAO_STATEMENT (select_item, "SELECT id, name, size FROM item ORDER BY id");
PIAO_STATEMENT (get_item_id, "SELECT id FROM item WHERE id = $1");
PIAO_STATEMENT (count_items, "SELECT count(*) FROM item WHERE size >= $1");
PIAO_STATEMENT (delete_items, "DELETE FROM item WHERE id >= $1");

static PiaoDb *
open_db (void)
{
  const char *address = g_getenv ("PIAOKU_TEST_DATABASE");
  g_autoptr (GError) error = NULL;
  PiaoDb *db = piao_db_open (address != NULL ? address : ":memory:", 0, &error);

  g_assert_no_error (error);
  return db;
}

static PiaoDb *
open_with_items (void)
{
  PiaoDb *db = open_db ();
  g_autoptr (GError) error = NULL;

  piao_db_exec (db, &create_item, &error, "");
  g_assert_no_error (error);
  return db;
}

static gint64
count (PiaoDb *db)
{
  gint64 n = -1;

  g_assert_true (piao_db_query_int (db, &count_items, -1, &n, NULL, "i", (gint64)0));
  return n;
}

static void
test_values_go_in_and_out (void)
{
  g_autoptr (PiaoDb) db = open_with_items ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PiaoCursor) cursor = NULL;
  gint64 changed = 0;

  g_assert_true (piao_db_exec (db, &insert_item, &error, "isi", (gint64)1, "网点", G_MAXINT64));
  g_assert_true (piao_db_exec (db, &insert_item, &error, "isi", (gint64)2, NULL, (gint64)0));
  cursor = piao_db_query (db, &select_item, &error, "");
  g_assert_true (piao_cursor_next (cursor, &error));
  g_assert_cmpint (piao_cursor_int (cursor, 0), ==, 1);
  g_assert_cmpstr (piao_cursor_text (cursor, 1), ==, "网点");
  g_assert_cmpint (piao_cursor_int (cursor, 2), ==, G_MAXINT64);
  g_assert_true (piao_cursor_next (cursor, &error));
  g_assert_true (piao_cursor_is_null (cursor, 1));
  g_assert_null (piao_cursor_text (cursor, 1));
  g_assert_false (piao_cursor_next (cursor, &error));
  g_assert_no_error (error);
  g_clear_pointer (&cursor, piao_cursor_free);
  g_assert_true (piao_db_exec_changed (db, &delete_items, &changed, &error, "i", (gint64)1));
  g_assert_cmpint (changed, ==, 2);
}

static void
test_errors_have_a_kind (void)
{
  g_autoptr (PiaoDb) db = open_with_items ();
  g_autoptr (GError) twice = NULL;
  g_autoptr (GError) check = NULL;

  g_assert_true (piao_db_exec (db, &insert_item, NULL, "isi", (gint64)1, "a", (gint64)1));
  g_assert_false (piao_db_exec (db, &insert_item, &twice, "isi", (gint64)1, "b", (gint64)1));
  g_assert_error (twice, PIAO_ERROR, PIAO_ERROR_CONFLICT);
  g_assert_cmpstr (piao_error_get_reason (twice), ==, "db.unique");
  g_assert_false (piao_db_exec (db, &insert_item, &check, "isi", (gint64)2, "b", (gint64)-1));
  g_assert_error (check, PIAO_ERROR, PIAO_ERROR_REFUSED);
  g_assert_cmpint (count (db), ==, 1);
}

static void
test_savepoints_nest (void)
{
  g_autoptr (PiaoDb) db = open_with_items ();
  g_autoptr (GError) error = NULL;

  g_assert_true (piao_db_begin (db, &error));
  g_assert_true (piao_db_exec (db, &insert_item, &error, "isi", (gint64)1, "a", (gint64)1));
  g_assert_true (piao_db_savepoint (db, &error));
  g_assert_true (piao_db_exec (db, &insert_item, &error, "isi", (gint64)2, "a", (gint64)1));
  g_assert_true (piao_db_savepoint (db, &error));
  g_assert_false (piao_db_exec (db, &insert_item, NULL, "isi", (gint64)2, "a", (gint64)1));
  piao_db_rollback_to (db);
  g_assert_cmpint (count (db), ==, 2);
  piao_db_rollback_to (db);
  g_assert_cmpint (count (db), ==, 1);
  g_assert_true (piao_db_commit (db, &error));
  g_assert_cmpint (count (db), ==, 1);
  g_assert_true (piao_db_begin (db, &error));
  g_assert_true (piao_db_exec (db, &insert_item, &error, "isi", (gint64)3, "a", (gint64)1));
  piao_db_rollback (db);
  g_assert_cmpint (count (db), ==, 1);
}

/* --- what is not waited for ------------------------------------------------------------------ */

static gboolean
take_count (PiaoCursor *cursor, gpointer data, GError **error)
{
  gint64 *n = data;

  g_assert_true (piao_cursor_next (cursor, NULL));
  *n = piao_cursor_int (cursor, 0);
  return TRUE;
}

static void
begin_deferred (PiaoDb *db)
{
  g_assert_true (piao_db_begin (db, NULL));
  piao_db_defer (db);
}

static void
insert (PiaoDb *db, gint64 id)
{
  g_assert_true (piao_db_exec (db, &insert_item, NULL, "isi", id, "a", (gint64)1));
}

/* Whoever is only asked later answers as of then, in the order of asking. */
static void
test_answers_keep_their_order (void)
{
  g_autoptr (PiaoDb) db = open_with_items ();
  gint64 n[300], all = 0, none = -7;

  begin_deferred (db);
  for (gint64 i = 0; i < 300; i++)
    {
      insert (db, i);
      g_assert_true (piao_db_ask (db, &count_items, take_count, &n[i], NULL, NULL, "i", (gint64)0));
    }
  g_assert_true (piao_db_ask_int (db, &count_items, &all, NULL, "i", (gint64)0));
  g_assert_true (piao_db_ask_int (db, &get_item_id, &none, NULL, "i", (gint64)4711));
  g_assert_true (piao_db_settle (db, NULL));
  for (gint64 i = 0; i < 300; i++)
    g_assert_cmpint (n[i], ==, i + 1);
  g_assert_cmpint (all, ==, 300);
  g_assert_cmpint (none, ==, -7);
  g_assert_true (piao_db_commit (db, NULL));
  g_assert_cmpint (count (db), ==, 300);
  /* Outside of that transaction all is waited for. */
  g_assert_false (piao_db_exec (db, &insert_item, NULL, "isi", (gint64)1, "b", (gint64)1));
}

/* At the latest the end of its part tells what went wrong, and then only that part is undone. */
static void
test_failures_are_told_in_time (void)
{
  g_autoptr (PiaoDb) db = open_with_items ();
  g_autoptr (GError) error = NULL;

  begin_deferred (db);
  insert (db, 1);
  for (guint part = 0; part < 3; part++)
    {
      g_clear_error (&error);
      g_assert_true (piao_db_savepoint (db, NULL));
      insert (db, 10 + part);
      if (piao_db_exec (db, &insert_item, &error, "isi", part == 1 ? (gint64)1 : (gint64)20 + part,
                        "b", (gint64)1)
          && piao_db_exec (db, &insert_item, &error, "isi", (gint64)30 + part, "b", (gint64)1)
          && piao_db_release (db, &error))
        continue;
      g_assert_cmpint (part, ==, 1);
      g_assert_error (error, PIAO_ERROR, PIAO_ERROR_CONFLICT);
      g_assert_cmpstr (piao_error_get_reason (error), ==, "db.unique");
      piao_db_rollback_to (db);
    }
  g_assert_true (piao_db_commit (db, NULL));
  g_assert_cmpint (count (db), ==, 7);
}

static void
count_freed (gpointer data)
{
  (*(guint *)data)++;
}

static gboolean
note_answer (PiaoCursor *cursor, gpointer data, GError **error)
{
  (*(guint *)data) += 100;
  return TRUE;
}

/* A transaction with a failure in it is not committed, nobody is handed an answer from behind it,
 * and nothing is kept. */
static void
test_failures_undo_all (void)
{
  g_autoptr (PiaoDb) db = open_with_items ();
  g_autoptr (GError) error = NULL;
  guint before = 0, behind = 0;

  insert (db, 1);
  begin_deferred (db);
  g_assert_true (
      piao_db_ask (db, &count_items, note_answer, &before, count_freed, NULL, "i", (gint64)0));
  insert (db, 2);
  if (piao_db_exec (db, &insert_item, &error, "isi", (gint64)1, "b", (gint64)1)
      && piao_db_ask (db, &count_items, note_answer, &behind, count_freed, &error, "i", (gint64)0))
    {
      g_assert_false (piao_db_commit (db, &error));
      g_assert_cmpuint (behind, ==, 1);
    }
  else
    piao_db_rollback (db);
  g_assert_cmpstr (piao_error_get_reason (error), ==, "db.unique");
  g_assert_false (piao_db_in_transaction (db));
  g_assert_cmpuint (before, ==, 101);
  g_assert_cmpint (count (db), ==, 1);
  /* The connection goes on. */
  begin_deferred (db);
  insert (db, 2);
  g_assert_true (piao_db_commit (db, NULL));
  g_assert_cmpint (count (db), ==, 2);
  /* What is on its way when a connection is closed is let go. */
  before = 0;
  begin_deferred (db);
  g_assert_true (
      piao_db_ask (db, &count_items, note_answer, &before, count_freed, NULL, "i", (gint64)0));
  g_clear_pointer (&db, piao_db_free);
  g_assert_cmpuint (before, ==, 101);
}

/* --- several rows at once -------------------------------------------------------------------- */

static PiaoRepeated put_items
    = PIAO_REPEATED ("put_items",
                     "INSERT INTO item (id, name, size) VALUES ",
                     "(?, 'a', ?)",
                     ", ",
                     " ON CONFLICT (id) DO UPDATE SET size = excluded.size");
static PiaoRepeated get_items
    = PIAO_REPEATED ("get_items", "", "SELECT size FROM item WHERE id = ?", " UNION ALL ", "");

static gboolean
add_sizes (PiaoCursor *cursor, gpointer data, GError **error)
{
  gint64 *sum = data;

  while (piao_cursor_next (cursor, error))
    *sum += piao_cursor_int (cursor, 0);
  return TRUE;
}

/* However many go together, each of them is written, written over and found. */
static void
test_rows_go_together (void)
{
  g_autoptr (PiaoDb) db = open_with_items ();

  g_assert_true (piao_repeated_get (&put_items, 2) == piao_repeated_get (&put_items, 2));
  begin_deferred (db);
  for (guint n = 1; n <= PIAO_REPEATED_MAX; n++)
    {
      PiaoValue rows[PIAO_REPEATED_MAX * 2], ids[PIAO_REPEATED_MAX];
      gint64 sum = 0;

      for (guint i = 0; i < n; i++)
        {
          ids[i] = rows[i * 2] = (PiaoValue){ PIAO_VALUE_INT, { i + 1 } };
          rows[i * 2 + 1] = (PiaoValue){ PIAO_VALUE_INT, { (gint64)(n + i) } };
        }
      g_assert_true (piao_db_exec_values (db, piao_repeated_get (&put_items, n), rows, n * 2, NULL)
                     && piao_db_ask_values (db, piao_repeated_get (&get_items, n), add_sizes, &sum,
                                            NULL, ids, n, NULL)
                     && piao_db_settle (db, NULL));
      g_assert_cmpint (sum, ==, n * n + n * (n - 1) / 2);
      g_assert_cmpint (count (db), ==, n);
    }
  g_assert_true (piao_db_commit (db, NULL));
}

/* --- the rows of a command ------------------------------------------------------------------- */

static const PiaoColumn box_columns[] = { { "size", "Size", PIAO_COLUMN_INT } };
static const PiaoKind box_kind
    = { .name = "box", .title = "Boxes", .columns = box_columns, .n_columns = 1 };

static void
put_box (PiaoDb *db, gint64 id, gint64 size)
{
  g_autoptr (PiaoRecord) box = piao_record_new (&box_kind, id, 0);

  piao_record_set_int (box, 0, size);
  g_assert_true (piao_record_store (db, box, NULL));
}

static gint64
load_box (PiaoTxRows *rows, gint64 id)
{
  g_autoptr (PiaoRecord) box = piao_tx_rows_load (rows, &box_kind, id, NULL);
  gint64 size = box != NULL ? piao_record_int (box, 0) : -1;

  /* What one rule does to its row is nothing to the others until it is written. */
  if (box != NULL)
    piao_record_set_int (box, 0, 99);
  return size;
}

static void
test_written_rows_are_read_again (void)
{
  g_autoptr (PiaoDb) db = open_db ();
  PiaoTxRows *rows;

  begin_deferred (db);
  g_assert_true (piao_db_script (db,
                                 "CREATE TEMPORARY TABLE box (id BIGINT PRIMARY KEY, lane BIGINT,"
                                 " rev BIGINT, deleted BIGINT, size BIGINT)",
                                 NULL));
  put_box (db, 1, 10);
  put_box (db, 2, 20);
  rows = piao_tx_rows_new (db);
  g_assert_true (piao_tx_rows_expect (rows, &box_kind, 1, NULL)
                 && piao_tx_rows_expect (rows, &box_kind, 2, NULL)
                 && piao_tx_rows_expect (rows, &box_kind, 3, NULL));
  /* Asked for, not looked at yet, and written. */
  piao_tx_rows_drop (rows, &box_kind, 2);
  put_box (db, 2, 21);
  g_assert_cmpint (load_box (rows, 1), ==, 10);
  g_assert_cmpint (load_box (rows, 1), ==, 10);
  g_assert_cmpint (load_box (rows, 2), ==, 21);
  g_assert_cmpint (load_box (rows, 3), ==, -1);
  piao_tx_rows_drop (rows, &box_kind, 1);
  put_box (db, 1, 11);
  g_assert_cmpint (load_box (rows, 1), ==, 11);
  g_assert_true (piao_tx_rows_expect (rows, &box_kind, 3, NULL));
  g_assert_true (piao_tx_rows_end (rows, NULL) && piao_db_commit (db, NULL));
}

static void
test_schema_migrates_once (void)
{
  g_autoptr (PiaoDb) db = open_db ();
  g_autoptr (GError) error = NULL;

  g_assert_true (piao_schema_migrate (db, PIAO_SCHEMA_SERVER, &error));
  g_assert_no_error (error);
  g_assert_true (piao_schema_migrate (db, PIAO_SCHEMA_SERVER, &error));
  g_assert_true (piao_db_script (db, "INSERT INTO schema_version (number) VALUES (9999)", &error));
  g_assert_false (piao_schema_migrate (db, PIAO_SCHEMA_SERVER, &error));
  g_assert_cmpstr (piao_error_get_reason (error), ==, "schema.newer");
  g_assert_true (piao_db_script (db, "DELETE FROM schema_version WHERE number = 9999", NULL));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/db/values", test_values_go_in_and_out);
  g_test_add_func ("/store/db/errors", test_errors_have_a_kind);
  g_test_add_func ("/store/db/savepoints", test_savepoints_nest);
  g_test_add_func ("/store/db/defer/order", test_answers_keep_their_order);
  g_test_add_func ("/store/db/defer/in-time", test_failures_are_told_in_time);
  g_test_add_func ("/store/db/defer/undo", test_failures_undo_all);
  g_test_add_func ("/store/db/repeated", test_rows_go_together);
  g_test_add_func ("/store/tx/rows", test_written_rows_are_read_again);
  g_test_add_func ("/store/schema/migrates-once", test_schema_migrates_once);
  return g_test_run ();
}
