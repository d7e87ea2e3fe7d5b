/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-db.h"

G_BEGIN_DECLS

/*
 * The write-ahead log of a SQLite database. By itself SQLite brings it back into the file in the
 * middle of some commit, and everybody who waits for that commit waits for this, too. The one that
 * writes does it between its commits instead. On PostgreSQL all of this does nothing.
 *
 * On the writer's thread.
 */
typedef struct
{
  PiaoDb *db; /* borrowed */
  int pages;  /* in the log, as of the last commit */
} PiaoWal;

/* From now on the log only becomes shorter here. @self stays where it is as long as @db. */
void piao_wal_init (PiaoWal *self, PiaoDb *db);

/* Brings the log back if it has @pages or more. What a reader still needs stays for the next time.
 */
void piao_wal_tidy (PiaoWal *self, int pages);

/* Brings all of it back and makes the log empty; FALSE when that did not go, mostly because a
 * reader is in the way. */
gboolean piao_wal_cut (PiaoWal *self);

G_END_DECLS
