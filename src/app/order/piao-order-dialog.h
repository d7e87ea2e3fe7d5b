/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "app/piao-session.h"

G_BEGIN_DECLS

/*
 * PiaoOrderDialog: one order: outlet, lines, clock, confirmation and the timeline (ORD-26), with
 * what can be done to it in its state. It follows the replica while it is open.
 *
 * Actions: order.counter, order.retry, order.refuse, order.copy-number.
 */
#define PIAO_TYPE_ORDER_DIALOG (piao_order_dialog_get_type ())
G_DECLARE_FINAL_TYPE (PiaoOrderDialog, piao_order_dialog, PIAO, ORDER_DIALOG, AdwDialog)

PiaoOrderDialog *piao_order_dialog_new (PiaoSession *session, gint64 order);

/* Makes one and shows it over the window of @parent. */
void piao_order_dialog_present (GtkWidget *parent, PiaoSession *session, gint64 order);

G_END_DECLS
