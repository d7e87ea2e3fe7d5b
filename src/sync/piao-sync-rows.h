/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-command.h"
#include "store/piao-digest.h"
#include "sync/piao-row-block.h"

G_BEGIN_DECLS

/* Rows of the server going into and out of a replica, with their search text and what that does to
 * the digests: the caller writes @tally in the same transaction. All on the writer, with the
 * pending commands taken off. */

/* Writes all rows of @block, each unless a newer rev of it is here. A row that is in the way
 * because of a UNIQUE column is outdated, since the server holds both, and makes room; without
 * @make_room, as where rows are not all the server's, it is PIAO_ERROR_CONFLICT. */
gboolean piao_sync_rows_put (PiaoDb *db,
                             const PiaoRowBlock *block,
                             gboolean make_room,
                             PiaoDigestTally *tally,
                             GError **error);

/* What of that can be done beforehand by another thread, with any connection to the replica: the
 * CHECKs of many rows are looked at. */
gboolean piao_sync_rows_check (PiaoDb *db, PiaoRowBlock *block, GError **error);

/* Takes a row away if it is still in @lane. */
gboolean piao_sync_rows_remove (PiaoDb *db,
                                const PiaoKind *kind,
                                gint64 lane,
                                gint64 id,
                                PiaoDigestTally *tally,
                                GError **error);

/* Takes away the rows of @kind and @lane whose ids are in (@after, @upto], so that what the server
 * has there can be put in their place. */
gboolean piao_sync_rows_clear (PiaoDb *db,
                               const PiaoKind *kind,
                               gint64 lane,
                               gint64 after,
                               gint64 upto,
                               PiaoDigestTally *tally,
                               GError **error);

/* Erases all rows of @lane with their search text and digests; for good when the caller scrubs
 * (store/piao-scrub.h). */
gboolean
piao_sync_rows_erase_lane (PiaoRegistry *registry, PiaoDb *db, gint64 lane, GError **error);

/* Erases every row of every kind, and the digests. */
gboolean piao_sync_rows_erase_all (PiaoRegistry *registry, PiaoDb *db, GError **error);

G_END_DECLS
