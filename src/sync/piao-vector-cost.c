/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <math.h>

#include "sync/piao-vector-cost.h"

#define TABLE 1024
/* Numbers whose common divisor is looked for first: divisions are slow. */
#define SCALE_SAMPLE 24

double
piao_cost_xlogx (guint count)
{
  static double table[TABLE];
  static gsize filled;

  if (g_once_init_enter (&filled))
    {
      for (guint i = 2; i < TABLE; i++)
        table[i] = i * log2 (i);
      g_once_init_leave (&filled, 1);
    }
  return count < TABLE ? table[count] : count * log2 (count);
}

double
piao_cost_entropy (const guint *counts, guint n_counts, guint total)
{
  double bits = piao_cost_xlogx (total);

  for (guint i = 0; i < n_counts; i++)
    if (counts[i] > 0)
      bits -= piao_cost_xlogx (counts[i]);
  return MAX (bits, 0);
}

guint
piao_cost_width (guint64 number)
{
  return number == 0 ? 0 : 64 - (guint)__builtin_clzll (number);
}

static guint64
gcd (guint64 a, guint64 b)
{
  while (b != 0)
    {
      guint64 rest = a % b;

      a = b;
      b = rest;
    }
  return a;
}

guint64
piao_cost_scale (const guint64 *numbers, guint n, guint64 least)
{
  guint64 scale = 0;

  for (guint i = 0; i < n && scale != 1; i++)
    {
      guint64 over = numbers[i] - least;

      if (scale == 0 || over % scale != 0)
        scale = gcd (scale, over);
    }
  return MAX (scale, 1);
}

/* The entropy of the bytes at @shift. */
static double
plane_cost (const guint64 *numbers, guint n, guint shift)
{
  static _Thread_local guint counts[256];
  guint8 seen[256];
  guint n_seen = 0;
  double bits = piao_cost_xlogx (n);

  for (guint i = 0; i < n; i++)
    {
      guint8 byte = (guint8)(numbers[i] >> shift);

      if (counts[byte]++ == 0)
        seen[n_seen++] = byte;
    }
  for (guint i = 0; i < n_seen; i++)
    {
      bits -= piao_cost_xlogx (counts[seen[i]]);
      counts[seen[i]] = 0;
    }
  /* A table of the symbols goes with them. */
  return n_seen > 1 ? MAX (bits, 0) + 2 * n_seen : 0;
}

/* The same as piao_cost_scale(), sooner where it is 1: a few of the numbers say so mostly. */
static guint64
find_scale (const guint64 *numbers, guint n, guint64 least)
{
  guint64 scale = 0;

  for (guint i = 0; i < SCALE_SAMPLE && scale != 1; i++)
    scale = gcd (scale, numbers[(guint64)i * n / SCALE_SAMPLE] - least);
  return scale == 1 ? 1 : piao_cost_scale (numbers, n, least);
}

double
piao_cost_sample (const guint64 *numbers, guint n)
{
  g_autofree guint64 *over = NULL;
  guint64 least, most, scale;
  guint width;
  double bits = 16;

  if (n == 0)
    return 0;
  least = most = numbers[0];
  for (guint i = 1; i < n; i++)
    {
      least = (gint64)numbers[i] < (gint64)least ? numbers[i] : least;
      most = (gint64)numbers[i] > (gint64)most ? numbers[i] : most;
    }
  if (least == most)
    return bits;
  scale = find_scale (numbers, n, least);
  width = piao_cost_width ((most - least) / scale);
  over = g_new (guint64, n);
  for (guint i = 0; i < n; i++)
    over[i] = scale == 1 ? numbers[i] - least : (numbers[i] - least) / scale;
  for (guint shift = 0; shift < width; shift += 8)
    bits += MIN (plane_cost (over, n, shift), (double)n * MIN (width - shift, 8));
  return bits;
}
