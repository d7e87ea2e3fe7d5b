/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

/* The system's SQLite has the session extension; its header shows it only so. */
#define SQLITE_ENABLE_SESSION 1
#define SQLITE_ENABLE_PREUPDATE_HOOK 1

#include <sqlite3.h>

#include "store/piao-changeset.h"

/* It begins with a table, which has columns: SQLite walks for ever through one of none. */
static gboolean
may_be_read (const guint8 *data, gsize size)
{
  return size > 2 && size <= G_MAXINT && data[0] == 'T' && data[1] != 0;
}

int
piao_changeset_start (sqlite3_changeset_iter **iter, gconstpointer data, gsize size)
{
  return may_be_read (data, size) ? sqlite3changeset_start (iter, (int)size, (void *)data)
                                  : SQLITE_CORRUPT;
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
