/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * PiaoShimBytes: the content of a file, in blocks that copies share until one of them writes.
 *
 * A disk is copied for every image of every power cut, and differs from the one before in a few
 * blocks: a copy costs a pointer a block, and so does a fingerprint, as a block remembers its hash.
 * One thread at a time uses one; copies may be used by different threads.
 */
typedef struct _PiaoShimBytes PiaoShimBytes;

/* Empty. */
PiaoShimBytes *piao_shim_bytes_new (void);
PiaoShimBytes *piao_shim_bytes_copy (PiaoShimBytes *self);
void piao_shim_bytes_free (PiaoShimBytes *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoShimBytes, piao_shim_bytes_free)

gint64 piao_shim_bytes_get_size (PiaoShimBytes *self);
/* Cuts off, or adds zeros. */
void piao_shim_bytes_set_size (PiaoShimBytes *self, gint64 size);

/* Writes @size bytes at @offset; what lies between the end and them becomes zeros. */
void piao_shim_bytes_write (PiaoShimBytes *self, gint64 offset, const void *data, gsize size);
/* Reads what is there of @size bytes at @offset; how many were. */
gsize piao_shim_bytes_read (PiaoShimBytes *self, gint64 offset, void *data, gsize size);

/* A number for size and content: the same number, the same bytes. */
guint64 piao_shim_bytes_hash (PiaoShimBytes *self);

G_END_DECLS
