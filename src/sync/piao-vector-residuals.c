/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Writes residuals in the form that takes the fewest bits; see piao-vector-code.h. */

#include "config.h"

#include <math.h>

#include "sync/piao-vector-cost.h"
#include "sync/piao-vector-private.h"

/* Fewer patches than one in so many are written as gaps. */
#define GAPS_FROM 16
/* Fewer numbers are not worth the search for patches. */
#define PATCH_FROM 8

typedef struct
{
  const guint64 *residuals;
  guint n;
  guint64 least, scale;
  guint width;     /* of (residual - least) / scale */
  guint64 usual;   /* the one that most have, if there is such */
  guint n_patches; /* how many have another */
} Facts;

static Facts
look_at (const guint64 *residuals, guint n)
{
  Facts facts = { residuals, n, residuals[0], 1, 0, residuals[0], 0 };
  guint64 most = residuals[0];
  guint votes = 0;

  for (guint i = 0; i < n; i++)
    {
      guint64 r = residuals[i];

      facts.least = (gint64)r < (gint64)facts.least ? r : facts.least;
      most = (gint64)r > (gint64)most ? r : most;
      /* Whoever has the majority is left over. */
      if (votes == 0)
        facts.usual = r;
      votes = r == facts.usual ? votes + 1 : votes - 1;
    }
  for (guint i = 0; i < n; i++)
    facts.n_patches += residuals[i] != facts.usual ? 1 : 0;
  facts.scale = piao_cost_scale (residuals, n, facts.least);
  facts.width = piao_cost_width ((most - facts.least) / facts.scale);
  return facts;
}

/* (residual - least) / scale. Transfer full. */
static guint64 *
get_over (const Facts *facts)
{
  guint64 *over = g_new (guint64, facts->n);

  for (guint i = 0; i < facts->n; i++)
    over[i] = facts->scale == 1 ? facts->residuals[i] - facts->least
                                : (facts->residuals[i] - facts->least) / facts->scale;
  return over;
}

/* Entropy of the byte planes of the numbers, a plane each in @planes. */
static void
count_planes (const Facts *facts, double planes[8])
{
  g_autofree guint64 *over = get_over (facts);

  for (guint plane = 0; plane < (facts->width + 7) / 8; plane++)
    planes[plane] = piao_cost_plane (over, facts->n, 8 * plane);
}

/* A byte of compressed data takes a bit at least, so small numbers go several into a byte. */
static guint
choose_width (const Facts *facts, double entropy, double *bits)
{
  static const guint widths[] = { 1, 2, 4, 8 };
  guint best = facts->width;

  *bits = (double)facts->n * facts->width;
  for (guint i = 0; i < G_N_ELEMENTS (widths); i++)
    {
      double cost = MAX (entropy * 1.02, facts->n * widths[i] / 8.0);

      if (widths[i] < facts->width || cost >= *bits)
        continue;
      *bits = cost;
      best = widths[i];
    }
  return best;
}

static void
write_numbers (PiaoByteWriter *writer, const Facts *facts, guint form, guint width)
{
  g_autofree guint64 *over = get_over (facts);

  piao_write_byte (writer, (guint8)form);
  piao_write_signed (writer, (gint64)facts->least);
  piao_write_varint (writer, facts->scale);
  piao_write_byte (writer, (guint8)width);
  if (form == PIAO_RESIDUALS_BITS)
    {
      piao_write_cut (writer);
      piao_write_bits (writer, over, facts->n, width);
      piao_write_cut (writer);
      return;
    }
  for (guint plane = 0; plane < width; plane++)
    {
      guint start = writer->bytes->len;

      piao_write_cut (writer);
      g_byte_array_set_size (writer->bytes, start + facts->n);
      for (guint i = 0; i < facts->n; i++)
        writer->bytes->data[start + i] = (guint8)(over[i] >> 8 * plane);
    }
  piao_write_cut (writer);
}

/* What write_plain() would take. */
static double
cost_plain (const Facts *facts, guint *form, guint *width)
{
  double planes[8], bits = 0;

  count_planes (facts, planes);
  if (facts->width <= 8)
    {
      *form = PIAO_RESIDUALS_BITS;
      *width = choose_width (facts, planes[0], &bits);
      return bits;
    }
  *form = PIAO_RESIDUALS_PLANES;
  *width = (facts->width + 7) / 8;
  for (guint plane = 0; plane < *width; plane++)
    bits += planes[plane] * 1.02 + 64;
  if (bits < (double)facts->n * facts->width)
    return bits;
  *form = PIAO_RESIDUALS_BITS;
  *width = facts->width;
  return (double)facts->n * facts->width;
}

static void
write_positions (PiaoByteWriter *writer, const Facts *facts)
{
  guint64 *bits;
  guint last = 0;

  if (facts->n_patches <= facts->n / GAPS_FROM)
    {
      piao_write_byte (writer, PIAO_POSITIONS_GAPS);
      piao_write_cut (writer);
      for (guint i = 0; i < facts->n; i++)
        if (facts->residuals[i] != facts->usual)
          {
            piao_write_varint (writer, i - last);
            last = i + 1;
          }
      piao_write_cut (writer);
      return;
    }
  bits = g_new (guint64, facts->n);
  for (guint i = 0; i < facts->n; i++)
    bits[i] = facts->residuals[i] != facts->usual ? 1 : 0;
  piao_write_byte (writer, PIAO_POSITIONS_BITMAP);
  piao_write_cut (writer);
  piao_write_bits (writer, bits, facts->n, 1);
  piao_write_cut (writer);
  g_free (bits);
}

static double
cost_positions (const Facts *facts)
{
  double entropy = piao_cost_xlogx (facts->n) - piao_cost_xlogx (facts->n_patches)
                   - piao_cost_xlogx (facts->n - facts->n_patches);

  return facts->n_patches <= facts->n / GAPS_FROM ? entropy * 1.1 + 16
                                                  : MAX (entropy * 1.05, facts->n / 8.0);
}

/* The residuals that are not the usual one. */
static guint64 *
get_patches (const Facts *facts)
{
  guint64 *patches = g_new (guint64, facts->n_patches);
  guint found = 0;

  for (guint i = 0; i < facts->n; i++)
    if (facts->residuals[i] != facts->usual)
      patches[found++] = facts->residuals[i];
  return patches;
}

void
piao_vector_write_residuals (PiaoByteWriter *writer, const guint64 *residuals, guint n)
{
  Facts facts;
  guint form, width;
  double plain;

  if (n == 0)
    {
      piao_write_byte (writer, PIAO_RESIDUALS_CONSTANT);
      piao_write_signed (writer, 0);
      return;
    }
  facts = look_at (residuals, n);
  if (facts.width == 0)
    {
      piao_write_byte (writer, PIAO_RESIDUALS_CONSTANT);
      piao_write_signed (writer, (gint64)residuals[0]);
      return;
    }
  plain = cost_plain (&facts, &form, &width);
  if (n >= PATCH_FROM && facts.n_patches < n / 2)
    {
      g_autofree guint64 *patches = get_patches (&facts);
      Facts others = look_at (patches, facts.n_patches);
      guint other_form = PIAO_RESIDUALS_CONSTANT, other_width = 0;
      double cost = cost_positions (&facts) + 24;

      if (others.width > 0)
        cost += cost_plain (&others, &other_form, &other_width);
      if (cost < plain)
        {
          piao_write_byte (writer, PIAO_RESIDUALS_PATCHED);
          piao_write_signed (writer, (gint64)facts.usual);
          piao_write_varint (writer, facts.n_patches);
          write_positions (writer, &facts);
          if (others.width > 0)
            write_numbers (writer, &others, other_form, other_width);
          else
            {
              piao_write_byte (writer, PIAO_RESIDUALS_CONSTANT);
              piao_write_signed (writer, (gint64)patches[0]);
            }
          return;
        }
    }
  write_numbers (writer, &facts, form, width);
}
