/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/piao-error.h"
#include "sync/piao-working-set.h"

/* Rows asked for at a time: PostgreSQL hands over all that a statement finds. */
#define PAGE 1000

#define MAX_PLACE 200 /* characters */

typedef struct
{
  PiaoStatement page;    /* $1 lane, $2 last id, $3 limit; of parts: $2 last owner, $3, $4 */
  PiaoStatement count;   /* $1 lane */
  PiaoStatement range;   /* see piao_working_set_get_range() */
  PiaoStatement history; /* … sql is NULL when there is nothing to it */
} WorkingStatements;

/* --- places ---------------------------------------------------------------------------------- */

char *
piao_working_place_to_text (const PiaoWorkingPlace *place)
{
  return g_strdup_printf ("%" PRIi64 ":%" PRIi64 ":%u:%" PRIi64 ":%" PRIi64 ":%" PRIi64 ":%" PRIi64,
                          place->lane, place->base, place->step, place->owner, place->id,
                          place->total, place->done);
}

gboolean
piao_working_place_from_text (const char *text, PiaoWorkingPlace *place)
{
  g_auto (GStrv) parts = NULL;
  gint64 numbers[7];

  if (text == NULL || strnlen (text, MAX_PLACE) >= MAX_PLACE)
    return FALSE;
  parts = g_strsplit (text, ":", G_N_ELEMENTS (numbers) + 1);
  if (g_strv_length (parts) != G_N_ELEMENTS (numbers))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (!g_ascii_string_to_signed (parts[i], 10, 0, G_MAXINT64, &numbers[i], NULL))
      return FALSE;
  if (numbers[2] > G_MAXUINT16)
    return FALSE;
  *place = (PiaoWorkingPlace){ numbers[0], numbers[1], (guint)numbers[2], numbers[3],
                               numbers[4], numbers[5], numbers[6] };
  return TRUE;
}

/* --- statements ------------------------------------------------------------------------------ */

static const PiaoKind *
find_owner (PiaoRegistry *registry, const PiaoKind *kind)
{
  int column = piao_kind_find_column (kind, kind->working_of);
  const PiaoKind *owner
      = column >= 0 ? piao_registry_find_kind (registry, kind->columns[column].ref) : NULL;

  PIAO_INVARIANT (owner != NULL && owner->working < kind->working);
  return owner;
}

static char *
list_columns (const PiaoKind *kind)
{
  const char *table = piao_kind_get_table (kind);
  GString *list = g_string_new (NULL);

  g_string_printf (list, "%s.id, %s.lane, %s.rev, %s.deleted", table, table, table, table);
  for (guint i = 0; i < kind->n_columns; i++)
    g_string_append_printf (list, ", %s.%s", table, kind->columns[i].name);
  return g_string_free_and_steal (list);
}

/* " FROM … WHERE …" of the parts of @owner. Names and conditions are constants of the program. */
static void
add_parts (GString *sql, const PiaoKind *kind, const PiaoKind *owner, gboolean page)
{
  const char *table = piao_kind_get_table (kind), *whole = piao_kind_get_table (owner);

  g_string_append_printf (sql, " FROM %s JOIN %s ON %s.%s = %s.id WHERE %s.lane = $1", whole, table,
                          table, kind->working_of, whole, whole);
  if (owner->working_rows != NULL)
    g_string_append_printf (sql, " AND %s", owner->working_rows);
  g_string_append_printf (sql, " AND %s.lane = $1", table);
  if (page)
    g_string_append_printf (sql,
                            " AND %s.id >= $2 AND (%s.id > $2 OR %s.id > $3)"
                            " ORDER BY %s.id, %s.id LIMIT $4",
                            whole, whole, table, whole, table);
}

static void
add_rows (GString *sql, const PiaoKind *kind, gboolean page)
{
  const char *table = piao_kind_get_table (kind);
  const char *by = kind->working_rows != NULL ? table : "change";

  g_string_append_printf (sql, " FROM %s", by);
  if (kind->working_rows == NULL)
    g_string_append_printf (sql, " JOIN %s ON %s.id = change.id", table, table);
  g_string_append_printf (sql, " WHERE %s.lane = $1", table);
  if (kind->working_rows != NULL)
    g_string_append_printf (sql, " AND %s", kind->working_rows);
  else
    g_string_append_printf (sql, " AND change.lane = $1 AND change.kind = '%s' AND change.gone = 0",
                            kind->name);
  if (page)
    g_string_append_printf (sql, " AND %s.id > $2 ORDER BY %s.id LIMIT $3", by, by);
}

static char *
make_statement (PiaoRegistry *registry, const PiaoKind *kind, gboolean page)
{
  g_autofree char *columns = list_columns (kind);
  GString *sql = g_string_new ("SELECT ");

  g_string_append (sql, page ? columns : "COUNT(*)");
  if (kind->working_of != NULL)
    add_parts (sql, kind, find_owner (registry, kind), page);
  else
    add_rows (sql, kind, page);
  return g_string_free_and_steal (sql);
}

/* The kind is bounded, not given: only so SQLite sees that the index has the rows in this order,
 * and does not sort them. CROSS JOIN: it begins with the index whatever its statistics say, which
 * may be of a day when the table was empty. */
static char *
make_range (const PiaoKind *kind, const char *condition)
{
  const char *table = piao_kind_get_table (kind);
  g_autofree char *columns = list_columns (kind);

  return g_strconcat ("SELECT ", columns, " FROM change CROSS JOIN ", table, " WHERE ", table,
                      ".id = change.id AND change.lane = $1 AND change.seq > $2"
                      " AND change.seq <= $3 AND change.kind >= $4 AND change.kind <= $4"
                      " AND change.gone = 0",
                      condition != NULL ? " AND NOT (" : "", condition != NULL ? condition : "",
                      condition != NULL ? ")" : "", " ORDER BY change.seq, change.kind, change.id",
                      NULL);
}

static gboolean
is_whole (const PiaoKind *kind)
{
  return kind->working != PIAO_WORKING_NOT && kind->working_rows == NULL
         && kind->working_of == NULL;
}

/* Made once a kind and kept: statements are compared by address. */
static WorkingStatements *
get_statements (const PiaoKind *kind)
{
  static GMutex lock;
  static GHashTable *all;
  WorkingStatements *made;

  g_mutex_lock (&lock);
  if (all == NULL)
    all = g_hash_table_new (NULL, NULL);
  made = g_hash_table_lookup (all, kind);
  if (made == NULL)
    {
      made = g_new0 (WorkingStatements, 1);
      made->range = (PiaoStatement){ kind->name, make_range (kind, NULL) };
      made->history
          = (PiaoStatement){ kind->name,
                             is_whole (kind) ? NULL : make_range (kind, kind->working_rows) };
      g_hash_table_insert (all, (gpointer)kind, made);
    }
  g_mutex_unlock (&lock);
  return made;
}

/* The same with the two that need the kind of the owner too. */
static const WorkingStatements *
get_all_statements (PiaoRegistry *registry, const PiaoKind *kind)
{
  static GMutex lock;
  WorkingStatements *made = get_statements (kind);

  g_mutex_lock (&lock);
  if (made->page.sql == NULL)
    {
      made->count = (PiaoStatement){ kind->name, make_statement (registry, kind, FALSE) };
      made->page = (PiaoStatement){ kind->name, make_statement (registry, kind, TRUE) };
    }
  g_mutex_unlock (&lock);
  return made;
}

const PiaoStatement *
piao_working_set_get_range (const PiaoKind *kind, gboolean history)
{
  const WorkingStatements *statements = get_statements (kind);

  if (!history)
    return &statements->range;
  return statements->history.sql != NULL ? &statements->history : NULL;
}

void
piao_working_set_foreach (PiaoRegistry *registry,
                          void (*func) (const PiaoStatement *statement, gpointer data),
                          gpointer data)
{
  guint n;
  const PiaoKind *const *kinds = piao_registry_get_kinds (registry, &n);

  for (guint i = 0; i < n; i++)
    {
      func (piao_working_set_get_range (kinds[i], FALSE), data);
      if (piao_working_set_get_range (kinds[i], TRUE) != NULL)
        func (piao_working_set_get_range (kinds[i], TRUE), data);
      if (kinds[i]->working == PIAO_WORKING_NOT)
        continue;
      func (&get_all_statements (registry, kinds[i])->page, data);
      func (&get_all_statements (registry, kinds[i])->count, data);
    }
}

/* --- reading --------------------------------------------------------------------------------- */

/* The kind of step @step: those of one PiaoWorking stand in the order of the registry. NULL behind
 * the last. */
static const PiaoKind *
get_step (PiaoRegistry *registry, guint step)
{
  guint n;
  const PiaoKind *const *kinds = piao_registry_get_kinds (registry, &n);

  for (int working = PIAO_WORKING_BASE; working <= PIAO_WORKING_PACKS; working++)
    for (guint i = 0; i < n; i++)
      if ((int)kinds[i]->working == working && step-- == 0)
        return kinds[i];
  return NULL;
}

gboolean
piao_working_set_begin (PiaoRegistry *registry,
                        PiaoDb *db,
                        gint64 lane,
                        gint64 base,
                        PiaoWorkingPlace *place,
                        GError **error)
{
  const PiaoKind *kind;

  *place = (PiaoWorkingPlace){ .lane = lane, .base = base };
  for (guint step = 0; (kind = get_step (registry, step)) != NULL; step++)
    {
      gint64 rows = 0;

      if (!piao_db_query_int (db, &get_all_statements (registry, kind)->count, 0, &rows, error, "i",
                              lane))
        return FALSE;
      place->total += rows;
    }
  return TRUE;
}

/* Adds rows of one kind. @at_end: there are no more of it. */
static gboolean
read_page (PiaoRegistry *registry,
           PiaoDb *db,
           const PiaoKind *kind,
           PiaoWorkingPlace *place,
           gsize max_bytes,
           gsize *bytes,
           PiaoReply *reply,
           gboolean *at_end,
           GError **error)
{
  int owner = kind->working_of != NULL ? piao_kind_find_column (kind, kind->working_of) : -1;
  g_autoptr (GError) inner = NULL;
  const PiaoStatement *page = &get_all_statements (registry, kind)->page;
  g_autoptr (PiaoCursor) cursor
      = owner >= 0 ? piao_db_query (db, page, &inner, "iiii", place->lane, place->owner, place->id,
                                    (gint64)PAGE)
                   : piao_db_query (db, page, &inner, "iii", place->lane, place->id, (gint64)PAGE);
  guint n = 0;

  while (*bytes < max_bytes && piao_cursor_next (cursor, &inner))
    {
      PiaoRowBlock *block = piao_reply_get_block (reply, kind);
      guint row = block->n_rows;

      piao_row_block_append_cursor (block, cursor);
      *bytes += piao_row_block_estimate (block);
      place->id = block->ids[row];
      place->owner = owner >= 0 ? piao_row_block_get_int (block, row, (guint)owner) : 0;
      n++;
    }
  place->done += n;
  *at_end = inner == NULL && *bytes < max_bytes && n < PAGE;
  if (inner == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

gboolean
piao_working_set_read (PiaoRegistry *registry,
                       PiaoDb *db,
                       PiaoWorkingPlace *place,
                       gsize max_bytes,
                       gsize *bytes,
                       PiaoReply *reply,
                       gboolean *complete,
                       GError **error)
{
  const PiaoKind *kind;

  while ((kind = get_step (registry, place->step)) != NULL && *bytes < max_bytes)
    {
      gboolean at_end = FALSE;

      if (!read_page (registry, db, kind, place, max_bytes, bytes, reply, &at_end, error))
        return FALSE;
      if (!at_end)
        continue;
      place->step++;
      place->owner = place->id = 0;
    }
  *complete = kind == NULL;
  return TRUE;
}
