/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-kind.h"

G_BEGIN_DECLS

/*
 * Rows in memory as a table of SQL, so that one statement can look at or write thousands of them:
 * SQLite fetches each value where it is, instead of being handed all of a row. The table is called
 * arriving, has the columns c0 … in the order id, lane, rev, deleted, columns…, and is seen by one
 * connection to SQLite alone.
 */
typedef struct _PiaoRowSource PiaoRowSource;

/* Fills in a @value that is NULL so far: a number, or a text that is borrowed as long as the rows
 * are shown. */
typedef void (*PiaoRowSourceFunc) (gconstpointer data, guint row, guint column, PiaoValue *value);

/* That of @db, which owns it; it is empty. NULL on failure. */
PiaoRowSource *piao_row_source_get (PiaoDb *db, GError **error);

/* It has @n rows of @data from @first on, borrowed until it is cleared. Between statements. */
void piao_row_source_show (
    PiaoRowSource *self, PiaoRowSourceFunc func, gconstpointer data, guint first, guint n);
void piao_row_source_clear (PiaoRowSource *self);

/* "SELECT c0 AS id, … FROM arriving" with the names of the columns of @kind. Transfer full. */
char *piao_row_source_get_select (const PiaoKind *kind);

G_END_DECLS
