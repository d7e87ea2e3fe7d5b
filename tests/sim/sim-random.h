/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * SimRandom: all the chance there is in a simulated world. One seed, one sequence (SplitMix64), the
 * same on every machine. Streams are split off by a number, so that one more question in one place
 * does not change what happens in another.
 */
typedef struct
{
  guint64 state;
} SimRandom;

SimRandom sim_random_new (guint64 seed, guint64 stream);
guint64 sim_random_next (SimRandom *self);

/* A number from @from to @to, both included. */
gint64 sim_random_range (SimRandom *self, gint64 from, gint64 to);

/* TRUE in @per_mille of 1000 cases. */
gboolean sim_random_chance (SimRandom *self, guint per_mille);

/* A time from @from to @to ms; short ones are as likely as long ones of another order. */
gint64 sim_random_span (SimRandom *self, gint64 from, gint64 to);

G_END_DECLS
