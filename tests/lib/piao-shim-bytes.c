/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "tests/lib/piao-shim-bytes.h"

#define BLOCK 4096

typedef struct
{
  gint refs;
  gboolean hashed;
  guint64 hash;
  guint8 data[BLOCK]; /* zeros behind the end of the file */
} Block;

struct _PiaoShimBytes
{
  gint64 size;
  GPtrArray *blocks; /* of Block; NULL: zeros */
};

static void
block_unref (gpointer data)
{
  Block *block = data;

  if (block != NULL && g_atomic_int_dec_and_test (&block->refs))
    g_free (block);
}

static gpointer
block_copy (gconstpointer data, gpointer unused)
{
  Block *block = (Block *)data;

  if (block != NULL)
    g_atomic_int_inc (&block->refs);
  return block;
}

PiaoShimBytes *
piao_shim_bytes_new (void)
{
  PiaoShimBytes *self = g_new0 (PiaoShimBytes, 1);

  self->blocks = g_ptr_array_new_with_free_func (block_unref);
  return self;
}

PiaoShimBytes *
piao_shim_bytes_copy (PiaoShimBytes *self)
{
  PiaoShimBytes *copy = g_new0 (PiaoShimBytes, 1);

  copy->size = self->size;
  copy->blocks = g_ptr_array_copy (self->blocks, block_copy, NULL);
  return copy;
}

void
piao_shim_bytes_free (PiaoShimBytes *self)
{
  g_ptr_array_unref (self->blocks);
  g_free (self);
}

gint64
piao_shim_bytes_get_size (PiaoShimBytes *self)
{
  return self->size;
}

/* Block @n, for this file alone and to be written into. */
static Block *
own (PiaoShimBytes *self, guint n)
{
  Block *block = g_ptr_array_index (self->blocks, n);

  if (block == NULL || g_atomic_int_get (&block->refs) > 1)
    {
      Block *mine = g_new (Block, 1);

      mine->refs = 1;
      if (block != NULL)
        memcpy (mine->data, block->data, BLOCK);
      else
        memset (mine->data, 0, BLOCK);
      block_unref (block);
      self->blocks->pdata[n] = block = mine;
    }
  block->hashed = FALSE;
  return block;
}

void
piao_shim_bytes_set_size (PiaoShimBytes *self, gint64 size)
{
  guint n = (guint)((size + BLOCK - 1) / BLOCK);
  gsize rest = (gsize)(size % BLOCK);

  g_ptr_array_set_size (self->blocks, (gint)n);
  if (size < self->size && rest > 0 && g_ptr_array_index (self->blocks, n - 1) != NULL)
    memset (own (self, n - 1)->data + rest, 0, BLOCK - rest);
  self->size = size;
}

void
piao_shim_bytes_write (PiaoShimBytes *self, gint64 offset, const void *data, gsize size)
{
  if (offset + (gint64)size > self->size)
    piao_shim_bytes_set_size (self, offset + (gint64)size);
  for (gsize done = 0; done < size;)
    {
      gsize at = (gsize)((offset + (gint64)done) % BLOCK);
      gsize part = MIN (size - done, BLOCK - at);
      Block *block = own (self, (guint)((offset + (gint64)done) / BLOCK));

      memcpy (block->data + at, (const guint8 *)data + done, part);
      done += part;
    }
}

gsize
piao_shim_bytes_read (PiaoShimBytes *self, gint64 offset, void *data, gsize size)
{
  gsize there = (gsize)CLAMP (self->size - offset, 0, (gint64)size);

  for (gsize done = 0; done < there;)
    {
      gsize at = (gsize)((offset + (gint64)done) % BLOCK);
      gsize part = MIN (there - done, BLOCK - at);
      const Block *block
          = g_ptr_array_index (self->blocks, (guint)((offset + (gint64)done) / BLOCK));

      if (block != NULL)
        memcpy ((guint8 *)data + done, block->data + at, part);
      else
        memset ((guint8 *)data + done, 0, part);
      done += part;
    }
  return there;
}

static guint64
mix (guint64 sum, guint64 word)
{
  sum = (sum ^ word) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  return sum ^ (sum >> 29);
}

/* Of a block of zeros: 0, as of one that is not there. */
static guint64
get_hash (Block *block)
{
  guint64 sum = 0;
  guint64 any = 0;

  if (block == NULL)
    return 0;
  if (block->hashed)
    return block->hash;
  for (gsize i = 0; i < BLOCK; i += 8)
    {
      guint64 word;

      memcpy (&word, block->data + i, 8);
      any |= word;
      sum = mix (sum + 1, word);
    }
  block->hash = any != 0 ? sum | 1 : 0;
  block->hashed = TRUE;
  return block->hash;
}

guint64
piao_shim_bytes_hash (PiaoShimBytes *self)
{
  guint64 sum = mix (1, (guint64)self->size);

  for (guint i = 0; i < self->blocks->len; i++)
    sum = mix (sum + 1, get_hash (g_ptr_array_index (self->blocks, i)));
  return sum;
}
