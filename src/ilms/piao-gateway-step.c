/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * DESIGN: one step of one request: commit what is about to happen, let it happen, commit what came
 * of it. When the process ends between any two of these, the row says so and the request is asked
 * about. An answer that the rules do not take (a confirmation without its number, an order that
 * has moved) does not count as one: the request stays unknown and goes to a person at once.
 */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/piao-error.h"
#include "base/piao-mutant.h"
#include "domain/gateway/piao-gateway-requests.h"
#include "ilms/piao-gateway-row.h"
#include "ilms/piao-gateway-worker-private.h"

#define MAX_PARAMS (256 * 1024)

typedef struct
{
  PiaoGatewayWorker *worker;
  PiaoRecord *row;
  PiaoGatewayAttempt attempt;
  JsonObject *params;
} Step;

static void
step_free (gpointer data)
{
  Step *step = data;

  g_object_unref (step->worker);
  piao_record_free (step->row);
  g_clear_pointer (&step->params, json_object_unref);
  g_free (step);
}

static gint64
now_of (const Step *step)
{
  return piao_clock_now (piao_gateway_worker_get_clock (step->worker));
}

static gboolean
save (Step *step, const char *code, const char *message, GError **error)
{
  piao_gateway_worker_note (step->worker, step->row->id, &step->attempt);
  return piao_gateway_worker_store (
      step->worker, "gateway.progress",
      piao_gateway_row_progress (step->row, &step->attempt, code, message), error);
}

/* Before a call: what was said last stays readable. */
static gboolean
save_as_it_is (Step *step, GError **error)
{
  return save (step, piao_record_text (step->row, PIAO_GATEWAY_REQUEST_CODE),
               piao_record_text (step->row, PIAO_GATEWAY_REQUEST_MESSAGE), error);
}

/* --- what came of it ------------------------------------------------------------------------- */

/* The database's failure, as opposed to a rule's no. */
static gboolean
is_storage_failure (const GError *error)
{
  return error->domain != PIAO_ERROR || piao_error_is_retryable (error)
         || g_error_matches (error, PIAO_ERROR, PIAO_ERROR_FAILED);
}

/* The rules do not take the answer to @before: the request stays unknown, a person is told why. */
static gboolean
hand_over (Step *step, const PiaoGatewayAttempt *before, const GError *why, GError **error)
{
  const PiaoGatewayRules *rules = piao_gateway_worker_get_rules (step->worker);

  step->attempt = *before;
  if (before->state == PIAO_GATEWAY_SENT)
    piao_gateway_attempt_replied (&step->attempt, rules, PIAO_GATEWAY_UNKNOWN, TRUE, now_of (step),
                                  0);
  else
    piao_gateway_attempt_answered (&step->attempt, rules, PIAO_GATEWAY_UNKNOWN,
                                   PIAO_GATEWAY_FOUND_UNDER_WAY, now_of (step));
  piao_gateway_attempt_given (&step->attempt);
  return save (step, piao_error_get_reason (why), why->message, error);
}

static gboolean
decide (Step *step,
        const PiaoGatewayAttempt *before,
        const char *code,
        const char *message,
        JsonObject *result,
        GError **error)
{
  gboolean ok = step->attempt.state == PIAO_GATEWAY_CONFIRMED;
  g_autoptr (GError) inner = NULL;

  if (piao_gateway_worker_store (step->worker, "gateway.decide",
                                 piao_gateway_row_decision (step->row, ok, ok ? NULL : code,
                                                            ok ? NULL : message, result),
                                 &inner))
    {
      piao_gateway_worker_balance_moved (step->worker,
                                         piao_record_int (step->row, PIAO_GATEWAY_REQUEST_ORDER_ID),
                                         piao_json_get_text (step->params, "outletNo", NULL));
      return TRUE;
    }
  if (g_str_equal (piao_error_get_reason (inner), "gateway.decided"))
    return TRUE;
  if (!is_storage_failure (inner))
    return hand_over (step, before, inner, error);
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

/* Stores where the attempt has come to from @before. */
static gboolean
settle (Step *step,
        const PiaoGatewayAttempt *before,
        const char *code,
        const char *message,
        JsonObject *result,
        GError **error)
{
  if (step->attempt.state == PIAO_GATEWAY_CONFIRMED || step->attempt.state == PIAO_GATEWAY_DECLINED)
    return decide (step, before, code, message, result, error);
  return save (step, code, message, error);
}

/* --- sending --------------------------------------------------------------------------------- */

/* It never left and never can: its parameters cannot travel. That is a no. */
static gboolean
refuse (Step *step, const GError *why, GError **error)
{
  return piao_gateway_worker_store (
      step->worker, "gateway.decide",
      piao_gateway_row_decision (step->row, FALSE, piao_error_get_reason (why), why->message, NULL),
      error);
}

static gboolean
not_sent (Step *step, const GError *why, GError **error)
{
  PiaoGatewayKind kind = PIAO_GATEWAY_NOT_SENT;

  if (g_error_matches (why, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_error_copy (why));
      return FALSE;
    }
  if (g_error_matches (why, PIAO_ERROR, PIAO_ERROR_INVALID)
      || g_error_matches (why, PIAO_ERROR, PIAO_ERROR_LIMIT))
    return refuse (step, why, error);
  if (!g_error_matches (why, PIAO_ERROR, PIAO_ERROR_UNAVAILABLE))
    {
      kind = PIAO_GATEWAY_STOP;
      piao_gateway_worker_stop_line (step->worker, why->message);
    }
  piao_gateway_attempt_replied (&step->attempt, piao_gateway_worker_get_rules (step->worker), kind,
                                FALSE, now_of (step),
                                piao_gateway_worker_take_random (step->worker));
  return save (step, piao_error_get_reason (why), why->message, error);
}

/* A row that only asks is at its end where another one would be sent. */
static gboolean
not_known (Step *step, GError **error)
{
  return piao_gateway_worker_store (
      step->worker, "gateway.decide",
      piao_gateway_row_decision (step->row, FALSE, PIAO_GATEWAY_NOT_KNOWN,
                                 _ ("ILMS does not know a debit of this number."), NULL),
      error);
}

/* A mistake that can be planted. */
static void
take_fresh_number (Step *step)
{
  g_autofree char *number
      = g_strdup_printf ("%s-%u", piao_record_text (step->row, PIAO_GATEWAY_REQUEST_REQUEST_NO),
                         step->attempt.tries);

  json_object_set_string_member (step->params, "requestNo", number);
}

static gboolean
send (Step *step, GError **error)
{
  const char *op = piao_record_text (step->row, PIAO_GATEWAY_REQUEST_OP);
  g_autoptr (PiaoGatewayReply) reply = NULL;
  g_autoptr (GError) why = NULL;
  PiaoGatewayAttempt before;

  piao_gateway_attempt_sending (&step->attempt, now_of (step));
  if (!PIAO_MUTANT (sent_unsaved) && !save_as_it_is (step, error))
    return FALSE;
  if (PIAO_MUTANT (fresh_number))
    take_fresh_number (step);
  reply = piao_gateway_worker_call (step->worker, op, NULL, step->params, &why);
  if (reply == NULL)
    return not_sent (step, why, error);
  before = step->attempt;
  piao_gateway_attempt_replied (&step->attempt, piao_gateway_worker_get_rules (step->worker),
                                reply->kind, reply->sent, now_of (step),
                                piao_gateway_worker_take_random (step->worker));
  return settle (step, &before, reply->code, reply->sentence, reply->result, error);
}

/* --- asking ---------------------------------------------------------------------------------- */

/* What ILMS found for the question that left when nobody had known for @unknown ms. The clock may
 * have been set meanwhile, so it alone does not make a request one that never arrived. */
static void
take_finding (Step *step, const PiaoGatewayReply *reply, gint64 unknown)
{
  const PiaoGatewayRules *rules = piao_gateway_worker_get_rules (step->worker);
  PiaoGatewayFinding finding = piao_gateway_reply_get_finding (reply);
  gint64 missing = rules->longest_processing_ms - unknown;
  gboolean early = finding == PIAO_GATEWAY_NOT_FOUND && missing > 0;

  piao_gateway_attempt_answered (&step->attempt, rules, reply->kind,
                                 early ? PIAO_GATEWAY_FOUND_UNDER_WAY : finding, now_of (step));
  if (early)
    step->attempt.next_at = MIN (step->attempt.next_at, now_of (step) + missing);
}

static gboolean
ask (Step *step, GError **error)
{
  const PiaoGatewayRules *rules = piao_gateway_worker_get_rules (step->worker);
  g_autoptr (PiaoGatewayReply) reply = NULL;
  g_autoptr (GError) why = NULL;
  PiaoGatewayAttempt before;
  gint64 unknown;

  piao_gateway_attempt_asking (&step->attempt, now_of (step));
  unknown = piao_gateway_worker_note (step->worker, step->row->id, &step->attempt);
  if (!save_as_it_is (step, error))
    return FALSE;
  reply = piao_gateway_worker_call (step->worker, "order.query",
                                    piao_record_text (step->row, PIAO_GATEWAY_REQUEST_REQUEST_NO),
                                    NULL, &why);
  if (g_error_matches (why, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_steal_pointer (&why));
      return FALSE;
    }
  before = step->attempt;
  if (reply == NULL)
    {
      piao_gateway_attempt_answered (&step->attempt, rules, PIAO_GATEWAY_UNKNOWN,
                                     PIAO_GATEWAY_FOUND_UNDER_WAY, now_of (step));
      return save (step, piao_error_get_reason (why), why->message, error);
    }
  take_finding (step, reply, unknown);
  if (reply->kind != PIAO_GATEWAY_OK)
    return settle (step, &before, reply->code, reply->sentence, NULL, error);
  return settle (step, &before, piao_json_get_text (reply->result, "code", NULL),
                 piao_json_get_text (reply->result, "sentence", NULL),
                 piao_json_get_object (reply->result, "result"), error);
}

/* --- one step -------------------------------------------------------------------------------- */

static gboolean
take (Step *step, GError **error)
{
  g_autoptr (GError) why = NULL;

  step->params = piao_json_parse_object (
      piao_record_text (step->row, PIAO_GATEWAY_REQUEST_PARAMS), -1, MAX_PARAMS,
      piao_gateway_request_kind.columns[PIAO_GATEWAY_REQUEST_PARAMS].name, &why);
  switch (piao_gateway_attempt_next (&step->attempt, piao_gateway_worker_get_rules (step->worker),
                                     now_of (step)))
    {
    case PIAO_GATEWAY_DO_GIVE_TO_PERSON:
      piao_gateway_attempt_given (&step->attempt);
      return save_as_it_is (step, error);
    case PIAO_GATEWAY_DO_SEND:
      if (piao_record_is (step->row, PIAO_GATEWAY_REQUEST_OP, PIAO_GATEWAY_QUESTION))
        return not_known (step, error);
      return step->params != NULL ? send (step, error) : refuse (step, why, error);
    case PIAO_GATEWAY_DO_QUERY:
      return ask (step, error);
    case PIAO_GATEWAY_DO_WAIT:
    case PIAO_GATEWAY_DO_AWAIT_REPLY:
    case PIAO_GATEWAY_DO_STOP_ALL:
    case PIAO_GATEWAY_DO_NOTHING:
    default:
      return TRUE;
    }
}

static DexFuture *
run (gpointer data)
{
  Step *step = data;
  g_autoptr (GError) error = NULL;
  gboolean stored = take (step, &error);

  if (!stored && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_message ("Request %s: %s", piao_record_text (step->row, PIAO_GATEWAY_REQUEST_REQUEST_NO),
               error->message);
  return dex_future_new_for_boolean (stored);
}

DexFuture *
piao_gateway_step_take (PiaoGatewayWorker *worker,
                        const PiaoRecord *row,
                        const PiaoGatewayAttempt *attempt)
{
  Step *step = g_new0 (Step, 1);

  step->worker = g_object_ref (worker);
  step->row = piao_record_copy (row);
  step->attempt = *attempt;
  return dex_scheduler_spawn (NULL, 0, run, step, step_free);
}
