/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "app/widget/piao-table-column.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define PIAO_LINE_REST 100000 /* µs: longer than between two pages of a key that is held */

/*
 * The columns of a table as its lines draw them, and what they have drawn. Shared by the table,
 * which writes the columns, and all its lines. Main thread.
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
  guint late;          /* lines on the screen that wait for the next picture with some texts */

  /* What lines have drawn (piao-line-form.c) … */
  GHashTable *drawn; /* … lately */
  GHashTable *older; /* … before that */
  GdkRGBA color;     /* … in this colour */
  int height;        /* … in lines of this height */
  guint serial;      /* … with the fonts of the layout when its context was that old */

  /* Pictures with other rows or new texts; each by its number in the frame clock. */
  gint64 current; /* the one that is being drawn */
  gint64 picture; /* the last one with any of them */
  gint64 ended;   /* when the last of these came into it; µs of the monotonic clock */
  gint64 spent;   /* µs on all its new texts together */
  guint run;      /* how many came before it without a PIAO_LINE_REST */
} PiaoLineForm;

PiaoLineForm *piao_line_form_new (const PiaoTableColumn *columns, guint n_columns, gpointer data);
PiaoLineForm *piao_line_form_ref (PiaoLineForm *self);
void piao_line_form_unref (PiaoLineForm *self);

/* Its columns stand elsewhere: what was drawn is of no use. */
void piao_line_form_forget (PiaoLineForm *self);

/* @line is going to draw its texts; @other: of another item than before. */
void piao_line_form_begin (PiaoLineForm *self, GtkWidget *line, gboolean other);

/* Draws @text as column @i shows it in a line. FALSE: it is new, and there is no time left for it
 * in this picture. */
gboolean piao_line_form_draw (PiaoLineForm *self, GtkSnapshot *snapshot, guint i, const char *text);

/* Whether column @i has not room for all of @text. */
gboolean piao_line_form_cuts (PiaoLineForm *self, guint i, const char *text);

G_END_DECLS
