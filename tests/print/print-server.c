/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include <gio/gio.h>
#include <sys/socket.h>

#include "print-server.h"

#define LIMIT (60 * G_USEC_PER_SEC)

struct _PrintServer
{
  PrintServerMood mood;
  GSocket *socket;
  guint16 port;
  GCancellable *off;
  GAsyncQueue *received; /* GBytes */
  GThread *thread;
};

static GSocket *
listen_on (guint16 port)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, port);
  g_autoptr (GError) error = NULL;
  GSocket *socket
      = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);

  g_assert_no_error (error);
  g_socket_set_option (socket, SOL_SOCKET, SO_RCVBUF, 8192, NULL);
  g_socket_bind (socket, address, TRUE, &error);
  g_assert_no_error (error);
  g_socket_listen (socket, &error);
  g_assert_no_error (error);
  return socket;
}

static guint16
get_port (GSocket *socket)
{
  g_autoptr (GSocketAddress) address = g_socket_get_local_address (socket, NULL);

  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
}

guint16
print_server_find_port (void)
{
  g_autoptr (GSocket) socket = listen_on (0);

  return get_port (socket);
}

static void
read_connection (PrintServer *self, GSocket *peer)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  char buffer[4096];
  gssize got;

  while ((got = g_socket_receive (peer, buffer, sizeof buffer, self->off, NULL)) > 0)
    g_byte_array_append (bytes, (const guint8 *)buffer, (guint)got);
  if (got == 0)
    g_async_queue_push (self->received, g_byte_array_free_to_bytes (g_steal_pointer (&bytes)));
}

static void
break_connection (PrintServer *self, GSocket *peer)
{
  struct linger now = { 1, 0 };
  char buffer[16];

  g_socket_receive (peer, buffer, sizeof buffer, self->off, NULL);
  setsockopt (g_socket_get_fd (peer), SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

static gpointer
serve (gpointer data)
{
  PrintServer *self = data;

  while (!g_cancellable_is_cancelled (self->off))
    {
      g_autoptr (GSocket) peer = g_socket_accept (self->socket, self->off, NULL);

      if (peer == NULL)
        continue;
      if (self->mood == PRINT_SERVER_READS)
        read_connection (self, peer);
      else if (self->mood == PRINT_SERVER_BREAKS)
        break_connection (self, peer);
      else
        {
          g_async_queue_push (self->received, g_bytes_new (NULL, 0));
          g_socket_condition_wait (peer, G_IO_ERR, self->off, NULL);
        }
    }
  return NULL;
}

PrintServer *
print_server_new (PrintServerMood mood, guint16 port)
{
  PrintServer *self = g_new0 (PrintServer, 1);

  self->mood = mood;
  self->socket = listen_on (port);
  self->port = get_port (self->socket);
  self->off = g_cancellable_new ();
  self->received = g_async_queue_new_full ((GDestroyNotify)g_bytes_unref);
  self->thread = g_thread_new ("printer", serve, self);
  return self;
}

guint16
print_server_get_port (PrintServer *self)
{
  return self->port;
}

GBytes *
print_server_await (PrintServer *self)
{
  gint64 until = g_get_monotonic_time () + LIMIT;
  GBytes *bytes;

  while ((bytes = g_async_queue_timeout_pop (self->received, 5000)) == NULL)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, until);
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }
  return bytes;
}

guint
print_server_count (PrintServer *self)
{
  return (guint)MAX (g_async_queue_length (self->received), 0);
}

void
print_server_free (PrintServer *self)
{
  if (self == NULL)
    return;
  g_cancellable_cancel (self->off);
  g_thread_join (self->thread);
  g_socket_close (self->socket, NULL);
  g_object_unref (self->socket);
  g_object_unref (self->off);
  g_async_queue_unref (self->received);
  g_free (self);
}
