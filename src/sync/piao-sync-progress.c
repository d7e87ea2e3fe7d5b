/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "sync/piao-sync-progress.h"

/* Answers that are smaller say more about the way there than about what the line carries. */
#define TELLING_BYTES 2048
#define RATE_WEIGHT 0.3
#define SMOOTHING_MS 10000.0
/* Nobody is told of more than this: the line is then as good as dead. */
#define LONGEST_MS (30 * 24 * 3600 * G_GINT64_CONSTANT (1000))

void
piao_sync_progress_init (PiaoSyncProgress *self)
{
  *self = (PiaoSyncProgress){ .phase = PIAO_SYNC_PHASE_WORKING, .at = -1 };
}

void
piao_sync_progress_note_answer (PiaoSyncProgress *self, gsize bytes, guint rows, gint64 took)
{
  double rate = (double)bytes * 1000.0 / (double)MAX (took, 1);

  self->rows += rows;
  self->bytes += (gint64)bytes;
  if (self->rate <= 0)
    self->rate = rate;
  else if (bytes >= TELLING_BYTES)
    self->rate += RATE_WEIGHT * (rate - self->rate);
}

static void
note_speed (PiaoSyncProgress *self, gint64 done, gint64 now)
{
  double took = (double)MAX (now - self->at, 1);
  double speed = (double)MAX (done - self->done, 0) / took;
  /* The longer a step took, the more it weighs. */
  double weight = took / (took + SMOOTHING_MS);

  self->speed = self->speed <= 0 ? speed : self->speed + weight * (speed - self->speed);
}

void
piao_sync_progress_note_place (
    PiaoSyncProgress *self, PiaoSyncPhase phase, gint64 done, gint64 total, gint64 now)
{
  total = MAX (total, 0);
  done = CLAMP (done, 0, total);
  if (phase != self->phase || done < self->done || self->at < 0 || now < self->at)
    self->speed = 0;
  else
    note_speed (self, done, now);
  self->phase = phase;
  self->done = done;
  self->total = total;
  self->at = now;
}

double
piao_sync_progress_get_fraction (const PiaoSyncProgress *self)
{
  if (self->phase == PIAO_SYNC_PHASE_COMPLETE)
    return 1;
  return self->total > 0 ? (double)self->done / (double)self->total : 0;
}

gint64
piao_sync_progress_get_remaining (const PiaoSyncProgress *self)
{
  double left;

  if (self->phase == PIAO_SYNC_PHASE_COMPLETE)
    return 0;
  if (self->speed <= 0 || self->total == 0)
    return -1;
  left = (double)(self->total - self->done) / self->speed;
  return left < (double)LONGEST_MS ? (gint64)left : -1;
}
