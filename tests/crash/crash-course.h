/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "tests/crash/crash-world.h"

G_BEGIN_DECLS

/* Journey steps are numbered from here, those before it from 0. */
#define CRASH_FIRST_STEP 100

/* A journey as it goes when nothing befalls it, and what is compared with that. */
typedef struct
{
  const CrashJourney *journey;
  CrashWorld *world;
  CrashMoment *base; /* before the first step */
  GPtrArray *dumps;  /* char *, after 0 … n_steps steps; NULL before the first opening */
  GArray *prints;    /* guint64, the disk at the same moments */
  char *centre_dump;
  char *schema; /* tables and indexes of the desktop at the end */
} CrashCourse;

/* Plays what comes before and the whole of it, and leaves the world at its beginning. */
CrashCourse *crash_course_new (const CrashJourney *journey);
void crash_course_free (CrashCourse *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CrashCourse, crash_course_free)

/* Plays step @n as it must go. */
void crash_course_play_step (CrashCourse *self, guint n, const char *where);
/* The same for a step that may fail. */
gboolean crash_course_try_step (CrashCourse *self, guint n, GError **error);

/* Whether @dump is what there is after @n steps. */
gboolean crash_course_is_after (CrashCourse *self, const char *dump, guint n);

/* The file is sound and as after @n steps: the test ends otherwise. */
void crash_course_check (CrashCourse *self, guint n, const char *where);
/* From step @from to the end, which is the same on both sides, and the log of the centre proves
 * itself. */
void crash_course_finish (CrashCourse *self, guint from, const char *where);

/* Ends the test and shows where two dumps part. */
void crash_course_explain (const char *where, const char *dump, const char *expected) G_NORETURN;
/* Ends the test when there is an error. */
void crash_fail_on (const GError *error, const char *where);

/* Runs @func in a child that is a copy of this process, as if it had not been run here. Its result.
 */
gboolean crash_in_child (gboolean (*func) (gpointer data), gpointer data, const char *where);

/* Instead of g_test_init(): that a disk or the memory fails is what these tests are about, so a
 * warning of it neither ends them nor fills their log. A critical still does. */
void crash_test_init (int *argc, char ***argv);

/* CPU time of this process and its children that have ended, in s. */
double crash_get_cpu (void);

G_END_DECLS
