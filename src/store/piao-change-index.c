/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "store/piao-change-index.h"
#include "store/piao-digest.h"

PIAO_STATEMENT (adopt_head, "SELECT seq FROM head WHERE one = 1");

PIAO_STATEMENT (adopt_last, "SELECT max(seq) FROM change");

/* Table and kind names are constants of the program and the seq is a number, so a script is as safe
 * as bound values, and one statement moves millions of rows. A seq is never cut in two on its way
 * to a desktop, so one holds a hundred rows at most. */
static gboolean
adopt_kind (PiaoDb *db, const PiaoKind *kind, gint64 seq, GError **error)
{
  const char *name = kind->name, *table = piao_kind_get_table (kind);
  g_autofree char *next = g_strdup_printf ("%" G_GINT64_FORMAT, seq + 1);
  g_autofree char *sql = g_strconcat (
      "INSERT INTO change (lane, seq, kind, id, gone) SELECT lane, ", next,
      " + (ROW_NUMBER () OVER (ORDER BY id)) / 100, '", name, "', id, 0 FROM ", table,
      " WHERE rev = 0 ON CONFLICT (lane, kind, id) DO UPDATE SET seq = excluded.seq, gone = 0;"
      "UPDATE ",
      table, " SET rev = (SELECT seq FROM change WHERE change.lane = ", table,
      ".lane AND change.kind = '", name, "' AND change.id = ", table,
      ".id) WHERE rev = 0;"
      "INSERT INTO change (lane, seq, kind, id, gone) SELECT lane, rev, '",
      name, "', id, 0 FROM ", table,
      " WHERE NOT EXISTS (SELECT 1 FROM change WHERE change.lane = ", table,
      ".lane AND change.kind = '", name, "' AND change.id = ", table, ".id) ORDER BY id", NULL);

  return piao_db_script (db, sql, error);
}

gboolean
piao_change_index_adopt (PiaoDb *db, const PiaoKind *const *kinds, guint n_kinds, GError **error)
{
  g_autoptr (GArray) digests = NULL;
  gint64 seq = 0;

  if (!piao_db_query_int (db, &adopt_head, 0, &seq, error, ""))
    return FALSE;
  for (guint i = 0; i < n_kinds; i++)
    if (!adopt_kind (db, kinds[i], seq, error)
        || !piao_db_query_int (db, &adopt_last, seq, &seq, error, ""))
      return FALSE;
  digests = piao_digest_count_changes (db, error);
  if (digests == NULL || !piao_digest_replace (db, digests, error))
    return FALSE;
  return piao_db_script (db,
                         "INSERT INTO lane_head (lane, seq) SELECT lane, max(seq) FROM change"
                         " WHERE seq > 0 GROUP BY lane"
                         " ON CONFLICT (lane) DO UPDATE SET seq = excluded.seq;"
                         "UPDATE head SET seq = (SELECT max(seq) FROM lane_head)"
                         " WHERE seq < (SELECT max(seq) FROM lane_head)",
                         error);
}
