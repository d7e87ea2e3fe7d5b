/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "domain/order/piao-counter-queries.h"

G_BEGIN_DECLS

/* What the counter says about an open order, as texts: no widget here. All transfer full. */
char *piao_counter_facts_total (const PiaoCounterSheet *sheet);
char *piao_counter_facts_payment (const PiaoCounterSheet *sheet);
char *piao_counter_facts_instant (const PiaoCounterSheet *sheet);

/* The two accounts in one verdict with its age (ORD-16, ORD-17), and what to tell the owner.
 * @phone: as whoever reads it may see it. */
char *piao_counter_facts_money (const PiaoCounterSheet *sheet, gint64 now);
char *piao_counter_facts_script (const PiaoCounterSheet *sheet, const char *phone);

/* How and when it travels; whether it will be late (DLV-08). */
char *piao_counter_facts_delivery (const PiaoCounterSheet *sheet, gint64 now);
char *piao_counter_facts_slack (const PiaoCounterSheet *sheet, gint64 now);

char *piao_counter_facts_contact (const PiaoCounterSheet *sheet, const char *phone);
char *piao_counter_facts_label (const PiaoCounterSheet *sheet);
char *piao_counter_facts_sheet (const PiaoCounterSheet *sheet);

G_END_DECLS
