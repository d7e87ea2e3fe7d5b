/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include <gio/gio.h>
#include <glib/gstdio.h>

#include "base/piao-error.h"
#include "base/piao-future.h"
#include "base/piao-id.h"
#include "store/piao-search.h"
#include "tests/store/shelf.h"

PIAO_STATEMENT (test_all_shelves,
                "SELECT id, lane, deleted, code, name, phone, stock"
                " FROM test_shelf ORDER BY id");
PIAO_STATEMENT (test_all_moves, "SELECT id, lane, deleted, shelf_id, n FROM test_move ORDER BY id");
PIAO_STATEMENT (test_all_docs, "SELECT kind, row, digest FROM search_row ORDER BY kind, row");
PIAO_STATEMENT (test_wrong_sums,
                "SELECT COUNT(*) FROM test_shelf WHERE stock <>"
                " (SELECT COALESCE(SUM(n), 0) FROM test_move WHERE shelf_id = test_shelf.id)");
PIAO_STATEMENT (test_integrity, "PRAGMA integrity_check");

static const PiaoColumn shelf_columns[SHELF_N_COLUMNS] = {
  [SHELF_CODE] = { "code", "Code", PIAO_COLUMN_TEXT,
                   PIAO_COLUMN_REQUIRED | PIAO_COLUMN_UNIQUE | PIAO_COLUMN_SEARCH, 0, NULL },
  [SHELF_NAME]
  = { "name", "Name", PIAO_COLUMN_TEXT, PIAO_COLUMN_REQUIRED | PIAO_COLUMN_SEARCH, 0, NULL },
  [SHELF_PHONE] = { "phone", "Phone", PIAO_COLUMN_TEXT, PIAO_COLUMN_SEARCH, 0, NULL },
  [SHELF_STOCK] = { "stock", "Stock", PIAO_COLUMN_INT, 0, 0, NULL },
};

const PiaoKind shelf_kind = {
  .name = "test_shelf",
  .title = "Shelves",
  .flags = PIAO_KIND_SEARCHABLE,
  .columns = shelf_columns,
  .n_columns = SHELF_N_COLUMNS,
};

static const PiaoColumn move_columns[MOVE_N_COLUMNS] = {
  [MOVE_SHELF] = { "shelf_id", "Shelf", PIAO_COLUMN_REF, PIAO_COLUMN_REQUIRED, 0, "test_shelf" },
  [MOVE_N] = { "n", "Number", PIAO_COLUMN_INT, 0, 0, NULL },
};

const PiaoKind move_kind = {
  .name = "test_moves",
  .table = "test_move",
  .title = "Moves",
  .columns = move_columns,
  .n_columns = MOVE_N_COLUMNS,
};

static gboolean
apply_add (PiaoTx *tx, JsonObject *args, GError **error)
{
  g_autoptr (PiaoRecord) shelf = piao_tx_new (tx, &shelf_kind, 0);

  piao_record_set_text (shelf, SHELF_CODE, piao_json_get_text (args, "code", NULL));
  piao_record_set_text (shelf, SHELF_NAME, piao_json_get_text (args, "name", NULL));
  piao_record_set_text (shelf, SHELF_PHONE, piao_json_get_text (args, "phone", NULL));
  piao_record_set_int (shelf, SHELF_STOCK, 0);
  return piao_tx_put (tx, shelf, error);
}

static gboolean
apply_rename (PiaoTx *tx, JsonObject *args, GError **error)
{
  g_autoptr (PiaoRecord) shelf
      = piao_tx_get (tx, &shelf_kind, piao_json_get_id (args, "shelf"), error);

  if (shelf == NULL)
    return FALSE;
  piao_record_set_text (shelf, SHELF_NAME, piao_json_get_text (args, "name", NULL));
  return piao_tx_put (tx, shelf, error);
}

static gboolean
apply_move (PiaoTx *tx, JsonObject *args, GError **error)
{
  gint64 n = piao_json_get_int (args, "n", 0);
  g_autoptr (PiaoRecord) shelf
      = piao_tx_get (tx, &shelf_kind, piao_json_get_id (args, "shelf"), error);
  g_autoptr (PiaoRecord) move = NULL;

  if (shelf == NULL)
    return FALSE;
  move = piao_tx_new (tx, &move_kind, 0);
  piao_record_set_ref (move, MOVE_SHELF, shelf->id);
  piao_record_set_int (move, MOVE_N, n);
  /* Written before the check: a refusal must take it back. */
  if (!piao_tx_put (tx, move, error))
    return FALSE;
  n += piao_record_int (shelf, SHELF_STOCK);
  if (n < 0)
    return piao_error_set (error, PIAO_ERROR_REFUSED, "shelf.empty", "There is not enough.");
  piao_record_set_int (shelf, SHELF_STOCK, n);
  return piao_tx_put (tx, shelf, error);
}

static gboolean
apply_code (PiaoTx *tx, JsonObject *args, GError **error)
{
  g_autoptr (PiaoRecord) shelf
      = piao_tx_get (tx, &shelf_kind, piao_json_get_id (args, "shelf"), error);

  if (shelf == NULL)
    return FALSE;
  piao_record_set_text (shelf, SHELF_CODE, piao_json_get_text (args, "code", NULL));
  return piao_tx_put (tx, shelf, error);
}

static gboolean
move_all (PiaoTx *tx, PiaoRecord *shelf, gint64 n, GError **error)
{
  g_autoptr (PiaoRecord) move = piao_tx_new (tx, &move_kind, 0);

  piao_record_set_ref (move, MOVE_SHELF, shelf->id);
  piao_record_set_int (move, MOVE_N, n);
  piao_record_set_int (shelf, SHELF_STOCK, piao_record_int (shelf, SHELF_STOCK) + n);
  return piao_tx_put (tx, move, error) && piao_tx_put (tx, shelf, error);
}

static gboolean
apply_empty (PiaoTx *tx, JsonObject *args, GError **error)
{
  g_autoptr (PiaoRecord) shelf
      = piao_tx_get (tx, &shelf_kind, piao_json_get_id (args, "shelf"), error);
  g_autoptr (PiaoRecord) onto
      = shelf != NULL ? piao_tx_get (tx, &shelf_kind, piao_json_get_id (args, "onto"), error)
                      : NULL;
  gint64 n = shelf != NULL ? piao_record_int (shelf, SHELF_STOCK) : 0;

  return onto != NULL
         && (n == 0 || (move_all (tx, shelf, -n, error) && move_all (tx, onto, n, error)));
}

static const PiaoParam add_params[] = {
  { "code", "Code", PIAO_PARAM_TEXT, TRUE, 0, 0, NULL },
  { "name", "Name", PIAO_PARAM_TEXT, TRUE, 0, 0, NULL },
  { "phone", "Phone", PIAO_PARAM_TEXT, FALSE, 0, 0, NULL },
  { NULL },
};

static const PiaoParam rename_params[] = {
  { "shelf", "Shelf", PIAO_PARAM_ID, TRUE, 0, 0, NULL },
  { "name", "Name", PIAO_PARAM_TEXT, TRUE, 0, 0, NULL },
  { NULL },
};

static const PiaoParam move_params[] = {
  { "shelf", "Shelf", PIAO_PARAM_ID, TRUE, 0, 0, NULL },
  { "n", "Number", PIAO_PARAM_INT, TRUE, -1000, 1000, NULL },
  { NULL },
};

static const PiaoParam code_params[] = {
  { "shelf", "Shelf", PIAO_PARAM_ID, TRUE, 0, 0, NULL },
  { "code", "Code", PIAO_PARAM_TEXT, TRUE, 0, 0, NULL },
  { NULL },
};

static const PiaoParam empty_params[] = {
  { "shelf", "Shelf", PIAO_PARAM_ID, TRUE, 0, 0, NULL },
  { "onto", "Onto", PIAO_PARAM_ID, TRUE, 0, 0, NULL },
  { NULL },
};

static const PiaoCommand add_command = { "shelf.add", NULL, 0, add_params, apply_add };
static const PiaoCommand rename_command = { "shelf.rename", NULL, 0, rename_params, apply_rename };
static const PiaoCommand move_command = { "shelf.move", NULL, 0, move_params, apply_move };

static const PiaoCommand code_command = { "shelf.code", NULL, 0, code_params, apply_code };
static const PiaoCommand empty_command = { "shelf.empty", NULL, 0, empty_params, apply_empty };

static const PiaoKind *const kinds[] = { &shelf_kind, &move_kind, NULL };
static const PiaoCommand *const commands[]
    = { &add_command, &rename_command, &move_command, &code_command, &empty_command, NULL };
static const PiaoModule module = { "shelf", kinds, commands };

PiaoRegistry *
shelf_registry_new (void)
{
  const PiaoModule *const modules[] = { &module, NULL };

  return piao_registry_new (modules);
}

void
shelf_create_tables (PiaoDb *db)
{
  g_autoptr (GError) error = NULL;

  piao_db_script (db,
                  "CREATE TABLE IF NOT EXISTS test_shelf (id INTEGER PRIMARY KEY,"
                  " lane INTEGER NOT NULL, rev INTEGER NOT NULL, deleted INTEGER NOT NULL,"
                  " code TEXT NOT NULL UNIQUE, name TEXT NOT NULL, phone TEXT,"
                  " stock INTEGER NOT NULL CHECK (stock >= 0)) STRICT;"
                  "CREATE TABLE IF NOT EXISTS test_move (id INTEGER PRIMARY KEY,"
                  " lane INTEGER NOT NULL, rev INTEGER NOT NULL, deleted INTEGER NOT NULL,"
                  " shelf_id INTEGER NOT NULL, n INTEGER NOT NULL) STRICT;"
                  "CREATE INDEX IF NOT EXISTS test_move_shelf ON test_move (shelf_id);",
                  &error);
  g_assert_no_error (error);
}

static DexFuture *
create_tables (PiaoDb *db, gpointer data)
{
  shelf_create_tables (db);
  return NULL;
}

PiaoReplica *
shelf_open_replica (const char *path)
{
  g_autoptr (PiaoRegistry) registry = shelf_registry_new ();
  g_autoptr (PiaoClock) clock = piao_clock_new_manual (G_GINT64_CONSTANT (1750000000000));
  g_autoptr (DexFuture) made = NULL;
  g_autoptr (GError) error = NULL;
  PiaoReplica *replica = piao_replica_open (path, registry, clock, &error);

  g_assert_no_error (error);
  made = piao_replica_write (replica, create_tables, NULL, NULL);
  piao_future_wait (made, &error);
  g_assert_no_error (error);
  piao_replica_set_actor (replica, 0, 7);
  return replica;
}

char *
shelf_make_folder (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("piaoku-store-XXXXXX", &error);

  g_assert_no_error (error);
  return folder;
}

void
shelf_empty_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_assert_cmpint (g_unlink (path), ==, 0);
    }
}

void
shelf_remove_folder (char *folder)
{
  shelf_empty_folder (folder);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  g_free (folder);
}

gint64
shelf_run (PiaoReplica *replica, const char *name, JsonObject *args, GError **error)
{
  g_autoptr (DexFuture) future = piao_replica_run (replica, name, args);
  const GValue *value = piao_future_wait (future, error);

  return value != NULL ? g_value_get_int64 (value) : 0;
}

JsonObject *
shelf_args_add (const char *code, const char *name, const char *phone)
{
  return piao_json_build ("code", 's', code, "name", 's', name, "phone", 's', phone, NULL);
}

JsonObject *
shelf_args_move (gint64 shelf, gint64 n)
{
  return piao_json_build ("shelf", 'd', shelf, "n", 'i', n, NULL);
}

JsonObject *
shelf_args_rename (gint64 shelf, const char *name)
{
  return piao_json_build ("shelf", 'd', shelf, "name", 's', name, NULL);
}

JsonObject *
shelf_args_code (gint64 shelf, const char *code)
{
  return piao_json_build ("shelf", 'd', shelf, "code", 's', code, NULL);
}

JsonObject *
shelf_args_empty (gint64 shelf, gint64 onto)
{
  return piao_json_build ("shelf", 'd', shelf, "onto", 'd', onto, NULL);
}

static void
dump_rows (PiaoDb *db, const PiaoStatement *statement, GString *dump)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, statement, &error, "");

  while (piao_cursor_next (cursor, &error))
    {
      for (guint i = 0; i < piao_cursor_get_n_columns (cursor); i++)
        {
          const char *text = piao_cursor_text (cursor, i);

          g_string_append_printf (dump, "%s|", text != NULL ? text : "NULL");
        }
      g_string_append_c (dump, '\n');
    }
  g_assert_no_error (error);
}

char *
shelf_dump (PiaoDb *db, gboolean with_search)
{
  GString *dump = g_string_new (NULL);

  dump_rows (db, &test_all_shelves, dump);
  dump_rows (db, &test_all_moves, dump);
  if (with_search)
    dump_rows (db, &test_all_docs, dump);
  return g_string_free_and_steal (dump);
}

void
shelf_check (PiaoDb *db)
{
  g_autofree char *answer = NULL;
  gint64 wrong = -1;

  g_assert_true (piao_db_query_int (db, &test_wrong_sums, -1, &wrong, NULL, ""));
  g_assert_cmpint (wrong, ==, 0);
  g_assert_true (piao_db_query_text (db, &test_integrity, &answer, NULL, ""));
  g_assert_cmpstr (answer, ==, "ok");
}
