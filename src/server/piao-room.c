/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "server/piao-room.h"

/* Turns of a room before the others have theirs. */
#define MOST_TURNS 8
#define USUAL_FDS 8

struct _PiaoRoom
{
  GMainContext *context; /* owned */
  PiaoWatch *watch;      /* owned */
  GSource *source;       /* owned: of the default main context */
  GArray *fds;           /* of GPollFD: what the room waits for, as it said last */
  guint n_fds;           /* of them */
  GArray *polled;        /* of GPollFD: what the source waits for */
  GPtrArray *tags;       /* … and the tags of that */
};

typedef struct
{
  GSource parent;
  PiaoRoom *room; /* borrowed: it destroys this */
} Entrance;

/* --- turns ----------------------------------------------------------------------------------- */

/* What it waits for, and for how long: ms, or -1 for ever. */
static int
ask (PiaoRoom *self, int priority)
{
  int timeout, n;

  while ((n = g_main_context_query (self->context, priority, &timeout, (GPollFD *)self->fds->data,
                                    (int)self->fds->len))
         > (int)self->fds->len)
    g_array_set_size (self->fds, (guint)n);
  self->n_fds = (guint)n;
  return timeout;
}

/* Whether something was done; if not, @timeout says how long nothing will be. */
static gboolean
take_turn (PiaoRoom *self, int *timeout)
{
  GPollFD *fds;
  int priority;

  g_main_context_prepare (self->context, &priority);
  *timeout = ask (self, priority);
  fds = (GPollFD *)self->fds->data;
  g_poll (fds, self->n_fds, 0);
  if (!g_main_context_check (self->context, priority, fds, (int)self->n_fds))
    return FALSE;
  g_main_context_dispatch (self->context);
  return TRUE;
}

static gboolean
is_polled (const PiaoRoom *self)
{
  if (self->polled->len != self->n_fds)
    return FALSE;
  for (guint i = 0; i < self->n_fds; i++)
    {
      const GPollFD *now = &g_array_index (self->fds, GPollFD, i);
      const GPollFD *then = &g_array_index (self->polled, GPollFD, i);

      if (now->fd != then->fd || now->events != then->events)
        return FALSE;
    }
  return TRUE;
}

/* The main loop waits for what the room waits for. */
static void
rest (PiaoRoom *self, int timeout)
{
  g_source_set_ready_time (self->source,
                           timeout < 0 ? -1 : g_get_monotonic_time () + (gint64)timeout * 1000);
  if (is_polled (self))
    return;
  for (guint i = 0; i < self->tags->len; i++)
    g_source_remove_unix_fd (self->source, self->tags->pdata[i]);
  g_ptr_array_set_size (self->tags, 0);
  g_array_set_size (self->polled, 0);
  g_array_append_vals (self->polled, self->fds->data, self->n_fds);
  for (guint i = 0; i < self->n_fds; i++)
    {
      const GPollFD *one = &g_array_index (self->fds, GPollFD, i);

      g_ptr_array_add (self->tags, g_source_add_unix_fd (self->source, one->fd, one->events));
    }
}

static gboolean
entrance_dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
  /* The last of its connections may go in one of these turns. */
  g_autoptr (PiaoRoom) self = piao_room_ref (((Entrance *)source)->room);
  int timeout = 0;
  guint turns = 0;

  piao_room_enter (self);
  while (turns < MOST_TURNS && take_turn (self, &timeout))
    turns++;
  piao_room_leave (self);
  /* A room that is not at rest is looked into again, after the others. */
  if (turns == MOST_TURNS)
    g_source_set_ready_time (self->source, 0);
  else
    rest (self, timeout);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs entrance_funcs = { .dispatch = entrance_dispatch };

/* --- life ------------------------------------------------------------------------------------ */

PiaoWatch *
piao_room_get_watch (PiaoRoom *self)
{
  return self->watch;
}

void
piao_room_enter (PiaoRoom *self)
{
  g_main_context_push_thread_default (self->context);
}

void
piao_room_leave (PiaoRoom *self)
{
  g_main_context_pop_thread_default (self->context);
}

PiaoRoom *
piao_room_new (void)
{
  PiaoRoom *self = g_rc_box_new0 (PiaoRoom);

  /* Sources come from outside too, such as that of an answer that is ready: it must wake us. */
  self->context = g_main_context_new_with_flags (G_MAIN_CONTEXT_FLAGS_OWNERLESS_POLLING);
  self->watch = piao_watch_new (self->context);
  self->fds = g_array_sized_new (FALSE, TRUE, sizeof (GPollFD), USUAL_FDS);
  g_array_set_size (self->fds, USUAL_FDS);
  self->polled = g_array_new (FALSE, TRUE, sizeof (GPollFD));
  self->tags = g_ptr_array_new ();
  self->source = g_source_new (&entrance_funcs, sizeof (Entrance));
  ((Entrance *)self->source)->room = self;
  g_source_set_static_name (self->source, "piao-room");
  /* It says by itself what it waits for. */
  g_source_set_ready_time (self->source, 0);
  g_source_attach (self->source, NULL);
  return self;
}

PiaoRoom *
piao_room_ref (PiaoRoom *self)
{
  return g_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  PiaoRoom *self = data;

  g_source_destroy (self->source);
  g_source_unref (self->source);
  piao_watch_unref (self->watch);
  g_main_context_unref (self->context);
  g_array_unref (self->fds);
  g_array_unref (self->polled);
  g_ptr_array_unref (self->tags);
}

void
piao_room_unref (PiaoRoom *self)
{
  g_rc_box_release_full (self, clear);
}
