/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include <stdlib.h>
#include <string.h>

#include "store/piao-schema.h"
#include "sync/piao-reply.h"
#include "sync/piao-sync-engine.h"
#include "tests/bench/load-desk.h"
#include "tests/bench/load-socket.h"

#define MAX_HEAD 8192
/* Of so many answers one is decoded with its rows; of the others they are passed over, as those of
 * kinds that a program does not know: desktops do that work on machines of their own. */
#define WHOLE_EVERY 16
/* As the engine: what was hinted at is fetched after a round's time, at most this. */
#define REST_US 250000
#define IDLE_US (PIAO_SYNC_IDLE_MS * G_GINT64_CONSTANT (1000))

typedef struct
{
  gint64 id;
  gint64 dseq;
  gint64 made; /* µs */
} Command;

struct _LoadDesk
{
  LoadPerson *person;
  PiaoRegistry *registry; /* borrowed */
  PiaoRegistry *nothing;  /* borrowed; knows no kind */
  LoadCounts *counts;     /* borrowed */
  LoadSocket *line;
  LoadSocket *live; /* NULL without */
  gboolean upgraded;

  GArray *lanes;    /* of PiaoLaneSeq */
  GArray *commands; /* of Command: not decided yet */
  GString *text;    /* of the request */
  PiaoClock *clock;
  PiaoIdSource ids;
  gint64 reached; /* seq */
  gint64 hint;    /* the largest while a round is under way */
  gboolean busy;
  gint64 began; /* µs: the round */
  gint64 wake;  /* µs: the next round */
};

LoadDesk *
load_desk_new (PiaoRegistry *registry,
               PiaoRegistry *nothing,
               LoadPerson *person,
               LoadCounts *counts)
{
  LoadDesk *self = g_new0 (LoadDesk, 1);

  self->person = person;
  self->registry = registry;
  self->nothing = nothing;
  self->counts = counts;
  self->lanes = g_array_new (FALSE, FALSE, sizeof (PiaoLaneSeq));
  for (guint i = 0; i < person->lanes->len; i++)
    {
      const LoadLane *lane = &g_array_index (person->lanes, LoadLane, i);
      PiaoLaneSeq held = { .lane = lane->lane, .seq = lane->seq };

      g_array_append_val (self->lanes, held);
    }
  self->commands = g_array_new (FALSE, FALSE, sizeof (Command));
  self->text = g_string_new (NULL);
  self->clock = piao_clock_new_system ();
  piao_id_source_init (&self->ids, self->clock, person->device, 0);
  return self;
}

void
load_desk_free (LoadDesk *self)
{
  load_desk_disconnect (self);
  g_array_unref (self->lanes);
  g_array_unref (self->commands);
  g_string_free (self->text, TRUE);
  piao_id_source_clear (&self->ids);
  g_object_unref (self->clock);
  g_free (self);
}

/* --- what is said ---------------------------------------------------------------------------- */

static gint64
pick (GArray *numbers, gint64 by)
{
  return g_array_index (numbers, gint64, (guint)by % numbers->len);
}

static void
append_command (LoadDesk *self, const Command *command)
{
  const LoadPerson *person = self->person;

  g_string_append_printf (self->text,
                          "{\"id\":\"%" G_GINT64_FORMAT "\",\"dseq\":%" G_GINT64_FORMAT
                          ",\"name\":\"order.submit\",\"at\":%" G_GINT64_FORMAT
                          ",\"actor\":\"%" G_GINT64_FORMAT
                          "\",\"args\":{\"outlet\":\"%" G_GINT64_FORMAT
                          "\",\"source\":\"phone\",\"identity_checked\":true,"
                          "\"note\":\"at any hour\",\"lines\":[{\"ticket_type\":\"%" G_GINT64_FORMAT
                          "\",\"packs\":1}]}}",
                          command->id, command->dseq, piao_clock_now (self->clock), person->user,
                          pick (person->outlets, command->dseq + person->device),
                          pick (person->types, command->dseq));
}

static void
begin_round (LoadDesk *self, gint64 now)
{
  g_autofree char *head = NULL;

  g_string_printf (self->text,
                   "{\"device\":%u,\"epoch\":\"%s\",\"schema\":%d,\"now\":%" G_GINT64_FORMAT
                   ",\"want\":\"working\",\"max_bytes\":%d,\"ack\":%" G_GINT64_FORMAT
                   ",\"cursors\":[",
                   self->person->device, self->person->epoch, piao_schema_get_newest (),
                   piao_clock_now (self->clock), 64 * 1024,
                   self->person->dseq - self->commands->len);
  for (guint i = 0; i < self->lanes->len; i++)
    g_string_append_printf (self->text, "%s[%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT "]",
                            i > 0 ? "," : "", g_array_index (self->lanes, PiaoLaneSeq, i).lane,
                            g_array_index (self->lanes, PiaoLaneSeq, i).seq);
  g_string_append (self->text, "],\"commands\":[");
  for (guint i = 0; i < MIN (self->commands->len, PIAO_REPLY_MAX_VERDICTS); i++)
    {
      if (i > 0)
        g_string_append_c (self->text, ',');
      append_command (self, &g_array_index (self->commands, Command, i));
    }
  g_string_append (self->text, "]}");
  head
      = g_strdup_printf ("POST /v1/sync HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n"
                         "Accept: " PIAO_REPLY_FRAMES ", " PIAO_REPLY_JSON "\r\n"
                         "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
                         self->person->token, self->text->len);
  g_string_prepend (self->text, head);
  self->busy = TRUE;
  self->hint = 0;
  self->began = now;
  load_socket_send (self->line, self->text->str, self->text->len);
}

/* --- what is answered ------------------------------------------------------------------------ */

static void
take_verdict (LoadDesk *self, const PiaoVerdict *verdict, gint64 now)
{
  const Command *command = &g_array_index (self->commands, Command, 0);
  double took;

  if (self->commands->len == 0 || verdict->id != command->id)
    g_error ("computer %u: a verdict on something else", self->person->device);
  if (verdict->state != PIAO_VERDICT_ACCEPTED)
    g_error ("computer %u: %s", self->person->device, verdict->message);
  took = (double)(now - command->made) / 1000;
  if (self->counts->pushes != NULL)
    g_array_append_val (self->counts->pushes, took);
  g_array_remove_index (self->commands, 0);
  self->counts->decided++;
}

static gint64
get_reached (LoadDesk *self)
{
  gint64 reached = G_MAXINT64;

  for (guint i = 0; i < self->lanes->len; i++)
    reached = MIN (reached, g_array_index (self->lanes, PiaoLaneSeq, i).seq);
  return reached;
}

static void
take_reply (LoadDesk *self, const char *type, GBytes *body)
{
  g_autoptr (GError) error = NULL;
  gboolean whole = self->counts->rounds % WHOLE_EVERY == 0;
  g_autoptr (PiaoReply) reply
      = piao_reply_decode (whole ? self->registry : self->nothing, type, body, &error);
  gint64 now = g_get_monotonic_time ();

  if (reply == NULL)
    g_error ("computer %u: %s", self->person->device, error->message);
  if (reply->restart)
    g_error ("computer %u is to fetch all again", self->person->device);
  for (guint i = 0; i < reply->verdicts->len; i++)
    take_verdict (self, g_ptr_array_index (reply->verdicts, i), now);
  g_array_set_size (self->lanes, 0);
  g_array_append_vals (self->lanes, reply->upto->data, reply->upto->len);
  self->reached = get_reached (self);
  self->counts->rounds++;
  self->counts->rows += whole ? piao_reply_get_n_rows (reply) * WHOLE_EVERY : 0;
  self->counts->bytes += g_bytes_get_size (body);
  self->busy = FALSE;
  self->wake = now + IDLE_US - g_random_int_range (0, (gint32)(IDLE_US / 5));
  if (reply->more || self->commands->len > 0)
    self->wake = now;
  else if (self->hint > self->reached)
    self->wake = now + MIN (now - self->began, REST_US);
}

/* The value of a header, which the server writes in this case. Transfer full. */
static char *
get_header (const char *head, const char *name)
{
  g_autofree char *start = g_strdup_printf ("\r\n%s: ", name);
  const char *at = strstr (head, start);
  const char *end = at != NULL ? strstr (at + strlen (start), "\r\n") : NULL;

  if (end == NULL)
    g_error ("an answer without %s:\n%s", name, head);
  return g_strndup (at + strlen (start), (gsize)(end - at) - strlen (start));
}

static gsize
hear_answer (const guint8 *in, gsize size, gpointer data)
{
  const guint8 *end = memmem (in, MIN (size, MAX_HEAD), "\r\n\r\n", 4);
  g_autofree char *head = end != NULL ? g_strndup ((const char *)in, (gsize)(end - in) + 2) : NULL;
  g_autofree char *type = NULL;
  g_autofree char *length = NULL;
  g_autoptr (GBytes) body = NULL;
  gsize whole;

  if (head == NULL)
    return 0;
  length = get_header (head, "Content-Length");
  whole = (gsize)(end - in) + 4 + (gsize)g_ascii_strtoull (length, NULL, 10);
  if (size < whole)
    return 0;
  if (!g_str_has_prefix (head, "HTTP/1.1 200 "))
    g_error ("the server answers %.*s", (int)whole, (const char *)in);
  type = get_header (head, "Content-Type");
  body = g_bytes_new (end + 4, whole - (gsize)(end + 4 - in));
  take_reply (data, type, body);
  return whole;
}

/* --- hints ----------------------------------------------------------------------------------- */

static void
take_hint (LoadDesk *self, const char *text)
{
  const char *at = strstr (text, "\"seq\":");
  gint64 seq = at != NULL ? g_ascii_strtoll (at + strlen ("\"seq\":"), NULL, 10) : 0;
  gint64 now = g_get_monotonic_time ();

  self->counts->hints++;
  if (seq <= self->reached)
    return;
  if (self->busy)
    self->hint = MAX (self->hint, seq);
  else
    self->wake = MIN (self->wake, now + MIN (now - self->began, REST_US));
}

/* A pong must be masked; with a mask of nothing it stays as it is. */
static void
pong (LoadDesk *self, const guint8 *data, gsize size)
{
  guint8 frame[6 + 125] = { 0x8a, (guint8)(0x80 | size) };

  memcpy (frame + 6, data, size);
  load_socket_send (self->live, frame, 6 + size);
}

static gsize
hear_frame (LoadDesk *self, const guint8 *in, gsize size)
{
  g_autofree char *text = NULL;
  gsize length;

  if (size < 2)
    return 0;
  length = in[1];
  if (length > 125)
    g_error ("a hint longer than hints are");
  if (size < 2 + length)
    return 0;
  text = g_strndup ((const char *)in + 2, length);
  if (in[0] == 0x81)
    take_hint (self, text);
  else if (in[0] == 0x89)
    pong (self, in + 2, length);
  else
    g_error ("the live socket says %#x %s", in[0], text);
  return 2 + length;
}

static gsize
hear_live (const guint8 *in, gsize size, gpointer data)
{
  LoadDesk *self = data;
  const guint8 *end;

  if (self->upgraded)
    return hear_frame (self, in, size);
  end = memmem (in, MIN (size, MAX_HEAD), "\r\n\r\n", 4);
  if (end == NULL)
    return 0;
  if (size < 12 || memcmp (in, "HTTP/1.1 101", 12) != 0)
    g_error ("no live socket: %.*s", (int)(end - in), (const char *)in);
  self->upgraded = TRUE;
  self->counts->listening++;
  return (gsize)(end - in) + 4;
}

static void
open_live (LoadDesk *self, int epoll, guint port)
{
  g_autofree char *text = g_strdup_printf (
      "GET /v1/live HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Version: 13\r\n"
      "Authorization: Bearer %s\r\n\r\n",
      self->person->token);

  self->live = load_socket_new (epoll, port, hear_live, self);
  load_socket_send (self->live, text, strlen (text));
}

/* --- what is done ---------------------------------------------------------------------------- */

void
load_desk_connect (LoadDesk *self, int epoll, guint port, gboolean live)
{
  self->line = load_socket_new (epoll, port, hear_answer, self);
  if (live)
    open_live (self, epoll, port);
  self->wake = g_get_monotonic_time ();
}

void
load_desk_disconnect (LoadDesk *self)
{
  g_clear_pointer (&self->line, load_socket_free);
  g_clear_pointer (&self->live, load_socket_free);
  self->upgraded = self->busy = FALSE;
}

void
load_desk_order (LoadDesk *self, gint64 at)
{
  Command command = { .id = piao_id_source_take (&self->ids, PIAO_ID_PER_COMMAND),
                      .dseq = ++self->person->dseq,
                      .made = at };

  g_array_append_val (self->commands, command);
  self->wake = at;
}

gboolean
load_desk_is_idle (LoadDesk *self)
{
  return !self->busy && self->commands->len == 0;
}

gint64
load_desk_step (LoadDesk *self, gint64 now)
{
  if (self->busy || self->line == NULL)
    return G_MAXINT64;
  if (self->wake > now)
    return self->wake;
  begin_round (self, now);
  return G_MAXINT64;
}
