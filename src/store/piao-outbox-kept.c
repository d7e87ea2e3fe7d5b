/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * DESIGN: a centre that was restored from a backup has forgotten what it accepted since, and the
 * desktops send it once more; so they keep what is done with. A busy desk makes 1,500 to 3,000
 * commands a day and a backup may be a week old, which is 21,000; the rule is more than twice that,
 * by number: a clock that was set wrong must not make a computer forget. What is kept has no
 * changeset any more, some 250 bytes in all; because arguments may be long, all of them together
 * are bounded as well, so that an outbox always fits a file of piao-outbox-file.h.
 *
 * Nothing that is asked at each command or round walks through what is kept: see the index
 * outbox_open. */

#include "config.h"

#include "store/piao-outbox-private.h"

/* To weigh them takes a look at each: once in so many commands. */
#define WEIGHED "outbox.weighed"
#define WEIGH_EVERY 1000

PIAO_STATEMENT (kept_last, "SELECT COALESCE (MAX(dseq), 0) FROM outbox");
PIAO_STATEMENT (kept_sizes, "SELECT dseq, octet_length(args) FROM outbox ORDER BY dseq DESC");
PIAO_STATEMENT (kept_forget,
                "DELETE FROM outbox WHERE undo IS NULL AND decided = 1"
                " AND state IN ('accepted', 'discarded') AND dseq <= $1");

/* Raises @floor to the first entry, from the newest on, that is too much. */
static gboolean
weigh (PiaoDb *db, gint64 *floor, GError **error)
{
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &kept_sizes, &inner, "");
  gint64 bytes = 0;

  while (bytes <= PIAO_OUTBOX_KEPT_BYTES && piao_cursor_next (cursor, &inner))
    {
      bytes += piao_cursor_int (cursor, 1);
      if (bytes > PIAO_OUTBOX_KEPT_BYTES)
        *floor = MAX (*floor, piao_cursor_int (cursor, 0));
    }
  if (inner == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

gboolean
piao_outbox_prune (PiaoDb *db, GError **error)
{
  gint64 weighed = piao_setting_get_int (db, WEIGHED, 0);
  gint64 last = 0, floor;

  if (!piao_db_query_int (db, &kept_last, 0, &last, error, ""))
    return FALSE;
  floor = last - PIAO_OUTBOX_KEPT;
  /* One that begins anew counts from 1 again. */
  if (last >= weighed + WEIGH_EVERY || last < weighed)
    {
      g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, last);

      if (!weigh (db, &floor, error) || !piao_setting_set (db, WEIGHED, text, error))
        return FALSE;
    }
  return floor <= 0 || piao_db_exec (db, &kept_forget, error, "i", floor);
}
