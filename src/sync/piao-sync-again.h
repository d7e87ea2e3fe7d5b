/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "sync/piao-reply.h"
#include "sync/piao-sync-core.h"

G_BEGIN_DECLS

/* What a centre that was restored from a backup misses of this computer's commands. All of it in
 * the caller's transaction. */

/* So many are put on top of what comes down, as any that wait: what two requests hold is soon up.
 */
#define PIAO_SYNC_AGAIN_FEW (2 * PIAO_SYNC_MAX_COMMANDS)

/* Another number for that, in a test that has no week to make so many. Before any other thread. */
void piao_sync_again_set_few (guint n);

/* Whether these go up before anything comes down: nothing but verdicts is taken until then. */
gboolean piao_sync_again_is_first (PiaoDb *db);

/* Queues what @reply says is missing once more, as it was; what a person has put away, or sent in
 * another way, goes up as withdrawn. When it is much, it goes first. @queued: there was any. */
gboolean
piao_sync_again_queue (PiaoDb *db, const PiaoReply *reply, gboolean *queued, GError **error);

/* While they go first, after the verdicts of an answer: whether that is over, as nothing waits any
 * more. */
gboolean piao_sync_again_is_over (PiaoDb *db, gboolean *over, GError **error);

/* From here on what still waits is put on top of the rows at the next rebase, as ever. */
gboolean piao_sync_again_end (PiaoDb *db, GError **error);

G_END_DECLS
