/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/piao-error.h"
#include "store/piao-kind.h"

typedef struct
{
  PiaoStatement select;
  PiaoStatement upsert;
  PiaoStatement columns;
  PiaoStatement revs;
  PiaoStatement rev;
} KindStatements;

const char *
piao_kind_get_table (const PiaoKind *kind)
{
  return kind->table != NULL ? kind->table : kind->name;
}

int
piao_kind_find_column (const PiaoKind *kind, const char *name)
{
  for (guint i = 0; i < kind->n_columns; i++)
    if (g_str_equal (kind->columns[i].name, name))
      return (int)i;
  return -1;
}

static char *
make_select (const PiaoKind *kind)
{
  GString *sql = g_string_new ("SELECT id, lane, rev, deleted");

  for (guint i = 0; i < kind->n_columns; i++)
    g_string_append_printf (sql, ", %s", kind->columns[i].name);
  g_string_append_printf (sql, " FROM %s", piao_kind_get_table (kind));
  return g_string_free_and_steal (sql);
}

static char *
make_upsert (const PiaoKind *kind)
{
  GString *names = g_string_new ("id, lane, rev, deleted");
  GString *marks = g_string_new ("$1, $2, $3, $4");
  GString *sets
      = g_string_new ("lane = excluded.lane, rev = excluded.rev, deleted = excluded.deleted");
  char *sql;

  for (guint i = 0; i < kind->n_columns; i++)
    {
      const char *name = kind->columns[i].name;

      g_string_append_printf (names, ", %s", name);
      g_string_append_printf (marks, ", $%u", i + 1 + PIAO_ROW_FIRST_COLUMN);
      g_string_append_printf (sets, ", %s = excluded.%s", name, name);
    }
  sql = g_strdup_printf ("INSERT INTO %s (%s) VALUES (%s) ON CONFLICT (id) DO UPDATE SET %s",
                         piao_kind_get_table (kind), names->str, marks->str, sets->str);
  g_string_free (names, TRUE);
  g_string_free (marks, TRUE);
  g_string_free (sets, TRUE);
  return sql;
}

/* Made once a kind and kept: statements are compared by address. */
static const KindStatements *
get_statements (const PiaoKind *kind)
{
  static GMutex lock;
  static GHashTable *all;
  KindStatements *made;

  g_mutex_lock (&lock);
  if (all == NULL)
    all = g_hash_table_new (NULL, NULL);
  made = g_hash_table_lookup (all, kind);
  if (made == NULL)
    {
      made = g_new0 (KindStatements, 1);
      made->columns = (PiaoStatement){ kind->name, make_select (kind) };
      made->select
          = (PiaoStatement){ kind->name, g_strconcat (made->columns.sql, " WHERE id = $1", NULL) };
      made->upsert = (PiaoStatement){ kind->name, make_upsert (kind) };
      made->revs = (PiaoStatement){ kind->name, g_strconcat ("SELECT id, lane, rev FROM ",
                                                             piao_kind_get_table (kind), NULL) };
      made->rev
          = (PiaoStatement){ kind->name, g_strconcat (made->revs.sql, " WHERE id = $1", NULL) };
      g_hash_table_insert (all, (gpointer)kind, made);
    }
  g_mutex_unlock (&lock);
  return made;
}

const PiaoStatement *
piao_kind_get_select (const PiaoKind *kind)
{
  return &get_statements (kind)->select;
}

const PiaoStatement *
piao_kind_get_upsert (const PiaoKind *kind)
{
  return &get_statements (kind)->upsert;
}

const PiaoStatement *
piao_kind_get_columns (const PiaoKind *kind)
{
  return &get_statements (kind)->columns;
}

const PiaoStatement *
piao_kind_get_revs (const PiaoKind *kind)
{
  return &get_statements (kind)->revs;
}

const PiaoStatement *
piao_kind_get_rev (const PiaoKind *kind)
{
  return &get_statements (kind)->rev;
}

/* --- records --------------------------------------------------------------------------------- */

PiaoRecord *
piao_record_new (const PiaoKind *kind, gint64 id, gint64 lane)
{
  PiaoRecord *record
      = g_malloc0 (sizeof (PiaoRecord) + sizeof (PiaoValue) * (gsize)kind->n_columns);

  record->kind = kind;
  record->id = id;
  record->lane = lane;
  record->stored_lane = -1;
  return record;
}

PiaoRecord *
piao_record_copy (const PiaoRecord *record)
{
  PiaoRecord *copy = piao_record_new (record->kind, record->id, record->lane);

  copy->rev = record->rev;
  copy->deleted = record->deleted;
  copy->stored_lane = record->stored_lane;
  for (guint i = 0; i < record->kind->n_columns; i++)
    piao_value_copy (&copy->values[i], &record->values[i]);
  return copy;
}

void
piao_record_free (PiaoRecord *record)
{
  if (record == NULL)
    return;
  for (guint i = 0; i < record->kind->n_columns; i++)
    piao_value_clear (&record->values[i]);
  g_free (record);
}

gint64
piao_record_int (const PiaoRecord *record, guint column)
{
  g_assert (column < record->kind->n_columns);
  return record->values[column].type == PIAO_VALUE_INT ? record->values[column].number : 0;
}

const char *
piao_record_text (const PiaoRecord *record, guint column)
{
  g_assert (column < record->kind->n_columns);
  return record->values[column].type == PIAO_VALUE_TEXT ? record->values[column].text : "";
}

gboolean
piao_record_is (const PiaoRecord *record, guint column, const char *text)
{
  return g_str_equal (piao_record_text (record, column), text);
}

void
piao_record_set_int (PiaoRecord *record, guint column, gint64 number)
{
  g_assert (column < record->kind->n_columns);
  piao_value_set_int (&record->values[column], number);
}

void
piao_record_set_ref (PiaoRecord *record, guint column, gint64 id)
{
  if (id != 0)
    piao_record_set_int (record, column, id);
  else
    piao_record_set_null (record, column);
}

void
piao_record_set_text (PiaoRecord *record, guint column, const char *text)
{
  g_assert (column < record->kind->n_columns);
  piao_value_set_text (&record->values[column], text);
}

void
piao_record_set_null (PiaoRecord *record, guint column)
{
  g_assert (column < record->kind->n_columns);
  piao_value_clear (&record->values[column]);
}

PiaoRecord *
piao_record_from_cursor (const PiaoKind *kind, PiaoCursor *cursor)
{
  PiaoRecord *record = piao_record_new (kind, piao_cursor_int (cursor, PIAO_ROW_ID),
                                        piao_cursor_int (cursor, PIAO_ROW_LANE));

  record->rev = piao_cursor_int (cursor, PIAO_ROW_REV);
  record->deleted = piao_cursor_int (cursor, PIAO_ROW_DELETED) != 0;
  record->stored_lane = record->lane;
  for (guint i = 0; i < kind->n_columns; i++)
    piao_cursor_value (cursor, i + PIAO_ROW_FIRST_COLUMN, &record->values[i]);
  return record;
}

PiaoRecord *
piao_record_load (PiaoDb *db, const PiaoKind *kind, gint64 id, GError **error)
{
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, piao_kind_get_select (kind), &inner, "i", id);

  if (piao_cursor_next (cursor, &inner))
    return piao_record_from_cursor (kind, cursor);
  if (inner != NULL)
    g_propagate_error (error, g_steal_pointer (&inner));
  else
    piao_error_set (error, PIAO_ERROR_NOT_FOUND, "row.missing",
                    _ ("There is no such entry in “%s”. It may not have arrived here yet: "
                       "synchronise and try again."),
                    g_dgettext (GETTEXT_PACKAGE, kind->title));
  return NULL;
}

gboolean
piao_record_store (PiaoDb *db, const PiaoRecord *record, GError **error)
{
  guint n = record->kind->n_columns + PIAO_ROW_FIRST_COLUMN;
  g_autofree PiaoValue *values = g_new0 (PiaoValue, n);

  values[PIAO_ROW_ID] = (PiaoValue){ PIAO_VALUE_INT, { record->id } };
  values[PIAO_ROW_LANE] = (PiaoValue){ PIAO_VALUE_INT, { record->lane } };
  values[PIAO_ROW_REV] = (PiaoValue){ PIAO_VALUE_INT, { record->rev } };
  values[PIAO_ROW_DELETED] = (PiaoValue){ PIAO_VALUE_INT, { record->deleted ? 1 : 0 } };
  /* Borrowed for the call: the driver copies. */
  memcpy (values + PIAO_ROW_FIRST_COLUMN, record->values,
          sizeof (PiaoValue) * record->kind->n_columns);
  return piao_db_exec_values (db, piao_kind_get_upsert (record->kind), values, n, error);
}
