/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "base/piao-clock.h"
#include "base/piao-error.h"
#include "base/piao-mutant.h"
#include "ilms/piao-gateway-machine.h"

#define ASK_EVERY (5 * PIAO_MINUTE)
#define PERSON_AFTER (30 * PIAO_MINUTE)
#define BACK_OFF (2 * PIAO_SECOND)
#define BACK_OFF_MAX (2 * PIAO_MINUTE)

/* When to ask after a request became unknown; then every ASK_EVERY. */
static const gint64 ladder[]
    = { 2 * PIAO_SECOND, 5 * PIAO_SECOND, 15 * PIAO_SECOND, 60 * PIAO_SECOND };

static const char *const state_words[] = { "prepared", "sent", "confirmed", "refused", "unknown" };

const char *
piao_gateway_state_to_text (PiaoGatewayState state)
{
  g_return_val_if_fail (state < G_N_ELEMENTS (state_words), "unknown");
  return state_words[state];
}

gboolean
piao_gateway_state_from_text (const char *text, PiaoGatewayState *state)
{
  for (guint i = 0; text != NULL && i < G_N_ELEMENTS (state_words); i++)
    if (g_str_equal (text, state_words[i]))
      {
        *state = (PiaoGatewayState)i;
        return TRUE;
      }
  return FALSE;
}

PiaoGatewayRules
piao_gateway_rules_for (const PiaoGatewayProfile *profile)
{
  return (PiaoGatewayRules){
    .longest_processing_ms = profile->longest_processing_ms,
    .freshness_ms = profile->freshness_ms + profile->clock_skew_warn_ms,
    .person_after_ms = PERSON_AFTER,
    .back_off_ms = BACK_OFF,
    .back_off_max_ms = BACK_OFF_MAX,
  };
}

gint64
piao_gateway_rules_get_settled (const PiaoGatewayRules *rules, gint64 now)
{
  return now + rules->freshness_ms + rules->longest_processing_ms;
}

void
piao_gateway_attempt_init (PiaoGatewayAttempt *self, gint64 now)
{
  *self = (PiaoGatewayAttempt){ .state = PIAO_GATEWAY_PREPARED, .next_at = now };
}

PiaoGatewayAction
piao_gateway_attempt_next (const PiaoGatewayAttempt *self,
                           const PiaoGatewayRules *rules,
                           gint64 now)
{
  switch (self->state)
    {
    case PIAO_GATEWAY_CONFIRMED:
    case PIAO_GATEWAY_DECLINED:
      return PIAO_GATEWAY_DO_NOTHING;
    case PIAO_GATEWAY_SENT:
      return PIAO_GATEWAY_DO_AWAIT_REPLY;
    case PIAO_GATEWAY_PREPARED:
      return now >= self->next_at ? PIAO_GATEWAY_DO_SEND : PIAO_GATEWAY_DO_WAIT;
    case PIAO_GATEWAY_UNCERTAIN:
    default:
      if (!self->with_person && now - self->doubt_at >= rules->person_after_ms)
        return PIAO_GATEWAY_DO_GIVE_TO_PERSON;
      if (self->asked_at != 0)
        return PIAO_GATEWAY_DO_AWAIT_REPLY;
      return now >= self->next_at ? PIAO_GATEWAY_DO_QUERY : PIAO_GATEWAY_DO_WAIT;
    }
}

void
piao_gateway_attempt_sending (PiaoGatewayAttempt *self, gint64 now)
{
  PIAO_INVARIANT (self->state == PIAO_GATEWAY_PREPARED);
  self->state = PIAO_GATEWAY_SENT;
  self->tries++;
  self->last_sent_at = now;
  if (self->first_sent_at == 0)
    self->first_sent_at = now;
}

static void
become_unknown (PiaoGatewayAttempt *self, gint64 now, gint64 ask_in)
{
  self->state = PIAO_GATEWAY_UNCERTAIN;
  self->unknown_at = now;
  self->asked_at = 0;
  if (self->doubt_at == 0)
    self->doubt_at = now;
  self->next_at = now + ask_in;
}

static void
decide (PiaoGatewayAttempt *self, PiaoGatewayState state)
{
  self->state = state;
  self->delays = 0;
  self->unknown_at = 0;
  self->asked_at = 0;
}

/* A reply that comes after recover() or take_over(): the truth is welcome, anything else is old. */
static void
decide_late (PiaoGatewayAttempt *self, PiaoGatewayKind kind)
{
  if (self->state == PIAO_GATEWAY_CONFIRMED || self->state == PIAO_GATEWAY_DECLINED)
    return;
  if (kind == PIAO_GATEWAY_OK)
    decide (self, PIAO_GATEWAY_CONFIRMED);
  else if (kind == PIAO_GATEWAY_REFUSED)
    decide (self, PIAO_GATEWAY_DECLINED);
}

/* Back to prepared, to be sent with the same number after a while: half of the doubled delay is
 * fixed, half is jitter, so that many clients do not come back together. */
static void
back_off (PiaoGatewayAttempt *self, const PiaoGatewayRules *rules, gint64 now, guint32 random)
{
  gint64 delay = rules->back_off_ms;

  for (guint i = 0; i < self->delays && delay < rules->back_off_max_ms; i++)
    delay *= 2;
  delay = MIN (delay, rules->back_off_max_ms);
  self->delays++;
  self->state = PIAO_GATEWAY_PREPARED;
  self->next_at = now + delay / 2 + (gint64)(random % (guint32)(delay / 2 + 1));
}

PiaoGatewayAction
piao_gateway_attempt_replied (PiaoGatewayAttempt *self,
                              const PiaoGatewayRules *rules,
                              PiaoGatewayKind kind,
                              gboolean sent,
                              gint64 now,
                              guint32 random)
{
  if (self->state != PIAO_GATEWAY_SENT)
    {
      decide_late (self, kind);
      return piao_gateway_attempt_next (self, rules, now);
    }
  switch (kind)
    {
    case PIAO_GATEWAY_OK:
      decide (self, PIAO_GATEWAY_CONFIRMED);
      break;
    case PIAO_GATEWAY_REFUSED:
      decide (self, PIAO_GATEWAY_DECLINED);
      break;
    case PIAO_GATEWAY_BUSY:
      back_off (self, rules, now, random);
      break;
    case PIAO_GATEWAY_NOT_SENT:
      PIAO_INVARIANT (!sent);
      back_off (self, rules, now, random);
      break;
    case PIAO_GATEWAY_STOP:
      if (sent)
        become_unknown (self, now, 0);
      else
        back_off (self, rules, now, random);
      return PIAO_GATEWAY_DO_STOP_ALL;
    case PIAO_GATEWAY_UNKNOWN:
    default:
      if (PIAO_MUTANT (blind_resend))
        {
          back_off (self, rules, now, random);
          break;
        }
      self->delays = 0;
      become_unknown (self, now, ladder[0]);
      break;
    }
  return piao_gateway_attempt_next (self, rules, now);
}

void
piao_gateway_attempt_asking (PiaoGatewayAttempt *self, gint64 now)
{
  PIAO_INVARIANT (self->state == PIAO_GATEWAY_UNCERTAIN && self->asked_at == 0);
  self->asked_at = now;
}

/* A question that leaves now or later may find that the request never arrived. */
static gint64
get_late_enough (const PiaoGatewayAttempt *self, const PiaoGatewayRules *rules)
{
  return MAX (self->unknown_at + rules->longest_processing_ms, rules->not_found_from);
}

/* The next step of the ladder that still lies ahead; a slow answer skips steps, never bunches. And
 * no clerk waits longer than he must: when "not found" begins to count, it is asked at once. */
static gint64
next_question (const PiaoGatewayAttempt *self, const PiaoGatewayRules *rules, gint64 now)
{
  gint64 next = now + ASK_EVERY, late = get_late_enough (self, rules);

  for (guint i = G_N_ELEMENTS (ladder); i-- > 0;)
    if (self->unknown_at + ladder[i] > now)
      next = self->unknown_at + ladder[i];
  return late > now ? MIN (next, late) : next;
}

PiaoGatewayAction
piao_gateway_attempt_answered (PiaoGatewayAttempt *self,
                               const PiaoGatewayRules *rules,
                               PiaoGatewayKind kind,
                               PiaoGatewayFinding finding,
                               gint64 now)
{
  gboolean late_enough;

  if (self->state != PIAO_GATEWAY_UNCERTAIN)
    return piao_gateway_attempt_next (self, rules, now);
  late_enough = self->asked_at != 0 && self->asked_at >= get_late_enough (self, rules);
  self->asked_at = 0;
  self->next_at = next_question (self, rules, now);
  if (kind == PIAO_GATEWAY_STOP)
    return PIAO_GATEWAY_DO_STOP_ALL;
  if (kind == PIAO_GATEWAY_OK && finding == PIAO_GATEWAY_FOUND_DONE)
    decide (self, PIAO_GATEWAY_CONFIRMED);
  else if (kind == PIAO_GATEWAY_OK && finding == PIAO_GATEWAY_FOUND_REFUSED)
    decide (self, PIAO_GATEWAY_DECLINED);
  else if (kind == PIAO_GATEWAY_OK && finding == PIAO_GATEWAY_NOT_FOUND && late_enough)
    {
      decide (self, PIAO_GATEWAY_PREPARED);
      self->next_at = now;
    }
  return piao_gateway_attempt_next (self, rules, now);
}

void
piao_gateway_attempt_given (PiaoGatewayAttempt *self)
{
  self->with_person = TRUE;
}

void
piao_gateway_attempt_recover (PiaoGatewayAttempt *self, gint64 now)
{
  if (self->state == PIAO_GATEWAY_SENT && PIAO_MUTANT (recover_blindly))
    decide (self, PIAO_GATEWAY_PREPARED);
  else if (self->state == PIAO_GATEWAY_SENT)
    become_unknown (self, now, 0);
  else if (self->state == PIAO_GATEWAY_UNCERTAIN)
    {
      self->asked_at = 0;
      self->next_at = now;
    }
}

void
piao_gateway_attempt_take_over (PiaoGatewayAttempt *self, gint64 now)
{
  if (self->state != PIAO_GATEWAY_CONFIRMED && self->state != PIAO_GATEWAY_DECLINED)
    become_unknown (self, now, 0);
}

/* --- the line --------------------------------------------------------------------------------- */

gint64
piao_gateway_line_next_at (const PiaoGatewayLine *self, gint64 now)
{
  if (self->stopped_at != 0)
    return G_MAXINT64;
  if (self->opened_at == 0)
    return 0;
  if (self->probing)
    return now + PIAO_SECOND;
  return self->opened_at + PIAO_GATEWAY_BREAKER_COOL_DOWN_MS <= now
             ? 0
             : self->opened_at + PIAO_GATEWAY_BREAKER_COOL_DOWN_MS;
}

gboolean
piao_gateway_line_take (PiaoGatewayLine *self, gint64 now)
{
  if (piao_gateway_line_next_at (self, now) != 0)
    return FALSE;
  self->probing = self->opened_at != 0;
  return TRUE;
}

void
piao_gateway_line_report (PiaoGatewayLine *self, PiaoGatewayKind kind, gint64 now)
{
  gboolean was_probe = self->probing;

  self->probing = FALSE;
  switch (kind)
    {
    case PIAO_GATEWAY_STOP:
      if (self->stopped_at == 0 && !PIAO_MUTANT (stop_ignored))
        self->stopped_at = now;
      break;
    case PIAO_GATEWAY_UNKNOWN:
    case PIAO_GATEWAY_NOT_SENT:
      self->failures++;
      if (self->failures >= PIAO_GATEWAY_BREAKER_FAILURES && (self->opened_at == 0 || was_probe))
        self->opened_at = now;
      break;
    case PIAO_GATEWAY_OK:
    case PIAO_GATEWAY_REFUSED:
    case PIAO_GATEWAY_BUSY:
    default:
      self->failures = 0;
      self->opened_at = 0;
      break;
    }
}

void
piao_gateway_line_resume (PiaoGatewayLine *self)
{
  *self = (PiaoGatewayLine){ 0 };
}
