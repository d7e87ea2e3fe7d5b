/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "app/shell/piao-page.h"
#include "store/piao-row-list.h"

G_BEGIN_DECLS

/* 订单: the order list with its eight fixed columns, state tabs, one search and filters. */
#define PIAO_TYPE_ORDERS_PAGE (piao_orders_page_get_type ())
G_DECLARE_FINAL_TYPE (PiaoOrdersPage, piao_orders_page, PIAO, ORDERS_PAGE, PiaoPage)

/* The rows that are listed. Borrowed. */
GListModel *piao_orders_page_get_rows (PiaoOrdersPage *self);

/* Shows only the orders in @state. */
void piao_orders_page_show_state (PiaoOrdersPage *self, const char *state);

/* Shows what @typed finds. */
void piao_orders_page_search (PiaoOrdersPage *self, const char *typed);

G_END_DECLS
