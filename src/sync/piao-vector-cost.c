/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <math.h>

#include "sync/piao-vector-cost.h"

#define TABLE 1024
/* Numbers whose common divisor is looked for first: divisions are slow. */
#define SCALE_SAMPLE 24
/* What goes before the numbers. */
#define HEAD_BITS 16

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

/* Entropy of the bytes at @shift, in bits, and how many different ones there are. */
static double
look_at_plane (const guint64 *numbers, guint n, guint shift, guint *n_different)
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
  *n_different = n_seen;
  return MAX (bits, 0);
}

double
piao_cost_plane (const guint64 *numbers, guint n, guint shift)
{
  guint n_different;

  return look_at_plane (numbers, n, shift, &n_different);
}

/* A table of the symbols goes with them. */
static double
plane_cost (const guint64 *numbers, guint n, guint shift)
{
  guint n_different;
  double bits = look_at_plane (numbers, n, shift, &n_different);

  return n_different > 1 ? bits + 2 * n_different : 0;
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

static void
find_range (const guint64 *numbers, guint n, guint64 *least, guint64 *most)
{
  *least = *most = numbers[0];
  for (guint i = 1; i < n; i++)
    {
      *least = (gint64)numbers[i] < (gint64)*least ? numbers[i] : *least;
      *most = (gint64)numbers[i] > (gint64)*most ? numbers[i] : *most;
    }
}

double
piao_cost_few (const guint64 *numbers, guint n)
{
  guint64 least, most;

  if (n == 0)
    return 0;
  find_range (numbers, n, &least, &most);
  return HEAD_BITS + (double)n * piao_cost_width (most - least);
}

double
piao_cost_sample (const guint64 *numbers, guint n)
{
  guint64 over[PIAO_COST_SAMPLE];
  guint64 least, most, scale;
  guint width;
  double bits = HEAD_BITS;

  g_assert (n <= PIAO_COST_SAMPLE);
  if (n == 0)
    return 0;
  find_range (numbers, n, &least, &most);
  if (least == most)
    return bits;
  scale = find_scale (numbers, n, least);
  width = piao_cost_width ((most - least) / scale);
  for (guint i = 0; i < n; i++)
    over[i] = scale == 1 ? numbers[i] - least : (numbers[i] - least) / scale;
  for (guint shift = 0; shift < width; shift += 8)
    bits += MIN (plane_cost (over, n, shift), (double)n * MIN (width - shift, 8));
  return bits;
}
