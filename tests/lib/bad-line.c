/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "tests/lib/bad-line.h"

#define CHUNK 2048

typedef struct _Pair Pair;

/* One direction of a connection. */
typedef struct
{
  Pair *pair; /* borrowed */
  GInputStream *from;
  GOutputStream *to;
  guint64 *total; /* of the line */
  guint64 moved;
  guint cut_after; /* 0 never */
  GBytes *chunk;   /* being written */
  guint timer;
} Way;

struct _Pair
{
  BadLine *line; /* NULL once it is gone */
  GSocketConnection *desktop, *server;
  Way up, down;
  guint references; /* operations under way, and the line */
  gboolean closed;
};

struct _BadLine
{
  GSocketService *service;
  char *url;
  guint server_port;
  guint rate, delay;
  guint cuts_left, after_up, after_down, cuts, connections;
  gboolean broken;
  char *portal;
  guint64 up, down;
  GPtrArray *pairs; /* of Pair */
};

static void read_more (Way *way);

static void
pair_unref (Pair *pair)
{
  if (--pair->references > 0)
    return;
  g_clear_object (&pair->desktop);
  g_clear_object (&pair->server);
  g_clear_pointer (&pair->up.chunk, g_bytes_unref);
  g_clear_pointer (&pair->down.chunk, g_bytes_unref);
  g_free (pair);
}

static void
close_one (GSocketConnection *connection)
{
  if (connection == NULL)
    return;
  g_socket_close (g_socket_connection_get_socket (connection), NULL);
}

static void
pair_close (Pair *pair)
{
  Way *const ways[] = { &pair->up, &pair->down };

  if (pair->closed)
    return;
  pair->closed = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    if (ways[i]->timer != 0)
      {
        g_clear_handle_id (&ways[i]->timer, g_source_remove);
        pair_unref (pair);
      }
  close_one (pair->desktop);
  close_one (pair->server);
  if (pair->line != NULL)
    g_ptr_array_remove_fast (pair->line->pairs, pair);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  Way *way = data;
  Pair *pair = way->pair;

  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL))
    pair_close (pair);
  g_clear_pointer (&way->chunk, g_bytes_unref);
  if (!pair->closed)
    read_more (way);
  pair_unref (pair);
}

static gboolean
pass_on (gpointer data)
{
  Way *way = data;
  Pair *pair = way->pair;
  gsize size;
  gconstpointer bytes = g_bytes_get_data (way->chunk, &size);

  way->timer = 0;
  way->moved += size;
  *way->total += size;
  if (way->cut_after > 0 && way->moved >= way->cut_after)
    {
      pair->line->cuts++;
      pair_close (pair);
    }
  else
    {
      pair->references++;
      g_output_stream_write_all_async (way->to, bytes, size, G_PRIORITY_DEFAULT, NULL, on_written,
                                       way);
    }
  pair_unref (pair);
  return G_SOURCE_REMOVE;
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  Way *way = data;
  Pair *pair = way->pair;
  BadLine *line = pair->line;
  g_autoptr (GBytes) chunk
      = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, NULL);
  guint wait;

  if (pair->closed || line == NULL || chunk == NULL || g_bytes_get_size (chunk) == 0)
    {
      pair_close (pair);
      pair_unref (pair);
      return;
    }
  way->chunk = g_steal_pointer (&chunk);
  wait = line->rate > 0 ? (guint)(g_bytes_get_size (way->chunk) * 1000 / line->rate) : 0;
  /* Whatever follows within a burst has waited already. */
  if (way->moved == 0)
    wait += line->delay;
  way->timer = g_timeout_add (wait, pass_on, way);
}

static void
read_more (Way *way)
{
  way->pair->references++;
  g_input_stream_read_bytes_async (way->from, CHUNK, G_PRIORITY_DEFAULT, NULL, on_read, way);
}

static void
pair_start (Pair *pair)
{
  GIOStream *desktop = G_IO_STREAM (pair->desktop), *server = G_IO_STREAM (pair->server);

  pair->up = (Way){ pair, g_io_stream_get_input_stream (desktop),
                    g_io_stream_get_output_stream (server), &pair->line->up };
  pair->down = (Way){ pair, g_io_stream_get_input_stream (server),
                      g_io_stream_get_output_stream (desktop), &pair->line->down };
  if (pair->line->cuts_left > 0)
    {
      pair->line->cuts_left--;
      pair->up.cut_after = pair->line->after_up;
      pair->down.cut_after = pair->line->after_down;
    }
  read_more (&pair->up);
  read_more (&pair->down);
}

/* Answers whatever was asked, and hangs up. */
static void
on_asked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GIOStream) desktop = data;
  g_autoptr (GBytes) asked
      = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, NULL);
  const char *answer = g_object_get_data (G_OBJECT (desktop), "answer");

  if (asked != NULL)
    g_output_stream_write_all (g_io_stream_get_output_stream (desktop), answer, strlen (answer),
                               NULL, NULL, NULL);
  g_io_stream_close (desktop, NULL, NULL);
}

static void
show_portal (BadLine *self, GIOStream *desktop)
{
  g_object_set_data_full (G_OBJECT (desktop), "answer", g_strdup (self->portal), g_free);
  g_input_stream_read_bytes_async (g_io_stream_get_input_stream (desktop), CHUNK,
                                   G_PRIORITY_DEFAULT, NULL, on_asked, g_object_ref (desktop));
}

static gboolean
on_incoming (GSocketService *service, GSocketConnection *desktop, GObject *object, gpointer data)
{
  BadLine *self = data;
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) server = NULL;
  Pair *pair;

  self->connections++;
  if (self->portal != NULL)
    {
      show_portal (self, G_IO_STREAM (desktop));
      return TRUE;
    }
  if (!self->broken)
    server = g_socket_client_connect_to_host (client, "127.0.0.1", (guint16)self->server_port, NULL,
                                              NULL);
  if (server == NULL)
    {
      close_one (desktop);
      return TRUE;
    }
  pair = g_new0 (Pair, 1);
  pair->line = self;
  pair->references = 1;
  pair->desktop = g_object_ref (desktop);
  pair->server = g_steal_pointer (&server);
  g_ptr_array_add (self->pairs, pair);
  pair_start (pair);
  return TRUE;
}

BadLine *
bad_line_new (guint server_port)
{
  BadLine *self = g_new0 (BadLine, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) loopback = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) bound = NULL;

  self->server_port = server_port;
  self->pairs = g_ptr_array_new_with_free_func ((GDestroyNotify)pair_unref);
  self->service = g_socket_service_new ();
  g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), loopback, G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_TCP, NULL, &bound, &error);
  g_assert_no_error (error);
  self->url = g_strdup_printf ("http://127.0.0.1:%u",
                               g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)));
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_incoming), self);
  return self;
}

static void
cut_all (BadLine *self)
{
  while (self->pairs->len > 0)
    pair_close (g_ptr_array_index (self->pairs, self->pairs->len - 1));
}

void
bad_line_free (BadLine *self)
{
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  cut_all (self);
  /* What was under way ends with its sockets. */
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_ptr_array_unref (self->pairs);
  g_object_unref (self->service);
  g_free (self->portal);
  g_free (self->url);
  g_free (self);
}

const char *
bad_line_get_url (BadLine *self)
{
  return self->url;
}

void
bad_line_set_rate (BadLine *self, guint rate, guint delay)
{
  self->rate = rate;
  self->delay = delay;
}

void
bad_line_cut (BadLine *self, guint times, guint after_up, guint after_down)
{
  self->cuts_left = times;
  self->after_up = after_up;
  self->after_down = after_down;
  /* Connections that are kept open count from now on as well. */
  cut_all (self);
}

void
bad_line_break (BadLine *self)
{
  self->broken = TRUE;
  cut_all (self);
}

void
bad_line_mend (BadLine *self)
{
  self->broken = FALSE;
}

void
bad_line_set_portal (BadLine *self, const char *answer)
{
  g_set_str (&self->portal, answer);
  cut_all (self);
}

guint64
bad_line_get_up (BadLine *self)
{
  return self->up;
}

guint64
bad_line_get_down (BadLine *self)
{
  return self->down;
}

guint
bad_line_get_cuts (BadLine *self)
{
  return self->cuts;
}

guint
bad_line_get_connections (BadLine *self)
{
  return self->connections;
}
