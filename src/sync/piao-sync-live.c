/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * DESIGN: a WebSocket on which the centre says that there is something new. It carries nothing that
 * would be missed: without it the rounds of every half minute do the same, later. When to connect
 * is the engine's business.
 */

#include "config.h"

#include "base/piao-json.h"
#include "sync/piao-sync-private.h"

#define MAX_HINT 4096
/* A line that was cut silently is noticed by pings that nobody answers. */
#define PING_S 45
#define PONG_S 20

static void
feed (PiaoSync *self, PiaoSyncEventType type)
{
  piao_sync_feed (self, &(PiaoSyncEvent){ .type = type });
}

static void
let_go (PiaoSync *self)
{
  if (self->live == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->live, self);
  g_clear_object (&self->live);
}

static void
on_message (PiaoSync *self, int type, GBytes *message)
{
  gsize size;
  const char *text = g_bytes_get_data (message, &size);
  g_autoptr (JsonObject) hint = piao_json_parse_object (text, (gssize)size, MAX_HINT, "", NULL);
  gint64 seq = hint != NULL ? piao_json_get_int (hint, "seq", 0) : 0;

  piao_sync_rest_take_hint (&self->rest, seq, self->seq);
  piao_sync_feed (self, &(PiaoSyncEvent){ .type = PIAO_SYNC_EVENT_HINT, .seq = seq });
}

/* A centre that turns us away says more in an answer: that the session is over, or that this
 * computer was struck off. It is asked at once. */
static void
on_closed (PiaoSync *self)
{
  gboolean turned_away
      = soup_websocket_connection_get_close_code (self->live) == PIAO_SYNC_LIVE_UNAUTHORIZED;

  let_go (self);
  feed (self, PIAO_SYNC_EVENT_LIVE_CLOSED);
  if (turned_away)
    feed (self, PIAO_SYNC_EVENT_HINT);
}

static void
on_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (PiaoSync) self = data;
  SoupWebsocketConnection *live
      = soup_session_websocket_connect_finish (SOUP_SESSION (source), result, NULL);
  gboolean unwanted;

  unwanted = g_cancellable_is_cancelled (self->live_attempt);
  g_clear_object (&self->live_attempt);
  if (live == NULL || unwanted)
    {
      g_clear_object (&live);
      feed (self, PIAO_SYNC_EVENT_LIVE_CLOSED);
      return;
    }
  self->live = live;
  soup_websocket_connection_set_max_incoming_payload_size (live, MAX_HINT);
  soup_websocket_connection_set_keepalive_interval (live, PING_S);
  soup_websocket_connection_set_keepalive_pong_timeout (live, PONG_S);
  g_signal_connect_object (live, "message", G_CALLBACK (on_message), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (live, "closed", G_CALLBACK (on_closed), self, G_CONNECT_SWAPPED);
  feed (self, PIAO_SYNC_EVENT_LIVE_OPENED);
}

void
piao_sync_live_connect (PiaoSync *self)
{
  g_autofree char *url = g_strconcat (self->url, "/v1/live", NULL);
  g_autofree char *bearer = g_strconcat ("Bearer ", self->token, NULL);
  g_autoptr (SoupMessage) message = soup_message_new (SOUP_METHOD_GET, url);

  soup_message_headers_replace (soup_message_get_request_headers (message), "Authorization",
                                bearer);
  g_clear_object (&self->live_attempt);
  self->live_attempt = g_cancellable_new ();
  soup_session_websocket_connect_async (self->session, message, NULL, NULL, G_PRIORITY_DEFAULT,
                                        self->live_attempt, on_ready, g_object_ref (self));
}

void
piao_sync_live_close (PiaoSync *self)
{
  if (self->live_attempt != NULL)
    {
      /* on_ready() says that it is over. */
      g_cancellable_cancel (self->live_attempt);
      return;
    }
  if (self->live != NULL)
    {
      /* Politely, but nobody waits for the other side: it may be gone. */
      g_autoptr (SoupWebsocketConnection) live = g_object_ref (self->live);

      let_go (self);
      if (soup_websocket_connection_get_state (live) == SOUP_WEBSOCKET_STATE_OPEN)
        soup_websocket_connection_close (live, SOUP_WEBSOCKET_CLOSE_GOING_AWAY, NULL);
    }
  feed (self, PIAO_SYNC_EVENT_LIVE_CLOSED);
}
