/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * DESIGN: what a power cut leaves is the durable bytes of each file plus what the image lets
 * through of the log. The log is walked once, in its order; a "cut" is the entry up to which
 * everything has reached the disk. Nothing outside of the range of an un-synced write changes.
 */

#include <string.h>

#include "tests/lib/piao-shim-private.h"

typedef struct
{
  PiaoShimDisk *disk;
  PiaoShimImage image;
  guint64 random;
  guint cut;             /* index into the log; the images that know a moment */
  GHashTable *survivors; /* old inode → new one, owned by the table of names */
} Damage;

/* splitmix64 */
static guint64
draw (Damage *self)
{
  guint64 z = (self->random += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15));

  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return z ^ (z >> 31);
}

static gboolean
toss (Damage *self)
{
  return (draw (self) & 1) != 0;
}

/* @size bytes of noise from @offset on. */
static void
make_noise (Damage *self, PiaoShimBytes *bytes, gint64 offset, gsize size)
{
  g_autofree guint8 *noise = g_malloc (size + 1);

  for (gsize i = 0; i < size; i++)
    noise[i] = (guint8)draw (self);
  piao_shim_bytes_write (bytes, offset, noise, size);
}

static void
grow (PiaoShimBytes *bytes, gint64 size)
{
  if (piao_shim_bytes_get_size (bytes) < size)
    piao_shim_bytes_set_size (bytes, size);
}

static void
put (PiaoShimBytes *bytes, const PiaoShimOp *op, gsize from, gsize to)
{
  if (to > from)
    piao_shim_bytes_write (bytes, op->offset + (gint64)from, op->data + from, to - from);
}

/* The first byte of @op that lies in another sector than byte @at. */
static gsize
get_sector_end (const PiaoShimOp *op, gsize at)
{
  gint64 place = op->offset + (gint64)at;
  gint64 end = (place / PIAO_SHIM_SECTOR + 1) * PIAO_SHIM_SECTOR - op->offset;

  return (gsize)MIN (end, (gint64)op->size);
}

/* The beginning of the write has reached the disk, the rest has not. */
static void
tear (Damage *self, PiaoShimBytes *bytes, const PiaoShimOp *op)
{
  gsize at = draw (self) % op->size;
  gsize start = 0;

  while (get_sector_end (op, start) <= at)
    start = get_sector_end (op, start);
  if (self->image == PIAO_SHIM_TORN_SECTOR)
    {
      put (bytes, op, 0, start);
      return;
    }
  put (bytes, op, 0, at);
  make_noise (self, bytes, op->offset + (gint64)at, get_sector_end (op, start) - at);
}

static void
put_some_sectors (Damage *self, PiaoShimBytes *bytes, const PiaoShimOp *op)
{
  for (gsize at = 0; at < op->size; at = get_sector_end (op, at))
    if (toss (self))
      put (bytes, op, at, get_sector_end (op, at));
}

/* The file has its new size, what should be in there is lost. */
static void
extend (Damage *self, PiaoShimBytes *bytes, const PiaoShimOp *op)
{
  gint64 before = piao_shim_bytes_get_size (bytes);
  gint64 after = op->offset + (gint64)op->size;

  if (after <= before)
    {
      if (toss (self))
        put (bytes, op, 0, op->size);
      return;
    }
  grow (bytes, after);
  if (toss (self))
    make_noise (self, bytes, before, (gsize)(after - before));
}

static void
damage_write (Damage *self, guint index, const PiaoShimOp *op, PiaoShimBytes *bytes)
{
  gboolean before = index < self->cut;

  switch (self->image)
    {
    case PIAO_SHIM_KEEP:
      put (bytes, op, 0, op->size);
      break;
    case PIAO_SHIM_SUBSET:
      if (toss (self))
        put (bytes, op, 0, op->size);
      break;
    case PIAO_SHIM_SECTORS:
      put_some_sectors (self, bytes, op);
      break;
    case PIAO_SHIM_EXTENDED:
      extend (self, bytes, op);
      break;
    case PIAO_SHIM_TORN_SECTOR:
    case PIAO_SHIM_TORN_GARBAGE:
      if (index == self->cut)
        tear (self, bytes, op);
      else if (before)
        put (bytes, op, 0, op->size);
      break;
    case PIAO_SHIM_PREFIX:
      if (before)
        put (bytes, op, 0, op->size);
      break;
    case PIAO_SHIM_LOSE:
    default:
      break;
    }
}

/* Whether something that cannot be torn (a size, a name) is there. */
static gboolean
is_kept (Damage *self, guint index)
{
  switch (self->image)
    {
    case PIAO_SHIM_KEEP:
    case PIAO_SHIM_EXTENDED:
      return TRUE;
    case PIAO_SHIM_LOSE:
      return FALSE;
    case PIAO_SHIM_SUBSET:
    case PIAO_SHIM_SECTORS:
      return toss (self);
    default:
      return index < self->cut;
    }
}

/* The moment: half of the time the last write, else anywhere. */
static void
choose_cut (Damage *self)
{
  GArray *log = self->disk->log;
  guint last = log->len;

  while (last > 0 && g_array_index (log, PiaoShimOp, last - 1).type != PIAO_SHIM_OP_WRITE)
    last--;
  if (last > 0 && toss (self))
    self->cut = last - 1;
  else
    self->cut = (guint)(draw (self) % (log->len + 1));
}

static PiaoShimInode *
get_survivor (Damage *self, PiaoShimInode *inode)
{
  PiaoShimInode *survivor = g_hash_table_lookup (self->survivors, inode);

  if (survivor == NULL)
    {
      survivor = g_new0 (PiaoShimInode, 1);
      survivor->refs = 1;
      survivor->calls = inode->calls;
      survivor->durable = piao_shim_bytes_copy (inode->durable);
      g_hash_table_insert (self->survivors, inode, survivor);
    }
  return survivor;
}

static void
damage_name (Damage *self, guint index, const PiaoShimOp *op)
{
  GHashTable *names = self->disk->durable_names;

  if (!is_kept (self, index))
    return;
  if (op->inode != NULL)
    g_hash_table_replace (names, g_strdup (op->name), piao_shim_inode_ref (op->inode));
  else
    g_hash_table_remove (names, op->name);
  if (op->old != NULL)
    g_hash_table_remove (names, op->old);
}

/* The names that are left, with the files that are left. */
static void
settle_names (Damage *self)
{
  PiaoShimDisk *disk = self->disk;
  g_autoptr (GHashTable) left = g_steal_pointer (&disk->durable_names);
  GHashTableIter iter;
  gpointer name, inode;

  g_hash_table_unref (disk->names);
  disk->names = piao_shim_names_new ();
  disk->durable_names = piao_shim_names_new ();
  g_hash_table_iter_init (&iter, left);
  while (g_hash_table_iter_next (&iter, &name, &inode))
    {
      PiaoShimInode *survivor = get_survivor (self, inode);

      if (survivor->current == NULL)
        survivor->current = piao_shim_bytes_copy (survivor->durable);
      g_hash_table_insert (disk->names, g_strdup (name), piao_shim_inode_ref (survivor));
      g_hash_table_insert (disk->durable_names, g_strdup (name), piao_shim_inode_ref (survivor));
    }
}

void
piao_shim_disk_damage (PiaoShimDisk *disk, PiaoShimImage image, guint64 seed)
{
  Damage self = { disk, image, seed * 8 + image, 0, NULL };

  self.survivors = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)piao_shim_inode_unref);
  choose_cut (&self);
  for (guint i = 0; i < disk->log->len; i++)
    {
      const PiaoShimOp *op = &g_array_index (disk->log, PiaoShimOp, i);

      if (op->type == PIAO_SHIM_OP_WRITE)
        damage_write (&self, i, op, get_survivor (&self, op->inode)->durable);
      else if (op->type == PIAO_SHIM_OP_NAME)
        damage_name (&self, i, op);
      else if (is_kept (&self, i))
        piao_shim_bytes_set_size (get_survivor (&self, op->inode)->durable, op->offset);
    }
  settle_names (&self);
  g_array_set_size (disk->log, 0);
  g_hash_table_unref (self.survivors);
}
