/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "app/widget/piao-table.h"

G_BEGIN_DECLS

/*
 * A table of any number of rows: it stands directly in its scrolled window, looks and is used like
 * a GtkColumnView, but draws a row with one widget. Signal "activate" (guint position): a row was
 * opened.
 */
#define PIAO_TYPE_LONG_TABLE (piao_long_table_get_type ())
G_DECLARE_FINAL_TYPE (PiaoLongTable, piao_long_table, PIAO, LONG_TABLE, GtkWidget)

/* Once. @columns is static, without style() and compare(); @data is borrowed and must outlive the
 * table. */
void piao_long_table_set_columns (PiaoLongTable *self,
                                  const PiaoTableColumn *columns,
                                  guint n_columns,
                                  gpointer data);

/* After the columns. */
void piao_long_table_set_model (PiaoLongTable *self, GtkSelectionModel *model);

/* A view without rows, which has the columns: for piao_table_remember() and its like. Borrowed. */
GtkColumnView *piao_long_table_get_titles (PiaoLongTable *self);

G_END_DECLS
