/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* From the report of a case to its approval, one command a step. */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/piao-error.h"
#include "base/piao-money.h"
#include "domain/abnormal/piao-abnormal-machine.h"
#include "domain/abnormal/piao-abnormal-rules.h"
#include "domain/gateway/piao-gateway-requests.h"
#include "domain/order/piao-order-rules.h"

/* What a branch approves by itself (domain 6.3): less than 5,000 yuan. */
#define BRANCH_FEN 500000

/* Moves case and timeline along @event and writes both. @detail is what the timeline says. */
static gboolean
finish_step (PiaoTx *tx,
             PiaoRecord *order,
             PiaoRecord *abnormal,
             const char *event,
             const char *detail,
             GError **error)
{
  g_autofree char *told = g_strconcat ("case_", event, NULL);

  return piao_abnormal_move (abnormal, event, error)
         && piao_order_move (tx, order, told, detail, error) && piao_tx_put (tx, abnormal, error)
         && piao_tx_put (tx, order, error);
}

/* --- evidence -------------------------------------------------------------------------------- */

static gboolean
apply_collect (PiaoTx *tx, JsonObject *args, GError **error)
{
  g_autoptr (PiaoRecord) order = NULL;
  g_autoptr (PiaoRecord) abnormal = NULL;

  if (!piao_abnormal_from_args (tx, args, &order, &abnormal, error))
    return FALSE;
  piao_record_set_text (abnormal, PIAO_ABNORMAL_CASE_EVIDENCE,
                        piao_json_get_text (args, "evidence", ""));
  piao_abnormal_keep_in_touch (abnormal, args);
  return finish_step (tx, order, abnormal, "collect", NULL, error);
}

static const PiaoParam collect_params[]
    = { PIAO_ABNORMAL_PARAMS,
        { "evidence", N_ ("Evidence"), PIAO_PARAM_TEXT, TRUE, 0, 300 },
        PIAO_ABNORMAL_TOUCH_PARAMS,
        { NULL } };

const PiaoCommand piao_abnormal_collect_command
    = { "abnormal.collect", "damage.create", 0, collect_params, apply_collect };

/* --- liability (TRF-05, WHS-17) -------------------------------------------------------------- */

static gboolean
apply_judge (PiaoTx *tx, JsonObject *args, GError **error)
{
  g_autoptr (PiaoRecord) order = NULL;
  g_autoptr (PiaoRecord) abnormal = NULL;
  const char *liability = piao_json_get_text (args, "liability", "");

  if (!g_strv_contains (piao_abnormal_liabilities, liability))
    return piao_error_set (error, PIAO_ERROR_INVALID, "case.liability",
                           _ ("“%s” is nobody who can be liable."), liability);
  if (!piao_abnormal_from_args (tx, args, &order, &abnormal, error))
    return FALSE;
  piao_record_set_text (abnormal, PIAO_ABNORMAL_CASE_LIABILITY, liability);
  piao_record_set_ref (abnormal, PIAO_ABNORMAL_CASE_HANDLED_BY, piao_tx_get_actor (tx));
  piao_abnormal_keep_in_touch (abnormal, args);
  return finish_step (tx, order, abnormal, "judge", liability, error);
}

static const PiaoParam judge_params[]
    = { PIAO_ABNORMAL_PARAMS,
        { "liability", N_ ("Liability"), PIAO_PARAM_TEXT, TRUE, 0, 20 },
        PIAO_ABNORMAL_TOUCH_PARAMS,
        { NULL } };

const PiaoCommand piao_abnormal_judge_command
    = { "abnormal.judge", "damage.create", 0, judge_params, apply_judge };

/* --- handling -------------------------------------------------------------------------------- */

/* A debit is reversed only where there is one, or where there may be one soon. */
static gboolean
check_handling (PiaoTx *tx, const PiaoRecord *order, const char *handling, GError **error)
{
  gboolean asked = FALSE;

  if (!g_strv_contains (piao_abnormal_handlings, handling))
    return piao_error_set (error, PIAO_ERROR_INVALID, "case.handling",
                           _ ("“%s” is not a way to handle a case."), handling);
  if (!g_str_equal (handling, "refund_reversal")
      || *piao_record_text (order, PIAO_ORDER_CONFIRM_NO) != '\0')
    return TRUE;
  if (!piao_gateway_is_open (tx, "order.confirm", order->id, &asked, error))
    return FALSE;
  if (asked)
    return TRUE;
  return piao_error_set (error, PIAO_ERROR_REFUSED, "case.no-debit",
                         _ ("ILMS has not debited order %s, so there is nothing to reverse. Choose "
                            "another handling."),
                         piao_record_text (order, PIAO_ORDER_NUMBER));
}

static gboolean
apply_handle (PiaoTx *tx, JsonObject *args, GError **error)
{
  g_autoptr (PiaoRecord) order = NULL;
  g_autoptr (PiaoRecord) abnormal = NULL;
  const char *handling = piao_json_get_text (args, "handling", "");

  if (!piao_abnormal_from_args (tx, args, &order, &abnormal, error)
      || !check_handling (tx, order, handling, error))
    return FALSE;
  piao_record_set_text (abnormal, PIAO_ABNORMAL_CASE_HANDLING, handling);
  piao_record_set_ref (abnormal, PIAO_ABNORMAL_CASE_HANDLED_BY, piao_tx_get_actor (tx));
  piao_abnormal_keep_in_touch (abnormal, args);
  return finish_step (tx, order, abnormal, "handle", handling, error);
}

static const PiaoParam handle_params[]
    = { PIAO_ABNORMAL_PARAMS,
        { "handling", N_ ("Handling"), PIAO_PARAM_TEXT, TRUE, 0, 20 },
        PIAO_ABNORMAL_TOUCH_PARAMS,
        { NULL } };

const PiaoCommand piao_abnormal_handle_command
    = { "abnormal.handle", "damage.create", 0, handle_params, apply_handle };

/* --- approval -------------------------------------------------------------------------------- */

/* Nobody approves his own (domain 6.3). */
static gboolean
check_not_own (PiaoTx *tx, const PiaoRecord *abnormal, GError **error)
{
  gint64 actor = piao_tx_get_actor (tx);

  if (actor == 0
      || (piao_record_int (abnormal, PIAO_ABNORMAL_CASE_REPORTED_BY) != actor
          && piao_record_int (abnormal, PIAO_ABNORMAL_CASE_HANDLED_BY) != actor))
    return TRUE;
  return piao_error_set (error, PIAO_ERROR_FORBIDDEN, "case.own",
                         _ ("Nobody approves a case that he reported or handled himself. Ask "
                            "another manager."));
}

/* The centre is who sees every prefecture. */
static gboolean
check_value (PiaoTx *tx, const PiaoRecord *abnormal, GError **error)
{
  gint64 limit = piao_parameter_get (tx, "abnormal.branch_fen", BRANCH_FEN);
  gint64 value = piao_record_int (abnormal, PIAO_ABNORMAL_CASE_VALUE);
  g_autofree char *yuan = NULL;

  if (value < limit || piao_tx_sees_all (tx))
    return TRUE;
  yuan = piao_money_format (value);
  return piao_error_set (error, PIAO_ERROR_FORBIDDEN, "case.centre",
                         _ ("The case is about ¥%s; so much is approved by the centre, not by a "
                            "branch."),
                         yuan);
}

static gboolean
check_police (const PiaoRecord *abnormal, GError **error)
{
  if (!piao_record_is (abnormal, PIAO_ABNORMAL_CASE_TROUBLE, "stolen")
      || *piao_record_text (abnormal, PIAO_ABNORMAL_CASE_POLICE_NO) != '\0')
    return TRUE;
  return piao_error_set (error, PIAO_ERROR_REFUSED, "case.police",
                         _ ("A theft needs the number of the report to the police. Enter it with "
                            "the handling first."));
}

static gboolean
apply_approve (PiaoTx *tx, JsonObject *args, GError **error)
{
  g_autoptr (PiaoRecord) order = NULL;
  g_autoptr (PiaoRecord) abnormal = NULL;

  if (!piao_abnormal_from_args (tx, args, &order, &abnormal, error)
      || !check_police (abnormal, error) || !check_not_own (tx, abnormal, error)
      || !check_value (tx, abnormal, error))
    return FALSE;
  piao_record_set_ref (abnormal, PIAO_ABNORMAL_CASE_APPROVED_BY, piao_tx_get_actor (tx));
  piao_record_set_int (abnormal, PIAO_ABNORMAL_CASE_APPROVED_AT, piao_tx_get_now (tx));
  return finish_step (tx, order, abnormal, "approve", NULL, error);
}

static const PiaoParam approve_params[] = { PIAO_ABNORMAL_PARAMS, { NULL } };

const PiaoCommand piao_abnormal_approve_command
    = { "abnormal.approve", "damage.approve", 0, approve_params, apply_approve };
