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

/* A column of such rows: numbers, or small ones, or else texts. All is borrowed. */
typedef struct
{
  const gint64 *numbers;  /* one a row */
  const guint8 *nulls;    /* of numbers: a bit a row, 1 where NULL; NULL: they all count */
  const guint8 *small;    /* one a row */
  const guint32 *offsets; /* one a row, into texts; PIAO_ROW_SOURCE_NULL where NULL */
  const char *texts;      /* each ended by a 0 */
} PiaoRowSourceColumn;

#define PIAO_ROW_SOURCE_NULL G_MAXUINT32

/* That of @db, which owns it; it is empty. NULL on failure. */
PiaoRowSource *piao_row_source_get (PiaoDb *db, GError **error);

/* It has @n rows from @first on of @columns, as many as the statements name, which are borrowed
 * until it is cleared. Between statements. */
void piao_row_source_show (PiaoRowSource *self,
                           const PiaoRowSourceColumn *columns,
                           guint first,
                           guint n);
void piao_row_source_clear (PiaoRowSource *self);

/* "SELECT c0 AS id, … FROM arriving" with the names of the columns of @kind. Transfer full. */
char *piao_row_source_get_select (const PiaoKind *kind);

G_END_DECLS
