/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "base/piao-id.h"
#include "store/piao-rescue.h"

/* More than this is no lost command but a mistake somewhere else. */
#define MAX_LOST 5000

PIAO_STATEMENT (gap_entries,
                "SELECT dseq, id, at, actor FROM outbox WHERE dseq >= $1 ORDER BY dseq");
PIAO_STATEMENT (
    gap_last, "SELECT dseq, id, at, actor FROM outbox WHERE dseq < $1 ORDER BY dseq DESC LIMIT 1");
PIAO_STATEMENT (gap_fill,
                "INSERT INTO outbox (dseq, id, name, args, at, actor, state, decided, undo)"
                " VALUES ($1, $2, 'outbox.lost', '{}', $3, $4, $5, $6, $7)");

typedef struct
{
  gint64 dseq, id, at, actor;
} Place;

static gboolean
apply_lost (PiaoTx *tx, JsonObject *args, GError **error)
{
  return TRUE;
}

const PiaoCommand piao_outbox_lost_command = { "outbox.lost", NULL, 0, NULL, apply_lost };

static GArray *
list_places (PiaoDb *db, const PiaoStatement *statement, gint64 dseq, GError **error)
{
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (Place));
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, statement, &inner, "i", dseq);

  while (piao_cursor_next (cursor, &inner))
    {
      Place place = { piao_cursor_int (cursor, 0), piao_cursor_int (cursor, 1),
                      piao_cursor_int (cursor, 2), piao_cursor_int (cursor, 3) };

      g_array_append_val (places, place);
    }
  if (inner == NULL)
    return g_steal_pointer (&places);
  g_propagate_error (error, g_steal_pointer (&inner));
  return NULL;
}

/* The ids of @near's neighbours lie a command's share apart at the least. */
static gboolean
fill (PiaoDb *db, gint64 dseq, const Place *near, gboolean decided, GError **error)
{
  gint64 id = near->id + (dseq - near->dseq) * PIAO_ID_PER_COMMAND * PIAO_ID_STRIDE;
  g_autoptr (GBytes) nothing = decided ? NULL : g_bytes_new (NULL, 0);

  return piao_db_exec (db, &gap_fill, error, "iiiisib", dseq, id, near->at, near->actor,
                       decided ? "accepted" : "queued", (gint64)(decided ? 1 : 0), nothing);
}

/* The centre has had more of this computer than is left here: the next command must not take a
 * number once more. */
static gboolean
raise_floor (PiaoDb *db, gint64 expected, GArray *last, GError **error)
{
  const Place *near = last->len > 0 ? &g_array_index (last, Place, 0) : NULL;

  if (near == NULL || near->dseq >= expected - 1)
    return TRUE;
  return fill (db, expected - 1, near, TRUE, error);
}

gboolean
piao_outbox_close_gaps (PiaoDb *db, gint64 expected, gboolean *changed, GError **error)
{
  g_autoptr (GArray) places = list_places (db, &gap_entries, expected, error);
  g_autoptr (GArray) last = NULL;
  gint64 dseq = expected;
  guint lost = 0;

  if (places == NULL)
    return FALSE;
  last = list_places (db, &gap_last, expected, error);
  if (last == NULL)
    return FALSE;
  if (places->len == 0)
    return raise_floor (db, expected, last, error);
  for (guint i = 0; i < places->len; i++)
    {
      const Place *place = &g_array_index (places, Place, i);
      const Place *near = i > 0           ? place - 1
                          : last->len > 0 ? &g_array_index (last, Place, 0)
                                          : place;

      for (; dseq < place->dseq && lost < MAX_LOST; dseq++, lost++)
        if (!fill (db, dseq, near, FALSE, error))
          return FALSE;
      dseq = place->dseq + 1;
    }
  if (changed != NULL)
    *changed = lost > 0;
  return TRUE;
}
