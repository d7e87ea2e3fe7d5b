/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What goes on after something has failed: in every step of every journey every call that writes,
 * every read and every call of SQLite that allocates fails, once or from then on; and the disk is
 * full from every call on. (-m thorough: every single allocation.) The step says so with a
 * sentence, nothing of it is there, and when the fault is over it is done once more, in the same
 * program or in one that was started anew.
 */

#include "config.h"

#include <string.h>
#include <sys/mman.h>

#include "base/piao-error.h"
#include "tests/crash/crash-course.h"
#include "tests/crash/crash-journeys.h"
#include "tests/crash/crash-memory.h"

/* Sanitizers are five times slower. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define STRIDE 11
#else
#define STRIDE 1
#endif

/* What /crash/memory-sample leaves out in between, and every loop of a journey whose rows come by
 * the thousand: a minute of CPU for all journeys is enough. */
#define SAMPLE_STRIDE 17

/* How something fails: a call of the disk, or SQLite's memory. */
typedef struct
{
  const char *name;
  PiaoShimFault disk; /* HEALTHY: it is the memory */
  gboolean for_ever;  /* the program is started anew before it is tried again */
} Fault;

static const Fault disk_faults[] = {
  { "one write fails", PIAO_SHIM_ERROR_ONCE, FALSE },
  { "all writes fail", PIAO_SHIM_ERROR, TRUE },
  { "one read fails", PIAO_SHIM_READ_ONCE, FALSE },
  { "all reads fail", PIAO_SHIM_READ, TRUE },
  { "the disk is full", PIAO_SHIM_FULL, FALSE },
  { "the disk is full until the next start", PIAO_SHIM_FULL, TRUE },
};

static const Fault memory_faults[] = {
  { "one allocation fails", PIAO_SHIM_HEALTHY, FALSE },
  { "no memory is left", PIAO_SHIM_HEALTHY, TRUE },
};

typedef struct
{
  guint points, failed, unharmed;
} Tally;

typedef struct
{
  CrashCourse *course;
  const Fault *fault;
  Tally *tally;      /* shared with the children, as is: */
  CrashCalls *calls; /* allocations of the step */
  guint stride;      /* points of a step from one to the next */
  guint step;
  guint64 nth;
} Loop;

/* --- the fault ------------------------------------------------------------------------------- */

static void
begin (Loop *self)
{
  if (self->fault->disk != PIAO_SHIM_HEALTHY)
    piao_shim_disk_arm (self->course->world->disk, self->fault->disk, self->nth);
  else
    crash_memory_arm (self->nth, self->fault->for_ever);
}

static gboolean
has_struck (Loop *self)
{
  return self->fault->disk != PIAO_SHIM_HEALTHY
             ? piao_shim_disk_has_struck (self->course->world->disk)
             : crash_memory_has_struck ();
}

static void
end (Loop *self)
{
  if (self->fault->disk != PIAO_SHIM_HEALTHY)
    piao_shim_disk_arm (self->course->world->disk, PIAO_SHIM_HEALTHY, 0);
  else
    crash_memory_arm (0, FALSE);
}

/* --- afterwards ------------------------------------------------------------------------------ */

/* The machine has failed, and neither the input nor the file is to blame. */
static void
check_error (const GError *error, const char *where)
{
  const char *reason = piao_error_get_reason (error);

  if (error == NULL)
    g_error ("%s: it failed and said nothing", where);
  if (!g_error_matches (error, PIAO_ERROR, PIAO_ERROR_FAILED) || !g_str_has_prefix (reason, "db."))
    g_error ("%s: %s (%s, %s, %d)", where, error->message, reason,
             g_quark_to_string (error->domain), error->code);
  if (g_utf8_strlen (error->message, -1) < 8)
    g_error ("%s: “%s” is no sentence", where, error->message);
}

/* Whether the step was told to have failed and is there whole all the same: a program that is
 * started anew may find it so, as after a power cut. */
static gboolean
is_whole (Loop *self, const char *where)
{
  CrashCourse *course = self->course;
  g_autofree char *dump = crash_world_dump (course->world);

  if (crash_course_is_after (course, dump, self->step))
    return FALSE;
  if (!self->fault->for_ever || !crash_course_is_after (course, dump, self->step + 1))
    crash_course_explain (where, dump, g_ptr_array_index (course->dumps, MAX (self->step, 1)));
  return TRUE;
}

static void
start_anew (CrashWorld *world, const char *where)
{
  g_autoptr (GError) error = NULL;

  crash_world_open (world, &error);
  crash_fail_on (error, where);
}

static void
try_again (Loop *self, const char *where)
{
  CrashCourse *course = self->course;

  if (self->fault->for_ever)
    start_anew (course->world, where);
  if (course->world->db == NULL || !is_whole (self, where))
    crash_course_play_step (course, self->step, where);
}

/* FALSE when the step has fewer calls. */
static gboolean
fail_in_step (gpointer data)
{
  Loop *self = data;
  CrashCourse *course = self->course;
  g_autoptr (GError) error = NULL;
  g_autofree char *where
      = g_strdup_printf ("%s, step %u, %s, call %" G_GUINT64_FORMAT, course->journey->name,
                         self->step, self->fault->name, self->nth);
  gboolean done;

  begin (self);
  done = crash_course_try_step (course, self->step, &error);
  if (!has_struck (self))
    return FALSE;
  self->tally->points++;
  if (!done)
    check_error (error, where);
  /* A program that ends lets go of its files while the fault lasts. */
  if (self->fault->for_ever)
    crash_world_drop (course->world);
  end (self);
  if (done)
    self->tally->unharmed++;
  else
    self->tally->failed++;
  if (!done)
    try_again (self, where);
  else if (self->fault->for_ever)
    start_anew (course->world, where);
  crash_course_check (course, self->step + 1, where);
  return TRUE;
}

/* In a child: which allocations there are. */
static gboolean
list_allocations (gpointer data)
{
  Loop *self = data;
  g_autoptr (GError) error = NULL;

  self->calls->n = 0;
  crash_memory_list (self->calls);
  crash_course_try_step (self->course, self->step, &error);
  crash_memory_list (NULL);
  crash_fail_on (error, self->course->journey->name);
  return TRUE;
}

static void
fail_everywhere (Loop *self)
{
  gboolean of_disk = self->fault->disk != PIAO_SHIM_HEALTHY;
  gboolean more = TRUE;
  g_autofree char *where = g_strdup_printf ("%s, step %u, %s", self->course->journey->name,
                                            self->step, self->fault->name);

  if (!of_disk)
    crash_in_child (list_allocations, self, where);
  for (guint i = self->step % self->stride; more && (of_disk || i < self->calls->n);
       i += self->stride)
    {
      self->nth = of_disk ? i + 1 : self->calls->first[i];
      more = crash_in_child (fail_in_step, self, where);
    }
}

static gpointer
share (gsize size)
{
  gpointer memory = mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

  g_assert_true (memory != MAP_FAILED);
  return memory;
}

static void
run_loops (const CrashJourney *journey, const Fault *faults, guint n_faults, guint stride)
{
  double started = crash_get_cpu ();
  Loop self = { .course = crash_course_new (journey),
                .stride = journey->many ? stride * SAMPLE_STRIDE : stride };

  self.tally = share (n_faults * sizeof (Tally));
  self.calls = share (sizeof (CrashCalls));
  self.calls->all = g_test_thorough ();
  for (self.step = 0; self.step < journey->n_steps; self.step++)
    {
      for (guint i = 0; i < n_faults; i++)
        {
          Loop loop = self;

          loop.fault = &faults[i];
          loop.tally = &self.tally[i];
          fail_everywhere (&loop);
        }
      crash_course_play_step (self.course, self.step, journey->name);
    }
  for (guint i = 0; i < n_faults; i++)
    {
      g_test_message ("%s, %s: %u points, %u failed and were done again, %u did not notice",
                      journey->name, faults[i].name, self.tally[i].points, self.tally[i].failed,
                      self.tally[i].unharmed);
      g_assert_cmpuint (self.tally[i].failed, >, 0);
    }
  g_test_message ("%s: %.1f s of CPU", journey->name, crash_get_cpu () - started);
  munmap (self.tally, n_faults * sizeof (Tally));
  munmap (self.calls, sizeof (CrashCalls));
  crash_course_free (self.course);
}

static void
test_disk (gconstpointer journey)
{
  run_loops (journey, disk_faults, G_N_ELEMENTS (disk_faults), STRIDE);
}

static void
test_memory (gconstpointer journey)
{
  run_loops (journey, memory_faults, G_N_ELEMENTS (memory_faults), STRIDE);
}

static void
test_memory_sample (gconstpointer journey)
{
  run_loops (journey, memory_faults, G_N_ELEMENTS (memory_faults), SAMPLE_STRIDE * STRIDE);
}

int
main (int argc, char **argv)
{
  crash_memory_install ();
  crash_test_init (&argc, &argv);
  for (guint i = 0; i < CRASH_N_JOURNEYS; i++)
    {
      g_autofree char *disk = g_strconcat ("/crash/disk/", crash_journeys[i].name, NULL);
      g_autofree char *memory = g_strconcat ("/crash/memory/", crash_journeys[i].name, NULL);
      g_autofree char *sample = g_strconcat ("/crash/memory-sample/", crash_journeys[i].name, NULL);

      g_test_add_data_func (disk, &crash_journeys[i], test_disk);
      g_test_add_data_func (memory, &crash_journeys[i], test_memory);
      g_test_add_data_func (sample, &crash_journeys[i], test_memory_sample);
    }
  return g_test_run ();
}
