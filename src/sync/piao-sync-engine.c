/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * DESIGN: an event first changes what is known (the handlers), then one place each decides what
 * follows from it: begin_work() for the line, decide_live() for the hints, get_wake() for the time.
 * So a rule like “no call while kept offline” stands in one line and holds after every event.
 */

#include "config.h"

#include "base/piao-error.h"
#include "base/piao-mutant.h"
#include "sync/piao-sync-engine-private.h"

/* A moment of rest between rounds that only hints ask for: as long as the last one took, so that a
 * busy centre does not keep a thin line full, and no longer than a person notices. */
#define REST_MS 250
/* A hint shows that the line works, so the delay after failures grows less. */
#define RETRY_MS 1000
#define HINTED_MAX_MS 8000
/* A changed network settles first; a cable that flaps is no reason to try all the time. */
#define SETTLE_MS 250
/* What was handed to the system may still be on its way, at 1 KB/s or more. */
#define NETWORK_PATIENCE_MS 8000
#define HANGING_MS 10000
#define SLOWEST_BYTES_PER_MS 1
/* After the first minute a line that is slower than 256 bytes/s is none. */
#define CRAWL_MS 60000
#define CRAWL_MS_PER_BYTE 4
/* So many answers may promise more and bring nothing. */
#define MAX_IDLE_PAGES 8
/* Later than any clock that makes sense; sums of it still fit. */
#define LAST_MS (G_GINT64_CONSTANT (1) << 53)
/* Requests up to this length say how quickly the centre answers; longer ones what goes up. */
#define SHORT_REQUEST 8192

void
piao_sync_engine_init (PiaoSyncEngine *self)
{
  *self = (PiaoSyncEngine){ .state = PIAO_SYNC_IDLE };
  piao_sync_pace_init (&self->pace);
}

gboolean
piao_sync_engine_may_talk (const PiaoSyncEngine *self)
{
  return self->started && self->signed_in && !self->revoked
         && (!self->held || PIAO_MUTANT (hold_ignored));
}

static gboolean
is_busy (const PiaoSyncEngine *self)
{
  return self->busy != PIAO_SYNC_WORK_NONE && !PIAO_MUTANT (two_calls);
}

static gboolean
is_calling (const PiaoSyncEngine *self)
{
  return self->busy == PIAO_SYNC_WORK_CALL || self->busy == PIAO_SYNC_WORK_RENEW
         || (self->ahead && !self->ahead_ended);
}

/* What is under way is not wanted any more; an answer that is being applied still is. */
static void
give_up (PiaoSyncEngine *self, PiaoSyncUpdate *update)
{
  self->stalled = FALSE;
  if (self->ahead && self->ahead_ended)
    self->ahead = self->cancelling = FALSE;
  if (self->cancelling || (!is_calling (self) && self->busy != PIAO_SYNC_WORK_READ))
    return;
  self->cancelling = TRUE;
  update->cancel = is_calling (self);
}

/* --- the state of the line ------------------------------------------------------------------- */

/* A call that has said nothing for a while is as good as failed for whoever looks. */
static gint64
get_hanging_at (const PiaoSyncEngine *self)
{
  if (!is_calling (self))
    return PIAO_SYNC_NEVER;
  return self->moved_at + HANGING_MS + (gint64)self->sent / SLOWEST_BYTES_PER_MS;
}

static gboolean
is_over (const PiaoSyncEngine *self)
{
  gboolean hanging = self->now >= get_hanging_at (self);

  if (!self->succeeded)
    return self->failures > 0 || hanging;
  /* One failure alone is no outage, however long ago the last round was. */
  return (self->failures >= 2 || hanging)
         && self->now - self->succeeded_at >= PIAO_SYNC_OFFLINE_AFTER_MS;
}

static void
judge_failure (PiaoSyncEngine *self)
{
  if (is_over (self))
    self->state = PIAO_SYNC_OFFLINE;
  else if (self->failures >= 3 && self->state != PIAO_SYNC_OFFLINE)
    self->state = PIAO_SYNC_DEGRADED;
}

/* @draining: more is to be fetched or sent at once. */
static void
judge_success (PiaoSyncEngine *self, gboolean draining)
{
  gboolean steady = self->state == PIAO_SYNC_ONLINE || self->state == PIAO_SYNC_DEGRADED;

  if (draining && !steady)
    self->state = PIAO_SYNC_RECOVERING;
  else
    self->state = piao_sync_pace_is_slow (&self->pace) ? PIAO_SYNC_DEGRADED : PIAO_SYNC_ONLINE;
}

/* --- how a round ends ------------------------------------------------------------------------ */

static void
fail (PiaoSyncEngine *self, guint32 random)
{
  self->failures++;
  self->failed_at = self->now;
  self->idle_pages = 0;
  /* Whoever breaks a connection may have left others half open. */
  self->fresh = TRUE;
  self->next_at
      = self->now
        + piao_sync_engine_spread (piao_sync_engine_grow (PIAO_SYNC_BACK_OFF_MS, self->failures,
                                                          PIAO_SYNC_BACK_OFF_MAX_MS),
                                   random);
  /* What happened meanwhile may have mended it: once more, soon. */
  if (self->again)
    piao_sync_engine_sooner (self, MAX (self->now + SETTLE_MS, self->network_at));
  self->again = FALSE;
  if (PIAO_MUTANT (endless_back_off) && self->failures > 8)
    self->next_at = PIAO_SYNC_NEVER;
  judge_failure (self);
}

/* The session was refused for good: a person has to sign in. */
static void
lose_sign_in (PiaoSyncEngine *self)
{
  self->signed_in = FALSE;
  self->token = FALSE;
  self->failures++;
  self->state = PIAO_SYNC_OFFLINE;
}

static gboolean
may_push (const PiaoSyncEngine *self)
{
  return self->stuck == 0 || self->now >= self->stuck_until;
}

static void
rest (PiaoSyncEngine *self, guint32 random)
{
  /* Spread a little, so that what came back together does not stay together. */
  self->next_at = self->now + PIAO_SYNC_IDLE_MS - (gint64)random % (PIAO_SYNC_IDLE_MS / 5);
  if (self->again || self->hint > self->reached)
    piao_sync_engine_sooner (self, self->now + MIN (self->round_ms, REST_MS));
  if (self->gained && self->waiting > 0 && may_push (self))
    piao_sync_engine_sooner (self, self->now);
  if (self->stuck > 0)
    piao_sync_engine_sooner (self, MAX (self->stuck_until, self->now + RETRY_MS));
  self->again = self->gained = FALSE;
  self->hint = 0;
}

/* Commands that were not taken go up again later, on their own time. */
static void
note_problem (PiaoSyncEngine *self, const PiaoSyncEvent *event)
{
  if (event->problem)
    {
      self->stuck++;
      self->stuck_until
          = self->now
            + piao_sync_engine_spread (piao_sync_engine_grow (PIAO_SYNC_BACK_OFF_MS, self->stuck,
                                                              PIAO_SYNC_STUCK_MAX_MS),
                                       event->random);
    }
  else if (self->pushed || event->waiting == 0)
    self->stuck = 0;
}

static void
done_apply (PiaoSyncEngine *self, const PiaoSyncEvent *event)
{
  gboolean moved = event->rows > 0 || event->decided > 0 || event->reached != self->reached;
  gboolean sending = event->waiting > 0 && event->decided > 0 && !event->problem;
  gint64 took = self->now - self->apply_at;
  /* Verdicts alone do not end what had begun to come: half of it would be looked at until then. */
  gboolean more = event->more || (event->waits && !self->whole);

  if (event->result != PIAO_SYNC_RESULT_OK)
    {
      fail (self, event->random);
      return;
    }
  self->whole = !more;
  self->waiting = event->waiting;
  self->reached = event->reached;
  self->round_ms = self->now - self->round_at;
  if (event->more && !self->limited)
    piao_sync_pace_note_full_answer (&self->pace, self->down_ms, took);
  note_problem (self, event);
  self->idle_pages = more && !moved ? self->idle_pages + 1 : 0;
  if (self->idle_pages >= MAX_IDLE_PAGES)
    {
      fail (self, event->random);
      return;
    }
  self->failures = 0;
  self->succeeded = TRUE;
  self->succeeded_at = self->now;
  if (piao_sync_engine_may_talk (self))
    judge_success (self, more || sending);
  if (more || sending)
    self->next_at = self->now;
  else
    rest (self, event->random);
}

/* --- the call -------------------------------------------------------------------------------- */

/* What it took to check the answer is not the line's. */
static void
measure_call (PiaoSyncEngine *self, const PiaoSyncEvent *event)
{
  gboolean told = self->answering && event->received > 0 && event->received <= self->received;
  gint64 last = told ? self->moved_at : self->ended_at;
  gint64 first = self->answering ? self->first_at : last;

  self->up_ms = first - self->work_at;
  self->down_ms = last - first;
  if (self->request_bytes <= SHORT_REQUEST)
    piao_sync_pace_note_latency (&self->pace, self->up_ms);
  if (self->full || self->request_bytes > SHORT_REQUEST)
    piao_sync_pace_note_piece (&self->pace, self->request_bytes, self->up_ms);
}

static void
fail_call (PiaoSyncEngine *self, const PiaoSyncEvent *event)
{
  piao_sync_pace_note_cut (&self->pace, MAX (self->sent, event->sent),
                           MAX (self->received, event->received));
  fail (self, event->random);
}

/* Returns the work that follows at once. */
static PiaoSyncWork
done_call (PiaoSyncEngine *self, const PiaoSyncEvent *event)
{
  gboolean renewed = self->renewed;

  self->renewed = FALSE;
  switch (event->result)
    {
    case PIAO_SYNC_RESULT_OK:
      measure_call (self, event);
      self->goes_on = event->goes_on;
      self->limited = event->limited;
      if (event->goes_on && event->unpacked > 0 && !event->limited)
        piao_sync_pace_note_unpacked (&self->pace, event->asked, event->unpacked);
      return PIAO_SYNC_WORK_APPLY;
    case PIAO_SYNC_RESULT_UNAUTHORIZED:
      self->token = FALSE;
      /* Refused although it was new: something else is wrong, which asking again does not mend. */
      if (renewed)
        fail (self, event->random);
      else
        self->next_at = self->now;
      return PIAO_SYNC_WORK_NONE;
    case PIAO_SYNC_RESULT_FAILED:
    case PIAO_SYNC_RESULT_REVOKED:
    case PIAO_SYNC_RESULT_CANCELLED:
    default:
      fail_call (self, event);
      return PIAO_SYNC_WORK_NONE;
    }
}

static void
done_renew (PiaoSyncEngine *self, const PiaoSyncEvent *event)
{
  if (event->result == PIAO_SYNC_RESULT_OK)
    {
      self->token = self->renewed = TRUE;
      self->next_at = self->now;
    }
  else if (event->result == PIAO_SYNC_RESULT_UNAUTHORIZED)
    lose_sign_in (self);
  else
    fail (self, event->random);
}

/* --- a device that is revoked ---------------------------------------------------------------- */

/* The centre itself has said so. Nothing else is done any more before what is here is erased. */
static void
take_revocation (PiaoSyncEngine *self)
{
  self->revoked = self->wipe = TRUE;
  self->signed_in = self->token = FALSE;
  self->state = PIAO_SYNC_OFFLINE;
  self->next_at = self->now;
}

static void
done_wipe (PiaoSyncEngine *self, const PiaoSyncEvent *event)
{
  if (event->result != PIAO_SYNC_RESULT_OK)
    {
      fail (self, event->random);
      return;
    }
  self->wipe = FALSE;
  self->reached = 0;
  self->waiting = 0;
}

static PiaoSyncWork
done_read (PiaoSyncEngine *self, const PiaoSyncEvent *event)
{
  if (event->result != PIAO_SYNC_RESULT_OK)
    {
      fail (self, event->random);
      return PIAO_SYNC_WORK_NONE;
    }
  self->request_bytes = event->request_bytes;
  self->full = event->full;
  self->next_at = self->now;
  return PIAO_SYNC_WORK_CALL;
}

/* Work of the line has come to its end. Returns the work that follows at once, or NONE. */
static PiaoSyncWork
end_work (PiaoSyncEngine *self, PiaoSyncWork was, const PiaoSyncEvent *event)
{
  gboolean unwanted = self->cancelling && !self->stalled;

  self->busy = PIAO_SYNC_WORK_NONE;
  self->cancelling = self->stalled = FALSE;
  if (unwanted)
    self->next_at = self->now;
  else if (event->result == PIAO_SYNC_RESULT_REVOKED)
    take_revocation (self);
  else if (was == PIAO_SYNC_WORK_READ)
    return done_read (self, event);
  else if (was == PIAO_SYNC_WORK_CALL)
    return done_call (self, event);
  else if (was == PIAO_SYNC_WORK_RENEW)
    done_renew (self, event);
  else
    done_wipe (self, event);
  return PIAO_SYNC_WORK_NONE;
}

/* The page before it is written, or could not be: then what comes of the call ahead would leave a
 * hole, and is not used. Returns the work that follows at once, or NONE. */
static PiaoSyncWork
take_over (PiaoSyncEngine *self, PiaoSyncUpdate *update)
{
  gboolean useless = self->failures > 0 && !PIAO_MUTANT (page_skipped);

  if (!self->ahead)
    return PIAO_SYNC_WORK_NONE;
  self->ahead = FALSE;
  self->pushed = FALSE;
  self->round_at = self->work_at;
  if (self->ahead_ended && useless)
    self->cancelling = self->stalled = FALSE;
  else if (self->ahead_ended)
    return end_work (self, PIAO_SYNC_WORK_CALL, &self->ahead_event);
  else
    {
      self->busy = PIAO_SYNC_WORK_CALL;
      self->serial = self->ahead_serial;
      self->useless = useless;
      if (useless)
        give_up (self, update);
    }
  return PIAO_SYNC_WORK_NONE;
}

/* Returns the work that follows at once, or NONE. */
static PiaoSyncWork
done (PiaoSyncEngine *self, const PiaoSyncEvent *event, PiaoSyncUpdate *update)
{
  PiaoSyncWork was = self->busy;
  gboolean useless = self->useless;
  gint64 next_at = self->next_at;

  if (self->ahead && event->serial == self->ahead_serial)
    {
      self->ahead_event = *event;
      self->ahead_ended = TRUE;
      self->ended_at = self->now;
      return PIAO_SYNC_WORK_NONE;
    }
  if (was == PIAO_SYNC_WORK_NONE || event->serial != self->serial)
    return PIAO_SYNC_WORK_NONE;
  if (was == PIAO_SYNC_WORK_APPLY)
    {
      self->busy = PIAO_SYNC_WORK_NONE;
      done_apply (self, event);
      return take_over (self, update);
    }
  self->ended_at = self->now;
  self->useless = FALSE;
  was = end_work (self, was, event);
  /* The delay after the failure before stands. */
  if (useless && !self->again)
    self->next_at = next_at;
  return was;
}

/* --- what a person wants --------------------------------------------------------------------- */

static void
take_start (PiaoSyncEngine *self)
{
  self->started = TRUE;
  self->failures = 0;
  self->next_at = self->now;
  self->live_at = self->now;
  self->live_failures = 0;
  self->state = self->held || self->revoked ? PIAO_SYNC_OFFLINE : PIAO_SYNC_IDLE;
}

static void
take_stop (PiaoSyncEngine *self, PiaoSyncUpdate *update)
{
  self->started = FALSE;
  self->state = PIAO_SYNC_IDLE;
  give_up (self, update);
}

static void
take_sign_in (PiaoSyncEngine *self, gboolean token, PiaoSyncUpdate *update)
{
  self->signed_in = TRUE;
  self->revoked = FALSE;
  self->token = self->renewed = token;
  self->failures = 0;
  self->stuck = 0;
  self->next_at = self->now;
  give_up (self, update);
}

static void
take_sign_out (PiaoSyncEngine *self, PiaoSyncUpdate *update)
{
  self->signed_in = self->token = FALSE;
  if (self->started && !self->held)
    self->state = PIAO_SYNC_IDLE;
  give_up (self, update);
}

static void
take_hold (PiaoSyncEngine *self, gboolean held, PiaoSyncUpdate *update)
{
  self->held = held;
  self->failures = 0;
  self->next_at = self->now;
  if (!held)
    return;
  if (self->started)
    self->state = PIAO_SYNC_OFFLINE;
  give_up (self, update);
}

static void
take_nudge (PiaoSyncEngine *self)
{
  self->stuck_until = self->now;
  if (is_busy (self))
    self->again = TRUE;
  else
    self->next_at = self->now;
}

/* --- what happens ---------------------------------------------------------------------------- */

static void
take_commit (PiaoSyncEngine *self, guint waiting)
{
  gboolean gained = waiting > self->waiting;

  self->waiting = waiting;
  if (!gained)
    return;
  if (is_busy (self))
    self->gained = TRUE;
  else if (self->failures == 0 && may_push (self))
    piao_sync_engine_sooner (self, self->now);
}

void
piao_sync_engine_take_hint (PiaoSyncEngine *self, gint64 seq)
{
  gint64 at = seq > 0 ? seq : G_MAXINT64;

  if (at <= self->reached)
    return;
  if (is_busy (self))
    self->hint = MAX (self->hint, at);
  else if (self->failures == 0)
    piao_sync_engine_sooner (self, self->now + MIN (self->round_ms, REST_MS));
  else
    piao_sync_engine_sooner (
        self,
        MAX (self->now,
             self->failed_at + piao_sync_engine_grow (RETRY_MS, self->failures, HINTED_MAX_MS)));
}

static void
take_network (PiaoSyncEngine *self, PiaoSyncUpdate *update)
{
  gint64 at = MAX (self->now + SETTLE_MS, self->network_at);

  self->fresh = TRUE;
  piao_sync_engine_close_live (self, update);
  self->live_failures = 0;
  if (is_busy (self))
    {
      self->patience = NETWORK_PATIENCE_MS;
      self->again = TRUE;
      self->network_at = self->now + RETRY_MS;
      return;
    }
  piao_sync_engine_sooner (self, at);
  self->network_at = at + RETRY_MS;
}

static void
take_progress (PiaoSyncEngine *self, const PiaoSyncEvent *event)
{
  if (!is_calling (self) || self->busy == PIAO_SYNC_WORK_RENEW
      || (event->sent <= self->sent && event->received <= self->received))
    return;
  if (event->received > 0 && !self->answering)
    {
      self->answering = TRUE;
      self->first_at = self->now;
    }
  self->sent = MAX (self->sent, event->sent);
  self->received = MAX (self->received, event->received);
  self->moved_at = self->now;
  self->patience = PIAO_SYNC_PATIENCE_MS;
}

/* --- what follows ---------------------------------------------------------------------------- */

static gint64
get_stall_at (const PiaoSyncEngine *self)
{
  gint64 quiet = self->moved_at + self->patience + (gint64)self->sent / SLOWEST_BYTES_PER_MS;
  gint64 crawl
      = self->work_at + CRAWL_MS + (gint64)(self->sent + self->received) * CRAWL_MS_PER_BYTE;

  if (!is_calling (self) || self->cancelling)
    return PIAO_SYNC_NEVER;
  return MIN (quiet, crawl);
}

static void
watch (PiaoSyncEngine *self, PiaoSyncUpdate *update)
{
  if (self->now >= get_stall_at (self))
    {
      give_up (self, update);
      self->stalled = TRUE;
    }
  if (piao_sync_engine_may_talk (self) && self->state != PIAO_SYNC_OFFLINE && is_over (self))
    self->state = PIAO_SYNC_OFFLINE;
}

/* Something is begun that uses the line. */
static void
watch_line (PiaoSyncEngine *self)
{
  self->work_at = self->moved_at = self->now;
  self->patience = PIAO_SYNC_PATIENCE_MS;
  self->answering = FALSE;
  self->sent = self->received = 0;
}

static void
hand_out (PiaoSyncEngine *self, PiaoSyncWork work, PiaoSyncUpdate *update)
{
  PIAO_INVARIANT (!is_busy (self));
  self->busy = update->work = work;
  self->serial = update->serial = ++self->serials;
  if (work == PIAO_SYNC_WORK_APPLY)
    self->apply_at = self->now;
  else
    watch_line (self);
  if (work == PIAO_SYNC_WORK_READ)
    {
      self->round_at = self->now;
      update->max_answer_bytes = self->pace.answer;
      self->pushed = may_push (self);
      update->max_command_bytes = self->pushed ? self->pace.piece : 0;
      /* Downloads never stop for what the centre does not take. */
      update->verdicts_first = self->stuck == 0;
    }
  if (work == PIAO_SYNC_WORK_CALL || work == PIAO_SYNC_WORK_RENEW)
    {
      update->fresh = self->fresh;
      self->fresh = FALSE;
    }
}

/* While the answer is being written, the line is free: the page behind it is fetched meanwhile. Not
 * when there is something to send, which a page asked for ahead does not take along. */
static void
go_ahead (PiaoSyncEngine *self, PiaoSyncUpdate *update)
{
  if (!self->goes_on || !piao_sync_engine_may_talk (self) || !self->token || self->waiting > 0
      || self->failures > 0)
    return;
  self->ahead = update->ahead = TRUE;
  self->ahead_ended = FALSE;
  self->ahead_serial = update->ahead_serial = ++self->serials;
  self->request_bytes = 0;
  self->full = FALSE;
  update->max_answer_bytes = self->pace.answer;
  update->fresh = self->fresh;
  self->fresh = FALSE;
  watch_line (self);
}

/* @follow is what the last work leads to at once. */
static void
begin_work (PiaoSyncEngine *self, PiaoSyncWork follow, PiaoSyncUpdate *update)
{
  if (follow == PIAO_SYNC_WORK_APPLY
      || (follow == PIAO_SYNC_WORK_CALL && piao_sync_engine_may_talk (self)))
    {
      hand_out (self, follow, update);
      if (follow == PIAO_SYNC_WORK_APPLY)
        go_ahead (self, update);
      return;
    }
  if (self->now < self->next_at || is_busy (self))
    return;
  if (self->wipe)
    hand_out (self, PIAO_SYNC_WORK_WIPE, update);
  else if (piao_sync_engine_may_talk (self))
    hand_out (self, self->token ? PIAO_SYNC_WORK_READ : PIAO_SYNC_WORK_RENEW, update);
}

static gint64
get_wake (const PiaoSyncEngine *self)
{
  gint64 wake = piao_sync_engine_get_live_at (self);

  if (!is_busy (self) && (piao_sync_engine_may_talk (self) || self->wipe))
    wake = MIN (wake, self->next_at);
  wake = MIN (wake, get_stall_at (self));
  if (!piao_sync_engine_may_talk (self) || self->state == PIAO_SYNC_OFFLINE)
    return wake;
  /* When what is under way, or fails, makes it an outage. */
  if (self->now < get_hanging_at (self))
    wake = MIN (wake, get_hanging_at (self));
  if ((self->failures >= 2 || self->now >= get_hanging_at (self)) && self->succeeded)
    wake = MIN (wake, self->succeeded_at + PIAO_SYNC_OFFLINE_AFTER_MS);
  return wake;
}

/* --- an event -------------------------------------------------------------------------------- */

/* A clock that went back takes all that is remembered along: what was to come in a second still
 * comes in a second. */
static void
set_now (PiaoSyncEngine *self, gint64 now)
{
  gint64 *const times[]
      = { &self->work_at,      &self->moved_at,    &self->first_at,   &self->ended_at,
          &self->apply_at,     &self->round_at,    &self->network_at, &self->failed_at,
          &self->succeeded_at, &self->stuck_until, &self->live_at };
  gint64 back;

  now = CLAMP (now, 0, LAST_MS);
  back = MAX (self->now - now, 0);
  for (guint i = 0; back > 0 && i < G_N_ELEMENTS (times); i++)
    *times[i] -= back;
  if (back > 0 && self->next_at != PIAO_SYNC_NEVER)
    self->next_at -= back;
  self->now = now;
}

static PiaoSyncWork
take (PiaoSyncEngine *self, const PiaoSyncEvent *event, PiaoSyncUpdate *update)
{
  switch (event->type)
    {
    case PIAO_SYNC_EVENT_START:
      take_start (self);
      break;
    case PIAO_SYNC_EVENT_STOP:
      take_stop (self, update);
      break;
    case PIAO_SYNC_EVENT_SIGNED_IN:
      take_sign_in (self, event->token, update);
      break;
    case PIAO_SYNC_EVENT_SIGNED_OUT:
      take_sign_out (self, update);
      break;
    case PIAO_SYNC_EVENT_HOLD:
    case PIAO_SYNC_EVENT_RELEASE:
      take_hold (self, event->type == PIAO_SYNC_EVENT_HOLD, update);
      break;
    case PIAO_SYNC_EVENT_NUDGE:
      take_nudge (self);
      break;
    case PIAO_SYNC_EVENT_COMMIT:
      take_commit (self, event->waiting);
      break;
    case PIAO_SYNC_EVENT_HINT:
      piao_sync_engine_take_hint (self, event->seq);
      break;
    case PIAO_SYNC_EVENT_NETWORK:
      take_network (self, update);
      break;
    case PIAO_SYNC_EVENT_REVOKED:
      take_revocation (self);
      give_up (self, update);
      break;
    case PIAO_SYNC_EVENT_PROGRESS:
      take_progress (self, event);
      break;
    case PIAO_SYNC_EVENT_DONE:
      return done (self, event, update);
    case PIAO_SYNC_EVENT_LIVE_OPENED:
      piao_sync_engine_take_live_opened (self);
      break;
    case PIAO_SYNC_EVENT_LIVE_CLOSED:
      piao_sync_engine_take_live_closed (self, event->random);
      break;
    case PIAO_SYNC_EVENT_TIME:
    default:
      break;
    }
  return PIAO_SYNC_WORK_NONE;
}

void
piao_sync_engine_step (PiaoSyncEngine *self, const PiaoSyncEvent *event, PiaoSyncUpdate *update)
{
  PiaoSyncState before = self->state;
  PiaoSyncWork follow;

  *update = (PiaoSyncUpdate){ .wake = PIAO_SYNC_NEVER };
  set_now (self, event->now);
  follow = take (self, event, update);
  watch (self, update);
  begin_work (self, follow, update);
  piao_sync_engine_decide_live (self, update);
  update->wake = get_wake (self);
  update->changed = self->state != before;
}
