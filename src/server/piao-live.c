/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "base/piao-error.h"
#include "base/piao-future.h"
#include "base/piao-json.h"
#include "server/piao-live.h"
#include "server/piao-sign-in.h"
#include "sync/piao-sync-core.h"

#define MAX_INCOMING 1024
/* Those who wait are told in small groups. */
#define TURN_MS 20

typedef struct
{
  PiaoServer *server;                  /* owned */
  SoupWebsocketConnection *connection; /* owned */
  char *token;
  PiaoAccess *access; /* what its user sees; NULL until it is known */
  guint asked;        /* how often it was asked who may hear what */
  gint64 lane, seq;   /* what it is to be told in its turn */
  gboolean waiting;   /* … it is among those who wait */
} Listener;

/* One question who may hear what; several may be under way for one listener. */
typedef struct
{
  Listener *listener; /* referenced */
  guint number;       /* of the listener's questions: only the newest counts */
  gint64 now;
  PiaoAccess *access; /* filled in on a reader's thread */
} Question;

struct _PiaoLive
{
  GObject parent_instance;

  PiaoServer *server;   /* borrowed */
  GPtrArray *listeners; /* of Listener, referenced */
  GQueue waiting;       /* of Listener, referenced: who is to be told, in turn */
  double allowance;     /* how many may be told now */
  gint64 allowed_at;    /* µs of the monotonic clock: when that was counted */
  guint timer;          /* source; 0 none */
};

G_DEFINE_FINAL_TYPE (PiaoLive, piao_live, G_TYPE_OBJECT)

static void
listener_clear (gpointer data)
{
  Listener *listener = data;

  g_clear_object (&listener->server);
  g_clear_object (&listener->connection);
  g_clear_pointer (&listener->token, g_free);
  g_clear_pointer (&listener->access, piao_access_free);
}

static void
listener_unref (gpointer data)
{
  g_rc_box_release_full (data, listener_clear);
}

static void
question_free (gpointer data)
{
  Question *question = data;

  g_clear_pointer (&question->access, piao_access_free);
  listener_unref (question->listener);
  g_free (question);
}

static gboolean
load_access (PiaoDb *db, gpointer data, GError **error)
{
  Question *question = data;
  gint64 user;
  guint device;

  if (!piao_session_find (db, question->listener->token, question->now, &user, &device, error))
    return FALSE;
  question->access = piao_access_load (db, user, error);
  return question->access != NULL;
}

/* Reads who may hear what, at the start and whenever grants may have changed. */
static DexFuture *
authorise (gpointer data)
{
  Question *question = data;
  Listener *listener = question->listener;
  g_autoptr (GError) error = NULL;

  if (dex_await (piao_readers_run (piao_server_get_readers (listener->server), load_access,
                                   question),
                 &error))
    {
      if (question->number == listener->asked)
        {
          g_clear_pointer (&listener->access, piao_access_free);
          listener->access = g_steal_pointer (&question->access);
        }
    }
  else if (soup_websocket_connection_get_state (listener->connection) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (listener->connection, PIAO_SYNC_LIVE_UNAUTHORIZED,
                                     piao_error_get_reason (error));
  return dex_future_new_true ();
}

static void
start_authorise (Listener *listener)
{
  Question *question = g_new0 (Question, 1);

  question->listener = g_rc_box_acquire (listener);
  question->number = ++listener->asked;
  question->now = piao_clock_now (piao_server_get_clock (listener->server));
  piao_future_disown (dex_scheduler_spawn (NULL, 0, authorise, question, question_free), "live");
}

static void
hear_closed (SoupWebsocketConnection *connection, PiaoLive *self)
{
  for (guint i = 0; i < self->listeners->len; i++)
    if (((Listener *)g_ptr_array_index (self->listeners, i))->connection == connection)
      {
        g_ptr_array_remove_index_fast (self->listeners, i);
        return;
      }
}

void
piao_live_add (PiaoLive *self, SoupWebsocketConnection *connection, const char *token)
{
  Listener *listener = g_rc_box_new0 (Listener);

  listener->server = g_object_ref (self->server);
  listener->connection = g_object_ref (connection);
  listener->token = g_strdup (token);
  soup_websocket_connection_set_max_incoming_payload_size (connection, MAX_INCOMING);
  soup_websocket_connection_set_keepalive_interval (connection, 30);
  g_ptr_array_add (self->listeners, listener);
  g_signal_connect_object (connection, "closed", G_CALLBACK (hear_closed), self, 0);
  start_authorise (listener);
}

static void
tell (Listener *listener)
{
  g_autoptr (JsonObject) hint = NULL;
  g_autofree char *text = NULL;

  listener->waiting = FALSE;
  if (listener->access == NULL || !piao_access_sees_lane (listener->access, listener->lane)
      || soup_websocket_connection_get_state (listener->connection) != SOUP_WEBSOCKET_STATE_OPEN)
    return;
  hint = piao_json_build ("lane", 'i', listener->lane, "seq", 'i', listener->seq, NULL);
  text = piao_json_object_to_text (hint);
  soup_websocket_connection_send_text (listener->connection, text);
}

static gboolean take_turns (gpointer data);

/* Tells as many as may be told now; the others wait for their turn. */
static void
tell_some (PiaoLive *self)
{
  gint64 now = g_get_monotonic_time ();
  double earned = (double)(now - self->allowed_at) * PIAO_LIVE_PER_SECOND / G_USEC_PER_SEC;

  self->allowance = MIN (self->allowance + earned, PIAO_LIVE_AT_ONCE);
  self->allowed_at = now;
  for (; self->allowance >= 1 && !g_queue_is_empty (&self->waiting); self->allowance--)
    {
      Listener *listener = g_queue_pop_head (&self->waiting);

      tell (listener);
      listener_unref (listener);
    }
  if (!g_queue_is_empty (&self->waiting) && self->timer == 0)
    self->timer = g_timeout_add (TURN_MS, take_turns, self);
}

static gboolean
take_turns (gpointer data)
{
  PiaoLive *self = data;

  tell_some (self);
  if (!g_queue_is_empty (&self->waiting))
    return G_SOURCE_CONTINUE;
  self->timer = 0;
  return G_SOURCE_REMOVE;
}

static void
note (PiaoLive *self, Listener *listener, GArray *lanes, gint64 seq)
{
  gboolean news = FALSE;

  for (guint i = 0; listener->access != NULL && i < lanes->len; i++)
    if (piao_access_sees_lane (listener->access, g_array_index (lanes, gint64, i)))
      {
        listener->lane = g_array_index (lanes, gint64, i);
        listener->seq = seq;
        news = TRUE;
      }
  if (!news || listener->waiting)
    return;
  listener->waiting = TRUE;
  g_queue_push_tail (&self->waiting, g_rc_box_acquire (listener));
}

static void
hear_committed (
    PiaoExecutor *executor, GArray *lanes, gint64 seq, gboolean access_changed, PiaoLive *self)
{
  for (guint i = 0; i < self->listeners->len; i++)
    {
      Listener *listener = g_ptr_array_index (self->listeners, i);

      note (self, listener, lanes, seq);
      if (access_changed)
        start_authorise (listener);
    }
  tell_some (self);
}

PiaoLive *
piao_live_new (PiaoServer *server)
{
  PiaoLive *self = g_object_new (PIAO_TYPE_LIVE, NULL);

  self->server = server;
  g_signal_connect_object (piao_server_get_executor (server), "committed",
                           G_CALLBACK (hear_committed), self, 0);
  return self;
}

guint
piao_live_count (PiaoLive *self)
{
  return self->listeners->len;
}

void
piao_live_close (PiaoLive *self)
{
  g_autoptr (GPtrArray) listeners = g_steal_pointer (&self->listeners);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_queue_clear_full (&self->waiting, listener_unref);
  self->listeners = g_ptr_array_new_with_free_func (listener_unref);
  for (guint i = 0; i < listeners->len; i++)
    {
      Listener *listener = g_ptr_array_index (listeners, i);

      if (soup_websocket_connection_get_state (listener->connection) == SOUP_WEBSOCKET_STATE_OPEN)
        soup_websocket_connection_close (listener->connection, SOUP_WEBSOCKET_CLOSE_GOING_AWAY,
                                         NULL);
    }
}

static void
piao_live_finalize (GObject *object)
{
  PiaoLive *self = PIAO_LIVE (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_queue_clear_full (&self->waiting, listener_unref);
  g_ptr_array_unref (self->listeners);
  G_OBJECT_CLASS (piao_live_parent_class)->finalize (object);
}

static void
piao_live_class_init (PiaoLiveClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = piao_live_finalize;
}

static void
piao_live_init (PiaoLive *self)
{
  self->listeners = g_ptr_array_new_with_free_func (listener_unref);
  self->allowance = PIAO_LIVE_AT_ONCE;
  self->allowed_at = g_get_monotonic_time ();
  g_queue_init (&self->waiting);
}
