/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * PiaoSyncPace: how much is asked for and sent at a time, and how quickly the centre answers. On a
 * line of 64 kbit/s an answer or an upload takes a few seconds, so that a cut loses seconds; on a
 * quick one it is as large as is good for the disk. A plain struct that is told what was measured.
 */
#define PIAO_SYNC_MIN_ANSWER ((gsize)8 * 1024)
#define PIAO_SYNC_FIRST_ANSWER ((gsize)64 * 1024)
#define PIAO_SYNC_LARGEST_ANSWER ((gsize)1024 * 1024)
#define PIAO_SYNC_MIN_PIECE ((gsize)4 * 1024)
#define PIAO_SYNC_FIRST_PIECE ((gsize)16 * 1024)
#define PIAO_SYNC_LARGEST_PIECE ((gsize)512 * 1024)

/* So much of the memory an answer may take once it is taken apart; while it is written, the one
 * behind it is there too. */
#define PIAO_SYNC_LARGEST_UNPACKED ((gsize)6 * 1024 * 1024)

#define PIAO_SYNC_PACE_SAMPLES 20

typedef struct
{
  gsize answer;                              /* bytes of rows to ask for */
  gsize most;                                /* … that are not too many in memory */
  gsize piece;                               /* bytes of commands to send */
  guint32 latencies[PIAO_SYNC_PACE_SAMPLES]; /* ms to the first byte; a ring */
  guint n_latencies;                         /* ever; the ring holds the last ones */
} PiaoSyncPace;

void piao_sync_pace_init (PiaoSyncPace *self);

/* The first byte of an answer came @ms after a request that was short enough to say something. */
void piao_sync_pace_note_latency (PiaoSyncPace *self, gint64 ms);

/* An answer that was as long as it was allowed to be came down in @down ms and was written to the
 * disk in @apply ms, in which nobody else's scan can be. */
void piao_sync_pace_note_full_answer (PiaoSyncPace *self, gint64 down, gint64 apply);

/* An answer that goes on takes @unpacked bytes of memory, @asked were asked for. */
void piao_sync_pace_note_unpacked (PiaoSyncPace *self, gsize asked, gsize unpacked);

/* A request of @bytes, long enough to say something, was answered after @up ms. */
void piao_sync_pace_note_piece (PiaoSyncPace *self, gsize bytes, gint64 up);

/* The line was cut, or stood still, after @sent bytes of a request and @received of its answer. */
void piao_sync_pace_note_cut (PiaoSyncPace *self, gsize sent, gsize received);

/* Whether more than one answer in twenty takes longer than 5 s. (domain 6.4) */
gboolean piao_sync_pace_is_slow (const PiaoSyncPace *self);

G_END_DECLS
