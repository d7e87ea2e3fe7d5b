/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/*
 * One line of text in a table. A view keeps two hundred rows of widgets of which a screen shows
 * thirty: what a cell says is asked for when it is drawn, never asks for another size, and is cut
 * at the end where there is no room (then it is the tooltip).
 */
#define PIAO_TYPE_CELL (piao_cell_get_type ())
G_DECLARE_FINAL_TYPE (PiaoCell, piao_cell, PIAO, CELL, GtkWidget)

/* What @item shows; transfer full; NULL for nothing. */
typedef char *(*PiaoCellText) (gpointer item, gpointer data);

/* @data is borrowed and outlives the cell. @numeric: right aligned. */
GtkWidget *piao_cell_new (PiaoCellText text, gpointer data, gboolean numeric);

/* Shows @item from now on, and again whenever it says "changed", if it has such a signal. Borrowed:
 * set NULL before it goes. */
void piao_cell_set_item (PiaoCell *self, gpointer item);
gpointer piao_cell_get_item (PiaoCell *self);

/* A pill is as wide as its text. Needs nothing but the cell it stands in. */
#define PIAO_TYPE_PILL (piao_pill_get_type ())
G_DECLARE_FINAL_TYPE (PiaoPill, piao_pill, PIAO, PILL, GtkWidget)

GtkWidget *piao_pill_new (void);
/* @text NULL: no pill. @tint: accent, success, warning, error or NULL; static. */
void piao_pill_set (PiaoPill *self, const char *text, const char *tint);

G_END_DECLS
