/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/piao-error.h"
#include "base/piao-mutant.h"
#include "domain/delivery/piao-delivery-kinds.h"
#include "domain/delivery/piao-label-commands.h"
#include "domain/order/piao-order-kinds.h"

/* How many reprints a picker may make without the right to reprint (domain 6.3). */
#define FREE_REPRINTS 1

static PiaoRecord *
load_order (PiaoTx *tx, const PiaoRecord *parcel, GError **error)
{
  return piao_tx_get (tx, &piao_order_kind, piao_record_int (parcel, PIAO_PARCEL_ORDER_ID), error);
}

/* A parcel about which there is trouble stays where it is. */
static gboolean
check_travels (const PiaoRecord *order, GError **error)
{
  if (!piao_record_is (order, PIAO_ORDER_STATE, "abnormal")
      && !piao_record_is (order, PIAO_ORDER_STATE, "cancelled"))
    return TRUE;
  return piao_error_set (error, PIAO_ERROR_REFUSED, "label.abnormal",
                         _ ("Order %s is reported abnormal or cancelled: its parcel stays here and "
                            "gets no label until the case is closed."),
                         piao_record_text (order, PIAO_ORDER_NUMBER));
}

static gboolean
check_reprint (
    PiaoTx *tx, const PiaoRecord *parcel, const PiaoRecord *order, JsonObject *args, GError **error)
{
  gint64 copies = piao_record_int (parcel, PIAO_PARCEL_LABEL_COPIES);

  if (copies == 0)
    return TRUE;
  if (copies > FREE_REPRINTS && !piao_tx_require (tx, "label.reprint", error))
    return FALSE;
  if (!piao_record_is (order, PIAO_ORDER_STATE, "ready_to_ship")
      && *piao_json_get_text (args, "reason", "") == '\0')
    return piao_error_set (error, PIAO_ERROR_REFUSED, "label.reason",
                           _ ("The parcel was handed over already: write why its label is needed "
                              "again."));
  return TRUE;
}

static gboolean
apply_issue (PiaoTx *tx, JsonObject *args, GError **error)
{
  g_autoptr (PiaoRecord) parcel
      = piao_tx_get (tx, &piao_parcel_kind, piao_json_get_id (args, "parcel"), error);
  g_autoptr (PiaoRecord) order = parcel != NULL ? load_order (tx, parcel, error) : NULL;

  if (order == NULL)
    return FALSE;
  if (*piao_record_text (order, PIAO_ORDER_CONFIRM_NO) == '\0' && !PIAO_MUTANT (label_early))
    return piao_error_set (error, PIAO_ERROR_REFUSED, "label.unconfirmed",
                           _ ("ILMS has not confirmed order %s: it gets no label yet."),
                           piao_record_text (order, PIAO_ORDER_NUMBER));
  if (!check_travels (order, error) || !check_reprint (tx, parcel, order, args, error))
    return FALSE;
  piao_record_set_int (parcel, PIAO_PARCEL_LABEL_COPIES,
                       piao_record_int (parcel, PIAO_PARCEL_LABEL_COPIES) + 1);
  piao_record_set_int (parcel, PIAO_PARCEL_LABEL_AT, piao_tx_get_now (tx));
  return piao_tx_put (tx, parcel, error);
}

static const PiaoParam issue_params[]
    = { { "parcel", N_ ("Parcel"), PIAO_PARAM_ID, TRUE },
        { "reason", N_ ("Reason"), PIAO_PARAM_TEXT, FALSE, 0, 100 },
        { NULL } };

const PiaoCommand piao_label_issue_command
    = { "label.issue", "label.print", 0, issue_params, apply_issue };

static gboolean
apply_close (PiaoTx *tx, JsonObject *args, GError **error)
{
  g_autoptr (PiaoRecord) parcel
      = piao_tx_get (tx, &piao_parcel_kind, piao_json_get_id (args, "parcel"), error);
  g_autoptr (PiaoRecord) order = parcel != NULL ? load_order (tx, parcel, error) : NULL;
  const char *code = piao_json_get_text (args, "code", "");

  if (order == NULL || !check_travels (order, error))
    return FALSE;
  if (piao_record_int (parcel, PIAO_PARCEL_LABEL_COPIES) == 0)
    return piao_error_set (error, PIAO_ERROR_REFUSED, "parcel.no-label",
                           _ ("This parcel has no label yet."));
  if (!piao_record_is (order, PIAO_ORDER_NUMBER, code))
    return piao_error_set (error, PIAO_ERROR_REFUSED, "parcel.other-label",
                           _ ("The label scanned is of order %.40s; this parcel is of order %s. "
                              "Swap the labels back."),
                           code, piao_record_text (order, PIAO_ORDER_NUMBER));
  piao_record_set_int (parcel, PIAO_PARCEL_CLOSED_AT, piao_tx_get_now (tx));
  piao_record_set_ref (parcel, PIAO_PARCEL_CLOSED_BY, piao_tx_get_actor (tx));
  return piao_tx_put (tx, parcel, error);
}

static const PiaoParam close_params[]
    = { { "parcel", N_ ("Parcel"), PIAO_PARAM_ID, TRUE },
        { "code", N_ ("Order number"), PIAO_PARAM_TEXT, TRUE, 0, 60 },
        { NULL } };

const PiaoCommand piao_parcel_close_command
    = { "parcel.close", "order.pick", 0, close_params, apply_close };
