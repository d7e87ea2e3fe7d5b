/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "app/widget/piao-table-column.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/*
 * A table of any number of rows: it stands directly in its scrolled window, looks and is used like
 * a GtkColumnView, but draws a row with one widget. Signal "activate" (guint position): a row was
 * opened.
 */
#define PIAO_TYPE_TABLE_VIEW (piao_table_view_get_type ())
G_DECLARE_FINAL_TYPE (PiaoTableView, piao_table_view, PIAO, TABLE_VIEW, GtkWidget)

/* Once, before anything else. @columns is static; @data is borrowed and must outlive the table. */
void piao_table_view_set_columns (PiaoTableView *self,
                                  const PiaoTableColumn *columns,
                                  guint n_columns,
                                  gpointer data);

/* Shows @items, of which none is selected at first. */
void piao_table_view_set_items (PiaoTableView *self, GListModel *items);

/* The items and which of them is selected. Borrowed; NULL before they are set. */
GtkSingleSelection *piao_table_view_get_selection (PiaoTableView *self);

/* In a narrow window the columns with PIAO_TABLE_WIDE are not shown. */
void piao_table_view_set_narrow (PiaoTableView *self, gboolean narrow);

/*
 * People may choose columns, draw their widths and sort by one: all is kept in the settings under
 * @name. A sort that is not offered now waits until it is. Gives the menu of the columns, which is
 * also that of the titles; its actions are put on @page, which the table is inside. Transfer full.
 */
GMenuModel *piao_table_view_remember (PiaoTableView *self,
                                      GSettings *settings,
                                      const char *name,
                                      GtkWidget *page);

/* Which columns may be sorted by: a word for each column in the order of declaration, -1 for none.
 */
void piao_table_view_offer_sorts (PiaoTableView *self, const int *words);

/* The word of the column that is sorted by, -1 for none. */
int piao_table_view_get_sort (PiaoTableView *self, gboolean *descending);

/* Who sorts otherwise wants to see what comes first. */
void piao_table_view_scroll_to_top (PiaoTableView *self);

/* Whether the last picture had all texts: those of a list that is flung come a little later. */
gboolean piao_table_view_is_whole (PiaoTableView *self);

/* What compares two items where the columns can; it says "changed" when a person wants another
 * order. Borrowed. */
GtkSorter *piao_table_view_get_sorter (PiaoTableView *self);

/* A view without rows, which has the columns. Borrowed. */
GtkColumnView *piao_table_view_get_titles (PiaoTableView *self);

G_END_DECLS
