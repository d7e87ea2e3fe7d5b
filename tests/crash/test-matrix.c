/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The crash matrix: every journey is cut off in each call that writes, and what the disk keeps of
 * it is one of eight. Afterwards the file opens and is sound, every step that came back is there
 * exactly once, the one that was under way is whole or absent, and the journey goes on to the same
 * end. The power is cut a second time in every call of the recovery.
 *
 * Many images are the same disk, and most disks are the same file once the log has been moved into
 * it: what was met before is not looked at again.
 */

#include "config.h"

#include <sys/mman.h>

#include "base/piao-error.h"
#include "tests/crash/crash-course.h"
#include "tests/crash/crash-journeys.h"

/* Sanitizers are five times slower; the points of one run in @STRIDE are spread over all calls. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define STRIDE 7
#else
#define STRIDE 1
#endif

/* Of the points, those whose recovery is cut off in each of its calls, too. */
#define AGAIN_STRIDE 100

/* What /crash/matrix-sample leaves out in between, and what a recovery from a fetch in bulk does,
 * which has hundreds of calls. */
#define SAMPLE_STRIDE 29

/* States of disks that are remembered. */
#define MEMORY (1u << 18)

/* Shared with the children. */
typedef struct
{
  guint64 seen[MEMORY];
  guint points, crashes, inside, doubles, disks, files;
} Tally;

typedef struct
{
  CrashCourse *course;
  CrashMoment *crashed, *recovered;
  Tally *tally;
  guint stride; /* points of a step from one to the next */
  guint step;
  guint64 nth;
} Matrix;

typedef enum
{
  STATE_DISK, /* before it is opened */
  STATE_FILE, /* after */
} State;

/* Whether this very disk was met before, where the same was promised: then its future is known. */
static gboolean
was_seen (Matrix *self, State state, guint acked)
{
  guint64 print = crash_world_get_fingerprint (self->course->world);
  guint64 key = (print * 1000 + acked) * 2 + state;
  guint64 *slot = &self->tally->seen[key % MEMORY];

  key = MAX (key, 1);
  while (*slot != 0 && *slot != key)
    slot = slot == self->tally->seen ? slot + MEMORY - 1 : slot - 1;
  if (*slot == key)
    return TRUE;
  *slot = key;
  if (state == STATE_DISK)
    self->tally->disks++;
  else
    self->tally->files++;
  PIAO_INVARIANT (self->tally->disks + self->tally->files < MEMORY / 2);
  return FALSE;
}

/* How far the open file is: @acked steps, or one more. */
static guint
look (Matrix *self, guint acked, const char *where)
{
  CrashCourse *course = self->course;
  g_autofree char *dump = crash_world_dump (course->world);

  crash_check_file (course->world->db, where);
  if (crash_course_is_after (course, dump, acked))
    return acked;
  if (!crash_course_is_after (course, dump, acked + 1))
    crash_course_explain (where, dump, g_ptr_array_index (course->dumps, MAX (acked, 1)));
  return acked + 1;
}

/* Opens what the power cut has left, @acked steps being promised. Whoever meets a file for the
 * first time goes on to the end. */
static void
take_up (Matrix *self, guint acked, const char *where)
{
  g_autoptr (GError) error = NULL;

  if (was_seen (self, STATE_DISK, acked))
    return;
  crash_world_open (self->course->world, &error);
  crash_fail_on (error, where);
  if (!was_seen (self, STATE_FILE, acked))
    crash_course_finish (self->course, look (self, acked, where), where);
}

/* Opening and the first thing that is done then, cut off in each of their calls. */
static void
crash_again (Matrix *self, guint acked)
{
  CrashWorld *world = self->course->world;
  g_autoptr (CrashMoment) cut = crash_moment_new ("cut");
  g_autoptr (GError) error = NULL;
  gboolean down = TRUE;

  crash_world_load (world, self->recovered);
  crash_world_open (world, &error);
  crash_fail_on (error, self->course->journey->name);
  acked = look (self, acked, self->course->journey->name);

  for (guint64 k = 1; down; k += self->course->journey->many ? SAMPLE_STRIDE : 1)
    {
      guint done = acked;

      crash_world_load (world, self->recovered);
      piao_shim_disk_arm (world->disk, PIAO_SHIM_CRASH, k);
      if (crash_world_open (world, NULL) && acked < self->course->journey->n_steps
          && crash_course_try_step (self->course, acked, NULL))
        done++;
      down = piao_shim_disk_is_down (world->disk);
      self->tally->doubles += down;
      crash_world_drop (world);
      crash_world_save (world, cut);
      for (guint image = 0; down && image < PIAO_SHIM_N_IMAGES; image++)
        {
          g_autofree char *where
              = g_strdup_printf ("%s, step %u, call %" G_GUINT64_FORMAT ", then %" G_GUINT64_FORMAT
                                 ", image %u",
                                 self->course->journey->name, self->step, self->nth, k, image);

          crash_world_load (world, cut);
          piao_shim_disk_recover (world->disk, (PiaoShimImage)image, self->nth * 1000 + k);
          take_up (self, done, where);
        }
    }
}

static void
crash_at (Matrix *self, guint acked)
{
  CrashWorld *world = self->course->world;

  for (guint i = 0; i < PIAO_SHIM_N_IMAGES; i++)
    {
      PiaoShimImage image = (PiaoShimImage)((self->nth + i) % PIAO_SHIM_N_IMAGES);
      g_autofree char *where
          = g_strdup_printf ("%s, step %u, call %" G_GUINT64_FORMAT ", image %u",
                             self->course->journey->name, self->step, self->nth, image);

      crash_world_load (world, self->crashed);
      piao_shim_disk_recover (world->disk, image, self->step * 1000 + self->nth);
      self->tally->crashes++;
      if (i == 0)
        crash_world_save (world, self->recovered);
      take_up (self, acked, where);
    }
  if (self->tally->points % AGAIN_STRIDE == 0)
    crash_again (self, acked);
}

/* FALSE when the step has fewer calls. */
static gboolean
crash_in_step (gpointer data)
{
  Matrix *self = data;
  CrashWorld *world = self->course->world;
  guint acked = self->step;

  piao_shim_disk_arm (world->disk, PIAO_SHIM_CRASH, self->nth);
  acked += crash_course_try_step (self->course, self->step, NULL);
  if (!piao_shim_disk_is_down (world->disk))
    return FALSE;
  self->tally->points++;
  self->tally->inside += piao_shim_disk_was_in_transaction (world->disk);
  crash_world_drop (world);
  crash_world_save (world, self->crashed);
  crash_at (self, acked);
  return TRUE;
}

/* Every call of the step in a child of its own: it begins with connections that are open and caches
 * that are warm, as they were before the step, and costs no more than what comes after. */
static void
crash_everywhere (Matrix *self)
{
  g_autofree char *where = g_strdup_printf ("%s, step %u", self->course->journey->name, self->step);

  self->nth = 1 + self->step % self->stride;
  while (crash_in_child (crash_in_step, self, where))
    self->nth += self->stride;
}

static void
report (Matrix *self, double started)
{
  const Tally *tally = self->tally;

  g_test_message ("%s: %u points (%u inside a transaction) × %u images = %u crashes, and %u × %u "
                  "in recovery; %u different disks, %u different files; %.1f s of CPU",
                  self->course->journey->name, tally->points, tally->inside, PIAO_SHIM_N_IMAGES,
                  tally->crashes, tally->doubles, PIAO_SHIM_N_IMAGES, tally->disks, tally->files,
                  crash_get_cpu () - started);
  g_assert_cmpuint (tally->points, >=, 20 / self->stride);
  g_assert_cmpuint (tally->inside * 10, >=, tally->points);
  /* A sample may miss the few recoveries that write. */
  g_assert_true (tally->doubles > 0 || self->stride > 1);
}

static void
run_matrix (const CrashJourney *journey, guint stride)
{
  Matrix self = { .course = crash_course_new (journey), .stride = stride };
  double started = crash_get_cpu ();

  self.tally
      = mmap (NULL, sizeof (Tally), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  g_assert_true (self.tally != MAP_FAILED);
  self.crashed = crash_moment_new ("crashed");
  self.recovered = crash_moment_new ("recovered");
  for (self.step = 0; self.step < self.course->journey->n_steps; self.step++)
    {
      crash_everywhere (&self);
      crash_course_play_step (self.course, self.step, self.course->journey->name);
    }
  report (&self, started);
  crash_moment_free (self.crashed);
  crash_moment_free (self.recovered);
  crash_course_free (self.course);
  munmap (self.tally, sizeof (Tally));
}

static void
test_journey (gconstpointer journey)
{
  run_matrix (journey, STRIDE);
}

static void
test_sample (gconstpointer journey)
{
  run_matrix (journey, SAMPLE_STRIDE * STRIDE);
}

int
main (int argc, char **argv)
{
  crash_test_init (&argc, &argv);
  for (guint i = 0; i < CRASH_N_JOURNEYS; i++)
    {
      g_autofree char *path = g_strconcat ("/crash/matrix/", crash_journeys[i].name, NULL);
      g_autofree char *sample = g_strconcat ("/crash/matrix-sample/", crash_journeys[i].name, NULL);

      g_test_add_data_func (path, &crash_journeys[i], test_journey);
      g_test_add_data_func (sample, &crash_journeys[i], test_sample);
    }
  return g_test_run ();
}
