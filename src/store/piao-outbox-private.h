/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-replica.h"

G_BEGIN_DECLS

/* Applies a command of this desktop and appends it to the outbox with the next dseq, inside the
 * caller's transaction, which the caller rolls back when this fails. */
gboolean piao_outbox_run (PiaoRegistry *registry,
                          PiaoDb *db,
                          const PiaoContext *context,
                          const char *name,
                          const char *args,
                          GError **error);

/* So many commands are kept that are done with, and so many bytes of arguments: what the centre may
 * want once more after it was restored from a backup. */
#define PIAO_OUTBOX_KEPT 50000
#define PIAO_OUTBOX_KEPT_BYTES (16 * 1024 * 1024)

/* Deletes what is done with and older than that. In the caller's transaction on the writer. */
gboolean piao_outbox_prune (PiaoDb *db, GError **error);

/* What a start must know before the first scan: whether everything can be read that something is
 * still to come of, and the newest of what is done with. FALSE with PIAO_ERROR_CORRUPT when not. */
gboolean piao_outbox_check (PiaoDb *db, GError **error);

/* The rest, in parts of a few entries: looks at the last ones whose dseq is less than *@below (at
 * first G_MAXINT64) and makes that the first of them, or 0 when none are left. FALSE as
 * piao_outbox_check(). On the writer, which alone changes the outbox; not in a transaction. */
gboolean piao_outbox_check_more (PiaoDb *db, gint64 *below, GError **error);

/* The last id that commands in the outbox may have given to their rows; 0 without any. */
gboolean piao_outbox_get_last_id (PiaoDb *db, gint64 *id, GError **error);

G_END_DECLS
