/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * PiaoShimDisk: the disk of one machine, in memory, that can lose its power.
 *
 * SQLite reaches it through a VFS that is the default of the process: a file
 * "/shim/NAME/replica.db" lies on the disk NAME; every other path goes to the real file system.
 * Files, locks and the shared memory of the WAL work among all connections of the process, on any
 * thread.
 *
 * What is written stays un-synced until the file is synced, as with a real disk: a power cut keeps,
 * loses or tears each un-synced write. Names (create, delete, rename) are un-synced until the
 * folder is: SQLite does so with the first sync of a new journal or WAL, and when it deletes one.
 * Overwriting a part of a sector leaves its other bytes alone (SQLITE_IOCAP_POWERSAFE_OVERWRITE, as
 * SQLite assumes of Unix).
 *
 *   PiaoShimDisk *disk = piao_shim_disk_new ("desk-1");
 *   db = piao_db_open ("/shim/desk-1/replica.db", …);
 *   piao_shim_disk_arm (disk, PIAO_SHIM_CRASH, 17);
 *   … work until piao_shim_disk_is_down (disk), close everything …
 *   piao_shim_disk_recover (disk, PIAO_SHIM_TORN_SECTOR, seed);
 *   db = piao_db_open ("/shim/desk-1/replica.db", …);
 *
 * The same calls with the same seeds give the same bytes.
 */
typedef struct _PiaoShimDisk PiaoShimDisk;

#define PIAO_SHIM_FOLDER "/shim/"

/* Bytes that a disk writes as a whole. */
#define PIAO_SHIM_SECTOR 512

/* What a power cut leaves of the un-synced writes, which have an order over the whole disk. */
typedef enum
{
  PIAO_SHIM_KEEP,         /* all are there */
  PIAO_SHIM_LOSE,         /* none */
  PIAO_SHIM_PREFIX,       /* those before some moment */
  PIAO_SHIM_SUBSET,       /* some */
  PIAO_SHIM_TORN_SECTOR,  /* those before some moment, and a few sectors of the next */
  PIAO_SHIM_TORN_GARBAGE, /* the same, and noise in the sector where it was cut */
  PIAO_SHIM_SECTORS,      /* every sector of every write for itself */
  PIAO_SHIM_EXTENDED,     /* sizes are there, but where data should be there are zeros or noise */
  PIAO_SHIM_N_IMAGES,
} PiaoShimImage;

typedef enum
{
  PIAO_SHIM_HEALTHY,
  PIAO_SHIM_CRASH,      /* the power goes in the middle of the n-th mutating call */
  PIAO_SHIM_ERROR_ONCE, /* the n-th mutating call fails (SQLITE_IOERR_…) and changes nothing */
  PIAO_SHIM_ERROR,      /* so do the n-th and all after it */
  PIAO_SHIM_READ_ONCE,  /* the n-th read fails */
  PIAO_SHIM_READ,       /* the n-th read and all after it */
  PIAO_SHIM_FULL,       /* from the n-th mutating call on nothing can grow (SQLITE_FULL) */
} PiaoShimFault;

/* Registers the VFS, once a process, before the first connection is opened. */
void piao_shim_register (void);

/* An empty disk. Any thread. */
PiaoShimDisk *piao_shim_disk_new (const char *name);

/* Connections that still have files on it stay valid, and get errors. */
void piao_shim_disk_free (PiaoShimDisk *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoShimDisk, piao_shim_disk_free)

/* "/shim/NAME/" @file. Transfer full. */
char *piao_shim_disk_path (PiaoShimDisk *self, const char *file);

/* --- faults ---------------------------------------------------------------------------------- */

/* Sets what happens and when: @nth counts from 1, the next call. A mutating call is a write,
 * truncate, sync, deletion, creation of a file, or giving up the shared memory. HEALTHY ends a
 * fault; it does not end a crash. */
void piao_shim_disk_arm (PiaoShimDisk *self, PiaoShimFault fault, guint64 nth);

/* Bytes that fit on the disk: what would grow it further fails with SQLITE_FULL. 0 is no limit. */
void piao_shim_disk_set_capacity (PiaoShimDisk *self, gint64 bytes);

/* Whether an armed fault has struck since it was armed. */
gboolean piao_shim_disk_has_struck (PiaoShimDisk *self);

/* Whether the power is off: every call on every file fails until recover. */
gboolean piao_shim_disk_is_down (PiaoShimDisk *self);

/* Turns the power off between two calls. */
void piao_shim_disk_cut (PiaoShimDisk *self);

/* Whether the power cut fell inside a transaction: WAL frames or a journal were not yet synced. */
gboolean piao_shim_disk_was_in_transaction (PiaoShimDisk *self);

/* Turns the power on again. Files that were open stay dead; open them anew. Without a crash before,
 * it is one that falls between two calls. */
void piao_shim_disk_recover (PiaoShimDisk *self, PiaoShimImage image, guint64 seed);

/* --- looking --------------------------------------------------------------------------------- */

/* Mutating calls and reads so far; since the disk was made or copied into. */
guint64 piao_shim_disk_get_calls (PiaoShimDisk *self);
guint64 piao_shim_disk_get_reads (PiaoShimDisk *self);
/* Mutating calls on one file, 0 when it is not there. */
guint64 piao_shim_disk_get_file_calls (PiaoShimDisk *self, const char *file);

/* Files and un-synced state of @from replace those of @self, whose files must be closed. Counters
 * and faults are reset. */
void piao_shim_disk_copy (PiaoShimDisk *self, PiaoShimDisk *from);

/* A number for the bytes of a file as a program would read them now; 0 when it is not there. */
guint64 piao_shim_disk_hash_file (PiaoShimDisk *self, const char *file);
/* The names of the files as a program would see them now, sorted. Transfer full. */
char **piao_shim_disk_list (PiaoShimDisk *self);
/* Puts a whole file there, synced, in place of one of the same name. */
void piao_shim_disk_put_file (PiaoShimDisk *self, const char *file, GBytes *content);

G_END_DECLS
