/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>

#include "store/piao-file.h"

gboolean
piao_file_exists (const char *path)
{
  return g_file_test (path, G_FILE_TEST_EXISTS);
}

gint64
piao_file_get_size (const char *path)
{
  GStatBuf info;

  return g_stat (path, &info) == 0 && S_ISREG (info.st_mode) ? (gint64)info.st_size : -1;
}

gboolean
piao_file_is_in_use (const char *path)
{
  /* Whoever uses the index of the log holds this byte of it (DMS in SQLite's os_unix.c). */
  struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 128, .l_len = 1 };
  g_autofree char *index = g_strconcat (path, "-shm", NULL);
  int fd = g_open (index, O_RDONLY | O_CLOEXEC, 0);
  gboolean used;

  if (fd < 0)
    return FALSE;
  used = fcntl (fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
  g_close (fd, NULL);
  return used;
}

GBytes *
piao_file_read (const char *path, GError **error)
{
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, error);

  return file != NULL ? g_mapped_file_get_bytes (file) : NULL;
}

gboolean
piao_file_write (const char *path, GBytes *content, GError **error)
{
  return g_file_set_contents_full (path, g_bytes_get_data (content, NULL),
                                   (gssize)g_bytes_get_size (content),
                                   G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                   0600, error);
}

/* A name is on the disk when its folder is. Not every file system can be asked for that, which is
 * no failure of the disk. */
static gboolean
sync_folder (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int fd = g_open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  gboolean failed;

  if (fd < 0)
    return TRUE;
  failed = g_fsync (fd) != 0 && (errno == EIO || errno == ENOSPC || errno == EDQUOT);
  g_close (fd, NULL);
  return !failed;
}

gboolean
piao_file_rename (const char *from, const char *to)
{
  return g_rename (from, to) == 0 && sync_folder (to);
}

gboolean
piao_file_remove (const char *path)
{
  return !piao_file_exists (path) || (g_unlink (path) == 0 && sync_folder (path));
}
