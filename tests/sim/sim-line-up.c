/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <string.h>

#include "base/piao-json.h"
#include "tests/sim/sim-call.h"
#include "tests/sim/sim-line-up.h"
#include "tests/sim/sim-server.h"

#define TIME_OUT (30 * PIAO_SECOND)

typedef struct
{
  SimDesk *desk;
  guint life;
  guint serial;
  gboolean same;    /* the short question, or the answer to it */
  gboolean flipped; /* a bit of the answer is another than the server wrote */
  guint status;
  GBytes *body;
} Message;

static void
message_free (gpointer data)
{
  Message *message = data;

  g_clear_pointer (&message->body, g_bytes_unref);
  g_free (message);
}

static void
post (const Message *like, gint64 delay, SimFunc func, guint status, GBytes *body)
{
  Message *message = g_new0 (Message, 1);

  *message = *like;
  message->status = status;
  message->body = body != NULL ? g_bytes_ref (body) : NULL;
  sim_later (like->desk->world, delay, func, message, message_free);
}

static gboolean
befalls (SimDesk *desk, guint per_mille)
{
  return !desk->world->calm && sim_random_chance (&desk->chance, per_mille);
}

static gint64
latency (SimDesk *desk)
{
  if (befalls (desk, desk->world->plan.slow))
    return sim_random_span (&desk->chance, 10 * PIAO_SECOND, 3 * PIAO_DAY);
  return sim_random_range (&desk->chance, 30, 900);
}

static gboolean
is_dead (const SimDesk *desk, gint64 until)
{
  return desk->world->now < until && !desk->world->calm;
}

/* --- down ------------------------------------------------------------------------------------ */

/* One bit is another; frames carry a checksum, JSON has the line's own. Transfer full. */
static GBytes *
flip (SimDesk *desk, GBytes *body)
{
  gsize size = 0;
  const guint8 *bytes = g_bytes_get_data (body, &size);
  guint8 *copy = g_memdup2 (bytes, size);
  guint64 bit = sim_random_next (&desk->chance) % (size * 8);

  copy[bit / 8] ^= (guint8)(1U << (bit % 8));
  return g_bytes_new_take (copy, size);
}

/* The answer as it comes out of the line. Transfer full. */
static GBytes *
damage (SimDesk *desk, GBytes *body, gboolean *flipped)
{
  static const char portal[] = "<html><head><title>Wi-Fi</title></head>欢迎</html>";
  gsize size = g_bytes_get_size (body);

  if (befalls (desk, desk->world->plan.portal))
    return g_bytes_new_static (portal, strlen (portal));
  if (befalls (desk, desk->world->plan.cut))
    return g_bytes_new_from_bytes (body, 0,
                                   (gsize)sim_random_range (&desk->chance, 0, (gint64)size - 1));
  *flipped = desk->world->plan.frames && befalls (desk, desk->world->plan.flip);
  if (*flipped)
    return flip (desk, body);
  return g_bytes_ref (body);
}

static void
on_answer (gpointer data)
{
  const Message *message = data;

  if (message->desk->life == message->life)
    sim_call_answered (message->desk, message->serial, message->same, message->flipped,
                       message->status, message->body);
}

/* --- up -------------------------------------------------------------------------------------- */

static void
on_request (gpointer data)
{
  const Message *message = data;
  Message back = *message;
  SimDesk *desk = message->desk;
  SimServer *server = desk->world->server;
  g_autoptr (GBytes) answer = NULL;
  g_autoptr (GBytes) damaged = NULL;
  guint status = 0;

  if (server->db == NULL)
    return;
  answer
      = (message->same ? sim_server_same : sim_server_serve) (server, desk, message->body, &status);
  if (answer == NULL || befalls (desk, desk->world->plan.drop) || is_dead (desk, desk->down_dead))
    return;
  damaged = damage (desk, answer, &back.flipped);
  post (&back, latency (desk), on_answer, status, damaged);
}

static void
send (SimDesk *desk, guint serial, gboolean same, const char *text)
{
  const Message like = { desk, desk->life, serial, same, FALSE, 0, NULL };
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));

  post (&like, TIME_OUT, on_answer, 0, NULL);
  if (befalls (desk, desk->world->plan.drop) || is_dead (desk, desk->up_dead))
    return;
  post (&like, latency (desk), on_request, 0, body);
  if (befalls (desk, desk->world->plan.duplicate))
    post (&like, latency (desk), on_request, 0, body);
}

void
sim_line_up_send (SimDesk *desk, guint serial)
{
  g_autofree char *text = piao_json_object_to_text (desk->request);

  send (desk, serial, FALSE, text);
}

void
sim_line_up_ask (SimDesk *desk, guint serial, const char *path)
{
  send (desk, serial, TRUE, path);
}
