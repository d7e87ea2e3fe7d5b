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
#include "store/piao-peel.h"
#include "store/piao-row-set.h"

typedef struct
{
  PiaoRowKey key;    /* must be first */
  gboolean here;     /* now, before anything is taken off */
  guint n;           /* columns of the table; 0 when the row is not there */
  PiaoValue *values; /* owned */
} Row;

struct _PiaoPeel
{
  PiaoRegistry *registry; /* borrowed */
  PiaoDb *db;             /* borrowed */
  GHashTable *rows;       /* Row → itself */
};

static void
row_clear (Row *row)
{
  for (guint i = 0; i < row->n; i++)
    piao_value_clear (&row->values[i]);
  g_clear_pointer (&row->values, g_free);
  row->n = 0;
}

static void
row_free (Row *row)
{
  row_clear (row);
  g_free (row);
}

PiaoPeel *
piao_peel_new (PiaoRegistry *registry, PiaoDb *db)
{
  PiaoPeel *self = g_new0 (PiaoPeel, 1);

  self->registry = registry;
  self->db = db;
  self->rows = g_hash_table_new_full (piao_row_key_hash, piao_row_key_equal, NULL,
                                      (GDestroyNotify)row_free);
  return self;
}

void
piao_peel_free (PiaoPeel *self)
{
  g_hash_table_unref (self->rows);
  g_free (self);
}

/* Every column in the order of the table, which is that of a changeset. */
static gboolean
load (PiaoPeel *self, Row *row, GError **error)
{
  g_autofree char *sql
      = g_strconcat ("SELECT * FROM ", piao_kind_get_table (row->key.kind), " WHERE id = $1", NULL);
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor
      = piao_db_query (self->db, piao_statement_make ("peel_row", sql), &inner, "i", row->key.id);

  if (piao_cursor_next (cursor, &inner))
    {
      row->here = TRUE;
      row->n = piao_cursor_get_n_columns (cursor);
      row->values = g_new0 (PiaoValue, row->n);
      for (guint i = 0; i < row->n; i++)
        piao_cursor_value (cursor, i, &row->values[i]);
    }
  if (inner == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

static Row *
get_row (PiaoPeel *self, const PiaoKind *kind, gint64 id, GError **error)
{
  const PiaoRowKey key = { kind, id };
  Row *row = g_hash_table_lookup (self->rows, &key);

  if (row != NULL)
    return row;
  row = g_new0 (Row, 1);
  row->key = key;
  if (load (self, row, error))
    {
      g_hash_table_add (self->rows, row);
      return row;
    }
  row_free (row);
  return NULL;
}

/* --- one change ------------------------------------------------------------------------------ */

static void
read_value (sqlite3_value *from, PiaoValue *to)
{
  switch (sqlite3_value_type (from))
    {
    case SQLITE_INTEGER:
      piao_value_set_int (to, sqlite3_value_int64 (from));
      break;
    case SQLITE_TEXT:
      {
        /* To end it with a 0, as sqlite3_value_text() does, SQLite would need memory. */
        const char *bytes = sqlite3_value_blob (from);
        g_autofree char *text
            = g_strndup (bytes != NULL ? bytes : "", (gsize)sqlite3_value_bytes (from));

        piao_value_set_text (to, text);
        break;
      }
    case SQLITE_BLOB:
      {
        g_autoptr (GBytes) blob
            = g_bytes_new (sqlite3_value_blob (from), (gsize)sqlite3_value_bytes (from));

        piao_value_set_blob (to, blob);
        break;
      }
    default:
      piao_value_clear (to);
    }
}

/* Whether the columns that the change has set (NULL: left alone) are as it set them. */
static gboolean
fits (const Row *row, sqlite3_changeset_iter *iter, int n_columns)
{
  for (int i = 0; i < n_columns; i++)
    {
      sqlite3_value *set = NULL;
      PiaoValue value = { 0 };
      gboolean same;

      sqlite3changeset_new (iter, i, &set);
      if (set == NULL)
        continue;
      read_value (set, &value);
      same = i < (int)row->n && piao_value_equal (&value, &row->values[i]);
      piao_value_clear (&value);
      if (!same)
        return FALSE;
    }
  return TRUE;
}

static void
put_back (Row *row, sqlite3_changeset_iter *iter, int n_columns)
{
  if (row->n == 0)
    {
      row->n = (guint)n_columns;
      row->values = g_new0 (PiaoValue, row->n);
    }
  for (int i = 0; i < MIN (n_columns, (int)row->n); i++)
    {
      sqlite3_value *before = NULL;

      sqlite3changeset_old (iter, i, &before);
      if (before != NULL)
        read_value (before, &row->values[i]);
    }
}

/* FALSE when the row is not as the change left it. */
static gboolean
take_off (Row *row, sqlite3_changeset_iter *iter, int operation, int n_columns)
{
  gboolean fit;

  if (operation == SQLITE_INSERT)
    {
      fit = row->n == (guint)n_columns && fits (row, iter, n_columns);
      row_clear (row);
      return fit;
    }
  fit = operation == SQLITE_DELETE ? row->n == 0
                                   : row->n == (guint)n_columns && fits (row, iter, n_columns);
  if (row->n != 0 || operation == SQLITE_DELETE)
    put_back (row, iter, n_columns);
  return fit;
}

static gboolean
take_change (PiaoPeel *self, sqlite3_changeset_iter *iter, char **misfit, GError **error)
{
  PiaoChange change;
  Row *row;

  piao_changeset_read (iter, self->registry, &change);
  if (change.kind == NULL || change.id == 0)
    return TRUE;
  row = get_row (self, change.kind, change.id, error);
  if (row == NULL)
    return FALSE;
  if (!take_off (row, iter, change.operation, change.n_columns) && *misfit == NULL)
    *misfit = g_strdup_printf ("%s %" G_GINT64_FORMAT, change.kind->name, row->key.id);
  return TRUE;
}

gboolean
piao_peel_take (PiaoPeel *self, GBytes *changes, char **misfit, GError **error)
{
  sqlite3_changeset_iter *iter = NULL;
  g_autofree guint8 *walk = NULL;
  gboolean done = TRUE;
  int size = 0;
  int code;

  *misfit = NULL;
  if (g_bytes_get_size (changes) == 0)
    return TRUE;
  walk = piao_changeset_dup (changes, &size);
  code = walk != NULL ? sqlite3changeset_start (&iter, size, walk) : SQLITE_CORRUPT;
  while (code == SQLITE_OK && done && sqlite3changeset_next (iter) == SQLITE_ROW)
    done = take_change (self, iter, misfit, error);
  if (code == SQLITE_OK)
    code = sqlite3changeset_finalize (iter);
  if (done && code == SQLITE_OK)
    return TRUE;
  g_clear_pointer (misfit, g_free);
  if (!done)
    return FALSE;
  return (code & 0xff) == SQLITE_CORRUPT
             ? piao_error_set (error, PIAO_ERROR_CORRUPT, "undo.unreadable",
                               _ ("What a command has changed cannot be read."))
             : piao_changeset_set_error (code, error);
}

gboolean
piao_peel_find (PiaoPeel *self, const PiaoKind *kind, gint64 id, gint64 *lane, gint64 *rev)
{
  const PiaoRowKey key = { kind, id };
  const Row *row = g_hash_table_lookup (self->rows, &key);

  if (row == NULL)
    return FALSE;
  *lane = row->n > PIAO_ROW_REV ? row->values[PIAO_ROW_LANE].number : -1;
  *rev = row->n > PIAO_ROW_REV ? row->values[PIAO_ROW_REV].number : 0;
  return TRUE;
}
