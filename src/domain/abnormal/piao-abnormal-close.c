/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The end of a case: the order goes on from where it stood or is cancelled, and the packs follow.
 *
 * A pack that is gone leaves an order that is not debited: the order then goes on to be picked, for
 * its check sheet no longer says what is there. An order that is debited keeps it, for ILMS has
 * debited it. The packs of a cancelled order come back by the rules of release and refuse: when
 * they lie on the shelf again, with the lock given back; a debited one only with the number of the
 * reversal.
 */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/piao-error.h"
#include "base/piao-money.h"
#include "domain/abnormal/piao-abnormal-machine.h"
#include "domain/abnormal/piao-abnormal-rules.h"
#include "domain/gateway/piao-gateway-requests.h"
#include "domain/order/piao-order-rules.h"
#include "domain/pack/piao-pack-kinds.h"
#include "domain/pack/piao-pack-machine.h"

PIAO_STATEMENT (select_case_packs, "SELECT id FROM abnormal_pack WHERE case_id = $1 ORDER BY id");

typedef struct
{
  PiaoTx *tx;
  PiaoRecord *order, *abnormal;
  GPtrArray *lines, *packs; /* of the order */
  GHashTable *gone;         /* pack id → its PiaoRecord of abnormal_pack, of packs that are gone */
  gboolean cancelled;       /* else the order goes on */
  gboolean debited;
} Closing;

static void
closing_clear (Closing *self)
{
  g_clear_pointer (&self->order, piao_record_free);
  g_clear_pointer (&self->abnormal, piao_record_free);
  g_clear_pointer (&self->lines, g_ptr_array_unref);
  g_clear_pointer (&self->packs, g_ptr_array_unref);
  g_clear_pointer (&self->gone, g_hash_table_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Closing, closing_clear)

/* --- may it end so? -------------------------------------------------------------------------- */

/* The debit of an order is never dropped in silence. */
static gboolean
check_reversal (Closing *self, JsonObject *args, GError **error)
{
  const char *reversal_no = piao_json_get_text (args, "reversal_no", "");
  g_autofree char *yuan = NULL;

  if (!self->debited)
    return TRUE;
  if (*reversal_no != '\0'
      && piao_record_is (self->abnormal, PIAO_ABNORMAL_CASE_HANDLING, "refund_reversal"))
    {
      piao_record_set_text (self->abnormal, PIAO_ABNORMAL_CASE_REVERSAL_NO, reversal_no);
      return piao_tx_require (self->tx, "damage.approve", error);
    }
  yuan = piao_money_format (piao_record_int (self->order, PIAO_ORDER_DEBITED));
  return piao_error_set (
      error, PIAO_ERROR_REFUSED, "case.debited",
      _ ("ILMS has debited ¥%s for order %s (confirmation %s), so it is not cancelled just so. "
         "Have ILMS reverse the debit, record that as the handling, and enter the number of the "
         "reversal; or let the order go on."),
      yuan, piao_record_text (self->order, PIAO_ORDER_NUMBER),
      piao_record_text (self->order, PIAO_ORDER_CONFIRM_NO));
}

static gboolean
is_gone (Closing *self, const PiaoRecord *pack)
{
  return g_hash_table_contains (self->gone, &pack->id);
}

static gboolean
was_written_off (const PiaoRecord *pack)
{
  return piao_pack_machine_next (piao_record_text (pack, PIAO_PACK_STATE), "lose") == NULL;
}

/* How many packs of the order are still there when the case has ended. */
static guint
count_left (Closing *self)
{
  guint left = 0;

  for (guint i = 0; i < self->packs->len; i++)
    if (!is_gone (self, self->packs->pdata[i]) && !was_written_off (self->packs->pdata[i]))
      left++;
  return left;
}

static gboolean
check_left (Closing *self, JsonObject *args, GError **error)
{
  guint left = count_left (self);

  if (self->cancelled && left > 0 && !piao_json_get_bool (args, "shelved", FALSE))
    return piao_error_set (error, PIAO_ERROR_REFUSED, "case.shelved",
                           _ ("%u packs of order %s must lie on the shelf again before it is "
                              "cancelled. Put them back and say so."),
                           left, piao_record_text (self->order, PIAO_ORDER_NUMBER));
  if (!self->cancelled && self->debited && left == 0)
    return piao_error_set (error, PIAO_ERROR_REFUSED, "case.nothing-left",
                           _ ("No pack of order %s is left to be sent. Have ILMS reverse the "
                              "debit and cancel the order."),
                           piao_record_text (self->order, PIAO_ORDER_NUMBER));
  return TRUE;
}

/* --- packs ----------------------------------------------------------------------------------- */

static const char *
get_loss (Closing *self)
{
  const char *trouble = piao_record_text (self->abnormal, PIAO_ABNORMAL_CASE_TROUBLE);

  if (g_str_equal (trouble, "stolen"))
    return "steal";
  return g_str_equal (trouble, "damaged") ? "damage" : "lose";
}

/* One pack less on its line and on the order. */
static gboolean
count_down (Closing *self, const PiaoRecord *pack, GError **error)
{
  for (guint i = 0; i < self->lines->len; i++)
    {
      PiaoRecord *line = self->lines->pdata[i];

      if (line->id != piao_record_int (pack, PIAO_PACK_LINE_ID))
        continue;
      piao_record_set_int (line, PIAO_ORDER_LINE_SCANNED,
                           piao_record_int (line, PIAO_ORDER_LINE_SCANNED) - 1);
      if (!piao_tx_put (self->tx, line, error))
        return FALSE;
    }
  piao_record_set_int (self->order, PIAO_ORDER_SCANNED,
                       piao_record_int (self->order, PIAO_ORDER_SCANNED) - 1);
  return TRUE;
}

/* Moves @pack along @event of its machine; the stock follows. */
static gboolean
move_pack (Closing *self, PiaoRecord *pack, const char *event, GError **error)
{
  const char *to = piao_pack_machine_next (piao_record_text (pack, PIAO_PACK_STATE), event);
  gboolean reserved = piao_record_is (pack, PIAO_PACK_STATE, "reserved");
  int free;

  if (to == NULL)
    return piao_error_set (error, PIAO_ERROR_REFUSED, "case.pack-state",
                           _ ("Pack %s is “%s”, so it cannot come back by closing this case."),
                           piao_record_text (pack, PIAO_PACK_CODE),
                           piao_pack_state_get_title (piao_record_text (pack, PIAO_PACK_STATE)));
  free = g_str_equal (to, "in_stock") ? 1 : 0;
  piao_record_set_text (pack, PIAO_PACK_STATE, to);
  if (free != 0)
    piao_record_set_int (pack, PIAO_PACK_OUTBOUND_AT, 0);
  return piao_stock_move (self->tx, pack, event, free, reserved ? -1 : 0, self->order->id, error);
}

static gboolean
settle_pack (Closing *self, PiaoRecord *pack, GError **error)
{
  PiaoRecord *row = g_hash_table_lookup (self->gone, &pack->id);
  gboolean reserved = piao_record_is (pack, PIAO_PACK_STATE, "reserved");

  if (row == NULL && !self->cancelled)
    return TRUE;
  if (row != NULL)
    piao_record_set_int (row, PIAO_ABNORMAL_PACK_GONE, 1);
  if (row != NULL && !piao_tx_put (self->tx, row, error))
    return FALSE;
  if (row != NULL && !move_pack (self, pack, get_loss (self), error))
    return FALSE;
  if (row == NULL && !was_written_off (pack)
      && !move_pack (self, pack, reserved ? "undo" : "bring_back", error))
    return FALSE;
  if (self->cancelled || !self->debited)
    {
      if (!count_down (self, pack, error))
        return FALSE;
      piao_record_set_null (pack, PIAO_PACK_ORDER_ID);
      piao_record_set_null (pack, PIAO_PACK_LINE_ID);
    }
  return piao_tx_put (self->tx, pack, error);
}

/* The packs that the case has and that did not turn up again. */
static gboolean
load_gone (Closing *self, gboolean found, GError **error)
{
  g_autoptr (GPtrArray) rows
      = piao_order_load_parts (self->tx, &piao_abnormal_pack_kind, &select_case_packs,
                               self->abnormal->id, error);
  gint64 expected = piao_record_int (self->abnormal, PIAO_ABNORMAL_CASE_PACKS);

  if (rows == NULL)
    return FALSE;
  if ((gint64)rows->len != expected)
    return piao_order_say_incomplete (self->tx, self->order, error);
  if (found
      || !piao_abnormal_trouble_is_of_packs (
          piao_record_text (self->abnormal, PIAO_ABNORMAL_CASE_TROUBLE)))
    return TRUE;
  for (guint i = 0; i < rows->len; i++)
    {
      PiaoRecord *row = piao_record_copy (rows->pdata[i]);
      gint64 pack = piao_record_int (row, PIAO_ABNORMAL_PACK_PACK_ID);

      g_hash_table_insert (self->gone, g_memdup2 (&pack, sizeof pack), row);
    }
  return TRUE;
}

static gboolean
load (Closing *self, JsonObject *args, GError **error)
{
  if (!piao_abnormal_from_args (self->tx, args, &self->order, &self->abnormal, error))
    return FALSE;
  self->debited = *piao_record_text (self->order, PIAO_ORDER_CONFIRM_NO) != '\0';
  self->gone = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free,
                                      (GDestroyNotify)piao_record_free);
  self->lines = piao_order_load_lines (self->tx, self->order->id, error);
  if (self->lines == NULL)
    return FALSE;
  self->packs = piao_order_load_packs (self->tx, self->order->id, error);
  return self->packs != NULL && piao_order_check_packs (self->tx, self->order, self->packs, error)
         && load_gone (self, piao_json_get_bool (args, "found", FALSE), error);
}

/* --- the order ------------------------------------------------------------------------------- */

/* What is short is forgotten with the order, as when it is released. */
static gboolean
clear_lines (Closing *self, GError **error)
{
  for (guint i = 0; i < self->lines->len; i++)
    {
      PiaoRecord *line = self->lines->pdata[i];

      piao_record_set_int (line, PIAO_ORDER_LINE_SHORT, 0);
      piao_record_set_null (line, PIAO_ORDER_LINE_SHORT_REASON);
      if (!piao_tx_put (self->tx, line, error))
        return FALSE;
    }
  return TRUE;
}

/* Where the order goes on. */
static const char *
get_target (Closing *self)
{
  const char *standing = piao_order_get_standing (self->order);

  if (self->cancelled)
    return "cancelled";
  if (g_hash_table_size (self->gone) > 0
      && (g_str_equal (standing, "checked") || g_str_equal (standing, "held_for_ilms")))
    return "picking";
  return standing;
}

static gboolean
end_order (Closing *self, GError **error)
{
  g_autofree char *target = g_strdup (get_target (self));
  const char *outcome = piao_record_text (self->abnormal, PIAO_ABNORMAL_CASE_OUTCOME);

  if (!piao_order_move_to (self->tx, self->order, "case_closed", target, outcome, error))
    return FALSE;
  piao_record_set_null (self->order, PIAO_ORDER_PREV_STATE);
  if (self->cancelled
      && !(clear_lines (self, error) && piao_gateway_find_debit (self->tx, self->order, error)))
    return FALSE;
  if (self->cancelled && !self->debited
      && *piao_record_text (self->order, PIAO_ORDER_LOCK_NO) != '\0'
      && !piao_gateway_prepare (self->tx, "order.release", self->order, NULL, NULL, error))
    return FALSE;
  return piao_tx_put (self->tx, self->order, error);
}

static gboolean
apply_close (PiaoTx *tx, JsonObject *args, GError **error)
{
  g_auto (Closing) self = { .tx = tx };
  const char *outcome = piao_json_get_text (args, "outcome", "");

  self.cancelled = g_str_equal (outcome, "cancelled");
  if (!self.cancelled && !g_str_equal (outcome, "resumed"))
    return piao_error_set (error, PIAO_ERROR_INVALID, "case.outcome",
                           _ ("A case ends with an order that goes on or is cancelled."));
  if (!load (&self, args, error) || !piao_abnormal_move (self.abnormal, "close", error))
    return FALSE;
  if ((self.cancelled || g_hash_table_size (self.gone) > 0)
      && !piao_abnormal_check_answered (tx, self.order, error))
    return FALSE;
  if ((self.cancelled && !check_reversal (&self, args, error)) || !check_left (&self, args, error))
    return FALSE;
  for (guint i = 0; i < self.packs->len; i++)
    if (!settle_pack (&self, self.packs->pdata[i], error))
      return FALSE;
  piao_record_set_text (self.abnormal, PIAO_ABNORMAL_CASE_OUTCOME, outcome);
  piao_record_set_text (self.abnormal, PIAO_ABNORMAL_CASE_RESOLUTION,
                        piao_json_get_text (args, "resolution", ""));
  piao_record_set_int (self.abnormal, PIAO_ABNORMAL_CASE_CLOSED_AT, piao_tx_get_now (tx));
  return end_order (&self, error) && piao_tx_put (tx, self.abnormal, error);
}

static const PiaoParam close_params[]
    = { PIAO_ABNORMAL_PARAMS,
        { "outcome", N_ ("Outcome"), PIAO_PARAM_TEXT, TRUE, 0, 20 },
        { "resolution", N_ ("Resolution"), PIAO_PARAM_TEXT, TRUE, 0, 300 },
        { "found", N_ ("The packs are there and intact"), PIAO_PARAM_BOOL, FALSE },
        { "shelved", N_ ("The packs lie on the shelf again"), PIAO_PARAM_BOOL, FALSE },
        { "reversal_no", N_ ("Reversal number"), PIAO_PARAM_TEXT, FALSE, 0, 60 },
        { NULL } };

const PiaoCommand piao_abnormal_close_command
    = { "abnormal.close", "damage.create", 0, close_params, apply_close };
