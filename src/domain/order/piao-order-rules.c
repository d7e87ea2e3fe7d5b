/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/piao-error.h"
#include "base/piao-mutant.h"
#include "domain/delivery/piao-calendar.h"
#include "domain/delivery/piao-delivery-kinds.h"
#include "domain/delivery/piao-sla.h"
#include "domain/order/piao-order-machine.h"
#include "domain/order/piao-order-rules.h"
#include "domain/org/piao-org-kinds.h"
#include "domain/outlet/piao-outlet-kinds.h"
#include "domain/pack/piao-pack-kinds.h"

PIAO_STATEMENT (select_line_ids,
                "SELECT id FROM order_line WHERE order_id = $1 AND deleted = 0"
                " ORDER BY n");
PIAO_STATEMENT (select_pack_ids,
                "SELECT id FROM pack WHERE order_id = $1 AND deleted = 0"
                " ORDER BY id");
PIAO_STATEMENT (select_parameter, "SELECT value FROM parameter WHERE key = $1 AND deleted = 0");
PIAO_STATEMENT (select_user_name, "SELECT real_name FROM users WHERE id = $1");
PIAO_STATEMENT (select_stock_id,
                "SELECT id FROM stock WHERE warehouse_id = $1"
                " AND ticket_type_id = $2");

/* A row of the timeline (ORD-26). */
static gboolean
add_event (PiaoTx *tx,
           const PiaoRecord *order,
           const char *event,
           const char *from,
           const char *to,
           const char *detail,
           GError **error)
{
  g_autoptr (PiaoRecord) row = piao_tx_new (tx, &piao_order_event_kind, order->lane);

  piao_record_set_int (row, PIAO_ORDER_EVENT_ORDER_ID, order->id);
  piao_record_set_int (row, PIAO_ORDER_EVENT_AT, piao_tx_get_now (tx));
  piao_record_set_int (row, PIAO_ORDER_EVENT_ACTOR, piao_tx_get_actor (tx));
  piao_record_set_int (row, PIAO_ORDER_EVENT_DEVICE, piao_tx_get_device (tx));
  piao_record_set_text (row, PIAO_ORDER_EVENT_EVENT, event);
  piao_record_set_text (row, PIAO_ORDER_EVENT_FROM_STATE, from);
  piao_record_set_text (row, PIAO_ORDER_EVENT_TO_STATE, to);
  piao_record_set_text (row, PIAO_ORDER_EVENT_DETAIL, detail);
  return piao_tx_put (tx, row, error);
}

gboolean
piao_order_move_to (PiaoTx *tx,
                    PiaoRecord *order,
                    const char *event,
                    const char *to,
                    const char *detail,
                    GError **error)
{
  g_autofree char *from = g_strdup (piao_record_text (order, PIAO_ORDER_STATE));

  if (!piao_order_machine_leads (from, event, to))
    return piao_error_set (error, PIAO_ERROR_REFUSED, "order.state",
                           _ ("Order %s is “%s” now, so this cannot be done. Look at its timeline "
                              "for what happened."),
                           piao_record_text (order, PIAO_ORDER_NUMBER),
                           piao_order_state_get_title (from));
  piao_record_set_text (order, PIAO_ORDER_STATE, to);
  return add_event (tx, order, event, from, to, detail, error);
}

gboolean
piao_order_move (
    PiaoTx *tx, PiaoRecord *order, const char *event, const char *detail, GError **error)
{
  const char *to = piao_order_machine_next (piao_record_text (order, PIAO_ORDER_STATE), event);

  return piao_order_move_to (tx, order, event, to, detail, error);
}

const char *
piao_order_get_standing (const PiaoRecord *order)
{
  return piao_record_text (order, piao_record_is (order, PIAO_ORDER_STATE, "abnormal")
                                      ? PIAO_ORDER_PREV_STATE
                                      : PIAO_ORDER_STATE);
}

gboolean
piao_order_answer (
    PiaoTx *tx, PiaoRecord *order, const char *event, const char *detail, GError **error)
{
  const char *kept = piao_order_machine_next (piao_order_get_standing (order), event);
  /* An amendment that is refused puts an order on hold; an abnormal one nobody can. */
  const char *told = g_str_equal (event, "hold") ? "lock_refused" : event;

  if (!piao_record_is (order, PIAO_ORDER_STATE, "abnormal"))
    return piao_order_move (tx, order, event, detail, error);
  if (!piao_order_move_to (tx, order, told, kept != NULL ? "abnormal" : NULL, detail, error))
    return FALSE;
  piao_record_set_text (order, PIAO_ORDER_PREV_STATE, kept);
  return TRUE;
}

PiaoRecord *
piao_order_from_args (PiaoTx *tx, JsonObject *args, GError **error)
{
  return piao_tx_get (tx, &piao_order_kind, piao_json_get_id (args, "order"), error);
}

GPtrArray *
piao_order_load_parts (
    PiaoTx *tx, const PiaoKind *kind, const PiaoStatement *statement, gint64 of, GError **error)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func ((GDestroyNotify)piao_record_free);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (piao_tx_get_db (tx), statement, &inner, "i", of);

  while (inner == NULL && piao_cursor_next (cursor, &inner))
    {
      gint64 id = piao_cursor_int (cursor, 0);

      g_array_append_val (ids, id);
    }
  for (guint i = 0; inner == NULL && i < ids->len; i++)
    {
      PiaoRecord *record = piao_tx_get (tx, kind, g_array_index (ids, gint64, i), &inner);

      if (record != NULL)
        g_ptr_array_add (records, record);
    }
  if (inner == NULL)
    return g_steal_pointer (&records);
  g_propagate_error (error, g_steal_pointer (&inner));
  return NULL;
}

GPtrArray *
piao_order_load_lines (PiaoTx *tx, gint64 order, GError **error)
{
  return piao_order_load_parts (tx, &piao_order_line_kind, &select_line_ids, order, error);
}

GPtrArray *
piao_order_load_packs (PiaoTx *tx, gint64 order, GError **error)
{
  return piao_order_load_parts (tx, &piao_pack_kind, &select_pack_ids, order, error);
}

gboolean
piao_order_say_incomplete (PiaoTx *tx, const PiaoRecord *order, GError **error)
{
  PIAO_INVARIANT (piao_tx_get_side (tx) == PIAO_SIDE_DESKTOP);
  return piao_error_set (error, PIAO_ERROR_BUSY, "order.incomplete",
                         _ ("Not all packs of order %s have arrived here yet. Wait until this "
                            "computer is up to date."),
                         piao_record_text (order, PIAO_ORDER_NUMBER));
}

gboolean
piao_order_check_packs (PiaoTx *tx, const PiaoRecord *order, GPtrArray *packs, GError **error)
{
  return (gint64)packs->len == piao_record_int (order, PIAO_ORDER_SCANNED)
         || piao_order_say_incomplete (tx, order, error);
}

gboolean
piao_order_check_lease (PiaoTx *tx, const PiaoRecord *order, GError **error)
{
  gint64 picker = piao_record_int (order, PIAO_ORDER_PICKER_ID);
  g_autofree char *name = NULL;

  if (picker == 0 || PIAO_MUTANT (lease_ignored) || picker == piao_tx_get_actor (tx)
      || piao_record_int (order, PIAO_ORDER_LEASE_UNTIL) <= piao_tx_get_now (tx))
    return TRUE;
  name = piao_user_get_name (piao_tx_get_db (tx), picker);
  return piao_error_set (
      error, PIAO_ERROR_REFUSED, "order.leased",
      _ ("%s is picking order %s. Take the next one, or ask them to release it."), name,
      piao_record_text (order, PIAO_ORDER_NUMBER));
}

void
piao_order_start_clock (PiaoTx *tx, PiaoRecord *order, const PiaoRecord *outlet)
{
  gint64 now = piao_tx_get_now (tx);
  gint64 due = piao_sla_due_at (now, piao_record_int (outlet, PIAO_OUTLET_DISTANCE),
                                piao_record_int (outlet, PIAO_OUTLET_OVERRIDE_HOURS));
  gint64 scheme_id = piao_record_int (outlet, PIAO_OUTLET_SCHEME_ID);
  PiaoPrediction prediction = { 0 };
  g_autoptr (PiaoRecord) scheme = NULL;
  g_autoptr (PiaoCalendar) calendar = NULL;

  if (scheme_id != 0)
    scheme = piao_tx_load (tx, &piao_scheme_kind, scheme_id, NULL);
  if (scheme != NULL)
    calendar = piao_calendar_parse (piao_record_text (scheme, PIAO_SCHEME_CALENDAR),
                                    piao_record_text (scheme, PIAO_SCHEME_TRANSIT), NULL);
  /* An order is taken even where nobody has said how it travels; the board shows it as a breach. */
  if (calendar != NULL)
    piao_calendar_predict (calendar, piao_record_text (outlet, PIAO_OUTLET_COUNTY), now, due,
                           &prediction);
  piao_record_set_int (order, PIAO_ORDER_SUBMITTED_AT, now);
  piao_record_set_int (order, PIAO_ORDER_DUE_AT, due);
  piao_record_set_ref (order, PIAO_ORDER_SCHEME_ID, scheme_id);
  piao_record_set_int (order, PIAO_ORDER_DEPARTURE_AT, prediction.departure_at);
  piao_record_set_int (order, PIAO_ORDER_PREDICTED_AT, prediction.predicted_at);
}

void
piao_order_clear_progress (PiaoRecord *order)
{
  static const guint zeros[]
      = { PIAO_ORDER_LINES,        PIAO_ORDER_PACKS,         PIAO_ORDER_AMOUNT,
          PIAO_ORDER_SCANNED,      PIAO_ORDER_PRE_DEBIT,     PIAO_ORDER_DEBITED,
          PIAO_ORDER_CONFIRMED_AT, PIAO_ORDER_PICKER_DEVICE, PIAO_ORDER_LEASE_UNTIL,
          PIAO_ORDER_HELD_AT };

  for (guint i = 0; i < G_N_ELEMENTS (zeros); i++)
    piao_record_set_int (order, zeros[i], 0);
  piao_record_set_int (order, PIAO_ORDER_ATTEMPTS, 1);
}

gint64
piao_parameter_get (PiaoTx *tx, const char *key, gint64 fallback)
{
  gint64 value = fallback;

  piao_db_query_int (piao_tx_get_db (tx), &select_parameter, fallback, &value, NULL, "s", key);
  return value;
}

char *
piao_user_get_name (PiaoDb *db, gint64 user)
{
  char *name = NULL;

  if (user != 0)
    piao_db_query_text (db, &select_user_name, &name, NULL, "i", user);
  return name != NULL ? name : g_strdup ("—");
}

static PiaoRecord *
load_stock (PiaoTx *tx, const PiaoRecord *pack, GError **error)
{
  gint64 warehouse = piao_record_int (pack, PIAO_PACK_WAREHOUSE_ID);
  gint64 type = piao_record_int (pack, PIAO_PACK_TICKET_TYPE_ID);
  gint64 id = 0;
  PiaoRecord *stock;

  if (!piao_db_query_int (piao_tx_get_db (tx), &select_stock_id, 0, &id, error, "ii", warehouse,
                          type))
    return NULL;
  if (id != 0)
    return piao_tx_get (tx, &piao_stock_kind, id, error);
  stock = piao_tx_new (tx, &piao_stock_kind, pack->lane);
  piao_record_set_int (stock, PIAO_STOCK_WAREHOUSE_ID, warehouse);
  piao_record_set_int (stock, PIAO_STOCK_TICKET_TYPE_ID, type);
  piao_record_set_int (stock, PIAO_STOCK_FREE, 0);
  piao_record_set_int (stock, PIAO_STOCK_RESERVED, 0);
  piao_record_set_int (stock, PIAO_STOCK_ILMS_QUANTITY, 0);
  piao_record_set_int (stock, PIAO_STOCK_ILMS_AT, 0);
  piao_record_set_int (stock, PIAO_STOCK_THRESHOLD, 0);
  return stock;
}

gboolean
piao_stock_move (PiaoTx *tx,
                 const PiaoRecord *pack,
                 const char *event,
                 int free,
                 int reserved,
                 gint64 order,
                 GError **error)
{
  g_autoptr (PiaoRecord) stock = load_stock (tx, pack, error);
  g_autoptr (PiaoRecord) movement = NULL;

  if (stock == NULL)
    return FALSE;
  if (PIAO_MUTANT (stock_left) && free > 0)
    free = 0;
  piao_record_set_int (stock, PIAO_STOCK_FREE, piao_record_int (stock, PIAO_STOCK_FREE) + free);
  piao_record_set_int (stock, PIAO_STOCK_RESERVED,
                       piao_record_int (stock, PIAO_STOCK_RESERVED) + reserved);
  movement = piao_tx_new (tx, &piao_movement_kind, pack->lane);
  piao_record_set_int (movement, PIAO_MOVEMENT_PACK_ID, pack->id);
  piao_record_set_int (movement, PIAO_MOVEMENT_TICKET_TYPE_ID,
                       piao_record_int (pack, PIAO_PACK_TICKET_TYPE_ID));
  piao_record_set_int (movement, PIAO_MOVEMENT_WAREHOUSE_ID,
                       piao_record_int (pack, PIAO_PACK_WAREHOUSE_ID));
  piao_record_set_text (movement, PIAO_MOVEMENT_EVENT, event);
  piao_record_set_int (movement, PIAO_MOVEMENT_QUANTITY, free);
  piao_record_set_ref (movement, PIAO_MOVEMENT_ORDER_ID, order);
  piao_record_set_int (movement, PIAO_MOVEMENT_AT, piao_tx_get_now (tx));
  piao_record_set_int (movement, PIAO_MOVEMENT_ACTOR, piao_tx_get_actor (tx));
  piao_record_set_int (movement, PIAO_MOVEMENT_DEVICE, piao_tx_get_device (tx));
  return piao_tx_put (tx, stock, error) && piao_tx_put (tx, movement, error);
}
