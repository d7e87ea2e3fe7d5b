/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * DESIGN: what to do and when is decided by the engine (piao-sync-engine.h). Here what happens is
 * handed to it, and what it hands back is done: work in fibers, a timer, a WebSocket. The time it
 * is told is the monotonic one, so a wall clock that jumps stalls nothing; the wall clock is read
 * only for what people look at.
 */

#include "config.h"

#include "base/piao-error.h"
#include "base/piao-future.h"
#include "sync/piao-http.h"
#include "sync/piao-sync-private.h"

/* Nothing has to be later than this. */
#define LONGEST_SLEEP_MS (3600 * 1000)

G_DEFINE_FINAL_TYPE (PiaoSync, piao_sync, G_TYPE_OBJECT)

enum
{
  CHANGED,
  SIGNED_IN,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

static gint64
get_now (void)
{
  return g_get_monotonic_time () / 1000;
}

static gint64
get_wall_time (PiaoSync *self)
{
  return piao_clock_now (piao_replica_get_clock (self->replica));
}

/* --- for whoever looks ----------------------------------------------------------------------- */

void
piao_sync_set_problem (PiaoSync *self, const char *problem)
{
  self->changed |= g_set_str (&self->problem, problem);
}

void
piao_sync_note_counts (PiaoSync *self, const PiaoOutboxCounts *counts)
{
  guint refused = counts->refused + counts->parked;

  self->changed |= self->waiting != counts->waiting || self->refused != refused
                   || self->oldest != counts->oldest;
  self->waiting = counts->waiting;
  self->refused = refused;
  self->oldest = counts->oldest;
}

static void
set_ilms (PiaoSync *self, PiaoSyncIlms ilms)
{
  if (self->ilms == ilms)
    return;
  self->ilms_since = get_wall_time (self);
  self->ilms = ilms;
  self->changed = TRUE;
}

/* The centre counts nothing: by how far it is ahead. Whoever had everything once can work. */
static void
note_distance (PiaoSync *self, const PiaoSyncNews *news)
{
  PiaoSyncPhase phase = PIAO_SYNC_PHASE_COMPLETE;

  if (self->began < 0 || self->began > news->reached)
    self->began = MIN (self->seq, news->reached);
  if (news->reached < news->head)
    phase = self->began > 0 ? PIAO_SYNC_PHASE_HISTORY : PIAO_SYNC_PHASE_WORKING;
  piao_sync_progress_note_place (&self->progress, phase, news->reached - self->began,
                                 news->head - self->began, get_now ());
  if (phase == PIAO_SYNC_PHASE_COMPLETE)
    self->began = -1;
}

void
piao_sync_note_news (PiaoSync *self, const PiaoSyncNews *news, gsize bytes)
{
  piao_sync_progress_note_answer (&self->progress, bytes, news->rows,
                                  self->engine.up_ms + self->engine.down_ms);
  if (news->phase != PIAO_SYNC_PHASE_COMPLETE)
    piao_sync_progress_note_place (&self->progress, news->phase, news->done, news->total,
                                   get_now ());
  else
    note_distance (self, news);
  self->seq = news->reached;
  self->head = news->head;
  set_ilms (self, news->ilms);
  if (news->proof == PIAO_PROOF_SAME)
    self->proven = get_wall_time (self);
  if (news->proof != PIAO_PROOF_NONE)
    self->differs = news->proof == PIAO_PROOF_DIFFERENT;
  self->changed = TRUE;
}

static void
note_state (PiaoSync *self)
{
  self->since = get_wall_time (self);
  self->changed = TRUE;
}

/* --- events in, work out --------------------------------------------------------------------- */

static gboolean
on_timer (gpointer data)
{
  PiaoSync *self = data;

  self->timer = 0;
  self->wake = PIAO_SYNC_NEVER;
  piao_sync_feed (self, &(PiaoSyncEvent){ .type = PIAO_SYNC_EVENT_TIME });
  return G_SOURCE_REMOVE;
}

static void
set_timer (PiaoSync *self, gint64 wake)
{
  if (self->wake == wake)
    return;
  g_clear_handle_id (&self->timer, g_source_remove);
  self->wake = wake;
  if (wake != PIAO_SYNC_NEVER)
    self->timer
        = g_timeout_add ((guint)CLAMP (wake - get_now (), 0, LONGEST_SLEEP_MS), on_timer, self);
}

static void
step (PiaoSync *self, PiaoSyncEvent *event)
{
  PiaoSyncUpdate update;

  event->now = get_now ();
  event->random = g_rand_int (self->random);
  piao_sync_engine_step (&self->engine, event, &update);
  if (update.changed)
    note_state (self);
  /* What ILMS did when the centre was last heard says nothing any more: nobody confirms on it. */
  if (self->engine.failures > 0 || self->engine.state == PIAO_SYNC_OFFLINE)
    set_ilms (self, PIAO_SYNC_ILMS_UNKNOWN);
  if (update.cancel)
    g_cancellable_cancel (self->cancellable);
  if (update.work != PIAO_SYNC_WORK_NONE)
    piao_sync_begin (self, &update);
  if (update.live == PIAO_SYNC_LIVE_CONNECT)
    piao_sync_live_connect (self);
  else if (update.live == PIAO_SYNC_LIVE_CLOSE)
    piao_sync_live_close (self);
  set_timer (self, update.wake);
}

void
piao_sync_feed (PiaoSync *self, const PiaoSyncEvent *event)
{
  g_autoptr (PiaoSync) held = NULL;
  gboolean changed;

  g_queue_push_tail (&self->events, g_memdup2 (event, sizeof *event));
  if (self->feeding)
    return;
  held = g_object_ref (self);
  self->feeding = TRUE;
  while (!g_queue_is_empty (&self->events))
    {
      g_autofree PiaoSyncEvent *next = g_queue_pop_head (&self->events);

      step (self, next);
    }
  self->feeding = FALSE;
  changed = self->changed;
  self->changed = FALSE;
  if (changed)
    g_signal_emit (self, signals[CHANGED], 0);
}

static void
feed (PiaoSync *self, PiaoSyncEventType type)
{
  piao_sync_feed (self, &(PiaoSyncEvent){ .type = type });
}

/* --- what people do -------------------------------------------------------------------------- */

void
piao_sync_start (PiaoSync *self)
{
  g_return_if_fail (PIAO_IS_SYNC (self));
  feed (self, PIAO_SYNC_EVENT_START);
}

void
piao_sync_stop (PiaoSync *self)
{
  g_return_if_fail (PIAO_IS_SYNC (self));
  feed (self, PIAO_SYNC_EVENT_STOP);
}

void
piao_sync_nudge (PiaoSync *self)
{
  g_return_if_fail (PIAO_IS_SYNC (self));
  feed (self, PIAO_SYNC_EVENT_NUDGE);
}

void
piao_sync_set_held (PiaoSync *self, gboolean held)
{
  g_return_if_fail (PIAO_IS_SYNC (self));
  feed (self, held ? PIAO_SYNC_EVENT_HOLD : PIAO_SYNC_EVENT_RELEASE);
}

void
piao_sync_note_signed_in (PiaoSync *self, gint64 user)
{
  piao_sync_feed (self, &(PiaoSyncEvent){ .type = PIAO_SYNC_EVENT_SIGNED_IN,
                                          .token = self->token != NULL });
  g_signal_emit (self, signals[SIGNED_IN], 0, user);
}

/* --- what happens here ----------------------------------------------------------------------- */

static DexFuture *
read_counts (PiaoDb *db, gpointer data)
{
  GError *error = NULL;

  if (!piao_outbox_count (db, data, &error))
    return dex_future_new_for_error (error);
  return dex_future_new_true ();
}

/* One count at a time; what changes meanwhile is counted once more. */
static DexFuture *
count (gpointer data)
{
  PiaoSync *self = data;

  while (self->count_again)
    {
      g_autoptr (GError) error = NULL;
      PiaoOutboxCounts counts = { 0 };

      self->count_again = FALSE;
      if (!dex_await (piao_replica_read (self->replica, read_counts, &counts, NULL), &error))
        break;
      piao_sync_note_counts (self, &counts);
      piao_sync_feed (self, &(PiaoSyncEvent){ .type = PIAO_SYNC_EVENT_COMMIT,
                                              .waiting = counts.waiting });
    }
  self->counting = FALSE;
  return dex_future_new_true ();
}

static void
on_replica_changed (PiaoSync *self)
{
  self->count_again = TRUE;
  if (self->counting)
    return;
  self->counting = TRUE;
  piao_future_disown (dex_scheduler_spawn (NULL, 0, count, g_object_ref (self), g_object_unref),
                      "outbox");
}

static void
on_network_changed (PiaoSync *self)
{
  feed (self, PIAO_SYNC_EVENT_NETWORK);
}

/* --- object ---------------------------------------------------------------------------------- */

gboolean
piao_sync_get_held (PiaoSync *self)
{
  return self->engine.held;
}

gboolean
piao_sync_is_revoked (PiaoSync *self)
{
  return self->engine.revoked;
}

gboolean
piao_sync_needs_sign_in (PiaoSync *self)
{
  return self->engine.started && !self->engine.signed_in;
}

PiaoSyncState
piao_sync_get_state (PiaoSync *self)
{
  return self->engine.state;
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

gint64
piao_sync_get_proven (PiaoSync *self)
{
  return self->proven;
}

gboolean
piao_sync_differs (PiaoSync *self)
{
  return self->differs;
}

gboolean
piao_sync_is_complete (PiaoSync *self)
{
  return self->last_success != 0 && self->progress.phase == PIAO_SYNC_PHASE_COMPLETE;
}

static void
piao_sync_finalize (GObject *object)
{
  PiaoSync *self = PIAO_SYNC (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_queue_clear_full (&self->events, g_free);
  g_clear_pointer (&self->round, piao_sync_round_unref);
  piao_sync_rest_clear (&self->rest);
  g_clear_object (&self->replica);
  g_clear_object (&self->session);
  g_clear_object (&self->live);
  g_clear_object (&self->live_attempt);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->random, g_rand_free);
  piao_sync_forget_person (self);
  g_free (self->url);
  g_free (self->problem);
  g_free (self->untaken);
  g_free (self->authority);
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
  self->session = piao_http_session_new (NULL);
  self->random = g_rand_new ();
  self->wake = PIAO_SYNC_NEVER;
  self->began = -1;
  g_queue_init (&self->events);
  piao_sync_engine_init (&self->engine);
  piao_sync_progress_init (&self->progress);
}

void
piao_sync_set_authority (PiaoSync *self, const char *authority)
{
  g_return_if_fail (PIAO_IS_SYNC (self));
  g_set_str (&self->authority, authority);
  g_clear_object (&self->session);
  self->session = piao_http_session_new (self->authority);
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
  self->since = get_wall_time (self);
  g_signal_connect_object (replica, "changed", G_CALLBACK (on_replica_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (g_network_monitor_get_default (), "network-changed",
                           G_CALLBACK (on_network_changed), self, G_CONNECT_SWAPPED);
  on_replica_changed (self);
  return self;
}
