/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * PiaoTable: one of the reference tables of data/reference, built into the program. They are CSV
 * (RFC 4180, UTF-8) with a header row; lines that start with '#' are comments. Immutable once
 * read, so any thread may use it.
 */
typedef struct _PiaoTable PiaoTable;

#define PIAO_TABLE_MAX_BYTES (1024 * 1024)
#define PIAO_TABLE_MAX_COLUMNS 64

/* The reference table "@name.csv". PIAO_ERROR_NOT_FOUND when there is none of that name, or what
 * piao_table_parse() says. Transfer full. */
PiaoTable *piao_table_load (const char *name, GError **error);

/* Parses CSV @text; @what names it in the error. Every row must have as many cells as the header:
 * PIAO_ERROR_CORRUPT otherwise, PIAO_ERROR_LIMIT when it is too large. Transfer full. */
PiaoTable *piao_table_parse (const char *text, gsize length, const char *what, GError **error);

void piao_table_free (PiaoTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoTable, piao_table_free)

guint piao_table_get_n_rows (const PiaoTable *self);

/* The cell of @row under the header @column; "" when there is no such column. Borrowed. */
const char *piao_table_get (const PiaoTable *self, guint row, const char *column);

/* The cell as a whole number, or @fallback when it is empty or not one. */
gint64 piao_table_get_int (const PiaoTable *self, guint row, const char *column, gint64 fallback);

G_END_DECLS
