/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * DESIGN: what ILMS said becomes what the order is. gateway.progress stores where a request stands
 * between two steps of its executor; gateway.decide ends it, once, and applies the answer to the
 * order in the same transaction. Only the executor of a request may report on it: the system for
 * "server", the device itself for "device:<n>".
 */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/piao-error.h"
#include "base/piao-id.h"
#include "base/piao-money.h"
#include "domain/abnormal/piao-abnormal-rules.h"
#include "domain/delivery/piao-delivery-kinds.h"
#include "domain/gateway/piao-gateway-requests.h"
#include "domain/order/piao-order-machine.h"
#include "domain/order/piao-order-rules.h"
#include "domain/org/piao-org-kinds.h"
#include "domain/outlet/piao-outlet-kinds.h"
#include "domain/pack/piao-pack-kinds.h"

#define MAX_RESULT 4000

static gboolean
check_executor (PiaoTx *tx, const PiaoRecord *request, GError **error)
{
  g_autofree char *device = g_strdup_printf ("device:%" G_GINT64_FORMAT, piao_tx_get_device (tx));
  const char *executor = piao_record_text (request, PIAO_GATEWAY_REQUEST_EXECUTOR);

  if (g_str_equal (executor, "server") ? piao_tx_get_actor (tx) == 0
                                       : g_str_equal (executor, device))
    return TRUE;
  return piao_error_set (error, PIAO_ERROR_FORBIDDEN, "gateway.executor",
                         _ ("Request %s is carried out by “%s”; only that side may report on it."),
                         piao_record_text (request, PIAO_GATEWAY_REQUEST_REQUEST_NO), executor);
}

static gboolean
is_decided (const PiaoRecord *request)
{
  return piao_record_is (request, PIAO_GATEWAY_REQUEST_STATE, "confirmed")
         || piao_record_is (request, PIAO_GATEWAY_REQUEST_STATE, "refused");
}

static PiaoRecord *
request_from_args (PiaoTx *tx, JsonObject *args, GError **error)
{
  g_autoptr (PiaoRecord) request
      = piao_tx_get (tx, &piao_gateway_request_kind, piao_json_get_id (args, "request"), error);

  if (request == NULL || !check_executor (tx, request, error))
    return NULL;
  if (!is_decided (request))
    return g_steal_pointer (&request);
  piao_error_set (error, PIAO_ERROR_CONFLICT, "gateway.decided",
                  _ ("Request %s is decided already (%s)."),
                  piao_record_text (request, PIAO_GATEWAY_REQUEST_REQUEST_NO),
                  piao_record_text (request, PIAO_GATEWAY_REQUEST_STATE));
  return NULL;
}

/* --- progress -------------------------------------------------------------------------------- */

static gboolean
apply_progress (PiaoTx *tx, JsonObject *args, GError **error)
{
  g_autoptr (PiaoRecord) request = request_from_args (tx, args, error);
  const char *state = piao_json_get_text (args, "state", "");

  if (request == NULL)
    return FALSE;
  if (!g_str_equal (state, "prepared") && !g_str_equal (state, "sent")
      && !g_str_equal (state, "unknown"))
    return piao_error_set (error, PIAO_ERROR_INVALID, "gateway.state",
                           _ ("A request in progress is prepared, sent or unknown."));
  piao_record_set_text (request, PIAO_GATEWAY_REQUEST_STATE, state);
  for (guint column = PIAO_GATEWAY_REQUEST_TRIES; column <= PIAO_GATEWAY_REQUEST_ASKED_AT; column++)
    {
      const char *name = piao_gateway_request_kind.columns[column].name;

      piao_record_set_int (request, column, piao_json_get_int (args, name, 0));
    }
  piao_record_set_int (request, PIAO_GATEWAY_REQUEST_ATTENTION,
                       piao_json_get_bool (args, "attention", FALSE) ? 1 : 0);
  piao_record_set_text (request, PIAO_GATEWAY_REQUEST_CODE,
                        piao_json_get_text (args, "code", NULL));
  piao_record_set_text (request, PIAO_GATEWAY_REQUEST_MESSAGE,
                        piao_json_get_text (args, "message", NULL));
  return piao_tx_put (tx, request, error);
}

static const PiaoParam progress_params[]
    = { { "request", N_ ("Request"), PIAO_PARAM_ID, TRUE },
        { "state", N_ ("State"), PIAO_PARAM_TEXT, TRUE, 0, 20 },
        { "tries", N_ ("Tries"), PIAO_PARAM_INT, TRUE },
        { "delays", N_ ("Delays"), PIAO_PARAM_INT, TRUE },
        { "next_at", N_ ("Next step"), PIAO_PARAM_INT, TRUE },
        { "first_sent_at", N_ ("First sent"), PIAO_PARAM_INT, TRUE },
        { "last_sent_at", N_ ("Last sent"), PIAO_PARAM_INT, TRUE },
        { "unknown_at", N_ ("Unknown since"), PIAO_PARAM_INT, TRUE },
        { "doubt_at", N_ ("In doubt since"), PIAO_PARAM_INT, TRUE },
        { "asked_at", N_ ("Asked"), PIAO_PARAM_INT, TRUE },
        { "attention", N_ ("Needs a person"), PIAO_PARAM_BOOL, TRUE },
        { "code", N_ ("Code"), PIAO_PARAM_TEXT, FALSE, 0, 60 },
        { "message", N_ ("Message"), PIAO_PARAM_TEXT, FALSE, 0, 300 },
        { NULL } };

const PiaoCommand piao_gateway_progress_command
    = { "gateway.progress", NULL, 0, progress_params, apply_progress };

/* --- what an answer means -------------------------------------------------------------------- */

/* An amount that is missing, unreadable or less than @least fen does not become 0 in the books. */
static gboolean
amount_of (JsonObject *result, const char *member, gint64 least, gint64 *fen, GError **error)
{
  const char *text = piao_json_get_text (result, member, "");

  if (piao_money_parse (text, fen, NULL) && *fen >= least)
    return TRUE;
  return piao_error_set (error, PIAO_ERROR_CORRUPT, "gateway.no-amount",
                         _ ("The answer of ILMS gives “%.40s” for %s, which is not the amount that "
                            "was expected, so it does not count as a confirmation."),
                         text, member);
}

/* A confirmation that does not carry its number is no confirmation. */
static const char *
number_of (JsonObject *result, const char *member, GError **error)
{
  const char *number = piao_json_get_text (result, member, "");

  if (*number != '\0')
    return number;
  piao_error_set (error, PIAO_ERROR_CORRUPT, "gateway.no-number",
                  _ ("The answer of ILMS has no %s, so it does not count as a confirmation."),
                  member);
  return NULL;
}

/* An order was refused or cancelled while its lock was asked for: what ILMS holds is given back. */
static gboolean
give_back (PiaoTx *tx, const PiaoRecord *order, GError **error)
{
  gboolean asked = FALSE;

  if (!piao_gateway_is_open (tx, "order.release", order->id, &asked, error))
    return FALSE;
  return asked || piao_gateway_prepare (tx, "order.release", order, NULL, NULL, error);
}

static gboolean
lock_ok (PiaoTx *tx, PiaoRecord *order, JsonObject *result, GError **error)
{
  const char *lock_no = number_of (result, "lockNo", error);
  gint64 pre_debit = 0;

  if (lock_no == NULL || !amount_of (result, "preDebit", 0, &pre_debit, error))
    return FALSE;
  piao_record_set_text (order, PIAO_ORDER_LOCK_NO, lock_no);
  piao_record_set_int (order, PIAO_ORDER_PRE_DEBIT, pre_debit);
  if (piao_record_is (order, PIAO_ORDER_STATE, "refused")
      || piao_record_is (order, PIAO_ORDER_STATE, "cancelled"))
    return give_back (tx, order, error);
  /* An amendment of what is short is answered while the order is on its check sheet. */
  if (!g_str_equal (piao_order_get_standing (order), "submitted"))
    return TRUE;
  return piao_order_answer (tx, order, "lock_ok", lock_no, error);
}

static gboolean
send_packs_out (PiaoTx *tx, const PiaoRecord *order, GError **error)
{
  g_autoptr (GPtrArray) packs = piao_order_load_packs (tx, order->id, error);

  if (packs == NULL)
    return FALSE;
  for (guint i = 0; i < packs->len; i++)
    {
      PiaoRecord *pack = packs->pdata[i];

      piao_record_set_text (pack, PIAO_PACK_STATE, "outbound");
      piao_record_set_int (pack, PIAO_PACK_OUTBOUND_AT, piao_tx_get_now (tx)); /* WHS-09, WHS-17 */
      if (!piao_tx_put (tx, pack, error)
          || !piao_stock_move (tx, pack, "outbound", 0, -1, order->id, error))
        return FALSE;
    }
  return TRUE;
}

/* Notes the debit of @result in @order: its number, or NULL. */
static const char *
take_debit (PiaoTx *tx, PiaoRecord *order, JsonObject *result, GError **error)
{
  const char *confirm_no = number_of (result, "confirmNo", error);
  gint64 debited = 0;

  if (confirm_no == NULL || !amount_of (result, "debited", 1, &debited, error))
    return NULL;
  piao_record_set_text (order, PIAO_ORDER_CONFIRM_NO, confirm_no);
  piao_record_set_int (order, PIAO_ORDER_DEBITED, debited);
  piao_record_set_int (order, PIAO_ORDER_CONFIRMED_AT, piao_tx_get_now (tx));
  return confirm_no;
}

static gboolean
confirm_ok (PiaoTx *tx, PiaoRecord *order, JsonObject *result, GError **error)
{
  const char *confirm_no = take_debit (tx, order, result, error);
  g_autoptr (PiaoRecord) parcel = NULL;

  if (confirm_no == NULL)
    return FALSE;
  parcel = piao_tx_new (tx, &piao_parcel_kind, order->lane);
  piao_record_set_int (parcel, PIAO_PARCEL_ORDER_ID, order->id);
  piao_record_set_int (parcel, PIAO_PARCEL_N, 1);
  piao_record_set_int (parcel, PIAO_PARCEL_TOTAL, 1);
  piao_record_set_int (parcel, PIAO_PARCEL_LABEL_COPIES, 0);
  piao_record_set_int (parcel, PIAO_PARCEL_LABEL_AT, 0);
  piao_record_set_int (parcel, PIAO_PARCEL_CLOSED_AT, 0);
  return piao_order_answer (tx, order, "ilms_ok", confirm_no, error)
         && send_packs_out (tx, order, error) && piao_tx_put (tx, parcel, error);
}

/* The centre had forgotten this debit, and the order has ended without it: a person has to see to
 * it that the outlet gets its money back, or its tickets. */
static gboolean
debit_found (PiaoTx *tx, PiaoRecord *order, JsonObject *result, GError **error)
{
  g_autofree char *yuan = NULL;
  g_autofree char *note = NULL;
  const char *confirm_no = take_debit (tx, order, result, error);

  if (confirm_no == NULL)
    return FALSE;
  yuan = piao_money_format (piao_record_int (order, PIAO_ORDER_DEBITED));
  note
      = g_strdup_printf (_ ("ILMS has debited ¥%s for this order (confirmation %s). The centre was "
                            "restored from a backup and did not know it when the order was ended. "
                            "Look whether its tickets have left; if not, have ILMS reverse the "
                            "debit."),
                         yuan, confirm_no);
  return piao_abnormal_open (tx, order, "debit_found", note,
                             piao_record_int (order, PIAO_ORDER_DEBITED), error);
}

static gboolean
apply_ok (PiaoTx *tx, const char *op, PiaoRecord *order, JsonObject *result, GError **error)
{
  if (g_str_equal (op, "order.lock") || g_str_equal (op, "order.amend"))
    return lock_ok (tx, order, result, error);
  if (g_str_equal (op, "order.confirm"))
    return confirm_ok (tx, order, result, error);
  if (g_str_equal (op, PIAO_GATEWAY_QUESTION))
    return debit_found (tx, order, result, error);
  if (g_str_equal (op, "order.release"))
    {
      piao_record_set_null (order, PIAO_ORDER_LOCK_NO);
      return TRUE;
    }
  return piao_error_set (error, PIAO_ERROR_INVALID, "gateway.op",
                         _ ("“%s” is not an operation on an order."), op);
}

static gboolean
apply_no (PiaoTx *tx,
          const char *op,
          PiaoRecord *order,
          const char *code,
          const char *message,
          GError **error)
{
  const char *event = NULL;

  /* That debit did not happen; the one after it may have. */
  if (g_str_equal (op, PIAO_GATEWAY_QUESTION))
    return g_strcmp0 (code, PIAO_GATEWAY_NOT_KNOWN) == 0
           || piao_gateway_find_debit (tx, order, error);
  if (g_str_equal (op, "order.confirm"))
    event = "ilms_refused";
  else if (g_str_equal (piao_order_get_standing (order), "submitted"))
    event = "lock_refused";
  else if (g_str_equal (op, "order.amend")
           && piao_order_machine_next (piao_order_get_standing (order), "hold") != NULL)
    event = "hold";
  if (event == NULL)
    return TRUE; /* a release that ILMS refuses changes nothing for the order */
  piao_record_set_text (order, PIAO_ORDER_HOLD_REASON, code);
  piao_record_set_text (order, PIAO_ORDER_HOLD_NOTE, message);
  return piao_order_answer (tx, order, event, code, error);
}

/* --- decide ---------------------------------------------------------------------------------- */

static gboolean
apply_decide (PiaoTx *tx, JsonObject *args, GError **error)
{
  g_autoptr (PiaoRecord) request = request_from_args (tx, args, error);
  g_autoptr (PiaoRecord) order = NULL;
  g_autoptr (JsonObject) result = NULL;
  const char *op, *text = piao_json_get_text (args, "result", "{}");
  gboolean ok = piao_json_get_bool (args, "ok", FALSE);

  if (request == NULL)
    return FALSE;
  result = piao_json_parse_object (text, -1, MAX_RESULT, _ ("The answer of ILMS"), error);
  order = result != NULL
              ? piao_tx_get (tx, &piao_order_kind,
                             piao_record_int (request, PIAO_GATEWAY_REQUEST_ORDER_ID), error)
              : NULL;
  if (order == NULL)
    return FALSE;
  op = piao_record_text (request, PIAO_GATEWAY_REQUEST_OP);
  piao_record_set_text (request, PIAO_GATEWAY_REQUEST_STATE, ok ? "confirmed" : "refused");
  piao_record_set_text (request, PIAO_GATEWAY_REQUEST_CODE,
                        piao_json_get_text (args, "code", NULL));
  piao_record_set_text (request, PIAO_GATEWAY_REQUEST_MESSAGE,
                        piao_json_get_text (args, "message", NULL));
  piao_record_set_text (request, PIAO_GATEWAY_REQUEST_RESULT, text);
  piao_record_set_int (request, PIAO_GATEWAY_REQUEST_ATTENTION, 0);
  piao_record_set_int (request, PIAO_GATEWAY_REQUEST_DECIDED_AT, piao_tx_get_now (tx));
  if (ok ? !apply_ok (tx, op, order, result, error)
         : !apply_no (tx, op, order, piao_json_get_text (args, "code", "ILMS"),
                      piao_json_get_text (args, "message", NULL), error))
    return FALSE;
  return piao_tx_put (tx, request, error) && piao_tx_put (tx, order, error);
}

static const PiaoParam decide_params[]
    = { { "request", N_ ("Request"), PIAO_PARAM_ID, TRUE },
        { "ok", N_ ("Confirmed"), PIAO_PARAM_BOOL, TRUE },
        { "code", N_ ("Code"), PIAO_PARAM_TEXT, FALSE, 0, 60 },
        { "message", N_ ("Message"), PIAO_PARAM_TEXT, FALSE, 0, 300 },
        { "result", N_ ("Answer"), PIAO_PARAM_LINES, FALSE, 0, MAX_RESULT },
        { NULL } };

const PiaoCommand piao_gateway_decide_command
    = { "gateway.decide", NULL, 0, decide_params, apply_decide };

/* --- balances (ORD-16) ----------------------------------------------------------------------- */

/* The balance of an outlet comes from whoever speaks to ILMS for its warehouse. */
static gboolean
check_balance_source (PiaoTx *tx, const PiaoRecord *outlet, GError **error)
{
  g_autoptr (PiaoRecord) warehouse = NULL;

  if (piao_tx_get_actor (tx) == 0)
    return TRUE;
  warehouse = piao_tx_get (tx, &piao_warehouse_kind,
                           piao_record_int (outlet, PIAO_OUTLET_WAREHOUSE_ID), error);
  if (warehouse == NULL)
    return FALSE;
  if (piao_record_is (warehouse, PIAO_WAREHOUSE_ROUTE, "direct"))
    return TRUE;
  return piao_error_set (error, PIAO_ERROR_FORBIDDEN, "gateway.balance-source",
                         _ ("The balances of outlet %s come from the centre; only it may report "
                            "them."),
                         piao_record_text (outlet, PIAO_OUTLET_OUTLET_NO));
}

static gboolean
apply_balance (PiaoTx *tx, JsonObject *args, GError **error)
{
  g_autoptr (PiaoRecord) outlet
      = piao_tx_get (tx, &piao_outlet_kind, piao_json_get_id (args, "outlet"), error);

  if (outlet == NULL || !check_balance_source (tx, outlet, error))
    return FALSE;
  piao_record_set_int (outlet, PIAO_OUTLET_INSTANT_BALANCE, piao_json_get_int (args, "instant", 0));
  piao_record_set_int (outlet, PIAO_OUTLET_PAYMENT_BALANCE, piao_json_get_int (args, "payment", 0));
  piao_record_set_int (outlet, PIAO_OUTLET_BALANCE_AT, piao_tx_get_now (tx));
  return piao_tx_put (tx, outlet, error);
}

static const PiaoParam balance_params[]
    = { { "outlet", N_ ("Outlet"), PIAO_PARAM_ID, TRUE },
        { "instant", N_ ("Instant account"), PIAO_PARAM_MONEY, TRUE },
        { "payment", N_ ("Payment account"), PIAO_PARAM_MONEY, TRUE },
        { NULL } };

const PiaoCommand piao_gateway_balance_command
    = { "gateway.balance", NULL, 0, balance_params, apply_balance };
