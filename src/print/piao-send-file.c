/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/piao-error.h"
#include "print/piao-print-output-private.h"

/* --- a device ------------------------------------------------------------------------------ */

static gboolean
device_failed (const PiaoSending *sending, int number, GError **error)
{
  if (number == EACCES || number == EPERM)
    return piao_error_set (error, PIAO_ERROR_FORBIDDEN, "printer.permission",
                           _ ("This user may not write to the printer at %s. Ask the administrator "
                              "to add him to the group lp."),
                           sending->place);
  return piao_error_set (error, PIAO_ERROR_UNAVAILABLE, "printer.unreachable",
                         _ ("The printer at %s does not answer (%s). Is it switched on and "
                            "connected?"),
                         sending->place, g_strerror (number));
}

static int
open_device (const PiaoSending *sending, GError **error)
{
  int fd = open (sending->place, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  struct stat status;

  if (fd < 0)
    {
      device_failed (sending, errno, error);
      return -1;
    }
  if (fstat (fd, &status) == 0 && (S_ISCHR (status.st_mode) || S_ISFIFO (status.st_mode)))
    return fd;
  close (fd);
  piao_error_set (error, PIAO_ERROR_INVALID, "printer.address",
                  _ ("%s is no printer device. Choose one such as /dev/usb/lp0."), sending->place);
  return -1;
}

static gboolean
write_device (const PiaoSending *sending, int fd, GError **error)
{
  gsize size;
  const char *data = g_bytes_get_data (sending->job->bytes, &size);

  for (gsize at = 0; at < size;)
    {
      struct pollfd waiting = { fd, POLLOUT, 0 };
      guint left = piao_sending_get_left (sending);
      gssize written;

      if (left == 0 || poll (&waiting, 1, (int)left) == 0)
        return device_failed (sending, ETIMEDOUT, error);
      written = write (fd, data + at, size - at);
      if (written < 0 && errno != EAGAIN && errno != EINTR)
        return device_failed (sending, errno, error);
      at += (gsize)MAX (written, 0);
    }
  return TRUE;
}

gboolean
piao_send_to_device (const PiaoSending *sending, GError **error)
{
  int fd = open_device (sending, error);
  gboolean ok;

  if (fd < 0)
    return FALSE;
  ok = write_device (sending, fd, error);
  if (close (fd) != 0 && ok)
    return device_failed (sending, errno, error);
  return ok;
}

/* --- a folder ------------------------------------------------------------------------------ */

static gboolean
folder_failed (const PiaoSending *sending, int number, GError **error)
{
  return piao_error_set (error, PIAO_ERROR_FAILED, "printer.folder",
                         _ ("The label could not be saved in %s: %s. Choose another folder or make "
                            "room."),
                         sending->place, g_strerror (number));
}

static gboolean
write_file (int fd, GBytes *bytes)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);

  for (gsize at = 0; at < size;)
    {
      gssize written = write (fd, data + at, size - at);

      if (written < 0 && errno != EINTR)
        return FALSE;
      at += (gsize)MAX (written, 0);
    }
  return fsync (fd) == 0;
}

static void
sync_folder (const char *path)
{
  int fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd >= 0)
    {
      fsync (fd);
      close (fd);
    }
}

/* The same job has the same name, so sending it twice leaves one file. */
gboolean
piao_send_to_folder (const PiaoSending *sending, GError **error)
{
  g_autofree char *name = piao_sending_get_file_name (sending);
  g_autofree char *path = g_build_filename (sending->place, name, NULL);
  g_autofree char *temporary = g_strdup_printf ("%s/.%s-XXXXXX", sending->place, name);
  int fd, number;
  gboolean ok;

  if (g_mkdir_with_parents (sending->place, 0700) != 0)
    return folder_failed (sending, errno, error);
  fd = g_mkstemp_full (temporary, O_WRONLY | O_CLOEXEC, 0600);
  if (fd < 0)
    return folder_failed (sending, errno, error);
  ok = write_file (fd, sending->job->bytes);
  number = errno;
  if (close (fd) != 0 && ok)
    {
      ok = FALSE;
      number = errno;
    }
  if (ok && g_rename (temporary, path) != 0)
    {
      ok = FALSE;
      number = errno;
    }
  if (!ok)
    {
      g_unlink (temporary);
      return folder_failed (sending, number, error);
    }
  sync_folder (sending->place);
  return TRUE;
}
