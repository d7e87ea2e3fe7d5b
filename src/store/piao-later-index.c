/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "base/piao-mutant.h"
#include "store/piao-db-private.h"
#include "store/piao-later-index.h"

/* While an index is made: what is sorted keeps so much in memory, KiB, before it goes to a file,
 * and each such part is sorted by a thread of its own while the next one is read. More of either is
 * not quicker. */
#define SORTING "PRAGMA cache_size = -2000; PRAGMA threads = 2"
#define NOT_SORTING "PRAGMA cache_size = " PIAO_DB_CACHE "; PRAGMA threads = 0"

PIAO_STATEMENT (later_index_note,
                "INSERT INTO later_index (name, sql) SELECT name, sql FROM sqlite_master"
                " WHERE type = 'index' AND tbl_name = $1 AND sql LIKE 'CREATE INDEX %'"
                " ON CONFLICT (name) DO NOTHING");
PIAO_STATEMENT (later_index_find,
                "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = $1"
                " AND sql LIKE 'CREATE INDEX %' LIMIT 1");
PIAO_STATEMENT (later_index_next, "SELECT sql FROM later_index ORDER BY name LIMIT 1");
PIAO_STATEMENT (later_index_made,
                "DELETE FROM later_index WHERE name = (SELECT min(name) FROM later_index)");
PIAO_STATEMENT (later_index_count_all, "SELECT COUNT(*) FROM later_index");
PIAO_STATEMENT (later_index_known,
                "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'later_index'");

gboolean
piao_later_index_postpone (PiaoDb *db, const char *table, GError **error)
{
  if (!piao_db_exec (db, &later_index_note, error, "s", table))
    return FALSE;
  for (;;)
    {
      g_autofree char *name = NULL;
      g_autofree char *sql = NULL;

      if (!piao_db_query_text (db, &later_index_find, &name, error, "s", table))
        return FALSE;
      if (name == NULL)
        return TRUE;
      sql = g_strconcat ("DROP INDEX \"", name, "\"", NULL);
      if (!piao_db_script (db, sql, error))
        return FALSE;
    }
}

/* All is as before then, whatever comes of it. */
static gboolean
make_index (PiaoDb *db, const char *sql, GError **error)
{
  gboolean made = piao_db_script (db, SORTING, error) && piao_db_script (db, sql, error);

  return piao_db_script (db, NOT_SORTING, made ? error : NULL) && made;
}

gboolean
piao_later_index_make (PiaoDb *db, gboolean *more, GError **error)
{
  g_autofree char *sql = NULL;
  gint64 left = 0;

  *more = FALSE;
  if (!piao_db_query_text (db, &later_index_next, &sql, error, ""))
    return FALSE;
  if (sql == NULL)
    return TRUE;
  if (PIAO_MUTANT (index_early)
      && !(piao_db_exec (db, &later_index_made, error, "") && piao_db_commit (db, error)
           && piao_db_begin (db, error)))
    return FALSE;
  if (!make_index (db, sql, error) || !piao_db_exec (db, &later_index_made, error, "")
      || !piao_later_index_count (db, &left, error))
    return FALSE;
  *more = left > 0;
  return TRUE;
}

gboolean
piao_later_index_count (PiaoDb *db, gint64 *n, GError **error)
{
  return piao_db_query_int (db, &later_index_count_all, 0, n, error, "");
}

gboolean
piao_later_index_make_all (PiaoDb *db, GError **error)
{
  gboolean more = TRUE;
  gint64 known = 0, n = 0;

  if (!piao_db_query_int (db, &later_index_known, 0, &known, error, ""))
    return FALSE;
  if (known == 0)
    return TRUE;
  if (!piao_later_index_count (db, &n, error))
    return FALSE;
  for (more = n > 0; more;)
    {
      if (!piao_db_begin (db, error))
        return FALSE;
      if (!piao_later_index_make (db, &more, error))
        {
          piao_db_rollback (db);
          return FALSE;
        }
      if (!piao_db_commit (db, error))
        return FALSE;
    }
  return TRUE;
}
