/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * DESIGN: a file is its durable bytes and the bytes that programs see; between the two lies the log
 * of what was not synced, one for the whole disk, so that "everything up to some moment" means
 * something. A sync moves a file's part of the log into its durable bytes. After a power cut every
 * file is a new inode: handles of before keep the old ones and cannot do harm.
 */

#include <string.h>

#include "tests/lib/piao-shim-private.h"

/* Disks by name. */
static GMutex registry_lock;
static GHashTable *registry;

/* --- inodes and log -------------------------------------------------------------------------- */

static PiaoShimInode *
inode_new (void)
{
  PiaoShimInode *inode = g_new0 (PiaoShimInode, 1);

  inode->refs = 1;
  inode->current = piao_shim_bytes_new ();
  inode->durable = piao_shim_bytes_new ();
  return inode;
}

PiaoShimInode *
piao_shim_inode_ref (PiaoShimInode *inode)
{
  inode->refs++;
  return inode;
}

void
piao_shim_inode_unref (PiaoShimInode *inode)
{
  if (--inode->refs > 0)
    return;
  g_assert (inode->shm == NULL);
  g_clear_pointer (&inode->current, piao_shim_bytes_free);
  piao_shim_bytes_free (inode->durable);
  g_free (inode);
}

void
piao_shim_op_clear (gpointer data)
{
  PiaoShimOp *op = data;

  g_clear_pointer (&op->inode, piao_shim_inode_unref);
  g_free (op->data);
  g_free (op->name);
  g_free (op->old);
}

GHashTable *
piao_shim_names_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                (GDestroyNotify)piao_shim_inode_unref);
}

static void
apply (PiaoShimBytes *bytes, const PiaoShimOp *op)
{
  if (op->type == PIAO_SHIM_OP_TRUNCATE)
    piao_shim_bytes_set_size (bytes, op->offset);
  else
    piao_shim_bytes_write (bytes, op->offset, op->data, op->size);
}

void
piao_shim_disk_write (
    PiaoShimDisk *self, PiaoShimInode *inode, gint64 offset, const void *data, gsize size)
{
  PiaoShimOp op
      = { PIAO_SHIM_OP_WRITE, piao_shim_inode_ref (inode), offset, size, NULL, NULL, NULL };

  op.data = g_memdup2 (data, size);
  apply (inode->current, &op);
  g_array_append_val (self->log, op);
}

void
piao_shim_disk_truncate (PiaoShimDisk *self, PiaoShimInode *inode, gint64 size)
{
  PiaoShimOp op = { PIAO_SHIM_OP_TRUNCATE, piao_shim_inode_ref (inode), size, 0, NULL, NULL, NULL };

  apply (inode->current, &op);
  g_array_append_val (self->log, op);
}

/* Drops the entries for which @is_done has become true; it may look at each once. */
static void
sweep (PiaoShimDisk *self,
       gboolean (*is_done) (PiaoShimDisk *, PiaoShimOp *, gpointer),
       gpointer of)
{
  guint kept = 0;

  for (guint i = 0; i < self->log->len; i++)
    {
      PiaoShimOp *op = &g_array_index (self->log, PiaoShimOp, i);

      if (is_done (self, op, of))
        piao_shim_op_clear (op);
      else
        g_array_index (self->log, PiaoShimOp, kept++) = *op;
    }
  /* What lies beyond was moved or cleared. */
  g_array_set_clear_func (self->log, NULL);
  g_array_set_size (self->log, kept);
  g_array_set_clear_func (self->log, piao_shim_op_clear);
}

static gboolean
sync_content (PiaoShimDisk *self, PiaoShimOp *op, gpointer inode)
{
  if (op->inode != inode || op->type == PIAO_SHIM_OP_NAME)
    return FALSE;
  apply (op->inode->durable, op);
  return TRUE;
}

void
piao_shim_disk_sync (PiaoShimDisk *self, PiaoShimInode *inode)
{
  sweep (self, sync_content, inode);
}

static void
set_name (GHashTable *names, const PiaoShimOp *op)
{
  if (op->inode != NULL)
    g_hash_table_replace (names, g_strdup (op->name), piao_shim_inode_ref (op->inode));
  else
    g_hash_table_remove (names, op->name);
  if (op->old != NULL)
    g_hash_table_remove (names, op->old);
}

static gboolean
sync_name (PiaoShimDisk *self, PiaoShimOp *op, gpointer unused)
{
  if (op->type != PIAO_SHIM_OP_NAME)
    return FALSE;
  set_name (self->durable_names, op);
  return TRUE;
}

void
piao_shim_disk_sync_names (PiaoShimDisk *self)
{
  sweep (self, sync_name, NULL);
}

PiaoShimInode *
piao_shim_disk_create (PiaoShimDisk *self, const char *name)
{
  PiaoShimOp op = { .type = PIAO_SHIM_OP_NAME, .inode = inode_new (), .name = g_strdup (name) };

  set_name (self->names, &op);
  g_array_append_val (self->log, op);
  return op.inode;
}

void
piao_shim_disk_remove (PiaoShimDisk *self, const char *name)
{
  PiaoShimOp op = { .type = PIAO_SHIM_OP_NAME, .name = g_strdup (name) };

  set_name (self->names, &op);
  g_array_append_val (self->log, op);
}

void
piao_shim_disk_rename (PiaoShimDisk *self, const char *from, const char *to)
{
  PiaoShimOp op = { .type = PIAO_SHIM_OP_NAME,
                    .inode = piao_shim_inode_ref (g_hash_table_lookup (self->names, from)),
                    .name = g_strdup (to),
                    .old = g_strdup (from) };

  set_name (self->names, &op);
  g_array_append_val (self->log, op);
}

/* --- faults ---------------------------------------------------------------------------------- */

static gboolean
is_over_capacity (PiaoShimDisk *self, gint64 growth)
{
  GHashTableIter iter;
  gpointer inode;
  gint64 used = growth;

  if (self->capacity <= 0 || growth <= 0)
    return FALSE;
  g_hash_table_iter_init (&iter, self->names);
  while (g_hash_table_iter_next (&iter, NULL, &inode))
    used += piao_shim_bytes_get_size (((PiaoShimInode *)inode)->current);
  return used > self->capacity;
}

/* Whether the armed fault strikes at this call, which it counts. */
static gboolean
counts_down (PiaoShimDisk *self)
{
  if (self->countdown > 1)
    {
      self->countdown--;
      return FALSE;
    }
  return TRUE;
}

PiaoShimStep
piao_shim_disk_step (PiaoShimDisk *self, PiaoShimInode *inode, gint64 growth)
{
  PiaoShimStep step = PIAO_SHIM_GO;

  self->calls++;
  if (inode != NULL)
    inode->calls++;
  if (self->fault != PIAO_SHIM_HEALTHY && self->fault != PIAO_SHIM_READ
      && self->fault != PIAO_SHIM_READ_ONCE && counts_down (self))
    {
      if (self->fault == PIAO_SHIM_CRASH)
        step = PIAO_SHIM_LAST;
      else if (self->fault == PIAO_SHIM_ERROR || self->fault == PIAO_SHIM_ERROR_ONCE)
        step = PIAO_SHIM_FAIL;
      else if (growth > 0)
        step = PIAO_SHIM_NO_SPACE;
      self->struck |= step != PIAO_SHIM_GO;
      if (self->fault == PIAO_SHIM_ERROR_ONCE)
        self->fault = PIAO_SHIM_HEALTHY;
    }
  if (step == PIAO_SHIM_GO && is_over_capacity (self, growth))
    step = PIAO_SHIM_NO_SPACE;
  return step;
}

PiaoShimStep
piao_shim_disk_step_read (PiaoShimDisk *self)
{
  self->reads++;
  if ((self->fault != PIAO_SHIM_READ && self->fault != PIAO_SHIM_READ_ONCE) || !counts_down (self))
    return PIAO_SHIM_GO;
  self->struck = TRUE;
  if (self->fault == PIAO_SHIM_READ_ONCE)
    self->fault = PIAO_SHIM_HEALTHY;
  return PIAO_SHIM_FAIL;
}

static gboolean
is_in_transaction (PiaoShimDisk *self)
{
  GHashTableIter iter;
  gpointer name, inode;

  g_hash_table_iter_init (&iter, self->names);
  while (g_hash_table_iter_next (&iter, &name, &inode))
    {
      if (g_str_has_suffix (name, "-journal")
          && piao_shim_bytes_get_size (((PiaoShimInode *)inode)->current) > 0)
        return TRUE;
      if (!g_str_has_suffix (name, "-wal"))
        continue;
      for (guint i = 0; i < self->log->len; i++)
        if (g_array_index (self->log, PiaoShimOp, i).inode == inode
            && g_array_index (self->log, PiaoShimOp, i).type == PIAO_SHIM_OP_WRITE)
          return TRUE;
    }
  return FALSE;
}

void
piao_shim_disk_go_down (PiaoShimDisk *self)
{
  self->down = TRUE;
  self->in_transaction = is_in_transaction (self);
}

void
piao_shim_disk_arm (PiaoShimDisk *self, PiaoShimFault fault, guint64 nth)
{
  g_mutex_lock (&self->lock);
  self->fault = fault;
  self->countdown = MAX (nth, 1);
  self->struck = FALSE;
  g_mutex_unlock (&self->lock);
}

void
piao_shim_disk_set_capacity (PiaoShimDisk *self, gint64 bytes)
{
  g_mutex_lock (&self->lock);
  self->capacity = bytes;
  g_mutex_unlock (&self->lock);
}

gboolean
piao_shim_disk_has_struck (PiaoShimDisk *self)
{
  gboolean struck;

  g_mutex_lock (&self->lock);
  struck = self->struck;
  g_mutex_unlock (&self->lock);
  return struck;
}

gboolean
piao_shim_disk_is_down (PiaoShimDisk *self)
{
  gboolean down;

  g_mutex_lock (&self->lock);
  down = self->down;
  g_mutex_unlock (&self->lock);
  return down;
}

void
piao_shim_disk_cut (PiaoShimDisk *self)
{
  g_mutex_lock (&self->lock);
  if (!self->down)
    piao_shim_disk_go_down (self);
  g_mutex_unlock (&self->lock);
}

gboolean
piao_shim_disk_was_in_transaction (PiaoShimDisk *self)
{
  gboolean was;

  g_mutex_lock (&self->lock);
  was = self->in_transaction;
  g_mutex_unlock (&self->lock);
  return was;
}

void
piao_shim_disk_recover (PiaoShimDisk *self, PiaoShimImage image, guint64 seed)
{
  g_mutex_lock (&self->lock);
  if (!self->down)
    piao_shim_disk_go_down (self);
  piao_shim_disk_damage (self, image, seed);
  self->boot++;
  self->down = FALSE;
  self->fault = PIAO_SHIM_HEALTHY;
  g_mutex_unlock (&self->lock);
}

/* --- disks ----------------------------------------------------------------------------------- */

PiaoShimDisk *
piao_shim_disk_new (const char *name)
{
  PiaoShimDisk *self = g_new0 (PiaoShimDisk, 1);

  g_mutex_init (&self->lock);
  self->refs = 1;
  self->name = g_strdup (name);
  self->names = piao_shim_names_new ();
  self->durable_names = piao_shim_names_new ();
  self->log = g_array_new (FALSE, FALSE, sizeof (PiaoShimOp));
  g_array_set_clear_func (self->log, piao_shim_op_clear);
  g_mutex_lock (&registry_lock);
  if (registry == NULL)
    registry = g_hash_table_new (g_str_hash, g_str_equal);
  g_assert (g_hash_table_insert (registry, self->name, self));
  g_mutex_unlock (&registry_lock);
  return self;
}

PiaoShimDisk *
piao_shim_disk_ref (PiaoShimDisk *self)
{
  g_atomic_int_inc (&self->refs);
  return self;
}

void
piao_shim_disk_unref (PiaoShimDisk *self)
{
  if (!g_atomic_int_dec_and_test (&self->refs))
    return;
  g_array_unref (self->log);
  g_hash_table_unref (self->names);
  g_hash_table_unref (self->durable_names);
  g_free (self->name);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
piao_shim_disk_free (PiaoShimDisk *self)
{
  if (self == NULL)
    return;
  g_mutex_lock (&registry_lock);
  g_hash_table_remove (registry, self->name);
  g_mutex_unlock (&registry_lock);
  piao_shim_disk_cut (self);
  piao_shim_disk_unref (self);
}

PiaoShimDisk *
piao_shim_find_disk (const char *path, const char **file)
{
  PiaoShimDisk *disk = NULL;
  g_autofree char *name = NULL;
  const char *end;

  if (path == NULL || !g_str_has_prefix (path, PIAO_SHIM_FOLDER))
    return NULL;
  path += strlen (PIAO_SHIM_FOLDER);
  end = strchr (path, '/');
  if (end == NULL)
    return NULL;
  name = g_strndup (path, (gsize)(end - path));
  g_mutex_lock (&registry_lock);
  if (registry != NULL)
    disk = g_hash_table_lookup (registry, name);
  if (disk != NULL)
    piao_shim_disk_ref (disk);
  g_mutex_unlock (&registry_lock);
  if (file != NULL)
    *file = end + 1;
  return disk;
}

char *
piao_shim_disk_path (PiaoShimDisk *self, const char *file)
{
  return g_strconcat (PIAO_SHIM_FOLDER, self->name, "/", file, NULL);
}

guint64
piao_shim_disk_get_calls (PiaoShimDisk *self)
{
  guint64 calls;

  g_mutex_lock (&self->lock);
  calls = self->calls;
  g_mutex_unlock (&self->lock);
  return calls;
}

guint64
piao_shim_disk_get_reads (PiaoShimDisk *self)
{
  guint64 reads;

  g_mutex_lock (&self->lock);
  reads = self->reads;
  g_mutex_unlock (&self->lock);
  return reads;
}

guint64
piao_shim_disk_get_file_calls (PiaoShimDisk *self, const char *file)
{
  PiaoShimInode *inode;
  guint64 calls;

  g_mutex_lock (&self->lock);
  inode = g_hash_table_lookup (self->names, file);
  calls = inode != NULL ? inode->calls : 0;
  g_mutex_unlock (&self->lock);
  return calls;
}

static PiaoShimInode *
copy_inode (GHashTable *copies, PiaoShimInode *inode)
{
  PiaoShimInode *copy = g_hash_table_lookup (copies, inode);

  if (copy == NULL)
    {
      copy = g_new0 (PiaoShimInode, 1);
      copy->refs = 1;
      copy->current = piao_shim_bytes_copy (inode->current);
      copy->durable = piao_shim_bytes_copy (inode->durable);
      g_hash_table_insert (copies, inode, copy);
    }
  return piao_shim_inode_ref (copy);
}

static void
copy_names (GHashTable *to, GHashTable *from, GHashTable *copies)
{
  GHashTableIter iter;
  gpointer name, inode;

  g_hash_table_remove_all (to);
  g_hash_table_iter_init (&iter, from);
  while (g_hash_table_iter_next (&iter, &name, &inode))
    g_hash_table_insert (to, g_strdup (name), copy_inode (copies, inode));
}

void
piao_shim_disk_copy (PiaoShimDisk *self, PiaoShimDisk *from)
{
  g_autoptr (GHashTable) copies
      = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)piao_shim_inode_unref);

  g_assert (self != from);
  g_mutex_lock (&self->lock);
  g_mutex_lock (&from->lock);
  copy_names (self->names, from->names, copies);
  copy_names (self->durable_names, from->durable_names, copies);
  g_array_set_size (self->log, 0);
  for (guint i = 0; i < from->log->len; i++)
    {
      PiaoShimOp op = g_array_index (from->log, PiaoShimOp, i);

      op.inode = op.inode != NULL ? copy_inode (copies, op.inode) : NULL;
      op.data = g_memdup2 (op.data, op.size);
      op.name = g_strdup (op.name);
      op.old = g_strdup (op.old);
      g_array_append_val (self->log, op);
    }
  self->boot++;
  self->down = FALSE;
  self->fault = PIAO_SHIM_HEALTHY;
  self->struck = FALSE;
  self->calls = self->reads = 0;
  g_mutex_unlock (&from->lock);
  g_mutex_unlock (&self->lock);
}

guint64
piao_shim_disk_hash_file (PiaoShimDisk *self, const char *file)
{
  PiaoShimInode *inode;
  guint64 hash;

  g_mutex_lock (&self->lock);
  inode = g_hash_table_lookup (self->names, file);
  hash = inode != NULL ? piao_shim_bytes_hash (inode->current) : 0;
  g_mutex_unlock (&self->lock);
  return hash;
}

char **
piao_shim_disk_list (PiaoShimDisk *self)
{
  g_autoptr (GStrvBuilder) list = g_strv_builder_new ();
  g_autoptr (GList) names = NULL;

  g_mutex_lock (&self->lock);
  names = g_list_sort (g_hash_table_get_keys (self->names), (GCompareFunc)strcmp);
  for (const GList *at = names; at != NULL; at = at->next)
    g_strv_builder_add (list, at->data);
  g_mutex_unlock (&self->lock);
  return g_strv_builder_end (list);
}

void
piao_shim_disk_put_file (PiaoShimDisk *self, const char *file, GBytes *content)
{
  gsize size = 0;
  const void *data = g_bytes_get_data (content, &size);
  PiaoShimInode *inode;

  g_mutex_lock (&self->lock);
  inode = piao_shim_disk_create (self, file);
  if (size > 0)
    piao_shim_disk_write (self, inode, 0, data, size);
  piao_shim_disk_sync (self, inode);
  piao_shim_disk_sync_names (self);
  g_mutex_unlock (&self->lock);
}
