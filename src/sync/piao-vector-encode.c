/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Chooses how a vector is written, on a sample of its rows, and writes it; see
 * piao-vector-code.h. */

#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "sync/piao-vector-cost.h"
#include "sync/piao-vector-private.h"

/* Rows that are looked at for every way, in stretches that lie evenly over the block. */
#define SAMPLE PIAO_COST_SAMPLE
#define MIN_SAMPLE 64
#define STRETCH 32
/* Vectors that are tried as the "same", newest first. */
#define MAX_KEYS 24
/* Most answers are a few new rows, and every column of theirs is tried in dozens of ways: up to
 * here without statistics. */
#define FEW_ROWS 16
/* Bits that a reference to another vector must save. */
#define REFERENCE_BITS 24

typedef struct
{
  PiaoVectorSet *set; /* NULL for a list */
  const gint64 *values;
  const guint32 *rows; /* NULL: all */
  guint n;
  guint sample[SAMPLE]; /* positions among the n */
  guint n_sample;
  gboolean is_few;
} Work;

typedef struct
{
  const PiaoVector *base; /* NULL for none */
  guint base_at;
  guint prediction;
  const guint32 *before;
  guint same_at;
  double bits;
} Plan;

static void
work_init (Work *work, PiaoVectorSet *set, const gint64 *values, const guint32 *rows, guint n)
{
  guint stretches = CLAMP (n / 8, MIN_SAMPLE, SAMPLE) / STRETCH;

  *work = (Work){ set, values, rows, n, { 0 }, 0, set != NULL && set->n_rows <= FEW_ROWS };
  if (n <= MIN_SAMPLE)
    {
      for (guint i = 0; i < n; i++)
        work->sample[work->n_sample++] = i;
      return;
    }
  for (guint s = 0; s < stretches; s++)
    {
      guint start = (guint)((guint64)(n - STRETCH) * s / (stretches - 1));

      for (guint i = 0; i < STRETCH; i++)
        work->sample[work->n_sample++] = start + i;
    }
}

/* --- residuals ------------------------------------------------------------------------------- */

static inline guint64
over_base (const Work *work, const Plan *plan, guint32 row)
{
  return (guint64)work->values[row] - (plan->base != NULL ? (guint64)plan->base->values[row] : 0);
}

static inline guint32
row_of (const Work *work, guint i)
{
  return work->rows != NULL ? work->rows[i] : i;
}

static inline guint64
residual (const Work *work, const Plan *plan, guint i)
{
  guint32 row = row_of (work, i);
  guint64 value = over_base (work, plan, row);
  guint64 last;

  if (plan->prediction == PIAO_PREDICT_NOTHING)
    return value;
  if (plan->prediction == PIAO_PREDICT_SAME && plan->before[row] != PIAO_VECTOR_NONE)
    return value - over_base (work, plan, plan->before[row]);
  if (i == 0)
    return value;
  last = over_base (work, plan, row_of (work, i - 1));
  if (plan->prediction == PIAO_PREDICT_LINE && i > 1)
    return value - 2 * last + over_base (work, plan, row_of (work, i - 2));
  return value - last;
}

static void
score (const Work *work, Plan *plan)
{
  guint64 residuals[SAMPLE];

  for (guint i = 0; i < work->n_sample; i++)
    residuals[i] = residual (work, plan, work->sample[i]);
  plan->bits = work->is_few ? piao_cost_few (residuals, work->n)
                            : piao_cost_sample (residuals, work->n_sample) * work->n
                                  / MAX (work->n_sample, 1);
}

static void
keep_better (Plan *best, const Plan *plan)
{
  guint references = (plan->base != NULL ? 1 : 0) + (plan->before != NULL ? 1 : 0);
  guint held = (best->base != NULL ? 1 : 0) + (best->before != NULL ? 1 : 0);

  if (plan->bits + references * REFERENCE_BITS < best->bits + held * REFERENCE_BITS)
    *best = *plan;
}

static gboolean
is_good_enough (const Work *work, const Plan *plan)
{
  return plan->bits <= work->n / 64.0 + 2 * REFERENCE_BITS;
}

static void
try_same (const Work *work, Plan *best, const PiaoVector *base, guint base_at)
{
  guint tried = 0;

  for (guint at = work->set->vectors->len; at > 0 && tried < MAX_KEYS; at--)
    {
      const PiaoVector *key = &g_array_index (work->set->vectors, PiaoVector, at - 1);
      Plan plan = { base, base_at, PIAO_PREDICT_SAME, NULL, at - 1, 0 };

      if (key->index == NULL || key->n_index < 2 || key->n_index > work->n / 2)
        continue;
      tried++;
      plan.before = piao_vector_set_get_before (work->set, at - 1);
      score (work, &plan);
      keep_better (best, &plan);
    }
}

static void
try_bases (const Work *work, Plan *best)
{
  Plan based = *best;

  for (guint at = 0; at < work->set->vectors->len; at++)
    {
      const PiaoVector *base = &g_array_index (work->set->vectors, PiaoVector, at);

      if (base->values == NULL)
        continue;
      for (guint prediction = PIAO_PREDICT_NOTHING; prediction <= PIAO_PREDICT_LAST; prediction++)
        {
          Plan plan = { base, at, prediction, NULL, 0, 0 };

          score (work, &plan);
          if (based.base == NULL || plan.bits < based.bits)
            based = plan;
        }
    }
  if (based.base == NULL)
    return;
  keep_better (best, &based);
  if (!is_good_enough (work, best))
    try_same (work, best, based.base, based.base_at);
}

static Plan
choose (const Work *work, gboolean with_bases)
{
  Plan best = { .prediction = PIAO_PREDICT_NOTHING };

  score (work, &best);
  for (guint prediction = PIAO_PREDICT_LAST; prediction <= PIAO_PREDICT_LINE; prediction++)
    {
      Plan plan = { .prediction = prediction };

      if (is_good_enough (work, &best))
        return best;
      score (work, &plan);
      keep_better (&best, &plan);
    }
  if (work->set == NULL)
    return best;
  if (!is_good_enough (work, &best))
    try_same (work, &best, NULL, 0);
  if (with_bases && !is_good_enough (work, &best))
    try_bases (work, &best);
  return best;
}

static void
write_stream (PiaoByteWriter *writer, const Work *work, const Plan *plan)
{
  g_autofree guint64 *residuals = g_new (guint64, MAX (work->n, 1));

  piao_write_byte (writer,
                   (guint8)(plan->prediction | (plan->base != NULL ? PIAO_PREDICT_WITH_BASE : 0)));
  if (plan->base != NULL)
    piao_write_varint (writer, plan->base_at);
  if (plan->prediction == PIAO_PREDICT_SAME)
    piao_write_varint (writer, plan->same_at);
  for (guint i = 0; i < work->n; i++)
    residuals[i] = residual (work, plan, i);
  piao_vector_write_residuals (writer, residuals, work->n);
}

void
piao_vector_write_list (PiaoByteWriter *writer, gint64 *values, guint n)
{
  Work work;
  Plan plan;

  work_init (&work, NULL, values, NULL, n);
  plan = choose (&work, FALSE);
  write_stream (writer, &work, &plan);
}

/* --- dictionaries ---------------------------------------------------------------------------- */

typedef struct
{
  gint64 value;
  guint32 number; /* of appearance; then of its place among the sorted */
} Entry;

typedef struct
{
  GArray *entries; /* of Entry, as they appear */
  guint32 *slots;  /* numbers of entries + 1; 0 is free */
  guint n_slots;   /* a power of two */
} Distinct;

static guint
hash (gint64 value, guint n_slots)
{
  guint64 h = (guint64)value * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  return (guint)(h >> 32) & (n_slots - 1);
}

static void
distinct_grow (Distinct *self)
{
  self->n_slots *= 4;
  g_free (self->slots);
  self->slots = g_new0 (guint32, self->n_slots);
  for (guint i = 0; i < self->entries->len; i++)
    {
      guint slot = hash (g_array_index (self->entries, Entry, i).value, self->n_slots);

      while (self->slots[slot] != 0)
        slot = (slot + 1) & (self->n_slots - 1);
      self->slots[slot] = i + 1;
    }
}

static guint32
distinct_add (Distinct *self, gint64 value)
{
  guint slot = hash (value, self->n_slots);
  Entry entry = { value, self->entries->len };

  for (; self->slots[slot] != 0; slot = (slot + 1) & (self->n_slots - 1))
    if (g_array_index (self->entries, Entry, self->slots[slot] - 1).value == value)
      return self->slots[slot] - 1;
  g_array_append_val (self->entries, entry);
  self->slots[slot] = entry.number + 1;
  if (self->entries->len * 2 > self->n_slots)
    distinct_grow (self);
  return entry.number;
}

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  const Entry *left = a, *right = b;

  return left->value < right->value ? -1 : left->value > right->value;
}

/* In a sample of single rows nearly everything is another: no dictionary can help. */
static gboolean
looks_all_different (const Work *work)
{
  Distinct distinct = { g_array_new (FALSE, FALSE, sizeof (Entry)), g_new0 (guint32, 1024), 1024 };
  guint looked = 0;
  gboolean different;

  for (guint s = 0; s < SAMPLE && work->n > 4 * SAMPLE; s++, looked++)
    distinct_add (&distinct, work->values[row_of (work, (guint)((guint64)work->n * s / SAMPLE))]);
  different = looked > 0 && distinct.entries->len == looked;
  g_array_unref (distinct.entries);
  g_free (distinct.slots);
  return different;
}

/* The different values of the rows, sorted, with an index a row; NULL when there are too many. */
static gint64 *
make_dictionary (const Work *work, guint32 **index, guint *n_index)
{
  Distinct distinct = { g_array_new (FALSE, FALSE, sizeof (Entry)), g_new0 (guint32, 64), 64 };
  guint most = MIN (work->n / 2, PIAO_VECTOR_MAX_DICTIONARY), i;
  guint32 *made = g_new (guint32, MAX (work->set->n_rows, 1));
  gint64 *sorted = NULL;

  for (i = 0; i < work->n && distinct.entries->len <= most; i++)
    made[row_of (work, i)] = distinct_add (&distinct, work->values[row_of (work, i)]);
  if (distinct.entries->len <= most)
    {
      g_autofree guint32 *places = g_new (guint32, distinct.entries->len + 1);

      *n_index = distinct.entries->len;
      sorted = g_new (gint64, *n_index + 1);
      g_array_sort (distinct.entries, compare_entries);
      for (i = 0; i < *n_index; i++)
        {
          places[g_array_index (distinct.entries, Entry, i).number] = i;
          sorted[i] = g_array_index (distinct.entries, Entry, i).value;
        }
      for (i = 0; i < work->n; i++)
        made[row_of (work, i)] = places[made[row_of (work, i)]];
      *index = g_steal_pointer (&made);
    }
  g_array_unref (distinct.entries);
  g_free (distinct.slots);
  g_free (made);
  return sorted;
}

/* Marks the rows that hold nothing. */
static void
mark_nulls (guint32 *index, guint n_index, const guint32 *rows, guint n, guint n_rows)
{
  guint i = 0;

  for (guint row = 0; rows != NULL && row < n_rows; row++)
    if (i < n && rows[i] == row)
      i++;
    else
      index[row] = n_index;
}

/* Indexes as numbers, 0 where NULL. */
static gint64 *
widen (const guint32 *index, guint n_index, guint n_rows)
{
  gint64 *numbers = g_new (gint64, MAX (n_rows, 1));

  for (guint row = 0; row < n_rows; row++)
    numbers[row] = index[row] < n_index ? index[row] : 0;
  return numbers;
}

static gboolean
write_with_dictionary (const Work *work,
                       PiaoByteWriter *writer,
                       gint64 *values,
                       const Plan *direct,
                       gboolean wants_index)
{
  g_autofree gint64 *sorted = NULL;
  g_autofree guint32 *index = NULL;
  g_autofree gint64 *numbers = NULL;
  guint n_index = 0;
  Work entries, indexes;
  Plan entry_plan, index_plan;
  double slack = wants_index ? work->n / 8.0 + 512 : 0;

  if (!wants_index && looks_all_different (work))
    return FALSE;
  sorted = make_dictionary (work, &index, &n_index);
  if (sorted == NULL)
    return FALSE;
  mark_nulls (index, n_index, work->rows, work->n, work->set->n_rows);
  numbers = widen (index, n_index, work->set->n_rows);
  work_init (&entries, NULL, sorted, NULL, n_index);
  work_init (&indexes, work->set, numbers, work->rows, work->n);
  entry_plan = choose (&entries, FALSE);
  index_plan = choose (&indexes, FALSE);
  if (entry_plan.bits + index_plan.bits + 32 > direct->bits + slack)
    return FALSE;
  piao_write_byte (writer, PIAO_FORM_DICTIONARY);
  piao_write_varint (writer, n_index);
  write_stream (writer, &entries, &entry_plan);
  write_stream (writer, &indexes, &index_plan);
  piao_vector_set_add (work->set, values, FALSE, g_steal_pointer (&index), n_index);
  return TRUE;
}

/* --- vectors --------------------------------------------------------------------------------- */

void
piao_vector_write_index (PiaoVectorSet *set,
                         PiaoByteWriter *writer,
                         guint32 *index,
                         guint n_index,
                         const guint32 *rows,
                         guint n)
{
  g_autofree gint64 *numbers = widen (index, n_index, set->n_rows);
  Work work;
  Plan plan;

  work_init (&work, set, numbers, rows, n);
  plan = choose (&work, FALSE);
  write_stream (writer, &work, &plan);
  piao_vector_set_add (set, NULL, FALSE, index, n_index);
}

void
piao_vector_write_flags (PiaoVectorSet *set, PiaoByteWriter *writer, const gint64 *flags)
{
  Work work;
  Plan plan;

  work_init (&work, set, flags, NULL, set->n_rows);
  plan = choose (&work, FALSE);
  write_stream (writer, &work, &plan);
}

void
piao_vector_write (PiaoVectorSet *set,
                   PiaoByteWriter *writer,
                   gint64 *values,
                   const guint32 *rows,
                   guint n,
                   gboolean wants_index)
{
  Work work;
  Plan plan;

  work_init (&work, set, values, rows, n);
  plan = choose (&work, TRUE);
  if ((wants_index || !is_good_enough (&work, &plan))
      && write_with_dictionary (&work, writer, values, &plan, wants_index))
    return;
  piao_write_byte (writer, PIAO_FORM_DIRECT);
  write_stream (writer, &work, &plan);
  piao_vector_set_add (set, values, FALSE, NULL, 0);
}
