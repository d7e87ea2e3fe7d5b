/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "base/piao-error.h"
#include "base/piao-future.h"
#include "base/piao-json.h"
#include "server/piao-live.h"
#include "server/piao-sign-in.h"
#include "server/piao-turns.h"
#include "sync/piao-sync-core.h"

#define MAX_INCOMING 1024
/* Those who wait are told in small groups. */
#define TURN_MS 20

typedef struct
{
  PiaoServer *server;                  /* owned */
  PiaoLive *live;                      /* borrowed; NULL once it is closed */
  SoupWebsocketConnection *connection; /* owned */
  char *token;
  guint asked;   /* how often it was asked who may hear what */
  PiaoTurn turn; /* joined once it is known what its user sees */
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

  PiaoServer *server;         /* borrowed */
  GPtrArray *listeners;       /* of Listener, referenced */
  GHashTable *by_token;       /* the newest Listener with it, borrowed */
  PiaoTurns *turns;           /* of the listeners */
  char *hint;                 /* what was said last … */
  gint64 hint_lane, hint_seq; /* … about this */
  double allowance;           /* how many may be told now */
  gint64 allowed_at;          /* µs of the monotonic clock: when that was counted */
  guint timer;                /* source; 0 none */
};

G_DEFINE_FINAL_TYPE (PiaoLive, piao_live, G_TYPE_OBJECT)

static void
listener_clear (gpointer data)
{
  Listener *listener = data;

  g_clear_object (&listener->server);
  g_clear_object (&listener->connection);
  g_clear_pointer (&listener->token, g_free);
}

/* It hears nothing more; questions about it may still be under way. */
static void
listener_close (Listener *listener)
{
  PiaoLive *live = listener->live;

  listener->live = NULL;
  if (live == NULL)
    return;
  piao_turns_leave (live->turns, &listener->turn);
  if (g_hash_table_lookup (live->by_token, listener->token) == listener)
    g_hash_table_remove (live->by_token, listener->token);
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
  question->access = piao_access_load_for (db, user, NULL, error);
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
      if (question->number == listener->asked && listener->live != NULL)
        piao_turns_join (listener->live->turns, &listener->turn, question->access);
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
        listener_close (g_ptr_array_index (self->listeners, i));
        g_ptr_array_remove_index_fast (self->listeners, i);
        return;
      }
}

void
piao_live_add (PiaoLive *self, SoupWebsocketConnection *connection, const char *token)
{
  Listener *listener = g_rc_box_new0 (Listener);

  listener->server = g_object_ref (self->server);
  listener->live = self;
  listener->connection = g_object_ref (connection);
  listener->token = g_strdup (token);
  soup_websocket_connection_set_max_incoming_payload_size (connection, MAX_INCOMING);
  soup_websocket_connection_set_keepalive_interval (connection, 30);
  g_ptr_array_add (self->listeners, listener);
  g_hash_table_replace (self->by_token, listener->token, listener);
  g_signal_connect_object (connection, "closed", G_CALLBACK (hear_closed), self, 0);
  start_authorise (listener);
}

/* One group is told of the same thing, so the text is made once for all. */
static void
tell (PiaoLive *self, Listener *listener, gint64 lane, gint64 seq)
{
  if (self->hint == NULL || lane != self->hint_lane || seq != self->hint_seq)
    {
      g_autoptr (JsonObject) hint = piao_json_build ("lane", 'i', lane, "seq", 'i', seq, NULL);

      g_free (self->hint);
      self->hint = piao_json_object_to_text (hint);
      self->hint_lane = lane;
      self->hint_seq = seq;
    }
  if (soup_websocket_connection_get_state (listener->connection) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_send_text (listener->connection, self->hint);
}

static gboolean take_turns (gpointer data);

/* Tells as many as may be told now; the others wait for their turn. */
static void
tell_some (PiaoLive *self)
{
  gint64 now = g_get_monotonic_time ();
  double earned = (double)(now - self->allowed_at) * PIAO_LIVE_PER_SECOND / G_USEC_PER_SEC;
  gint64 lane, seq;

  self->allowance = MIN (self->allowance + earned, PIAO_LIVE_AT_ONCE);
  self->allowed_at = now;
  for (; self->allowance >= 1; self->allowance--)
    {
      PiaoTurn *turn = piao_turns_take (self->turns, &lane, &seq);

      if (turn == NULL)
        return;
      tell (self, (Listener *)((char *)turn - G_STRUCT_OFFSET (Listener, turn)), lane, seq);
    }
  if (self->timer == 0)
    self->timer = g_timeout_add (TURN_MS, take_turns, self);
}

static gboolean
take_turns (gpointer data)
{
  PiaoLive *self = data;

  tell_some (self);
  if (piao_turns_are_waiting (self->turns))
    return G_SOURCE_CONTINUE;
  self->timer = 0;
  return G_SOURCE_REMOVE;
}

static void
hear_committed (
    PiaoExecutor *executor, GArray *lanes, gint64 seq, gboolean access_changed, PiaoLive *self)
{
  piao_turns_note (self->turns, lanes, seq);
  for (guint i = 0; access_changed && i < self->listeners->len; i++)
    start_authorise (g_ptr_array_index (self->listeners, i));
  tell_some (self);
}

PiaoLiveState
piao_live_get_state (PiaoLive *self, const char *token)
{
  const Listener *listener = g_hash_table_lookup (self->by_token, token);

  if (listener == NULL || listener->turn.group == NULL)
    return (PiaoLiveState){ FALSE };
  return (PiaoLiveState){ .listens = TRUE,
                          .busy = piao_turns_are_waiting (self->turns),
                          .told = listener->turn.told };
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
  self->listeners = g_ptr_array_new_with_free_func (listener_unref);
  for (guint i = 0; i < listeners->len; i++)
    {
      Listener *listener = g_ptr_array_index (listeners, i);

      listener_close (listener);
      if (soup_websocket_connection_get_state (listener->connection) == SOUP_WEBSOCKET_STATE_OPEN)
        soup_websocket_connection_close (listener->connection, SOUP_WEBSOCKET_CLOSE_GOING_AWAY,
                                         NULL);
    }
}

static void
piao_live_finalize (GObject *object)
{
  PiaoLive *self = PIAO_LIVE (object);

  piao_live_close (self);
  g_ptr_array_unref (self->listeners);
  g_hash_table_unref (self->by_token);
  piao_turns_free (self->turns);
  g_free (self->hint);
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
  self->turns = piao_turns_new ();
  self->by_token = g_hash_table_new (g_str_hash, g_str_equal);
}
