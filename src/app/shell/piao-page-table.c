/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/counter/piao-counter-page.h"
#include "app/shell/piao-page-table.h"
#include "app/order/piao-orders-page.h"
#include "app/sync/piao-sync-page.h"
#include "app/today/piao-today-page.h"

#define WORK N_ ("Work")
#define SYSTEM N_ ("System")

const PiaoPageEntry piao_page_table[] = {
  { "today", N_ ("Today"), "view-grid-symbolic", WORK, NULL, "today", piao_today_page_get_type },
  { "counter", N_ ("Counter"), "view-list-ordered-symbolic", WORK, "order.pick", "counter",
    piao_counter_page_get_type },
  { "orders", N_ ("Orders"), "view-list-symbolic", WORK, "order", "orders",
    piao_orders_page_get_type },
  { "sync", N_ ("Sync Centre"), "mail-send-receive-symbolic", SYSTEM, NULL, "sync",
    piao_sync_page_get_type },
  { NULL },
};
