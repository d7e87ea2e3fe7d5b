/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The bad line of the tests is as slow and as far as it says: figures are measured on it. */

#include <string.h>

#include "tests/lib/bad-line.h"
#include "tests/lib/driver-world.h"

#define RATE 16000
#define DELAY 100

/* --- a server that sends back whatever comes ------------------------------------------------- */

static gboolean
on_client (GThreadedSocketService *service,
           GSocketConnection *connection,
           GObject *source,
           gpointer data)
{
  GInputStream *in = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  char bytes[4096];
  gssize n;

  while ((n = g_input_stream_read (in, bytes, sizeof bytes, NULL, NULL)) > 0
         && g_output_stream_write_all (out, bytes, (gsize)n, NULL, NULL, NULL))
    continue;
  return TRUE;
}

static GSocketService *
echo_new (guint *port)
{
  GSocketService *service = g_threaded_socket_service_new (10);

  *port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (service), NULL, NULL);
  g_assert_cmpuint (*port, >, 0);
  g_signal_connect (service, "run", G_CALLBACK (on_client), NULL);
  g_socket_service_start (service);
  return service;
}

/* --- a client -------------------------------------------------------------------------------- */

typedef struct
{
  GSocketConnection *connection;
  char bytes[65536];
  gsize received;
  gboolean ended;
} Client;

static void on_received (GObject *source, GAsyncResult *result, gpointer data);

static void
receive (Client *self)
{
  g_input_stream_read_async (g_io_stream_get_input_stream (G_IO_STREAM (self->connection)),
                             self->bytes + self->received, sizeof self->bytes - self->received,
                             G_PRIORITY_DEFAULT, NULL, on_received, self);
}

static void
on_received (GObject *source, GAsyncResult *result, gpointer data)
{
  Client *self = data;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL);

  if (n > 0)
    {
      self->received += (gsize)n;
      receive (self);
    }
  else
    self->ended = TRUE;
}

static Client *
client_new (BadLine *line)
{
  Client *self = g_new0 (Client, 1);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  const char *address = bad_line_get_url (line) + strlen ("http://");

  self->connection = g_socket_client_connect_to_host (client, address, 0, NULL, &error);
  g_assert_no_error (error);
  receive (self);
  return self;
}

static void
client_free (Client *self)
{
  g_socket_shutdown (g_socket_connection_get_socket (self->connection), TRUE, TRUE, NULL);
  await (self->ended);
  g_object_unref (self->connection);
  g_free (self);
}

static void
send_bytes (Client *self, gsize n)
{
  g_autofree char *bytes = g_malloc (n);

  memset (bytes, 'x', n);
  g_output_stream_write_all_async (g_io_stream_get_output_stream (G_IO_STREAM (self->connection)),
                                   bytes, n, G_PRIORITY_DEFAULT, NULL, NULL, NULL);
  /* Little fits into the system's buffers, so it is kept until all has come back. */
  g_object_set_data_full (G_OBJECT (self->connection), "bytes", g_steal_pointer (&bytes), g_free);
}

static double
get_seconds (gint64 since)
{
  return (double)(g_get_monotonic_time () - since) / G_USEC_PER_SEC;
}

/* --------------------------------------------------------------------------------------------- */

typedef struct
{
  GSocketService *echo;
  BadLine *line;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  guint port;

  fixture->echo = echo_new (&port);
  fixture->line = bad_line_new (port);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  bad_line_free (fixture->line);
  g_socket_service_stop (fixture->echo);
  g_object_unref (fixture->echo);
}

/* Two connections have together what the line has. */
static void
test_rate_is_shared (Fixture *fixture, gconstpointer data)
{
  const gsize n = 12000;
  gint64 start = g_get_monotonic_time ();
  Client *first, *second;

  bad_line_set_rate (fixture->line, RATE, 0);
  first = client_new (fixture->line);
  second = client_new (fixture->line);
  send_bytes (first, n);
  send_bytes (second, n);
  await (first->received == n && second->received == n);
  g_assert_cmpfloat (get_seconds (start), >=, 2.0 * n / RATE);
  g_assert_cmpuint (bad_line_get_up (fixture->line), ==, 2 * n);
  g_assert_cmpuint (bad_line_get_down (fixture->line), ==, 2 * n);
  client_free (first);
  client_free (second);
}

/* Both directions go at the same time, and so do packets on their way: a long message takes its
 * own time and one delay each way, not one a packet. */
static void
test_delay_is_not_rate (Fixture *fixture, gconstpointer data)
{
  const gsize n = 32000;
  Client *client;
  gint64 start;

  bad_line_set_rate (fixture->line, RATE, DELAY);
  client = client_new (fixture->line);
  send_bytes (client, 1);
  await (client->received == 1);
  start = g_get_monotonic_time ();
  send_bytes (client, n);
  await (client->received == n + 1);
  /* The answer begins when the first packet is there. */
  g_assert_cmpfloat (get_seconds (start), >=, (double)n / RATE + 2 * DELAY / 1000.0);
  g_assert_cmpfloat (get_seconds (start), <, 2 * (double)n / RATE);
  client_free (client);
}

/* Every exchange takes a round trip, and a new connection one more. */
static void
test_every_exchange_takes_a_round_trip (Fixture *fixture, gconstpointer data)
{
  const guint exchanges = 4;
  gint64 start = g_get_monotonic_time ();
  Client *client;

  bad_line_set_rate (fixture->line, 0, DELAY);
  client = client_new (fixture->line);
  for (guint i = 1; i <= exchanges; i++)
    {
      send_bytes (client, 10);
      await (client->received == 10 * i);
      g_assert_cmpfloat (get_seconds (start), >=, (i + 1) * 2 * DELAY / 1000.0);
    }
  client_free (client);
}

/* How much each of some connections gets through before it is cut. */
static char *
list_cuts (BadLine *line, guint32 seed)
{
  GString *list = g_string_new (NULL);
  guint before = bad_line_get_cuts (line);

  bad_line_cut_by_chance (line, 5, seed, 3000);
  for (guint i = 0; i < 5; i++)
    {
      Client *client = client_new (line);

      send_bytes (client, 4000);
      await (client->ended);
      g_string_append_printf (list, "%" G_GSIZE_FORMAT " ", client->received);
      g_object_unref (client->connection);
      g_free (client);
    }
  g_assert_cmpuint (bad_line_get_cuts (line), ==, before + 5);
  return g_string_free_and_steal (list);
}

/* The places of cuts come from the seed alone; what was cut off on the way down is exact. */
static void
test_cuts_repeat (Fixture *fixture, gconstpointer data)
{
  guint64 down = bad_line_get_down (fixture->line);
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  Client *client;

  bad_line_cut (fixture->line, 1, 0, 777);
  client = client_new (fixture->line);
  send_bytes (client, 4000);
  await (client->ended);
  g_assert_cmpuint (client->received, ==, 777);
  g_assert_cmpuint (bad_line_get_down (fixture->line) - down, ==, 777);
  g_object_unref (client->connection);
  g_free (client);
  first = list_cuts (fixture->line, 1);
  second = list_cuts (fixture->line, 2);
  g_assert_cmpstr (first, !=, second);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/sync/bad-line/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("rate-is-shared", test_rate_is_shared);
  ADD ("delay-is-not-rate", test_delay_is_not_rate);
  ADD ("every-exchange-takes-a-round-trip", test_every_exchange_takes_a_round_trip);
  ADD ("cuts-repeat", test_cuts_repeat);
  return g_test_run ();
}
