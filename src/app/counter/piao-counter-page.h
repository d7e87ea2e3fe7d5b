/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "app/counter/piao-counter-model.h"
#include "app/shell/piao-page.h"

G_BEGIN_DECLS

/* The counter (出票台): queue, order lines and facts on one screen; the scanner is the main hand.
 */
#define PIAO_TYPE_COUNTER_PAGE (piao_counter_page_get_type ())
G_DECLARE_FINAL_TYPE (PiaoCounterPage, piao_counter_page, PIAO, COUNTER_PAGE, PiaoPage)

/* The model, or NULL while nobody is signed in. Borrowed. */
PiaoCounterModel *piao_counter_page_get_model (PiaoCounterPage *self);

G_END_DECLS
