/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-db.h"

G_BEGIN_DECLS

/*
 * Indexes of a replica that are made after many rows have come, because sorting once is several
 * times quicker than finding the place of each row. Which ones are missing stands in the table
 * later_index, so whatever happens they are made at the next opening at the latest. Indexes that
 * are UNIQUE carry rules and always stay.
 */

/* Takes the indexes of @table away and notes them. In the caller's transaction, on the writer. */
gboolean piao_later_index_postpone (PiaoDb *db, const char *table, GError **error);

/* Makes one that was postponed, if there is any; @more says whether others are left. In the
 * caller's transaction, on the writer. */
gboolean piao_later_index_make (PiaoDb *db, gboolean *more, GError **error);

/* How many are postponed. Any connection. */
gboolean piao_later_index_count (PiaoDb *db, gint64 *n, GError **error);

/* All of them, each in a transaction of its own; before migrations, which rely on them. A database
 * that is older than the table has none. */
gboolean piao_later_index_make_all (PiaoDb *db, GError **error);

G_END_DECLS
