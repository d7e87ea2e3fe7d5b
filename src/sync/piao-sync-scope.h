/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-replica.h"

G_BEGIN_DECLS

/*
 * Lanes that a desktop loses when a grant is taken away (PER-03): their rows, search text and
 * digests are erased for good; what was done there and not yet accepted is parked, and written into
 * a file beside the replica (store/piao-outbox-file.h) before it is taken off the rows.
 * All within the caller's transaction on the writer.
 */

/* Undecided commands that have changed rows of @lanes here: GArray of command ids (gint64). While
 * the commands are still on top of the rows. Transfer full. */
GArray *
piao_sync_scope_find (PiaoRegistry *registry, PiaoDb *db, const GArray *lanes, GError **error);

/* Parks those of @commands that were not accepted meanwhile. @now: ms UTC. */
gboolean piao_sync_scope_park (PiaoDb *db, const GArray *commands, gint64 now, GError **error);

/* Erases @lanes with everything of them; with the pending commands taken off. The caller has begun
 * to scrub (store/piao-scrub.h) and finishes it. */
gboolean
piao_sync_scope_erase (PiaoRegistry *registry, PiaoDb *db, const GArray *lanes, GError **error);

G_END_DECLS
