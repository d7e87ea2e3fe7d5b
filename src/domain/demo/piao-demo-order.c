/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* One order with its lines and packs. */

#include "config.h"

#include "base/piao-clock.h"
#include "domain/delivery/piao-sla.h"
#include "domain/demo/piao-demo-private.h"
#include "domain/order/piao-order-kinds.h"

gint64
piao_demo_order_amount (PiaoDemo *demo, const PiaoDemoOrder *order)
{
  gint64 amount = 0;

  for (guint i = 0; i < order->n_lines; i++)
    amount += g_array_index (demo->types, PiaoDemoType, order->lines[i].type).value
              * order->lines[i].packs;
  return amount;
}

static guint
count_packs (const PiaoDemoOrder *order)
{
  guint packs = 0;

  for (guint i = 0; i < order->n_lines; i++)
    packs += order->lines[i].packs;
  return packs;
}

/* YYYYMMDD + the warehouse's sequence + the outlet's last four. Shanghai keeps +8 all year. */
static void
make_number (PiaoDemoPlace *place, const PiaoDemoOrder *order, char number[32])
{
  gint64 day = (order->at + 8 * PIAO_HOUR) / PIAO_DAY;
  GDate date;

  g_date_clear (&date, 1);
  g_date_set_julian (&date, (guint32)(719163 + day)); /* 1970-01-01 is day 719163 */
  g_snprintf (number, 32, "%04u%02u%02u%06d%s", g_date_get_year (&date),
              (guint)g_date_get_month (&date), g_date_get_day (&date),
              (int)(place->next_number % 1000000), order->outlet->number + 6);
  place->next_number++;
}

/* How many packs of a line are scanned in this state. */
static guint
scanned_of (const PiaoDemoState *state, guint line, guint packs)
{
  if (state->pack_state == NULL)
    return 0;
  if (g_str_equal (state->state, "picking"))
    return line == 0 ? packs / 2 : 0;
  return packs;
}

static const char *
pack_state_of (PiaoDemo *demo, const PiaoDemoTrail *trail)
{
  gint64 age = demo->options->now - trail->order->at;

  if (!g_str_equal (trail->state->state, "completed"))
    return trail->state->pack_state;
  if (age > 60 * PIAO_DAY)
    return "settled";
  return age > 4 * PIAO_DAY ? "activated" : "at_outlet";
}

static void
write_lines (PiaoDemo *demo, const PiaoDemoTrail *trail)
{
  const PiaoDemoOrder *order = trail->order;
  const PiaoDemoPlace *place = &g_array_index (demo->places, PiaoDemoPlace, order->place);
  guint days = demo->options->detail_days;
  PiaoDemoPackUse use = { .state = pack_state_of (demo, trail),
                          .order = trail->state->returned ? 0 : trail->id,
                          .at = order->at + 22 * PIAO_MINUTE };

  use.detail = days == 0 || demo->options->now - order->at <= (gint64)days * PIAO_DAY;
  if (trail->state->confirmed)
    use.outbound_at = order->at + 27 * PIAO_MINUTE;
  for (guint i = 0; i < order->n_lines; i++)
    {
      guint type_index = order->lines[i].type, packs = order->lines[i].packs;
      const PiaoDemoType *type = &g_array_index (demo->types, PiaoDemoType, type_index);
      guint scanned = scanned_of (trail->state, i, packs);
      gint64 line = piao_demo_row (demo, &piao_order_line_kind, place->gb);

      piao_demo_ref (demo, PIAO_ORDER_LINE_ORDER_ID, trail->id);
      piao_demo_int (demo, PIAO_ORDER_LINE_N, i + 1);
      piao_demo_ref (demo, PIAO_ORDER_LINE_TICKET_TYPE_ID, type->id);
      piao_demo_int (demo, PIAO_ORDER_LINE_PACKS, packs);
      piao_demo_int (demo, PIAO_ORDER_LINE_SCANNED, scanned);
      piao_demo_int (demo, PIAO_ORDER_LINE_PACK_VALUE, type->value);
      piao_demo_int (demo, PIAO_ORDER_LINE_AMOUNT, type->value * packs);
      piao_demo_put (demo);
      use.line = trail->state->returned ? 0 : line;
      for (guint n = 0; n < scanned; n++)
        piao_demo_write_pack (demo, order->place, type_index, &use);
    }
}

static void
write_progress (PiaoDemo *demo, const PiaoDemoTrail *trail, const PiaoDemoPlace *place)
{
  gint64 now = demo->options->now;

  if (trail->lock_no != NULL)
    {
      piao_demo_text (demo, PIAO_ORDER_LOCK_NO, trail->lock_no);
      piao_demo_int (demo, PIAO_ORDER_PRE_DEBIT, trail->amount);
    }
  if (g_str_equal (trail->state->state, "on_hold"))
    {
      piao_demo_text (demo, PIAO_ORDER_HOLD_REASON, "BAL_SHORT");
      piao_demo_text (demo, PIAO_ORDER_HOLD_NOTE, "即开账户余额不足");
    }
  if (trail->state->pack_state == NULL)
    return;
  piao_demo_ref (demo, PIAO_ORDER_PICKER_ID, place->keeper);
  if (!g_str_equal (trail->state->state, "picking"))
    piao_demo_ref (demo, PIAO_ORDER_CHECKER_ID, place->keeper);
  if (g_str_equal (trail->state->state, "held_for_ilms"))
    piao_demo_int (demo, PIAO_ORDER_HELD_AT, MIN (trail->order->at + 27 * PIAO_MINUTE, now));
  if (trail->confirm_no == NULL)
    return;
  piao_demo_text (demo, PIAO_ORDER_CONFIRM_NO, trail->confirm_no);
  piao_demo_int (demo, PIAO_ORDER_DEBITED, trail->amount);
  piao_demo_int (demo, PIAO_ORDER_CONFIRMED_AT, MIN (trail->order->at + 27 * PIAO_MINUTE, now));
}

static void
write_head (PiaoDemo *demo, const PiaoDemoTrail *trail, const PiaoDemoPlace *place)
{
  const PiaoDemoOrder *order = trail->order;
  const PiaoDemoArea *area = &g_array_index (place->areas, PiaoDemoArea, order->outlet->area);
  guint scanned = 0;

  for (guint i = 0; i < order->n_lines; i++)
    scanned += scanned_of (trail->state, i, order->lines[i].packs);
  piao_demo_row_with_id (demo, &piao_order_kind, trail->id, place->gb);
  piao_demo_text (demo, PIAO_ORDER_NUMBER, trail->number);
  piao_demo_ref (demo, PIAO_ORDER_OUTLET_ID, order->outlet->id);
  piao_demo_ref (demo, PIAO_ORDER_WAREHOUSE_ID, place->warehouse);
  piao_demo_text (demo, PIAO_ORDER_SOURCE, order->source);
  piao_demo_int (demo, PIAO_ORDER_IDENTITY_CHECKED, 1);
  piao_demo_text (demo, PIAO_ORDER_STATE, trail->state->state);
  piao_demo_int (demo, PIAO_ORDER_SUBMITTED_AT, order->at);
  piao_demo_int (demo, PIAO_ORDER_DUE_AT, piao_sla_due_at (order->at, order->outlet->distance, 0));
  piao_demo_int (demo, PIAO_ORDER_DEPARTURE_AT, trail->departure_at);
  piao_demo_int (demo, PIAO_ORDER_PREDICTED_AT, trail->arrival_at);
  piao_demo_ref (demo, PIAO_ORDER_SCHEME_ID, area->scheme);
  piao_demo_int (demo, PIAO_ORDER_LINES, order->n_lines);
  piao_demo_int (demo, PIAO_ORDER_PACKS, count_packs (order));
  piao_demo_int (demo, PIAO_ORDER_AMOUNT, trail->amount);
  piao_demo_int (demo, PIAO_ORDER_SCANNED, scanned);
  piao_demo_int (demo, PIAO_ORDER_ATTEMPTS, 1);
  write_progress (demo, trail, place);
  piao_demo_put (demo);
}

void
piao_demo_write_order (PiaoDemo *demo, const PiaoDemoOrder *order)
{
  PiaoDemoPlace *place = &g_array_index (demo->places, PiaoDemoPlace, order->place);
  const PiaoDemoArea *area = &g_array_index (place->areas, PiaoDemoArea, order->outlet->area);
  char number[32], lock_no[24], confirm_no[24];
  PiaoDemoTrail trail = { .order = order,
                          .state = piao_demo_state_find (order->state),
                          .id = demo->next_id,
                          .number = number,
                          .amount = piao_demo_order_amount (demo, order) };
  gint64 due = piao_sla_due_at (order->at, order->outlet->distance, 0);
  PiaoPrediction prediction = { 0 };

  demo->next_id += PIAO_ID_STRIDE;
  demo->orders++;
  if (area->calendar != NULL)
    piao_calendar_predict (area->calendar, area->county, order->at, due, &prediction);
  trail.departure_at = prediction.departure_at;
  trail.arrival_at = prediction.predicted_at;
  make_number (place, order, number);
  g_snprintf (lock_no, sizeof lock_no, "DL%010" G_GINT64_FORMAT, demo->orders);
  g_snprintf (confirm_no, sizeof confirm_no, "DC%010" G_GINT64_FORMAT, demo->orders);
  if (!g_str_equal (order->state, "submitted") && !g_str_equal (order->state, "on_hold"))
    trail.lock_no = lock_no;
  if (trail.state->confirmed)
    trail.confirm_no = confirm_no;
  write_head (demo, &trail, place);
  write_lines (demo, &trail);
  piao_demo_write_trail (demo, &trail);
  piao_demo_next_seq (demo);
}
