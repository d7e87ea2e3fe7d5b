/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-kind.h"

G_BEGIN_DECLS

/*
 * The change index of the server (data/schema, table change) for rows that were not written by
 * commands: reference data and demo data. The ledger keeps it for everything else.
 *
 * Gives every row of @kinds that has no entry one: with its rev as the seq, or, where that is 0,
 * with the seqs that follow, a hundred rows each. The head follows, so that a pull finds them.
 * Inside the caller's transaction; the head row must exist.
 */
gboolean
piao_change_index_adopt (PiaoDb *db, const PiaoKind *const *kinds, guint n_kinds, GError **error);

G_END_DECLS
