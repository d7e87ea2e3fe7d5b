/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <execinfo.h>
#include <sqlite3.h>

#include "tests/crash/crash-memory.h"

static sqlite3_mem_methods real;

static guint64 countdown; /* 0: never */
static gboolean endless, struck;
static guint paused;

/* While it is being listed. */
static CrashCalls *calls;
static guint64 n_so_far, last_place;

/* Which call of this program into SQLite it is that allocates: the addresses in the program that
 * the stack goes through. */
static guint64
find_place (void)
{
  extern const char __executable_start, etext;
  void *frames[64];
  int n = backtrace (frames, G_N_ELEMENTS (frames));
  guint64 place = 1;

  for (int i = 0; i < n; i++)
    if ((const char *)frames[i] >= &__executable_start && (const char *)frames[i] < &etext)
      place = (place ^ (guint64)(gsize)frames[i]) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  return place;
}

static void
list_call (void)
{
  guint64 place = find_place ();

  n_so_far++;
  if (place == last_place && !calls->all)
    return;
  last_place = place;
  g_assert (calls->n < G_N_ELEMENTS (calls->first));
  calls->first[calls->n++] = n_so_far;
}

static gboolean
is_out (void)
{
  if (calls != NULL && paused == 0)
    list_call ();
  if (countdown == 0 || paused > 0 || --countdown > 0)
    return FALSE;
  struck = TRUE;
  countdown = endless ? 1 : 0;
  return TRUE;
}

static void *
allocate (int size)
{
  return is_out () ? NULL : real.xMalloc (size);
}

static void *
reallocate (void *memory, int size)
{
  return is_out () ? NULL : real.xRealloc (memory, size);
}

void
crash_memory_install (void)
{
  sqlite3_mem_methods mine;

  g_assert (sqlite3_config (SQLITE_CONFIG_GETMALLOC, &real) == SQLITE_OK);
  mine = real;
  mine.xMalloc = allocate;
  mine.xRealloc = reallocate;
  g_assert (sqlite3_config (SQLITE_CONFIG_MALLOC, &mine) == SQLITE_OK);
}

void
crash_memory_arm (guint64 nth, gboolean for_ever)
{
  countdown = nth;
  endless = for_ever;
  struck = FALSE;
}

void
crash_memory_list (CrashCalls *list)
{
  calls = list;
  n_so_far = last_place = 0;
}

gboolean
crash_memory_has_struck (void)
{
  return struck;
}

void
crash_memory_pause (void)
{
  paused++;
}

void
crash_memory_resume (void)
{
  g_assert (paused > 0);
  paused--;
}
