/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "sync/piao-reply.h"

G_BEGIN_DECLS

/*
 * What comes down, on the server's side: a range of the change index joined to the rows of now.
 *
 * A desktop keeps a cursor a lane. The lanes that stand furthest move together, in the order of
 * seq, so that for them one number says how far the desktop is; a lane that was granted later
 * starts at 0 and catches up with what is left of the answer's size. A seq is never cut in two, and
 * a row that changes again while the pages are fetched only moves to a later seq: none is skipped.
 */
#define PIAO_PULL_MIN_BYTES (8 * 1024)
#define PIAO_PULL_MAX_BYTES (1024 * 1024)

/*
 * Adds to @reply what the user may see and does not have yet: grants, rows, gone, upto, head and
 * more.
 *
 * @cursors is an array of [lane, seq]; lanes the user may not see are passed over. @max_bytes
 * bounds the rows roughly: one command's worth may come on top. Call it within one read
 * transaction.
 */
gboolean piao_pull (PiaoRegistry *registry,
                    PiaoDb *db,
                    gint64 user,
                    JsonArray *cursors,
                    gsize max_bytes,
                    PiaoReply *reply,
                    GError **error);

/* Where the lanes of @access stand: an array of PiaoLaneSeq; for hints. Transfer full. */
GArray *piao_pull_get_lanes (PiaoDb *db, const PiaoAccess *access, GError **error);

G_END_DECLS
