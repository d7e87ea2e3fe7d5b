/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* How each state of an order is reached, and what is written of the way: timeline, requests to the
 * gateway, parcel. */

#include "config.h"

#include "base/piao-clock.h"
#include "base/piao-json.h"
#include "base/piao-money.h"
#include "domain/delivery/piao-delivery-kinds.h"
#include "domain/demo/piao-demo-private.h"
#include "domain/gateway/piao-gateway-kinds.h"
#include "domain/order/piao-order-kinds.h"

#define AT_DEPARTURE -1
#define AT_ARRIVAL -2
#define AFTER_ARRIVAL -3

#define TAKEN { "submit", "draft", "submitted", 0 }
#define LOCKED                                                                                     \
  TAKEN,                                                                                           \
  {                                                                                                \
    "lock_ok", "submitted", "pending_outbound", 2 * PIAO_SECOND                                    \
  }
#define OPENED                                                                                     \
  LOCKED,                                                                                          \
  {                                                                                                \
    "open_pick", "pending_outbound", "picking", 20 * PIAO_MINUTE                                   \
  }
#define CHECKED                                                                                    \
  OPENED,                                                                                          \
  {                                                                                                \
    "check", "picking", "checked", 26 * PIAO_MINUTE                                                \
  }
#define ASKED                                                                                      \
  CHECKED,                                                                                         \
  {                                                                                                \
    "confirm", "checked", "confirming", 27 * PIAO_MINUTE                                           \
  }
#define READY                                                                                      \
  ASKED,                                                                                           \
  {                                                                                                \
    "ilms_ok", "confirming", "ready_to_ship", 27 * PIAO_MINUTE + 3 * PIAO_SECOND                   \
  }
#define GONE                                                                                       \
  READY,                                                                                           \
  {                                                                                                \
    "handover", "ready_to_ship", "delivering", AT_DEPARTURE                                        \
  }
#define SIGNED                                                                                     \
  GONE,                                                                                            \
  {                                                                                                \
    "sign_off", "delivering", "delivered", AT_ARRIVAL                                              \
  }
#define FAILED                                                                                     \
  GONE,                                                                                            \
  {                                                                                                \
    "fail", "delivering", "delivery_failed", AT_ARRIVAL                                            \
  }
#define BACK                                                                                       \
  FAILED,                                                                                          \
  {                                                                                                \
    "bring_back", "delivery_failed", "returned", AFTER_ARRIVAL                                     \
  }
#define END { NULL }

static const PiaoDemoStep submitted[] = { TAKEN, END };
static const PiaoDemoStep pending[] = { LOCKED, END };
static const PiaoDemoStep on_hold[]
    = { TAKEN, { "lock_refused", "submitted", "on_hold", 2 * PIAO_SECOND }, END };
static const PiaoDemoStep refused[]
    = { LOCKED, { "refuse", "pending_outbound", "refused", 50 * PIAO_MINUTE }, END };
static const PiaoDemoStep picking[] = { OPENED, END };
static const PiaoDemoStep checked[] = { CHECKED, END };
static const PiaoDemoStep held[]
    = { CHECKED, { "hold_for_ilms", "checked", "held_for_ilms", 27 * PIAO_MINUTE }, END };
static const PiaoDemoStep confirming[] = { ASKED, END };
static const PiaoDemoStep ready[] = { READY, END };
static const PiaoDemoStep delivering[] = { GONE, END };
static const PiaoDemoStep delivered[] = { SIGNED, END };
static const PiaoDemoStep completed[]
    = { SIGNED, { "receipt_filed", "delivered", "completed", AFTER_ARRIVAL }, END };
static const PiaoDemoStep failed[] = { FAILED, END };
static const PiaoDemoStep returned[] = { BACK, END };
static const PiaoDemoStep cancelled[]
    = { BACK, { "close", "returned", "cancelled", AFTER_ARRIVAL }, END };

static const PiaoDemoState states[] = {
  { "submitted", submitted, NULL, FALSE, FALSE },
  { "pending_outbound", pending, NULL, FALSE, FALSE },
  { "on_hold", on_hold, NULL, FALSE, FALSE },
  { "refused", refused, NULL, FALSE, FALSE },
  { "picking", picking, "reserved", FALSE, FALSE },
  { "checked", checked, "reserved", FALSE, FALSE },
  { "held_for_ilms", held, "reserved", FALSE, FALSE },
  { "confirming", confirming, "reserved", FALSE, FALSE },
  { "ready_to_ship", ready, "outbound", TRUE, FALSE },
  { "delivering", delivering, "in_transit", TRUE, FALSE },
  { "delivery_failed", failed, "in_transit", TRUE, FALSE },
  { "delivered", delivered, "at_outlet", TRUE, FALSE },
  { "completed", completed, "activated", TRUE, FALSE },
  { "returned", returned, "in_stock", TRUE, TRUE },
  { "cancelled", cancelled, "in_stock", TRUE, TRUE },
};

const PiaoDemoState *
piao_demo_state_find (const char *state)
{
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    if (g_str_equal (states[i].state, state))
      return &states[i];
  g_assert_not_reached ();
}

const PiaoDemoState *
piao_demo_state_list (guint *n_states)
{
  *n_states = G_N_ELEMENTS (states);
  return states;
}

static gint64
step_time (const PiaoDemoTrail *trail, const PiaoDemoStep *step)
{
  gint64 submitted_at = trail->order->at, ready_at = submitted_at + 28 * PIAO_MINUTE;

  if (step->after >= 0)
    return submitted_at + step->after;
  if (step->after == AT_DEPARTURE)
    return MAX (trail->departure_at, ready_at);
  if (step->after == AT_ARRIVAL)
    return MAX (trail->arrival_at, ready_at + PIAO_HOUR);
  return MAX (trail->arrival_at, ready_at + PIAO_HOUR) + 3 * PIAO_HOUR;
}

static void
write_events (PiaoDemo *demo, const PiaoDemoTrail *trail)
{
  const PiaoDemoPlace *place = &g_array_index (demo->places, PiaoDemoPlace, trail->order->place);

  for (const PiaoDemoStep *step = trail->state->steps; step->event != NULL; step++)
    {
      gboolean by_system = g_str_equal (step->event, "lock_ok")
                           || g_str_equal (step->event, "lock_refused")
                           || g_str_equal (step->event, "ilms_ok");

      piao_demo_row (demo, &piao_order_event_kind, place->gb);
      piao_demo_int (demo, PIAO_ORDER_EVENT_ORDER_ID, trail->id);
      piao_demo_int (demo, PIAO_ORDER_EVENT_AT, MIN (step_time (trail, step), demo->options->now));
      piao_demo_int (demo, PIAO_ORDER_EVENT_ACTOR, by_system ? 0 : place->keeper);
      piao_demo_text (demo, PIAO_ORDER_EVENT_EVENT, step->event);
      piao_demo_text (demo, PIAO_ORDER_EVENT_FROM_STATE, step->from);
      piao_demo_text (demo, PIAO_ORDER_EVENT_TO_STATE, step->to);
      if (g_str_equal (step->event, "lock_ok"))
        piao_demo_text (demo, PIAO_ORDER_EVENT_DETAIL, trail->lock_no);
      else if (g_str_equal (step->event, "ilms_ok"))
        piao_demo_text (demo, PIAO_ORDER_EVENT_DETAIL, trail->confirm_no);
      piao_demo_put (demo);
    }
}

/* The lines as the gateway wants them: JSON within a text. */
static char *
describe_lines (PiaoDemo *demo, const PiaoDemoOrder *order)
{
  g_autoptr (JsonArray) array = json_array_new ();
  g_autoptr (JsonNode) node = NULL;

  for (guint i = 0; i < order->n_lines; i++)
    {
      const PiaoDemoType *type = &g_array_index (demo->types, PiaoDemoType, order->lines[i].type);
      g_autofree char *amount = piao_money_to_decimal (type->value * order->lines[i].packs);

      json_array_add_object_element (array, piao_json_build ("gameNo", 's', type->game_no, "packs",
                                                             'i', (gint64)order->lines[i].packs,
                                                             "amount", 's', amount, NULL));
    }
  node = json_node_init_array (json_node_alloc (), array);
  return json_to_string (node, FALSE);
}

static char *
make_params (PiaoDemo *demo, const PiaoDemoTrail *trail, const char *request_no, gboolean lock)
{
  const PiaoDemoPlace *place = &g_array_index (demo->places, PiaoDemoPlace, trail->order->place);
  g_autofree char *amount = piao_money_to_decimal (trail->amount);
  g_autofree char *lines = lock ? describe_lines (demo, trail->order) : NULL;
  g_autoptr (JsonObject) params
      = piao_json_build ("requestNo", 's', request_no, "orderNo", 's', trail->number, "outletNo",
                         's', trail->order->outlet->number, "warehouseNo", 's', place->gateway_no,
                         "lockNo", 's', lock ? NULL : trail->lock_no, "lines", 's', lines, "amount",
                         's', amount, NULL);

  return piao_json_object_to_text (params);
}

static void
write_request (PiaoDemo *demo, const PiaoDemoTrail *trail, const char *op, const char *state)
{
  const PiaoDemoPlace *place = &g_array_index (demo->places, PiaoDemoPlace, trail->order->place);
  gboolean lock = g_str_equal (op, "order.lock"), open = g_str_equal (state, "prepared");
  gint64 id = piao_demo_row (demo, &piao_gateway_request_kind, place->gb);
  gint64 at = trail->order->at + (lock ? 0 : 27 * PIAO_MINUTE);
  g_autofree char *request_no = g_strdup_printf ("%" G_GINT64_FORMAT "-%s", id, op);
  g_autofree char *params = make_params (demo, trail, request_no, lock);
  g_autofree char *result = NULL;

  if (g_str_equal (state, "confirmed"))
    result = g_strdup_printf ("{\"%s\":\"%s\"}", lock ? "lockNo" : "confirmNo",
                              lock ? trail->lock_no : trail->confirm_no);
  piao_demo_text (demo, PIAO_GATEWAY_REQUEST_REQUEST_NO, request_no);
  piao_demo_text (demo, PIAO_GATEWAY_REQUEST_OP, op);
  piao_demo_int (demo, PIAO_GATEWAY_REQUEST_ORDER_ID, trail->id);
  piao_demo_text (demo, PIAO_GATEWAY_REQUEST_EXECUTOR, "server");
  piao_demo_text (demo, PIAO_GATEWAY_REQUEST_PARAMS, params);
  piao_demo_text (demo, PIAO_GATEWAY_REQUEST_STATE, state);
  piao_demo_int (demo, PIAO_GATEWAY_REQUEST_TRIES, open ? 0 : 1);
  piao_demo_int (demo, PIAO_GATEWAY_REQUEST_NEXT_AT, at);
  piao_demo_int (demo, PIAO_GATEWAY_REQUEST_CREATED_AT, at);
  if (!open)
    {
      piao_demo_int (demo, PIAO_GATEWAY_REQUEST_FIRST_SENT_AT, at);
      piao_demo_int (demo, PIAO_GATEWAY_REQUEST_LAST_SENT_AT, at);
      piao_demo_int (demo, PIAO_GATEWAY_REQUEST_DECIDED_AT, at + 2 * PIAO_SECOND);
      piao_demo_text (demo, PIAO_GATEWAY_REQUEST_RESULT, result);
    }
  if (g_str_equal (state, "refused"))
    {
      piao_demo_text (demo, PIAO_GATEWAY_REQUEST_CODE, "BAL_SHORT");
      piao_demo_text (demo, PIAO_GATEWAY_REQUEST_MESSAGE, "即开账户余额不足");
    }
  piao_demo_put (demo);
}

static void
write_parcel (PiaoDemo *demo, const PiaoDemoTrail *trail)
{
  const PiaoDemoPlace *place = &g_array_index (demo->places, PiaoDemoPlace, trail->order->place);
  gboolean gone = !g_str_equal (trail->state->state, "ready_to_ship");

  piao_demo_row (demo, &piao_parcel_kind, place->gb);
  piao_demo_ref (demo, PIAO_PARCEL_ORDER_ID, trail->id);
  piao_demo_int (demo, PIAO_PARCEL_N, 1);
  piao_demo_int (demo, PIAO_PARCEL_TOTAL, 1);
  piao_demo_int (demo, PIAO_PARCEL_LABEL_COPIES, 1);
  piao_demo_int (demo, PIAO_PARCEL_LABEL_AT,
                 MIN (trail->order->at + 28 * PIAO_MINUTE, demo->options->now));
  if (gone)
    {
      piao_demo_int (demo, PIAO_PARCEL_CLOSED_AT,
                     MIN (trail->order->at + 29 * PIAO_MINUTE, demo->options->now));
      piao_demo_ref (demo, PIAO_PARCEL_CLOSED_BY, place->keeper);
    }
  piao_demo_put (demo);
}

void
piao_demo_write_trail (PiaoDemo *demo, const PiaoDemoTrail *trail)
{
  gint64 age = demo->options->now - trail->order->at;
  gboolean detail
      = demo->options->detail_days == 0 || age <= (gint64)demo->options->detail_days * PIAO_DAY;

  if (trail->state->confirmed)
    {
      write_request (demo, trail, "order.confirm", "confirmed");
      write_parcel (demo, trail);
    }
  else if (g_str_equal (trail->state->state, "confirming"))
    write_request (demo, trail, "order.confirm", "prepared");
  else if (g_str_equal (trail->state->state, "submitted"))
    write_request (demo, trail, "order.lock", "prepared");
  else if (g_str_equal (trail->state->state, "on_hold"))
    write_request (demo, trail, "order.lock", "refused");
  if (detail)
    write_events (demo, trail);
}
