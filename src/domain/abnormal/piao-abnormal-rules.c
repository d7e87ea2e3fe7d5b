/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/piao-error.h"
#include "domain/abnormal/piao-abnormal-machine.h"
#include "domain/abnormal/piao-abnormal-rules.h"
#include "domain/gateway/piao-gateway-requests.h"
#include "domain/order/piao-order-rules.h"

gboolean
piao_abnormal_from_args (
    PiaoTx *tx, JsonObject *args, PiaoRecord **order, PiaoRecord **abnormal, GError **error)
{
  g_autoptr (PiaoRecord) whole = piao_order_from_args (tx, args, error);
  g_autoptr (PiaoRecord) found = NULL;

  if (whole == NULL)
    return FALSE;
  found = piao_tx_get (tx, &piao_abnormal_case_kind, piao_json_get_id (args, "case"), error);
  if (found == NULL)
    return FALSE;
  if (piao_record_int (found, PIAO_ABNORMAL_CASE_ORDER_ID) != whole->id)
    return piao_error_set (error, PIAO_ERROR_INVALID, "case.other-order",
                           _ ("That case is not about order %s."),
                           piao_record_text (whole, PIAO_ORDER_NUMBER));
  *order = g_steal_pointer (&whole);
  *abnormal = g_steal_pointer (&found);
  return TRUE;
}

gboolean
piao_abnormal_move (PiaoRecord *abnormal, const char *event, GError **error)
{
  const char *from = piao_record_text (abnormal, PIAO_ABNORMAL_CASE_STATE);
  const char *to = piao_abnormal_machine_next (from, event);

  if (to == NULL)
    return piao_error_set (error, PIAO_ERROR_REFUSED, "case.state",
                           _ ("The case is at “%s” now, so this step is not the next one. Look at "
                              "the timeline of the order for what happened."),
                           piao_abnormal_get_title (from));
  piao_record_set_text (abnormal, PIAO_ABNORMAL_CASE_STATE, to);
  return TRUE;
}

gboolean
piao_abnormal_check_answered (PiaoTx *tx, const PiaoRecord *order, GError **error)
{
  static const char *const operations[] = { "order.confirm", "order.amend" };
  gboolean open = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (operations) && !open; i++)
    if (!piao_gateway_is_open (tx, operations[i], order->id, &open, error))
      return FALSE;
  if (!open)
    return TRUE;
  return piao_error_set (error, PIAO_ERROR_REFUSED, "case.unanswered",
                         _ ("ILMS has not answered yet what it was asked about order %s, so nobody "
                            "knows whether it has debited. Wait for its answer, then close the "
                            "case."),
                         piao_record_text (order, PIAO_ORDER_NUMBER));
}

void
piao_abnormal_keep_in_touch (PiaoRecord *abnormal, JsonObject *args)
{
  const char *contact = piao_json_get_text (args, "contact", "");
  const char *police_no = piao_json_get_text (args, "police_no", "");
  gint64 follow_up_at = piao_json_get_int (args, "follow_up_at", 0);

  if (*contact != '\0')
    piao_record_set_text (abnormal, PIAO_ABNORMAL_CASE_CONTACT, contact);
  if (*police_no != '\0')
    piao_record_set_text (abnormal, PIAO_ABNORMAL_CASE_POLICE_NO, police_no);
  if (follow_up_at != 0)
    piao_record_set_int (abnormal, PIAO_ABNORMAL_CASE_FOLLOW_UP_AT, follow_up_at);
}
