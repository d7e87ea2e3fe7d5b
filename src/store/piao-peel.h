/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-command.h"

G_BEGIN_DECLS

/*
 * PiaoPeel takes the waiting commands of a replica off in memory: what the rows below them are, and
 * whether each command finds what it left, without writing anything. It holds the rows that those
 * commands have touched. For one thread, in one read transaction.
 */
typedef struct _PiaoPeel PiaoPeel;

PiaoPeel *piao_peel_new (PiaoRegistry *registry, PiaoDb *db);
void piao_peel_free (PiaoPeel *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoPeel, piao_peel_free)

/* Takes off what @changes (see piao_undo_take()) have done; the newest command comes first. When a
 * row is not as the command left it, @misfit receives the first of them in words ("order 17"), NULL
 * otherwise. PIAO_ERROR_CORRUPT "undo.unreadable" when @changes cannot be read, PIAO_ERROR_FAILED
 * "db.io" when no memory is left for it. */
gboolean piao_peel_take (PiaoPeel *self, GBytes *changes, char **misfit, GError **error);

/* Where the row was before all that has been taken off: FALSE when nothing touched it. @lane is -1
 * when it was not there at all. */
gboolean
piao_peel_find (PiaoPeel *self, const PiaoKind *kind, gint64 id, gint64 *lane, gint64 *rev);

G_END_DECLS
