/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "tests/sim/sim-random.h"

#define GOLDEN G_GUINT64_CONSTANT (0x9e3779b97f4a7c15)

SimRandom
sim_random_new (guint64 seed, guint64 stream)
{
  SimRandom self = { seed * GOLDEN + stream };

  self.state = sim_random_next (&self) ^ (stream << 32);
  return self;
}

guint64
sim_random_next (SimRandom *self)
{
  guint64 z = (self->state += GOLDEN);

  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return z ^ (z >> 31);
}

gint64
sim_random_range (SimRandom *self, gint64 from, gint64 to)
{
  g_assert (to >= from);
  return from + (gint64)(sim_random_next (self) % (guint64)(to - from + 1));
}

gboolean
sim_random_chance (SimRandom *self, guint per_mille)
{
  return sim_random_next (self) % 1000 < per_mille;
}

gint64
sim_random_span (SimRandom *self, gint64 from, gint64 to)
{
  gint64 most = from;

  g_assert (from > 0 && to >= from);
  while (most * 2 <= to && sim_random_chance (self, 700))
    most *= 2;
  return sim_random_range (self, from, MIN (most * 2, to));
}
