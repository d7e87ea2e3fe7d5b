/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

#include "base/piao-error.h"
#include "base/piao-mutant.h"
#include "store/piao-schema-resources.h"
#include "store/piao-schema.h"

#define FOLDER "/io/github/piaoku/Piaoku/schema/"

PIAO_STATEMENT (select_version, "SELECT max(number) FROM schema_version");
PIAO_STATEMENT (insert_version, "INSERT INTO schema_version (number) VALUES ($1)");

/* Names of the migration files, "001-foundation.sql"; the number is what they begin with. */
static char **
list_files (void)
{
  char **names = g_resource_enumerate_children (piao_schema_get_resource (), FOLDER,
                                                G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

  g_assert (names != NULL);
  return names;
}

int
piao_schema_get_newest (void)
{
  g_auto (GStrv) names = list_files ();
  int newest = 0;

  for (guint i = 0; names[i] != NULL; i++)
    newest = MAX (newest, (int)g_ascii_strtoll (names[i], NULL, 10));
  return newest;
}

static char *
read_file (int number)
{
  g_auto (GStrv) names = list_files ();

  for (guint i = 0; names[i] != NULL; i++)
    if (g_ascii_strtoll (names[i], NULL, 10) == number)
      {
        g_autofree char *path = g_strconcat (FOLDER, names[i], NULL);
        g_autoptr (GBytes) bytes = g_resource_lookup_data (piao_schema_get_resource (), path,
                                                           G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
        gsize size = 0;
        const char *data = g_bytes_get_data (bytes, &size);

        return g_strndup (data, size);
      }
  return NULL;
}

/* Numbers may be left out. */
static gboolean
has_file (int number)
{
  g_autofree char *text = read_file (number);

  return text != NULL;
}

static gboolean
applies (const char *words, PiaoEngine engine, PiaoSchemaRole role)
{
  g_auto (GStrv) list = g_strsplit_set (words, " ,", -1);
  gboolean names_engine = FALSE, names_role = FALSE, engine_fits = FALSE, role_fits = FALSE;

  for (guint i = 0; list[i] != NULL; i++)
    {
      if (g_str_equal (list[i], "sqlite") || g_str_equal (list[i], "postgresql"))
        {
          names_engine = TRUE;
          engine_fits |= g_str_equal (list[i], "sqlite") == (engine == PIAO_ENGINE_SQLITE);
        }
      else if (g_str_equal (list[i], "replica") || g_str_equal (list[i], "server"))
        {
          names_role = TRUE;
          role_fits |= g_str_equal (list[i], "replica") == (role == PIAO_SCHEMA_REPLICA);
        }
    }
  return (!names_engine || engine_fits) && (!names_role || role_fits);
}

/* The words of the common subset that PostgreSQL spells otherwise. */
static char *
translate (const char *sql)
{
  g_autoptr (GRegex) integers = g_regex_new ("\\bINTEGER\\b", 0, 0, NULL);
  g_autoptr (GRegex) blobs = g_regex_new ("\\bBLOB\\b", 0, 0, NULL);
  g_autoptr (GRegex) strict = g_regex_new ("\\)\\s*STRICT\\b", 0, 0, NULL);
  g_autofree char *first = g_regex_replace_literal (integers, sql, -1, 0, "BIGINT", 0, NULL);
  g_autofree char *second = g_regex_replace_literal (blobs, first, -1, 0, "BYTEA", 0, NULL);

  return g_regex_replace_literal (strict, second, -1, 0, ")", 0, NULL);
}

char *
piao_schema_get_text (int number, PiaoEngine engine, PiaoSchemaRole role)
{
  g_autofree char *file = read_file (number);
  g_auto (GStrv) lines = NULL;
  g_autoptr (GString) sql = g_string_new (NULL);
  gboolean on = TRUE;

  g_return_val_if_fail (file != NULL, NULL);
  lines = g_strsplit (file, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      if (g_str_has_prefix (lines[i], "-- only: "))
        on = applies (lines[i] + strlen ("-- only: "), engine, role);
      else if (g_str_has_prefix (lines[i], "-- end"))
        on = TRUE;
      else if (on)
        g_string_append_printf (sql, "%s\n", lines[i]);
    }
  return engine == PIAO_ENGINE_POSTGRESQL ? translate (sql->str) : g_strdup (sql->str);
}

static gboolean
migrate_one (PiaoDb *db, PiaoSchemaRole role, int number, GError **error)
{
  g_autofree char *sql = piao_schema_get_text (number, piao_db_get_engine (db), role);

  if (!piao_db_begin (db, error))
    return FALSE;
  if (PIAO_MUTANT (schema_early))
    return piao_db_exec (db, &insert_version, error, "i", (gint64)number)
           && piao_db_commit (db, error) && piao_db_script (db, sql, error);
  if (piao_db_script (db, sql, error)
      && piao_db_exec (db, &insert_version, error, "i", (gint64)number))
    return piao_db_commit (db, error);
  piao_db_rollback (db);
  g_prefix_error (error, _ ("Migration %d: "), number);
  return FALSE;
}

/* A role that only serves may create nothing, not even what is there already. */
static gboolean
make_version_table (PiaoDb *db, GError **error)
{
  static const PiaoStatement count
      = { "schema_table",
          "SELECT COUNT(*) FROM pg_class WHERE oid = to_regclass ('schema_version')" };
  gint64 n = 0;

  if (piao_db_get_engine (db) == PIAO_ENGINE_SQLITE)
    return piao_db_script (db,
                           "CREATE TABLE IF NOT EXISTS schema_version"
                           " (number INTEGER PRIMARY KEY) STRICT",
                           error);
  return piao_db_query_int (db, &count, 0, &n, error, "")
         && (n > 0
             || piao_db_script (db,
                                "CREATE TABLE IF NOT EXISTS schema_version"
                                " (number BIGINT PRIMARY KEY)",
                                error));
}

gboolean
piao_schema_migrate (PiaoDb *db, PiaoSchemaRole role, GError **error)
{
  gint64 have = 0;
  int newest = piao_schema_get_newest ();

  if (!make_version_table (db, error)
      || !piao_db_query_int (db, &select_version, 0, &have, error, ""))
    return FALSE;
  if (have > newest)
    return piao_error_set (error, PIAO_ERROR_INVALID, "schema.newer",
                           _ ("This database was written by a newer program (schema %d, this one "
                              "knows %d). Update the program; nothing was changed."),
                           (int)have, newest);
  for (int number = (int)have + 1; number <= newest; number++)
    if (has_file (number) && !migrate_one (db, role, number, error))
      return FALSE;
  return TRUE;
}
