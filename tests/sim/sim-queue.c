/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "tests/sim/sim-queue.h"

typedef struct
{
  gint64 at;
  guint64 serial;
  SimFunc func;
  gpointer data;
  GDestroyNotify destroy;
} Event;

/* A binary heap, the next event first. */
struct _SimQueue
{
  GArray *heap; /* of Event */
  guint64 serial;
};

SimQueue *
sim_queue_new (void)
{
  SimQueue *self = g_new0 (SimQueue, 1);

  self->heap = g_array_new (FALSE, FALSE, sizeof (Event));
  return self;
}

static void
event_clear (Event *event)
{
  if (event->destroy != NULL)
    event->destroy (event->data);
}

void
sim_queue_free (SimQueue *self)
{
  for (guint i = 0; i < self->heap->len; i++)
    event_clear (&g_array_index (self->heap, Event, i));
  g_array_unref (self->heap);
  g_free (self);
}

static gboolean
is_before (SimQueue *self, guint a, guint b)
{
  const Event *left = &g_array_index (self->heap, Event, a);
  const Event *right = &g_array_index (self->heap, Event, b);

  return left->at < right->at || (left->at == right->at && left->serial < right->serial);
}

static void
swap (SimQueue *self, guint a, guint b)
{
  Event event = g_array_index (self->heap, Event, a);

  g_array_index (self->heap, Event, a) = g_array_index (self->heap, Event, b);
  g_array_index (self->heap, Event, b) = event;
}

void
sim_queue_add (SimQueue *self, gint64 at, SimFunc func, gpointer data, GDestroyNotify destroy)
{
  Event event = { at, self->serial++, func, data, destroy };
  guint i = self->heap->len;

  g_array_append_val (self->heap, event);
  for (; i > 0 && is_before (self, i, (i - 1) / 2); i = (i - 1) / 2)
    swap (self, i, (i - 1) / 2);
}

gint64
sim_queue_next_at (SimQueue *self)
{
  return self->heap->len > 0 ? g_array_index (self->heap, Event, 0).at : G_MAXINT64;
}

void
sim_queue_run_next (SimQueue *self)
{
  Event event = g_array_index (self->heap, Event, 0);
  guint i = 0, last = self->heap->len - 1;

  swap (self, 0, last);
  g_array_set_size (self->heap, last);
  for (;;)
    {
      guint least = i;

      for (guint child = 2 * i + 1; child <= 2 * i + 2 && child < last; child++)
        if (is_before (self, child, least))
          least = child;
      if (least == i)
        break;
      swap (self, i, least);
      i = least;
    }
  event.func (event.data);
  event_clear (&event);
}
