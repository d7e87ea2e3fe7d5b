/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <string.h>

#include "store/piao-id-vector.h"

/* Spans with at most this many unchanged ids between them become one. */
#define CLOSE 8

struct _PiaoIdVector
{
  gint64 *ids;
  guint n_ids;
  guint32 *slots; /* open addressing: position + 1, 0 is empty */
  guint mask;     /* number of slots, a power of two, minus 1 */
};

/* --- index ----------------------------------------------------------------------------------- */

static guint
slot_of (gint64 id, guint mask)
{
  guint64 mixed = (guint64)id * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  return (guint)(mixed >> 32) & mask;
}

static void
build_index (PiaoIdVector *self)
{
  guint n_slots = 16;

  while (n_slots < self->n_ids * 2)
    n_slots *= 2;
  self->mask = n_slots - 1;
  self->slots = g_new0 (guint32, n_slots);
  for (guint i = 0; i < self->n_ids; i++)
    {
      guint slot = slot_of (self->ids[i], self->mask);

      while (self->slots[slot] != 0)
        slot = (slot + 1) & self->mask;
      self->slots[slot] = i + 1;
    }
}

PiaoIdVector *
piao_id_vector_new (const gint64 *ids, guint n_ids)
{
  PiaoIdVector *self = g_atomic_rc_box_new0 (PiaoIdVector);

  g_return_val_if_fail (n_ids < G_MAXUINT32 / 4, NULL);
  self->ids = n_ids > 0 ? g_memdup2 (ids, sizeof (gint64) * n_ids) : NULL;
  self->n_ids = n_ids;
  build_index (self);
  return self;
}

PiaoIdVector *
piao_id_vector_ref (PiaoIdVector *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  PiaoIdVector *self = data;

  g_free (self->ids);
  g_free (self->slots);
}

void
piao_id_vector_unref (PiaoIdVector *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

guint
piao_id_vector_get_length (const PiaoIdVector *self)
{
  return self->n_ids;
}

gint64
piao_id_vector_get (const PiaoIdVector *self, guint position)
{
  g_return_val_if_fail (position < self->n_ids, 0);
  return self->ids[position];
}

int
piao_id_vector_find (const PiaoIdVector *self, gint64 id)
{
  for (guint slot = slot_of (id, self->mask); self->slots[slot] != 0;
       slot = (slot + 1) & self->mask)
    if (self->ids[self->slots[slot] - 1] == id)
      return (int)self->slots[slot] - 1;
  return -1;
}

/* --- difference ------------------------------------------------------------------------------ */

/* The part between the common beginning and the common end. */
typedef struct
{
  const PiaoIdVector *from;
  const PiaoIdVector *to;
  guint start;
  guint from_end;
  guint to_end;
} Middle;

static Middle
trim (const PiaoIdVector *from, const PiaoIdVector *to)
{
  Middle middle = { from, to, 0, from->n_ids, to->n_ids };
  guint shorter = MIN (from->n_ids, to->n_ids);

  while (middle.start < shorter && from->ids[middle.start] == to->ids[middle.start])
    middle.start++;
  while (middle.from_end > middle.start && middle.to_end > middle.start
         && from->ids[middle.from_end - 1] == to->ids[middle.to_end - 1])
    {
      middle.from_end--;
      middle.to_end--;
    }
  return middle;
}

/*
 * targets[i]: where the id at start + i of @from stands in the middle of @to, or -1. Those that do
 * not belong to the longest ascending run of targets become -1 too, so that what is left keeps its
 * order. (Patience sorting: tails[k] ends the best run of length k + 1 so far.)
 */
static int *
find_kept (const Middle *middle)
{
  guint n = middle->from_end - middle->start;
  int *targets = g_new (int, n);
  g_autofree int *tails = g_new (int, n);
  g_autofree int *previous = g_new (int, n);
  guint longest = 0;
  int at;

  for (guint i = 0; i < n; i++)
    {
      guint low = 0;
      guint high = longest;

      targets[i] = piao_id_vector_find (middle->to, middle->from->ids[middle->start + i]);
      if (targets[i] < (int)middle->start || targets[i] >= (int)middle->to_end)
        targets[i] = -1;
      if (targets[i] < 0)
        continue;
      if (longest > 0 && targets[tails[longest - 1]] < targets[i])
        low = longest;
      while (low < high)
        {
          guint half = (low + high) / 2;

          if (targets[tails[half]] < targets[i])
            low = half + 1;
          else
            high = half;
        }
      previous[i] = low > 0 ? tails[low - 1] : -1;
      tails[low] = (int)i;
      longest = MAX (longest, low + 1);
    }
  at = longest > 0 ? tails[longest - 1] : -1;
  for (int i = (int)n - 1; i >= 0; i--)
    if (i == at)
      at = previous[i];
    else
      targets[i] = -1;
  return targets;
}

static void
add_span (GArray *spans, guint position, guint removed, guint added)
{
  PiaoSpan span = { position, removed, added };

  if (removed > 0 || added > 0)
    g_array_append_val (spans, span);
}

/* Joins spans with at most @gap unchanged ids between them. */
static void
merge (GArray *spans, guint gap)
{
  guint n = 0;

  for (guint i = 1; i < spans->len; i++)
    {
      PiaoSpan *last = &g_array_index (spans, PiaoSpan, n);
      PiaoSpan next = g_array_index (spans, PiaoSpan, i);
      guint between = next.position - last->position - last->added;

      if (between <= gap)
        {
          last->removed += between + next.removed;
          last->added += between + next.added;
        }
      else
        g_array_index (spans, PiaoSpan, ++n) = next;
    }
  if (spans->len > 0)
    g_array_set_size (spans, n + 1);
}

GArray *
piao_id_vector_diff (const PiaoIdVector *from, const PiaoIdVector *to)
{
  GArray *spans = g_array_new (FALSE, FALSE, sizeof (PiaoSpan));
  Middle middle = trim (from, to);
  g_autofree int *targets = find_kept (&middle);
  guint from_done = middle.start;
  guint to_done = middle.start;

  for (guint i = middle.start; i < middle.from_end; i++)
    {
      int target = targets[i - middle.start];

      if (target < 0)
        continue;
      add_span (spans, to_done, i - from_done, (guint)target - to_done);
      from_done = i + 1;
      to_done = (guint)target + 1;
    }
  add_span (spans, to_done, middle.from_end - from_done, middle.to_end - to_done);
  for (guint gap = CLOSE; spans->len > 1; gap *= 2)
    {
      merge (spans, gap);
      if (spans->len <= PIAO_MAX_SPANS)
        break;
    }
  return spans;
}
