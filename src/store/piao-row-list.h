/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-replica.h"

G_BEGIN_DECLS

/*
 * PiaoRowList: a GListModel of PiaoRow over a query of the replica, for lists of a million rows.
 *
 * A reader thread reads the ordered vector of ids (the first few dozen are announced at once);
 * get_item() gives a wrapper immediately and the page of 64 rows around it arrives later. After a
 * commit the vector is read again and only the spans that differ are announced; rows that someone
 * holds are read again too. The same id is the same object while anybody holds it. A long
 * list rests before it is read again, up to two seconds for a million. Main thread.
 */
#define PIAO_TYPE_ROW (piao_row_get_type ())
G_DECLARE_FINAL_TYPE (PiaoRow, piao_row, PIAO, ROW, GObject)

gint64 piao_row_get_id (PiaoRow *self);
/* Whether the columns have arrived; the signal "changed" is emitted when they do or differ. */
gboolean piao_row_is_loaded (PiaoRow *self);
/* Column @index of the page statement (0 is the id). NULL/0 until loaded. Borrowed. */
const char *piao_row_get_text (PiaoRow *self, guint index);
gint64 piao_row_get_int (PiaoRow *self, guint index);

#define PIAO_TYPE_ROW_LIST (piao_row_list_get_type ())
G_DECLARE_FINAL_TYPE (PiaoRowList, piao_row_list, PIAO, ROW_LIST, GObject)

PiaoRowList *piao_row_list_new (PiaoReplica *replica);

/*
 * What to list. @ids selects one column, the id, in order; its parameters follow as in
 * piao_db_query(). @page selects the columns shown, the id first, of the rows
 * "WHERE id IN (SELECT value FROM json_each ($1))" (SQLite), in any order. Both live for the rest
 * of the process. What was listed before stays until the first ids of the new query are there.
 */
void piao_row_list_set_query (
    PiaoRowList *self, const PiaoStatement *ids, const PiaoStatement *page, const char *types, ...);

/* Whether the whole vector of the query has been read; the property "ready" is notified. */
gboolean piao_row_list_is_ready (PiaoRowList *self);

/* Time has passed: emits "changed" on the loaded rows, because what a screen makes of one (how much
 * of its time is left) depends on the time too. Nothing is read. */
void piao_row_list_time_passed (PiaoRowList *self);

/* Position of the row with @id, or -1. */
int piao_row_list_find (PiaoRowList *self, gint64 id);

G_END_DECLS
