/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "sync/piao-row-block.h"

G_BEGIN_DECLS

/*
 * PiaoRowsBulk: writes rows that are not here yet, a thousand with a statement and with their
 * CHECKs looked at a thousand at a time. Where one of them is here already, or breaks a rule, none
 * of these thousand is written and the caller tries them one by one, which says which one and why.
 * In a transaction on the writer of a replica.
 */
#define PIAO_ROWS_BULK_STEP 1024

typedef struct _PiaoRowsBulk PiaoRowsBulk;

/* Looks at the CHECKs of all rows of @block once and notes in it when none is broken, so that the
 * writer need not look. With any connection to the replica, on whose thread the block is then. */
gboolean piao_rows_bulk_check (PiaoDb *db, PiaoRowBlock *block, GError **error);

/* For rows of @block, borrowed. NULL on failure. */
PiaoRowsBulk *piao_rows_bulk_begin (PiaoDb *db, const PiaoRowBlock *block, GError **error);

/* Writes @n rows from @first on; @added says whether it has. When not, SQLite looks at CHECKs. */
gboolean
piao_rows_bulk_add (PiaoRowsBulk *self, guint first, guint n, gboolean *added, GError **error);

/* Frees it; whatever has happened before. */
gboolean piao_rows_bulk_end (PiaoRowsBulk *self, GError **error);

G_END_DECLS
