/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * DESIGN: the work that the engine hands out, a fiber each. The fibers only wait: reading and
 * coding a request and taking an answer apart run on a reader's thread of the replica, applying on
 * its writer's, sending and receiving in libsoup. So the screen never waits for an answer, however
 * long it is. A page ahead is received and taken apart while the writer has the one before; no more
 * than these two are in memory.
 */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/piao-error.h"
#include "base/piao-future.h"
#include "sync/piao-http.h"
#include "sync/piao-sync-private.h"
#include "sync/piao-sync-rows.h"

/* An answer with fewer rows is not one of a quick line in the middle of a large fetch. */
#define FEW_ROWS 1000

typedef struct
{
  PiaoSync *sync; /* owned */
  PiaoSyncUpdate update;
  PiaoSyncRound *round; /* owned; of READ, CALL and APPLY */
} Work;

static void
work_free (gpointer data)
{
  Work *work = data;

  g_clear_pointer (&work->round, piao_sync_round_unref);
  g_object_unref (work->sync);
  g_free (work);
}

/* --- a round --------------------------------------------------------------------------------- */

PiaoSyncRound *
piao_sync_round_new (void)
{
  return g_rc_box_new0 (PiaoSyncRound);
}

PiaoSyncRound *
piao_sync_round_ref (PiaoSyncRound *round)
{
  return g_rc_box_acquire (round);
}

static void
free_answer (PiaoSyncRound *round)
{
  g_clear_pointer (&round->whole, piao_sync_answer_free);
  g_clear_pointer (&round->reply, piao_reply_unref);
}

static void
clear_round (gpointer data)
{
  PiaoSyncRound *round = data;

  free_answer (round);
  g_clear_pointer (&round->request, json_object_unref);
  g_clear_pointer (&round->next, json_object_unref);
  g_clear_pointer (&round->bytes, g_bytes_unref);
  g_clear_pointer (&round->answer, g_bytes_unref);
  g_clear_pointer (&round->type, g_free);
}

void
piao_sync_round_unref (PiaoSyncRound *round)
{
  g_rc_box_release_full (round, clear_round);
}

static void
write_request (PiaoSyncRound *round)
{
  char *text = piao_json_object_to_text (round->request);

  round->bytes = g_bytes_new_take (text, strlen (text));
}

/* The round of the page behind @round, which is not applied yet. */
static PiaoSyncRound *
make_next_round (PiaoSync *self, PiaoSyncRound *round, gsize max_answer)
{
  PiaoSyncRound *next = piao_sync_round_new ();

  next->request = g_steal_pointer (&round->next);
  piao_sync_date_request (next->request, piao_clock_now (piao_replica_get_clock (self->replica)),
                          max_answer);
  write_request (next);
  return next;
}

static void
finish (Work *work, PiaoSyncEvent *event)
{
  event->type = PIAO_SYNC_EVENT_DONE;
  event->serial = work->update.serial;
  piao_sync_feed (work->sync, event);
}

/* --- READ ------------------------------------------------------------------------------------ */

typedef struct
{
  guint device;
  gint64 now;
  gsize max_answer, max_commands;
  gboolean verdicts_first;
  PiaoSyncRound *round; /* borrowed; the request is filled in, as all below */
  guint n_commands;
  gint64 cursor; /* seq of the furthest */
  PiaoOutboxCounts counts;
} Reading;

static gint64
find_furthest (JsonArray *cursors)
{
  gint64 furthest = 0;

  for (guint i = 0; i < json_array_get_length (cursors); i++)
    furthest
        = MAX (furthest, json_array_get_int_element (json_array_get_array_element (cursors, i), 1));
  return furthest;
}

static DexFuture *
read_request (PiaoDb *db, gpointer data)
{
  Reading *reading = data;
  GError *error = NULL;
  JsonObject *request
      = piao_sync_build_request (db, reading->device, reading->now, reading->max_answer,
                                 reading->max_commands, reading->verdicts_first, &error);

  reading->round->request = request;
  if (request == NULL || !piao_outbox_count (db, &reading->counts, &error))
    return dex_future_new_for_error (error);
  reading->n_commands = json_array_get_length (piao_json_get_array (request, "commands"));
  reading->cursor = find_furthest (piao_json_get_array (request, "cursors"));
  write_request (reading->round);
  return dex_future_new_true ();
}

static void
do_read (Work *work, PiaoSyncEvent *event)
{
  PiaoSync *self = work->sync;
  Reading reading = { .device = piao_replica_get_device (self->replica),
                      .now = piao_clock_now (piao_replica_get_clock (self->replica)),
                      .max_answer = work->update.max_answer_bytes,
                      .max_commands = work->update.max_command_bytes,
                      .verdicts_first = work->update.verdicts_first,
                      .round = work->round };
  g_autoptr (GError) error = NULL;

  /* What waits here goes up; what comes could not be kept. */
  if (piao_replica_get_storage (self->replica) != PIAO_STORAGE_GOOD)
    reading.max_answer = PIAO_SYNC_MIN_ANSWER;
  if (!dex_await (piao_replica_read (self->replica, read_request, &reading, NULL), &error))
    {
      piao_sync_set_problem (self, error->message);
      event->result = PIAO_SYNC_RESULT_FAILED;
      return;
    }
  self->seq = MAX (self->seq, reading.cursor);
  event->request_bytes = g_bytes_get_size (work->round->bytes);
  event->full = reading.max_commands > 0 && reading.n_commands < reading.counts.waiting;
}

/* --- CALL ------------------------------------------------------------------------------------ */

static void
on_progress (gsize sent, gsize received, gpointer data)
{
  piao_sync_feed (data, &(PiaoSyncEvent){
                            .type = PIAO_SYNC_EVENT_PROGRESS, .sent = sent, .received = received });
}

static PiaoSyncResult
get_result (const GError *error, GCancellable *cancellable)
{
  const char *reason = piao_error_get_reason (error);

  if (g_cancellable_is_cancelled (cancellable))
    return PIAO_SYNC_RESULT_CANCELLED;
  if (g_str_equal (reason, "device.revoked"))
    return PIAO_SYNC_RESULT_REVOKED;
  if (g_str_equal (reason, "http.401"))
    return PIAO_SYNC_RESULT_UNAUTHORIZED;
  return PIAO_SYNC_RESULT_FAILED;
}

static void
begin_talk (Work *work)
{
  PiaoSync *self = work->sync;

  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  if (work->update.fresh)
    {
      g_object_unref (self->session);
      self->session = piao_http_session_new (self->authority);
    }
}

/* On a reader's thread: whatever need not be done on the screen's or the writer's. */
typedef struct
{
  PiaoRegistry *registry; /* borrowed */
  PiaoSyncRound *round;   /* borrowed */
  gsize unpacked;         /* bytes of the rows */
} Taking;

static gboolean
check_rows (const PiaoReply *reply, PiaoDb *db, GError **error)
{
  for (guint i = 0; i < reply->blocks->len; i++)
    if (!piao_sync_rows_check (db, g_ptr_array_index (reply->blocks, i), error))
      return FALSE;
  return TRUE;
}

static DexFuture *
take_apart (PiaoDb *db, gpointer data)
{
  Taking *taking = data;
  PiaoSyncRound *round = taking->round;
  GError *error = NULL;
  g_autoptr (GBytes) plain = round->packed
                                 ? piao_http_unpack (round->answer, PIAO_REPLY_MAX_BYTES, &error)
                                 : g_bytes_ref (round->answer);

  if (plain != NULL)
    round->reply = piao_reply_decode (taking->registry, round->type, plain, &error);
  if (round->reply != NULL && check_rows (round->reply, db, &error))
    round->whole = piao_sync_answer_new (taking->registry, round->request, round->reply, &error);
  if (round->whole != NULL)
    {
      round->next = piao_sync_continue_request (round->request, round->reply);
      taking->unpacked = piao_reply_get_size (round->reply);
      return dex_future_new_true ();
    }
  free_answer (round);
  return dex_future_new_for_error (error);
}

/* Whether the centre would answer what is kept of a round before; then it is the answer of this
 * one. With @error the line failed. */
static gboolean
ask_same (PiaoSync *self, PiaoSyncRound *round, const PiaoHttpCall *like, GError **error)
{
  PiaoSyncRest *rest = &self->rest;
  g_autofree char *path = piao_sync_rest_get_path (rest, round->request, self->engine.live_open);
  g_autofree char *url = path != NULL ? g_strconcat (self->url, path, NULL) : NULL;
  g_auto (PiaoHttpCall) call = { .session = like->session,
                                 .url = url,
                                 .token = like->token,
                                 .accept = PIAO_REPLY_JSON,
                                 .max_bytes = PIAO_SYNC_REST_MAX_BYTES,
                                 .cancellable = like->cancellable,
                                 .progress = like->progress,
                                 .data = like->data };
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) inner = NULL;

  if (url == NULL)
    return FALSE;
  bytes = piao_http_call (&call, &inner);
  /* A centre that does not know the question can be asked all the same. */
  if (bytes == NULL && !g_error_matches (inner, PIAO_ERROR, PIAO_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&inner));
      return FALSE;
    }
  if (!piao_sync_rest_take (rest, bytes))
    return FALSE;
  round->answer = g_bytes_ref (rest->answer);
  g_set_str (&round->type, rest->type);
  round->packed = rest->packed;
  round->same = TRUE;
  round->received = g_bytes_get_size (bytes);
  return TRUE;
}

/* Sends and receives: the answer of the round. */
static gboolean
talk (Work *work, PiaoSyncEvent *event, GCancellable *cancellable, GError **error)
{
  PiaoSync *self = work->sync;
  PiaoSyncRound *round = work->round;
  g_autofree char *url = g_strconcat (self->url, "/v1/sync", NULL);
  g_autofree char *token = g_strdup (self->token);
  g_autoptr (SoupSession) session = g_object_ref (self->session);
  g_autoptr (GError) inner = NULL;
  g_auto (PiaoHttpCall) call = { .session = session,
                                 .url = url,
                                 .token = token,
                                 .body = round->bytes,
                                 .body_type = PIAO_REPLY_JSON,
                                 .accept = PIAO_REPLY_FRAMES ", " PIAO_REPLY_JSON,
                                 .max_bytes = PIAO_REPLY_MAX_BYTES,
                                 .cancellable = cancellable,
                                 .progress = on_progress,
                                 .data = self };

  if (ask_same (self, round, &call, &inner))
    return TRUE;
  if (inner == NULL)
    round->answer = piao_http_call (&call, &inner);
  event->sent = call.sent;
  event->received = call.received;
  if (round->answer == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&inner));
      return FALSE;
    }
  round->received = g_bytes_get_size (round->answer);
  g_set_str (&round->type, call.type);
  round->packed = call.packed;
  return TRUE;
}

static void
do_call (Work *work, PiaoSyncEvent *event)
{
  PiaoSync *self = work->sync;
  Taking taking = { .registry = piao_replica_get_registry (self->replica), .round = work->round };
  g_autoptr (GCancellable) cancellable = NULL;
  g_autoptr (GError) error = NULL;

  begin_talk (work);
  cancellable = g_object_ref (self->cancellable);
  if (talk (work, event, cancellable, &error))
    {
      if (dex_await (piao_replica_read (self->replica, take_apart, &taking, NULL), &error))
        {
          event->goes_on = work->round->next != NULL;
          event->limited = piao_sync_is_limited (work->round->request);
          event->asked = work->update.max_answer_bytes;
          event->unpacked = taking.unpacked;
          return;
        }
      piao_sync_rest_clear (&self->rest);
    }
  piao_sync_make_later (self, TRUE);
  event->result = get_result (error, cancellable);
  if (event->result != PIAO_SYNC_RESULT_CANCELLED)
    piao_sync_set_problem (self, error->message);
  else if (self->engine.stalled)
    piao_sync_set_problem (self, _ ("The centre does not answer: nothing comes through the line."));
}

/* --- APPLY ----------------------------------------------------------------------------------- */

typedef struct
{
  PiaoRegistry *registry;  /* borrowed */
  PiaoSyncRound *round;    /* borrowed */
  PiaoOutboxCounts counts; /* from here on filled in */
  PiaoSyncNews news;
  char *tag; /* owned; of an answer at rest, else NULL */
} Applying;

static guint
count_decided (const PiaoReply *reply)
{
  guint decided = 0;

  for (guint i = 0; i < reply->verdicts->len; i++)
    {
      const PiaoVerdict *verdict = g_ptr_array_index (reply->verdicts, i);

      decided += verdict->state != PIAO_VERDICT_REJECTED ? 1 : 0;
    }
  return decided;
}

static PiaoSyncIlms
find_ilms (const PiaoReply *reply)
{
  static const char *const words[] = { "unknown", "online", "degraded", "offline" };
  const char *state
      = piao_json_get_text (piao_json_get_object (reply->notes, "ilms"), "state", "unknown");

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (words[i], state))
      return (PiaoSyncIlms)i;
  return PIAO_SYNC_ILMS_UNKNOWN;
}

/* The centre counts what it still has for a new desktop: first what the daily work needs, then what
 * was before. */
static void
note_place (PiaoSyncNews *news, const PiaoReply *reply)
{
  static const char *const parts[] = { "working", "history" };
  static const PiaoSyncPhase phases[] = { PIAO_SYNC_PHASE_WORKING, PIAO_SYNC_PHASE_HISTORY };

  news->phase = PIAO_SYNC_PHASE_COMPLETE;
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      JsonObject *part = piao_json_get_object (reply->notes, parts[i]);

      news->done = part != NULL ? piao_json_get_int (part, "done", 0) : 0;
      news->total = part != NULL ? piao_json_get_int (part, "total", 0) : 0;
      if (news->done < news->total)
        {
          news->phase = phases[i];
          return;
        }
    }
}

static void
note_news (Applying *applying)
{
  const PiaoSyncAnswer *answer = applying->round->whole;
  const PiaoReply *reply = applying->round->reply;
  PiaoSyncNews *news = &applying->news;

  news->rows = piao_reply_get_n_rows (reply);
  news->gone = reply->gone->len;
  news->decided = count_decided (reply);
  news->more = piao_sync_answer_fetches_more (answer);
  news->waits = piao_sync_answer_waits (answer);
  news->reached = piao_sync_answer_get_reached (answer);
  news->head = reply->head;
  note_place (news, reply);
  news->ilms = find_ilms (reply);
  news->proof = piao_sync_answer_get_proof (answer);
  news->problem = g_strdup (piao_sync_answer_get_problem (answer, NULL));
}

static DexFuture *
apply_answer (PiaoDb *db, gpointer data)
{
  Applying *applying = data;
  PiaoSyncRound *round = applying->round;
  GError *error = NULL;

  if (piao_sync_answer_apply (round->whole, applying->registry, db, &error)
      && piao_outbox_count (db, &applying->counts, &error))
    {
      note_news (applying);
      applying->tag = piao_sync_rest_name (round->request, round->reply);
    }
  /* Thousands of rows take a while to free: not on the screen's thread. */
  free_answer (round);
  return error == NULL ? dex_future_new_true () : dex_future_new_for_error (error);
}

static void
note_applied (PiaoSync *self, const Applying *applying, PiaoSyncEvent *event)
{
  const PiaoSyncNews *news = &applying->news;

  event->more = news->more;
  event->waits = news->waits;
  event->problem = news->problem != NULL;
  event->rows = news->rows + news->gone;
  event->decided = news->decided;
  event->waiting = applying->counts.waiting;
  event->reached = news->reached;
  piao_sync_note_counts (self, &applying->counts);
  piao_sync_note_news (self, news, applying->round->received);
  /* What was not taken before stays said until it goes up again. */
  if (news->problem != NULL || self->engine.pushed || event->waiting == 0)
    g_set_str (&self->untaken, news->problem);
  piao_sync_set_problem (self, self->untaken);
  self->last_success = piao_clock_now (piao_replica_get_clock (self->replica));
}

static void
do_apply (Work *work, PiaoSyncEvent *event)
{
  PiaoSync *self = work->sync;
  g_autoptr (GError) error = NULL;
  Applying applying
      = { .registry = piao_replica_get_registry (self->replica), .round = work->round };

  if (dex_await (piao_replica_write (self->replica, apply_answer, &applying, NULL), &error))
    {
      note_applied (self, &applying, event);
      if (!work->round->same)
        piao_sync_rest_keep (&self->rest, work->round->request, applying.tag, work->round->answer,
                             work->round->type, work->round->packed);
      piao_sync_make_later (self, applying.news.rows < FEW_ROWS);
    }
  else
    {
      event->result = PIAO_SYNC_RESULT_FAILED;
      piao_sync_set_problem (self, error->message);
      piao_sync_rest_clear (&self->rest);
    }
  g_free (applying.news.problem);
  g_free (applying.tag);
}

/* --- RENEW ----------------------------------------------------------------------------------- */

static void
do_renew (Work *work, PiaoSyncEvent *event)
{
  PiaoSync *self = work->sync;
  g_autoptr (GCancellable) cancellable = NULL;
  g_autoptr (GError) error = NULL;

  begin_talk (work);
  cancellable = g_object_ref (self->cancellable);
  if (piao_sync_renew (self, cancellable, &error))
    return;
  event->result = get_result (error, cancellable);
  if (g_error_matches (error, PIAO_ERROR, PIAO_ERROR_FORBIDDEN)
      && event->result == PIAO_SYNC_RESULT_FAILED)
    event->result = PIAO_SYNC_RESULT_UNAUTHORIZED;
  if (event->result != PIAO_SYNC_RESULT_CANCELLED || self->engine.stalled)
    piao_sync_set_problem (self, error->message);
}

/* --- WIPE ------------------------------------------------------------------------------------ */

static DexFuture *
wipe (PiaoDb *db, gpointer data)
{
  GError *error = NULL;

  if (!piao_sync_wipe (data, db, &error))
    return dex_future_new_for_error (error);
  return dex_future_new_true ();
}

static void
do_wipe (Work *work, PiaoSyncEvent *event)
{
  PiaoSync *self = work->sync;
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->round, piao_sync_round_unref);
  piao_sync_forget_person (self);
  /* What was overwritten may stand in the log of the database until that is taken over. */
  if (dex_await (piao_replica_write (self->replica, wipe, piao_replica_get_registry (self->replica),
                                     NULL),
                 &error)
      && dex_await (piao_replica_settle (self->replica), &error))
    {
      self->seq = 0;
      piao_sync_set_problem (
          self, _ ("This computer may no longer use the centre. Its data has been erased; what it "
                   "had not sent yet is kept and can be exported."));
      return;
    }
  event->result = PIAO_SYNC_RESULT_FAILED;
  piao_sync_set_problem (self, error->message);
}

/* --------------------------------------------------------------------------------------------- */

static DexFuture *
run (gpointer data)
{
  Work *work = data;
  PiaoSyncEvent event = { .result = PIAO_SYNC_RESULT_OK };

  switch (work->update.work)
    {
    case PIAO_SYNC_WORK_READ:
      do_read (work, &event);
      break;
    case PIAO_SYNC_WORK_CALL:
      do_call (work, &event);
      break;
    case PIAO_SYNC_WORK_APPLY:
      do_apply (work, &event);
      break;
    case PIAO_SYNC_WORK_RENEW:
      do_renew (work, &event);
      break;
    case PIAO_SYNC_WORK_WIPE:
      do_wipe (work, &event);
      break;
    case PIAO_SYNC_WORK_NONE:
    default:
      g_assert_not_reached ();
    }
  finish (work, &event);
  return dex_future_new_true ();
}

/* Takes @round. */
static void
begin (PiaoSync *self, const PiaoSyncUpdate *update, PiaoSyncRound *round)
{
  Work *work = g_new0 (Work, 1);

  work->sync = g_object_ref (self);
  work->update = *update;
  work->round = round;
  piao_future_disown (dex_scheduler_spawn (NULL, 0, run, work, work_free), "sync");
}

/* The page behind @round is fetched while that is applied. */
static void
begin_ahead (PiaoSync *self, const PiaoSyncUpdate *like, PiaoSyncRound *round)
{
  PiaoSyncUpdate update = *like;

  update.work = PIAO_SYNC_WORK_CALL;
  update.serial = like->ahead_serial;
  self->round = make_next_round (self, round, like->max_answer_bytes);
  begin (self, &update, piao_sync_round_ref (self->round));
}

void
piao_sync_begin (PiaoSync *self, const PiaoSyncUpdate *update)
{
  g_autoptr (PiaoSyncRound) round = NULL;

  if (update->work == PIAO_SYNC_WORK_RENEW || update->work == PIAO_SYNC_WORK_WIPE)
    {
      begin (self, update, NULL);
      return;
    }
  if (update->work == PIAO_SYNC_WORK_READ)
    {
      g_clear_pointer (&self->round, piao_sync_round_unref);
      self->round = piao_sync_round_new ();
    }
  round = piao_sync_round_ref (self->round);
  if (update->work == PIAO_SYNC_WORK_APPLY)
    g_clear_pointer (&self->round, piao_sync_round_unref);
  begin (self, update, piao_sync_round_ref (round));
  if (update->ahead)
    begin_ahead (self, update, round);
}
