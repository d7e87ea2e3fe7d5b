/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "app/widget/piao-table-column.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Gives the titles of a table their columns; @columns is static, @data is borrowed and must outlive
 * them. */
void piao_table_titles_set (GtkColumnView *titles,
                            const PiaoTableColumn *columns,
                            guint n_columns,
                            gpointer data);

/* What @column was made from. */
const PiaoTableColumn *piao_table_titles_get_declared (GtkColumnViewColumn *column);

G_END_DECLS
