/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "app/widget/piao-cell.h"

G_BEGIN_DECLS

/* A layout for one line of text that is cut at the end. Transfer full. */
PangoLayout *piao_cell_make_layout (GtkWidget *widget);

/* Pixels of a line of text in the font of @widget. */
int piao_cell_get_line_height (GtkWidget *widget);

G_END_DECLS
