/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "app/piao-session.h"

G_BEGIN_DECLS

/*
 * PiaoReading: reads again and again what a screen shows, for a view model or dialog that owns it.
 *
 * One reading is under way at a time. What is asked for meanwhile is answered by one more that
 * begins when it is done: a burst of commits costs two readings, none is in vain, and no older
 * answer comes over a newer one. Nothing is shown to an owner that has gone. What is read at once
 * may be shown before piao_reading_again() returns. Main thread.
 */
#define PIAO_TYPE_READING (piao_reading_get_type ())
G_DECLARE_FINAL_TYPE (PiaoReading, piao_reading, PIAO, READING, GObject)

typedef struct
{
  /* What load() is given, made when the reading begins: transfer full, freed with g_free(). @full
   * when anybody asked for all of it. NULL gives load() @full as a gboolean (GPOINTER_TO_INT). */
  gpointer (*ask) (gpointer owner, gboolean full);
  /* On a reader's thread: a future of a pointer. */
  PiaoReplicaFunc load;
  /* On the main thread: what was read, transfer full. */
  void (*show) (gpointer owner, gpointer answer);
  /* Frees an answer that has no owner any more. */
  void (*drop) (gpointer answer);
} PiaoReadingFuncs;

/* @owner is known weakly; @funcs is static. */
PiaoReading *piao_reading_new (PiaoSession *session, const PiaoReadingFuncs *funcs, GObject *owner);

/* Reads again: resolves to TRUE once a reading that began no earlier than now has been shown. */
DexFuture *piao_reading_again (PiaoReading *self, gboolean full);

G_END_DECLS
