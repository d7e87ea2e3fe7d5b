/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-db.h"

G_BEGIN_DECLS

/*
 * Erasing for good, on a replica's writer: what is deleted between begin and finish, and what
 * deleted rows and merged search text have left in unused pages, is in no byte of the file after
 * the transaction; the write-ahead log is cut off by the writer as soon as no reader needs it.
 *
 * Begin before the first row is deleted, pending commands included, finish after the last; both
 * within the caller's transaction.
 */
gboolean piao_scrub_begin (PiaoDb *db, GError **error);
gboolean piao_scrub_finish (PiaoDb *db, GError **error);

/* For the writer: whether the log still has to be cut off, and that it was. */
gboolean piao_scrub_is_due (PiaoDb *db);
void piao_scrub_done (PiaoDb *db);

G_END_DECLS
