/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * DESIGN: one fiber runs rounds until it is stopped. A round is: read the request out of the
 * replica, POST it, check the answer as a whole, apply it in one transaction; again while there is
 * more. What decides is in the sans-I/O core (piao-sync-core.h); here are time, line and retry.
 */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/piao-error.h"
#include "base/piao-future.h"
#include "sync/piao-http.h"
#include "sync/piao-sync-core.h"
#include "sync/piao-sync-private.h"

#define IDLE_MS 30000
#define BACK_OFF_MS 1000
#define BACK_OFF_MAX_MS 30000
#define OFFLINE_AFTER_MS 30000
/* How much is asked for at a time follows what the line carries: an answer takes about two to
 * eight seconds on a thin one, so that a cut costs seconds of work, and no more is taken apart at a
 * time than the screen can wait for. */
#define MIN_ANSWER_BYTES (8 * 1024)
#define FIRST_ANSWER_BYTES (64 * 1024)
#define MAX_ANSWER_BYTES (256 * 1024)
#define ANSWER_SLOW_MS 8000
#define ANSWER_QUICK_MS 2000
#define LIVE_RETRY_MS 5000

G_DEFINE_FINAL_TYPE (PiaoSync, piao_sync, G_TYPE_OBJECT)

enum
{
  CHANGED,
  SIGNED_IN,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

static gint64
now_of (PiaoSync *self)
{
  return piao_clock_now (piao_replica_get_clock (self->replica));
}

static void
set_state (PiaoSync *self, PiaoSyncState state)
{
  if (self->state != state)
    {
      self->state = state;
      self->since = now_of (self);
    }
  g_signal_emit (self, signals[CHANGED], 0);
}

/* --- reading and writing the replica --------------------------------------------------------- */

static DexFuture *
read_request (PiaoDb *db, gpointer data)
{
  PiaoSync *self = data;
  GError *error = NULL;
  JsonObject *request
      = piao_sync_build_request (db, piao_replica_get_device (self->replica),
                                 piao_clock_now (piao_replica_get_clock (self->replica)),
                                 self->max_bytes, &error);

  return request != NULL ? dex_future_new_take_boxed (JSON_TYPE_OBJECT, request)
                         : dex_future_new_for_error (error);
}

typedef struct
{
  PiaoRegistry *registry; /* borrowed */
  PiaoSyncAnswer *answer; /* borrowed */
} Application;

static DexFuture *
apply_answer (PiaoDb *db, gpointer data)
{
  Application *application = data;
  GError *error = NULL;

  if (piao_sync_answer_apply (application->answer, application->registry, db, &error))
    return dex_future_new_true ();
  return dex_future_new_for_error (error);
}

static DexFuture *
read_counts (PiaoDb *db, gpointer data)
{
  PiaoOutboxCounts counts = { 0 };
  GError *error = NULL;

  if (!piao_outbox_count (db, &counts, &error))
    return dex_future_new_for_error (error);
  *(PiaoOutboxCounts *)data = counts;
  return dex_future_new_true ();
}

/* In a fiber: how much waits. */
static void
count_waiting (PiaoSync *self)
{
  g_autoptr (GError) error = NULL;
  PiaoOutboxCounts *counts = g_new0 (PiaoOutboxCounts, 1);

  if (dex_await (piao_replica_read (self->replica, read_counts, counts, NULL), &error))
    {
      self->waiting = counts->waiting;
      self->refused = counts->refused + counts->parked;
      self->oldest = counts->oldest;
    }
  g_free (counts);
}

/* --- a round --------------------------------------------------------------------------------- */

static void
set_ilms (PiaoSync *self, PiaoSyncIlms ilms)
{
  if (self->ilms != ilms)
    self->ilms_since = now_of (self);
  self->ilms = ilms;
}

static void
note_ilms (PiaoSync *self, const PiaoReply *reply)
{
  static const char *const words[] = { "unknown", "online", "degraded", "offline" };
  const char *state
      = piao_json_get_text (piao_json_get_object (reply->notes, "ilms"), "state", "unknown");

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (words[i], state))
      set_ilms (self, (PiaoSyncIlms)i);
}

static void
adapt_size (PiaoSync *self, gboolean answered, gint64 took)
{
  if (!answered || took > ANSWER_SLOW_MS)
    self->max_bytes /= 2;
  else if (took < ANSWER_QUICK_MS)
    self->max_bytes *= 2;
  self->max_bytes = CLAMP (self->max_bytes, MIN_ANSWER_BYTES, MAX_ANSWER_BYTES);
}

static void
note_progress (PiaoSync *self, const PiaoReply *reply, gint64 reached)
{
  gboolean complete = reached >= reply->head;

  self->progress.rows += piao_reply_get_n_rows (reply);
  if (self->began < 0 || self->began > reached)
    self->began = self->seq;
  piao_sync_progress_note_place (&self->progress,
                                 complete ? PIAO_SYNC_PHASE_COMPLETE : PIAO_SYNC_PHASE_WORKING,
                                 reached - self->began, reply->head - self->began,
                                 g_get_monotonic_time () / 1000);
  if (complete)
    self->began = -1;
}

/* One call. @more says whether another follows at once. */
static gboolean
exchange (PiaoSync *self, gboolean *more, GError **error)
{
  g_autofree char *url = g_strconcat (self->url, "/v1/sync", NULL);
  g_autoptr (JsonObject) request = NULL;
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (PiaoReply) reply = NULL;
  g_autoptr (PiaoSyncAnswer) answer = NULL;
  const char *reason = NULL, *problem;
  gint64 before;
  Application application;

  request = dex_await_boxed (piao_replica_read (self->replica, read_request, self, NULL), error);
  if (request == NULL)
    return FALSE;
  before = now_of (self);
  object = dex_await_boxed (
      piao_http_post (self->session, url, self->token, request, PIAO_REPLY_MAX_BYTES), error);
  adapt_size (self, object != NULL, now_of (self) - before);
  if (object == NULL)
    return FALSE;
  reply = piao_reply_from_json (piao_replica_get_registry (self->replica), object, error);
  answer = reply != NULL ? piao_sync_answer_new (request, reply, error) : NULL;
  if (answer == NULL)
    return FALSE;
  application = (Application){ piao_replica_get_registry (self->replica), answer };
  if (!dex_await (piao_replica_write (self->replica, apply_answer, &application, NULL), error))
    return FALSE;
  note_progress (self, reply, piao_sync_answer_get_reached (answer));
  self->seq = piao_sync_answer_get_reached (answer);
  self->head = reply->head;
  *more = piao_sync_answer_has_more (answer);
  note_ilms (self, reply);
  problem = piao_sync_answer_get_problem (answer, &reason);
  if (problem != NULL && !*more)
    return piao_error_set (error, PIAO_ERROR_CONFLICT, reason, "%s", problem);
  return TRUE;
}

static gboolean
do_round (PiaoSync *self, GError **error)
{
  gboolean more = TRUE;

  while (more && !self->stopped && !self->held)
    {
      more = FALSE;
      if (self->token == NULL && !piao_sync_renew (self, error))
        return FALSE;
      if (!exchange (self, &more, error))
        return FALSE;
      if (more)
        {
          count_waiting (self);
          set_state (self,
                     self->state == PIAO_SYNC_ONLINE ? PIAO_SYNC_ONLINE : PIAO_SYNC_RECOVERING);
        }
    }
  return TRUE;
}

/* --- live hints ------------------------------------------------------------------------------ */

static void
on_live_closed (PiaoSync *self)
{
  self->live_after = now_of (self) + LIVE_RETRY_MS;
  g_clear_object (&self->live);
}

static void
on_live_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (PiaoSync) self = data;
  g_autoptr (GError) error = NULL;
  SoupWebsocketConnection *live
      = soup_session_websocket_connect_finish (SOUP_SESSION (source), result, &error);

  self->connecting = FALSE;
  self->live_after = now_of (self) + LIVE_RETRY_MS;
  if (live == NULL || self->stopped)
    {
      g_clear_object (&live);
      return;
    }
  g_set_object (&self->live, live);
  g_object_unref (live);
  soup_websocket_connection_set_max_incoming_payload_size (self->live, 4096);
  /* A hint says nothing but "look": its content is not even read. */
  g_signal_connect_object (self->live, "message", G_CALLBACK (piao_sync_nudge), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->live, "closed", G_CALLBACK (on_live_closed), self,
                           G_CONNECT_SWAPPED);
}

static void
listen_live (PiaoSync *self)
{
  g_autofree char *url = g_strconcat (self->url, "/v1/live", NULL);
  g_autofree char *bearer = g_strconcat ("Bearer ", self->token, NULL);
  g_autoptr (SoupMessage) message = NULL;

  if (self->live != NULL || self->connecting || now_of (self) < self->live_after)
    return;
  message = soup_message_new (SOUP_METHOD_GET, url);
  soup_message_headers_replace (soup_message_get_request_headers (message), "Authorization",
                                bearer);
  self->connecting = TRUE;
  soup_session_websocket_connect_async (self->session, message, NULL, NULL, G_PRIORITY_DEFAULT,
                                        self->cancellable, on_live_ready, g_object_ref (self));
}

/* --- the loop -------------------------------------------------------------------------------- */

static void
succeeded (PiaoSync *self)
{
  self->failures = 0;
  self->last_success = now_of (self);
  g_clear_pointer (&self->problem, g_free);
  count_waiting (self);
  set_state (self, PIAO_SYNC_ONLINE);
  listen_live (self);
}

static void
failed (PiaoSync *self, const GError *error)
{
  gint64 now = now_of (self);

  self->failures++;
  set_ilms (self, PIAO_SYNC_ILMS_UNKNOWN);
  g_set_str (&self->problem, error->message);
  if (g_str_equal (piao_error_get_reason (error), "http.401"))
    g_clear_pointer (&self->token, g_free);
  count_waiting (self);
  /* Three failures make it degraded, half a minute without success offline; a refused connection
   * right at the start is no line at all. */
  if (self->last_success == 0 || self->failures >= 3
      || now - self->last_success >= OFFLINE_AFTER_MS)
    set_state (self, PIAO_SYNC_OFFLINE);
  else
    set_state (self, PIAO_SYNC_DEGRADED);
}

static guint
delay_of (PiaoSync *self)
{
  guint delay = BACK_OFF_MS;

  if (self->failures == 0)
    return IDLE_MS;
  for (guint i = 1; i < self->failures && delay < BACK_OFF_MAX_MS; i++)
    delay *= 2;
  delay = MIN (delay, BACK_OFF_MAX_MS);
  /* Jitter, so that a hundred offices do not come back in the same second. */
  return delay / 2 + (guint)g_rand_int_range (self->random, 0, (gint32)(delay / 2 + 1));
}

static void
wait_for_work (PiaoSync *self)
{
  g_autoptr (GError) error = NULL;

  if (!self->nudged)
    {
      self->wake = dex_promise_new ();
      dex_await (dex_future_first (dex_ref (self->wake),
                                   dex_timeout_new_msec ((int)delay_of (self)), NULL),
                 &error);
      dex_clear (&self->wake);
    }
  self->nudged = FALSE;
}

static DexFuture *
loop (gpointer data)
{
  PiaoSync *self = data;

  while (!self->stopped)
    {
      g_autoptr (GError) error = NULL;

      if (self->held)
        set_state (self, PIAO_SYNC_OFFLINE);
      else if (do_round (self, &error))
        succeeded (self);
      else
        failed (self, error);
      if (!self->stopped)
        wait_for_work (self);
    }
  self->looping = FALSE;
  return dex_future_new_true ();
}

void
piao_sync_start (PiaoSync *self)
{
  g_return_if_fail (PIAO_IS_SYNC (self));
  self->stopped = FALSE;
  if (self->looping)
    return;
  self->looping = TRUE;
  piao_future_disown (dex_scheduler_spawn (NULL, 0, loop, g_object_ref (self), g_object_unref),
                      "sync");
}

void
piao_sync_stop (PiaoSync *self)
{
  g_return_if_fail (PIAO_IS_SYNC (self));
  self->stopped = TRUE;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->live);
  soup_session_abort (self->session);
  piao_sync_nudge (self);
}

void
piao_sync_nudge (PiaoSync *self)
{
  g_return_if_fail (PIAO_IS_SYNC (self));
  self->nudged = TRUE;
  if (self->wake != NULL && dex_future_is_pending (DEX_FUTURE (self->wake)))
    dex_promise_resolve_boolean (self->wake, TRUE);
}

void
piao_sync_set_held (PiaoSync *self, gboolean held)
{
  g_return_if_fail (PIAO_IS_SYNC (self));
  self->held = held;
  self->failures = 0;
  piao_sync_nudge (self);
}

/* --- after a local commit -------------------------------------------------------------------- */

static DexFuture *
look_at_outbox (gpointer data)
{
  PiaoSync *self = data;
  guint before = self->waiting;

  count_waiting (self);
  if (self->waiting != before)
    g_signal_emit (self, signals[CHANGED], 0);
  if (self->waiting > 0 && self->failures == 0)
    piao_sync_nudge (self);
  return dex_future_new_true ();
}

static void
on_replica_changed (PiaoSync *self)
{
  piao_future_disown (
      dex_scheduler_spawn (NULL, 0, look_at_outbox, g_object_ref (self), g_object_unref), "outbox");
}

/* --- object ---------------------------------------------------------------------------------- */

gboolean
piao_sync_get_held (PiaoSync *self)
{
  return self->held;
}

PiaoSyncState
piao_sync_get_state (PiaoSync *self)
{
  return self->state;
}

PiaoSyncIlms
piao_sync_get_ilms (PiaoSync *self)
{
  return self->ilms;
}

gint64
piao_sync_get_ilms_since (PiaoSync *self)
{
  return self->ilms_since;
}

gint64
piao_sync_get_since (PiaoSync *self)
{
  return self->since;
}

gint64
piao_sync_get_last_success (PiaoSync *self)
{
  return self->last_success;
}

guint
piao_sync_get_waiting (PiaoSync *self)
{
  return self->waiting;
}

guint
piao_sync_get_refused (PiaoSync *self)
{
  return self->refused;
}

gint64
piao_sync_get_oldest (PiaoSync *self)
{
  return self->oldest;
}

gint64
piao_sync_get_seq (PiaoSync *self)
{
  return self->seq;
}

gint64
piao_sync_get_head (PiaoSync *self)
{
  return self->head;
}

const char *
piao_sync_get_problem (PiaoSync *self)
{
  return self->problem;
}

PiaoSyncPhase
piao_sync_get_phase (PiaoSync *self)
{
  return self->progress.phase;
}

double
piao_sync_get_progress (PiaoSync *self)
{
  return piao_sync_progress_get_fraction (&self->progress);
}

double
piao_sync_get_rate (PiaoSync *self)
{
  return self->progress.rate;
}

gint64
piao_sync_get_remaining (PiaoSync *self)
{
  return piao_sync_progress_get_remaining (&self->progress);
}

gint64
piao_sync_get_rows_received (PiaoSync *self)
{
  return self->progress.rows;
}

gint64
piao_sync_get_bytes_received (PiaoSync *self)
{
  return self->progress.bytes;
}

gboolean
piao_sync_is_complete (PiaoSync *self)
{
  return self->last_success != 0 && self->seq >= self->head;
}

void
piao_sync_note_signed_in (PiaoSync *self, gint64 user)
{
  g_signal_emit (self, signals[SIGNED_IN], 0, user);
}

static void
piao_sync_finalize (GObject *object)
{
  PiaoSync *self = PIAO_SYNC (object);

  g_clear_object (&self->replica);
  g_clear_object (&self->session);
  g_clear_object (&self->live);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->random, g_rand_free);
  g_free (self->url);
  g_free (self->token);
  g_free (self->name);
  g_free (self->password);
  g_free (self->problem);
  G_OBJECT_CLASS (piao_sync_parent_class)->finalize (object);
}

static void
piao_sync_class_init (PiaoSyncClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = piao_sync_finalize;
  signals[CHANGED]
      = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNED_IN] = g_signal_new ("signed-in", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 1, G_TYPE_INT64);
}

static void
piao_sync_init (PiaoSync *self)
{
  self->session = piao_http_session_new ();
  self->cancellable = g_cancellable_new ();
  self->random = g_rand_new ();
  self->max_bytes = FIRST_ANSWER_BYTES;
  self->began = -1;
  piao_sync_progress_init (&self->progress);
}

PiaoSync *
piao_sync_new (PiaoReplica *replica, const char *url, GError **error)
{
  PiaoSync *self;

  if (!piao_http_check_url (url, error))
    return NULL;
  self = g_object_new (PIAO_TYPE_SYNC, NULL);
  self->replica = g_object_ref (replica);
  self->url = g_strdup (url);
  self->since = now_of (self);
  g_signal_connect_object (replica, "changed", G_CALLBACK (on_replica_changed), self,
                           G_CONNECT_SWAPPED);
  return self;
}
