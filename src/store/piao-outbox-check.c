/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * DESIGN: everything that waits must be readable, and what may have to be sent once more: better to
 * know before than after the next scan. But tens of thousands of entries are kept that are done
 * with, and a look at all of them costs the start 45 ms from the memory and ten times that from a
 * cold disk. So the start looks at what something is still to come of, wherever it stands, and at
 * the newest; the writer looks at the rest, in parts, while nothing is asked of it.
 *
 * In a row that was overwritten SQLite sees columns without values; their first characters are
 * asked for, so that it looks at all of them. What waits is found by the index outbox_open. A page
 * of it that a disk has not written hides entries and is otherwise sound: so the table and the
 * index must agree about how many are open. */

#include "config.h"

#include "store/piao-outbox-private.h"

/* Entries that the start looks at although they are done with: most of a day's at a busy desk. */
#define NEWEST 1000
/* Entries that the writer looks at before it listens again: 0.3 ms, some ms from a cold disk. */
#define PART 200

/* In the words of the index outbox_open. */
#define OPEN "(decided = 0 OR undo IS NOT NULL OR state IN ('refused', 'parked'))"
#define WRONG                                                                                      \
  "(COALESCE(id, 0) <= 0 OR substr(name, 1, 1) IS NULL OR substr(args, 1, 1) IS NULL"              \
  " OR substr(state, 1, 1) IS NULL)"

PIAO_STATEMENT (check_open, "SELECT COUNT(*) FROM outbox WHERE " OPEN " AND " WRONG);
PIAO_STATEMENT (check_part,
                "SELECT COUNT(*), MIN(dseq), SUM(wrong), SUM(open) FROM"
                " (SELECT dseq, " WRONG " AS wrong, " OPEN " AS open FROM outbox"
                " WHERE dseq < $1 ORDER BY dseq DESC LIMIT $2) AS part");
PIAO_STATEMENT (check_count_open,
                "SELECT COUNT(*) FROM outbox INDEXED BY outbox_open"
                " WHERE " OPEN " AND dseq >= $1 AND dseq < $2");

typedef struct
{
  gint64 count;
  gint64 first; /* least dseq; 0 without any */
  gint64 wrong; /* entries that cannot be read */
  gint64 open;  /* by the table */
} Part;

static gboolean
read_part (PiaoDb *db, gint64 below, gint64 limit, Part *part, GError **error)
{
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &check_part, &inner, "ii", below, limit);

  if (piao_cursor_next (cursor, &inner))
    *part = (Part){ piao_cursor_int (cursor, 0), piao_cursor_int (cursor, 1),
                    piao_cursor_int (cursor, 2), piao_cursor_int (cursor, 3) };
  if (inner == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

/* At most @limit entries before *@below, which becomes the first of them, or 0 after the last. */
static gboolean
look_at_part (PiaoDb *db, gint64 limit, gint64 *below, GError **error)
{
  Part part = { 0 };
  gint64 open = 0;

  if (!read_part (db, *below, limit, &part, error)
      || (part.count > 0
          && !piao_db_query_int (db, &check_count_open, 0, &open, error, "ii", part.first, *below)))
    return FALSE;
  *below = part.count == limit ? part.first : 0;
  return (part.wrong == 0 && open == part.open) || piao_db_set_damaged (error);
}

gboolean
piao_outbox_check (PiaoDb *db, GError **error)
{
  gint64 below = G_MAXINT64;
  gint64 wrong = 0;

  return look_at_part (db, NEWEST, &below, error)
         && piao_db_query_int (db, &check_open, 0, &wrong, error, "")
         && (wrong == 0 || piao_db_set_damaged (error));
}

gboolean
piao_outbox_check_more (PiaoDb *db, gint64 *below, GError **error)
{
  return look_at_part (db, PART, below, error);
}
