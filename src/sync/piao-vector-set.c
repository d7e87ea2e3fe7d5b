/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "sync/piao-vector-code.h"

static void
vector_clear (gpointer data)
{
  PiaoVector *vector = data;

  if (vector->owns_values)
    g_free (vector->values);
  g_free (vector->index);
  g_free (vector->before);
}

void
piao_vector_set_init (PiaoVectorSet *self, guint n_rows)
{
  self->n_rows = n_rows;
  self->budget = G_MAXSIZE;
  self->vectors = g_array_new (FALSE, FALSE, sizeof (PiaoVector));
  g_array_set_clear_func (self->vectors, vector_clear);
}

void
piao_vector_set_clear (PiaoVectorSet *self)
{
  g_clear_pointer (&self->vectors, g_array_unref);
}

gboolean
piao_vector_set_take (PiaoVectorSet *self, gsize n_bytes)
{
  if (n_bytes > self->budget)
    return FALSE;
  self->budget -= n_bytes;
  return TRUE;
}

void
piao_vector_set_add (
    PiaoVectorSet *self, gint64 *values, gboolean owns_values, guint32 *index, guint n_index)
{
  PiaoVector vector = { values, owns_values, index, n_index, NULL };

  g_array_append_val (self->vectors, vector);
}

const guint32 *
piao_vector_set_get_before (PiaoVectorSet *self, guint i)
{
  PiaoVector *vector = &g_array_index (self->vectors, PiaoVector, i);
  g_autofree guint32 *last = NULL;

  if (vector->before != NULL)
    return vector->before;
  /* NULL is one more value. */
  last = g_new (guint32, (gsize)vector->n_index + 1);
  for (guint entry = 0; entry <= vector->n_index; entry++)
    last[entry] = PIAO_VECTOR_NONE;
  vector->before = g_new (guint32, MAX (self->n_rows, 1));
  for (guint row = 0; row < self->n_rows; row++)
    {
      vector->before[row] = last[vector->index[row]];
      last[vector->index[row]] = row;
    }
  return vector->before;
}
