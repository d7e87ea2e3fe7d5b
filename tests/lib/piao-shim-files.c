/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * DESIGN: the functions of store/piao-file.h on the disks of piao-shim-vfs.h. A program that has
 * this among its sources gets them instead of the real ones, so what lies above is the product's to
 * the last instruction. Each system call of the real ones is a call of the disk here: what is
 * written is created, written and synced under another name that is then changed, and a name is
 * synced with its folder.
 */

#include "store/piao-file.h"
#include "tests/lib/piao-shim-private.h"

typedef struct
{
  PiaoShimDisk *disk; /* owned, locked */
  const char *name;   /* borrowed from the path */
} Place;

static Place
enter (const char *path)
{
  Place place = { NULL, NULL };

  place.disk = piao_shim_find_disk (path, &place.name);
  if (place.disk == NULL)
    g_error ("%s is on no disk of the tests", path);
  g_mutex_lock (&place.disk->lock);
  return place;
}

static void
leave (Place *place)
{
  g_mutex_unlock (&place->disk->lock);
  piao_shim_disk_unref (place->disk);
}

static PiaoShimInode *
find (const Place *place, const char *name)
{
  return place->disk->down ? NULL : g_hash_table_lookup (place->disk->names, name);
}

/* Whether a call comes back and has done something; @made: whether it has done something. */
static gboolean
step (const Place *place, PiaoShimInode *inode, gint64 growth, gboolean *made)
{
  PiaoShimStep what = PIAO_SHIM_FAIL;

  if (!place->disk->down)
    what = piao_shim_disk_step (place->disk, inode, growth);
  *made = what == PIAO_SHIM_GO || what == PIAO_SHIM_LAST;
  return what == PIAO_SHIM_GO;
}

/* The end of a call; FALSE for one that never comes back. */
static gboolean
done (const Place *place, gboolean came_back, gboolean made)
{
  if (made && !came_back)
    piao_shim_disk_go_down (place->disk);
  return came_back;
}

static gboolean
set_failed (GError **error)
{
  g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_IO, "the disk of the test");
  return FALSE;
}

gboolean
piao_file_exists (const char *path)
{
  Place place = enter (path);
  gboolean exists = find (&place, place.name) != NULL;

  leave (&place);
  return exists;
}

/* A shim disk is of this program alone. */
gboolean
piao_file_is_in_use (const char *path)
{
  return FALSE;
}

gint64
piao_file_get_size (const char *path)
{
  Place place = enter (path);
  PiaoShimInode *inode = find (&place, place.name);
  gint64 size = inode != NULL ? piao_shim_bytes_get_size (inode->current) : -1;

  leave (&place);
  return size;
}

GBytes *
piao_file_read (const char *path, GError **error)
{
  Place place = enter (path);
  PiaoShimInode *inode = find (&place, place.name);
  GBytes *content = NULL;

  if (inode != NULL && piao_shim_disk_step_read (place.disk) == PIAO_SHIM_GO)
    {
      gsize size = (gsize)piao_shim_bytes_get_size (inode->current);
      guint8 *bytes = g_malloc (size + 1);

      piao_shim_bytes_read (inode->current, 0, bytes, size);
      content = g_bytes_new_take (bytes, size);
    }
  else
    set_failed (error);
  leave (&place);
  return content;
}

/* A call of the disk each: that it is there, its bytes, that they are on the disk. */
static gboolean
put (const Place *place, const char *name, GBytes *content)
{
  PiaoShimInode *inode = NULL;
  gsize size = 0;
  const void *bytes = g_bytes_get_data (content, &size);
  gboolean made, back = step (place, NULL, 1, &made);

  if (made)
    inode = piao_shim_disk_create (place->disk, name);
  if (!done (place, back, made))
    return FALSE;
  back = step (place, inode, (gint64)size, &made);
  if (made && size > 0)
    piao_shim_disk_write (place->disk, inode, 0, bytes, size);
  if (!done (place, back, made))
    return FALSE;
  back = step (place, inode, 0, &made);
  if (back)
    piao_shim_disk_sync (place->disk, inode);
  return done (place, back, made);
}

static gboolean
sync_names (const Place *place)
{
  gboolean made, back = step (place, NULL, 0, &made);

  if (back)
    piao_shim_disk_sync_names (place->disk);
  return done (place, back, made);
}

static gboolean
change_name (const Place *place, const char *from, const char *to)
{
  gboolean made, back = step (place, NULL, 0, &made);

  if (made)
    piao_shim_disk_rename (place->disk, from, to);
  return done (place, back, made) && sync_names (place);
}

gboolean
piao_file_write (const char *path, GBytes *content, GError **error)
{
  Place place = enter (path);
  g_autofree char *part = g_strconcat (place.name, ".part", NULL);
  gboolean written = put (&place, part, content) && change_name (&place, part, place.name);

  leave (&place);
  return written || set_failed (error);
}

gboolean
piao_file_rename (const char *from, const char *to)
{
  Place place = enter (from);
  gboolean renamed = find (&place, place.name) != NULL
                     && change_name (&place, place.name, strrchr (to, '/') + 1);

  leave (&place);
  return renamed;
}

static gboolean
take_away (const Place *place)
{
  gboolean made, back = step (place, NULL, 0, &made);

  if (made)
    piao_shim_disk_remove (place->disk, place->name);
  return done (place, back, made) && sync_names (place);
}

gboolean
piao_file_remove (const char *path)
{
  Place place = enter (path);
  gboolean gone = find (&place, place.name) == NULL || take_away (&place);

  leave (&place);
  return gone;
}
