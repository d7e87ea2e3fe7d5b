/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

/* The system's SQLite has the session extension; its header shows it only so. */
#define SQLITE_ENABLE_SESSION 1
#define SQLITE_ENABLE_PREUPDATE_HOOK 1

#include <glib/gi18n-lib.h>
#include <sqlite3.h>
#include <string.h>

#include "base/piao-error.h"
#include "store/piao-changeset.h"

/* 'T', the number of columns, whether each is of the primary key, and the table's name with its 0.
 */
#define HEAD_SIZE (2 + PIAO_CHANGESET_MAX_COLUMNS + 1)

/* It begins with a table, which has columns: SQLite walks for ever through one of none. */
static gboolean
may_be_read (const guint8 *data, gsize size)
{
  return size > 2 && size <= G_MAXINT - HEAD_SIZE && data[0] == 'T' && data[1] != 0;
}

guint8 *
piao_changeset_dup (GBytes *changes, int *size)
{
  gsize n = 0;
  const guint8 *data = g_bytes_get_data (changes, &n);
  guint8 *walk;

  if (!may_be_read (data, n))
    return NULL;
  walk = g_malloc (HEAD_SIZE + n);
  memset (walk, 0, HEAD_SIZE);
  walk[0] = 'T';
  walk[1] = PIAO_CHANGESET_MAX_COLUMNS;
  memcpy (walk + HEAD_SIZE, data, n);
  *size = HEAD_SIZE + (int)n;
  return walk;
}

gboolean
piao_changeset_set_error (int code, GError **error)
{
  switch (code & 0xff)
    {
    case SQLITE_FULL:
      return piao_error_set (error, PIAO_ERROR_FAILED, "db.full",
                             _ ("The disk is full. Free some space; nothing was lost."));
    case SQLITE_CORRUPT:
      return piao_error_set (error, PIAO_ERROR_CORRUPT, "db.corrupt",
                             _ ("The database file is damaged or is not a database."));
    case SQLITE_NOMEM:
      return piao_error_set (error, PIAO_ERROR_FAILED, "db.io",
                             _ ("There is not enough memory for this. Close other programs and try "
                                "again; nothing was lost."));
    default:
      return piao_error_set (error, PIAO_ERROR_FAILED, "db.undo",
                             _ ("The database could not keep or take back a change: %s."),
                             sqlite3_errstr (code));
    }
}

const PiaoKind *
piao_changeset_find_kind (PiaoRegistry *registry, const char *table)
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

void
piao_changeset_read (sqlite3_changeset_iter *iter, PiaoRegistry *registry, PiaoChange *change)
{
  sqlite3_value *id = NULL;

  *change = (PiaoChange){ .table = "?" };
  sqlite3changeset_op (iter, &change->table, &change->n_columns, &change->operation, NULL);
  if (change->operation == SQLITE_INSERT)
    sqlite3changeset_new (iter, 0, &id);
  else
    sqlite3changeset_old (iter, 0, &id);
  change->id = id != NULL ? sqlite3_value_int64 (id) : 0;
  if (registry != NULL)
    change->kind = piao_changeset_find_kind (registry, change->table);
}
