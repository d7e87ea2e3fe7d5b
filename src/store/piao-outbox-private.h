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

/* The last id that commands in the outbox may have given to their rows; 0 without any. */
gboolean piao_outbox_get_last_id (PiaoDb *db, gint64 *id, GError **error);

G_END_DECLS
