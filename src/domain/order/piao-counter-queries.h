/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib-object.h>

#include "store/piao-db.h"

G_BEGIN_DECLS

/*
 * What the counter shows: the queue of a warehouse as a list, and one order as a sheet. Read on a
 * reader's connection; nothing here changes anything.
 */

/* The queue (WHS-01, ORD-15): ids in the order in which they are picked, parameter "i" warehouse.
 */
extern const PiaoStatement piao_counter_queue_ids;

/* Its page: id, number, state, due_at, packs, scanned, outlet name, county, amount, picker name,
 * lease_until, predicted_at. */
extern const PiaoStatement piao_counter_queue_page;
enum
{
  PIAO_COUNTER_QUEUE_ID,
  PIAO_COUNTER_QUEUE_NUMBER,
  PIAO_COUNTER_QUEUE_STATE,
  PIAO_COUNTER_QUEUE_DUE_AT,
  PIAO_COUNTER_QUEUE_PACKS,
  PIAO_COUNTER_QUEUE_SCANNED,
  PIAO_COUNTER_QUEUE_OUTLET,
  PIAO_COUNTER_QUEUE_COUNTY,
  PIAO_COUNTER_QUEUE_AMOUNT,
  PIAO_COUNTER_QUEUE_PICKER,
  PIAO_COUNTER_QUEUE_LEASE_UNTIL,
  PIAO_COUNTER_QUEUE_PREDICTED_AT,
  PIAO_COUNTER_QUEUE_SUBMITTED_AT,
};

typedef struct
{
  gint64 id;
  int n;
  char *game_no, *name;
  gint64 face_value; /* fen */
  gint64 pack_value; /* fen */
  int packs, scanned, shorts;
  char *short_reason; /* NULL when nothing is short */
  char *shelf;        /* where a free pack lies; NULL when unknown */
} PiaoCounterLine;

typedef struct
{
  gint64 id;
  char *number, *state;
  char *hold_reason, *hold_note; /* may be NULL */
  char *outlet_no, *outlet_name, *owner_name, *phone, *county, *address, *manager_name;
  gint64 submitted_at, due_at, departure_at, predicted_at; /* ms */
  int packs, scanned;
  gint64 amount;                                       /* fen */
  gint64 instant_balance, payment_balance, balance_at; /* fen, fen, ms (0: never read) */
  char *scheme, *method;                               /* code and words; may be NULL */
  char *warehouse_name;
  char *confirm_no; /* NULL until ILMS confirmed */
  gint64 picker_id, lease_until;
  char *picker_name;
  gint64 parcel_id; /* 0 until confirmed */
  int parcel_n, parcel_total, label_copies;
  char *request_state, *request_message; /* newest gateway request; may be NULL */
  GPtrArray *lines;                      /* PiaoCounterLine */
} PiaoCounterSheet;

#define PIAO_TYPE_COUNTER_SHEET (piao_counter_sheet_get_type ())
GType piao_counter_sheet_get_type (void);
PiaoCounterSheet *piao_counter_sheet_ref (PiaoCounterSheet *self);
void piao_counter_sheet_unref (PiaoCounterSheet *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoCounterSheet, piao_counter_sheet_unref)

/* The order as the counter shows it. NOT_FOUND when it is not here. Transfer full. */
PiaoCounterSheet *piao_counter_sheet_load (PiaoDb *db, gint64 order, GError **error);

/* What the two accounts say about paying for it (ORD-17): "enough", "transfer" (the owner moves
 * money between them), "deposit" (both are short) or "unknown" (never read). */
const char *piao_counter_sheet_get_money (const PiaoCounterSheet *self);

/* The order that is picked next: the oldest that nobody holds; the actor's own open one first.
 * 0 when the queue is empty. (ORD-15) */
gint64 piao_counter_next (
    PiaoDb *db, gint64 warehouse, gint64 actor, gint64 after, gint64 now, GError **error);

/* The order with that number; 0 with NOT_FOUND when it is not here. */
gint64 piao_counter_find_number (PiaoDb *db, const char *number, GError **error);

/* Orders waiting for ILMS in the order of their holding: the first, or 0. */
gint64 piao_counter_first_held (PiaoDb *db, gint64 warehouse, GError **error);

/* Parcels confirmed by ILMS whose order was picked on @device and that have no label yet, oldest
 * first: GArray of gint64 pairs (order, parcel). */
GArray *piao_counter_unlabelled (PiaoDb *db, gint64 warehouse, gint64 device, GError **error);

G_END_DECLS
