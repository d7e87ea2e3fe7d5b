/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/piao-error.h"
#include "base/piao-json.h"
#include "server/piao-visit.h"

#define VISIT "piao-visit"

/* --- what is read ---------------------------------------------------------------------------- */

/* The stream that libsoup reads: that of the connection, with every byte noted. */
#define PIAO_TYPE_VISIT_INPUT (piao_visit_input_get_type ())
G_DECLARE_FINAL_TYPE (PiaoVisitInput, piao_visit_input, PIAO, VISIT_INPUT, GFilterInputStream)

struct _PiaoVisit
{
  GIOStream parent_instance;

  GSocketConnection *connection; /* owned */
  GSocketAddress *remote;        /* owned; leads here while this lives */
  PiaoRoom *room;                /* referenced */
  PiaoVisitInput *input;         /* owned */
  PiaoVisitStage stage;
  gint64 since; /* µs of the monotonic clock: the stage */
  gsize head;   /* bytes of the head so far */
  gboolean ended, kept;
};

struct _PiaoVisitInput
{
  GFilterInputStream parent_instance;

  PiaoVisit *visit; /* borrowed; NULL when it is gone */
};

static void piao_visit_input_iface_init (GPollableInputStreamInterface *iface);

G_DEFINE_FINAL_TYPE (PiaoVisit, piao_visit, G_TYPE_IO_STREAM)
G_DEFINE_FINAL_TYPE_WITH_CODE (PiaoVisitInput,
                               piao_visit_input,
                               G_TYPE_FILTER_INPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM,
                                                      piao_visit_input_iface_init))

static void
set_stage (PiaoVisit *self, PiaoVisitStage stage)
{
  self->stage = stage;
  self->since = g_get_monotonic_time ();
}

/* What a read gave: @n, or -1 with @error when the visit is over. */
static gssize
note_bytes (PiaoVisit *self, gssize n, GError **error)
{
  if (self == NULL || n <= 0)
    return n;
  if (self->stage == PIAO_VISIT_WAITS)
    {
      self->head = 0;
      set_stage (self, PIAO_VISIT_HEAD);
    }
  if (self->stage == PIAO_VISIT_HEAD)
    self->head += (gsize)n;
  if (self->stage == PIAO_VISIT_HEAD && self->head > PIAO_VISIT_MAX_HEAD + PIAO_VISIT_PIECE)
    piao_visit_end (self, 431, "http.head", _ ("The head of this request is too long."));
  if (!self->ended)
    return n;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED, "shown out");
  return -1;
}

static gboolean
is_over (PiaoVisitInput *self, GError **error)
{
  if (self->visit == NULL || !self->visit->ended)
    return FALSE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED, "shown out");
  return TRUE;
}

static gssize
piao_visit_input_read (
    GInputStream *stream, void *buffer, gsize count, GCancellable *cancellable, GError **error)
{
  PiaoVisitInput *self = PIAO_VISIT_INPUT (stream);
  GInputStream *base = g_filter_input_stream_get_base_stream (G_FILTER_INPUT_STREAM (stream));

  if (is_over (self, error))
    return -1;
  return note_bytes (self->visit, g_input_stream_read (base, buffer, count, cancellable, error),
                     error);
}

static gboolean
piao_visit_input_is_readable (GPollableInputStream *stream)
{
  PiaoVisitInput *self = PIAO_VISIT_INPUT (stream);
  GInputStream *base = g_filter_input_stream_get_base_stream (G_FILTER_INPUT_STREAM (stream));

  return (self->visit != NULL && self->visit->ended)
         || g_pollable_input_stream_is_readable (G_POLLABLE_INPUT_STREAM (base));
}

static gssize
piao_visit_input_read_nonblocking (GPollableInputStream *stream,
                                   void *buffer,
                                   gsize count,
                                   GError **error)
{
  PiaoVisitInput *self = PIAO_VISIT_INPUT (stream);
  GInputStream *base = g_filter_input_stream_get_base_stream (G_FILTER_INPUT_STREAM (stream));

  if (is_over (self, error))
    return -1;
  return note_bytes (self->visit,
                     g_pollable_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM (base),
                                                               buffer, count, NULL, error),
                     error);
}

static GSource *
piao_visit_input_create_source (GPollableInputStream *stream, GCancellable *cancellable)
{
  GInputStream *base = g_filter_input_stream_get_base_stream (G_FILTER_INPUT_STREAM (stream));
  PiaoVisit *visit = PIAO_VISIT_INPUT (stream)->visit;
  g_autoptr (GSource) source = NULL;

  if (visit != NULL)
    source = piao_watch_create_source (piao_room_get_watch (visit->room), G_OBJECT (stream),
                                       g_socket_connection_get_socket (visit->connection));
  if (source != NULL)
    return g_steal_pointer (&source);
  source = g_pollable_input_stream_create_source (G_POLLABLE_INPUT_STREAM (base), cancellable);
  return g_pollable_source_new_full (stream, source, NULL);
}

static void
piao_visit_input_iface_init (GPollableInputStreamInterface *iface)
{
  iface->is_readable = piao_visit_input_is_readable;
  iface->read_nonblocking = piao_visit_input_read_nonblocking;
  iface->create_source = piao_visit_input_create_source;
}

static void
piao_visit_input_class_init (PiaoVisitInputClass *klass)
{
  G_INPUT_STREAM_CLASS (klass)->read_fn = piao_visit_input_read;
}

static void
piao_visit_input_init (PiaoVisitInput *self)
{
}

/* --- how it goes on -------------------------------------------------------------------------- */

static void
on_got_headers (PiaoVisit *self)
{
  set_stage (self, PIAO_VISIT_BODY);
}

static void
on_got_body (PiaoVisit *self)
{
  set_stage (self, PIAO_VISIT_WORK);
}

static void
on_wrote_headers (PiaoVisit *self)
{
  set_stage (self, PIAO_VISIT_ANSWERS);
}

static void
on_finished (PiaoVisit *self)
{
  set_stage (self, PIAO_VISIT_WAITS);
}

void
piao_visit_follow (PiaoVisit *self, SoupServerMessage *message)
{
  static const struct
  {
    const char *signal;
    GCallback callback;
  } steps[] = { { "got-headers", G_CALLBACK (on_got_headers) },
                { "got-body", G_CALLBACK (on_got_body) },
                { "wrote-headers", G_CALLBACK (on_wrote_headers) },
                { "finished", G_CALLBACK (on_finished) } };

  g_return_if_fail (PIAO_IS_VISIT (self));
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    g_signal_connect_object (message, steps[i].signal, steps[i].callback, self, G_CONNECT_SWAPPED);
}

PiaoVisitStage
piao_visit_get_stage (PiaoVisit *self)
{
  return self->stage;
}

gint64
piao_visit_get_age (PiaoVisit *self)
{
  return (g_get_monotonic_time () - self->since) / 1000;
}

void
piao_visit_keep (PiaoVisit *self)
{
  self->kept = TRUE;
}

gboolean
piao_visit_is_kept (PiaoVisit *self)
{
  return self->kept;
}

void
piao_visit_end (PiaoVisit *self, guint status, const char *reason, const char *message)
{
  GSocket *socket = g_socket_connection_get_socket (self->connection);
  g_autoptr (JsonObject) object
      = piao_json_build ("code", 's', piao_error_code_to_text (PIAO_ERROR_LIMIT), "reason", 's',
                         reason, "message", 's', message, NULL);
  g_autofree char *text = piao_json_object_to_text (object);
  g_autofree char *answer
      = g_strdup_printf ("HTTP/1.1 %u %s\r\nContent-Type: application/json\r\n"
                         "Content-Length: %zu\r\nConnection: close\r\n\r\n%s",
                         status, soup_status_get_phrase (status), strlen (text), text);

  if (self->ended)
    return;
  self->ended = TRUE;
  /* As much as goes at once: nobody waits for somebody who is slow. */
  if (self->stage != PIAO_VISIT_ANSWERS)
    g_socket_send_with_blocking (socket, answer, strlen (answer), FALSE, NULL, NULL);
  /* libsoup notices, and lets go. */
  g_socket_shutdown (socket, TRUE, TRUE, NULL);
}

/* --- object ---------------------------------------------------------------------------------- */

static GInputStream *
piao_visit_get_input_stream (GIOStream *stream)
{
  return G_INPUT_STREAM (PIAO_VISIT (stream)->input);
}

static GOutputStream *
piao_visit_get_output_stream (GIOStream *stream)
{
  return g_io_stream_get_output_stream (G_IO_STREAM (PIAO_VISIT (stream)->connection));
}

static gboolean
piao_visit_close (GIOStream *stream, GCancellable *cancellable, GError **error)
{
  PiaoVisit *self = PIAO_VISIT (stream);

  piao_watch_forget (piao_room_get_watch (self->room),
                     g_socket_connection_get_socket (self->connection));
  return g_io_stream_close (G_IO_STREAM (self->connection), cancellable, error);
}

static void
piao_visit_finalize (GObject *object)
{
  PiaoVisit *self = PIAO_VISIT (object);

  self->input->visit = NULL;
  g_clear_object (&self->input);
  g_object_set_data (G_OBJECT (self->remote), VISIT, NULL);
  g_clear_object (&self->remote);
  g_clear_object (&self->connection);
  piao_room_unref (self->room);
  G_OBJECT_CLASS (piao_visit_parent_class)->finalize (object);
}

static void
piao_visit_class_init (PiaoVisitClass *klass)
{
  GIOStreamClass *stream_class = G_IO_STREAM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = piao_visit_finalize;
  stream_class->get_input_stream = piao_visit_get_input_stream;
  stream_class->get_output_stream = piao_visit_get_output_stream;
  stream_class->close_fn = piao_visit_close;
}

static void
piao_visit_init (PiaoVisit *self)
{
}

PiaoVisit *
piao_visit_find (SoupServerMessage *message)
{
  GSocketAddress *address = soup_server_message_get_remote_address (message);

  return address != NULL ? g_object_get_data (G_OBJECT (address), VISIT) : NULL;
}

PiaoVisit *
piao_visit_new (PiaoRoom *room, GSocketConnection *connection, GSocketAddress *remote)
{
  PiaoVisit *self = g_object_new (PIAO_TYPE_VISIT, NULL);

  self->room = piao_room_ref (room);
  self->connection = g_object_ref (connection);
  self->remote = g_object_ref (remote);
  g_object_set_data (G_OBJECT (remote), VISIT, self);
  self->input = g_object_new (PIAO_TYPE_VISIT_INPUT, "base-stream",
                              g_io_stream_get_input_stream (G_IO_STREAM (connection)),
                              "close-base-stream", FALSE, NULL);
  self->input->visit = self;
  set_stage (self, PIAO_VISIT_WAITS);
  return self;
}
