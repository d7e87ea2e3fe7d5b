/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/piao-clock.h"
#include "ilms/piao-gateway-machine.h"

#define T0 G_GINT64_CONSTANT (1700000000000)

static const PiaoGatewayRules rules = {
  .longest_processing_ms = 60 * PIAO_SECOND,
  .person_after_ms = 30 * PIAO_MINUTE,
  .back_off_ms = 2 * PIAO_SECOND,
  .back_off_max_ms = 2 * PIAO_MINUTE,
};

#define assert_next(attempt, now, action)                                                          \
  g_assert_cmpint (piao_gateway_attempt_next ((attempt), &rules, (now)), ==,                       \
                   PIAO_GATEWAY_DO_##action)

static PiaoGatewayAttempt
attempt_sent (void)
{
  PiaoGatewayAttempt attempt;

  piao_gateway_attempt_init (&attempt, T0);
  assert_next (&attempt, T0, SEND);
  piao_gateway_attempt_sending (&attempt, T0);
  assert_next (&attempt, T0, AWAIT_REPLY);
  return attempt;
}

static PiaoGatewayAction
reply (PiaoGatewayAttempt *attempt, PiaoGatewayKind kind, gint64 now)
{
  return piao_gateway_attempt_replied (attempt, &rules, kind, kind != PIAO_GATEWAY_NOT_SENT, now,
                                       12345);
}

static PiaoGatewayAction
ask (PiaoGatewayAttempt *attempt, PiaoGatewayFinding finding, gint64 asked, gint64 answered)
{
  assert_next (attempt, asked, QUERY);
  piao_gateway_attempt_asking (attempt, asked);
  assert_next (attempt, asked, AWAIT_REPLY);
  return piao_gateway_attempt_answered (attempt, &rules, PIAO_GATEWAY_OK, finding, answered);
}

static void
test_decided_by_reply (void)
{
  PiaoGatewayAttempt attempt = attempt_sent ();

  g_assert_cmpint (reply (&attempt, PIAO_GATEWAY_OK, T0 + 80), ==, PIAO_GATEWAY_DO_NOTHING);
  g_assert_cmpstr (piao_gateway_state_to_text (attempt.state), ==, "confirmed");
  g_assert_cmpuint (attempt.tries, ==, 1);
  attempt = attempt_sent ();
  g_assert_cmpint (reply (&attempt, PIAO_GATEWAY_REFUSED, T0 + 80), ==, PIAO_GATEWAY_DO_NOTHING);
  g_assert_cmpstr (piao_gateway_state_to_text (attempt.state), ==, "refused");
  assert_next (&attempt, T0 + PIAO_DAY, NOTHING);
}

/* Unknown at 15 s: asked at +2, +5, +15, +60 s, then every 5 minutes; a person after 30. */
static void
test_ladder_and_person (void)
{
  static const gint64 steps[] = { 2, 5, 15, 60, 360, 660, 960, 1260, 1560 };
  PiaoGatewayAttempt attempt = attempt_sent ();
  gint64 unknown = T0 + 15 * PIAO_SECOND;
  gint64 last = 0;

  g_assert_cmpint (reply (&attempt, PIAO_GATEWAY_UNKNOWN, unknown), ==, PIAO_GATEWAY_DO_WAIT);
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      last = unknown + steps[i] * PIAO_SECOND;
      assert_next (&attempt, last - 1, WAIT);
      ask (&attempt, PIAO_GATEWAY_FOUND_UNDER_WAY, last, last);
      g_assert_cmpint (attempt.state, ==, PIAO_GATEWAY_UNCERTAIN);
    }
  assert_next (&attempt, unknown + 30 * PIAO_MINUTE - 1, WAIT);
  assert_next (&attempt, unknown + 30 * PIAO_MINUTE, GIVE_TO_PERSON);
  piao_gateway_attempt_given (&attempt);
  last = attempt.next_at;
  g_assert_cmpint (last, ==, unknown + 1860 * PIAO_SECOND);
  g_assert_cmpint (ask (&attempt, PIAO_GATEWAY_FOUND_DONE, last, last + 1), ==,
                   PIAO_GATEWAY_DO_NOTHING);
  g_assert_cmpint (attempt.state, ==, PIAO_GATEWAY_CONFIRMED);
  g_assert_true (attempt.with_person);
}

/* A slow answer skips steps of the ladder instead of bunching them. */
static void
test_slow_answers (void)
{
  PiaoGatewayAttempt attempt = attempt_sent ();

  reply (&attempt, PIAO_GATEWAY_UNKNOWN, T0);
  ask (&attempt, PIAO_GATEWAY_FOUND_UNDER_WAY, T0 + 2000, T0 + 17000);
  g_assert_cmpint (attempt.next_at, ==, T0 + 60000);
}

static void
test_not_found_counts_late_only (void)
{
  PiaoGatewayAttempt attempt = attempt_sent ();
  gint64 unknown = T0 + 15 * PIAO_SECOND;

  reply (&attempt, PIAO_GATEWAY_UNKNOWN, unknown);
  ask (&attempt, PIAO_GATEWAY_NOT_FOUND, unknown + 2000, unknown + 2100);
  g_assert_cmpint (attempt.state, ==, PIAO_GATEWAY_UNCERTAIN);
  /* asked 1 ms too early, answered late: the answer is about the moment of asking */
  attempt.next_at = unknown + 59999;
  ask (&attempt, PIAO_GATEWAY_NOT_FOUND, unknown + 59999, unknown + 70000);
  g_assert_cmpint (attempt.state, ==, PIAO_GATEWAY_UNCERTAIN);
  g_assert_cmpint (ask (&attempt, PIAO_GATEWAY_NOT_FOUND, attempt.next_at, attempt.next_at + 10),
                   ==, PIAO_GATEWAY_DO_SEND);
  g_assert_cmpint (attempt.state, ==, PIAO_GATEWAY_PREPARED);
  piao_gateway_attempt_sending (&attempt, unknown + 400000);
  g_assert_cmpuint (attempt.tries, ==, 2);
  g_assert_cmpint (attempt.first_sent_at, ==, T0);
}

/* A process that may have stood still with a request is believed gone after seven minutes: it is
 * asked then, not at the next step of the ladder four minutes later. */
static void
test_asked_when_not_found_counts (void)
{
  PiaoGatewayRules inherited = rules;
  PiaoGatewayAttempt attempt;
  gint64 counts = T0 + 7 * PIAO_MINUTE;
  guint asked = 0;

  inherited.not_found_from = counts;
  piao_gateway_attempt_init (&attempt, T0);
  piao_gateway_attempt_take_over (&attempt, T0);
  while (attempt.state == PIAO_GATEWAY_UNCERTAIN && asked < 20)
    {
      gint64 now = attempt.next_at;

      g_assert_cmpint (now, <=, counts);
      piao_gateway_attempt_asking (&attempt, now);
      piao_gateway_attempt_answered (&attempt, &inherited, PIAO_GATEWAY_OK, PIAO_GATEWAY_NOT_FOUND,
                                     now + 30);
      asked++;
    }
  g_assert_cmpint (attempt.state, ==, PIAO_GATEWAY_PREPARED);
  g_assert_cmpint (attempt.next_at, ==, counts + 30);
  /* at once, +2, +5, +15, +60 s, +6 min, and then */
  g_assert_cmpuint (asked, ==, 7);
}

static void
test_questions_that_fail_decide_nothing (void)
{
  static const PiaoGatewayKind kinds[]
      = { PIAO_GATEWAY_UNKNOWN, PIAO_GATEWAY_BUSY, PIAO_GATEWAY_NOT_SENT, PIAO_GATEWAY_REFUSED };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      PiaoGatewayAttempt attempt = attempt_sent ();

      reply (&attempt, PIAO_GATEWAY_UNKNOWN, T0);
      piao_gateway_attempt_asking (&attempt, T0 + 100000);
      g_assert_cmpint (piao_gateway_attempt_answered (&attempt, &rules, kinds[i],
                                                      PIAO_GATEWAY_NOT_FOUND, T0 + 100001),
                       ==, PIAO_GATEWAY_DO_WAIT);
      g_assert_cmpint (attempt.state, ==, PIAO_GATEWAY_UNCERTAIN);
    }
}

static void
test_stop (void)
{
  PiaoGatewayAttempt attempt = attempt_sent ();

  g_assert_cmpint (reply (&attempt, PIAO_GATEWAY_STOP, T0 + 5), ==, PIAO_GATEWAY_DO_STOP_ALL);
  g_assert_cmpint (attempt.state, ==, PIAO_GATEWAY_UNCERTAIN);
  assert_next (&attempt, T0 + 5, QUERY);
  piao_gateway_attempt_asking (&attempt, T0 + 5);
  g_assert_cmpint (piao_gateway_attempt_answered (&attempt, &rules, PIAO_GATEWAY_STOP,
                                                  PIAO_GATEWAY_NOT_FOUND, T0 + 6),
                   ==, PIAO_GATEWAY_DO_STOP_ALL);
  /* a certificate that does not fit: nothing left, so nothing to ask about */
  attempt = attempt_sent ();
  g_assert_cmpint (piao_gateway_attempt_replied (&attempt, &rules, PIAO_GATEWAY_STOP, FALSE, T0 + 5,
                                                 0),
                   ==, PIAO_GATEWAY_DO_STOP_ALL);
  g_assert_cmpint (attempt.state, ==, PIAO_GATEWAY_PREPARED);
}

/* Delays double from 2 s to 2 min, half of each is jitter; a success elsewhere is not waited for.
 */
static void
test_back_off (void)
{
  PiaoGatewayAttempt attempt = attempt_sent ();
  gint64 delay = rules.back_off_ms;
  gint64 now = T0;

  for (guint i = 0; i < 10; i++)
    {
      PiaoGatewayKind kind = i % 2 == 0 ? PIAO_GATEWAY_BUSY : PIAO_GATEWAY_NOT_SENT;

      g_assert_cmpint (piao_gateway_attempt_replied (&attempt, &rules, kind, FALSE, now,
                                                     i % 3 == 0 ? 0 : G_MAXUINT32 - i),
                       ==, PIAO_GATEWAY_DO_WAIT);
      g_assert_cmpint (attempt.next_at - now, >=, delay / 2);
      g_assert_cmpint (attempt.next_at - now, <=, delay);
      now = attempt.next_at;
      piao_gateway_attempt_sending (&attempt, now);
      delay = MIN (delay * 2, rules.back_off_max_ms);
    }
}

static void
test_restart_and_take_over (void)
{
  PiaoGatewayAttempt attempt = attempt_sent ();

  piao_gateway_attempt_recover (&attempt, T0 + 1000);
  assert_next (&attempt, T0 + 1000, QUERY);
  /* the old executor's reply comes after all */
  g_assert_cmpint (reply (&attempt, PIAO_GATEWAY_OK, T0 + 1100), ==, PIAO_GATEWAY_DO_NOTHING);
  g_assert_cmpint (attempt.state, ==, PIAO_GATEWAY_CONFIRMED);
  piao_gateway_attempt_take_over (&attempt, T0 + 2000);
  g_assert_cmpint (attempt.state, ==, PIAO_GATEWAY_CONFIRMED);
  piao_gateway_attempt_init (&attempt, T0);
  piao_gateway_attempt_recover (&attempt, T0);
  assert_next (&attempt, T0, SEND);
  piao_gateway_attempt_take_over (&attempt, T0);
  assert_next (&attempt, T0, QUERY);
}

static void
test_states_as_text (void)
{
  for (int i = PIAO_GATEWAY_PREPARED; i <= PIAO_GATEWAY_UNCERTAIN; i++)
    {
      PiaoGatewayState state = PIAO_GATEWAY_PREPARED;

      g_assert_true (
          piao_gateway_state_from_text (piao_gateway_state_to_text ((PiaoGatewayState)i), &state));
      g_assert_cmpint (state, ==, i);
    }
}

static void
test_breaker (void)
{
  PiaoGatewayLine line = { 0 };
  gint64 now = T0;

  for (guint i = 0; i < 5; i++)
    {
      g_assert_true (piao_gateway_line_take (&line, now));
      piao_gateway_line_report (&line, i % 2 == 0 ? PIAO_GATEWAY_UNKNOWN : PIAO_GATEWAY_NOT_SENT,
                                now);
    }
  g_assert_false (piao_gateway_line_take (&line, now + 29999));
  g_assert_cmpint (piao_gateway_line_next_at (&line, now), ==, now + 30000);
  now += 30000;
  g_assert_true (piao_gateway_line_take (&line, now));
  g_assert_false (piao_gateway_line_take (&line, now));
  piao_gateway_line_report (&line, PIAO_GATEWAY_UNKNOWN, now);
  g_assert_false (piao_gateway_line_take (&line, now + 29999));
  g_assert_true (piao_gateway_line_take (&line, now + 30000));
  piao_gateway_line_report (&line, PIAO_GATEWAY_BUSY, now + 30000);
  g_assert_true (piao_gateway_line_take (&line, now + 30000));
  piao_gateway_line_report (&line, PIAO_GATEWAY_STOP, now + 30000);
  g_assert_false (piao_gateway_line_take (&line, now + PIAO_DAY));
  piao_gateway_line_resume (&line);
  g_assert_true (piao_gateway_line_take (&line, now + PIAO_DAY));
}

/* --- a gateway that never forgives a second send -----------------------------------------------
 */

typedef struct
{
  guint applied;
  gboolean refused;
  gint64 applies_at; /* 0: nothing is on its way there */
} Gateway;

/* What happens to one send: the request may be lost, applied up to the longest processing time
 * after the caller gave up, refused, and its reply may be lost. */
static PiaoGatewayKind
deliver (Gateway *gateway, GRand *rand, gint64 now, gint64 *ends, gboolean *sent)
{
  int fate = g_rand_int_range (rand, 0, 8);

  *ends = now + g_rand_int_range (rand, 1, 15000);
  *sent = fate > 1;
  if (fate == 0)
    return PIAO_GATEWAY_NOT_SENT;
  if (fate == 1 || fate == 2)
    return fate == 1 ? PIAO_GATEWAY_STOP : PIAO_GATEWAY_BUSY;
  if (fate == 3)
    return PIAO_GATEWAY_UNKNOWN; /* lost on the way there */
  if (fate == 4)
    {
      gateway->refused = TRUE;
      return g_rand_boolean (rand) ? PIAO_GATEWAY_REFUSED : PIAO_GATEWAY_UNKNOWN;
    }
  gateway->applies_at = fate == 5 ? *ends + g_rand_int_range (rand, 0, 60000)
                                  : *ends - g_rand_int_range (rand, 0, 2);
  return fate == 7 ? PIAO_GATEWAY_OK : PIAO_GATEWAY_UNKNOWN;
}

static void
pass_time (Gateway *gateway, gint64 now)
{
  if (gateway->applies_at == 0 || gateway->applies_at > now)
    return;
  gateway->applied++;
  gateway->applies_at = 0;
}

static PiaoGatewayFinding
find (const Gateway *gateway)
{
  return gateway->applied > 0 ? PIAO_GATEWAY_FOUND_DONE
         : gateway->refused   ? PIAO_GATEWAY_FOUND_REFUSED
                              : PIAO_GATEWAY_NOT_FOUND;
}

/* One step of the caller at @now; returns the time of the next. */
static gint64
step (PiaoGatewayAttempt *attempt, Gateway *gateway, GRand *rand, gint64 now)
{
  PiaoGatewayKind kind;
  gint64 ends = now;
  gboolean sent = FALSE;
  PiaoGatewayFinding finding;

  switch (piao_gateway_attempt_next (attempt, &rules, now))
    {
    case PIAO_GATEWAY_DO_SEND:
      g_assert_cmpuint (gateway->applied, ==, 0);
      g_assert_cmpint (gateway->applies_at, ==, 0);
      piao_gateway_attempt_sending (attempt, now);
      kind = deliver (gateway, rand, now, &ends, &sent);
      pass_time (gateway, ends);
      if (g_rand_int_range (rand, 0, 5) == 0) /* killed before the reply was stored */
        piao_gateway_attempt_recover (attempt, ends);
      else
        piao_gateway_attempt_replied (attempt, &rules, kind, sent, ends, g_rand_int (rand));
      return ends;
    case PIAO_GATEWAY_DO_QUERY:
      piao_gateway_attempt_asking (attempt, now);
      finding = find (gateway);
      ends = now + g_rand_int_range (rand, 1, 15000);
      pass_time (gateway, ends);
      piao_gateway_attempt_answered (attempt, &rules,
                                     g_rand_int_range (rand, 0, 3) == 0 ? PIAO_GATEWAY_UNKNOWN
                                                                        : PIAO_GATEWAY_OK,
                                     finding, ends);
      return ends;
    case PIAO_GATEWAY_DO_GIVE_TO_PERSON:
      piao_gateway_attempt_given (attempt);
      return now;
    default:
      return attempt->next_at;
    }
}

static void
test_exactly_once (void)
{
  for (guint32 seed = 0; seed < 20000; seed++)
    {
      g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
      PiaoGatewayAttempt attempt;
      Gateway gateway = { 0 };
      gint64 now = T0;
      guint steps = 0;

      piao_gateway_attempt_init (&attempt, now);
      while (piao_gateway_attempt_next (&attempt, &rules, now) != PIAO_GATEWAY_DO_NOTHING)
        {
          now = step (&attempt, &gateway, rand, now);
          pass_time (&gateway, now);
          g_assert_cmpuint (gateway.applied, <=, 1);
          g_assert_cmpuint (++steps, <, 1000);
        }
      g_assert_cmpuint (gateway.applied, ==, attempt.state == PIAO_GATEWAY_CONFIRMED ? 1 : 0);
      g_assert_cmpint (gateway.applies_at, ==, 0);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/machine/decided-by-reply", test_decided_by_reply);
  g_test_add_func ("/machine/ladder-and-person", test_ladder_and_person);
  g_test_add_func ("/machine/slow-answers", test_slow_answers);
  g_test_add_func ("/machine/not-found-counts-late-only", test_not_found_counts_late_only);
  g_test_add_func ("/machine/asked-when-not-found-counts", test_asked_when_not_found_counts);
  g_test_add_func ("/machine/questions-that-fail", test_questions_that_fail_decide_nothing);
  g_test_add_func ("/machine/stop", test_stop);
  g_test_add_func ("/machine/back-off", test_back_off);
  g_test_add_func ("/machine/restart-and-take-over", test_restart_and_take_over);
  g_test_add_func ("/machine/states-as-text", test_states_as_text);
  g_test_add_func ("/machine/breaker", test_breaker);
  g_test_add_func ("/machine/exactly-once", test_exactly_once);
  return g_test_run ();
}
