/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The sync engine in a world of chance: a line that is cut, stands still, crawls and comes back, a
 * person who holds, stops and signs in, hints, networks and clocks that jump, in any order. After
 * every step:
 *
 *  - one work of the line at a time, or one call beside what is applied, and a cancel only of what
 *    can be cancelled;
 *  - only an answer is applied whose page before it is here;
 *  - no work that talks while stopped, held, signed out or revoked;
 *  - connections for hints come and go one at a time;
 *  - sizes within their bounds;
 *  - whenever nothing is under way and the line is wanted, the next try is at most half a minute
 *    away; whenever a call is under way, the engine looks after it.
 *
 * In the end everything heals, and all that waited is sent within ten rounds of what fits.
 */

#include <glib.h>

#include "sync/piao-sync-engine.h"

#define SEEDS 3000
#define STEPS 3000
#define DAY_MS (24 * 3600 * G_GINT64_CONSTANT (1000))
#define COMMAND_BYTES 300

typedef struct
{
  GRand *chance;
  guint64 seed;
  PiaoSyncEngine engine;
  PiaoSyncUpdate last;
  gint64 now;

  /* What the engine was told. */
  gboolean started, signed_in, held, revoked;
  gboolean owed; /* what is here has to be erased */

  /* What it handed out. */
  PiaoSyncWork work;
  guint serial;
  gsize max_commands;
  gint64 work_at;
  gboolean cancelled;
  guint ahead; /* serial of the call beside APPLY; 0 without one */
  gboolean ahead_cancelled;
  gboolean usable;      /* an answer is here, and the page before it too */
  gboolean next_usable; /* … of the call ahead */
  gboolean hopeless;    /* the call under way was ahead of a page that is not here */
  gboolean live, live_open, live_closing;

  /* The world. */
  gboolean line;
  gboolean healthy; /* nothing bad happens any more */
  guint waiting;    /* commands in the outbox */
  guint carried;    /* by the request under way */
  guint applying;   /* … by that whose answer is being applied */
  gint64 reached, head;
  guint calls;
  guint aheads;
  gint64 call_ms;
} World;

static gboolean
may_talk (const World *self)
{
  return self->started && self->signed_in && !self->held && !self->revoked;
}

#define check(condition)                                                                           \
  G_STMT_START                                                                                     \
  {                                                                                                \
    if (!(condition))                                                                              \
      g_error ("seed %" G_GUINT64_FORMAT " at %" G_GINT64_FORMAT ": %s", self->seed, self->now,    \
               #condition);                                                                        \
  }                                                                                                \
  G_STMT_END

static void
check_work (World *self)
{
  const PiaoSyncUpdate *update = &self->last;

  if (update->cancel && self->ahead != 0)
    {
      check (!self->ahead_cancelled);
      self->ahead_cancelled = TRUE;
    }
  else if (update->cancel)
    {
      check (self->work == PIAO_SYNC_WORK_CALL || self->work == PIAO_SYNC_WORK_RENEW);
      check (!self->cancelled);
      self->cancelled = TRUE;
    }
  check (!update->ahead || update->work == PIAO_SYNC_WORK_APPLY);
  if (update->work == PIAO_SYNC_WORK_NONE)
    return;
  check (self->work == PIAO_SYNC_WORK_NONE && self->ahead == 0);
  if (update->work == PIAO_SYNC_WORK_WIPE)
    check (self->owed);
  else if (update->work != PIAO_SYNC_WORK_APPLY)
    check (may_talk (self) && !self->owed);
  if (update->work == PIAO_SYNC_WORK_READ)
    {
      check (update->max_answer_bytes >= PIAO_SYNC_MIN_ANSWER
             && update->max_answer_bytes <= PIAO_SYNC_LARGEST_ANSWER);
      check (update->max_command_bytes == 0
             || (update->max_command_bytes >= PIAO_SYNC_MIN_PIECE
                 && update->max_command_bytes <= PIAO_SYNC_LARGEST_PIECE));
      self->max_commands = update->max_command_bytes;
    }
  if (update->work == PIAO_SYNC_WORK_APPLY)
    {
      check (self->usable);
      self->applying = self->carried;
    }
  if (update->ahead)
    {
      check (may_talk (self) && !self->owed && self->waiting == 0);
      self->ahead = update->ahead_serial;
      self->ahead_cancelled = FALSE;
      self->carried = 0;
      self->calls++;
      self->aheads++;
    }
  self->usable = self->next_usable = FALSE;
  self->work = update->work;
  self->serial = update->serial;
  self->work_at = self->now;
  self->cancelled = FALSE;
  self->calls += update->work == PIAO_SYNC_WORK_CALL ? 1 : 0;
}

static void
check_live (World *self)
{
  if (self->last.live == PIAO_SYNC_LIVE_CONNECT)
    {
      check (!self->live && may_talk (self));
      self->live = TRUE;
    }
  if (self->last.live == PIAO_SYNC_LIVE_CLOSE)
    {
      check (self->live && !self->live_closing);
      self->live_closing = TRUE;
    }
  if (!may_talk (self))
    check (!self->live || self->live_closing);
}

static void
check_time (World *self)
{
  gint64 away = self->last.wake == PIAO_SYNC_NEVER ? PIAO_SYNC_NEVER : self->last.wake - self->now;

  if (self->now < 0)
    return;
  if (self->work == PIAO_SYNC_WORK_NONE && may_talk (self))
    check (away <= PIAO_SYNC_IDLE_MS);
  if (self->work == PIAO_SYNC_WORK_CALL && !self->cancelled)
    check (away <= PIAO_SYNC_IDLE_MS + (gint64)PIAO_SYNC_LARGEST_PIECE);
}

static void
step (World *self, PiaoSyncEvent event)
{
  event.now = self->now;
  event.random = g_rand_int (self->chance);
  piao_sync_engine_step (&self->engine, &event, &self->last);
  check_work (self);
  check_live (self);
  check_time (self);
  check (self->engine.pace.answer >= PIAO_SYNC_MIN_ANSWER);
}

static gboolean
one_in (World *self, gint n)
{
  return g_rand_int_range (self->chance, 0, n) == 0;
}

/* --- the world does what it was asked for ---------------------------------------------------- */

static PiaoSyncEvent
finish_read (World *self)
{
  guint fit = (guint)MIN (self->max_commands / COMMAND_BYTES, 128);

  self->carried = MIN (self->waiting, fit);
  return (PiaoSyncEvent){ .result = !self->healthy && one_in (self, 40) ? PIAO_SYNC_RESULT_FAILED
                                                                        : PIAO_SYNC_RESULT_OK,
                          .request_bytes = 200 + self->carried * COMMAND_BYTES,
                          .full = self->carried < self->waiting && fit > 0 };
}

static PiaoSyncEvent
finish_call (World *self, gboolean cancelled)
{
  PiaoSyncEvent event = { .sent = 200, .received = 500 };

  if (cancelled && !one_in (self, 4))
    event.result = PIAO_SYNC_RESULT_CANCELLED;
  else if (!self->line || (!self->healthy && one_in (self, 10)))
    event.result = PIAO_SYNC_RESULT_FAILED;
  else if (!self->healthy && one_in (self, 30))
    event.result = PIAO_SYNC_RESULT_UNAUTHORIZED;
  else if (!self->healthy && one_in (self, 300))
    event.result = PIAO_SYNC_RESULT_REVOKED;
  event.goes_on = self->carried == 0 && one_in (self, 2);
  return event;
}

/* The call beside APPLY comes to its end before that does. */
static void
finish_ahead (World *self)
{
  PiaoSyncEvent event = finish_call (self, self->ahead_cancelled);

  /* What the engine makes of these is seen where they come alone. */
  if (event.result == PIAO_SYNC_RESULT_REVOKED || event.result == PIAO_SYNC_RESULT_UNAUTHORIZED)
    event.result = PIAO_SYNC_RESULT_FAILED;
  self->next_usable = event.result == PIAO_SYNC_RESULT_OK;
  event.type = PIAO_SYNC_EVENT_DONE;
  event.serial = self->ahead;
  self->ahead = 0;
  step (self, event);
}

/* What was ahead is the next; what it is worth depends on the page before. */
static void
end_apply (World *self, gboolean good)
{
  self->usable = good && self->next_usable;
  if (self->ahead == 0)
    return;
  self->work = PIAO_SYNC_WORK_CALL;
  self->serial = self->ahead;
  self->cancelled = self->ahead_cancelled;
  self->hopeless = !good;
  self->ahead = 0;
}

static PiaoSyncEvent
finish_apply (World *self)
{
  PiaoSyncEvent event = { .reached = self->reached };
  guint decided = self->applying;

  if (!self->healthy && one_in (self, 20))
    event.result = PIAO_SYNC_RESULT_FAILED;
  if (event.result != PIAO_SYNC_RESULT_OK)
    return event;
  if (decided > 0 && !self->healthy && one_in (self, 5))
    {
      event.problem = TRUE;
      decided = 0;
    }
  self->waiting -= decided;
  self->head += decided;
  self->reached = MIN (self->head, self->reached + g_rand_int_range (self->chance, 1, 200));
  event.decided = decided;
  event.waiting = self->waiting;
  event.reached = self->reached;
  event.more = self->reached < self->head;
  event.rows = event.more ? 10 : 0;
  return event;
}

static PiaoSyncEvent
finish_renew (World *self)
{
  PiaoSyncEvent event = { 0 };

  if (self->cancelled)
    event.result = PIAO_SYNC_RESULT_CANCELLED;
  else if (!self->line)
    event.result = PIAO_SYNC_RESULT_FAILED;
  else if (!self->healthy && one_in (self, 30))
    event.result = PIAO_SYNC_RESULT_UNAUTHORIZED;
  return event;
}

/* What the engine must have made of the result. */
static void
note_result (World *self, PiaoSyncWork work, gboolean cancelled, PiaoSyncResult result)
{
  /* Given up because a person wanted it: its result says nothing any more. */
  gboolean unwanted = cancelled && !self->engine.stalled;

  if (unwanted || (work != PIAO_SYNC_WORK_CALL && work != PIAO_SYNC_WORK_RENEW))
    return;
  if (result == PIAO_SYNC_RESULT_REVOKED)
    {
      self->revoked = self->owed = TRUE;
      self->signed_in = FALSE;
    }
  if (result == PIAO_SYNC_RESULT_UNAUTHORIZED && work == PIAO_SYNC_WORK_RENEW)
    self->signed_in = FALSE;
}

static void
finish (World *self)
{
  PiaoSyncWork work = self->work;
  gboolean cancelled = self->cancelled;
  PiaoSyncEvent event = { 0 };

  if (self->ahead != 0 && one_in (self, 2))
    {
      finish_ahead (self);
      return;
    }

  if (work == PIAO_SYNC_WORK_READ)
    event = finish_read (self);
  else if (work == PIAO_SYNC_WORK_CALL)
    event = finish_call (self, cancelled);
  else if (work == PIAO_SYNC_WORK_APPLY)
    event = finish_apply (self);
  else if (work == PIAO_SYNC_WORK_RENEW)
    event = finish_renew (self);
  else if (!self->healthy && one_in (self, 3))
    event.result = PIAO_SYNC_RESULT_FAILED;
  else
    self->owed = FALSE;
  note_result (self, work, cancelled, event.result);
  event.type = PIAO_SYNC_EVENT_DONE;
  event.serial = self->serial;
  self->work = PIAO_SYNC_WORK_NONE;
  if (work == PIAO_SYNC_WORK_APPLY)
    end_apply (self, event.result == PIAO_SYNC_RESULT_OK);
  else
    {
      self->usable
          = work == PIAO_SYNC_WORK_CALL && event.result == PIAO_SYNC_RESULT_OK && !self->hopeless;
      self->hopeless = FALSE;
    }
  step (self, event);
}

static void
move_live (World *self)
{
  if (!self->live)
    return;
  if (!self->live_open && !self->live_closing && self->line && one_in (self, 2))
    {
      self->live_open = TRUE;
      step (self, (PiaoSyncEvent){ PIAO_SYNC_EVENT_LIVE_OPENED });
      return;
    }
  if (self->healthy && !self->live_closing)
    return;
  self->live = self->live_open = self->live_closing = FALSE;
  step (self, (PiaoSyncEvent){ PIAO_SYNC_EVENT_LIVE_CLOSED });
}

/* --- what people and machines do ------------------------------------------------------------- */

static void
act (World *self)
{
  PiaoSyncEvent event = { 0 };

  switch (g_rand_int_range (self->chance, 0, 11))
    {
    case 0:
      self->started = !one_in (self, 4);
      event.type = self->started ? PIAO_SYNC_EVENT_START : PIAO_SYNC_EVENT_STOP;
      break;
    case 1:
      self->signed_in = TRUE;
      self->revoked = FALSE;
      event.type = PIAO_SYNC_EVENT_SIGNED_IN;
      event.token = one_in (self, 2);
      break;
    case 2:
      self->held = one_in (self, 3);
      event.type = self->held ? PIAO_SYNC_EVENT_HOLD : PIAO_SYNC_EVENT_RELEASE;
      break;
    case 3:
      event.type = PIAO_SYNC_EVENT_NUDGE;
      break;
    case 4:
    case 5:
      self->waiting += (guint)g_rand_int_range (self->chance, 1, 20);
      event.type = PIAO_SYNC_EVENT_COMMIT;
      event.waiting = self->waiting;
      break;
    case 6:
      self->head += g_rand_int_range (self->chance, 0, 100);
      event.type = PIAO_SYNC_EVENT_HINT;
      event.seq = one_in (self, 3) ? 0 : self->head;
      break;
    case 7:
      event.type = PIAO_SYNC_EVENT_NETWORK;
      break;
    case 8:
      if (one_in (self, 10))
        {
          self->signed_in = FALSE;
          event.type = PIAO_SYNC_EVENT_SIGNED_OUT;
        }
      break;
    case 9:
      event.type = PIAO_SYNC_EVENT_PROGRESS;
      event.sent = (gsize)g_rand_int_range (self->chance, 0, 9000);
      event.received = (gsize)g_rand_int_range (self->chance, 0, 9000);
      break;
    default:
      self->line = !one_in (self, 3);
      break;
    }
  step (self, event);
}

static void
pass_time (World *self)
{
  if (one_in (self, 200))
    self->now += one_in (self, 2) ? DAY_MS : -DAY_MS;
  else if (one_in (self, 400))
    self->now = 0;
  else if (self->last.wake != PIAO_SYNC_NEVER && !one_in (self, 3))
    self->now = MAX (self->now, self->last.wake);
  else
    self->now += g_rand_int_range (self->chance, 0, 5000);
  self->now = MAX (self->now, 0);
  step (self, (PiaoSyncEvent){ PIAO_SYNC_EVENT_TIME });
}

static void
live_wildly (World *self)
{
  for (guint i = 0; i < STEPS; i++)
    switch (g_rand_int_range (self->chance, 0, 6))
      {
      case 0:
        act (self);
        break;
      case 1:
        move_live (self);
        break;
      case 2:
        pass_time (self);
        break;
      default:
        if (self->work != PIAO_SYNC_WORK_NONE)
          finish (self);
        else
          pass_time (self);
        break;
      }
}

/* --- and everything heals -------------------------------------------------------------------- */

static void
heal (World *self)
{
  const guint waiting = self->waiting;
  const gint64 end = self->now + 10 * DAY_MS;
  guint rounds;

  self->line = self->healthy = self->signed_in = TRUE;
  self->revoked = FALSE;
  step (self, (PiaoSyncEvent){ PIAO_SYNC_EVENT_SIGNED_IN });
  self->held = FALSE;
  step (self, (PiaoSyncEvent){ PIAO_SYNC_EVENT_RELEASE });
  self->started = TRUE;
  step (self, (PiaoSyncEvent){ PIAO_SYNC_EVENT_START });
  self->calls = 0;
  while (self->waiting > 0 || self->reached < self->head || self->work != PIAO_SYNC_WORK_NONE)
    {
      check (self->now < end);
      if (self->work != PIAO_SYNC_WORK_NONE)
        finish (self);
      else
        {
          check (self->last.wake != PIAO_SYNC_NEVER);
          self->now = MAX (self->now, self->last.wake);
          step (self, (PiaoSyncEvent){ PIAO_SYNC_EVENT_TIME });
        }
      move_live (self);
    }
  /* Pieces and answers of the smallest size, and ten rounds on top. */
  rounds = waiting * COMMAND_BYTES / (guint)(PIAO_SYNC_MIN_PIECE - COMMAND_BYTES)
           + (guint)self->head + 10;
  check (self->calls <= rounds);
  check (self->engine.failures == 0);
  check (self->engine.state == PIAO_SYNC_ONLINE || self->engine.state == PIAO_SYNC_DEGRADED);
}

static void
test_chance (void)
{
  guint calls = 0, aheads = 0;

  for (guint64 seed = 1; seed <= SEEDS; seed++)
    {
      World world = { .seed = seed, .line = TRUE, .now = (gint64)seed * 1000 };

      world.chance = g_rand_new_with_seed ((guint32)seed);
      piao_sync_engine_init (&world.engine);
      world.last.wake = PIAO_SYNC_NEVER;
      live_wildly (&world);
      calls += world.calls;
      aheads += world.aheads;
      heal (&world);
      g_rand_free (world.chance);
    }
  /* It did talk. */
  g_assert_cmpuint (calls, >, SEEDS * 20);
  g_assert_cmpuint (aheads, >, SEEDS);
}

/* A failure is followed by another try within the cap, however many there were before. */
static void
test_every_failure_is_retried (void)
{
  World world = { .line = FALSE, .started = TRUE, .healthy = TRUE };
  World *self = &world;
  gint64 failed_at = -1;

  world.chance = g_rand_new_with_seed (1);
  piao_sync_engine_init (&world.engine);
  step (self, (PiaoSyncEvent){ PIAO_SYNC_EVENT_START });
  self->signed_in = TRUE;
  step (self, (PiaoSyncEvent){ PIAO_SYNC_EVENT_SIGNED_IN, .token = TRUE });
  for (guint failures = 0; failures < 500;)
    if (self->work == PIAO_SYNC_WORK_CALL)
      {
        finish (self);
        failures++;
        failed_at = self->now;
        g_assert_cmpuint (self->engine.failures, ==, failures);
      }
    else if (self->work != PIAO_SYNC_WORK_NONE)
      finish (self);
    else
      {
        self->now = self->last.wake;
        g_assert_cmpint (self->now - failed_at, <=, PIAO_SYNC_BACK_OFF_MAX_MS);
        step (self, (PiaoSyncEvent){ PIAO_SYNC_EVENT_TIME });
      }
  /* Not all at the same moment, and not too often. */
  g_assert_cmpint (self->now, >, 400 * PIAO_SYNC_BACK_OFF_MAX_MS / 2);
  g_rand_free (world.chance);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sync/engine-chance/everything", test_chance);
  g_test_add_func ("/sync/engine-chance/every-failure-is-retried", test_every_failure_is_retried);
  return g_test_run ();
}
