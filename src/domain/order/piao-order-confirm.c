/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* From the check sheet to the question at ILMS: check, back, confirm, reconnect. */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/piao-error.h"
#include "base/piao-mutant.h"
#include "domain/delivery/piao-delivery-kinds.h"
#include "domain/gateway/piao-gateway-requests.h"
#include "domain/order/piao-order-rules.h"

/* Separation of picker and checker (domain 6.3). */
#define SECOND_PERSON_FEN 2000000
#define SECOND_PERSON_PACKS 40

static const PiaoParam order_params[]
    = { { "order", N_ ("Order"), PIAO_PARAM_ID, TRUE }, { NULL } };

/* WHS-05: every line is scanned or has a reason; sets what will really be sent. */
static gboolean
check_lines (PiaoTx *tx, PiaoRecord *order, GPtrArray *lines, gboolean *shorted, GError **error)
{
  gint64 packs = 0, amount = 0;

  *shorted = FALSE;
  for (guint i = 0; i < lines->len; i++)
    {
      PiaoRecord *line = lines->pdata[i];
      gint64 scanned = piao_record_int (line, PIAO_ORDER_LINE_SCANNED);
      gint64 shorts = piao_record_int (line, PIAO_ORDER_LINE_SHORT);

      if (scanned + shorts != piao_record_int (line, PIAO_ORDER_LINE_PACKS))
        return piao_error_set (error, PIAO_ERROR_REFUSED, "check.incomplete",
                               _ ("Line %d still misses %d packs. Scan them or mark them short."),
                               (int)piao_record_int (line, PIAO_ORDER_LINE_N),
                               (int)(piao_record_int (line, PIAO_ORDER_LINE_PACKS) - scanned
                                     - shorts));
      packs += scanned;
      amount += scanned * piao_record_int (line, PIAO_ORDER_LINE_PACK_VALUE);
      *shorted = *shorted || shorts > 0;
    }
  if (packs == 0)
    return piao_error_set (error, PIAO_ERROR_REFUSED, "check.empty",
                           _ ("Nothing was scanned for this order. Refuse or hold it instead."));
  piao_record_set_int (order, PIAO_ORDER_AMOUNT, amount);
  return TRUE;
}

static gboolean
apply_check (PiaoTx *tx, JsonObject *args, GError **error)
{
  g_autoptr (PiaoRecord) order = piao_order_from_args (tx, args, error);
  g_autoptr (GPtrArray) lines = NULL;
  gboolean shorted = FALSE;

  if (order == NULL || !piao_order_check_lease (tx, order, error))
    return FALSE;
  if (!piao_json_get_bool (args, "intact", FALSE))
    return piao_error_set (error, PIAO_ERROR_REFUSED, "check.damaged",
                           _ ("Packs with damaged packing are not sent. Take the scan back, put "
                              "the pack aside and report it."));
  lines = piao_order_load_lines (tx, order->id, error);
  if (lines == NULL || !piao_order_move (tx, order, "check", NULL, error)
      || !check_lines (tx, order, lines, &shorted, error))
    return FALSE;
  /* What is short leaves the lock first, so that the debit is for what is in the parcel. */
  if (shorted && !piao_gateway_prepare (tx, "order.amend", order, lines, NULL, error))
    return FALSE;
  return piao_tx_put (tx, order, error);
}

static const PiaoParam check_params[]
    = { { "order", N_ ("Order"), PIAO_PARAM_ID, TRUE },
        { "intact", N_ ("Packing intact"), PIAO_PARAM_BOOL, TRUE }, /* WHS-11 */
        { NULL } };

const PiaoCommand piao_order_check_command
    = { "order.check", "order.pick", 0, check_params, apply_check };

static gboolean
apply_back (PiaoTx *tx, JsonObject *args, GError **error)
{
  g_autoptr (PiaoRecord) order = piao_order_from_args (tx, args, error);
  gboolean amending = FALSE;

  if (order == NULL || !piao_gateway_is_open (tx, "order.amend", order->id, &amending, error))
    return FALSE;
  if (amending)
    return piao_error_set (error, PIAO_ERROR_REFUSED, "order.amending",
                           _ ("ILMS is being told what is short. Wait for its answer."));
  return piao_order_move (tx, order, "back", NULL, error) && piao_tx_put (tx, order, error);
}

const PiaoCommand piao_order_back_command
    = { "order.back", "order.pick", 0, order_params, apply_back };

static gboolean
check_second_person (PiaoTx *tx, const PiaoRecord *order, GError **error)
{
  gint64 most_fen = piao_parameter_get (tx, "confirm.second_person_fen", SECOND_PERSON_FEN);
  gint64 most_packs = piao_parameter_get (tx, "confirm.second_person_packs", SECOND_PERSON_PACKS);

  if (piao_record_int (order, PIAO_ORDER_AMOUNT) < most_fen
      && piao_record_int (order, PIAO_ORDER_SCANNED) < most_packs)
    return TRUE;
  if (piao_record_int (order, PIAO_ORDER_PICKER_ID) != piao_tx_get_actor (tx))
    return TRUE;
  return piao_error_set (error, PIAO_ERROR_REFUSED, "confirm.second-person",
                         _ ("An order this large is confirmed by another person than the one who "
                            "picked it. Hand over with “Switch user”."));
}

/* Prepares the debit with the list of packs. */
static gboolean
ask_ilms (PiaoTx *tx, PiaoRecord *order, GError **error)
{
  g_autoptr (GPtrArray) lines = NULL;
  g_autoptr (GPtrArray) packs = NULL;
  gboolean amending = FALSE;

  if (!piao_gateway_is_open (tx, "order.amend", order->id, &amending, error))
    return FALSE;
  if (amending)
    return piao_error_set (error, PIAO_ERROR_BUSY, "order.amending",
                           _ ("ILMS is being told what is short. Wait for its answer."));
  lines = piao_order_load_lines (tx, order->id, error);
  packs = lines != NULL ? piao_order_load_packs (tx, order->id, error) : NULL;
  if (packs == NULL)
    return FALSE;
  if (!piao_order_check_packs (tx, order, packs, error))
    return FALSE;
  return piao_gateway_prepare (tx, "order.confirm", order, lines, packs, error);
}

/* A mistake that can be planted. */
static gboolean
make_early_parcel (PiaoTx *tx, const PiaoRecord *order, GError **error)
{
  g_autoptr (PiaoRecord) parcel = piao_tx_new (tx, &piao_parcel_kind, order->lane);

  piao_record_set_int (parcel, PIAO_PARCEL_ORDER_ID, order->id);
  piao_record_set_int (parcel, PIAO_PARCEL_N, 1);
  piao_record_set_int (parcel, PIAO_PARCEL_TOTAL, 1);
  piao_record_set_int (parcel, PIAO_PARCEL_LABEL_COPIES, 0);
  piao_record_set_int (parcel, PIAO_PARCEL_LABEL_AT, 0);
  piao_record_set_int (parcel, PIAO_PARCEL_CLOSED_AT, 0);
  return piao_tx_put (tx, parcel, error);
}

static gboolean
apply_confirm (PiaoTx *tx, JsonObject *args, GError **error)
{
  g_autoptr (PiaoRecord) order = piao_order_from_args (tx, args, error);
  gboolean online = piao_json_get_bool (args, "online", FALSE);

  if (order == NULL || !check_second_person (tx, order, error)
      || !piao_order_move (tx, order, online ? "confirm" : "hold_for_ilms", NULL, error))
    return FALSE;
  piao_record_set_ref (order, PIAO_ORDER_CHECKER_ID, piao_tx_get_actor (tx));
  if (!online)
    piao_record_set_int (order, PIAO_ORDER_HELD_AT, piao_tx_get_now (tx));
  if (!online && PIAO_MUTANT (label_early) && !make_early_parcel (tx, order, error))
    return FALSE;
  if (online && !ask_ilms (tx, order, error))
    return FALSE;
  return piao_tx_put (tx, order, error);
}

static const PiaoParam confirm_params[]
    = { { "order", N_ ("Order"), PIAO_PARAM_ID, TRUE },
        { "online", N_ ("ILMS can be reached"), PIAO_PARAM_BOOL, TRUE },
        { NULL } };

const PiaoCommand piao_order_confirm_command
    = { "order.confirm", "order.confirm", 0, confirm_params, apply_confirm };

PIAO_STATEMENT (select_older_held,
                "SELECT number FROM orders WHERE warehouse_id = $1"
                " AND state = 'held_for_ilms' AND deleted = 0"
                " AND (held_at < $2 OR (held_at = $2 AND id < $3))"
                " ORDER BY held_at, id LIMIT 1");

/* First in, first out (domain 6.2, 6.4). */
static gboolean
apply_reconnect (PiaoTx *tx, JsonObject *args, GError **error)
{
  g_autoptr (PiaoRecord) order = piao_order_from_args (tx, args, error);
  g_autofree char *older = NULL;

  if (order == NULL
      || !piao_db_query_text (piao_tx_get_db (tx), &select_older_held, &older, error, "iii",
                              piao_record_int (order, PIAO_ORDER_WAREHOUSE_ID),
                              piao_record_int (order, PIAO_ORDER_HELD_AT), order->id))
    return FALSE;
  if (older != NULL)
    return piao_error_set (error, PIAO_ERROR_REFUSED, "reconnect.older",
                           _ ("Order %s was held earlier and goes first."), older);
  return piao_order_move (tx, order, "reconnect", NULL, error) && ask_ilms (tx, order, error)
         && piao_tx_put (tx, order, error);
}

const PiaoCommand piao_order_reconnect_command
    = { "order.reconnect", "order.confirm", 0, order_params, apply_reconnect };
