/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <string.h>

#include "sync/piao-vector-code.h"

/* Patches are not patched again. */
#define MAX_DEPTH 1

static gboolean read_residuals (PiaoByteReader *reader, guint64 *residuals, guint n, guint depth);

/* --- residuals ------------------------------------------------------------------------------- */

static gboolean
read_bits (PiaoByteReader *reader, guint64 *residuals, guint n)
{
  guint64 least = (guint64)piao_read_signed (reader);
  guint64 scale = piao_read_varint (reader);
  guint width = piao_read_byte (reader);

  if (!piao_read_bits (reader, residuals, n, width))
    return FALSE;
  for (guint i = 0; i < n; i++)
    residuals[i] = residuals[i] * scale + least;
  return TRUE;
}

static gboolean
read_planes (PiaoByteReader *reader, guint64 *residuals, guint n)
{
  guint64 least = (guint64)piao_read_signed (reader);
  guint64 scale = piao_read_varint (reader);
  guint n_planes = piao_read_byte (reader);
  const guint8 *bytes = n_planes <= 8 ? piao_read_bytes (reader, (gsize)n_planes * n) : NULL;

  if (bytes == NULL)
    return piao_byte_reader_break (reader);
  memset (residuals, 0, sizeof *residuals * n);
  for (guint plane = 0; plane < n_planes; plane++, bytes += n)
    for (guint i = 0; i < n; i++)
      residuals[i] |= (guint64)bytes[i] << 8 * plane;
  for (guint i = 0; i < n; i++)
    residuals[i] = residuals[i] * scale + least;
  return TRUE;
}

/* The positions of the @count patches of @n, ascending. */
static gboolean
read_positions (PiaoByteReader *reader, guint32 *positions, guint count, guint n)
{
  guint form = piao_read_byte (reader), found = 0;
  const guint8 *bits;
  guint64 at = 0;

  if (form == PIAO_POSITIONS_GAPS)
    {
      for (guint i = 0; i < count; i++)
        {
          at += piao_read_count (reader, n - 1) + (i > 0 ? 1 : 0);
          if (at >= n || reader->broken)
            return piao_byte_reader_break (reader);
          positions[i] = (guint32)at;
        }
      return TRUE;
    }
  bits = form == PIAO_POSITIONS_BITMAP ? piao_read_bytes (reader, ((gsize)n + 7) / 8) : NULL;
  if (bits == NULL)
    return piao_byte_reader_break (reader);
  for (guint i = 0; i < n && found < count; i++)
    if ((bits[i / 8] & 1 << i % 8) != 0)
      positions[found++] = i;
  return found == count || piao_byte_reader_break (reader);
}

static gboolean
read_patched (PiaoByteReader *reader, guint64 *residuals, guint n, guint depth)
{
  guint64 usual = (guint64)piao_read_signed (reader);
  guint count = piao_read_count (reader, n);
  g_autofree guint32 *positions = g_new (guint32, MAX (count, 1));
  g_autofree guint64 *patches = g_new (guint64, MAX (count, 1));

  if (reader->broken || depth >= MAX_DEPTH || !read_positions (reader, positions, count, n)
      || !read_residuals (reader, patches, count, depth + 1))
    return piao_byte_reader_break (reader);
  for (guint i = 0; i < n; i++)
    residuals[i] = usual;
  for (guint i = 0; i < count; i++)
    residuals[positions[i]] = patches[i];
  return TRUE;
}

static gboolean
read_residuals (PiaoByteReader *reader, guint64 *residuals, guint n, guint depth)
{
  guint form = piao_read_byte (reader);
  guint64 value;

  switch (form)
    {
    case PIAO_RESIDUALS_CONSTANT:
      value = (guint64)piao_read_signed (reader);
      for (guint i = 0; i < n; i++)
        residuals[i] = value;
      return !reader->broken;
    case PIAO_RESIDUALS_BITS:
      return read_bits (reader, residuals, n);
    case PIAO_RESIDUALS_PLANES:
      return read_planes (reader, residuals, n);
    case PIAO_RESIDUALS_PATCHED:
      return read_patched (reader, residuals, n, depth);
    default:
      return piao_byte_reader_break (reader);
    }
}

/* --- streams --------------------------------------------------------------------------------- */

typedef struct
{
  const gint64 *base;    /* NULL without one */
  const guint32 *before; /* of the vector that says "same"; NULL without one */
  guint prediction;
} Stream;

static gboolean
read_head (PiaoVectorSet *set, PiaoByteReader *reader, Stream *stream)
{
  guint code = piao_read_byte (reader);
  guint n_vectors = set != NULL ? set->vectors->len : 0;
  guint at;

  stream->prediction = code & ~(guint)PIAO_PREDICT_WITH_BASE;
  if (stream->prediction > PIAO_PREDICT_SAME)
    return piao_byte_reader_break (reader);
  if ((code & PIAO_PREDICT_WITH_BASE) != 0)
    {
      at = piao_read_count (reader, G_MAXINT);
      if (at >= n_vectors || g_array_index (set->vectors, PiaoVector, at).values == NULL)
        return piao_byte_reader_break (reader);
      stream->base = g_array_index (set->vectors, PiaoVector, at).values;
    }
  if (stream->prediction == PIAO_PREDICT_SAME)
    {
      at = piao_read_count (reader, G_MAXINT);
      if (at >= n_vectors || g_array_index (set->vectors, PiaoVector, at).index == NULL)
        return piao_byte_reader_break (reader);
      stream->before = piao_vector_set_get_before (set, at);
    }
  return !reader->broken;
}

/* values[row] = base[row] + what the last row with the same had over its base + residual */
static void
add_same (
    const Stream *stream, gint64 *values, const guint32 *rows, const guint64 *residuals, guint n)
{
  guint64 last = 0;

  for (guint i = 0; i < n; i++)
    {
      guint32 row = rows != NULL ? rows[i] : i;
      guint32 before = stream->before[row];

      if (before != PIAO_VECTOR_NONE)
        last = (guint64)values[before] - (stream->base != NULL ? (guint64)stream->base[before] : 0);
      last += residuals[i];
      values[row] = (gint64)(last + (stream->base != NULL ? (guint64)stream->base[row] : 0));
    }
}

static void
add_line (guint prediction, guint64 *residuals, guint n)
{
  guint64 last = 0, step = 0;

  if (prediction == PIAO_PREDICT_NOTHING)
    return;
  for (guint i = 0; i < n; i++)
    {
      if (prediction == PIAO_PREDICT_LAST || i < 2)
        step = residuals[i];
      else
        step += residuals[i];
      last += step;
      residuals[i] = last;
    }
}

static gboolean
read_stream (
    PiaoVectorSet *set, PiaoByteReader *reader, gint64 *values, const guint32 *rows, guint n)
{
  Stream stream = { 0 };
  g_autofree guint64 *residuals = g_new (guint64, MAX (n, 1));

  if (!read_head (set, reader, &stream) || !read_residuals (reader, residuals, n, 0))
    return piao_byte_reader_break (reader);
  if (stream.prediction == PIAO_PREDICT_SAME)
    {
      add_same (&stream, values, rows, residuals, n);
      return TRUE;
    }
  add_line (stream.prediction, residuals, n);
  for (guint i = 0; i < n; i++)
    {
      guint32 row = rows != NULL ? rows[i] : i;

      values[row] = (gint64)(residuals[i] + (stream.base != NULL ? (guint64)stream.base[row] : 0));
    }
  return TRUE;
}

/* --- vectors --------------------------------------------------------------------------------- */

gboolean
piao_vector_read_list (PiaoByteReader *reader, gint64 *values, guint n)
{
  return read_stream (NULL, reader, values, NULL, n);
}

gboolean
piao_vector_read_flags (PiaoVectorSet *set, PiaoByteReader *reader, gint64 *flags)
{
  if (!read_stream (set, reader, flags, NULL, set->n_rows))
    return FALSE;
  for (guint row = 0; row < set->n_rows; row++)
    if (flags[row] != 0 && flags[row] != 1)
      return piao_byte_reader_break (reader);
  return TRUE;
}

const guint32 *
piao_vector_read_index (
    PiaoVectorSet *set, PiaoByteReader *reader, guint n_index, const guint32 *rows, guint n)
{
  g_autofree gint64 *numbers = NULL;
  g_autofree guint32 *index = NULL;

  /* The index, and the rows before when it is asked for them. */
  if (!piao_vector_set_take (set, 2 * sizeof (guint32) * (gsize)set->n_rows))
    {
      piao_byte_reader_break (reader);
      return NULL;
    }
  numbers = g_new0 (gint64, MAX (set->n_rows, 1));
  index = g_new (guint32, MAX (set->n_rows, 1));
  if (set->vectors->len >= PIAO_VECTOR_MAX || !read_stream (set, reader, numbers, rows, n))
    {
      piao_byte_reader_break (reader);
      return NULL;
    }
  if (rows != NULL)
    for (guint row = 0; row < set->n_rows; row++)
      index[row] = n_index;
  for (guint i = 0; i < n; i++)
    {
      guint32 row = rows != NULL ? rows[i] : i;

      if (numbers[row] < 0 || numbers[row] >= n_index)
        {
          piao_byte_reader_break (reader);
          return NULL;
        }
      index[row] = (guint32)numbers[row];
    }
  piao_vector_set_add (set, NULL, FALSE, index, n_index);
  return g_steal_pointer (&index);
}

static gboolean
read_dictionary (
    PiaoVectorSet *set, PiaoByteReader *reader, gint64 *values, const guint32 *rows, guint n)
{
  guint count = piao_read_count (reader, PIAO_VECTOR_MAX_DICTIONARY);
  g_autofree gint64 *entries = g_new (gint64, MAX (count, 1));
  const guint32 *index;

  if (count > set->n_rows || !piao_vector_read_list (reader, entries, count))
    return piao_byte_reader_break (reader);
  index = piao_vector_read_index (set, reader, count, rows, n);
  if (index == NULL)
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      guint32 row = rows != NULL ? rows[i] : i;

      values[row] = entries[index[row]];
    }
  g_array_index (set->vectors, PiaoVector, set->vectors->len - 1).values = values;
  return TRUE;
}

gboolean
piao_vector_read (
    PiaoVectorSet *set, PiaoByteReader *reader, gint64 *values, const guint32 *rows, guint n)
{
  guint form = piao_read_byte (reader);

  if (rows != NULL)
    memset (values, 0, sizeof *values * set->n_rows);
  if (form == PIAO_FORM_DICTIONARY)
    return read_dictionary (set, reader, values, rows, n);
  if (form != PIAO_FORM_DIRECT || set->vectors->len >= PIAO_VECTOR_MAX
      || !read_stream (set, reader, values, rows, n))
    return piao_byte_reader_break (reader);
  piao_vector_set_add (set, values, FALSE, NULL, 0);
  return TRUE;
}
