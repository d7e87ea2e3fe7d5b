/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/piao-error.h"
#include "domain/abnormal/piao-abnormal-machine.h"
#include "domain/abnormal/piao-abnormal-rules.h"
#include "domain/order/piao-order-rules.h"
#include "domain/pack/piao-pack-kinds.h"
#include "domain/pack/piao-pack-machine.h"

#define MAX_PACKS 400

/* What a pack of @order costs, by the line it was scanned for. */
static gint64
value_of (GPtrArray *lines, const PiaoRecord *pack)
{
  for (guint i = 0; i < lines->len; i++)
    {
      const PiaoRecord *line = g_ptr_array_index (lines, i);

      if (line->id == piao_record_int (pack, PIAO_PACK_LINE_ID))
        return piao_record_int (line, PIAO_ORDER_LINE_PACK_VALUE);
    }
  return 0;
}

/* A pack of the order that is not lost already. */
static PiaoRecord *
find_pack (PiaoTx *tx, const PiaoRecord *order, gint64 id, GError **error)
{
  g_autoptr (PiaoRecord) pack = piao_tx_get (tx, &piao_pack_kind, id, error);

  if (pack == NULL)
    return NULL;
  if (piao_record_int (pack, PIAO_PACK_ORDER_ID) == order->id
      && piao_pack_machine_next (piao_record_text (pack, PIAO_PACK_STATE), "lose") != NULL)
    return g_steal_pointer (&pack);
  piao_error_set (error, PIAO_ERROR_REFUSED, "case.pack",
                  _ ("Pack %s is not with order %s (it is “%s”). Look at the order again and "
                     "choose from its packs."),
                  piao_record_text (pack, PIAO_PACK_CODE),
                  piao_record_text (order, PIAO_ORDER_NUMBER),
                  piao_pack_state_get_title (piao_record_text (pack, PIAO_PACK_STATE)));
  return NULL;
}

static gboolean
add_pack (PiaoTx *tx, PiaoRecord *abnormal, const PiaoRecord *pack, gint64 value, GError **error)
{
  g_autoptr (PiaoRecord) row = piao_tx_new (tx, &piao_abnormal_pack_kind, abnormal->lane);

  piao_record_set_int (row, PIAO_ABNORMAL_PACK_CASE_ID, abnormal->id);
  piao_record_set_int (row, PIAO_ABNORMAL_PACK_ORDER_ID,
                       piao_record_int (abnormal, PIAO_ABNORMAL_CASE_ORDER_ID));
  piao_record_set_int (row, PIAO_ABNORMAL_PACK_PACK_ID, pack->id);
  piao_record_set_int (row, PIAO_ABNORMAL_PACK_VALUE, value);
  piao_record_set_int (row, PIAO_ABNORMAL_PACK_GONE, 0);
  piao_record_set_int (abnormal, PIAO_ABNORMAL_CASE_PACKS,
                       piao_record_int (abnormal, PIAO_ABNORMAL_CASE_PACKS) + 1);
  piao_record_set_int (abnormal, PIAO_ABNORMAL_CASE_VALUE,
                       piao_record_int (abnormal, PIAO_ABNORMAL_CASE_VALUE) + value);
  return piao_tx_put (tx, row, error);
}

/* Writes which packs the case is about, each once. */
static gboolean
add_packs (
    PiaoTx *tx, PiaoRecord *abnormal, const PiaoRecord *order, JsonArray *packs, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autoptr (GPtrArray) lines = piao_order_load_lines (tx, order->id, error);

  if (lines == NULL)
    return FALSE;
  for (guint i = 0; packs != NULL && i < json_array_get_length (packs); i++)
    {
      gint64 id = piao_json_get_id (piao_json_array_get_object (packs, i), "pack");
      g_autoptr (PiaoRecord) pack = NULL;

      if (!g_hash_table_add (seen, g_memdup2 (&id, sizeof id)))
        continue;
      pack = find_pack (tx, order, id, error);
      if (pack == NULL || !add_pack (tx, abnormal, pack, value_of (lines, pack), error))
        return FALSE;
    }
  if (g_hash_table_size (seen) > 0
      || !piao_abnormal_trouble_is_of_packs (
          piao_record_text (abnormal, PIAO_ABNORMAL_CASE_TROUBLE)))
    return TRUE;
  return piao_error_set (error, PIAO_ERROR_REFUSED, "case.no-packs",
                         _ ("Say which packs of order %s are lost, damaged or stolen."),
                         piao_record_text (order, PIAO_ORDER_NUMBER));
}

static PiaoRecord *
make_case (PiaoTx *tx, const PiaoRecord *order, const char *trouble, const char *note)
{
  PiaoRecord *abnormal = piao_tx_new (tx, &piao_abnormal_case_kind, order->lane);

  piao_record_set_int (abnormal, PIAO_ABNORMAL_CASE_ORDER_ID, order->id);
  piao_record_set_text (abnormal, PIAO_ABNORMAL_CASE_TROUBLE, trouble);
  piao_record_set_text (abnormal, PIAO_ABNORMAL_CASE_STATE, "reported");
  piao_record_set_int (abnormal, PIAO_ABNORMAL_CASE_PACKS, 0);
  piao_record_set_int (abnormal, PIAO_ABNORMAL_CASE_VALUE, 0);
  piao_record_set_text (abnormal, PIAO_ABNORMAL_CASE_NOTE, note);
  piao_record_set_int (abnormal, PIAO_ABNORMAL_CASE_FOLLOW_UP_AT, 0);
  piao_record_set_ref (abnormal, PIAO_ABNORMAL_CASE_REPORTED_BY, piao_tx_get_actor (tx));
  piao_record_set_int (abnormal, PIAO_ABNORMAL_CASE_REPORTED_AT, piao_tx_get_now (tx));
  piao_record_set_int (abnormal, PIAO_ABNORMAL_CASE_APPROVED_AT, 0);
  piao_record_set_int (abnormal, PIAO_ABNORMAL_CASE_CLOSED_AT, 0);
  return abnormal;
}

/* Moves @order to where its case decides; the state it stands in is kept. */
static gboolean
stop_order (PiaoTx *tx, PiaoRecord *order, const char *event, const char *detail, GError **error)
{
  g_autofree char *state = g_strdup (piao_record_text (order, PIAO_ORDER_STATE));

  if (!piao_order_move (tx, order, event, detail, error))
    return FALSE;
  piao_record_set_text (order, PIAO_ORDER_PREV_STATE, state);
  piao_record_set_null (order, PIAO_ORDER_PICKER_ID);
  piao_record_set_int (order, PIAO_ORDER_LEASE_UNTIL, 0);
  return TRUE;
}

gboolean
piao_abnormal_open (PiaoTx *tx,
                    PiaoRecord *order,
                    const char *event,
                    const char *note,
                    gint64 value,
                    GError **error)
{
  g_autoptr (PiaoRecord) abnormal = NULL;

  if (!stop_order (tx, order, event, piao_record_text (order, PIAO_ORDER_CONFIRM_NO), error))
    return FALSE;
  abnormal = make_case (tx, order, "other", note);
  piao_record_set_int (abnormal, PIAO_ABNORMAL_CASE_VALUE, value);
  return piao_tx_put (tx, abnormal, error);
}

/* A clerk reports, a keeper or manager creates; both words are in domain 6.3. */
static gboolean
check_may_report (PiaoTx *tx, GError **error)
{
  return piao_tx_is_allowed (tx, "damage.report") || piao_tx_require (tx, "damage.create", error);
}

static gboolean
apply_report (PiaoTx *tx, JsonObject *args, GError **error)
{
  g_autoptr (PiaoRecord) order = NULL;
  g_autoptr (PiaoRecord) abnormal = NULL;
  const char *trouble = piao_json_get_text (args, "trouble", "");

  if (!check_may_report (tx, error))
    return FALSE;
  if (!g_strv_contains (piao_abnormal_troubles, trouble))
    return piao_error_set (error, PIAO_ERROR_INVALID, "case.trouble",
                           _ ("“%s” is not a kind of trouble an order can have."), trouble);
  order = piao_order_from_args (tx, args, error);
  if (order == NULL || !piao_order_check_lease (tx, order, error)
      || !stop_order (tx, order, "report_abnormal", trouble, error))
    return FALSE;
  abnormal = make_case (tx, order, trouble, piao_json_get_text (args, "note", ""));
  piao_abnormal_keep_in_touch (abnormal, args);
  return add_packs (tx, abnormal, order, piao_json_get_array (args, "packs"), error)
         && piao_tx_put (tx, abnormal, error) && piao_tx_put (tx, order, error);
}

static const PiaoParam pack_params[] = { { "pack", N_ ("Pack"), PIAO_PARAM_ID, TRUE }, { NULL } };

static const PiaoParam report_params[]
    = { { "order", N_ ("Order"), PIAO_PARAM_ID, TRUE },
        { "trouble", N_ ("Trouble"), PIAO_PARAM_TEXT, TRUE, 0, 20 },
        { "packs", N_ ("Packs"), PIAO_PARAM_LIST, FALSE, 0, MAX_PACKS, pack_params },
        { "note", N_ ("What happened"), PIAO_PARAM_TEXT, TRUE, 0, 300 },
        PIAO_ABNORMAL_TOUCH_PARAMS,
        { NULL } };

const PiaoCommand piao_order_report_abnormal_command
    = { "order.report_abnormal", NULL, 0, report_params, apply_report };
