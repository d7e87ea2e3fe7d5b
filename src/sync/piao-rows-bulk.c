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
  const PiaoStatement *broken; /* whether a row breaks a CHECK; NULL: there is none */
  gboolean unchecked;          /* SQLite does not look at the CHECKs now */
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

/* A CHECK that cannot be judged, because of a NULL, is kept; so is it by NOT here. */
static const PiaoStatement *
make_broken (const PiaoKind *kind, const char *select, const char *checks)
{
  g_autofree char *sql = NULL;

  if (*checks == '\0')
    return NULL;
  sql = g_strconcat ("SELECT EXISTS (SELECT 1 FROM (", select, ") AS ", piao_kind_get_table (kind),
                     " WHERE NOT (", checks, "))", NULL);
  return piao_statement_make (kind->name, sql);
}

static void
get_value (gconstpointer data, guint row, guint column, PiaoValue *value)
{
  const PiaoRowBlock *block = data;

  switch (column)
    {
    case PIAO_ROW_ID:
      *value = (PiaoValue){ PIAO_VALUE_INT, { block->ids[row] } };
      break;
    case PIAO_ROW_LANE:
      *value = (PiaoValue){ PIAO_VALUE_INT, { block->lanes[row] } };
      break;
    case PIAO_ROW_REV:
      *value = (PiaoValue){ PIAO_VALUE_INT, { block->revs[row] } };
      break;
    case PIAO_ROW_DELETED:
      *value = (PiaoValue){ PIAO_VALUE_INT, { block->deleted[row] } };
      break;
    default:
      piao_row_block_get_value (block, row, column - PIAO_ROW_FIRST_COLUMN, value);
    }
}

PiaoRowsBulk *
piao_rows_bulk_begin (PiaoDb *db, const PiaoRowBlock *block, GError **error)
{
  g_autofree PiaoRowsBulk *self = g_new0 (PiaoRowsBulk, 1);
  g_autofree char *checks = piao_table_checks_get (db, piao_kind_get_table (block->kind), error);
  g_autofree char *select = piao_row_source_get_select (block->kind);

  if (checks == NULL)
    return NULL;
  *self = (PiaoRowsBulk){ .db = db, .block = block };
  self->source = piao_row_source_get (db, error);
  if (self->source == NULL)
    return NULL;
  self->add = make_add (block->kind, select);
  self->broken = make_broken (block->kind, select, checks);
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
  gint64 broken = 0;

  *added = FALSE;
  piao_row_source_show (self->source, get_value, self->block, first, n);
  if (self->broken != NULL && !piao_db_query_int (self->db, self->broken, 0, &broken, error, ""))
    return FALSE;
  if (broken != 0)
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
