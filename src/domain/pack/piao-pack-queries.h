/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib-object.h>

#include "store/piao-db.h"

G_BEGIN_DECLS

/* What is known of packs and of the stock they make up. Read on any connection; works off line. */

/* One thing that happened to a pack. */
typedef struct
{
  gint64 at;    /* ms */
  char *event;  /* receive, reserve, undo, outbound … */
  char *actor;  /* real name; NULL for the system or somebody unknown here */
  char *number; /* of the order it was for; NULL when for none */
  int quantity; /* what it did to the free stock: -1, 0, 1 */
} PiaoPassportStep;

/* The passport of a pack: where it is and who touched it (idea 17 of the domain). */
typedef struct
{
  gint64 id;
  char *code, *state;
  char *game_no, *game; /* ticket type */
  char *batch_no;
  gint64 sell_until; /* ms */
  char *warehouse, *shelf;
  gboolean frozen;
  gint64 order_id; /* 0: on no order */
  char *order_number, *outlet;
  gint64 outbound_at, activated_at; /* ms, 0: never */
  GPtrArray *steps;                 /* PiaoPassportStep, oldest first */
} PiaoPassport;

/* By plan-batch-pack. PIAO_ERROR_NOT_FOUND, reason pack.missing, when it is not in these books.
 * Transfer full. */
PiaoPassport *piao_passport_load (PiaoDb *db, const char *code, GError **error);
void piao_passport_free (PiaoPassport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoPassport, piao_passport_free)

/* Stock of one ticket type in one warehouse (TKT-05, TKT-06, TKT-08). */
typedef struct
{
  gint64 ticket_type_id;
  char *game_no, *name;
  gint64 pack_value;             /* fen */
  gint64 free, reserved;         /* packs on the shelves and on orders */
  gint64 ilms_quantity, ilms_at; /* packs there, ms; ilms_at 0: never asked */
  gint64 threshold;              /* the warehouse's own, else the type's; 0: none */
  gboolean low;                  /* free < threshold */
} PiaoStockLine;

/* Of all types that @warehouse ever had, by game number: GPtrArray of PiaoStockLine. */
GPtrArray *piao_stock_load (PiaoDb *db, gint64 warehouse, GError **error);

/* How many of its types are low. */
gboolean piao_stock_count_low (PiaoDb *db, gint64 warehouse, gint64 *n, GError **error);

G_END_DECLS
