/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "app/piao-session.h"
#include "domain/order/piao-order-queries.h"
#include "store/piao-row-list.h"

G_BEGIN_DECLS

/*
 * PiaoOrdersModel: what the order list shows: the group in front, search, filters, counts. A view
 * model: it knows no widget. (ORD-09, ORD-11, ORD-12)
 *
 * Signal "changed": the counts, counties or number of rows are different.
 */
#define PIAO_TYPE_ORDERS_MODEL (piao_orders_model_get_type ())
G_DECLARE_FINAL_TYPE (PiaoOrdersModel, piao_orders_model, PIAO, ORDERS_MODEL, GObject)

typedef enum
{
  PIAO_ORDERS_ANY_TIME,
  PIAO_ORDERS_TODAY,
  PIAO_ORDERS_WEEK,  /* seven days, today included */
  PIAO_ORDERS_MONTH, /* 31 days */
} PiaoOrdersPeriod;

PiaoOrdersModel *piao_orders_model_new (PiaoSession *session);

/* The rows (piao-order-queries.h, PIAO_ORDER_ROW_…). Borrowed. */
PiaoRowList *piao_orders_model_get_rows (PiaoOrdersModel *self);

/* "pending", "delivering", "completed", "closed" or "" for all. */
void piao_orders_model_set_group (PiaoOrdersModel *self, const char *group);
/* Order number, outlet number, owner or manager, whole, in part or by initials. */
void piao_orders_model_set_search (PiaoOrdersModel *self, const char *text);
void piao_orders_model_set_state (PiaoOrdersModel *self, const char *state);
void piao_orders_model_set_county (PiaoOrdersModel *self, const char *county);
void piao_orders_model_set_period (PiaoOrdersModel *self, PiaoOrdersPeriod period);

/* What the rows are sorted by: a PiaoOrderSort, or -1 for what is usual, which is what is pending
 * oldest first and all else newest first. Where that sort is not offered the usual one is taken. */
void piao_orders_model_set_sort (PiaoOrdersModel *self, int sort, gboolean descending);
gboolean piao_orders_model_can_sort (PiaoOrdersModel *self, PiaoOrderSort sort);

/* Whether the list is in front. While it is not, only what is pending is counted after a commit, so
 * that a long history costs the counter nothing. */
void piao_orders_model_set_active (PiaoOrdersModel *self, gboolean active);

/* How many orders are in the group, whatever the filters; "" counts all. */
gint64 piao_orders_model_get_count (PiaoOrdersModel *self, const char *group);

/* Counties to choose from. Borrowed, may be NULL. */
const char *const *piao_orders_model_get_counties (PiaoOrdersModel *self);

/* Reads counts and counties again; resolves when they are there. */
DexFuture *piao_orders_model_refresh (PiaoOrdersModel *self);

G_END_DECLS
