/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "server/piao-watch.h"

#define AT_ONCE 128

struct _PiaoWatch
{
  int epoll;
  GSource *source;     /* owned: looks into the set when something has happened */
  GHashTable *waiting; /* descriptor → Wait, borrowed */
};

/* The source that looks into the set. */
typedef struct
{
  GSource parent;
  PiaoWatch *watch; /* borrowed: it destroys this */
  gpointer tag;     /* of its descriptor */
} Look;

/* A source of one who waits. */
typedef struct
{
  GSource parent;
  PiaoWatch *watch; /* referenced */
  GObject *stream;  /* referenced */
  int fd;           /* -1: forgotten */
  gboolean ready;
} Wait;

/* --- the set --------------------------------------------------------------------------------- */

/* Once each time: whoever was told is not told again before he has looked. */
static gboolean
arm (Wait *wait, int operation)
{
  struct epoll_event event = { .events = EPOLLIN | EPOLLRDHUP | EPOLLONESHOT, .data.ptr = wait };

  return epoll_ctl (wait->watch->epoll, operation, wait->fd, &event) == 0;
}

static void
disarm (Wait *wait)
{
  if (wait->fd < 0)
    return;
  g_hash_table_remove (wait->watch->waiting, GINT_TO_POINTER (wait->fd));
  epoll_ctl (wait->watch->epoll, EPOLL_CTL_DEL, wait->fd, NULL);
  wait->fd = -1;
}

/* Before those who wait are asked in this turn of the loop. */
static gboolean
look_check (GSource *source)
{
  Look *look = (Look *)source;
  struct epoll_event events[AT_ONCE];
  int n = 0;

  if (g_source_query_unix_fd (source, look->tag) != 0)
    n = epoll_wait (look->watch->epoll, events, AT_ONCE, 0);
  for (int i = 0; i < n; i++)
    ((Wait *)events[i].data.ptr)->ready = TRUE;
  return FALSE;
}

static gboolean
look_dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
  return G_SOURCE_CONTINUE;
}

/* --- who waits ------------------------------------------------------------------------------- */

static gboolean
wait_check (GSource *source)
{
  return ((Wait *)source)->ready;
}

static gboolean
wait_dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
  Wait *wait = (Wait *)source;
  gboolean again;

  wait->ready = FALSE;
  again = ((GPollableSourceFunc)(gpointer)callback) (wait->stream, data);
  if (again && wait->fd >= 0 && !g_source_is_destroyed (source))
    arm (wait, EPOLL_CTL_MOD);
  return again;
}

/* libsoup gives its sources closures. */
static gboolean
wait_call_closure (GObject *stream, gpointer data)
{
  g_auto (GValue) again = G_VALUE_INIT;
  g_auto (GValue) which = G_VALUE_INIT;

  g_value_init (&again, G_TYPE_BOOLEAN);
  g_value_init (&which, G_TYPE_OBJECT);
  g_value_set_object (&which, stream);
  g_closure_invoke (data, &again, 1, &which, NULL);
  return g_value_get_boolean (&again);
}

static void
wait_finalize (GSource *source)
{
  Wait *wait = (Wait *)source;

  disarm (wait);
  g_object_unref (wait->stream);
  piao_watch_unref (wait->watch);
}

static GSourceFuncs look_funcs = { .check = look_check, .dispatch = look_dispatch };
static GSourceFuncs wait_funcs
    = { .check = wait_check,
        .dispatch = wait_dispatch,
        .finalize = wait_finalize,
        .closure_callback = G_SOURCE_FUNC (wait_call_closure),
        .closure_marshal = (GSourceDummyMarshal)g_cclosure_marshal_generic };

GSource *
piao_watch_create_source (PiaoWatch *self, GObject *stream, GSocket *socket)
{
  int fd = g_socket_get_fd (socket);
  Wait *wait = g_hash_table_lookup (self->waiting, GINT_TO_POINTER (fd));
  GSource *source;

  /* One that is destroyed and still held by somebody waits no more. */
  if (wait != NULL && g_source_is_destroyed (&wait->parent))
    disarm (wait);
  else if (wait != NULL)
    return NULL;
  source = g_source_new (&wait_funcs, sizeof (Wait));
  wait = (Wait *)source;
  g_source_set_static_name (source, "piao-watch");
  wait->watch = piao_watch_ref (self);
  wait->stream = g_object_ref (stream);
  wait->fd = fd;
  g_hash_table_insert (self->waiting, GINT_TO_POINTER (fd), wait);
  if (arm (wait, EPOLL_CTL_ADD))
    return source;
  /* No descriptor of a connection, or the system has no room. */
  disarm (wait);
  g_source_unref (source);
  return NULL;
}

void
piao_watch_forget (PiaoWatch *self, GSocket *socket)
{
  Wait *wait = g_hash_table_lookup (self->waiting, GINT_TO_POINTER (g_socket_get_fd (socket)));

  if (wait != NULL)
    disarm (wait);
}

/* --- life ------------------------------------------------------------------------------------ */

PiaoWatch *
piao_watch_new (GMainContext *context)
{
  PiaoWatch *self = g_rc_box_new0 (PiaoWatch);

  self->epoll = epoll_create1 (EPOLL_CLOEXEC);
  if (self->epoll < 0)
    g_error ("epoll: %s", g_strerror (errno));
  self->waiting = g_hash_table_new (NULL, NULL);
  self->source = g_source_new (&look_funcs, sizeof (Look));
  ((Look *)self->source)->watch = self;
  ((Look *)self->source)->tag = g_source_add_unix_fd (self->source, self->epoll, G_IO_IN);
  g_source_set_static_name (self->source, "piao-watch-look");
  g_source_set_priority (self->source, G_PRIORITY_HIGH);
  g_source_attach (self->source, context);
  return self;
}

PiaoWatch *
piao_watch_ref (PiaoWatch *self)
{
  return g_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  PiaoWatch *self = data;

  g_source_destroy (self->source);
  g_source_unref (self->source);
  g_hash_table_unref (self->waiting);
  close (self->epoll);
}

void
piao_watch_unref (PiaoWatch *self)
{
  g_rc_box_release_full (self, clear);
}
