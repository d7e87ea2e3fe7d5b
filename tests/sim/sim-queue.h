/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * SimQueue: what will happen in virtual time. Events of one moment happen in the order in which
 * they were put in, so that a world has one course only.
 */
typedef struct _SimQueue SimQueue;
typedef void (*SimFunc) (gpointer data);

SimQueue *sim_queue_new (void);
void sim_queue_free (SimQueue *self);

/* @func is called with @data at @at ms; @destroy (may be NULL) frees it after that, or with the
 * queue. */
void sim_queue_add (SimQueue *self, gint64 at, SimFunc func, gpointer data, GDestroyNotify destroy);

/* When the next event is; G_MAXINT64 without any. */
gint64 sim_queue_next_at (SimQueue *self);

/* Takes the next event out and runs it. */
void sim_queue_run_next (SimQueue *self);

G_END_DECLS
