/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-row-list.h"

G_BEGIN_DECLS

/* The rows of one list that are alive, by id: the same id is the same object. Main thread. */
typedef struct _PiaoRowTable PiaoRowTable;

PiaoRowTable *piao_row_table_new (void);
/* The rows live on by themselves. */
void piao_row_table_free (PiaoRowTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoRowTable, piao_row_table_free)

/* The row with @id, made when there is none. Transfer full. */
PiaoRow *piao_row_table_get (PiaoRowTable *table, gint64 id);

gboolean piao_row_table_contains (PiaoRowTable *table, gint64 id);

/* Ids of the rows that are loaded, with values older than @generation. GArray of gint64. */
GArray *piao_row_table_list_older (PiaoRowTable *table, guint64 generation);

/* Emits "changed" on every row that is loaded. */
void piao_row_table_emit_changed (PiaoRowTable *table);

/* The columns of one row as they were read. */
typedef struct
{
  guint n_values;
  PiaoValue values[];
} PiaoRowValues;

PiaoRowValues *piao_row_values_from_cursor (PiaoCursor *cursor);
void piao_row_values_free (PiaoRowValues *values);

/* Gives the row the values (taken) read at @generation; older ones than it has are dropped. Emits
 * "changed" when they differ. */
void piao_row_set_values (PiaoRow *self, PiaoRowValues *values, guint64 generation);

G_END_DECLS
