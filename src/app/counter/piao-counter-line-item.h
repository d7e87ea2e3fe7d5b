/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

#include "domain/order/piao-counter-queries.h"

G_BEGIN_DECLS

/* PiaoCounterLineItem: one line of the open order in the table. It keeps its sheet alive; "changed"
 * says that the line differs. Main thread. */
#define PIAO_TYPE_COUNTER_LINE_ITEM (piao_counter_line_item_get_type ())
G_DECLARE_FINAL_TYPE (PiaoCounterLineItem, piao_counter_line_item, PIAO, COUNTER_LINE_ITEM, GObject)

const PiaoCounterLine *piao_counter_line_item_get_line (PiaoCounterLineItem *self);

/* Makes the items of @store those of @sheet (NULL: none), in place where the line is the same, so
 * that a scan rewrites one row and the selection stays. */
void piao_counter_line_item_sync (GListStore *store, PiaoCounterSheet *sheet);

G_END_DECLS
