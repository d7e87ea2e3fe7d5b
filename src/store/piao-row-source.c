/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <sqlite3.h>

#include "base/piao-error.h"
#include "store/piao-row-source.h"

#define NAME "arriving"

/* As many as a statement can have parameters. */
#define N_COLUMNS 64

struct _PiaoRowSource
{
  const PiaoRowSourceColumn *columns; /* borrowed; NULL: no rows */
  guint first, end;                   /* rows */
};

typedef struct
{
  sqlite3_vtab parent;
  PiaoRowSource *source; /* borrowed */
} Shown;

typedef struct
{
  sqlite3_vtab_cursor parent;
  const PiaoRowSource *source; /* borrowed */
  guint row, end;
} Place;

/* --- what SQLite asks ------------------------------------------------------------------------ */

static int
on_connect (
    sqlite3 *handle, void *data, int n, const char *const *words, sqlite3_vtab **made, char **error)
{
  g_autoptr (GString) sql = g_string_new ("CREATE TABLE " NAME " (");
  Shown *shown;
  int code;

  for (guint i = 0; i < N_COLUMNS; i++)
    g_string_append_printf (sql, "%sc%u", i > 0 ? ", " : "", i);
  g_string_append_c (sql, ')');
  code = sqlite3_declare_vtab (handle, sql->str);
  if (code != SQLITE_OK)
    return code;
  sqlite3_vtab_config (handle, SQLITE_VTAB_DIRECTONLY);
  shown = g_new0 (Shown, 1);
  shown->source = data;
  *made = &shown->parent;
  return SQLITE_OK;
}

static int
on_disconnect (sqlite3_vtab *shown)
{
  g_free (shown);
  return SQLITE_OK;
}

static int
on_best_index (sqlite3_vtab *shown, sqlite3_index_info *info)
{
  return SQLITE_OK;
}

static int
on_open (sqlite3_vtab *shown, sqlite3_vtab_cursor **cursor)
{
  Place *place = g_new0 (Place, 1);

  *cursor = &place->parent;
  return SQLITE_OK;
}

static int
on_close (sqlite3_vtab_cursor *cursor)
{
  g_free (cursor);
  return SQLITE_OK;
}

static int
on_filter (sqlite3_vtab_cursor *cursor, int index, const char *text, int n, sqlite3_value **values)
{
  Place *place = (Place *)cursor;

  place->source = ((Shown *)cursor->pVtab)->source;
  place->row = place->source->first;
  place->end = place->source->end;
  return SQLITE_OK;
}

static int
on_next (sqlite3_vtab_cursor *cursor)
{
  ((Place *)cursor)->row++;
  return SQLITE_OK;
}

static int
on_eof (sqlite3_vtab_cursor *cursor)
{
  return ((Place *)cursor)->row >= ((Place *)cursor)->end;
}

static int
on_column (sqlite3_vtab_cursor *cursor, sqlite3_context *context, int column)
{
  const Place *place = (const Place *)cursor;
  const PiaoRowSourceColumn *values = &place->source->columns[column];
  guint row = place->row;

  /* It is NULL without being told. */
  if (values->numbers != NULL)
    {
      if (values->nulls == NULL || (values->nulls[row / 8] & 1 << row % 8) == 0)
        sqlite3_result_int64 (context, values->numbers[row]);
    }
  else if (values->small != NULL)
    sqlite3_result_int (context, values->small[row]);
  else if (values->offsets[row] != PIAO_ROW_SOURCE_NULL)
    sqlite3_result_text (context, values->texts + values->offsets[row], -1, SQLITE_STATIC);
  return SQLITE_OK;
}

static int
on_rowid (sqlite3_vtab_cursor *cursor, sqlite3_int64 *rowid)
{
  *rowid = ((Place *)cursor)->row;
  return SQLITE_OK;
}

/* Without xCreate: it is there without being made, and nothing of it is kept. */
static const sqlite3_module module = {
  .xConnect = on_connect,
  .xDisconnect = on_disconnect,
  .xBestIndex = on_best_index,
  .xOpen = on_open,
  .xClose = on_close,
  .xFilter = on_filter,
  .xNext = on_next,
  .xEof = on_eof,
  .xColumn = on_column,
  .xRowid = on_rowid,
};

/* --------------------------------------------------------------------------------------------- */

PiaoRowSource *
piao_row_source_get (PiaoDb *db, GError **error)
{
  sqlite3 *handle = piao_db_get_sqlite (db);
  PiaoRowSource *self = sqlite3_get_clientdata (handle, NAME);

  if (self != NULL)
    {
      piao_row_source_clear (self);
      return self;
    }
  self = g_new0 (PiaoRowSource, 1);
  /* Where it fails SQLite has freed it. */
  if (sqlite3_set_clientdata (handle, NAME, self, g_free) == SQLITE_OK)
    {
      if (sqlite3_create_module (handle, NAME, &module, self) == SQLITE_OK)
        return self;
      sqlite3_set_clientdata (handle, NAME, NULL, NULL);
    }
  piao_error_set (error, PIAO_ERROR_FAILED, "db.io",
                  _ ("There is not enough memory for this. Close other programs and try again; "
                     "nothing was lost."));
  return NULL;
}

void
piao_row_source_show (PiaoRowSource *self, const PiaoRowSourceColumn *columns, guint first, guint n)
{
  *self = (PiaoRowSource){ columns, first, first + n };
}

void
piao_row_source_clear (PiaoRowSource *self)
{
  *self = (PiaoRowSource){ NULL };
}

char *
piao_row_source_get_select (const PiaoKind *kind)
{
  GString *sql = g_string_new ("SELECT c0 AS id, c1 AS lane, c2 AS rev, c3 AS deleted");

  g_return_val_if_fail (kind->n_columns + PIAO_ROW_FIRST_COLUMN <= N_COLUMNS, NULL);
  for (guint i = 0; i < kind->n_columns; i++)
    g_string_append_printf (sql, ", c%u AS %s", i + PIAO_ROW_FIRST_COLUMN, kind->columns[i].name);
  g_string_append (sql, " FROM " NAME);
  return g_string_free_and_steal (sql);
}
