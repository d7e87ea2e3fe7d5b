/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "tests/lib/piao-shim-bytes.h"
#include "tests/lib/piao-shim-vfs.h"

G_BEGIN_DECLS

/*
 * The seam between the disk (piao-shim-disk.c) and the calls of SQLite (piao-shim-vfs.c). All of it
 * under the lock of the disk, but for what says otherwise.
 */

/* A file without its name, as the disk knows it. */
typedef struct
{
  guint refs;
  PiaoShimBytes *current; /* what programs read; owned */
  PiaoShimBytes *durable; /* what survives whatever happens; owned */
  guint64 calls;
  /* SQLite's file locks. */
  guint n_shared;
  gpointer reserved, pending, exclusive; /* the handle that has it */
  struct _PiaoShimShm *shm;              /* while anybody uses it */
} PiaoShimInode;

typedef enum
{
  PIAO_SHIM_OP_WRITE,
  PIAO_SHIM_OP_TRUNCATE,
  PIAO_SHIM_OP_NAME,
} PiaoShimOpType;

/* Something un-synced. */
typedef struct
{
  PiaoShimOpType type;
  PiaoShimInode *inode; /* owned; NULL in a NAME that goes away */
  gint64 offset;        /* TRUNCATE: the new size */
  gsize size;
  guint8 *data; /* WRITE; owned */
  char *name;   /* NAME; owned */
  char *old;    /* NAME of a rename: the one that goes away; owned */
} PiaoShimOp;

struct _PiaoShimDisk
{
  GMutex lock;
  char *name;
  guint boot; /* changes with each power cut: handles of an earlier one are dead */
  gboolean down;
  gboolean in_transaction; /* when it went down */
  GHashTable *names;       /* char * → PiaoShimInode *, now */
  GHashTable *durable_names;
  GArray *log; /* of PiaoShimOp, oldest first */

  PiaoShimFault fault;
  guint64 countdown;
  gboolean struck;
  gint64 capacity;
  guint64 calls, reads;
  guint refs; /* atomic: the owner and the open handles */
};

typedef enum
{
  PIAO_SHIM_GO,
  PIAO_SHIM_FAIL,     /* changes nothing */
  PIAO_SHIM_NO_SPACE, /* changes nothing */
  PIAO_SHIM_LAST,     /* the call is made, and never comes back: piao_shim_disk_go_down() */
} PiaoShimStep;

/* Without the disk's lock. NULL when @path is on none; *@file is its name there, borrowed. Transfer
 * full. */
PiaoShimDisk *piao_shim_find_disk (const char *path, const char **file);
PiaoShimDisk *piao_shim_disk_ref (PiaoShimDisk *self);
void piao_shim_disk_unref (PiaoShimDisk *self);

PiaoShimInode *piao_shim_inode_ref (PiaoShimInode *inode);
void piao_shim_inode_unref (PiaoShimInode *inode);

/* Counts a mutating call that adds @growth bytes, and says what becomes of it. */
PiaoShimStep piao_shim_disk_step (PiaoShimDisk *self, PiaoShimInode *inode, gint64 growth);
/* The same for a read: GO or FAIL. */
PiaoShimStep piao_shim_disk_step_read (PiaoShimDisk *self);
void piao_shim_disk_go_down (PiaoShimDisk *self);

void piao_shim_disk_write (
    PiaoShimDisk *self, PiaoShimInode *inode, gint64 offset, const void *data, gsize size);
void piao_shim_disk_truncate (PiaoShimDisk *self, PiaoShimInode *inode, gint64 size);
void piao_shim_disk_sync (PiaoShimDisk *self, PiaoShimInode *inode);
void piao_shim_disk_sync_names (PiaoShimDisk *self);
PiaoShimInode *piao_shim_disk_create (PiaoShimDisk *self, const char *name); /* borrowed */
void piao_shim_disk_remove (PiaoShimDisk *self, const char *name);
/* Of a file that is there, in place of one that is called @to. */
void piao_shim_disk_rename (PiaoShimDisk *self, const char *from, const char *to);

/* piao-shim-images.c: what is left of @self->log; makes new inodes and empties the log. */
void piao_shim_disk_damage (PiaoShimDisk *self, PiaoShimImage image, guint64 seed);
void piao_shim_op_clear (gpointer op);
GHashTable *piao_shim_names_new (void);

G_END_DECLS
