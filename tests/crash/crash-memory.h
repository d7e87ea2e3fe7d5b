/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * The memory that SQLite asks for, which can run out. GLib's own allocator ends the program when
 * there is none, by design, and so does json-glib above it: what runs out here is what SQLite would
 * have got.
 */

/* Once a process, before SQLite is used. */
void crash_memory_install (void);

/* The @nth allocation from now on, counted from 1, gets nothing, or all from then on do. 0 ends it.
 */
void crash_memory_arm (guint64 nth, gboolean for_ever);

/*
 * The calls of the program into SQLite that allocate, by the number of their first allocation. What
 * SQLite does when a later one of the same call fails is the same for the program, and SQLite's own
 * tests are about that: of the thousands that it takes to prepare a statement only the first is in
 * the list, unless all are wanted.
 */
typedef struct
{
  gboolean all;
  guint n;
  guint64 first[50000];
} CrashCalls;

/* Appends to @calls from now on, until it is NULL. */
void crash_memory_list (CrashCalls *calls);

/* Whether one got nothing since it was armed. */
gboolean crash_memory_has_struck (void);

/* What lies between is somebody else's: it is not counted. */
void crash_memory_pause (void);
void crash_memory_resume (void);

G_END_DECLS
