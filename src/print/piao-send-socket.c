/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>

#include "base/piao-error.h"
#include "print/piao-print-output-private.h"

#define DEFAULT_PORT 9100
#define CHUNK 4096
#define GOODBYE_MS 3000 /* some printers never close their side */

static gboolean
fail (const PiaoSending *sending, const GError *cause, GError **error)
{
  return piao_error_set (error, PIAO_ERROR_UNAVAILABLE, "printer.unreachable",
                         _ ("The printer at %s does not answer (%s). Is it switched on and "
                            "connected?"),
                         sending->place, cause->message);
}

static gboolean
late (const PiaoSending *sending, GError **error)
{
  return piao_error_set (error, PIAO_ERROR_UNAVAILABLE, "printer.slow",
                         _ ("The printer at %s stopped taking data. Is there paper in it and its "
                            "lid closed?"),
                         sending->place);
}

static GSocketConnection *
connect_to (const PiaoSending *sending, GError **error)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) cause = NULL;
  GSocketConnection *connection;

  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_set_timeout (client, MAX (sending->connect_ms / 1000, 1));
  connection = g_socket_client_connect_to_host (client, sending->place, DEFAULT_PORT, NULL, &cause);
  if (connection == NULL)
    fail (sending, cause, error);
  return connection;
}

/* Waits until @socket is ready, at most until the deadline of the whole. */
static gboolean
wait_for (const PiaoSending *sending, GSocket *socket, GIOCondition condition, GError **error)
{
  guint left = piao_sending_get_left (sending);

  if (left > 0
      && g_socket_condition_timed_wait (socket, condition, (gint64)left * 1000, NULL, NULL))
    return TRUE;
  return late (sending, error);
}

static gboolean
write_all (const PiaoSending *sending, GSocket *socket, GError **error)
{
  gsize size;
  const char *data = g_bytes_get_data (sending->job->bytes, &size);

  for (gsize at = 0; at < size;)
    {
      g_autoptr (GError) cause = NULL;
      gssize written;

      if (!wait_for (sending, socket, G_IO_OUT, error))
        return FALSE;
      written = g_socket_send (socket, data + at, MIN (size - at, CHUNK), NULL, &cause);
      if (written < 0 && !g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        return fail (sending, cause, error);
      at += (gsize)MAX (written, 0);
    }
  return TRUE;
}

/* Says that nothing follows and waits for the printer to close its side, which tells that it has
 * read everything; a printer that keeps its side open has taken the bytes all the same. */
static gboolean
say_goodbye (const PiaoSending *sending, GSocket *socket, GError **error)
{
  gint64 until
      = g_get_monotonic_time () + (gint64)MIN (GOODBYE_MS, piao_sending_get_left (sending)) * 1000;
  g_autoptr (GError) cause = NULL;
  char answer[256];
  gssize got = 1;

  if (!g_socket_shutdown (socket, FALSE, TRUE, &cause))
    return fail (sending, cause, error);
  while (got > 0)
    {
      gint64 left = until - g_get_monotonic_time ();

      if (left <= 0 || !g_socket_condition_timed_wait (socket, G_IO_IN, left, NULL, NULL))
        return TRUE;
      got = g_socket_receive (socket, answer, sizeof answer, NULL, &cause);
    }
  if (got < 0 && !g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return fail (sending, cause, error);
  return TRUE;
}

gboolean
piao_send_to_socket (const PiaoSending *sending, GError **error)
{
  g_autoptr (GSocketConnection) connection = connect_to (sending, error);
  GSocket *socket;
  gboolean ok;

  if (connection == NULL)
    return FALSE;
  socket = g_socket_connection_get_socket (connection);
  g_socket_set_timeout (socket, 0);
  g_socket_set_blocking (socket, FALSE);
  ok = write_all (sending, socket, error) && say_goodbye (sending, socket, error);
  g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
  return ok;
}
