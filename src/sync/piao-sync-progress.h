/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "sync/piao-sync-state.h"

G_BEGIN_DECLS

/*
 * PiaoSyncProgress: how far a long fetch is, how quick it goes and how long it will take. A plain
 * struct that is told what arrived; times are handed in, in ms of a clock that does not jump.
 */
typedef struct
{
  PiaoSyncPhase phase;
  gint64 done;  /* of this phase, in the unit of total; 0 … total */
  gint64 total; /* seq numbers, or rows where the centre counts them; 0 unknown */
  gint64 rows;  /* that arrived since the start */
  gint64 bytes; /* of answers since the start */
  double rate;  /* bytes per second of the line, smoothed; 0 unknown */
  double speed; /* units per ms, smoothed over some ten seconds; 0 unknown */
  gint64 at;    /* ms: when done was noted last; -1 never in this phase */
} PiaoSyncProgress;

void piao_sync_progress_init (PiaoSyncProgress *self);

/* An answer of @bytes with @rows arrived, @took ms after it was asked for. */
void piao_sync_progress_note_answer (PiaoSyncProgress *self, gsize bytes, guint rows, gint64 took);

/* Where it stands now. Another phase or total that shrank starts the measuring anew. */
void piao_sync_progress_note_place (
    PiaoSyncProgress *self, PiaoSyncPhase phase, gint64 done, gint64 total, gint64 now);

/* 0 … 1 of the phase; 1 when all is here. */
double piao_sync_progress_get_fraction (const PiaoSyncProgress *self);

/* How much longer the phase takes, ms; 0 when all is here, -1 unknown. */
gint64 piao_sync_progress_get_remaining (const PiaoSyncProgress *self);

G_END_DECLS
