/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

/* The system's SQLite has the session extension; its header shows it only so. */
#define SQLITE_ENABLE_SESSION 1
#define SQLITE_ENABLE_PREUPDATE_HOOK 1

#include <sqlite3.h>

#include "store/piao-changeset.h"
#include "store/piao-undo.h"

struct _PiaoUndo
{
  sqlite3_session *session; /* owned */
  PiaoRegistry *registry;   /* borrowed */
};

static int
is_table_of_kind (void *data, const char *table)
{
  PiaoUndo *undo = data;

  return piao_changeset_find_kind (undo->registry, table) != NULL;
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
  piao_changeset_set_error (code, error);
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
  piao_changeset_set_error (code, error);
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
  PiaoChange change;

  if (conflict == SQLITE_CHANGESET_FOREIGN_KEY)
    {
      g_critical ("Taking back a command leaves a row without the one it refers to");
      return SQLITE_CHANGESET_OMIT;
    }
  piao_changeset_read (iter, NULL, &change);
  g_critical ("Row %" G_GINT64_FORMAT " of %s was changed past the outbox (conflict %d)", change.id,
              change.table, conflict);
  return SQLITE_CHANGESET_OMIT;
}

static int
collect_rows (PiaoRegistry *registry, guint8 *walk, int size, GArray *touched)
{
  sqlite3_changeset_iter *iter = NULL;
  int code = walk != NULL ? sqlite3changeset_start (&iter, size, walk) : SQLITE_CORRUPT;

  if (code != SQLITE_OK)
    return code;
  while (sqlite3changeset_next (iter) == SQLITE_ROW)
    {
      PiaoTouch touch = { 0 };
      PiaoChange change;

      piao_changeset_read (iter, registry, &change);
      touch.kind = change.kind;
      touch.id = change.id;
      if (touch.kind != NULL && touch.id != 0)
        g_array_append_val (touched, touch);
    }
  return sqlite3changeset_finalize (iter);
}

gboolean
piao_undo_list_rows (PiaoRegistry *registry, GBytes *changes, GArray *touched, GError **error)
{
  g_autofree guint8 *walk = NULL;
  int size = 0;
  int code;

  if (g_bytes_get_size (changes) == 0)
    return TRUE;
  walk = piao_changeset_dup (changes, &size);
  code = collect_rows (registry, walk, size, touched);
  return code == SQLITE_OK || piao_changeset_set_error (code, error);
}

gboolean
piao_undo_apply (
    PiaoRegistry *registry, PiaoDb *db, GBytes *changes, GArray *touched, GError **error)
{
  g_autofree guint8 *walk = NULL;
  int size = 0;
  int code;

  if (g_bytes_get_size (changes) == 0)
    return TRUE;
  walk = piao_changeset_dup (changes, &size);
  code = collect_rows (registry, walk, size, touched);
  if (code == SQLITE_OK)
    code = sqlite3changeset_apply_v2 (
        piao_db_get_sqlite (db), size, walk, NULL, resolve_conflict, NULL, NULL, NULL,
        SQLITE_CHANGESETAPPLY_INVERT | SQLITE_CHANGESETAPPLY_NOSAVEPOINT);
  return code == SQLITE_OK || piao_changeset_set_error (code, error);
}
