/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * DESIGN: SQLite's calls on the disks of piao-shim-disk.c. A handle remembers the boot it was
 * opened in: after a power cut it only fails. Locks live in the inode, the shared memory of the WAL
 * in an object of its own that dies with its last handle, as the real one does with its last
 * process.
 */

#include <sqlite3.h>
#include <string.h>

#include "tests/lib/piao-shim-private.h"

#define REGION_BYTES 32768

/* The WAL index that all connections of one file share. */
typedef struct _PiaoShimShm
{
  guint refs;
  GPtrArray *regions;
  gint16 slots[SQLITE_SHM_NLOCK]; /* -1 exclusive, else the number of sharers */
} Shm;

typedef struct
{
  sqlite3_file base;
  PiaoShimDisk *disk;   /* owned */
  PiaoShimInode *inode; /* owned */
  guint boot;
  int lock;           /* SQLITE_LOCK_… */
  gboolean new_names; /* the first sync syncs the folder too */
  char *delete_name;  /* when it is deleted with its last handle; owned */
  Shm *shm;           /* owned */
  guint shared_slots, exclusive_slots;
} File;

static sqlite3_vfs *real_vfs;
static const sqlite3_io_methods io_methods;

/* Locks the disk. FALSE, and unlocked, when the file is dead. */
static gboolean
enter (File *file)
{
  g_mutex_lock (&file->disk->lock);
  if (!file->disk->down && file->boot == file->disk->boot)
    return TRUE;
  g_mutex_unlock (&file->disk->lock);
  return FALSE;
}

static int
leave (File *file, int code)
{
  g_mutex_unlock (&file->disk->lock);
  return code;
}

/* The end of a mutating call that was made, or was not. */
static int
leave_step (File *file, PiaoShimStep step, int failure)
{
  if (step == PIAO_SHIM_LAST)
    piao_shim_disk_go_down (file->disk);
  if (step == PIAO_SHIM_NO_SPACE)
    failure = SQLITE_FULL;
  return leave (file, step == PIAO_SHIM_GO ? SQLITE_OK : failure);
}

/* --- bytes ----------------------------------------------------------------------------------- */

static int
shim_read (sqlite3_file *base, void *buffer, int size, sqlite3_int64 offset)
{
  File *file = (File *)base;
  gsize there;

  if (!enter (file))
    return SQLITE_IOERR_READ;
  if (piao_shim_disk_step_read (file->disk) != PIAO_SHIM_GO)
    return leave (file, SQLITE_IOERR_READ);
  there = piao_shim_bytes_read (file->inode->current, offset, buffer, (gsize)size);
  memset ((guint8 *)buffer + there, 0, (gsize)size - there);
  return leave (file, there < (gsize)size ? SQLITE_IOERR_SHORT_READ : SQLITE_OK);
}

static int
shim_write (sqlite3_file *base, const void *buffer, int size, sqlite3_int64 offset)
{
  File *file = (File *)base;
  PiaoShimStep step;

  if (!enter (file))
    return SQLITE_IOERR_WRITE;
  step = piao_shim_disk_step (file->disk, file->inode,
                              offset + size - piao_shim_bytes_get_size (file->inode->current));
  if (step == PIAO_SHIM_GO || step == PIAO_SHIM_LAST)
    piao_shim_disk_write (file->disk, file->inode, offset, buffer, (gsize)size);
  return leave_step (file, step, SQLITE_IOERR_WRITE);
}

static int
shim_truncate (sqlite3_file *base, sqlite3_int64 size)
{
  File *file = (File *)base;
  PiaoShimStep step;

  if (!enter (file))
    return SQLITE_IOERR_TRUNCATE;
  step = piao_shim_disk_step (file->disk, file->inode,
                              size - piao_shim_bytes_get_size (file->inode->current));
  if (step == PIAO_SHIM_GO || step == PIAO_SHIM_LAST)
    piao_shim_disk_truncate (file->disk, file->inode, size);
  return leave_step (file, step, SQLITE_IOERR_TRUNCATE);
}

static int
shim_sync (sqlite3_file *base, int flags)
{
  File *file = (File *)base;
  PiaoShimStep step;

  if (!enter (file))
    return SQLITE_IOERR_FSYNC;
  step = piao_shim_disk_step (file->disk, file->inode, 0);
  /* One that the power cut interrupts has done nothing yet: the images decide about the log. */
  if (step == PIAO_SHIM_GO)
    {
      piao_shim_disk_sync (file->disk, file->inode);
      if (file->new_names)
        piao_shim_disk_sync_names (file->disk);
      file->new_names = FALSE;
    }
  return leave_step (file, step, SQLITE_IOERR_FSYNC);
}

static int
shim_file_size (sqlite3_file *base, sqlite3_int64 *size)
{
  File *file = (File *)base;

  if (!enter (file))
    return SQLITE_IOERR_FSTAT;
  *size = piao_shim_bytes_get_size (file->inode->current);
  return leave (file, SQLITE_OK);
}

/* --- locks ----------------------------------------------------------------------------------- */

static int
take_lock (File *file, int wanted)
{
  PiaoShimInode *inode = file->inode;
  gboolean others = inode->n_shared > (file->lock >= SQLITE_LOCK_SHARED ? 1u : 0u);

  if (wanted == SQLITE_LOCK_SHARED)
    {
      if (inode->pending != NULL || inode->exclusive != NULL)
        return SQLITE_BUSY;
      inode->n_shared++;
    }
  else if (wanted == SQLITE_LOCK_RESERVED)
    {
      if (inode->reserved != NULL && inode->reserved != file)
        return SQLITE_BUSY;
      inode->reserved = file;
    }
  else
    {
      if ((inode->reserved != NULL && inode->reserved != file)
          || (inode->pending != NULL && inode->pending != file))
        return SQLITE_BUSY;
      inode->pending = file;
      if (file->lock < SQLITE_LOCK_PENDING)
        file->lock = SQLITE_LOCK_PENDING;
      if (others)
        return SQLITE_BUSY;
      inode->exclusive = file;
    }
  file->lock = wanted;
  return SQLITE_OK;
}

static int
shim_lock (sqlite3_file *base, int wanted)
{
  File *file = (File *)base;

  if (!enter (file))
    return SQLITE_IOERR_LOCK;
  return leave (file, file->lock >= wanted ? SQLITE_OK : take_lock (file, wanted));
}

static void
give_lock (File *file, int wanted)
{
  PiaoShimInode *inode = file->inode;

  if (inode->exclusive == file)
    inode->exclusive = NULL;
  if (inode->pending == file)
    inode->pending = NULL;
  if (inode->reserved == file)
    inode->reserved = NULL;
  if (wanted == SQLITE_LOCK_NONE && file->lock >= SQLITE_LOCK_SHARED)
    inode->n_shared--;
  file->lock = wanted;
}

static int
shim_unlock (sqlite3_file *base, int wanted)
{
  File *file = (File *)base;

  if (!enter (file))
    return SQLITE_OK;
  if (file->lock > wanted)
    give_lock (file, wanted);
  return leave (file, SQLITE_OK);
}

static int
shim_check_reserved (sqlite3_file *base, int *reserved)
{
  File *file = (File *)base;

  if (!enter (file))
    return SQLITE_IOERR_CHECKRESERVEDLOCK;
  *reserved = file->inode->reserved != NULL;
  return leave (file, SQLITE_OK);
}

/* --- shared memory --------------------------------------------------------------------------- */

static int
shim_shm_map (sqlite3_file *base, int region, int size, int extend, void volatile **memory)
{
  File *file = (File *)base;

  *memory = NULL;
  g_assert (size == REGION_BYTES);
  if (!enter (file))
    return SQLITE_IOERR_SHMMAP;
  if (file->shm == NULL)
    {
      if (file->inode->shm == NULL)
        {
          file->inode->shm = g_new0 (Shm, 1);
          file->inode->shm->regions = g_ptr_array_new_with_free_func (g_free);
        }
      file->shm = file->inode->shm;
      file->shm->refs++;
    }
  while (extend && file->shm->regions->len <= (guint)region)
    g_ptr_array_add (file->shm->regions, g_malloc0 (REGION_BYTES));
  if ((guint)region < file->shm->regions->len)
    *memory = g_ptr_array_index (file->shm->regions, region);
  return leave (file, SQLITE_OK);
}

static void
unlock_slots (File *file, guint mask)
{
  for (guint i = 0; i < SQLITE_SHM_NLOCK; i++)
    {
      guint bit = mask & (1u << i);

      if ((file->exclusive_slots & bit) != 0)
        file->shm->slots[i] = 0;
      else if ((file->shared_slots & bit) != 0)
        file->shm->slots[i]--;
    }
  file->exclusive_slots &= ~mask;
  file->shared_slots &= ~mask;
}

static int
lock_slots (File *file, guint mask, gboolean exclusive)
{
  for (guint i = 0; i < SQLITE_SHM_NLOCK; i++)
    if ((mask & (1u << i)) != 0 && (exclusive ? file->shm->slots[i] != 0 : file->shm->slots[i] < 0))
      return SQLITE_BUSY;
  for (guint i = 0; i < SQLITE_SHM_NLOCK; i++)
    if ((mask & (1u << i)) != 0)
      file->shm->slots[i] = exclusive ? -1 : file->shm->slots[i] + 1;
  if (exclusive)
    file->exclusive_slots |= mask;
  else
    file->shared_slots |= mask;
  return SQLITE_OK;
}

static int
shim_shm_lock (sqlite3_file *base, int first, int n, int flags)
{
  File *file = (File *)base;
  guint mask = ((1u << n) - 1) << first;
  gboolean exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
  guint held = exclusive ? file->exclusive_slots : file->shared_slots;
  int code = SQLITE_OK;

  if (!enter (file))
    return SQLITE_IOERR_SHMLOCK;
  if ((flags & SQLITE_SHM_UNLOCK) != 0)
    unlock_slots (file, mask);
  else if ((held & mask) != mask)
    code = lock_slots (file, mask, exclusive);
  return leave (file, code);
}

static void
shim_shm_barrier (sqlite3_file *base)
{
  File *file = (File *)base;

  g_mutex_lock (&file->disk->lock);
  g_mutex_unlock (&file->disk->lock);
}

/* Under the lock, whether the disk is up or not. */
static void
drop_shm (File *file)
{
  Shm *shm = file->shm;

  if (shm == NULL)
    return;
  unlock_slots (file, ~0u);
  file->shm = NULL;
  if (--shm->refs > 0)
    return;
  file->inode->shm = NULL;
  g_ptr_array_unref (shm->regions);
  g_free (shm);
}

static int
shim_shm_unmap (sqlite3_file *base, int deletes)
{
  File *file = (File *)base;
  PiaoShimStep step = PIAO_SHIM_GO;

  if (!enter (file))
    {
      g_mutex_lock (&file->disk->lock);
      drop_shm (file);
      return leave (file, SQLITE_OK);
    }
  if (deletes)
    step = piao_shim_disk_step (file->disk, file->inode, 0);
  drop_shm (file);
  return leave_step (file, step, SQLITE_IOERR_SHMOPEN);
}

/* --- life of a file -------------------------------------------------------------------------- */

static int
shim_close (sqlite3_file *base)
{
  File *file = (File *)base;

  g_mutex_lock (&file->disk->lock);
  drop_shm (file);
  give_lock (file, SQLITE_LOCK_NONE);
  if (file->delete_name != NULL && !file->disk->down && file->boot == file->disk->boot)
    piao_shim_disk_remove (file->disk, file->delete_name);
  piao_shim_inode_unref (file->inode);
  g_mutex_unlock (&file->disk->lock);
  piao_shim_disk_unref (file->disk);
  g_free (file->delete_name);
  file->base.pMethods = NULL;
  return SQLITE_OK;
}

static int
shim_file_control (sqlite3_file *base, int what, void *argument)
{
  return SQLITE_NOTFOUND;
}

static int
shim_sector_size (sqlite3_file *base)
{
  return 4096;
}

static int
shim_characteristics (sqlite3_file *base)
{
  return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static const sqlite3_io_methods io_methods = {
  .iVersion = 2,
  .xClose = shim_close,
  .xRead = shim_read,
  .xWrite = shim_write,
  .xTruncate = shim_truncate,
  .xSync = shim_sync,
  .xFileSize = shim_file_size,
  .xLock = shim_lock,
  .xUnlock = shim_unlock,
  .xCheckReservedLock = shim_check_reserved,
  .xFileControl = shim_file_control,
  .xSectorSize = shim_sector_size,
  .xDeviceCharacteristics = shim_characteristics,
  .xShmMap = shim_shm_map,
  .xShmLock = shim_shm_lock,
  .xShmBarrier = shim_shm_barrier,
  .xShmUnmap = shim_shm_unmap,
};

/* Under the lock. The inode of @name, made when @flags say so; NULL with @code. Borrowed. */
static PiaoShimInode *
find_or_create (PiaoShimDisk *disk, const char *name, int flags, gboolean *created, int *code)
{
  PiaoShimInode *inode = g_hash_table_lookup (disk->names, name);
  PiaoShimStep step;

  *created = FALSE;
  *code = SQLITE_CANTOPEN;
  if (disk->down)
    return NULL;
  if (inode != NULL || (flags & SQLITE_OPEN_CREATE) == 0)
    return inode;
  step = piao_shim_disk_step (disk, NULL, 1);
  if (step == PIAO_SHIM_GO || step == PIAO_SHIM_LAST)
    inode = piao_shim_disk_create (disk, name);
  if (step == PIAO_SHIM_NO_SPACE)
    *code = SQLITE_FULL;
  if (step == PIAO_SHIM_LAST)
    piao_shim_disk_go_down (disk);
  *created = TRUE;
  return step == PIAO_SHIM_GO ? inode : NULL;
}

static int
shim_open (sqlite3_vfs *vfs, const char *path, sqlite3_file *base, int flags, int *out_flags)
{
  const char *name = NULL;
  PiaoShimDisk *disk = piao_shim_find_disk (path, &name);
  PiaoShimInode *inode;
  File *file = (File *)base;
  gboolean created;
  int code;

  if (disk == NULL)
    return real_vfs->xOpen (real_vfs, path, base, flags, out_flags);
  memset (file, 0, sizeof *file);
  g_mutex_lock (&disk->lock);
  inode = find_or_create (disk, name, flags, &created, &code);
  if (inode != NULL)
    {
      file->base.pMethods = &io_methods;
      file->disk = piao_shim_disk_ref (disk);
      file->inode = piao_shim_inode_ref (inode);
      file->boot = disk->boot;
      file->new_names
          = created
            && (flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL))
                   != 0;
      if ((flags & SQLITE_OPEN_DELETEONCLOSE) != 0)
        file->delete_name = g_strdup (name);
      code = SQLITE_OK;
    }
  g_mutex_unlock (&disk->lock);
  piao_shim_disk_unref (disk);
  if (out_flags != NULL)
    *out_flags = flags;
  return code;
}

static int
shim_delete (sqlite3_vfs *vfs, const char *path, int sync)
{
  const char *name = NULL;
  PiaoShimDisk *disk = piao_shim_find_disk (path, &name);
  PiaoShimStep step = PIAO_SHIM_FAIL;
  int code = SQLITE_IOERR_DELETE;

  if (disk == NULL)
    return real_vfs->xDelete (real_vfs, path, sync);
  g_mutex_lock (&disk->lock);
  if (!disk->down)
    {
      if (!g_hash_table_contains (disk->names, name))
        code = SQLITE_IOERR_DELETE_NOENT;
      else
        step = piao_shim_disk_step (disk, NULL, 0);
    }
  if (step == PIAO_SHIM_GO || step == PIAO_SHIM_LAST)
    piao_shim_disk_remove (disk, name);
  if (step == PIAO_SHIM_GO)
    {
      code = SQLITE_OK;
      if (sync)
        piao_shim_disk_sync_names (disk);
    }
  if (step == PIAO_SHIM_LAST)
    piao_shim_disk_go_down (disk);
  g_mutex_unlock (&disk->lock);
  piao_shim_disk_unref (disk);
  return code;
}

static int
shim_access (sqlite3_vfs *vfs, const char *path, int flags, int *result)
{
  const char *name = NULL;
  PiaoShimDisk *disk = piao_shim_find_disk (path, &name);
  int code = SQLITE_OK;

  if (disk == NULL)
    return real_vfs->xAccess (real_vfs, path, flags, result);
  g_mutex_lock (&disk->lock);
  *result = g_hash_table_contains (disk->names, name);
  if (disk->down)
    code = SQLITE_IOERR_ACCESS;
  g_mutex_unlock (&disk->lock);
  piao_shim_disk_unref (disk);
  return code;
}

static int
shim_full_path (sqlite3_vfs *vfs, const char *path, int size, char *result)
{
  if (!g_str_has_prefix (path, PIAO_SHIM_FOLDER))
    return real_vfs->xFullPathname (real_vfs, path, size, result);
  return g_strlcpy (result, path, (gsize)size) < (gsize)size ? SQLITE_OK : SQLITE_CANTOPEN;
}

/* The same numbers in every run: salts of WAL files and names of temporary ones come from here. */
static int
shim_randomness (sqlite3_vfs *vfs, int size, char *result)
{
  for (int i = 0; i < size; i++)
    result[i] = (char)(i * 37 + 11);
  return size;
}

static gpointer
register_once (gpointer unused)
{
  static sqlite3_vfs vfs;

  real_vfs = sqlite3_vfs_find (NULL);
  vfs = *real_vfs;
  vfs.pNext = NULL;
  vfs.zName = "piao-shim";
  vfs.szOsFile = MAX (real_vfs->szOsFile, (int)sizeof (File));
  vfs.xOpen = shim_open;
  vfs.xDelete = shim_delete;
  vfs.xAccess = shim_access;
  vfs.xFullPathname = shim_full_path;
  vfs.xRandomness = shim_randomness;
  g_assert (sqlite3_vfs_register (&vfs, 1) == SQLITE_OK);
  return NULL;
}

void
piao_shim_register (void)
{
  static GOnce once = G_ONCE_INIT;

  g_once (&once, register_once, NULL);
}
