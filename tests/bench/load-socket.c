/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/bench/load-socket.h"

#define EVENTS 256
#define CHUNK 65536

struct _LoadSocket
{
  int epoll, fd;
  LoadSocketFunc func;
  gpointer data;
  GByteArray *in;
  GByteArray *out; /* what found no room yet */
};

static void
watch (LoadSocket *self, int operation, guint32 events)
{
  struct epoll_event event = { .events = events, .data.ptr = self };

  if (epoll_ctl (self->epoll, operation, self->fd, &event) != 0)
    g_error ("epoll: %s", g_strerror (errno));
}

LoadSocket *
load_socket_new (int epoll, guint port, LoadSocketFunc func, gpointer data)
{
  LoadSocket *self = g_new0 (LoadSocket, 1);
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_port = htons ((guint16)port),
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  int at_once = 1;

  self->epoll = epoll;
  self->func = func;
  self->data = data;
  self->in = g_byte_array_new ();
  self->out = g_byte_array_new ();
  self->fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (self->fd < 0 || connect (self->fd, (struct sockaddr *)&address, sizeof address) != 0)
    g_error ("port %u of 127.0.0.1: %s", port, g_strerror (errno));
  setsockopt (self->fd, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
  watch (self, EPOLL_CTL_ADD, EPOLLIN);
  return self;
}

void
load_socket_free (LoadSocket *self)
{
  close (self->fd);
  g_byte_array_unref (self->in);
  g_byte_array_unref (self->out);
  g_free (self);
}

static gsize
write_some (LoadSocket *self, const guint8 *bytes, gsize size)
{
  gssize n = send (self->fd, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);

  if (n < 0 && errno != EAGAIN)
    g_error ("the server does not listen any more: %s", g_strerror (errno));
  return n < 0 ? 0 : (gsize)n;
}

void
load_socket_send (LoadSocket *self, gconstpointer bytes, gsize size)
{
  gsize sent = self->out->len == 0 ? write_some (self, bytes, size) : 0;

  if (sent == size)
    return;
  g_byte_array_append (self->out, (const guint8 *)bytes + sent, (guint)(size - sent));
  watch (self, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
}

static void
flush_out (LoadSocket *self)
{
  gsize sent = write_some (self, self->out->data, self->out->len);

  g_byte_array_remove_range (self->out, 0, (guint)sent);
  if (self->out->len == 0)
    watch (self, EPOLL_CTL_MOD, EPOLLIN);
}

static void
take_in (LoadSocket *self)
{
  static guint8 chunk[CHUNK];
  gssize n = recv (self->fd, chunk, sizeof chunk, MSG_DONTWAIT);

  if (n == 0 || (n < 0 && errno != EAGAIN))
    g_error ("the server has closed a connection: %s", n == 0 ? "end" : g_strerror (errno));
  if (n < 0)
    return;
  g_byte_array_append (self->in, chunk, (guint)n);
  for (gsize used = 1; used > 0 && self->in->len > 0;)
    {
      used = self->func (self->in->data, self->in->len, self->data);
      g_byte_array_remove_range (self->in, 0, (guint)used);
    }
}

void
load_socket_dispatch (int epoll, int ms)
{
  struct epoll_event events[EVENTS];
  int n = epoll_wait (epoll, events, EVENTS, ms);

  for (int i = 0; i < n; i++)
    {
      if ((events[i].events & EPOLLOUT) != 0)
        flush_out (events[i].data.ptr);
      if ((events[i].events & ~(guint32)EPOLLOUT) != 0)
        take_in (events[i].data.ptr);
    }
}
