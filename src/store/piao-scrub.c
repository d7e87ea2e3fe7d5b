/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * DESIGN: secure_delete overwrites what is deleted while it is on, but three places are older than
 * that: words in tombstoned segments of the search text, pages on the free list, and frames of the
 * log. The first are merged away, the second are taken by a table of zeroes that goes again, and
 * the log is cut off after the commit. Unused space inside pages is overwritten at all times, since
 * the writer keeps secure_delete = FAST, which costs no page more. */

#include "config.h"

#include <sqlite3.h>

#include "store/piao-scrub.h"

#define DUE "piao-scrub"

PIAO_STATEMENT (scrub_free_pages, "PRAGMA freelist_count");
PIAO_STATEMENT (scrub_page_size, "PRAGMA page_size");

/* A blob has at most this many bytes. */
#define PART (G_GINT64_CONSTANT (64) << 20)

static char due;

gboolean
piao_scrub_begin (PiaoDb *db, GError **error)
{
  return piao_db_script (db, "PRAGMA secure_delete = ON", error);
}

/* Overwrites the pages on the free list: a table takes them all, and is dropped as zeroes. */
static gboolean
fill_free_pages (PiaoDb *db, GError **error)
{
  /* No PIAO_STATEMENT: its table is there for a moment only, and nobody could plan it. */
  static const PiaoStatement fill
      = { "scrub_fill", "INSERT INTO scrub (zeroes) VALUES (zeroblob ($1))" };
  gint64 pages = 0, size = 0;

  if (!piao_db_query_int (db, &scrub_free_pages, 0, &pages, error, "")
      || !piao_db_query_int (db, &scrub_page_size, 4096, &size, error, "")
      || !piao_db_script (db, "CREATE TABLE scrub (zeroes BLOB)", error))
    return FALSE;
  for (gint64 left = pages * size; left > 0; left -= PART)
    if (!piao_db_exec (db, &fill, error, "i", MIN (left, PART)))
      return FALSE;
  return piao_db_script (db, "DROP TABLE scrub", error);
}

gboolean
piao_scrub_finish (PiaoDb *db, GError **error)
{
  if (!piao_db_script (db, "INSERT INTO search (search) VALUES ('optimize')", error)
      || !fill_free_pages (db, error))
    return FALSE;
  sqlite3_set_clientdata (piao_db_get_sqlite (db), DUE, &due, NULL);
  return TRUE;
}

gboolean
piao_scrub_is_due (PiaoDb *db)
{
  return sqlite3_get_clientdata (piao_db_get_sqlite (db), DUE) != NULL;
}

void
piao_scrub_done (PiaoDb *db)
{
  sqlite3_set_clientdata (piao_db_get_sqlite (db), DUE, NULL, NULL);
  piao_db_script (db, "PRAGMA secure_delete = FAST", NULL);
}
