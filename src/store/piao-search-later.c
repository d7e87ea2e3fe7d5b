/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "store/piao-replica.h"
#include "store/piao-search.h"

/*
 * DESIGN: folding and pinyin cost many times what writing a row does. Where many rows arrive at
 * once, their kind only notes the id behind which search text may be missing (a setting), and the
 * text is made some rows at a time later on. What has its text already is seen by its digest and
 * passed over quickly.
 */
#define LATER "search.later."

static char *
get_key (const PiaoKind *kind)
{
  return g_strconcat (LATER, kind->name, NULL);
}

gboolean
piao_search_postpone (PiaoDb *db, const PiaoKind *kind, gint64 id, GError **error)
{
  g_autofree char *key = get_key (kind);
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, id - 1);

  if (piao_setting_get_int (db, key, G_MAXINT64) < id)
    return TRUE;
  return piao_setting_set (db, key, text, error);
}

gboolean
piao_search_is_ready (PiaoDb *db, const PiaoKind *kind)
{
  g_autofree char *key = get_key (kind);

  return piao_setting_get_int (db, key, -1) < 0;
}

/* Made once a kind and kept: statements are compared by address. */
static const PiaoStatement *
get_statement (const PiaoKind *kind)
{
  static GMutex lock;
  static GHashTable *all;
  PiaoStatement *made;

  g_mutex_lock (&lock);
  if (all == NULL)
    all = g_hash_table_new (NULL, NULL);
  made = g_hash_table_lookup (all, kind);
  if (made == NULL)
    {
      made = g_new0 (PiaoStatement, 1);
      made->name = kind->name;
      made->sql = g_strconcat (piao_kind_get_columns (kind)->sql,
                               " WHERE id > $1 ORDER BY id LIMIT $2", NULL);
      g_hash_table_insert (all, (gpointer)kind, made);
    }
  g_mutex_unlock (&lock);
  return made;
}

/* The next rows of @kind behind @after. Transfer full. */
static GPtrArray *
list_rows (PiaoDb *db, const PiaoKind *kind, gint64 after, guint limit, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify)piao_record_free);
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor
      = piao_db_query (db, get_statement (kind), &inner, "ii", after, (gint64)limit);

  while (piao_cursor_next (cursor, &inner))
    g_ptr_array_add (rows, piao_record_from_cursor (kind, cursor));
  if (inner == NULL)
    return g_steal_pointer (&rows);
  g_propagate_error (error, g_steal_pointer (&inner));
  return NULL;
}

gboolean
piao_search_catch_up (PiaoDb *db, const PiaoKind *kind, guint limit, gboolean *more, GError **error)
{
  g_autofree char *key = get_key (kind);
  g_autofree char *text = NULL;
  gint64 after = piao_setting_get_int (db, key, -1);
  g_autoptr (GPtrArray) rows = NULL;

  *more = FALSE;
  if (after < 0)
    return TRUE;
  rows = list_rows (db, kind, after, limit, error);
  if (rows == NULL)
    return FALSE;
  for (guint i = 0; i < rows->len; i++)
    {
      const PiaoRecord *record = g_ptr_array_index (rows, i);

      if (!piao_search_touch (db, record, error))
        return FALSE;
      after = record->id;
    }
  *more = rows->len == limit;
  text = *more ? g_strdup_printf ("%" G_GINT64_FORMAT, after) : NULL;
  return piao_setting_set (db, key, text, error);
}
