/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <sqlite3.h>

#include "base/piao-error.h"
#include "base/piao-mutant.h"
#include "store/piao-file.h"
#include "store/piao-later-index.h"
#include "store/piao-outbox-private.h"
#include "store/piao-replica-file.h"
#include "store/piao-rescue.h"
#include "store/piao-salvage.h"
#include "store/piao-schema.h"
#include "store/piao-scrub.h"

/* The least page of a database. */
#define SHORTEST_FILE 512

PIAO_STATEMENT (replica_quick_check, "PRAGMA quick_check (1)");

/* A file that cannot be opened is damaged when it says so itself; a full disk is something else. */
static void
look_closer (const char *path, GError **error)
{
  g_autoptr (PiaoDb) db = NULL;
  g_autofree char *verdict = NULL;

  if (!g_str_equal (piao_error_get_reason (*error), "db.failed"))
    return;
  db = piao_db_open (path, PIAO_DB_READ_ONLY, NULL);
  if (db != NULL && piao_db_query_text (db, &replica_quick_check, &verdict, NULL, "")
      && g_strcmp0 (verdict, "ok") == 0)
    return;
  g_clear_error (error);
  piao_db_set_damaged (error);
}

/* SQLite takes what is too short for its header for a new file and writes over it. */
static gboolean
check_length (const char *path, GError **error)
{
  gint64 size = piao_file_get_size (path);

  return size <= 0 || size >= SHORTEST_FILE || piao_db_set_damaged (error);
}

static PiaoDb *
open_db (const char *path, gint64 *last_id, GError **error)
{
  g_autoptr (PiaoDb) db = NULL;

  if (!check_length (path, error))
    return NULL;
  db = piao_db_open (path, PIAO_DB_READ_WRITE, error);
  if (db == NULL || !piao_later_index_make_all (db, error)
      || !piao_schema_migrate (db, PIAO_SCHEMA_REPLICA, error) || !piao_outbox_check (db, error)
      || !piao_outbox_get_last_id (db, last_id, error))
    return NULL;
  return g_steal_pointer (&db);
}

static PiaoDb *
open_or_rescue (const char *path, gint64 now, char **rescued, gint64 *last_id, GError **error)
{
  g_autoptr (GError) damage = NULL;

  if (!piao_rescue_finish (path, error))
    return NULL;
  if (!piao_rescue_is_noted (path) && !piao_salvage_has_lost (path))
    {
      PiaoDb *db = open_db (path, last_id, &damage);

      if (db != NULL)
        return db;
      look_closer (path, &damage);
      if (!g_error_matches (damage, PIAO_ERROR, PIAO_ERROR_CORRUPT)
          || piao_file_get_size (path) < 0)
        {
          g_propagate_error (error, g_steal_pointer (&damage));
          return NULL;
        }
    }
  *rescued = piao_rescue_run (path, now, error);
  return *rescued != NULL ? open_db (path, last_id, error) : NULL;
}

PiaoDb *
piao_replica_file_open (
    const char *path, gint64 now, char **rescued, gint64 *last_id, GError **error)
{
  g_autoptr (PiaoDb) db = open_or_rescue (path, now, rescued, last_id, error);
  int code;

  /* What sorts much, such as a new index, does it in a file, not in memory. What is written is in
   * the cache anyway: mapped as well, a first fetch would fill the memory with the whole file. */
  if (db == NULL || !piao_db_script (db, "PRAGMA temp_store = FILE; PRAGMA mmap_size = 0", error))
    return NULL;
  sqlite3_wal_autocheckpoint (piao_db_get_sqlite (db), 0);
  /* Cut off, not only moved: a run that ended early may have erased something. */
  code = sqlite3_wal_checkpoint_v2 (piao_db_get_sqlite (db), NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL,
                                    NULL);
  /* A reader in the way is no failure: what it holds back is moved the next time. */
  if (code != SQLITE_OK && code != SQLITE_BUSY && code != SQLITE_LOCKED)
    g_warning ("The database could not be tidied: %s", sqlite3_errstr (code));
  piao_scrub_done (db);
  return g_steal_pointer (&db);
}

/* --- writing --------------------------------------------------------------------------------- */

GError *
piao_replica_file_get_failure (DexFuture *future)
{
  GError *error = NULL;

  if (future == NULL)
    return NULL;
  if (dex_future_is_pending (future))
    {
      g_critical ("A job on the replica returned a future that is not decided");
      return piao_error_new (PIAO_ERROR_FAILED, "replica.pending",
                             _ ("This could not be saved: the program made a mistake."));
    }
  dex_future_get_value (future, &error);
  return error;
}

gboolean
piao_replica_file_write (
    PiaoDb *db, PiaoReplicaFunc func, gpointer data, DexFuture **future, GError **error)
{
  GError *failure = NULL;

  *future = NULL;
  if (!piao_db_begin (db, error))
    return FALSE;
  *future = func (db, data);
  failure = piao_replica_file_get_failure (*future);
  if (!piao_db_check (db, &failure) || failure != NULL)
    {
      piao_db_rollback (db);
      g_propagate_error (error, failure);
      return FALSE;
    }
  if (PIAO_MUTANT (early_beep))
    return piao_db_commit (db, NULL) || TRUE;
  return piao_db_commit (db, error);
}
