/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "app/widget/piao-line-form.h"

G_BEGIN_DECLS

/*
 * A row of a table in one widget, which draws what its item shows in each column. It asks the item
 * only when it is drawn, and is named by what it shows.
 */
#define PIAO_TYPE_LINE (piao_line_get_type ())
G_DECLARE_FINAL_TYPE (PiaoLine, piao_line, PIAO, LINE, GtkWidget)

/* To be the child of @row, which is borrowed and is named by what the line shows, too. */
GtkWidget *piao_line_new (PiaoLineForm *form, GtkListItem *row);

/* Shows @item from now on, and what has become of it whenever it says "changed", if it has such a
 * signal. Borrowed: set NULL before it goes. */
void piao_line_set_item (PiaoLine *self, gpointer item);

/* The columns have moved. */
void piao_line_place (PiaoLine *self);

G_END_DECLS
