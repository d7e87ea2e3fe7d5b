/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The exception branch (WHS-07): hold, retry, refuse and amend an order. */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/piao-error.h"
#include "domain/gateway/piao-gateway-requests.h"
#include "domain/order/piao-order-rules.h"

static const PiaoParam reason_params[]
    = { { "order", N_ ("Order"), PIAO_PARAM_ID, TRUE },
        { "reason", N_ ("Reason"), PIAO_PARAM_TEXT, TRUE, 0, 40 },
        { "note", N_ ("Reason in words"), PIAO_PARAM_TEXT, FALSE, 0, 300 },
        { NULL } };

static void
set_reason (PiaoRecord *order, JsonObject *args)
{
  piao_record_set_text (order, PIAO_ORDER_HOLD_REASON, piao_json_get_text (args, "reason", NULL));
  piao_record_set_text (order, PIAO_ORDER_HOLD_NOTE, piao_json_get_text (args, "note", NULL));
}

/* The packs stay reserved: they wait on the shelf for held orders. */
static gboolean
apply_hold (PiaoTx *tx, JsonObject *args, GError **error)
{
  g_autoptr (PiaoRecord) order = piao_order_from_args (tx, args, error);

  if (order == NULL || !piao_order_check_lease (tx, order, error)
      || !piao_order_move (tx, order, "hold", piao_json_get_text (args, "reason", NULL), error))
    return FALSE;
  set_reason (order, args);
  piao_record_set_null (order, PIAO_ORDER_PICKER_ID);
  piao_record_set_int (order, PIAO_ORDER_LEASE_UNTIL, 0);
  return piao_tx_put (tx, order, error);
}

const PiaoCommand piao_order_hold_command
    = { "order.hold", "order.pick", 0, reason_params, apply_hold };

static const PiaoParam order_params[]
    = { { "order", N_ ("Order"), PIAO_PARAM_ID, TRUE }, { NULL } };

/* Back to the queue when ILMS holds the lock already, else ILMS is asked for it again. */
static gboolean
apply_retry (PiaoTx *tx, JsonObject *args, GError **error)
{
  g_autoptr (PiaoRecord) order = piao_order_from_args (tx, args, error);
  g_autoptr (GPtrArray) lines = NULL;
  gboolean locked;

  if (order == NULL)
    return FALSE;
  locked = *piao_record_text (order, PIAO_ORDER_LOCK_NO) != '\0';
  if (!piao_order_move (tx, order, locked ? "resume" : "retry", NULL, error))
    return FALSE;
  piao_record_set_null (order, PIAO_ORDER_HOLD_REASON);
  piao_record_set_null (order, PIAO_ORDER_HOLD_NOTE);
  if (!locked)
    {
      lines = piao_order_load_lines (tx, order->id, error);
      if (lines == NULL || !piao_gateway_prepare (tx, "order.lock", order, lines, NULL, error))
        return FALSE;
    }
  return piao_tx_put (tx, order, error);
}

const PiaoCommand piao_order_retry_command
    = { "order.retry", "order.pick", 0, order_params, apply_retry };

/* Nothing may be scanned: packs must be back on the shelf first. (ORD-19, WHS-12) */
static gboolean
check_nothing_scanned (const PiaoRecord *order, GError **error)
{
  if (piao_record_int (order, PIAO_ORDER_SCANNED) == 0)
    return TRUE;
  return piao_error_set (error, PIAO_ERROR_REFUSED, "order.scanned",
                         _ ("%d packs are scanned for this order. Take it up again and release "
                            "them first."),
                         (int)piao_record_int (order, PIAO_ORDER_SCANNED));
}

static gboolean
apply_refuse (PiaoTx *tx, JsonObject *args, GError **error)
{
  g_autoptr (PiaoRecord) order = piao_order_from_args (tx, args, error);

  if (order == NULL || !check_nothing_scanned (order, error)
      || !piao_order_move (tx, order, "refuse", piao_json_get_text (args, "reason", NULL), error))
    return FALSE;
  set_reason (order, args);
  if (!piao_gateway_find_debit (tx, order, error))
    return FALSE;
  if (*piao_record_text (order, PIAO_ORDER_LOCK_NO) != '\0'
      && !piao_gateway_prepare (tx, "order.release", order, NULL, NULL, error))
    return FALSE;
  return piao_tx_put (tx, order, error);
}

const PiaoCommand piao_order_refuse_command
    = { "order.refuse", "order.refuse", 0, reason_params, apply_refuse };

/* ORD-18: another quantity of one line, before anything is scanned; ILMS locks again. */
static gboolean
apply_amend (PiaoTx *tx, JsonObject *args, GError **error)
{
  g_autoptr (PiaoRecord) order = piao_order_from_args (tx, args, error);
  g_autoptr (GPtrArray) lines = NULL;
  g_autofree char *detail = NULL;
  gint64 packs = 0, amount = 0;

  if (order == NULL || !check_nothing_scanned (order, error))
    return FALSE;
  lines = piao_order_load_lines (tx, order->id, error);
  if (lines == NULL)
    return FALSE;
  for (guint i = 0; i < lines->len; i++)
    {
      PiaoRecord *line = lines->pdata[i];
      gint64 value = piao_record_int (line, PIAO_ORDER_LINE_PACK_VALUE);

      if (line->id == piao_json_get_id (args, "line"))
        {
          gint64 wanted = piao_json_get_int (args, "packs", 0);

          detail
              = g_strdup_printf ("%d: %d → %d, %s", (int)piao_record_int (line, PIAO_ORDER_LINE_N),
                                 (int)piao_record_int (line, PIAO_ORDER_LINE_PACKS), (int)wanted,
                                 piao_json_get_text (args, "reason", ""));
          piao_record_set_int (line, PIAO_ORDER_LINE_PACKS, wanted);
          piao_record_set_int (line, PIAO_ORDER_LINE_AMOUNT, wanted * value);
          piao_record_set_int (line, PIAO_ORDER_LINE_SHORT, 0);
          if (!piao_tx_put (tx, line, error))
            return FALSE;
        }
      packs += piao_record_int (line, PIAO_ORDER_LINE_PACKS);
      amount += piao_record_int (line, PIAO_ORDER_LINE_AMOUNT);
    }
  if (detail == NULL)
    return piao_error_set (error, PIAO_ERROR_NOT_FOUND, "short.line",
                           _ ("That line is not on this order."));
  piao_record_set_int (order, PIAO_ORDER_PACKS, packs);
  piao_record_set_int (order, PIAO_ORDER_AMOUNT, amount);
  return piao_order_move (tx, order, "amend", detail, error)
         && piao_gateway_prepare (
             tx,
             *piao_record_text (order, PIAO_ORDER_LOCK_NO) != '\0' ? "order.amend" : "order.lock",
             order, lines, NULL, error)
         && piao_tx_put (tx, order, error);
}

static const PiaoParam amend_params[]
    = { { "order", N_ ("Order"), PIAO_PARAM_ID, TRUE },
        { "line", N_ ("Line"), PIAO_PARAM_ID, TRUE },
        { "packs", N_ ("Packs"), PIAO_PARAM_INT, TRUE, 1, 400 },
        { "reason", N_ ("Reason"), PIAO_PARAM_TEXT, TRUE, 0, 100 },
        { NULL } };

const PiaoCommand piao_order_amend_command
    = { "order.amend", "order.create", 0, amend_params, apply_amend };
