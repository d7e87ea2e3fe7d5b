/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <string.h>

#include "base/piao-error.h"
#include "sync/piao-sync-core.h"
#include "tests/sim/sim-call.h"
#include "tests/sim/sim-check.h"
#include "tests/sim/sim-damage.h"
#include "tests/sim/sim-line-up.h"
#include "tests/sim/sim-server.h"

/* ‰ of the pages that are written beside a call for which there is no room on the disk. */
#define NO_ROOM 250

/* A message under way, or a moment that was waited for. */
typedef struct
{
  SimDesk *desk;
  guint life;
  guint number; /* of the wake-up, nap or work */
  PiaoSyncEventType type;
} Moment;

static void step (SimDesk *desk, PiaoSyncEvent *event);

const char *
sim_call_get_coding (const SimWorld *world)
{
  return world->plan.frames ? PIAO_REPLY_FRAMES : PIAO_REPLY_JSON;
}

static void
later (SimDesk *desk, gint64 delay, SimFunc func, guint number, PiaoSyncEventType type)
{
  Moment *moment = g_new0 (Moment, 1);

  *moment = (Moment){ desk, desk->life, number, type };
  sim_later (desk->world, delay, func, moment, g_free);
}

static void
happen (SimDesk *desk, PiaoSyncEventType type)
{
  PiaoSyncEvent event = { .type = type, .token = TRUE };

  step (desk, &event);
}

/* --- the work of the engine ------------------------------------------------------------------ */

static void
finish (SimDesk *desk, guint serial, PiaoSyncEvent *event)
{
  event->type = PIAO_SYNC_EVENT_DONE;
  event->serial = serial;
  if (serial == desk->ahead)
    desk->ahead = 0;
  else
    {
      /* From here on the call ahead is the work under way. */
      desk->serial = desk->ahead;
      desk->ahead = 0;
    }
  step (desk, event);
}

static void
finish_with (SimDesk *desk, guint serial, PiaoSyncResult result)
{
  PiaoSyncEvent event = { .result = result };

  finish (desk, serial, &event);
}

static void
forget_call (SimDesk *desk)
{
  g_clear_pointer (&desk->request, json_object_unref);
  g_clear_pointer (&desk->answer, piao_sync_answer_free);
  g_clear_pointer (&desk->next, json_object_unref);
  g_clear_pointer (&desk->came, g_bytes_unref);
  desk->asking = FALSE;
  g_clear_pointer (&desk->asked_epoch, g_free);
}

static void
forget_page (SimDesk *desk)
{
  g_clear_pointer (&desk->page, piao_sync_answer_free);
  g_clear_pointer (&desk->page_request, json_object_unref);
  g_clear_pointer (&desk->page_came, g_bytes_unref);
}

static guint
count_waiting (SimDesk *desk)
{
  PiaoOutboxCounts counts = { 0 };

  piao_outbox_count (desk->db, &counts, NULL);
  return counts.waiting;
}

static void
read_request (SimDesk *desk, const PiaoSyncUpdate *update)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  PiaoSyncEvent event = { .result = PIAO_SYNC_RESULT_OK };
  gsize piece = desk->world->plan.piece;
  guint sent;

  forget_call (desk);
  if (piao_db_begin_read (desk->db, &error))
    {
      desk->request
          = piao_sync_build_request (desk->db, desk->device, piao_clock_now (desk->clock),
                                     MIN (update->max_answer_bytes, desk->world->plan.max_bytes),
                                     desk->world->calm ? update->max_command_bytes
                                                       : MIN (update->max_command_bytes, piece),
                                     update->verdicts_first, &error);
      piao_db_rollback (desk->db);
    }
  if (desk->request == NULL)
    {
      sim_fail_error (desk->world, 9, "A desktop cannot make a request", error);
      return;
    }
  sent = json_array_get_length (piao_json_get_array (desk->request, "commands"));
  event.full = sent > 0 && sent < count_waiting (desk);
  text = piao_json_object_to_text (desk->request);
  event.request_bytes = strlen (text);
  finish (desk, desk->serial, &event);
}

static gboolean
apply (PiaoDb *db, gpointer data, GError **error)
{
  gpointer *both = data;

  return piao_sync_answer_apply (both[0], ((SimDesk *)both[1])->world->registry, db, error);
}

static void
note_applied (SimDesk *desk, const PiaoSyncAnswer *answer, PiaoSyncEvent *event)
{
  const PiaoReply *reply = piao_sync_answer_get_reply (answer);
  gboolean waits = piao_sync_answer_waits (answer);
  gboolean more = piao_sync_answer_has_more (answer) || (waits && !desk->complete);

  desk->complete = !more;
  desk->whole = desk->complete || (desk->whole && !reply->restart);
  desk->head = reply->head;
  desk->rounds += more ? 0 : 1;
  desk->world->counts.calls++;
  desk->proof = piao_sync_answer_get_proof (answer);
  sim_damage_note (desk, reply, desk->proof);
  event->more = piao_sync_answer_fetches_more (answer);
  event->waits = waits;
  event->problem = piao_sync_answer_get_problem (answer, NULL) != NULL;
  event->rows = piao_reply_get_n_rows (reply);
  event->decided = reply->verdicts->len;
  event->reached = piao_sync_answer_get_reached (answer);
  event->waiting = count_waiting (desk);
  sim_note (desk->world, desk->who,
            "applied %u rows, %u verdicts, at %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT "%s",
            event->rows, event->decided, event->reached, reply->head, more ? ", more" : "");
  sim_check_applied (desk, reply);
}

static void
keep_rest (SimDesk *desk, JsonObject *request, GBytes *came, const PiaoReply *reply)
{
  g_autofree char *tag = piao_sync_rest_name (request, reply);

  if (came != NULL)
    piao_sync_rest_keep (&desk->rest, request, tag, came, sim_call_get_coding (desk->world), FALSE);
}

static void
apply_answer (SimDesk *desk)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PiaoSyncAnswer) page = g_steal_pointer (&desk->page);
  g_autoptr (JsonObject) request = g_steal_pointer (&desk->page_request);
  g_autoptr (GBytes) came = g_steal_pointer (&desk->page_came);
  const PiaoReply *reply = piao_sync_answer_get_reply (page);
  g_autoptr (GArray) waiting = sim_damage_list_waiting (desk, reply);
  gpointer both[] = { page, desk };
  PiaoSyncEvent event = { .result = PIAO_SYNC_RESULT_FAILED };
  gboolean done = sim_desk_write (desk, apply, both, &error);

  if (desk->db == NULL)
    return;
  if (done)
    {
      event.result = PIAO_SYNC_RESULT_OK;
      note_applied (desk, page, &event);
      sim_damage_check_waiting (desk, reply, waiting);
      keep_rest (desk, request, came, reply);
      /* Among the rows may be a request of this desktop, as after a restore. */
      if (desk->worker != NULL)
        piao_gateway_worker_nudge (desk->worker);
    }
  else
    {
      piao_sync_rest_clear (&desk->rest);
      sim_note (desk->world, desk->who, "answer not applied: %s", error->message);
    }
  finish (desk, desk->serial, &event);
}

static void
on_disk (gpointer data)
{
  const Moment *moment = data;
  SimDesk *desk = moment->desk;

  if (desk->db == NULL || desk->life != moment->life || desk->serial != moment->number)
    return;
  if (desk->world->calm || !sim_random_chance (&desk->chance, NO_ROOM))
    {
      apply_answer (desk);
      return;
    }
  sim_note (desk->world, desk->who, "answer not applied: no room, with a page ahead of it");
  forget_page (desk);
  piao_sync_rest_clear (&desk->rest);
  finish_with (desk, desk->serial, PIAO_SYNC_RESULT_FAILED);
}

/* The page behind it is asked for at once; the disk takes its time. */
static void
begin_apply (SimDesk *desk, const PiaoSyncUpdate *update)
{
  g_autoptr (JsonObject) next = g_steal_pointer (&desk->next);

  desk->page = g_steal_pointer (&desk->answer);
  desk->page_request = g_steal_pointer (&desk->request);
  desk->page_came = g_steal_pointer (&desk->came);
  forget_call (desk);
  if (!update->ahead)
    {
      apply_answer (desk);
      return;
    }
  desk->request = g_steal_pointer (&next);
  desk->ahead = update->ahead_serial;
  piao_sync_date_request (desk->request, piao_clock_now (desk->clock),
                          MIN (update->max_answer_bytes, desk->world->plan.max_bytes));
  sim_line_up_send (desk, desk->ahead);
  later (desk, sim_random_range (&desk->chance, 1, 1500), on_disk, desk->serial,
         PIAO_SYNC_EVENT_DONE);
}

/* --- calls ----------------------------------------------------------------------------------- */

/* The answer as a whole, checked. */
static gboolean
open_answer (SimDesk *desk, GBytes *body, GError **error)
{
  PiaoRegistry *registry = desk->world->registry;
  g_autoptr (PiaoReply) reply
      = piao_reply_decode (registry, sim_call_get_coding (desk->world), body, error);

  if (reply != NULL)
    desk->answer = piao_sync_answer_new (registry, desk->request, reply, error);
  if (desk->answer != NULL)
    desk->next = piao_sync_continue_request (desk->request, reply);
  return desk->answer != NULL;
}

/* The short question goes first when it may stand for the request. */
static void
begin_call (SimDesk *desk, guint serial)
{
  g_autofree char *path = piao_sync_rest_get_path (&desk->rest, desk->request, desk->live);

  desk->asking = path != NULL;
  if (path == NULL)
    {
      sim_line_up_send (desk, serial);
      return;
    }
  if (desk->world->server->db != NULL)
    piao_ledger_read_head (desk->world->server->db, &desk->asked_head, &desk->asked_epoch, NULL);
  sim_line_up_ask (desk, serial, path);
}

/* What is kept stands for an answer that would have been no older than the question. */
static void
check_fresh (SimDesk *desk)
{
  const PiaoReply *reply = piao_sync_answer_get_reply (desk->answer);

  if (desk->asked_epoch != NULL
      && (reply->head < desk->asked_head || !g_str_equal (reply->epoch, desk->asked_epoch)))
    sim_fail (desk->world, 9,
              "%s is told that all is as at %" G_GINT64_FORMAT " of %s; the server was at "
              "%" G_GINT64_FORMAT " of %s when it was asked",
              desk->who, reply->head, reply->epoch, desk->asked_head, desk->asked_epoch);
}

/* What was said to the short question: the body of the answer that it stands for; NULL when the
 * whole request went instead. */
static GBytes *
take_said (SimDesk *desk, guint serial, GBytes *said)
{
  desk->asking = FALSE;
  if (piao_sync_rest_take (&desk->rest, said))
    {
      desk->world->counts.sames++;
      return desk->rest.answer;
    }
  sim_line_up_send (desk, serial);
  return NULL;
}

void
sim_call_answered (
    SimDesk *desk, guint serial, gboolean same, gboolean flipped, guint status, GBytes *body)
{
  PiaoSyncEvent event = { .result = PIAO_SYNC_RESULT_FAILED };
  g_autoptr (GError) error = NULL;

  if (desk->db == NULL || serial == 0 || desk->asking != same
      || (desk->ahead != 0 ? serial != desk->ahead : serial != desk->serial))
    return;
  if (same && status == 200)
    {
      body = take_said (desk, serial, body);
      if (body == NULL)
        return;
    }
  else if (status == 200)
    desk->came = g_bytes_ref (body);
  if (status == 200 && open_answer (desk, body, &error))
    {
      if (same)
        check_fresh (desk);
      else if (flipped)
        sim_fail (desk->world, 9, "%s takes an answer with a bit that the server did not write",
                  desk->who);
      event.received = g_bytes_get_size (body);
      event.result = PIAO_SYNC_RESULT_OK;
      event.goes_on = desk->next != NULL;
      event.limited = piao_sync_is_limited (desk->request);
    }
  else if (status == 200)
    piao_sync_rest_clear (&desk->rest);
  else if (status == 401)
    event.result = PIAO_SYNC_RESULT_UNAUTHORIZED;
  else if (status == 410)
    event.result = PIAO_SYNC_RESULT_REVOKED;
  if (event.result != PIAO_SYNC_RESULT_OK)
    sim_note (desk->world, desk->who, "call failed: %u %s", status,
              error != NULL ? error->message : "");
  finish (desk, serial, &event);
}

static void
on_time (gpointer data)
{
  const Moment *moment = data;
  SimDesk *desk = moment->desk;

  if (desk->db != NULL && desk->life == moment->life && desk->wake == moment->number)
    happen (desk, moment->type);
}

static void
on_renewed (gpointer data)
{
  const Moment *moment = data;
  SimDesk *desk = moment->desk;

  if (desk->db != NULL && desk->life == moment->life && desk->serial == moment->number)
    finish_with (desk, desk->serial, PIAO_SYNC_RESULT_OK);
}

/* --- hints ----------------------------------------------------------------------------------- */

static void
close_live (SimDesk *desk)
{
  desk->live = FALSE;
  desk->listening = 0;
  happen (desk, PIAO_SYNC_EVENT_LIVE_CLOSED);
}

static gboolean
is_listening (const Moment *moment)
{
  const SimDesk *desk = moment->desk;

  return desk->db != NULL && desk->life == moment->life && desk->listening == moment->number;
}

static void
on_closed (gpointer data)
{
  if (is_listening (data))
    close_live (((Moment *)data)->desk);
}

static void
on_connected (gpointer data)
{
  const Moment *moment = data;
  SimDesk *desk = moment->desk;

  if (!is_listening (moment))
    return;
  if (desk->world->server->db == NULL || sim_random_chance (&desk->chance, 700))
    {
      close_live (desk);
      return;
    }
  desk->live = TRUE;
  happen (desk, PIAO_SYNC_EVENT_LIVE_OPENED);
  later (desk, sim_random_span (&desk->chance, PIAO_SECOND, PIAO_HOUR), on_closed, moment->number,
         PIAO_SYNC_EVENT_LIVE_CLOSED);
}

static void
on_hint (gpointer data)
{
  const Moment *moment = data;
  PiaoSyncEvent event = { .type = PIAO_SYNC_EVENT_HINT };

  if (!is_listening (moment) || !moment->desk->live)
    return;
  event.seq = moment->desk->hint;
  piao_sync_rest_take_hint (&moment->desk->rest, event.seq, moment->desk->engine.reached);
  step (moment->desk, &event);
}

void
sim_call_hint (SimDesk *desk, gint64 seq)
{
  if (desk->db == NULL || !desk->live || desk->world->now < desk->down_dead)
    return;
  desk->hint = seq;
  later (desk, sim_random_range (&desk->chance, 20, 2000), on_hint, desk->listening,
         PIAO_SYNC_EVENT_HINT);
}

static void
listen_live (SimDesk *desk, PiaoSyncLive live)
{
  if (live == PIAO_SYNC_LIVE_CONNECT)
    {
      desk->listening = ++desk->listened;
      later (desk, 200, on_connected, desk->listening, PIAO_SYNC_EVENT_LIVE_OPENED);
    }
  else if (live == PIAO_SYNC_LIVE_CLOSE)
    later (desk, 50, on_closed, desk->listening, PIAO_SYNC_EVENT_LIVE_CLOSED);
}

/* --- steps ----------------------------------------------------------------------------------- */

static void
do_work (SimDesk *desk, const PiaoSyncUpdate *update)
{
  if (update->work == PIAO_SYNC_WORK_NONE)
    return;
  if (desk->serial != 0 || desk->ahead != 0)
    {
      sim_fail (desk->world, 9, "%s: the engine begins work %d while another is under way",
                desk->who, update->work);
      return;
    }
  if (desk->held && update->work != PIAO_SYNC_WORK_WIPE)
    {
      sim_fail (desk->world, 9, "%s talks to the server although it is kept offline", desk->who);
      return;
    }
  desk->serial = update->serial;
  switch (update->work)
    {
    case PIAO_SYNC_WORK_READ:
      read_request (desk, update);
      break;
    case PIAO_SYNC_WORK_CALL:
      begin_call (desk, desk->serial);
      break;
    case PIAO_SYNC_WORK_APPLY:
      begin_apply (desk, update);
      break;
    case PIAO_SYNC_WORK_RENEW:
      later (desk, 500, on_renewed, desk->serial, PIAO_SYNC_EVENT_DONE);
      break;
    case PIAO_SYNC_WORK_WIPE:
      sim_desk_wipe (desk);
      break;
    case PIAO_SYNC_WORK_NONE:
    default:
      break;
    }
}

static void
step (SimDesk *desk, PiaoSyncEvent *event)
{
  PiaoSyncUpdate update = { 0 };
  guint number;

  if (desk->db == NULL || desk->world->failure != NULL)
    return;
  event->now = desk->world->now;
  event->random = (guint32)sim_random_next (&desk->chance);
  piao_sync_engine_step (&desk->engine, event, &update);
  number = ++desk->wake;
  if (update.wake != PIAO_SYNC_NEVER)
    later (desk, MAX (update.wake - desk->world->now, 1), on_time, desk->wake,
           PIAO_SYNC_EVENT_TIME);
  listen_live (desk, update.live);
  if (update.cancel && desk->request != NULL)
    finish_with (desk, desk->ahead != 0 ? desk->ahead : desk->serial, PIAO_SYNC_RESULT_CANCELLED);
  do_work (desk, &update);
  if (desk->db != NULL && desk->wake == number && desk->awake && !desk->held && desk->serial == 0
      && update.work == PIAO_SYNC_WORK_NONE && update.wake == PIAO_SYNC_NEVER)
    sim_fail (desk->world, 9, "%s: the engine waits for nothing", desk->who);
}

/* --- a working day --------------------------------------------------------------------------- */

static void
on_nap (gpointer data)
{
  const Moment *moment = data;
  SimDesk *desk = moment->desk;

  if (desk->db == NULL || desk->naps != moment->number || desk->world->calm)
    return;
  desk->awake = FALSE;
  happen (desk, PIAO_SYNC_EVENT_STOP);
}

void
sim_call_wake (SimDesk *desk, gint64 length)
{
  if (desk->db == NULL)
    return;
  later (desk, length, on_nap, ++desk->naps, PIAO_SYNC_EVENT_STOP);
  if (desk->awake)
    return;
  desk->awake = TRUE;
  happen (desk, PIAO_SYNC_EVENT_START);
}

static void
on_release (gpointer data)
{
  const Moment *moment = data;

  if (moment->desk->db != NULL && moment->desk->life == moment->life)
    sim_call_release (moment->desk);
}

void
sim_call_release (SimDesk *desk)
{
  if (!desk->held)
    return;
  desk->held = FALSE;
  happen (desk, PIAO_SYNC_EVENT_RELEASE);
}

void
sim_call_hold (SimDesk *desk, gint64 length)
{
  if (desk->db == NULL || desk->held)
    return;
  sim_note (desk->world, desk->who, "kept offline");
  desk->held = TRUE;
  happen (desk, PIAO_SYNC_EVENT_HOLD);
  later (desk, length, on_release, 0, PIAO_SYNC_EVENT_RELEASE);
}

void
sim_call_start (SimDesk *desk)
{
  piao_sync_engine_init (&desk->engine);
  happen (desk, PIAO_SYNC_EVENT_SIGNED_IN);
  sim_call_wake (desk, sim_random_range (&desk->chance, 5 * PIAO_SECOND, 40 * PIAO_SECOND));
}

void
sim_call_sign_in (SimDesk *desk, gint64 user)
{
  desk->user = user;
  piao_sync_rest_clear (&desk->rest);
}

void
sim_call_commit (SimDesk *desk)
{
  PiaoSyncEvent event = { .type = PIAO_SYNC_EVENT_COMMIT };

  if (desk->db == NULL)
    return;
  event.waiting = count_waiting (desk);
  step (desk, &event);
}

void
sim_call_end (SimDesk *desk)
{
  forget_call (desk);
  forget_page (desk);
  piao_sync_rest_clear (&desk->rest);
  desk->serial = desk->ahead = 0;
  desk->awake = FALSE;
  desk->held = FALSE;
  desk->live = FALSE;
  desk->listening = 0;
}
