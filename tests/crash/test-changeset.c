/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What a command has changed, read and taken back while every allocation of SQLite in turn gets
 * nothing: it says so as what it is, and neither a row nor the memory is spoilt.
 */

#include "config.h"

#include <sqlite3.h>

#include "base/piao-error.h"
#include "domain/piao-domain.h"
#include "store/piao-changeset.h"
#include "store/piao-peel.h"
#include "store/piao-undo.h"
#include "tests/crash/crash-memory.h"

#define WIDE_COLUMNS 40

static const PiaoColumn narrow_columns[] = { { "n", "Number", PIAO_COLUMN_INT, 0, 0, NULL } };

static const PiaoKind narrow_kind = {
  .name = "test_narrow",
  .title = "Narrow",
  .columns = narrow_columns,
  .n_columns = G_N_ELEMENTS (narrow_columns),
};

/* Filled in by main(). */
static PiaoColumn wide_columns[WIDE_COLUMNS];

static const PiaoKind wide_kind = {
  .name = "test_wide",
  .title = "Wide",
  .columns = wide_columns,
  .n_columns = WIDE_COLUMNS,
};

static const PiaoKind *const kinds[] = { &narrow_kind, &wide_kind, NULL };
static const PiaoCommand *const commands[] = { NULL };
static const PiaoModule module = { "test", kinds, commands };

typedef struct
{
  PiaoRegistry *registry;
  PiaoDb *db;
  GBytes *changes; /* of a narrow table and then of a wider one */
  char *before, *after;
} World;

PIAO_STATEMENT (test_dump,
                "SELECT (SELECT COALESCE(GROUP_CONCAT(id || ' ' || n), '') FROM test_narrow)"
                " || '; ' || (SELECT GROUP_CONCAT(id || ' ' || c0 || ' ' || c39) FROM test_wide)");

static char *
dump_rows (World *world)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (world->db, &test_dump, &error, "");

  g_assert_true (piao_cursor_next (cursor, &error));
  return g_strdup (piao_cursor_text (cursor, 0));
}

static void
run_script (World *world, const char *sql)
{
  g_autoptr (GError) error = NULL;

  piao_db_script (world->db, sql, &error);
  g_assert_no_error (error);
}

static void
make_tables (World *world)
{
  g_autoptr (GString) sql = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (kinds) - 1; i++)
    {
      g_string_append_printf (sql,
                              "CREATE TABLE %s (id INTEGER PRIMARY KEY, lane INTEGER NOT NULL,"
                              " rev INTEGER NOT NULL, deleted INTEGER NOT NULL",
                              kinds[i]->name);
      for (guint j = 0; j < kinds[i]->n_columns; j++)
        g_string_append_printf (sql, ", %s", kinds[i]->columns[j].name);
      g_string_append (sql, ");");
    }
  g_string_append (sql, "INSERT INTO test_wide (id, lane, rev, deleted, c0, c39)"
                        " VALUES (1, 0, 1, 0, '一号架', '');");
  run_script (world, sql->str);
}

static void
world_set_up (World *world, gconstpointer data)
{
  const PiaoModule *const modules[] = { &module, NULL };
  g_autoptr (PiaoUndo) undo = NULL;
  g_autoptr (GError) error = NULL;

  world->registry = piao_registry_new (modules);
  world->db = piao_db_open (":memory:", 0, &error);
  g_assert_no_error (error);
  make_tables (world);
  world->before = dump_rows (world);

  g_assert_true (piao_db_begin (world->db, NULL));
  undo = piao_undo_start (world->registry, world->db, &error);
  g_assert_no_error (error);
  run_script (world, "INSERT INTO test_narrow VALUES (3, 0, 2, 0, 4);"
                     "UPDATE test_wide SET rev = 2, c0 = '', c39 = '十' WHERE id = 1;"
                     "INSERT INTO test_wide (id, lane, rev, deleted, c0, c39)"
                     " VALUES (2, 0, 2, 0, X'01ff', '二号架')");
  world->changes = piao_undo_take (undo, &error);
  g_assert_no_error (error);
  g_assert_true (piao_db_commit (world->db, NULL));
  world->after = dump_rows (world);
  g_assert_cmpstr (world->before, !=, world->after);
}

static void
world_tear_down (World *world, gconstpointer data)
{
  crash_memory_arm (0, FALSE);
  g_bytes_unref (world->changes);
  g_free (world->before);
  g_free (world->after);
  piao_registry_unref (world->registry);
  piao_db_free (world->db);
}

/* --- what is done with a changeset ----------------------------------------------------------- */

typedef gboolean (*Reader) (World *world, GError **error);

static gboolean
peel (World *world, GError **error)
{
  g_autoptr (PiaoPeel) peel = piao_peel_new (world->registry, world->db);
  g_autofree char *misfit = NULL;

  if (!piao_peel_take (peel, world->changes, &misfit, error))
    return FALSE;
  g_assert_null (misfit);
  return TRUE;
}

static gboolean
list (World *world, GError **error)
{
  g_autoptr (GArray) touched = g_array_new (FALSE, FALSE, sizeof (PiaoTouch));

  if (!piao_undo_list_rows (world->registry, world->changes, touched, error))
    return FALSE;
  g_assert_cmpuint (touched->len, ==, 3);
  return TRUE;
}

static gboolean
take_back (World *world, GError **error)
{
  g_autoptr (GArray) touched = g_array_new (FALSE, FALSE, sizeof (PiaoTouch));

  return piao_undo_apply (world->registry, world->db, world->changes, touched, error);
}

/* --- without memory -------------------------------------------------------------------------- */

/* FALSE when it asks for memory less often than @nth. */
static gboolean
fail_at (World *world, Reader reader, guint64 nth, gboolean for_ever)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *dump = NULL;
  gboolean done, struck;

  g_assert_true (piao_db_begin (world->db, NULL));
  crash_memory_arm (nth, for_ever);
  done = reader (world, &error);
  struck = crash_memory_has_struck ();
  crash_memory_arm (0, FALSE);
  if (done && reader == take_back)
    {
      dump = dump_rows (world);
      g_assert_cmpstr (dump, ==, world->before);
      g_clear_pointer (&dump, g_free);
    }
  piao_db_rollback (world->db);
  if (!done)
    {
      g_assert_true (struck);
      g_assert_error (error, PIAO_ERROR, PIAO_ERROR_FAILED);
      g_assert_cmpstr (piao_error_get_reason (error), ==, "db.io");
    }
  dump = dump_rows (world);
  g_assert_cmpstr (dump, ==, world->after);
  return struck;
}

static void
test_without_memory (World *world, gconstpointer data)
{
  Reader reader = *(const Reader *)data;

  for (guint for_ever = 0; for_ever < 2; for_ever++)
    {
      guint64 nth = 1;

      while (fail_at (world, reader, nth, for_ever != 0))
        nth++;
      g_test_message ("%" G_GUINT64_FORMAT " allocations", nth - 1);
      g_assert_cmpuint (nth, >, 5);
    }
}

PIAO_STATEMENT (test_add, "INSERT INTO test_narrow VALUES ($1, 0, 3, 0, 0)");
PIAO_STATEMENT (test_count, "SELECT COUNT(*) FROM test_narrow WHERE rev = 3");

static gint64
count_added (World *world)
{
  gint64 n = 0;

  g_assert_true (piao_db_query_int (world->db, &test_count, -1, &n, NULL, ""));
  return n;
}

/* A command was taken back, for which SQLite sets a PRAGMA: then it prepares every statement once
 * more, ROLLBACK too. What is written next is no part of the transaction that could not be ended.
 */
static void
test_rollback_without_memory (World *world, gconstpointer data)
{
  for (guint for_ever = 0; for_ever < 2; for_ever++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_true (piao_db_begin (world->db, NULL));
      g_assert_true (take_back (world, NULL));
      g_assert_true (piao_db_exec (world->db, &test_add, NULL, "i", (gint64)10));
      run_script (world, "PRAGMA defer_foreign_keys = 0");
      crash_memory_arm (1, for_ever != 0);
      piao_db_rollback (world->db);
      g_assert_true (crash_memory_has_struck ());
      if (for_ever != 0)
        {
          g_assert_false (piao_db_exec (world->db, &test_add, &error, "i", (gint64)11));
          g_assert_error (error, PIAO_ERROR, PIAO_ERROR_FAILED);
          g_assert_false (piao_db_begin (world->db, NULL));
        }
      crash_memory_arm (0, FALSE);
      g_assert_true (piao_db_exec (world->db, &test_add, NULL, "i", (gint64)(20 + for_ever)));
      g_assert_true (piao_db_begin (world->db, NULL));
      piao_db_rollback (world->db);
      g_assert_cmpint (count_added (world), ==, 1 + for_ever);
    }
}

/* A wider one would bring SQLite's mistake back. */
static void
test_no_table_is_too_wide (void)
{
  g_autoptr (PiaoRegistry) registry = piao_domain_registry_new ();
  guint n;
  const PiaoKind *const *all = piao_registry_get_kinds (registry, &n);

  g_assert_cmpuint (n, >, 10);
  for (guint i = 0; i < n; i++)
    g_assert_cmpuint (PIAO_ROW_FIRST_COLUMN + all[i]->n_columns, <=, PIAO_CHANGESET_MAX_COLUMNS);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    Reader reader;
  } tests[] = {
    { "/crash/changeset/peel", peel },
    { "/crash/changeset/list", list },
    { "/crash/changeset/take-back", take_back },
  };
  static char names[WIDE_COLUMNS][4];

  crash_memory_install ();
  /* What each connection has set aside would never run out. */
  g_assert_cmpint (sqlite3_config (SQLITE_CONFIG_LOOKASIDE, 0, 0), ==, SQLITE_OK);
  for (guint i = 0; i < WIDE_COLUMNS; i++)
    {
      g_snprintf (names[i], sizeof names[i], "c%u", i);
      wide_columns[i] = (PiaoColumn){ names[i], "Column", PIAO_COLUMN_TEXT, 0, 0, NULL };
    }
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, World, &tests[i].reader, world_set_up, test_without_memory,
                world_tear_down);
  g_test_add ("/crash/changeset/rollback", World, NULL, world_set_up, test_rollback_without_memory,
              world_tear_down);
  g_test_add_func ("/crash/changeset/width", test_no_table_is_too_wide);
  return g_test_run ();
}
