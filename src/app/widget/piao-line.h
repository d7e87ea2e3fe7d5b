/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "app/widget/piao-table-column.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/*
 * The columns of a table as its lines draw them. Shared by the table, which writes it, and all its
 * lines. Main thread.
 */
typedef struct
{
  const PiaoTableColumn *declared;
  const char *title; /* in the language of the person */
  gboolean visible;
  int x, width; /* pixels of the line where its text stands */
} PiaoLineColumn;

typedef struct
{
  GArray *columns;     /* of PiaoLineColumn, in the order of declaration */
  gpointer data;       /* of the functions of the declaration; borrowed */
  PangoLayout *layout; /* in which one text after the other is set; NULL at first */

  GHashTable *drawn; /* what lines have drawn lately (piao-line.c) */
  GdkRGBA color;     /* … in this colour */
  int height;        /* … in lines of this height */
  guint serial;      /* … with the fonts of the layout when its context was that old */
} PiaoLineForm;

PiaoLineForm *piao_line_form_new (const PiaoTableColumn *columns, guint n_columns, gpointer data);
PiaoLineForm *piao_line_form_ref (PiaoLineForm *self);
void piao_line_form_unref (PiaoLineForm *self);

/* Its columns stand elsewhere: what was drawn is of no use. */
void piao_line_form_forget (PiaoLineForm *self);

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
