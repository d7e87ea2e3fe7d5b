/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * DESIGN: picking. A scan is accepted only when the pack is the one that the order needs; every
 * other case is refused with a sentence that says what was scanned, what is still missing and
 * where it is, and nothing changes (WHS-02, WHS-03). The scanned packs are the facts: what a line
 * and the order count is kept equal to them.
 */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/piao-error.h"
#include "base/piao-id.h"
#include "base/piao-mutant.h"
#include "domain/order/piao-order-machine.h"
#include "domain/order/piao-order-rules.h"
#include "domain/pack/piao-pack-kinds.h"
#include "domain/pack/piao-pack-machine.h"
#include "domain/ticket/piao-ticket-kinds.h"

#define LEASE_MINUTES 15
#define MAX_CASE_PACKS 60

PIAO_STATEMENT (select_pack_id, "SELECT id FROM pack WHERE code = $1");
PIAO_STATEMENT (select_shelf,
                "SELECT shelf FROM pack WHERE ticket_type_id = $1"
                " AND warehouse_id = $2 AND state = 'in_stock' AND frozen = 0"
                " AND shelf IS NOT NULL LIMIT 1");
PIAO_STATEMENT (select_number, "SELECT number FROM orders WHERE id = $1");
PIAO_STATEMENT (select_last_scan,
                "SELECT pack.id FROM pack JOIN movement ON movement.pack_id = pack.id"
                " WHERE pack.order_id = $1 AND pack.state = 'reserved'"
                " AND movement.event = 'reserve' ORDER BY movement.id DESC LIMIT 1");

static const PiaoParam order_params[]
    = { { "order", N_ ("Order"), PIAO_PARAM_ID, TRUE }, { NULL } };

/* --- open ------------------------------------------------------------------------------------ */

static void
take_lease (PiaoTx *tx, PiaoRecord *order)
{
  gint64 minutes = piao_parameter_get (tx, "pick.lease", LEASE_MINUTES);

  piao_record_set_ref (order, PIAO_ORDER_PICKER_ID, piao_tx_get_actor (tx));
  piao_record_set_int (order, PIAO_ORDER_PICKER_DEVICE, piao_tx_get_device (tx));
  piao_record_set_int (order, PIAO_ORDER_LEASE_UNTIL, piao_tx_get_now (tx) + minutes * PIAO_MINUTE);
}

static gboolean
apply_open_pick (PiaoTx *tx, JsonObject *args, GError **error)
{
  g_autoptr (PiaoRecord) order = piao_order_from_args (tx, args, error);

  if (order == NULL || !piao_order_check_lease (tx, order, error))
    return FALSE;
  if (!piao_order_move (tx, order, "open_pick", NULL, error))
    return FALSE;
  take_lease (tx, order);
  return piao_tx_put (tx, order, error);
}

const PiaoCommand piao_order_open_pick_command
    = { "order.open_pick", "order.pick", 0, order_params, apply_open_pick };

/* --- scan ------------------------------------------------------------------------------------ */

/* "0145 Happy Days × 2, shelf B-03; …": what the order still needs. Transfer full. */
static char *
describe_missing (PiaoTx *tx, const PiaoRecord *order, GPtrArray *lines)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < lines->len; i++)
    {
      PiaoRecord *line = lines->pdata[i];
      gint64 type_id = piao_record_int (line, PIAO_ORDER_LINE_TICKET_TYPE_ID);
      gint64 rest = piao_record_int (line, PIAO_ORDER_LINE_PACKS)
                    - piao_record_int (line, PIAO_ORDER_LINE_SCANNED)
                    - piao_record_int (line, PIAO_ORDER_LINE_SHORT);
      g_autoptr (PiaoRecord) type = NULL;
      g_autofree char *shelf = NULL;

      if (rest <= 0)
        continue;
      type = piao_record_load (piao_tx_get_db (tx), &piao_ticket_type_kind, type_id, NULL);
      piao_db_query_text (piao_tx_get_db (tx), &select_shelf, &shelf, NULL, "ii", type_id,
                          piao_record_int (order, PIAO_ORDER_WAREHOUSE_ID));
      g_string_append_printf (text, "%s%s %s × %" G_GINT64_FORMAT, text->len > 0 ? _ ("; ") : "",
                              type != NULL ? piao_record_text (type, PIAO_TICKET_TYPE_GAME_NO) : "",
                              type != NULL ? piao_record_text (type, PIAO_TICKET_TYPE_NAME) : "",
                              rest);
      if (shelf != NULL)
        g_string_append_printf (text, _ (", shelf %s"), shelf);
    }
  return g_string_free_and_steal (g_steal_pointer (&text));
}

/* A pack that lies elsewhere or was used: says so. @pack is not free here. */
static gboolean
refuse_state (PiaoTx *tx, const PiaoRecord *order, const PiaoRecord *pack, GError **error)
{
  const char *code = piao_record_text (pack, PIAO_PACK_CODE);
  gint64 other = piao_record_int (pack, PIAO_PACK_ORDER_ID);
  g_autofree char *number = NULL;

  if (other == order->id)
    return piao_error_set (error, PIAO_ERROR_REFUSED, "scan.again",
                           _ ("Pack %s is already on this order. Scan the next one."), code);
  if (PIAO_MUTANT (pack_twice) && other != 0)
    return TRUE;
  if (other != 0)
    {
      piao_db_query_text (piao_tx_get_db (tx), &select_number, &number, NULL, "i", other);
      return piao_error_set (error, PIAO_ERROR_REFUSED, "scan.other-order",
                             _ ("Pack %s belongs to order %s. Put it aside and take another."),
                             code, number != NULL ? number : "?");
    }
  if (!piao_record_is (pack, PIAO_PACK_STATE, "in_stock"))
    return piao_error_set (error, PIAO_ERROR_REFUSED, "scan.state",
                           _ ("Pack %s is not in stock (%s). Put it aside and report it."), code,
                           piao_pack_state_get_title (piao_record_text (pack, PIAO_PACK_STATE)));
  if (piao_record_int (pack, PIAO_PACK_WAREHOUSE_ID)
      != piao_record_int (order, PIAO_ORDER_WAREHOUSE_ID))
    return piao_error_set (
        error, PIAO_ERROR_REFUSED, "scan.elsewhere",
        _ ("Pack %s is booked in another warehouse. Put it aside and report it."), code);
  if (piao_record_int (pack, PIAO_PACK_FROZEN) != 0)
    return piao_error_set (error, PIAO_ERROR_REFUSED, "scan.frozen",
                           _ ("Pack %s is blocked for an investigation or a withdrawal. "
                              "Put it aside and take another."),
                           code);
  return TRUE;
}

static gboolean
check_batch (PiaoTx *tx, const PiaoRecord *pack, GError **error)
{
  g_autoptr (PiaoRecord) batch
      = piao_tx_get (tx, &piao_batch_kind, piao_record_int (pack, PIAO_PACK_BATCH_ID), error);

  if (batch == NULL)
    return FALSE;
  if (piao_record_int (batch, PIAO_BATCH_SELL_UNTIL) > piao_tx_get_now (tx))
    return TRUE;
  return piao_error_set (error, PIAO_ERROR_REFUSED, "scan.expired",
                         _ ("Batch %s of pack %s may not be sold any more (60 months after "
                            "printing). Put it with the packs for destruction."),
                         piao_record_text (batch, PIAO_BATCH_BATCH_NO),
                         piao_record_text (pack, PIAO_PACK_CODE));
}

/* The line that takes @pack, borrowed from @lines, or NULL with the sentence that teaches. */
static PiaoRecord *
find_line (
    PiaoTx *tx, const PiaoRecord *order, GPtrArray *lines, const PiaoRecord *pack, GError **error)
{
  gint64 type_id = piao_record_int (pack, PIAO_PACK_TICKET_TYPE_ID);
  g_autoptr (PiaoRecord) type = NULL;
  g_autofree char *missing = NULL;
  PiaoRecord *line = NULL;

  for (guint i = 0; i < lines->len; i++)
    if (piao_record_int (lines->pdata[i], PIAO_ORDER_LINE_TICKET_TYPE_ID) == type_id)
      line = lines->pdata[i];
  if (line != NULL
      && piao_record_int (line, PIAO_ORDER_LINE_SCANNED)
                 + piao_record_int (line, PIAO_ORDER_LINE_SHORT)
             < piao_record_int (line, PIAO_ORDER_LINE_PACKS))
    return line;
  type = piao_tx_get (tx, &piao_ticket_type_kind, type_id, error);
  if (type == NULL)
    return NULL;
  missing = describe_missing (tx, order, lines);
  if (line == NULL)
    piao_error_set (error, PIAO_ERROR_REFUSED, "scan.wrong-type",
                    _ ("Scanned %s %s, which is not on this order. Still missing: %s."),
                    piao_record_text (type, PIAO_TICKET_TYPE_GAME_NO),
                    piao_record_text (type, PIAO_TICKET_TYPE_NAME),
                    *missing != '\0' ? missing : _ ("nothing"));
  else
    piao_error_set (error, PIAO_ERROR_REFUSED, "scan.surplus",
                    _ ("%s %s is complete already: put this pack back. Still missing: %s."),
                    piao_record_text (type, PIAO_TICKET_TYPE_GAME_NO),
                    piao_record_text (type, PIAO_TICKET_TYPE_NAME),
                    *missing != '\0' ? missing : _ ("nothing"));
  return NULL;
}

static PiaoRecord *
find_pack (PiaoTx *tx, const char *code, GError **error)
{
  gint64 id = 0;

  if (!piao_db_query_int (piao_tx_get_db (tx), &select_pack_id, 0, &id, error, "s", code))
    return NULL;
  if (id != 0)
    return piao_tx_get (tx, &piao_pack_kind, id, error);
  piao_error_set (error, PIAO_ERROR_REFUSED, "scan.not-here",
                  _ ("Pack %.40s is not in the books of this warehouse. Put it aside and report "
                     "it; do not send it."),
                  code);
  return NULL;
}

/* Takes one pack for @order; the line and the order are changed in memory and put by the caller. */
static gboolean
take_pack (PiaoTx *tx, PiaoRecord *order, GPtrArray *lines, const char *code, GError **error)
{
  g_autoptr (PiaoRecord) pack = find_pack (tx, code, error);
  PiaoRecord *line;

  if (pack == NULL || !refuse_state (tx, order, pack, error) || !check_batch (tx, pack, error))
    return FALSE;
  line = find_line (tx, order, lines, pack, error);
  if (line == NULL)
    return FALSE;
  piao_record_set_text (pack, PIAO_PACK_STATE, "reserved");
  piao_record_set_int (pack, PIAO_PACK_ORDER_ID, order->id);
  piao_record_set_int (pack, PIAO_PACK_LINE_ID, line->id);
  piao_record_set_int (line, PIAO_ORDER_LINE_SCANNED,
                       piao_record_int (line, PIAO_ORDER_LINE_SCANNED) + 1);
  piao_record_set_int (order, PIAO_ORDER_SCANNED, piao_record_int (order, PIAO_ORDER_SCANNED) + 1);
  return piao_tx_put (tx, pack, error) && piao_tx_put (tx, line, error)
         && piao_stock_move (tx, pack, "reserve", -1, 1, order->id, error);
}

/* The order of @args, being picked by the actor, its lines in @lines. NULL on error. */
static PiaoRecord *
begin_pick (PiaoTx *tx, JsonObject *args, GPtrArray **lines, GError **error)
{
  g_autoptr (PiaoRecord) order = piao_order_from_args (tx, args, error);

  if (order == NULL)
    return NULL;
  if (!piao_record_is (order, PIAO_ORDER_STATE, "picking"))
    {
      piao_error_set (error, PIAO_ERROR_REFUSED, "order.state",
                      _ ("Order %s is “%s” now, not being picked. Open it on the counter first."),
                      piao_record_text (order, PIAO_ORDER_NUMBER),
                      piao_order_state_get_title (piao_record_text (order, PIAO_ORDER_STATE)));
      return NULL;
    }
  if (!piao_order_check_lease (tx, order, error))
    return NULL;
  take_lease (tx, order);
  *lines = piao_order_load_lines (tx, order->id, error);
  return *lines != NULL ? g_steal_pointer (&order) : NULL;
}

static gboolean
apply_scan (PiaoTx *tx, JsonObject *args, GError **error)
{
  g_autoptr (GPtrArray) lines = NULL;
  g_autoptr (PiaoRecord) order = begin_pick (tx, args, &lines, error);

  return order != NULL && take_pack (tx, order, lines, piao_json_get_text (args, "pack", ""), error)
         && piao_tx_put (tx, order, error);
}

static const PiaoParam scan_params[] = { { "order", N_ ("Order"), PIAO_PARAM_ID, TRUE },
                                         { "pack", N_ ("Pack code"), PIAO_PARAM_TEXT, TRUE, 0, 40 },
                                         { NULL } };

const PiaoCommand piao_order_scan_command
    = { "order.scan", "order.pick", 0, scan_params, apply_scan };

/* A whole case: all packs from "first" on, proved by one pack of it (idea 10 of domain 4). Nothing
 * is taken unless every pack of the case can be. */
static gboolean
apply_scan_case (PiaoTx *tx, JsonObject *args, GError **error)
{
  g_autoptr (GPtrArray) lines = NULL;
  g_autoptr (PiaoRecord) order = begin_pick (tx, args, &lines, error);
  const char *first = piao_json_get_text (args, "first", "");
  const char *proof = piao_json_get_text (args, "proof", "");
  const char *dash = strrchr (first, '-');
  gint64 count = piao_json_get_int (args, "count", 0);
  gint64 start = 0;
  gboolean proved = FALSE;

  if (order == NULL)
    return FALSE;
  if (dash == NULL || !g_ascii_string_to_signed (dash + 1, 10, 0, G_MAXINT32, &start, NULL))
    return piao_error_set (error, PIAO_ERROR_INVALID, "scan.unknown",
                           _ ("This is not the code of a case. Scan the label again."));
  for (gint64 i = 0; i < count; i++)
    {
      g_autofree char *code = g_strdup_printf ("%.*s-%0*" G_GINT64_FORMAT, (int)(dash - first),
                                               first, (int)strlen (dash + 1), start + i);

      proved = proved || g_str_equal (code, proof);
      if (!take_pack (tx, order, lines, code, error))
        {
          g_prefix_error (error, "%s", _ ("The case is not taken. "));
          return FALSE;
        }
    }
  if (!proved)
    return piao_error_set (error, PIAO_ERROR_REFUSED, "scan.not-proved",
                           _ ("The pack scanned is not from this case. "
                              "Scan the case label, then one pack out of that case."));
  return piao_tx_put (tx, order, error);
}

static const PiaoParam scan_case_params[]
    = { { "order", N_ ("Order"), PIAO_PARAM_ID, TRUE },
        { "first", N_ ("First pack"), PIAO_PARAM_TEXT, TRUE, 0, 40 },
        { "count", N_ ("Packs"), PIAO_PARAM_INT, TRUE, 1, MAX_CASE_PACKS },
        { "proof", N_ ("Pack code"), PIAO_PARAM_TEXT, TRUE, 0, 40 },
        { NULL } };

const PiaoCommand piao_order_scan_case_command
    = { "order.scan_case", "order.pick", 0, scan_case_params, apply_scan_case };

/* --- undo, short, release -------------------------------------------------------------------- */

/* Puts @pack back on the shelf of its line (which may be NULL when all lines are reset). */
static gboolean
return_pack (PiaoTx *tx, PiaoRecord *pack, gint64 order, GError **error)
{
  piao_record_set_text (pack, PIAO_PACK_STATE, "in_stock");
  piao_record_set_null (pack, PIAO_PACK_ORDER_ID);
  piao_record_set_null (pack, PIAO_PACK_LINE_ID);
  return piao_tx_put (tx, pack, error) && piao_stock_move (tx, pack, "undo", 1, -1, order, error);
}

static gboolean
apply_undo (PiaoTx *tx, JsonObject *args, GError **error)
{
  g_autoptr (GPtrArray) lines = NULL;
  g_autoptr (PiaoRecord) order = begin_pick (tx, args, &lines, error);
  g_autoptr (PiaoRecord) pack = NULL;
  gint64 id = 0;

  if (order == NULL
      || !piao_db_query_int (piao_tx_get_db (tx), &select_last_scan, 0, &id, error, "i", order->id))
    return FALSE;
  if (id == 0)
    return piao_error_set (error, PIAO_ERROR_REFUSED, "undo.nothing",
                           _ ("There is no scan to take back on this order."));
  pack = piao_tx_get (tx, &piao_pack_kind, id, error);
  if (pack == NULL)
    return FALSE;
  for (guint i = 0; i < lines->len; i++)
    {
      PiaoRecord *line = lines->pdata[i];

      if (line->id != piao_record_int (pack, PIAO_PACK_LINE_ID))
        continue;
      piao_record_set_int (line, PIAO_ORDER_LINE_SCANNED,
                           piao_record_int (line, PIAO_ORDER_LINE_SCANNED) - 1);
      if (!piao_tx_put (tx, line, error))
        return FALSE;
    }
  piao_record_set_int (order, PIAO_ORDER_SCANNED, piao_record_int (order, PIAO_ORDER_SCANNED) - 1);
  return return_pack (tx, pack, order->id, error) && piao_tx_put (tx, order, error);
}

const PiaoCommand piao_order_undo_command
    = { "order.undo", "order.pick", 0, order_params, apply_undo };

static gboolean
apply_short (PiaoTx *tx, JsonObject *args, GError **error)
{
  g_autoptr (GPtrArray) lines = NULL;
  g_autoptr (PiaoRecord) order = begin_pick (tx, args, &lines, error);
  gint64 wanted = piao_json_get_id (args, "line");
  const char *reason = piao_json_get_text (args, "reason", "");

  if (order == NULL)
    return FALSE;
  for (guint i = 0; i < lines->len; i++)
    {
      PiaoRecord *line = lines->pdata[i];
      gint64 rest = piao_record_int (line, PIAO_ORDER_LINE_PACKS)
                    - piao_record_int (line, PIAO_ORDER_LINE_SCANNED);

      if (line->id != wanted)
        continue;
      if (rest == 0)
        return piao_error_set (error, PIAO_ERROR_REFUSED, "short.complete",
                               _ ("This line is complete: nothing is short."));
      piao_record_set_int (line, PIAO_ORDER_LINE_SHORT, rest);
      piao_record_set_text (line, PIAO_ORDER_LINE_SHORT_REASON, reason);
      return piao_order_move (tx, order, "short", reason, error) && piao_tx_put (tx, line, error)
             && piao_tx_put (tx, order, error);
    }
  return piao_error_set (error, PIAO_ERROR_NOT_FOUND, "short.line",
                         _ ("That line is not on this order."));
}

static const PiaoParam short_params[] = { { "order", N_ ("Order"), PIAO_PARAM_ID, TRUE },
                                          { "line", N_ ("Line"), PIAO_PARAM_ID, TRUE },
                                          { "reason", N_ ("Reason"), PIAO_PARAM_TEXT, TRUE, 0, 40 },
                                          { NULL } };

const PiaoCommand piao_order_short_command
    = { "order.short", "order.pick", 0, short_params, apply_short };

static gboolean
apply_release (PiaoTx *tx, JsonObject *args, GError **error)
{
  g_autoptr (PiaoRecord) order = piao_order_from_args (tx, args, error);
  g_autoptr (GPtrArray) lines = NULL;
  g_autoptr (GPtrArray) packs = NULL;

  if (order == NULL || !piao_order_check_lease (tx, order, error)
      || !piao_order_move (tx, order, "release", NULL, error))
    return FALSE;
  lines = piao_order_load_lines (tx, order->id, error);
  packs = lines != NULL ? piao_order_load_packs (tx, order->id, error) : NULL;
  if (packs == NULL)
    return FALSE;
  for (guint i = 0; i < packs->len; i++)
    if (!return_pack (tx, packs->pdata[i], order->id, error))
      return FALSE;
  for (guint i = 0; i < lines->len; i++)
    {
      piao_record_set_int (lines->pdata[i], PIAO_ORDER_LINE_SCANNED, 0);
      piao_record_set_int (lines->pdata[i], PIAO_ORDER_LINE_SHORT, 0);
      piao_record_set_null (lines->pdata[i], PIAO_ORDER_LINE_SHORT_REASON);
      if (!piao_tx_put (tx, lines->pdata[i], error))
        return FALSE;
    }
  piao_record_set_int (order, PIAO_ORDER_SCANNED, 0);
  piao_record_set_null (order, PIAO_ORDER_PICKER_ID);
  piao_record_set_int (order, PIAO_ORDER_LEASE_UNTIL, 0);
  return piao_tx_put (tx, order, error);
}

const PiaoCommand piao_order_release_command
    = { "order.release", "order.pick", 0, order_params, apply_release };
