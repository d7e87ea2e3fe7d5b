/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Taking an order, by telephone or from an owner's own tool (ORD-05, ORD-06), and the blocks of
 * order numbers that let a warehouse do so without a line. */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

#include "base/piao-error.h"
#include "base/piao-id.h"
#include "domain/delivery/piao-delivery-kinds.h"
#include "domain/gateway/piao-gateway-requests.h"
#include "domain/order/piao-order-machine.h"
#include "domain/order/piao-order-number.h"
#include "domain/order/piao-order-rules.h"
#include "domain/org/piao-org-kinds.h"
#include "domain/outlet/piao-outlet-kinds.h"
#include "domain/ticket/piao-ticket-kinds.h"

#define PHONE_FROM_HOUR 10
#define PHONE_TO_HOUR 22
#define MAX_LINES 40
#define NUMBERS 500 /* of a block, unless the centre says how many */

PIAO_STATEMENT (select_closure,
                "SELECT name FROM closure WHERE ends_at > $1 AND starts_at <= $1"
                " AND deleted = 0 LIMIT 1");
/* The block of computer $2 that the next number of outlet $1 is of. */
#define NEXT_BLOCK                                                                                 \
  " FROM number_block JOIN outlet ON outlet.warehouse_id = number_block.warehouse_id"              \
  " WHERE outlet.id = $1 AND number_block.device = $2"                                             \
  " AND number_block.next <= number_block.last AND number_block.deleted = 0"                       \
  " ORDER BY number_block.first LIMIT 1"
PIAO_STATEMENT (select_block, "SELECT number_block.id" NEXT_BLOCK);
PIAO_STATEMENT (select_next_number, "SELECT number_block.next" NEXT_BLOCK);
/* The one that $3 is of, or one that is kept for numbers of before a restore. */
PIAO_STATEMENT (select_block_of,
                "SELECT number_block.id FROM number_block"
                " JOIN outlet ON outlet.warehouse_id = number_block.warehouse_id"
                " WHERE outlet.id = $1 AND number_block.device IN ($2, 0)"
                " AND number_block.first <= $3 AND number_block.last >= $3"
                " AND number_block.deleted = 0 ORDER BY number_block.device DESC LIMIT 1");
PIAO_STATEMENT (select_numbered, "SELECT id FROM orders WHERE number = $1");
/* A block without numbers ends before it begins. */
PIAO_STATEMENT (select_last_number,
                "SELECT max(CASE WHEN first > last THEN first ELSE last END) FROM number_block"
                " WHERE warehouse_id = $1");
PIAO_STATEMENT (select_free,
                "SELECT free FROM stock WHERE warehouse_id = $1"
                " AND ticket_type_id = $2");

/* What the rules read beside rows, asked for at once. */
typedef struct
{
  char *closure;          /* owned; of the market, now; NULL when it is open */
  gint64 block;           /* the next number is of this one; 0: none is left */
  gint64 chosen;          /* the number that the order was given when it was taken; else 0 */
  gint64 chosen_block;    /* that one is of; 0: of none that the computer may use */
  gint64 chosen_by;       /* the order that has it already; else 0 */
  gint64 free[MAX_LINES]; /* packs of the line's type in the warehouse */
} Facts;

static void
facts_clear (Facts *facts)
{
  g_free (facts->closure);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Facts, facts_clear)

/* --- may this be ordered now? ---------------------------------------------------------------- */

static gboolean
check_market (PiaoTx *tx, JsonObject *args, const char *closure, GError **error)
{
  g_autoptr (GDateTime) local = piao_time_to_local (piao_tx_get_now (tx));
  int hour = g_date_time_get_hour (local);

  if (closure != NULL)
    return piao_error_set (error, PIAO_ERROR_REFUSED, "order.market-closed",
                           _ ("The market is closed (%s): no orders are taken now."), closure);
  if (!g_str_equal (piao_json_get_text (args, "source", ""), "phone"))
    return TRUE;
  if (!piao_json_get_bool (args, "identity_checked", FALSE))
    return piao_error_set (error, PIAO_ERROR_REFUSED, "order.identity",
                           _ ("Confirm who is calling before you take an order by telephone."));
  if ((hour < PHONE_FROM_HOUR || hour >= PHONE_TO_HOUR)
      && *piao_json_get_text (args, "note", "") == '\0')
    return piao_error_set (
        error, PIAO_ERROR_REFUSED, "order.phone-window",
        _ ("Telephone orders are taken from %d:00 to %d:00. Write the reason for "
           "this one in the note."),
        PHONE_FROM_HOUR, PHONE_TO_HOUR);
  return TRUE;
}

/* A type that is on the market and in stock where it will be picked (TKT-01, ORD-03). */
static PiaoRecord *
check_type (PiaoTx *tx, gint64 id, gint64 free, gint64 packs, GError **error)
{
  g_autoptr (PiaoRecord) type = piao_tx_get (tx, &piao_ticket_type_kind, id, error);
  gint64 now = piao_tx_get_now (tx);

  if (type == NULL)
    return NULL;
  if (now < piao_record_int (type, PIAO_TICKET_TYPE_MARKET_FROM)
      || (piao_record_int (type, PIAO_TICKET_TYPE_MARKET_TO) != 0
          && now >= piao_record_int (type, PIAO_TICKET_TYPE_MARKET_TO)))
    piao_error_set (error, PIAO_ERROR_REFUSED, "order.off-market",
                    _ ("%s %s is not on the market now. Choose another type."),
                    piao_record_text (type, PIAO_TICKET_TYPE_GAME_NO),
                    piao_record_text (type, PIAO_TICKET_TYPE_NAME));
  else if (free < packs)
    piao_error_set (error, PIAO_ERROR_REFUSED, "order.no-stock",
                    _ ("Only %d packs of %s %s are free in this warehouse. Order fewer or another "
                       "type."),
                    (int)free, piao_record_text (type, PIAO_TICKET_TYPE_GAME_NO),
                    piao_record_text (type, PIAO_TICKET_TYPE_NAME));
  else
    return g_steal_pointer (&type);
  return NULL;
}

/* --- the number ------------------------------------------------------------------------------ */

/* YYYYMMDD + six digits of the warehouse + the outlet's last four. Transfer full. */
static char *
make_number (PiaoTx *tx, const PiaoRecord *outlet, gint64 number)
{
  return piao_order_number_make (piao_tx_get_now (tx), (number - 1) % PIAO_ORDER_SEQUENCE_MAX + 1,
                                 piao_record_text (outlet, PIAO_OUTLET_OUTLET_NO));
}

/* Takes @number of the block, so that nobody takes it again. Transfer full. */
static char *
use_up (PiaoTx *tx, const PiaoRecord *outlet, PiaoRecord *block, gint64 number, GError **error)
{
  if (piao_record_int (block, PIAO_NUMBER_BLOCK_NEXT) <= number)
    {
      piao_record_set_int (block, PIAO_NUMBER_BLOCK_NEXT, number + 1);
      if (!piao_tx_put (tx, block, error))
        return NULL;
    }
  return make_number (tx, outlet, number);
}

/* Whether the order keeps the number that it was given when it was taken. A centre that was
 * restored may have forgotten the block of that, and have given it to another computer; then it is
 * gone from the computer that took the order, too. */
static gboolean
keeps_number (PiaoTx *tx, const Facts *facts)
{
  return facts->chosen != 0 && facts->chosen_by == 0
         && (facts->chosen_block != 0 || piao_tx_is_again (tx)
             || piao_tx_get_side (tx) == PIAO_SIDE_DESKTOP);
}

/* That number, or the next one. Transfer full. */
static char *
give_number (PiaoTx *tx, const PiaoRecord *outlet, const Facts *facts, GError **error)
{
  gboolean kept = keeps_number (tx, facts);
  gint64 id = kept ? facts->chosen_block : facts->block;
  g_autoptr (PiaoRecord) block = NULL;

  if (kept && id == 0)
    return make_number (tx, outlet, facts->chosen);
  if (id == 0)
    {
      piao_error_set (error, PIAO_ERROR_UNAVAILABLE, "order.no-number",
                      _ ("This computer has no reserved order numbers left for the warehouse. "
                         "Connect it to the centre once; it then gets a new block."));
      return NULL;
    }
  block = piao_tx_get (tx, &piao_number_block_kind, id, error);
  if (block == NULL)
    return NULL;
  return use_up (tx, outlet, block,
                 kept ? facts->chosen : piao_record_int (block, PIAO_NUMBER_BLOCK_NEXT), error);
}

/* The owner is told the number at once, so it does not depend on what becomes of the orders before:
 * were one of them refused at the centre, all behind it would move up. (ORD-06) */
static gboolean
complete_submit (PiaoDb *db, const PiaoContext *context, JsonObject *args, GError **error)
{
  gint64 number = piao_json_get_int (args, "number", 0);

  if (number == 0
      && !piao_db_query_int (db, &select_next_number, 0, &number, error, "ii",
                             piao_json_get_id (args, "outlet"), context->device))
    return FALSE;
  /* Without a number left the order says so itself. */
  if (number != 0)
    json_object_set_int_member (args, "number", number);
  return TRUE;
}

/* The numbers from behind the last one to @last; nobody takes any before @next. */
typedef struct
{
  gint64 warehouse, device, first, next, last;
} Block;

static gboolean
put_block (PiaoTx *tx, const Block *block, gint64 lane, GError **error)
{
  g_autoptr (PiaoRecord) row = piao_tx_new (tx, &piao_number_block_kind, lane);

  piao_record_set_int (row, PIAO_NUMBER_BLOCK_WAREHOUSE_ID, block->warehouse);
  piao_record_set_int (row, PIAO_NUMBER_BLOCK_DEVICE, block->device);
  piao_record_set_int (row, PIAO_NUMBER_BLOCK_FIRST, block->first);
  piao_record_set_int (row, PIAO_NUMBER_BLOCK_NEXT, block->next);
  piao_record_set_int (row, PIAO_NUMBER_BLOCK_LAST, block->last);
  return piao_tx_put (tx, row, error);
}

static gboolean
apply_reserve (PiaoTx *tx, JsonObject *args, GError **error)
{
  gint64 count = piao_json_get_int (args, "count", NUMBERS), last = 0;
  Block block = { .warehouse = piao_json_get_id (args, "warehouse"),
                  .device = piao_json_get_int (args, "device", 0) };
  g_autoptr (PiaoRecord) warehouse = piao_tx_get (tx, &piao_warehouse_kind, block.warehouse, error);
  g_autoptr (PiaoRecord) org = NULL;

  if (warehouse == NULL
      || !piao_db_query_int (piao_tx_get_db (tx), &select_last_number, 0, &last, error, "i",
                             block.warehouse))
    return FALSE;
  org = piao_tx_get (tx, &piao_org_kind, piao_record_int (warehouse, PIAO_WAREHOUSE_ORG_ID), error);
  if (org == NULL)
    return FALSE;
  block.first = last + 1;
  block.last = last + count;
  block.next = piao_json_get_bool (args, "kept", FALSE) ? block.last + 1 : block.first;
  return put_block (tx, &block, piao_record_int (org, PIAO_ORG_GB), error);
}

/* An order has come again with a number that a restored centre does not know to have dealt: more
 * were dealt since the backup than were kept (sync/piao-epoch.h). It deals on behind that one, and
 * behind those that the computer had beside it. */
static gboolean
learn_number (PiaoTx *tx, const PiaoRecord *outlet, const Facts *facts, GError **error)
{
  Block block = { .warehouse = piao_record_int (outlet, PIAO_OUTLET_WAREHOUSE_ID) };
  gint64 last = 0;

  if (facts->chosen_block != 0 || !piao_tx_is_again (tx) || !keeps_number (tx, facts))
    return TRUE;
  if (!piao_db_query_int (piao_tx_get_db (tx), &select_last_number, 0, &last, error, "i",
                          block.warehouse))
    return FALSE;
  if (facts->chosen <= last || facts->chosen > last + PIAO_ORDER_SEQUENCE_MAX)
    return TRUE;
  block.first = last + 1;
  block.last = facts->chosen + NUMBERS;
  block.next = block.last + 1;
  return put_block (tx, &block, outlet->lane, error);
}

static const PiaoParam reserve_params[]
    = { { "warehouse", N_ ("Warehouse"), PIAO_PARAM_ID, TRUE },
        { "device", N_ ("Device"), PIAO_PARAM_INT, TRUE, 0, PIAO_ID_MAX_DEVICE },
        { "count", N_ ("Count"), PIAO_PARAM_INT, FALSE, 1, 5000 },
        { "kept", N_ ("Kept"), PIAO_PARAM_BOOL, FALSE },
        { NULL } };

const PiaoCommand piao_number_reserve_command
    = { "number.reserve", NULL, PIAO_COMMAND_SYSTEM, reserve_params, apply_reserve };

/* --- submit ---------------------------------------------------------------------------------- */

static PiaoRecord *
make_line (
    PiaoTx *tx, const PiaoRecord *order, JsonObject *item, guint n, gint64 free, GError **error)
{
  gint64 packs = piao_json_get_int (item, "packs", 0);
  g_autoptr (PiaoRecord) line = NULL;
  g_autoptr (PiaoRecord) type
      = check_type (tx, piao_json_get_id (item, "ticket_type"), free, packs, error);

  if (type == NULL)
    return NULL;
  line = piao_tx_new (tx, &piao_order_line_kind, order->lane);
  piao_record_set_int (line, PIAO_ORDER_LINE_ORDER_ID, order->id);
  piao_record_set_int (line, PIAO_ORDER_LINE_N, n);
  piao_record_set_int (line, PIAO_ORDER_LINE_TICKET_TYPE_ID, type->id);
  piao_record_set_int (line, PIAO_ORDER_LINE_PACKS, packs);
  piao_record_set_int (line, PIAO_ORDER_LINE_SCANNED, 0);
  piao_record_set_int (line, PIAO_ORDER_LINE_SHORT, 0);
  piao_record_set_int (line, PIAO_ORDER_LINE_PACK_VALUE,
                       piao_record_int (type, PIAO_TICKET_TYPE_PACK_VALUE));
  piao_record_set_int (line, PIAO_ORDER_LINE_AMOUNT,
                       packs * piao_record_int (type, PIAO_TICKET_TYPE_PACK_VALUE));
  return piao_tx_put (tx, line, error) ? g_steal_pointer (&line) : NULL;
}

/* Writes the lines and adds them up in @order. */
static GPtrArray *
make_lines (PiaoTx *tx, PiaoRecord *order, JsonArray *items, const Facts *facts, GError **error)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func ((GDestroyNotify)piao_record_free);
  gint64 packs = 0, amount = 0;

  for (guint i = 0; i < json_array_get_length (items); i++)
    {
      PiaoRecord *line = make_line (tx, order, piao_json_array_get_object (items, i), i + 1,
                                    facts->free[i], error);

      if (line == NULL)
        return NULL;
      g_ptr_array_add (lines, line);
      packs += piao_record_int (line, PIAO_ORDER_LINE_PACKS);
      amount += piao_record_int (line, PIAO_ORDER_LINE_AMOUNT);
    }
  piao_record_set_int (order, PIAO_ORDER_LINES, lines->len);
  piao_record_set_int (order, PIAO_ORDER_PACKS, packs);
  piao_record_set_int (order, PIAO_ORDER_AMOUNT, amount);
  return g_steal_pointer (&lines);
}

static PiaoRecord *
find_outlet (PiaoTx *tx, JsonObject *args, GError **error)
{
  g_autoptr (PiaoRecord) outlet
      = piao_tx_get (tx, &piao_outlet_kind, piao_json_get_id (args, "outlet"), error);

  if (outlet == NULL)
    return NULL;
  if (piao_record_is (outlet, PIAO_OUTLET_STATE, "active"))
    return g_steal_pointer (&outlet);
  piao_error_set (error, PIAO_ERROR_REFUSED, "order.outlet",
                  _ ("Outlet %s is not active, so it cannot order."),
                  piao_record_text (outlet, PIAO_OUTLET_OUTLET_NO));
  return NULL;
}

static gboolean
take_closure (PiaoCursor *cursor, gpointer data, GError **error)
{
  Facts *facts = data;
  g_autoptr (GError) inner = NULL;

  if (piao_cursor_next (cursor, &inner))
    facts->closure = g_strdup (piao_cursor_text (cursor, 0));
  if (inner == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

static gint64
get_type_of (JsonArray *items, guint i)
{
  return piao_json_get_id (piao_json_array_get_object (items, i), "ticket_type");
}

/* Asks for what the arguments name. */
static gboolean
look_ahead (PiaoTx *tx, JsonObject *args, Facts *facts, GError **error)
{
  PiaoDb *db = piao_tx_get_db (tx);
  JsonArray *items = piao_json_get_array (args, "lines");
  gint64 outlet = piao_json_get_id (args, "outlet"), device = piao_tx_get_device (tx);
  gboolean asked
      = piao_tx_expect (tx, &piao_outlet_kind, outlet, error)
        && piao_db_ask (db, &select_closure, take_closure, facts, NULL, error, "i",
                        piao_tx_get_now (tx))
        && piao_db_ask_int (db, &select_block, &facts->block, error, "ii", outlet, device)
        && (facts->chosen == 0
            || piao_db_ask_int (db, &select_block_of, &facts->chosen_block, error, "iii", outlet,
                                device, facts->chosen));

  for (guint i = 0; asked && i < json_array_get_length (items); i++)
    asked = piao_tx_expect (tx, &piao_ticket_type_kind, get_type_of (items, i), error);
  /* Settled in any case: nothing that is on its way may come when @facts is gone. */
  return piao_db_settle (db, asked ? error : NULL) && asked;
}

/* What is asked of the outlet's warehouse, and what is read when ILMS is told. */
static gboolean
look_behind (PiaoTx *tx, JsonObject *args, const PiaoRecord *outlet, Facts *facts, GError **error)
{
  PiaoDb *db = piao_tx_get_db (tx);
  JsonArray *items = piao_json_get_array (args, "lines");
  gint64 warehouse = piao_record_int (outlet, PIAO_OUTLET_WAREHOUSE_ID);
  gint64 block = facts->chosen_block != 0 ? facts->chosen_block : facts->block;
  g_autofree char *number = facts->chosen != 0 ? make_number (tx, outlet, facts->chosen) : NULL;
  gboolean asked
      = piao_tx_expect (tx, &piao_warehouse_kind, warehouse, error)
        && piao_tx_expect (tx, &piao_scheme_kind, piao_record_int (outlet, PIAO_OUTLET_SCHEME_ID),
                           error)
        && (block == 0 || piao_tx_expect (tx, &piao_number_block_kind, block, error))
        && (number == NULL
            || piao_db_ask_int (db, &select_numbered, &facts->chosen_by, error, "s", number));

  for (guint i = 0; asked && i < json_array_get_length (items); i++)
    asked = piao_db_ask_int (db, &select_free, &facts->free[i], error, "ii", warehouse,
                             get_type_of (items, i));
  return piao_db_settle (db, asked ? error : NULL) && asked;
}

static gboolean
apply_submit (PiaoTx *tx, JsonObject *args, GError **error)
{
  g_autoptr (PiaoRecord) outlet = NULL;
  g_autoptr (PiaoRecord) order = NULL;
  g_autoptr (GPtrArray) lines = NULL;
  g_autofree char *number = NULL;
  g_auto (Facts) facts = { .chosen = piao_json_get_int (args, "number", 0) };

  if (!look_ahead (tx, args, &facts, error))
    return FALSE;
  outlet = find_outlet (tx, args, error);
  if (outlet == NULL || !check_market (tx, args, facts.closure, error)
      || !look_behind (tx, args, outlet, &facts, error))
    return FALSE;
  number = give_number (tx, outlet, &facts, error);
  if (number == NULL)
    return FALSE;
  order = piao_tx_new (tx, &piao_order_kind, outlet->lane);
  piao_record_set_text (order, PIAO_ORDER_NUMBER, number);
  piao_record_set_int (order, PIAO_ORDER_OUTLET_ID, outlet->id);
  piao_record_set_int (order, PIAO_ORDER_WAREHOUSE_ID,
                       piao_record_int (outlet, PIAO_OUTLET_WAREHOUSE_ID));
  piao_record_set_text (order, PIAO_ORDER_SOURCE, piao_json_get_text (args, "source", "phone"));
  piao_record_set_ref (order, PIAO_ORDER_ASSISTED_BY, piao_json_get_id (args, "assisted_by"));
  piao_record_set_int (order, PIAO_ORDER_IDENTITY_CHECKED,
                       piao_json_get_bool (args, "identity_checked", FALSE) ? 1 : 0);
  piao_record_set_text (order, PIAO_ORDER_NOTE, piao_json_get_text (args, "note", NULL));
  piao_record_set_text (order, PIAO_ORDER_STATE, "draft");
  piao_order_start_clock (tx, order, outlet);
  piao_order_clear_progress (order);
  lines = make_lines (tx, order, piao_json_get_array (args, "lines"), &facts, error);
  /* The number last: before it, the rows have the ids that they have on the desktop. */
  return lines != NULL
         && piao_order_move (
             tx, order, piao_tx_is_again (tx) ? PIAO_ORDER_CAME_AGAIN : "submit",
             facts.chosen != 0 && !keeps_number (tx, &facts) ? "NUMBER_TAKEN" : NULL, error)
         && piao_tx_put (tx, order, error)
         && piao_gateway_prepare (tx, "order.lock", order, lines, NULL, error)
         && learn_number (tx, outlet, &facts, error);
}

static const PiaoParam line_params[]
    = { { "ticket_type", N_ ("Ticket type"), PIAO_PARAM_ID, TRUE },
        { "packs", N_ ("Packs"), PIAO_PARAM_INT, TRUE, 1, 400 }, /* WHS-10: whole packs */
        { NULL } };

static const PiaoParam submit_params[]
    = { { "outlet", N_ ("Outlet"), PIAO_PARAM_ID, TRUE },
        { "source", N_ ("Source"), PIAO_PARAM_TEXT, TRUE, 0, 20 },
        { "assisted_by", N_ ("Assisted by"), PIAO_PARAM_ID, FALSE },
        { "identity_checked", N_ ("Identity checked"), PIAO_PARAM_BOOL, FALSE },
        { "note", N_ ("Note"), PIAO_PARAM_TEXT, FALSE, 0, 300 },
        { "lines", N_ ("Lines"), PIAO_PARAM_LIST, TRUE, 1, MAX_LINES, line_params },
        { "number", N_ ("Number"), PIAO_PARAM_INT, FALSE, 1, G_MAXINT32 },
        { NULL } };

const PiaoCommand piao_order_submit_command = {
  "order.submit", "order.create", 0, submit_params, apply_submit, .complete = complete_submit
};
