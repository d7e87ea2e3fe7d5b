/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "base/piao-error.h"
#include "store/piao-row-source.h"
#include "store/piao-table-checks.h"
#include "sync/piao-rows-bulk.h"

struct _PiaoRowsBulk
{
  PiaoDb *db;                /* borrowed */
  const PiaoRowBlock *block; /* borrowed */
  PiaoRowSource *source;     /* borrowed */
  const PiaoStatement *add;
  const PiaoStatement *broken;   /* whether a row breaks a CHECK; NULL: there is none to look at */
  gboolean unchecked;            /* SQLite does not look at the CHECKs now */
  PiaoRowSourceColumn columns[]; /* of block */
};

/* With every change all statements are prepared anew, so it is not done for each step. */
static gboolean
set_checks (PiaoRowsBulk *self, gboolean checks, GError **error)
{
  if (self->unchecked == !checks)
    return TRUE;
  self->unchecked = !checks;
  return piao_db_set_checks (self->db, checks, error);
}

static const PiaoStatement *
make_add (const PiaoKind *kind, const char *select)
{
  g_autoptr (GString) sql = g_string_new ("INSERT INTO ");

  g_string_append_printf (sql, "%s (id, lane, rev, deleted", piao_kind_get_table (kind));
  for (guint i = 0; i < kind->n_columns; i++)
    g_string_append_printf (sql, ", %s", kind->columns[i].name);
  g_string_append_printf (sql, ") %s", select);
  return piao_statement_make (kind->name, sql->str);
}

/* @broken: NULL when the table has no CHECK. One that cannot be judged, because of a NULL, is kept;
 * so is it by NOT here. */
static gboolean
make_broken (PiaoDb *db, const PiaoKind *kind, const PiaoStatement **broken, GError **error)
{
  const char *table = piao_kind_get_table (kind);
  g_autofree char *checks = piao_table_checks_get (db, table, error);
  g_autofree char *select = piao_row_source_get_select (kind);
  g_autofree char *sql = NULL;

  *broken = NULL;
  if (checks == NULL)
    return FALSE;
  if (*checks == '\0')
    return TRUE;
  sql = g_strconcat ("SELECT EXISTS (SELECT 1 FROM (", select, ") AS ", table, " WHERE NOT (",
                     checks, "))", NULL);
  *broken = piao_statement_make (kind->name, sql);
  return TRUE;
}

/* Rows are shown to @db, but not looked at yet. */
static PiaoRowsBulk *
bulk_new (PiaoDb *db, const PiaoRowBlock *block, GError **error)
{
  gsize size = sizeof (PiaoRowSourceColumn) * (block->kind->n_columns + PIAO_ROW_FIRST_COLUMN);
  g_autofree PiaoRowsBulk *self = g_malloc0 (sizeof (PiaoRowsBulk) + size);

  self->db = db;
  self->block = block;
  self->source = piao_row_source_get (db, error);
  if (self->source == NULL)
    return NULL;
  piao_row_block_show (block, self->columns);
  return g_steal_pointer (&self);
}

static gboolean
is_broken (PiaoRowsBulk *self, guint first, guint n, gboolean *broken, GError **error)
{
  gint64 found = 0;

  piao_row_source_show (self->source, self->columns, first, n);
  if (self->broken != NULL && !piao_db_query_int (self->db, self->broken, 0, &found, error, ""))
    return FALSE;
  *broken = found != 0;
  return TRUE;
}

gboolean
piao_rows_bulk_check (PiaoDb *db, PiaoRowBlock *block, GError **error)
{
  PiaoRowsBulk *self = bulk_new (db, block, error);
  gboolean broken = FALSE, good;

  if (self == NULL)
    return FALSE;
  good = make_broken (db, block->kind, &self->broken, error)
         && is_broken (self, 0, block->n_rows, &broken, error);
  block->sound = good && !broken;
  piao_row_source_clear (self->source);
  g_free (self);
  return good;
}

PiaoRowsBulk *
piao_rows_bulk_begin (PiaoDb *db, const PiaoRowBlock *block, GError **error)
{
  g_autofree char *select = piao_row_source_get_select (block->kind);
  g_autofree PiaoRowsBulk *self = bulk_new (db, block, error);

  if (self == NULL || (!block->sound && !make_broken (db, block->kind, &self->broken, error)))
    return NULL;
  self->add = make_add (block->kind, select);
  return g_steal_pointer (&self);
}

static gboolean
is_refusal (const GError *error)
{
  return g_error_matches (error, PIAO_ERROR, PIAO_ERROR_CONFLICT)
         || g_error_matches (error, PIAO_ERROR, PIAO_ERROR_REFUSED);
}

gboolean
piao_rows_bulk_add (PiaoRowsBulk *self, guint first, guint n, gboolean *added, GError **error)
{
  g_autoptr (GError) inner = NULL;
  gboolean broken = FALSE;

  *added = FALSE;
  if (!is_broken (self, first, n, &broken, error))
    return FALSE;
  if (broken)
    return set_checks (self, TRUE, error);
  if (!set_checks (self, FALSE, error))
    return FALSE;
  *added = piao_db_exec (self->db, self->add, &inner, "");
  if (*added)
    return TRUE;
  if (is_refusal (inner))
    return set_checks (self, TRUE, error);
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

gboolean
piao_rows_bulk_end (PiaoRowsBulk *self, GError **error)
{
  gboolean good = set_checks (self, TRUE, error);

  piao_row_source_clear (self->source);
  g_free (self);
  return good;
}
