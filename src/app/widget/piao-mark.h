/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A layout for one line of text that is cut at the end. Transfer full. */
PangoLayout *piao_mark_make_layout (GtkWidget *widget);

/* Pixels of a line of text in the font of @widget. */
int piao_mark_get_line_height (GtkWidget *widget);

/*
 * A text of a line of a table that the style sheet dresses: a pill, a clock that is late, a large
 * number. What is cut is its tooltip. Another text never asks for another size: who has it places
 * it again.
 */
#define PIAO_TYPE_MARK (piao_mark_get_type ())
G_DECLARE_FINAL_TYPE (PiaoMark, piao_mark, PIAO, MARK, GtkWidget)

/* @flags: of its column. A pill is as wide as its text. */
GtkWidget *piao_mark_new (guint flags);

/* @style: a class, or NULL; static. */
void piao_mark_set (PiaoMark *self, const char *text, const char *style);

/* Borrowed. */
const char *piao_mark_get_text (PiaoMark *self);
const char *piao_mark_get_style (PiaoMark *self);

/* Gives it its place in the middle of @room. */
void piao_mark_place (PiaoMark *self, const GtkAllocation *room);

G_END_DECLS
