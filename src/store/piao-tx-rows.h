/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-command.h"

G_BEGIN_DECLS

/*
 * PiaoTxRows: the rows that one command has read, so that its rules, which do not know of each
 * other, need not ask the database for the same outlet twice; and rows that it is going to read,
 * asked for together.
 *
 * A row that is held cannot be old: within a command nobody else writes to the database, the
 * command itself writes rows only through piao_tx_put(), which drops them here, and all of it is
 * forgotten with the command, whether it was accepted or undone.
 */
typedef struct _PiaoTxRows PiaoTxRows;

PiaoTxRows *piao_tx_rows_new (PiaoDb *db);

/* Waits for what was expected and has not come; FALSE when that failed. */
gboolean piao_tx_rows_end (PiaoTxRows *self, GError **error);

/* As piao_record_load(). Transfer full. */
PiaoRecord *piao_tx_rows_load (PiaoTxRows *self, const PiaoKind *kind, gint64 id, GError **error);

/* The row is going to be loaded: it is asked for with whatever is asked next. */
gboolean piao_tx_rows_expect (PiaoTxRows *self, const PiaoKind *kind, gint64 id, GError **error);

/* The row is written. */
void piao_tx_rows_drop (PiaoTxRows *self, const PiaoKind *kind, gint64 id);

G_END_DECLS
