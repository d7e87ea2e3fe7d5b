/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * The order's state machine (domain 6.2), as data. Commands ask it for every move, so an order
 * cannot go where no edge leads; guards and effects are in the commands.
 *
 * Beyond the drawn table: checked --back--> picking, because a clerk who finds a mistake on the
 * check sheet must be able to take a scan back, and pending_outbound, picking, checked
 * --hold--> on_hold, because F7 on the counter puts an order aside with its packs (WHS-07).
 * While an order is abnormal its case is told on its timeline (case_…), and what ILMS answers moves
 * the state that is kept (piao_order_answer()). case_closed leads back to that state, or to picking
 * where a checked order has lost a pack.
 * PIAO_ORDER_CAME_AGAIN is how an order begins that its computer has sent again, because the centre
 * was restored from a backup: the centre may have had it, and have forgotten what became of it.
 */
#define PIAO_ORDER_CAME_AGAIN "submit_again"

typedef struct
{
  const char *from;
  const char *event;
  const char *to;
} PiaoOrderEdge;

const PiaoOrderEdge *piao_order_machine_get_edges (guint *n_edges);

/* Where @event leads from @state, or NULL; NULL also for case_closed, which does not say. */
const char *piao_order_machine_next (const char *state, const char *event);

/* Whether @event leads from @state to @to, which may be NULL: it does not. */
gboolean piao_order_machine_leads (const char *state, const char *event, const char *to);

/* What people read: "Picking"; translated. Borrowed. */
const char *piao_order_state_get_title (const char *state);

/* The three groups of ORD-09 and where the rest belongs: "pending" (待出库), "delivering" (配送中),
 * "completed" (已完成), "closed", "abnormal" or "draft". */
const char *piao_order_state_get_group (const char *state);

G_END_DECLS
