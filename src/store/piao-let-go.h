/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-command.h"
#include "store/piao-row-set.h"

G_BEGIN_DECLS

/* Letting go of what the server has decided, row by row. In the caller's transaction, as part of a
 * rebase (store/piao-rebase.c). */

/* The dseq up to which the server has decided all that is on top, knowing of it what it said when
 * it stood at @head; 0 when that is not much. */
gboolean piao_let_go_find (PiaoDb *db, gint64 head, gint64 *floor, GError **error);

/*
 * With nothing on top but what is decided up to @floor: takes back what these commands have changed
 * in the rows that are @arriving, in those that none of them has changed which was accepted, and
 * with @all in any row. Appends to @touched the rows of which no newer word comes.
 * PIAO_ERROR_CONFLICT when what stays is in the way of what is taken back; the caller rolls back
 * then.
 */
gboolean piao_let_go_rows (PiaoRegistry *registry,
                           PiaoDb *db,
                           gint64 floor,
                           const PiaoRowSet *arriving,
                           gint64 upto,
                           gboolean all,
                           GArray *touched,
                           GError **error);

G_END_DECLS
