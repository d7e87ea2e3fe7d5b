/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "sync/piao-reply.h"

G_BEGIN_DECLS

/*
 * The first fetch of a desktop over a quick line: a million rows in seconds. Indexes and search
 * text are not kept row by row then but made afterwards, a piece at a time, so that a scan can come
 * between two pieces. Both are noted in the file: whatever ends the program, they are made later.
 */

/* Before the rows of @reply are written: postpones the indexes of the kinds that bring very many
 * rows of a working set or history. In the caller's transaction. */
gboolean piao_bulk_load_begin (PiaoDb *db, const PiaoReply *reply, GError **error);

/* One piece of what was left for later, an index or some search text, unless there is more history
 * to come. @hurry: the history will take its time, do not wait for it. @more: call again. In the
 * caller's transaction on the writer. */
gboolean piao_bulk_load_step (
    PiaoRegistry *registry, PiaoDb *db, gboolean hurry, gboolean *more, GError **error);

G_END_DECLS
