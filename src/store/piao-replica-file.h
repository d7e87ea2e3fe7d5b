/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-replica.h"

G_BEGIN_DECLS

/*
 * The opening of a replica's file for its one writer, from whatever state the last run has left it
 * in: a rescue that was cut off is finished, an index that was put off is made, the schema is
 * brought up to date, everything that waits for the centre is read (of what is done with only the
 * newest, see piao_outbox_check_more()), and what the log holds is moved into the file. From then
 * on nothing but the caller moves it.
 *
 * A file that is damaged is set aside and begun anew with what could be read of it (piao-rescue.h);
 * @rescued then is what a person must know about that, and NULL otherwise. Transfer full. @last_id:
 * the last id that commands in the outbox may have given to their rows, 0 without any. @now: ms,
 * for the names of files that are set aside.
 *
 * NULL with PIAO_ERROR_FAILED when the disk does not allow it, PIAO_ERROR_INVALID when the file is
 * of a newer program, PIAO_ERROR_CORRUPT when it never was a database.
 */
PiaoDb *piao_replica_file_open (
    const char *path, gint64 now, char **rescued, gint64 *last_id, GError **error);

/*
 * One transaction of the writer: @func is run in it (as PiaoReplicaFunc) and what it has done is
 * committed. TRUE when it is on the disk: then somebody may be told that it is saved. FALSE with
 * @error, and nothing of it is there, when @func fails, the commit does, or anything in between.
 * @future: what @func says. Transfer full, NULL when there is nothing.
 */
gboolean piao_replica_file_write (
    PiaoDb *db, PiaoReplicaFunc func, gpointer data, DexFuture **future, GError **error);

/* NULL, or why what @future says (it may be NULL) cannot be used. Transfer full. */
GError *piao_replica_file_get_failure (DexFuture *future);

G_END_DECLS
