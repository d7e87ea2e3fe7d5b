/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "sync/piao-sync-engine.h"

G_BEGIN_DECLS

/* Between the files of the engine: what both its line and its hints go by. */

/* Nothing moved: what was handed to the system may still be on its way. ms */
#define PIAO_SYNC_PATIENCE_MS 30000

gboolean piao_sync_engine_may_talk (const PiaoSyncEngine *self);

/* At most @most: half of it and a part of the other half, so that a hundred offices do not come
 * back in the same second. */
static inline gint64
piao_sync_engine_spread (gint64 most, guint32 random)
{
  return most / 2 + (gint64)random % (most / 2 + 1);
}

/* @first doubled with each failure after the first one, up to @most. */
static inline gint64
piao_sync_engine_grow (gint64 first, guint failures, gint64 most)
{
  guint shift = MIN (failures > 0 ? failures - 1 : 0, 16);

  return MIN (first << shift, most);
}

static inline void
piao_sync_engine_sooner (PiaoSyncEngine *self, gint64 at)
{
  self->next_at = MIN (self->next_at, at);
}

/* The centre is at @seq, or at more than is known (0). */
void piao_sync_engine_take_hint (PiaoSyncEngine *self, gint64 seq);

/* Listening for hints (piao-sync-engine-live.c): what happens to it, … */
void piao_sync_engine_take_live_opened (PiaoSyncEngine *self);
void piao_sync_engine_take_live_closed (PiaoSyncEngine *self, guint32 random);
/* … what is to be done, and when that is to be looked at again. */
void piao_sync_engine_decide_live (PiaoSyncEngine *self, PiaoSyncUpdate *update);
void piao_sync_engine_close_live (PiaoSyncEngine *self, PiaoSyncUpdate *update);
gint64 piao_sync_engine_get_live_at (const PiaoSyncEngine *self);

G_END_DECLS
