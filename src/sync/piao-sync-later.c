/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What a large answer has left for later is made a piece at a time between other work. */

#include "config.h"

#include "base/piao-error.h"
#include "base/piao-future.h"
#include "sync/piao-bulk-load.h"
#include "sync/piao-sync-private.h"

typedef struct
{
  PiaoRegistry *registry; /* borrowed */
  gboolean hurry;
  gboolean more;
} Piece;

static DexFuture *
make_piece (PiaoDb *db, gpointer data)
{
  Piece *piece = data;
  GError *error = NULL;

  if (!piao_bulk_load_step (piece->registry, db, piece->hurry, &piece->more, &error))
    return dex_future_new_for_error (error);
  return dex_future_new_true ();
}

static DexFuture *
make_all (gpointer data)
{
  PiaoSync *self = data;
  Piece piece = { .registry = piao_replica_get_registry (self->replica), .more = TRUE };
  g_autoptr (GError) error = NULL;

  while (piece.more)
    {
      piece.hurry = self->later_hurry;
      if (!dex_await (piao_replica_write (self->replica, make_piece, &piece, NULL), &error))
        {
          /* It is tried again after the next answer, and at the next start. */
          if (!g_error_matches (error, PIAO_ERROR, PIAO_ERROR_UNAVAILABLE))
            g_message ("What was left for later could not be made: %s", error->message);
          break;
        }
    }
  self->later = FALSE;
  return dex_future_new_true ();
}

void
piao_sync_make_later (PiaoSync *self, gboolean hurry)
{
  self->later_hurry = hurry;
  if (self->later)
    return;
  self->later = TRUE;
  piao_future_disown (dex_scheduler_spawn (NULL, 0, make_all, g_object_ref (self), g_object_unref),
                      "later");
}
