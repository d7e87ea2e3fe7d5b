/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "base/piao-error.h"
#include "base/piao-mutant.h"
#include "store/piao-search.h"
#include "sync/piao-rows-bulk.h"
#include "sync/piao-sync-rows.h"

/* From so many rows of a kind on, their search text is made later. */
#define MANY_ROWS 500

typedef struct
{
  PiaoStatement add;
  PiaoStatement put;
  PiaoStatement replace;
  PiaoStatement remove;
  PiaoStatement clear;
  PiaoStatement erase_lane;
  PiaoStatement erase_all;
} RowStatements;

/* "INSERT [OR REPLACE] INTO … (columns) VALUES ($1, …)" */
static GString *
make_insert (const PiaoKind *kind, const char *verb)
{
  GString *sql = g_string_new (verb);
  guint n = kind->n_columns + PIAO_ROW_FIRST_COLUMN;

  g_string_append_printf (sql, " INTO %s (id, lane, rev, deleted", piao_kind_get_table (kind));
  for (guint i = 0; i < kind->n_columns; i++)
    g_string_append_printf (sql, ", %s", kind->columns[i].name);
  g_string_append (sql, ") VALUES (");
  for (guint i = 1; i <= n; i++)
    g_string_append_printf (sql, "%s$%u", i > 1 ? ", " : "", i);
  g_string_append_c (sql, ')');
  return sql;
}

static char *
make_add (const PiaoKind *kind)
{
  GString *sql = make_insert (kind, "INSERT");

  g_string_append (sql, " ON CONFLICT DO NOTHING");
  return g_string_free_and_steal (sql);
}

static char *
make_put (const PiaoKind *kind)
{
  GString *sql = make_insert (kind, "INSERT");

  g_string_append (sql, " ON CONFLICT (id) DO UPDATE SET lane = excluded.lane, rev = excluded.rev,"
                        " deleted = excluded.deleted");
  for (guint i = 0; i < kind->n_columns; i++)
    g_string_append_printf (sql, ", %s = excluded.%s", kind->columns[i].name,
                            kind->columns[i].name);
  return g_string_free_and_steal (sql);
}

/* Made once a kind and kept: statements are compared by address. */
static const RowStatements *
get_statements (const PiaoKind *kind)
{
  static GMutex lock;
  static GHashTable *all;
  RowStatements *made;
  const char *table = piao_kind_get_table (kind);

  g_mutex_lock (&lock);
  if (all == NULL)
    all = g_hash_table_new (NULL, NULL);
  made = g_hash_table_lookup (all, kind);
  if (made == NULL)
    {
      made = g_new0 (RowStatements, 1);
      made->add = (PiaoStatement){ kind->name, make_add (kind) };
      made->put = (PiaoStatement){ kind->name, make_put (kind) };
      made->replace
          = (PiaoStatement){ kind->name,
                             g_string_free_and_steal (make_insert (kind, "INSERT OR REPLACE")) };
      made->remove
          = (PiaoStatement){ kind->name,
                             g_strconcat ("DELETE FROM ", table,
                                          " WHERE id = $1 AND lane = $2 RETURNING id, rev", NULL) };
      made->clear
          = (PiaoStatement){ kind->name, g_strconcat ("DELETE FROM ", table,
                                                      " WHERE lane = $1 AND id > $2 AND id <= $3"
                                                      " RETURNING id, rev",
                                                      NULL) };
      made->erase_lane
          = (PiaoStatement){ kind->name, g_strconcat ("DELETE FROM ", table,
                                                      " WHERE lane = $1 RETURNING id, rev", NULL) };
      made->erase_all = (PiaoStatement){ kind->name, g_strconcat ("DELETE FROM ", table, NULL) };
      g_hash_table_insert (all, (gpointer)kind, made);
    }
  g_mutex_unlock (&lock);
  return made;
}

typedef struct
{
  gint64 id;
  gint64 rev;
} Removed;

/* Runs a statement that takes rows away and returns id and rev of each. Transfer full. */
static GArray *
run_removal (PiaoDb *db,
             const PiaoStatement *statement,
             const PiaoValue *values,
             guint n_values,
             GError **error)
{
  g_autoptr (GArray) removed = g_array_new (FALSE, FALSE, sizeof (Removed));
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query_values (db, statement, values, n_values, &inner);

  while (piao_cursor_next (cursor, &inner))
    {
      Removed row = { piao_cursor_int (cursor, 0), piao_cursor_int (cursor, 1) };

      g_array_append_val (removed, row);
    }
  if (inner == NULL)
    return g_steal_pointer (&removed);
  g_propagate_error (error, g_steal_pointer (&inner));
  return NULL;
}

static gboolean
forget (PiaoDb *db, const PiaoKind *kind, GArray *removed, GError **error)
{
  if ((kind->flags & PIAO_KIND_SEARCHABLE) == 0)
    return TRUE;
  for (guint i = 0; i < removed->len; i++)
    if (!piao_search_forget (db, kind, g_array_index (removed, Removed, i).id, error))
      return FALSE;
  return TRUE;
}

static void
note_removed (PiaoDigestTally *tally, const PiaoKind *kind, gint64 lane, GArray *removed)
{
  if (PIAO_MUTANT (digest_kept_on_gone))
    return;
  for (guint i = 0; i < removed->len; i++)
    {
      const Removed *row = &g_array_index (removed, Removed, i);

      piao_digest_tally_remove (tally, lane, kind->name, row->id, row->rev);
    }
}

static gboolean
touch_search (PiaoDb *db, const PiaoRowBlock *block, guint row, GError **error)
{
  g_autoptr (PiaoRecord) record = NULL;

  if ((block->kind->flags & PIAO_KIND_SEARCHABLE) == 0)
    return TRUE;
  if (block->n_rows >= MANY_ROWS)
    return piao_search_postpone (db, block->kind, block->ids[row], error);
  record = piao_row_block_get_record (block, row);
  return piao_search_touch (db, record, error);
}

/* What is here of a row. */
typedef struct
{
  gboolean present;
  gint64 lane;
  gint64 rev;
} Held;

static gboolean
find_held (PiaoDb *db, const PiaoKind *kind, gint64 id, Held *held, GError **error)
{
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, piao_kind_get_rev (kind), &inner, "i", id);

  *held = (Held){ FALSE };
  if (piao_cursor_next (cursor, &inner))
    *held = (Held){ TRUE, piao_cursor_int (cursor, 1), piao_cursor_int (cursor, 2) };
  if (inner == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

/* Which rows made room is not said, so what the kind has is counted again. */
static gboolean
count_again (PiaoDb *db, const PiaoKind *kind, PiaoDigestTally *tally, GError **error)
{
  g_autoptr (GArray) counted = NULL;

  if (!piao_digest_tally_write (tally, db, error))
    return FALSE;
  counted = piao_digest_count_rows (db, &kind, 1, error);
  return counted != NULL && piao_digest_replace_kind (db, kind->name, counted, error);
}

static gboolean
replace_row (PiaoDb *db,
             const PiaoRowBlock *block,
             const PiaoValue *values,
             guint n_values,
             PiaoDigestTally *tally,
             GError **error)
{
  const RowStatements *statements = get_statements (block->kind);

  return piao_db_exec_values (db, &statements->replace, values, n_values, error)
         && count_again (db, block->kind, tally, error);
}

/* Writes a row that may be here already; @added says that it was not. */
static gboolean
put_row (PiaoDb *db,
         const PiaoRowBlock *block,
         guint row,
         const PiaoValue *values,
         gboolean make_room,
         PiaoDigestTally *tally,
         gboolean *added,
         GError **error)
{
  const RowStatements *statements = get_statements (block->kind);
  guint n = block->kind->n_columns + PIAO_ROW_FIRST_COLUMN;
  const char *kind = block->kind->name;
  gint64 id = block->ids[row], lane = block->lanes[row], rev = block->revs[row];
  g_autoptr (GError) inner = NULL;
  Held held;

  if (!find_held (db, block->kind, id, &held, error))
    return FALSE;
  *added = !held.present;
  if (held.present && held.rev > rev)
    return TRUE;
  if (!piao_db_exec_values (db, &statements->put, values, n, &inner))
    {
      if (make_room && g_error_matches (inner, PIAO_ERROR, PIAO_ERROR_CONFLICT))
        return replace_row (db, block, values, n, tally, error)
               && touch_search (db, block, row, error);
      g_propagate_error (error, g_steal_pointer (&inner));
      return FALSE;
    }
  if (held.present)
    piao_digest_tally_remove (tally, held.lane, kind, id, held.rev);
  piao_digest_tally_add (tally, lane, kind, id, rev);
  return touch_search (db, block, row, error);
}

/* Writes a row that is probably not here: one statement then. */
static gboolean
add_row (PiaoDb *db,
         const PiaoRowBlock *block,
         guint row,
         const PiaoValue *values,
         gboolean make_room,
         PiaoDigestTally *tally,
         gboolean *added,
         GError **error)
{
  guint n = block->kind->n_columns + PIAO_ROW_FIRST_COLUMN;
  gint64 changed = 0;

  if (!piao_db_exec_values_changed (db, &get_statements (block->kind)->add, values, n, &changed,
                                    error))
    return FALSE;
  if (changed == 0)
    return put_row (db, block, row, values, make_room, tally, added, error);
  *added = TRUE;
  piao_digest_tally_add (tally, block->lanes[row], block->kind->name, block->ids[row],
                         block->revs[row]);
  return touch_search (db, block, row, error);
}

static gboolean
put_rows (PiaoDb *db,
          const PiaoRowBlock *block,
          guint first,
          guint n,
          gboolean make_room,
          PiaoDigestTally *tally,
          gboolean *added,
          GError **error)
{
  g_autofree PiaoValue *values = g_new0 (PiaoValue, block->kind->n_columns + PIAO_ROW_FIRST_COLUMN);

  for (guint row = first; row < first + n; row++)
    {
      piao_row_block_bind (block, row, values);
      if (!(*added ? add_row (db, block, row, values, make_room, tally, added, error)
                   : put_row (db, block, row, values, make_room, tally, added, error)))
        return FALSE;
    }
  return TRUE;
}

/* Their search text is made later, from the first of them on. */
static gboolean
note_added (PiaoDb *db,
            const PiaoRowBlock *block,
            guint first,
            guint n,
            PiaoDigestTally *tally,
            GError **error)
{
  gint64 least = G_MAXINT64;

  for (guint row = first; row < first + n; row++)
    {
      piao_digest_tally_add (tally, block->lanes[row], block->kind->name, block->ids[row],
                             block->revs[row]);
      least = MIN (least, block->ids[row]);
    }
  return (block->kind->flags & PIAO_KIND_SEARCHABLE) == 0
         || piao_search_postpone (db, block->kind, least, error);
}

/* Many at once as long as they are new, one by one where they are not. */
static gboolean
put_many (PiaoDb *db,
          PiaoRowsBulk *bulk,
          const PiaoRowBlock *block,
          gboolean make_room,
          PiaoDigestTally *tally,
          GError **error)
{
  gboolean added = TRUE;

  for (guint row = 0, n; row < block->n_rows; row += n)
    {
      gboolean done = FALSE;

      n = MIN (PIAO_ROWS_BULK_STEP, block->n_rows - row);
      if (added && !piao_rows_bulk_add (bulk, row, n, &done, error))
        return FALSE;
      if (!(done ? note_added (db, block, row, n, tally, error)
                 : put_rows (db, block, row, n, make_room, tally, &added, error)))
        return FALSE;
    }
  return TRUE;
}

gboolean
piao_sync_rows_check (PiaoDb *db, PiaoRowBlock *block, GError **error)
{
  return block->n_rows < MANY_ROWS || piao_rows_bulk_check (db, block, error);
}

gboolean
piao_sync_rows_put (PiaoDb *db,
                    const PiaoRowBlock *block,
                    gboolean make_room,
                    PiaoDigestTally *tally,
                    GError **error)
{
  /* New rows come together, and so do changed ones. */
  gboolean added = TRUE, good;
  PiaoRowsBulk *bulk;

  if (block->n_rows < MANY_ROWS)
    return put_rows (db, block, 0, block->n_rows, make_room, tally, &added, error);
  bulk = piao_rows_bulk_begin (db, block, error);
  if (bulk == NULL)
    return FALSE;
  good = put_many (db, bulk, block, make_room, tally, error);
  return piao_rows_bulk_end (bulk, good ? error : NULL) && good;
}

gboolean
piao_sync_rows_remove (PiaoDb *db,
                       const PiaoKind *kind,
                       gint64 lane,
                       gint64 id,
                       PiaoDigestTally *tally,
                       GError **error)
{
  const PiaoValue values[] = { { PIAO_VALUE_INT, { id } }, { PIAO_VALUE_INT, { lane } } };
  g_autoptr (GArray) removed
      = run_removal (db, &get_statements (kind)->remove, values, G_N_ELEMENTS (values), error);

  if (removed == NULL)
    return FALSE;
  note_removed (tally, kind, lane, removed);
  return forget (db, kind, removed, error);
}

gboolean
piao_sync_rows_clear (PiaoDb *db,
                      const PiaoKind *kind,
                      gint64 lane,
                      gint64 after,
                      gint64 upto,
                      PiaoDigestTally *tally,
                      GError **error)
{
  const PiaoValue values[] = { { PIAO_VALUE_INT, { lane } },
                               { PIAO_VALUE_INT, { after } },
                               { PIAO_VALUE_INT, { upto } } };
  g_autoptr (GArray) removed
      = run_removal (db, &get_statements (kind)->clear, values, G_N_ELEMENTS (values), error);

  if (removed == NULL)
    return FALSE;
  note_removed (tally, kind, lane, removed);
  return forget (db, kind, removed, error);
}

gboolean
piao_sync_rows_erase_lane (PiaoRegistry *registry, PiaoDb *db, gint64 lane, GError **error)
{
  const PiaoValue values[] = { { PIAO_VALUE_INT, { lane } } };
  guint n;
  const PiaoKind *const *kinds = piao_registry_get_kinds (registry, &n);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GArray) removed
          = run_removal (db, &get_statements (kinds[i])->erase_lane, values, 1, error);

      if (removed == NULL || !forget (db, kinds[i], removed, error))
        return FALSE;
    }
  return piao_digest_forget_lane (db, lane, error);
}

gboolean
piao_sync_rows_erase_all (PiaoRegistry *registry, PiaoDb *db, GError **error)
{
  guint n;
  const PiaoKind *const *kinds = piao_registry_get_kinds (registry, &n);

  for (guint i = 0; i < n; i++)
    if (!piao_db_exec (db, &get_statements (kinds[i])->erase_all, error, ""))
      return FALSE;
  return piao_db_script (db,
                         "DELETE FROM digest; DELETE FROM proof_mismatch;"
                         "DELETE FROM search_row; INSERT INTO search (search) VALUES"
                         " ('delete-all')",
                         error);
}
