/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The years before today, the counter day, and the whole. */

#include "config.h"

#include "base/piao-clock.h"
#include "domain/demo/piao-demo-private.h"
#include "domain/order/piao-order-kinds.h"

typedef struct
{
  const char *state;
  guint share; /* of 1000 */
} Share;

static const Share old_states[] = {
  { "completed", 955 }, { "refused", 22 }, { "cancelled", 10 },
  { "delivered", 8 },   { "returned", 5 },
};
static const Share late_states[] = {
  { "completed", 600 },      { "delivered", 240 }, { "delivering", 100 },
  { "delivery_failed", 20 }, { "refused", 20 },    { "on_hold", 20 },
};
static const Share new_states[] = {
  { "pending_outbound", 270 }, { "delivering", 250 }, { "ready_to_ship", 140 },
  { "delivered", 120 },        { "completed", 50 },   { "on_hold", 40 },
  { "picking", 30 },           { "submitted", 30 },   { "checked", 20 },
  { "held_for_ilms", 20 },     { "refused", 20 },     { "confirming", 10 },
};
/* A place whose open orders are laid out by hand or locked by a server. */
static const Share closed_states[] = {
  { "delivering", 420 },
  { "ready_to_ship", 250 },
  { "delivered", 220 },
  { "completed", 110 },
};

static const char *
pick (PiaoDemo *demo, const Share *shares, guint n)
{
  gint ticket = g_rand_int_range (demo->rand, 0, 1000);

  for (guint i = 0; i < n; i++)
    {
      ticket -= (gint)shares[i].share;
      if (ticket < 0)
        return shares[i].state;
    }
  g_assert_not_reached ();
}

static const char *
pick_state (PiaoDemo *demo, gint64 age, gboolean closed)
{
  if (age > 8 * PIAO_DAY)
    return pick (demo, old_states, G_N_ELEMENTS (old_states));
  if (closed)
    return pick (demo, closed_states, G_N_ELEMENTS (closed_states));
  if (age > PIAO_DAY)
    return pick (demo, late_states, G_N_ELEMENTS (late_states));
  return pick (demo, new_states, G_N_ELEMENTS (new_states));
}

static const char *
pick_source (PiaoDemo *demo)
{
  static const char *const sources[]
      = { "app",          "app",          "app",   "wechat_mp",
          "mini_program", "mini_program", "phone", "account_manager" };

  return sources[g_rand_int_range (demo->rand, 0, G_N_ELEMENTS (sources))];
}

/* One to four types, hot ones (the first of each face) more often. */
static void
pick_lines (PiaoDemo *demo, PiaoDemoOrder *order)
{
  guint first = (guint)g_rand_int_range (demo->rand, 0, (gint)demo->types->len);

  order->n_lines = 1 + (guint)g_rand_int_range (demo->rand, 0, 100) % PIAO_DEMO_MAX_LINES;
  for (guint i = 0; i < order->n_lines; i++)
    {
      order->lines[i].type = (first + i * 7) % demo->types->len;
      order->lines[i].packs = (guint)g_rand_int_range (demo->rand, 1, 6);
    }
}

/* Spreads the orders over the working hours (9:00 to 21:30 in Shanghai) of the days before now. */
static gint64
time_of (const PiaoDemo *demo, guint i, guint days)
{
  gint64 span = 12 * PIAO_HOUR + 30 * PIAO_MINUTE;
  gint64 today = (demo->options->now + 8 * PIAO_HOUR) / PIAO_DAY * PIAO_DAY - 8 * PIAO_HOUR;
  gint64 position = (gint64)i * days * span / demo->options->orders;

  return today - days * PIAO_DAY + position / span * PIAO_DAY + 9 * PIAO_HOUR + position % span;
}

/* The last orders go through every state there is, in a place where nobody counts them. */
static void
show_every_state (PiaoDemo *demo, PiaoDemoOrder *order, guint left)
{
  guint n_states;
  const PiaoDemoState *states = piao_demo_state_list (&n_states);

  if (demo->options->live || left > n_states)
    return;
  for (guint i = 0; i < demo->places->len; i++)
    {
      const PiaoDemoPlace *place = &g_array_index (demo->places, PiaoDemoPlace, i);

      if (place->gb != PIAO_DEMO_LANE && !place->centre)
        order->place = i;
    }
  order->state = states[left - 1].state;
}

void
piao_demo_write_history (PiaoDemo *demo)
{
  guint days = CLAMP (demo->options->orders / 1000, 30, 1000);

  for (guint i = 0; i < demo->options->orders && demo->error == NULL; i++)
    {
      PiaoDemoOrder order = { .place = piao_demo_pick_place (demo), .at = time_of (demo, i, days) };
      const PiaoDemoPlace *place = &g_array_index (demo->places, PiaoDemoPlace, order.place);

      order.source = pick_source (demo);
      order.state = pick_state (demo, demo->options->now - order.at,
                                demo->options->live || place->gb == PIAO_DEMO_LANE);
      show_every_state (demo, &order, demo->options->orders - i);
      order.outlet = piao_demo_pick_outlet (demo, order.place);
      pick_lines (demo, &order);
      piao_demo_write_order (demo, &order);
      if (demo->options->progress != NULL && i % 1024 == 0)
        demo->options->progress ((guint)((guint64)i * 60 / demo->options->orders),
                                 demo->options->progress_data);
    }
}

/* --- the counter day ------------------------------------------------------------------------- */

typedef struct
{
  const char *state;
  guint minutes; /* ago */
  guint outlet;  /* n-th of the place */
  gboolean poor; /* its account does not hold the amount */
  guint n_lines;
  struct
  {
    guint type;
    guint packs;
  } lines[PIAO_DEMO_MAX_LINES];
} DayOrder;

/* Oldest first; the first waits past its due time, the next are close to it. */
static const DayOrder day[] = {
  { "pending_outbound", 1150, 0, FALSE, 2, { { 5, 2 }, { 11, 1 } } },
  { "pending_outbound", 1045, 1, FALSE, 1, { { 17, 3 } } },
  { "pending_outbound", 930, 2, FALSE, 2, { { 0, 1 }, { 23, 2 } } },
  { "on_hold", 600, 3, TRUE, 2, { { 20, 4 }, { 8, 2 } } },
  { "pending_outbound", 500, 4, FALSE, 3, { { 2, 2 }, { 7, 1 }, { 13, 1 } } },
  { "pending_outbound", 430, 5, FALSE, 1, { { 10, 5 } } },
  { "pending_outbound", 350, 6, FALSE, 2, { { 12, 2 }, { 16, 2 } } },
  { "ready_to_ship", 330, 7, FALSE, 2, { { 5, 3 }, { 18, 1 } } },
  { "pending_outbound", 280, 8, FALSE, 4, { { 1, 1 }, { 6, 1 }, { 15, 1 }, { 22, 1 } } },
  { "completed", 270, 9, FALSE, 1, { { 11, 2 } } },
  { "pending_outbound", 210, 10, FALSE, 1, { { 5, 42 } } },
  { "ready_to_ship", 190, 11, FALSE, 1, { { 14, 2 } } },
  { "on_hold", 170, 12, TRUE, 1, { { 21, 6 } } },
  { "pending_outbound", 150, 13, FALSE, 2, { { 9, 2 }, { 19, 1 } } },
  { "ready_to_ship", 130, 14, FALSE, 3, { { 3, 1 }, { 4, 1 }, { 8, 1 } } },
  { "pending_outbound", 90, 15, FALSE, 2, { { 17, 1 }, { 11, 2 } } },
  { "pending_outbound", 45, 16, FALSE, 1, { { 22, 2 } } },
  { "pending_outbound", 12, 17, FALSE, 2, { { 0, 2 }, { 5, 1 } } },
};

static void
write_day_order (PiaoDemo *demo, guint place_index, const DayOrder *entry)
{
  const PiaoDemoPlace *place = &g_array_index (demo->places, PiaoDemoPlace, place_index);
  gboolean open = g_str_equal (entry->state, "pending_outbound") || entry->poor;
  PiaoDemoOrder order = { .place = place_index,
                          .state = open && demo->options->live ? "submitted" : entry->state,
                          .source = pick_source (demo),
                          .at = demo->options->now - entry->minutes * PIAO_MINUTE,
                          .n_lines = entry->n_lines };
  gint64 amount;

  order.outlet
      = &g_array_index (demo->outlets, PiaoDemoOutlet,
                        g_array_index (place->outlets, guint, entry->outlet % place->outlets->len));
  for (guint i = 0; i < entry->n_lines; i++)
    {
      order.lines[i].type = entry->lines[i].type % demo->types->len;
      order.lines[i].packs = entry->lines[i].packs;
    }
  amount = piao_demo_order_amount (demo, &order);
  if (entry->poor)
    order.outlet->instant = amount / 3;
  else if (open && demo->options->live)
    order.outlet->instant += amount;
  piao_demo_write_order (demo, &order);
}

void
piao_demo_write_counter_day (PiaoDemo *demo)
{
  for (guint i = 0; i < demo->places->len; i++)
    if (g_array_index (demo->places, PiaoDemoPlace, i).gb == PIAO_DEMO_LANE)
      {
        for (guint n = 0; n < G_N_ELEMENTS (day); n++)
          write_day_order (demo, i, &day[n]);
        piao_demo_write_odd_packs (demo, i);
      }
  piao_demo_next_seq (demo);
}

/* The numbers given out, so that the next block begins behind them. */
void
piao_demo_write_number_blocks (PiaoDemo *demo)
{
  for (guint i = 0; i < demo->places->len; i++)
    {
      const PiaoDemoPlace *place = &g_array_index (demo->places, PiaoDemoPlace, i);

      piao_demo_row (demo, &piao_number_block_kind, place->gb);
      piao_demo_ref (demo, PIAO_NUMBER_BLOCK_WAREHOUSE_ID, place->warehouse);
      piao_demo_int (demo, PIAO_NUMBER_BLOCK_FIRST, place->first_number);
      piao_demo_int (demo, PIAO_NUMBER_BLOCK_LAST, place->next_number - 1);
      piao_demo_int (demo, PIAO_NUMBER_BLOCK_NEXT, place->next_number);
      piao_demo_put (demo);
    }
  piao_demo_next_seq (demo);
}
