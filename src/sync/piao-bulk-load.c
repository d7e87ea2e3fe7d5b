/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "store/piao-later-index.h"
#include "store/piao-search.h"
#include "sync/piao-bulk-load.h"

/* So many rows of a kind in one answer come only over a line that brings many more at once. */
#define MANY_ROWS 4000
#define SEARCH_ROWS 200 /* a piece: some 20 ms */

PIAO_STATEMENT (bulk_missing, "SELECT COUNT(*) FROM cursor WHERE base > 0 OR seq = 0");

/* Whether a working set or history goes on after this answer. */
static gboolean
goes_on (const PiaoReply *reply)
{
  for (guint i = 0; i < reply->upto->len; i++)
    if (g_array_index (reply->upto, PiaoLaneSeq, i).base > 0)
      return TRUE;
  return FALSE;
}

gboolean
piao_bulk_load_begin (PiaoDb *db, const PiaoReply *reply, GError **error)
{
  if (!goes_on (reply))
    return TRUE;
  for (guint i = 0; i < reply->blocks->len; i++)
    {
      const PiaoRowBlock *block = g_ptr_array_index (reply->blocks, i);

      if (block->n_rows >= MANY_ROWS
          && !piao_later_index_postpone (db, piao_kind_get_table (block->kind), error))
        return FALSE;
    }
  return TRUE;
}

/* Whether a kind was left without search text for now. */
static const PiaoKind *
find_unsearchable (PiaoRegistry *registry, PiaoDb *db)
{
  guint n;
  const PiaoKind *const *kinds = piao_registry_get_kinds (registry, &n);

  for (guint i = 0; i < n; i++)
    if ((kinds[i]->flags & PIAO_KIND_SEARCHABLE) != 0 && !piao_search_is_ready (db, kinds[i]))
      return kinds[i];
  return NULL;
}

gboolean
piao_bulk_load_step (
    PiaoRegistry *registry, PiaoDb *db, gboolean hurry, gboolean *more, GError **error)
{
  const PiaoKind *kind;
  gint64 missing = 0, indexes = 0;

  *more = FALSE;
  if (!hurry && !piao_db_query_int (db, &bulk_missing, 0, &missing, error, ""))
    return FALSE;
  if (missing > 0)
    return TRUE;
  if (!piao_later_index_count (db, &indexes, error))
    return FALSE;
  if (indexes > 0)
    {
      *more = TRUE;
      return piao_later_index_make (db, &(gboolean){ FALSE }, error);
    }
  kind = find_unsearchable (registry, db);
  *more = kind != NULL;
  return kind == NULL || piao_search_catch_up (db, kind, SEARCH_ROWS, &(gboolean){ FALSE }, error);
}
