/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A disk whose flush takes 8 ms longer, for a program that is started with this in LD_PRELOAD: one
 * that turns, where this machine's may have a cache with a battery. What a commit waits for is then
 * the same wherever it is measured. */

#include "config.h"

#include <dlfcn.h>
#include <time.h>

int fsync (int fd);
int fdatasync (int fd);

static int
flush_slowly (const char *name, int fd)
{
  const struct timespec flush = { .tv_nsec = 8000000 };
  int (*real) (int) = (int (*) (int))dlsym (RTLD_NEXT, name);
  int result = real (fd);

  nanosleep (&flush, NULL);
  return result;
}

int
fsync (int fd)
{
  return flush_slowly ("fsync", fd);
}

int
fdatasync (int fd)
{
  return flush_slowly ("fdatasync", fd);
}
