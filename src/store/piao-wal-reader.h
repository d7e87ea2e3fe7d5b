/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * The write-ahead log of a SQLite database as a file, read without SQLite and without trusting
 * anything in it (sqlite.org/fileformat2.html#walformat). A log is written over from its beginning
 * when all of it is in the database: its frames are of this round, or left from an earlier one.
 * Each carries a sum over itself and over the sum of the frame before it.
 */
typedef struct
{
  const guint8 *bytes; /* borrowed */
  gsize page_size;
  guint n_frames;
  gboolean big;        /* the sums are over big-endian words */
  gboolean sound;      /* the header is; SQLite leaves out a log whose header is not */
  const guint8 *round; /* what the frames of this round say; in bytes; NULL without a frame */
} PiaoWalReader;

/* @bytes stays where it is as long as the reader; @page_size is that of the database. */
void piao_wal_reader_init (PiaoWalReader *self, GBytes *bytes, gsize page_size);

/* Of frame @i, counted from 0: the number of its page, the page, and whether a transaction ends
 * with it. */
guint piao_wal_reader_get_number (const PiaoWalReader *self, guint i);
const guint8 *piao_wal_reader_get_page (const PiaoWalReader *self, guint i);
gboolean piao_wal_reader_is_commit (const PiaoWalReader *self, guint i);

gboolean piao_wal_reader_is_of_round (const PiaoWalReader *self, guint i);

/* Whether frame @i is of this round, whole, and was written behind what stands before it now. */
gboolean piao_wal_reader_follows (const PiaoWalReader *self, guint i);

/*
 * Whether SQLite would leave out something that was committed for good: it reads up to the first
 * frame that is not whole, and takes what is behind it for a transaction that never ended. That is
 * right after a power cut, so it says nothing. But with synchronous=FULL the first frame of a
 * transaction is written when the one before it is on the disk; so behind such a frame every
 * transaction that has another one behind it was there, and something has damaged the log since.
 * And what a log without a sound header has is lost when it is not in @file, the database, for a
 * header is written over only when all of the log is there.
 *
 * FALSE is no proof: nothing stands behind the last transaction that would show that it ended.
 */
gboolean piao_wal_reader_has_lost (const PiaoWalReader *self, GBytes *file);

G_END_DECLS
