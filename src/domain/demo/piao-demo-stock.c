/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * DESIGN: packs come from the printer in cases of 40 with running numbers; a warehouse opens a case
 * of a type and takes from it. So the codes are dense like real ones, a case can be scanned as a
 * whole where none of it has left, and every pack row is written once, in its last state.
 */

#include "config.h"

#include "base/piao-clock.h"
#include "domain/demo/piao-demo-private.h"
#include "domain/pack/piao-pack-kinds.h"
#include "domain/ticket/piao-ticket-kinds.h"

#define PACKS_PER_BOX 10
#define BOXES_PER_CASE 4
#define PACKS_PER_CASE (PACKS_PER_BOX * BOXES_PER_CASE)
#define CASES_PER_BATCH 1250
#define BATCH_LIFE (1826 * PIAO_DAY) /* 60 months */
#define RECEIVED_BEFORE (12 * PIAO_DAY)

static void
write_batch (PiaoDemo *demo, PiaoDemoType *type, gint64 printed_on)
{
  g_autofree char *number = NULL;

  type->n_batches++;
  type->batch_no = 25000 + type->n_batches;
  type->next = 1;
  number = g_strdup_printf ("%05u", type->batch_no);
  type->batch = piao_demo_row (demo, &piao_batch_kind, 0);
  piao_demo_ref (demo, PIAO_BATCH_TICKET_TYPE_ID, type->id);
  piao_demo_text (demo, PIAO_BATCH_BATCH_NO, number);
  piao_demo_int (demo, PIAO_BATCH_PACKS_PER_BOX, PACKS_PER_BOX);
  piao_demo_int (demo, PIAO_BATCH_BOXES_PER_CASE, BOXES_PER_CASE);
  piao_demo_int (demo, PIAO_BATCH_PRINTED_ON, printed_on);
  piao_demo_int (demo, PIAO_BATCH_SELL_UNTIL, printed_on + BATCH_LIFE);
  piao_demo_put (demo);
}

static PiaoDemoShelf *
shelf_of (PiaoDemo *demo, guint place, guint type)
{
  return &demo->shelves[place * demo->types->len + type];
}

static void
open_case (PiaoDemo *demo, PiaoDemoShelf *shelf, PiaoDemoType *type)
{
  if (type->batch == 0 || type->next > CASES_PER_BATCH * PACKS_PER_CASE)
    write_batch (demo, type,
                 demo->options->now - (1150 - 30 * (gint64)MIN (type->n_batches, 30)) * PIAO_DAY);
  shelf->batch = type->batch;
  shelf->batch_no = type->batch_no;
  shelf->next = type->next;
  shelf->end = type->next + PACKS_PER_CASE;
  type->next += PACKS_PER_CASE;
  piao_demo_next_seq (demo);
}

static void
write_movement (PiaoDemo *demo,
                const PiaoDemoPlace *place,
                gint64 pack,
                const PiaoDemoType *type,
                const char *event,
                int quantity,
                gint64 order,
                gint64 at)
{
  piao_demo_row (demo, &piao_movement_kind, place->gb);
  piao_demo_ref (demo, PIAO_MOVEMENT_PACK_ID, pack);
  piao_demo_ref (demo, PIAO_MOVEMENT_TICKET_TYPE_ID, type->id);
  piao_demo_ref (demo, PIAO_MOVEMENT_WAREHOUSE_ID, place->warehouse);
  piao_demo_text (demo, PIAO_MOVEMENT_EVENT, event);
  piao_demo_int (demo, PIAO_MOVEMENT_QUANTITY, quantity);
  piao_demo_ref (demo, PIAO_MOVEMENT_ORDER_ID, order);
  piao_demo_int (demo, PIAO_MOVEMENT_AT, at);
  piao_demo_int (demo, PIAO_MOVEMENT_ACTOR, place->keeper);
  piao_demo_put (demo);
}

/* The ledger of one pack: what came and what went adds up to where it is. */
static void
write_movements (PiaoDemo *demo,
                 const PiaoDemoPlace *place,
                 gint64 pack,
                 const PiaoDemoType *type,
                 const PiaoDemoPackUse *use)
{
  gboolean on_shelf = g_str_equal (use->state, "in_stock");

  if (!use->detail && !on_shelf)
    return;
  write_movement (demo, place, pack, type, "receive", 1, 0, use->at - RECEIVED_BEFORE);
  if (on_shelf)
    return;
  write_movement (demo, place, pack, type, "reserve", -1, use->order, use->at);
  if (use->outbound_at != 0)
    write_movement (demo, place, pack, type, "outbound", 0, use->order, use->outbound_at);
}

void
piao_demo_write_pack (PiaoDemo *demo,
                      guint place_index,
                      guint type_index,
                      const PiaoDemoPackUse *use)
{
  const PiaoDemoPlace *place = &g_array_index (demo->places, PiaoDemoPlace, place_index);
  PiaoDemoType *type = &g_array_index (demo->types, PiaoDemoType, type_index);
  PiaoDemoShelf *shelf = shelf_of (demo, place_index, type_index);
  char code[32], row[8];
  gint64 pack;

  if (shelf->next == shelf->end)
    open_case (demo, shelf, type);
  g_snprintf (code, sizeof code, "%s-%05u-%07u", type->plan, shelf->batch_no, shelf->next++);
  g_snprintf (row, sizeof row, "%c-%02u", (char)('A' + (int)(type_index / 6)), type_index % 6 + 1);
  pack = piao_demo_row (demo, &piao_pack_kind, place->gb);
  piao_demo_text (demo, PIAO_PACK_CODE, code);
  piao_demo_ref (demo, PIAO_PACK_TICKET_TYPE_ID, type->id);
  piao_demo_ref (demo, PIAO_PACK_BATCH_ID, shelf->batch);
  piao_demo_ref (demo, PIAO_PACK_WAREHOUSE_ID, place->warehouse);
  piao_demo_text (demo, PIAO_PACK_STATE, use->state);
  piao_demo_ref (demo, PIAO_PACK_ORDER_ID, use->order);
  piao_demo_ref (demo, PIAO_PACK_LINE_ID, use->line);
  piao_demo_text (demo, PIAO_PACK_SHELF, row);
  piao_demo_int (demo, PIAO_PACK_FROZEN, use->frozen ? 1 : 0);
  piao_demo_int (demo, PIAO_PACK_OUTBOUND_AT, use->outbound_at);
  if (g_str_equal (use->state, "activated") || g_str_equal (use->state, "settled"))
    piao_demo_int (demo, PIAO_PACK_ACTIVATED_AT, use->outbound_at + 2 * PIAO_DAY);
  piao_demo_put (demo);
  demo->packs++;
  shelf->free += g_str_equal (use->state, "in_stock") ? 1 : 0;
  shelf->reserved += g_str_equal (use->state, "reserved") ? 1 : 0;
  write_movements (demo, place, pack, type, use);
}

void
piao_demo_fill_shelves (PiaoDemo *demo, gint64 packs)
{
  guint n_types = demo->types->len;
  PiaoDemoPackUse use = { .state = "in_stock", .at = demo->options->now, .detail = TRUE };

  for (guint i = 0; i < demo->places->len; i++)
    {
      const PiaoDemoPlace *place = &g_array_index (demo->places, PiaoDemoPlace, i);
      guint weight = place->centre ? demo->order_weight / 4 : place->weight;
      gint64 share = packs * weight / (demo->order_weight + demo->order_weight / 4);

      for (guint t = 0; t < n_types; t++)
        {
          /* The counter day has an order of 42 packs. */
          gint64 count = MAX (share / n_types, place->gb == PIAO_DEMO_LANE ? 80 : 12);

          for (gint64 n = 0; n < count; n++)
            piao_demo_write_pack (demo, i, t, &use);
          piao_demo_next_seq (demo);
        }
    }
}

void
piao_demo_write_stock (PiaoDemo *demo)
{
  for (guint i = 0; i < demo->places->len; i++)
    for (guint t = 0; t < demo->types->len; t++)
      {
        const PiaoDemoPlace *place = &g_array_index (demo->places, PiaoDemoPlace, i);
        const PiaoDemoType *type = &g_array_index (demo->types, PiaoDemoType, t);
        const PiaoDemoShelf *shelf = shelf_of (demo, i, t);

        piao_demo_row (demo, &piao_stock_kind, place->gb);
        piao_demo_ref (demo, PIAO_STOCK_WAREHOUSE_ID, place->warehouse);
        piao_demo_ref (demo, PIAO_STOCK_TICKET_TYPE_ID, type->id);
        piao_demo_int (demo, PIAO_STOCK_FREE, shelf->free);
        piao_demo_int (demo, PIAO_STOCK_RESERVED, shelf->reserved);
        piao_demo_int (demo, PIAO_STOCK_ILMS_QUANTITY, shelf->free + shelf->reserved);
        piao_demo_int (demo, PIAO_STOCK_ILMS_AT, demo->options->now - 10 * PIAO_MINUTE);
        piao_demo_int (demo, PIAO_STOCK_THRESHOLD, 20);
        piao_demo_put (demo);
      }
  piao_demo_next_seq (demo);
}

/* Packs that a scan must refuse: two that are frozen and two whose batch may not be sold. */
void
piao_demo_write_odd_packs (PiaoDemo *demo, guint place)
{
  PiaoDemoPackUse use = { .state = "in_stock", .at = demo->options->now, .detail = TRUE };
  PiaoDemoType *type = &g_array_index (demo->types, PiaoDemoType, 0);
  PiaoDemoType kept = *type;
  PiaoDemoShelf *shelf = shelf_of (demo, place, 0);
  PiaoDemoShelf open = *shelf;

  write_batch (demo, type, demo->options->now - BATCH_LIFE - 20 * PIAO_DAY);
  shelf->next = shelf->end = 0;
  for (guint i = 0; i < 2; i++)
    piao_demo_write_pack (demo, place, 0, &use);
  kept.n_batches = type->n_batches;
  *type = kept;
  open.free = shelf->free;
  *shelf = open;
  use.frozen = TRUE;
  for (guint i = 0; i < 2; i++)
    piao_demo_write_pack (demo, place, 1, &use);
}
