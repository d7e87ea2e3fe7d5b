/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "app/piao-session.h"
#include "store/piao-row-list.h"

G_BEGIN_DECLS

/*
 * PiaoTodayModel: what there is to do now: how many orders stand where, which are urgent, what runs
 * out. A view model; it reads again whenever the replica changes. Signal "changed".
 */
#define PIAO_TYPE_TODAY_MODEL (piao_today_model_get_type ())
G_DECLARE_FINAL_TYPE (PiaoTodayModel, piao_today_model, PIAO, TODAY_MODEL, GObject)

/* An order due within this time lights up. */
#define PIAO_TODAY_SOON (4 * PIAO_HOUR)

PiaoTodayModel *piao_today_model_new (PiaoSession *session);

/* Pending orders, the most urgent first (PIAO_ORDER_ROW_…). Borrowed. */
PiaoRowList *piao_today_model_get_urgent (PiaoTodayModel *self);

/* Orders in that state; those late already; those due within PIAO_TODAY_SOON. */
gint64 piao_today_model_get_count (PiaoTodayModel *self, const char *state);
gint64 piao_today_model_get_late (PiaoTodayModel *self);
gint64 piao_today_model_get_soon (PiaoTodayModel *self);

/* PiaoLowStock, or NULL before the first answer. Borrowed. */
GPtrArray *piao_today_model_get_low (PiaoTodayModel *self);

/* Reads everything again; resolves when it is there. */
DexFuture *piao_today_model_refresh (PiaoTodayModel *self);

G_END_DECLS
