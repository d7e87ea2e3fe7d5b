/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-id-vector.h"
#include "store/piao-row-list.h"

G_BEGIN_DECLS

/*
 * PiaoRowLoader: the rows of a list that are alive, and the reading of their columns. The same id
 * is the same row while anybody holds it. Rows come in pages of 64; the pages that came last are
 * held on to, and what was scrolled past before its turn came is not read. Main thread.
 */
typedef struct _PiaoRowLoader PiaoRowLoader;

PiaoRowLoader *piao_row_loader_new (PiaoReplica *replica);

/* The rows live on by themselves. */
void piao_row_loader_free (PiaoRowLoader *self);

/* What selects the columns. Rows of another statement are other objects: they are forgotten. */
void piao_row_loader_set_statement (PiaoRowLoader *self, const PiaoStatement *statement);

/* The order in which rows are neighbours. */
void piao_row_loader_set_vector (PiaoRowLoader *self, PiaoIdVector *vector);

/* The row with @id; its page is asked for when it is not loaded. Transfer full. */
PiaoRow *piao_row_loader_get (PiaoRowLoader *self, gint64 id);

/* Emits "changed" on every row that is loaded. */
void piao_row_loader_emit_changed (PiaoRowLoader *self);

/* Something was committed: rows that somebody shows are read again. */
void piao_row_loader_refresh (PiaoRowLoader *self);

G_END_DECLS
