/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/*
 * Tables are declared: a column is a title, a width and a function that says what an item shows in
 * it. Items may have a signal "changed", upon which their cells are written again.
 */
typedef enum
{
  PIAO_CELL_NUMERIC = 1 << 0, /* right aligned, tabular figures */
  PIAO_CELL_EXPAND = 1 << 1,  /* takes what is left of the width */
  PIAO_CELL_PILL = 1 << 2,    /* a PiaoPill with text() and tint() */
  PIAO_CELL_STRONG = 1 << 3,  /* heavier */
  PIAO_CELL_WIDE = 1 << 4,    /* only where there is room: gone in a narrow window */
} PiaoCellFlags;

typedef struct
{
  const char *id;    /* by which a person's habits are kept; never changes */
  const char *title; /* N_() */
  guint flags;       /* PiaoCellFlags */
  int width;         /* pixels; 0 for what the text needs */
  /* What @item shows; transfer full. NULL: nothing, no pill. */
  char *(*text) (gpointer item, gpointer data);
  /* Dresses the cell; may be NULL. */
  void (*style) (GtkWidget *cell, gpointer item, gpointer data);
  /* Compares two items, where all of them are at hand and may be sorted by this; may be NULL. */
  GCompareDataFunc compare;
  /* The colour of the pill, as piao_pill_set() takes it. */
  const char *(*tint) (gpointer item, gpointer data);
} PiaoTableColumn;

/* Adds the columns; @columns is static, @data is borrowed and must outlive @view's cells. */
void piao_table_add_columns (GtkColumnView *view,
                             const PiaoTableColumn *columns,
                             guint n_columns,
                             gpointer data);

/*
 * People may choose columns, draw their widths and sort by one: all is kept in the settings under
 * @name. A sort that is not offered now waits until it is. Gives the menu of the columns, which is
 * also that of the headers; its actions are put on @page, which
 * @view is inside. Transfer full.
 */
GMenuModel *
piao_table_remember (GtkColumnView *view, GSettings *settings, const char *name, GtkWidget *page);

/* Which columns may be sorted by: a word for each column in the order of declaration, -1 for none.
 * The sorter of @view (gtk_column_view_get_sorter) says "changed" when a person wants another. */
void piao_table_offer_sorts (GtkColumnView *view, const int *words);

/* The word of the column that is sorted by, -1 for none. */
int piao_table_get_sort (GtkColumnView *view, gboolean *descending);

/* In a narrow window the columns with PIAO_CELL_WIDE are not shown. */
void piao_table_set_narrow (GtkColumnView *view, gboolean narrow);

G_END_DECLS
