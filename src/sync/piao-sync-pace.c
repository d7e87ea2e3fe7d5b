/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "sync/piao-sync-pace.h"

#define DOWN_MS 4000
#define APPLY_MS 250
#define UP_MS 3000
#define SLOW_MS 5000
/* Fewer say nothing about one in twenty. */
#define TELLING_SAMPLES 5

void
piao_sync_pace_init (PiaoSyncPace *self)
{
  *self = (PiaoSyncPace){ .answer = PIAO_SYNC_FIRST_ANSWER,
                          .most = PIAO_SYNC_LARGEST_ANSWER,
                          .piece = PIAO_SYNC_FIRST_PIECE };
}

void
piao_sync_pace_note_latency (PiaoSyncPace *self, gint64 ms)
{
  self->latencies[self->n_latencies % PIAO_SYNC_PACE_SAMPLES] = (guint32)CLAMP (ms, 0, G_MAXINT32);
  self->n_latencies++;
}

/* @size changed by @aim / @took, by no more than twice or half at once: one measurement may have
 * been an accident. */
static gsize
scale (gsize size, double aim, double took, gsize least, gsize most)
{
  double factor = CLAMP (aim / MAX (took, 1.0), 0.5, 2.0);

  return CLAMP ((gsize)((double)size * factor), least, most);
}

void
piao_sync_pace_note_full_answer (PiaoSyncPace *self, gint64 down, gint64 apply)
{
  gsize by_line
      = scale (self->answer, DOWN_MS, (double)down, PIAO_SYNC_MIN_ANSWER, PIAO_SYNC_LARGEST_ANSWER);
  gsize by_disk = scale (self->answer, APPLY_MS, (double)apply, PIAO_SYNC_MIN_ANSWER,
                         PIAO_SYNC_LARGEST_ANSWER);

  self->answer = MIN (MIN (by_line, by_disk), self->most);
}

void
piao_sync_pace_note_unpacked (PiaoSyncPace *self, gsize asked, gsize unpacked)
{
  double factor = (double)PIAO_SYNC_LARGEST_UNPACKED / (double)MAX (unpacked, 1);

  self->most = (gsize)CLAMP ((double)asked * factor, (double)PIAO_SYNC_MIN_ANSWER,
                             (double)PIAO_SYNC_LARGEST_ANSWER);
  self->answer = MIN (self->answer, self->most);
}

void
piao_sync_pace_note_piece (PiaoSyncPace *self, gsize bytes, gint64 up)
{
  /* So long the line would have taken for what is allowed. */
  double took = (double)up * (double)self->piece / (double)MAX (bytes, 1);

  self->piece = scale (self->piece, UP_MS, took, PIAO_SYNC_MIN_PIECE, PIAO_SYNC_LARGEST_PIECE);
}

void
piao_sync_pace_note_cut (PiaoSyncPace *self, gsize sent, gsize received)
{
  if (received > 0)
    self->answer = MAX (self->answer / 2, PIAO_SYNC_MIN_ANSWER);
  else if (sent > 0)
    self->piece = MAX (self->piece / 2, PIAO_SYNC_MIN_PIECE);
}

gboolean
piao_sync_pace_is_slow (const PiaoSyncPace *self)
{
  guint n = MIN (self->n_latencies, PIAO_SYNC_PACE_SAMPLES);
  guint slow = 0;

  for (guint i = 0; i < n; i++)
    slow += self->latencies[i] > SLOW_MS ? 1 : 0;
  return n >= TELLING_SAMPLES && slow * 20 > n;
}
