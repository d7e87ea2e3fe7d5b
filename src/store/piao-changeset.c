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
      return piao_db_set_damaged (error);
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

/* --- rows alone ------------------------------------------------------------------------------ */

/* As SQLite's session extension writes it (sqlite3session.h): tables, each with a head and its
 * changes; a change is an operation, a byte more, and a value a column, twice where it is an
 * update.
 */
enum
{
  TYPE_UNDEFINED,
  TYPE_INT,
  TYPE_FLOAT,
  TYPE_TEXT,
  TYPE_BLOB,
  TYPE_NULL,
};

typedef struct
{
  const guint8 *at, *end;
  guint n_columns;      /* of the table */
  const PiaoKind *kind; /* of the table, or NULL */
} Scan;

static gboolean
skip (Scan *scan, guint64 n)
{
  if (n > (guint64)(scan->end - scan->at))
    return FALSE;
  scan->at += n;
  return TRUE;
}

/* Seven bits a byte, the highest first; lengths that make sense have five bytes at most. */
static gboolean
read_varint (Scan *scan, guint64 *number)
{
  *number = 0;
  for (guint i = 0; i < 5 && scan->at < scan->end; i++)
    {
      guint8 byte = *scan->at++;

      *number = *number << 7 | (byte & 0x7f);
      if ((byte & 0x80) == 0)
        return TRUE;
    }
  return FALSE;
}

static gboolean
skip_value (Scan *scan)
{
  guint64 length = 0;

  if (scan->at == scan->end)
    return FALSE;
  switch (*scan->at++)
    {
    case TYPE_UNDEFINED:
    case TYPE_NULL:
      return TRUE;
    case TYPE_INT:
    case TYPE_FLOAT:
      return skip (scan, 8);
    case TYPE_TEXT:
    case TYPE_BLOB:
      return read_varint (scan, &length) && skip (scan, length);
    default:
      return FALSE;
    }
}

static gboolean
read_table (Scan *scan, PiaoRegistry *registry)
{
  guint64 n_columns = 0;
  const char *name;
  const guint8 *zero;

  if (!skip (scan, 1) || !read_varint (scan, &n_columns) || n_columns == 0
      || n_columns > PIAO_CHANGESET_MAX_COLUMNS || !skip (scan, n_columns))
    return FALSE;
  name = (const char *)scan->at;
  zero = memchr (scan->at, 0, (gsize)(scan->end - scan->at));
  if (zero == NULL)
    return FALSE;
  scan->at = zero + 1;
  scan->n_columns = (guint)n_columns;
  scan->kind = piao_changeset_find_kind (registry, name);
  return TRUE;
}

/* @id: what its first column has; 0 for anything but a number. */
static gboolean
read_change (Scan *scan, gint64 *id)
{
  guint n = scan->n_columns;
  gint64 number;

  if (n == 0 || scan->end - scan->at < 2)
    return FALSE;
  n *= *scan->at == SQLITE_UPDATE ? 2 : 1;
  scan->at += 2;
  *id = 0;
  if (scan->end - scan->at > 8 && *scan->at == TYPE_INT)
    {
      memcpy (&number, scan->at + 1, sizeof number);
      *id = GINT64_FROM_BE (number);
    }
  for (guint i = 0; i < n; i++)
    if (!skip_value (scan))
      return FALSE;
  return TRUE;
}

gboolean
piao_changeset_each_row (GBytes *changes,
                         PiaoRegistry *registry,
                         PiaoChangeFunc each,
                         gpointer data)
{
  gsize size = 0;
  const guint8 *start = g_bytes_get_data (changes, &size);
  Scan scan = { start, start + size, 0, NULL };

  while (scan.at < scan.end)
    {
      gint64 id = 0;

      if (*scan.at == 'T')
        {
          if (!read_table (&scan, registry))
            return FALSE;
          continue;
        }
      if (!read_change (&scan, &id))
        return FALSE;
      if (scan.kind != NULL && id != 0 && !each (scan.kind, id, data))
        return TRUE;
    }
  return TRUE;
}
