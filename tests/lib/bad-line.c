/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * DESIGN: each direction of the line is one transmitter that all connections share. A packet of a
 * connection is read, waits until the transmitter is free, is sent at the rate of the line, and
 * arrives a delay later, while the next is being sent already. A connection reads its next packet
 * when its last one has been sent, so connections take turns and little is kept in between. What
 * is under way when a connection is cut is lost.
 */

#include <string.h>
#include <sys/socket.h>

#include "tests/lib/bad-line.h"

/* Of a line with a rate or a delay; else whatever comes. */
#define PACKET 1448
#define LARGEST 65536
/* As little as the system allows is kept between a desktop and the line. */
#define SOCKET_BUFFER 8192
#define MOST_WAITING 8 /* packets that have arrived and nobody takes */

typedef struct _Pair Pair;

/* One direction of a connection. */
typedef struct
{
  Pair *pair; /* borrowed */
  GInputStream *from;
  GOutputStream *to;
  guint direction;
  guint64 read;    /* bytes */
  guint cut_after; /* 0 never */
  GQueue flight;   /* of GBytes: sent, not arrived; an empty one is the end */
  GQueue arrived;  /* of GBytes: to be written; the first is being written */
  gboolean full;   /* nothing is read before some of that has been written */
} Way;

struct _Pair
{
  BadLine *line;
  GSocketConnection *desktop, *server;
  Way ways[2];
  GPtrArray *timers; /* of Timer */
  guint references;  /* operations under way, and the line */
  gboolean closed;
};

typedef struct
{
  Way *way;
  void (*func) (Way *way);
  GSource *source; /* owned */
} Timer;

struct _BadLine
{
  GSocketService *service;
  char *url;
  guint server_port;
  guint rate, delay;
  guint cuts_left, after_up, after_down, cuts, connections;
  guint cut_most;
  GRand *chance; /* where connections are cut; NULL: at after_up and after_down */
  gboolean broken;
  char *portal;
  gint64 free_at[2]; /* µs: when the transmitter of a direction has sent all it was given */
  guint64 moved[2];  /* bytes */
  GPtrArray *pairs;  /* of Pair */
};

static void read_more (Way *way);

static void
pair_unref (Pair *pair)
{
  if (--pair->references > 0)
    return;
  g_clear_object (&pair->desktop);
  g_clear_object (&pair->server);
  for (guint i = 0; i < G_N_ELEMENTS (pair->ways); i++)
    {
      g_queue_clear_full (&pair->ways[i].flight, (GDestroyNotify)g_bytes_unref);
      g_queue_clear_full (&pair->ways[i].arrived, (GDestroyNotify)g_bytes_unref);
    }
  g_ptr_array_unref (pair->timers);
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
  if (pair->closed)
    return;
  pair->closed = TRUE;
  g_ptr_array_set_size (pair->timers, 0);
  close_one (pair->desktop);
  close_one (pair->server);
  g_ptr_array_remove_fast (pair->line->pairs, pair);
}

/* --- time ------------------------------------------------------------------------------------ */

static void
timer_free (gpointer data)
{
  Timer *timer = data;

  g_source_destroy (timer->source);
  g_source_unref (timer->source);
  g_free (timer);
}

static gboolean
on_time (gpointer data)
{
  Timer *timer = data;
  Way *way = timer->way;
  Pair *pair = way->pair;
  void (*func) (Way *) = timer->func;

  pair->references++;
  g_ptr_array_remove (pair->timers, timer);
  func (way);
  pair_unref (pair);
  return G_SOURCE_REMOVE;
}

/* Calls @func at @when, µs, unless the connection is closed before. */
static void
at_time (Way *way, gint64 when, void (*func) (Way *way))
{
  Timer *timer = g_new0 (Timer, 1);

  timer->way = way;
  timer->func = func;
  timer->source = g_timeout_source_new (0);
  g_source_set_ready_time (timer->source, when);
  g_source_set_callback (timer->source, on_time, timer, NULL);
  g_source_attach (timer->source, NULL);
  g_ptr_array_add (way->pair->timers, timer);
}

/* --- a packet -------------------------------------------------------------------------------- */

static gboolean
is_thin (const BadLine *line)
{
  return line->rate > 0 || line->delay > 0;
}

static void write_next (Way *way);

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  Way *way = data;
  Pair *pair = way->pair;

  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL))
    pair_close (pair);
  g_bytes_unref (g_queue_pop_head (&way->arrived));
  if (!pair->closed)
    write_next (way);
  if (!pair->closed && way->full)
    read_more (way);
  pair_unref (pair);
}

/* Writes the first that has arrived; its end closes the connection. */
static void
write_next (Way *way)
{
  GBytes *bytes = g_queue_peek_head (&way->arrived);
  gsize size;
  gconstpointer data;

  if (bytes == NULL)
    return;
  data = g_bytes_get_data (bytes, &size);
  if (size == 0)
    {
      pair_close (way->pair);
      return;
    }
  way->pair->references++;
  g_output_stream_write_all_async (way->to, data, size, G_PRIORITY_DEFAULT, NULL, on_written, way);
}

static void
arrive (Way *way)
{
  GBytes *bytes = g_queue_pop_head (&way->flight);

  way->pair->line->moved[way->direction] += g_bytes_get_size (bytes);
  g_queue_push_tail (&way->arrived, bytes);
  if (g_queue_get_length (&way->arrived) == 1)
    write_next (way);
}

/* Gives @bytes to the transmitter. */
static void
send_packet (Way *way, GBytes *bytes)
{
  BadLine *line = way->pair->line;
  gint64 *free_at = &line->free_at[way->direction];
  gint64 now = g_get_monotonic_time ();
  gsize size = g_bytes_get_size (bytes);

  g_queue_push_tail (&way->flight, bytes);
  *free_at = MAX (*free_at, now);
  if (line->rate > 0)
    *free_at += (gint64)size * G_USEC_PER_SEC / line->rate;
  at_time (way, *free_at + (gint64)line->delay * 1000, arrive);
  if (size > 0)
    at_time (way, *free_at, read_more);
}

/* What is read of a connection that is to be cut ends at that byte. */
static GBytes *
cut_bytes (Way *way, GBytes *bytes)
{
  guint64 left = way->cut_after - way->read;

  if (way->cut_after == 0 || g_bytes_get_size (bytes) < left)
    return g_bytes_ref (bytes);
  way->pair->line->cuts++;
  return g_bytes_new_from_bytes (bytes, 0, left);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  Way *way = data;
  Pair *pair = way->pair;
  g_autoptr (GBytes) read
      = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, NULL);
  GBytes *bytes;

  if (!pair->closed)
    {
      bytes = read != NULL ? cut_bytes (way, read) : g_bytes_new (NULL, 0);
      way->read += g_bytes_get_size (bytes);
      send_packet (way, bytes);
      if (way->cut_after > 0 && way->read == way->cut_after)
        {
          /* The other end hears of the first part, and then of nothing more. */
          way->cut_after = 0;
          send_packet (way, g_bytes_new (NULL, 0));
        }
    }
  pair_unref (pair);
}

static void
read_more (Way *way)
{
  way->full = g_queue_get_length (&way->arrived) >= MOST_WAITING;
  if (way->full)
    return;
  way->pair->references++;
  g_input_stream_read_bytes_async (way->from, is_thin (way->pair->line) ? PACKET : LARGEST,
                                   G_PRIORITY_DEFAULT, NULL, on_read, way);
}

/* --- a connection ---------------------------------------------------------------------------- */

/* Where the next connection is cut. */
static void
plan_cut (BadLine *self, Pair *pair)
{
  guint direction;

  if (self->cuts_left == 0)
    return;
  self->cuts_left--;
  if (self->chance == NULL)
    {
      pair->ways[0].cut_after = self->after_up;
      pair->ways[1].cut_after = self->after_down;
      return;
    }
  direction = (guint)g_rand_int_range (self->chance, 0, 2);
  pair->ways[direction].cut_after
      = (guint)g_rand_int_range (self->chance, 1, (gint32)self->cut_most + 1);
}

static void
pair_start (Pair *pair)
{
  GIOStream *ends[] = { G_IO_STREAM (pair->desktop), G_IO_STREAM (pair->server) };
  BadLine *line = pair->line;

  for (guint i = 0; i < G_N_ELEMENTS (pair->ways); i++)
    {
      pair->ways[i].pair = pair;
      pair->ways[i].direction = i;
      pair->ways[i].from = g_io_stream_get_input_stream (ends[i]);
      pair->ways[i].to = g_io_stream_get_output_stream (ends[1 - i]);
      g_queue_init (&pair->ways[i].flight);
      g_queue_init (&pair->ways[i].arrived);
    }
  plan_cut (line, pair);
  /* A connection is opened by a packet each way, before the first byte goes up. */
  at_time (&pair->ways[0], g_get_monotonic_time () + (gint64)line->delay * 2000, read_more);
  read_more (&pair->ways[1]);
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
  g_input_stream_read_bytes_async (g_io_stream_get_input_stream (desktop), PACKET,
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
  pair->timers = g_ptr_array_new_with_free_func (timer_free);
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
  g_autoptr (GSocket) socket
      = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);

  g_assert_no_error (error);
  self->server_port = server_port;
  self->pairs = g_ptr_array_new_with_free_func ((GDestroyNotify)pair_unref);
  self->service = g_socket_service_new ();
  /* What is accepted has the buffer of what listens. */
  g_socket_set_option (socket, SOL_SOCKET, SO_RCVBUF, SOCKET_BUFFER, &error);
  g_assert_no_error (error);
  g_socket_bind (socket, loopback, TRUE, &error);
  g_assert_no_error (error);
  g_socket_listen (socket, &error);
  g_assert_no_error (error);
  g_socket_listener_add_socket (G_SOCKET_LISTENER (self->service), socket, NULL, &error);
  g_assert_no_error (error);
  bound = g_socket_get_local_address (socket, &error);
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
  g_clear_pointer (&self->chance, g_rand_free);
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
  g_clear_pointer (&self->chance, g_rand_free);
  self->cuts_left = times;
  self->after_up = after_up;
  self->after_down = after_down;
  /* Connections that are kept open count from now on as well. */
  cut_all (self);
}

void
bad_line_cut_by_chance (BadLine *self, guint times, guint32 seed, guint most)
{
  bad_line_cut (self, times, 0, 0);
  self->chance = g_rand_new_with_seed (seed);
  self->cut_most = most;
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
  return self->moved[0];
}

guint64
bad_line_get_down (BadLine *self)
{
  return self->moved[1];
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
