/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "domain/order/piao-order-kinds.h"
#include "store/piao-command.h"

G_BEGIN_DECLS

/* What screens and papers ask about orders; the counter has piao-counter-queries.h. All only read;
 * any connection. */

/* --- the list (ORD-09 … ORD-12) ----------------------------------------------------------------
 */

/* Columns of the page statement of the order list. */
enum
{
  PIAO_ORDER_ROW_ID,
  PIAO_ORDER_ROW_NUMBER,
  PIAO_ORDER_ROW_SUBMITTED_AT,
  PIAO_ORDER_ROW_OUTLET_NO,
  PIAO_ORDER_ROW_OWNER_NAME,
  PIAO_ORDER_ROW_PHONE,
  PIAO_ORDER_ROW_COUNTY,
  PIAO_ORDER_ROW_MANAGER_NAME,
  PIAO_ORDER_ROW_SOURCE,
  PIAO_ORDER_ROW_AMOUNT,
  PIAO_ORDER_ROW_STATE,
  PIAO_ORDER_ROW_DUE_AT,
  PIAO_ORDER_ROW_PREDICTED_AT,
  PIAO_ORDER_ROW_DEPARTURE_AT,
  PIAO_ORDER_ROW_PACKS,
  PIAO_ORDER_ROW_SCANNED,
  PIAO_ORDER_ROW_HOLD_REASON,
  PIAO_ORDER_ROW_OUTLET_NAME,
};

typedef enum
{
  PIAO_ORDER_PENDING, /* has not left, or is abnormal */
  PIAO_ORDER_ANY,
  PIAO_ORDER_FOUND, /* any that match what was typed */
} PiaoOrderScope;

typedef enum
{
  PIAO_ORDER_BY_TIME, /* of ordering */
  PIAO_ORDER_BY_NUMBER,
  PIAO_ORDER_BY_OUTLET, /* number of the outlet */
  PIAO_ORDER_BY_COUNTY,
  PIAO_ORDER_BY_AMOUNT,
  PIAO_ORDER_N_SORTS,
} PiaoOrderSort;

/*
 * Ids for a PiaoRowList; NULL where no index serves that sort and a million orders would have to be
 * sorted before the first is seen. Parameters, types "issiis" and, of what is found, "issiissss":
 *   $1 warehouse   $2 group ("pending" …, "" for all)   $3 state ("" for all)
 *   $4 from, $5 to: submitted in that half-open time   $6 county ("" for all)
 *   $7 … $9: what piao_search_expression() and piao_order_number_range() make of
 *   what was typed; orders have no search text of their own, their outlets have
 */
const PiaoStatement *
piao_order_list (PiaoOrderScope scope, PiaoOrderSort sort, gboolean descending);
const PiaoStatement *piao_order_list_page (void);

/* What is pending, the most urgent first, at most 200. "i": warehouse. */
const PiaoStatement *piao_order_list_urgent (void);

/* Orders by state in @warehouse: GHashTable of state text → gint64 *. */
GHashTable *piao_order_count_states (PiaoDb *db, gint64 warehouse, GError **error);

/* The same, only of what has not left yet: cheap however many orders there have been, where the one
 * above walks an index of all of them. */
GHashTable *piao_order_count_open_states (PiaoDb *db, gint64 warehouse, GError **error);

/* Pending orders of @warehouse whose due time is before @at. */
gboolean
piao_order_count_due (PiaoDb *db, gint64 warehouse, gint64 at, gint64 *count, GError **error);

/* Counties that outlets of @warehouse lie in, sorted: a strv. */
GStrv piao_order_list_counties (PiaoDb *db, gint64 warehouse, GError **error);

/* The range of order numbers that begin with @typed (four digits at least): @from ≤ number <
 * @before; an empty one when @typed is no such thing. Transfer full. */
void piao_order_number_range (const char *typed, char **from, char **before);

/* An order as a hit of a search. */
typedef struct
{
  gint64 id;
  char *number, *state, *outlet_name; /* outlet_name may be NULL */
} PiaoOrderHit;

/* Orders whose number begins with @typed, or whose outlet it describes; what is pending first, then
 * the newest; at most @limit: GPtrArray of PiaoOrderHit. A replica's reading connection. */
GPtrArray *
piao_order_find (PiaoDb *db, gint64 warehouse, const char *typed, guint limit, GError **error);

/* The order with that number, or 0. */
gboolean piao_order_find_number (PiaoDb *db, const char *number, gint64 *id, GError **error);

/* --- the timeline (ORD-26) ---------------------------------------------------------------------
 */

typedef struct
{
  gint64 at;      /* ms */
  char *event;    /* event of the order machine */
  char *to_state; /* may be NULL */
  char *detail;   /* may be NULL */
  char *actor;    /* real name; "" for the system */
  gint64 device;
} PiaoOrderStep;

/* What happened to @order, oldest first: GPtrArray of PiaoOrderStep. */
GPtrArray *piao_order_list_steps (PiaoDb *db, gint64 order, GError **error);

G_END_DECLS
