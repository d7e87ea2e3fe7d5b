/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "app/piao-session.h"
#include "store/piao-row-list.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* One order of the queue: outlet, what is left of its time, packs and who has it. */
#define PIAO_TYPE_QUEUE_ROW (piao_queue_row_get_type ())
G_DECLARE_FINAL_TYPE (PiaoQueueRow, piao_queue_row, PIAO, QUEUE_ROW, GtkBox)

GtkWidget *piao_queue_row_new (PiaoSession *session);

/* Shows @row of the statement piao_counter_queue_page; NULL lets go of it. */
void piao_queue_row_set_row (PiaoQueueRow *self, PiaoRow *row);

G_END_DECLS
