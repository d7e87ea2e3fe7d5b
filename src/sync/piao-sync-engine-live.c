/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The connection over which the centre says that there is something new. */

#include "config.h"

#include "sync/piao-sync-engine-private.h"

#define STEADY_LIVE_MS 60000
#define LOST_LIVE_MS 2000

void
piao_sync_engine_close_live (PiaoSyncEngine *self, PiaoSyncUpdate *update)
{
  if (!self->live || self->live_close)
    return;
  self->live_close = TRUE;
  update->live = PIAO_SYNC_LIVE_CLOSE;
}

void
piao_sync_engine_take_live_opened (PiaoSyncEngine *self)
{
  if (!self->live || self->live_close)
    return;
  self->live_open = TRUE;
  self->live_at = self->now;
  /* What the centre did before it knew that somebody listens. */
  piao_sync_engine_take_hint (self, 0);
}

void
piao_sync_engine_take_live_closed (PiaoSyncEngine *self, guint32 random)
{
  gboolean lost = self->live_open && !self->live_close;

  if (!self->live)
    return;
  if (self->live_open && self->now - self->live_at >= STEADY_LIVE_MS)
    self->live_failures = 0;
  if (!self->live_close)
    self->live_failures++;
  self->live = self->live_open = self->live_close = FALSE;
  self->live_at = self->now;
  if (self->live_failures > 0)
    self->live_at += piao_sync_engine_spread (piao_sync_engine_grow (PIAO_SYNC_LIVE_RETRY_MS,
                                                                     self->live_failures,
                                                                     PIAO_SYNC_LIVE_RETRY_MAX_MS),
                                              random);
  /* The centre went away, or the line: a call says which. */
  if (lost && self->busy == PIAO_SYNC_WORK_NONE && self->failures == 0)
    piao_sync_engine_sooner (self, self->now + (gint64)random % LOST_LIVE_MS);
}

/* Hints are worth a connection while the line works. */
static gboolean
wants_live (const PiaoSyncEngine *self)
{
  return piao_sync_engine_may_talk (self) && self->token && self->succeeded && self->failures == 0;
}

gint64
piao_sync_engine_get_live_at (const PiaoSyncEngine *self)
{
  if (!self->live)
    return wants_live (self) ? self->live_at : PIAO_SYNC_NEVER;
  return self->live_open || self->live_close ? PIAO_SYNC_NEVER
                                             : self->live_at + PIAO_SYNC_PATIENCE_MS;
}

void
piao_sync_engine_decide_live (PiaoSyncEngine *self, PiaoSyncUpdate *update)
{
  if (self->live && (!piao_sync_engine_may_talk (self) || self->state == PIAO_SYNC_OFFLINE))
    piao_sync_engine_close_live (self, update);
  else if (self->now < piao_sync_engine_get_live_at (self))
    return;
  else if (self->live)
    {
      /* An attempt that comes to nothing. */
      self->live_failures++;
      piao_sync_engine_close_live (self, update);
    }
  else
    {
      self->live = TRUE;
      self->live_at = self->now;
      update->live = PIAO_SYNC_LIVE_CONNECT;
    }
}
