/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

/* The system's SQLite has the session extension; its header shows it only so. */
#define SQLITE_ENABLE_SESSION 1
#define SQLITE_ENABLE_PREUPDATE_HOOK 1

#include <glib/gi18n-lib.h>
#include <sqlite3.h>

#include "base/piao-error.h"
#include "store/piao-undo.h"

struct _PiaoUndo
{
  sqlite3_session *session; /* owned */
  PiaoRegistry *registry;   /* borrowed */
};

static gboolean
set_error (int code, GError **error)
{
  if ((code & 0xff) == SQLITE_FULL)
    return piao_error_set (error, PIAO_ERROR_FAILED, "db.full",
                           _ ("The disk is full. Free some space; nothing was lost."));
  if ((code & 0xff) == SQLITE_CORRUPT)
    return piao_error_set (error, PIAO_ERROR_CORRUPT, "db.corrupt",
                           _ ("The database file is damaged or is not a database."));
  return piao_error_set (error, PIAO_ERROR_FAILED, "db.undo",
                         _ ("The database could not keep or take back a change: %s."),
                         sqlite3_errstr (code));
}

static const PiaoKind *
find_kind_of_table (PiaoRegistry *registry, const char *table)
{
  const PiaoKind *kind = piao_registry_find_kind (registry, table);
  const PiaoKind *const *kinds;
  guint n_kinds;

  if (kind != NULL && g_str_equal (piao_kind_get_table (kind), table))
    return kind;
  kinds = piao_registry_get_kinds (registry, &n_kinds);
  for (guint i = 0; i < n_kinds; i++)
    if (g_str_equal (piao_kind_get_table (kinds[i]), table))
      return kinds[i];
  return NULL;
}

static int
is_table_of_kind (void *data, const char *table)
{
  PiaoUndo *undo = data;

  return find_kind_of_table (undo->registry, table) != NULL;
}

PiaoUndo *
piao_undo_start (PiaoRegistry *registry, PiaoDb *db, GError **error)
{
  g_autoptr (PiaoUndo) undo = g_new0 (PiaoUndo, 1);
  int code = sqlite3session_create (piao_db_get_sqlite (db), "main", &undo->session);

  if (code == SQLITE_OK)
    {
      undo->registry = registry;
      sqlite3session_table_filter (undo->session, is_table_of_kind, undo);
      code = sqlite3session_attach (undo->session, NULL);
    }
  if (code == SQLITE_OK)
    return g_steal_pointer (&undo);
  set_error (code, error);
  return NULL;
}

GBytes *
piao_undo_take (PiaoUndo *undo, GError **error)
{
  void *data = NULL;
  int size = 0;
  int code;

  sqlite3session_enable (undo->session, 0);
  code = sqlite3session_changeset (undo->session, &size, &data);
  if (code == SQLITE_OK)
    return g_bytes_new_with_free_func (data, (gsize)size, sqlite3_free, data);
  set_error (code, error);
  return NULL;
}

void
piao_undo_free (PiaoUndo *undo)
{
  if (undo->session != NULL)
    sqlite3session_delete (undo->session);
  g_free (undo);
}

/* --- taking back ----------------------------------------------------------------------------- */

/* Whatever wrote past the outbox can only have been the server: its row stays. */
static int
resolve_conflict (void *data, int conflict, sqlite3_changeset_iter *iter)
{
  const char *table = "?";
  sqlite3_value *id = NULL;
  int n_columns = 0;
  int operation = 0;

  if (conflict == SQLITE_CHANGESET_FOREIGN_KEY)
    {
      g_critical ("Taking back a command leaves a row without the one it refers to");
      return SQLITE_CHANGESET_OMIT;
    }
  sqlite3changeset_op (iter, &table, &n_columns, &operation, NULL);
  if (operation == SQLITE_INSERT)
    sqlite3changeset_new (iter, 0, &id);
  else
    sqlite3changeset_old (iter, 0, &id);
  g_critical ("Row %" G_GINT64_FORMAT " of %s was changed past the outbox (conflict %d)",
              (gint64)(id != NULL ? sqlite3_value_int64 (id) : 0), table, conflict);
  return SQLITE_CHANGESET_OMIT;
}

/* The id is the first column of every kind's table. */
static int
collect_rows (PiaoRegistry *registry, void *data, int size, GArray *touched)
{
  sqlite3_changeset_iter *iter = NULL;
  int code = sqlite3changeset_start (&iter, size, data);

  if (code != SQLITE_OK)
    return code;
  while (sqlite3changeset_next (iter) == SQLITE_ROW)
    {
      PiaoTouch touch = { 0 };
      sqlite3_value *id = NULL;
      const char *table = NULL;
      int n_columns;
      int operation;

      sqlite3changeset_op (iter, &table, &n_columns, &operation, NULL);
      if (operation == SQLITE_INSERT)
        sqlite3changeset_new (iter, 0, &id);
      else
        sqlite3changeset_old (iter, 0, &id);
      touch.kind = find_kind_of_table (registry, table);
      if (touch.kind == NULL || id == NULL)
        continue;
      touch.id = sqlite3_value_int64 (id);
      g_array_append_val (touched, touch);
    }
  return sqlite3changeset_finalize (iter);
}

gboolean
piao_undo_list_rows (PiaoRegistry *registry, GBytes *changes, GArray *touched, GError **error)
{
  gsize size = 0;
  void *data = (void *)g_bytes_get_data (changes, &size);
  int code = size > 0 ? collect_rows (registry, data, (int)size, touched) : SQLITE_OK;

  return code == SQLITE_OK || set_error (code, error);
}

gboolean
piao_undo_apply (
    PiaoRegistry *registry, PiaoDb *db, GBytes *changes, GArray *touched, GError **error)
{
  gsize size = 0;
  void *data = (void *)g_bytes_get_data (changes, &size);
  int code;

  if (size == 0)
    return TRUE;
  code = collect_rows (registry, data, (int)size, touched);
  if (code == SQLITE_OK)
    code = sqlite3changeset_apply_v2 (
        piao_db_get_sqlite (db), (int)size, data, NULL, resolve_conflict, NULL, NULL, NULL,
        SQLITE_CHANGESETAPPLY_INVERT | SQLITE_CHANGESETAPPLY_NOSAVEPOINT);
  return code == SQLITE_OK || set_error (code, error);
}
