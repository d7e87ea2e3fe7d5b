/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The crash matrix: every journey is cut off in each call that writes, and what the disk keeps of
 * it is one of eight. Afterwards the file opens and is sound, every step that came back is there
 * exactly once, the one that was under way is whole or absent, and the journey goes on to the same
 * end. The power is cut a second time in every call of the recovery.
 */

#include "config.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/piao-error.h"
#include "store/piao-schema.h"
#include "sync/piao-ledger.h"
#include "tests/crash/crash-journeys.h"

/* Sanitizers are five times slower; the points of one run in @STRIDE are spread over all calls. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define STRIDE 7
#else
#define STRIDE 1
#endif

/* Neighbouring calls leave much the same: all are taken up, one of these is played to the end of
 * its journey, one is cut off a second time in every call. */
#define END_STRIDE 20
#define AGAIN_STRIDE 40

/* States of disks that are remembered. */
#define MEMORY (1u << 18)

/* Journey steps are numbered from here, those before it from 0. */
#define FIRST_STEP 100

/* Shared with the children. */
typedef struct
{
  guint64 seen[MEMORY];
  guint points, crashes, inside, doubles, states, ends;
} Tally;

typedef struct
{
  const CrashJourney *journey;
  CrashWorld *world;
  CrashMoment *base, *crashed, *recovered;
  GPtrArray *dumps; /* after 0 … n_steps steps; NULL before the first opening */
  char *centre_dump;
  Tally *tally;
} Matrix;

static void
fail_on (const GError *error, const char *where)
{
  if (error != NULL)
    g_error ("%s: %s (%s)", where, error->message, piao_error_get_reason (error));
}

/* Plays steps from @from until one fails; how many are done, counted from the start. */
static guint
play (Matrix *self, guint from, GError **error)
{
  for (guint i = from; i < self->journey->n_steps; i++)
    if (!crash_world_step (self->world, &self->journey->steps[i], FIRST_STEP + i, error))
      return i;
  return self->journey->n_steps;
}

/* --- the undisturbed run --------------------------------------------------------------------- */

static void
prepare (Matrix *self)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < self->journey->n_before; i++)
    {
      crash_world_step (self->world, &self->journey->before[i], i, &error);
      fail_on (error, self->journey->name);
    }
  g_assert_false (self->world->more);
  crash_world_save (self->world, self->base);
}

static void
learn (Matrix *self)
{
  const CrashJourney *journey = self->journey;
  g_autoptr (GError) error = NULL;

  self->dumps = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->dumps, NULL);
  crash_world_load (self->world, self->base);
  for (guint i = 0; i < journey->n_steps; i++)
    {
      crash_world_step (self->world, &journey->steps[i], FIRST_STEP + i, &error);
      fail_on (error, journey->steps[i].name != NULL ? journey->steps[i].name : journey->name);
      if (self->world->db != NULL)
        {
          g_autofree char *where = g_strdup_printf ("%s after step %u", journey->name, i);

          /* Between two answers a row may stand at an older change than the rows beside it. */
          if (!self->world->more)
            crash_check_rules (self->world->db, where);
          g_ptr_array_add (self->dumps, crash_world_dump (self->world));
        }
      else
        g_ptr_array_add (self->dumps, g_strdup (g_ptr_array_index (self->dumps, i)));
    }
  g_assert_false (self->world->more);
  self->centre_dump = crash_world_dump_centre (self->world);
}

static gboolean
is_after (Matrix *self, const char *dump, guint n)
{
  return n < self->dumps->len && g_strcmp0 (dump, g_ptr_array_index (self->dumps, MAX (n, 1))) == 0;
}

/* --- after a crash --------------------------------------------------------------------------- */

/* Shows where two dumps part. */
static void
explain (const char *where, const char *dump, const char *expected)
{
  g_auto (GStrv) left = g_strsplit (dump, "\n", -1);
  g_auto (GStrv) right = g_strsplit (expected, "\n", -1);
  guint i = 0;

  while (left[i] != NULL && right[i] != NULL && g_str_equal (left[i], right[i]))
    i++;
  g_error ("%s:\n  is        %s\n  should be %s", where, left[i] != NULL ? left[i] : "(end)",
           right[i] != NULL ? right[i] : "(end)");
}

/* Opens what the crash has left and finds out how far it is: @acked steps, or one more. */
static guint
take_up (Matrix *self, guint acked, const char *where)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *dump = NULL;

  crash_world_open (self->world, &error);
  fail_on (error, where);
  crash_check_file (self->world->db, where);
  dump = crash_world_dump (self->world);
  if (is_after (self, dump, acked))
    return acked;
  if (!is_after (self, dump, acked + 1))
    explain (where, dump, g_ptr_array_index (self->dumps, MAX (acked, 1)));
  return acked + 1;
}

/* To the end of the journey. */
static void
go_on (Matrix *self, guint from, const char *where)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *dump = NULL;
  g_autofree char *centre_dump = NULL;

  play (self, from, &error);
  fail_on (error, where);
  crash_world_open (self->world, &error);
  fail_on (error, where);
  dump = crash_world_dump (self->world);
  if (!is_after (self, dump, self->journey->n_steps))
    explain (where, dump, g_ptr_array_index (self->dumps, self->journey->n_steps));
  centre_dump = crash_world_dump_centre (self->world);
  if (!g_str_equal (centre_dump, self->centre_dump))
    explain (where, centre_dump, self->centre_dump);
  g_assert_true (piao_ledger_verify (self->world->centre->fixture->db, NULL, NULL));
  self->tally->ends++;
}

/* One step further: a sound file with the same rows as in the undisturbed run has the same future,
 * which go_on() has shown from here already. */
static void
go_on_a_step (Matrix *self, guint from, const char *where)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *dump = NULL;

  if (from >= self->journey->n_steps)
    return;
  crash_world_step (self->world, &self->journey->steps[from], FIRST_STEP + from, &error);
  fail_on (error, where);
  if (self->world->db == NULL)
    return;
  dump = crash_world_dump (self->world);
  if (!is_after (self, dump, from + 1))
    explain (where, dump, g_ptr_array_index (self->dumps, from + 1));
}

/* Whether this very disk was met before, where the same was promised: then its future is known. */
static gboolean
was_seen (Matrix *self, guint acked)
{
  guint64 key = (crash_world_get_fingerprint (self->world) * 1000 + acked) | 1;
  guint64 *slot = &self->tally->seen[key % MEMORY];

  while (*slot != 0 && *slot != key)
    slot = slot == self->tally->seen ? slot + MEMORY - 1 : slot - 1;
  if (*slot == key)
    return TRUE;
  *slot = key;
  self->tally->states++;
  PIAO_INVARIANT (self->tally->states < MEMORY / 2);
  return FALSE;
}

/* Opening and the first thing that is done then, cut off in each of their calls. */
static void
crash_again (Matrix *self, guint acked, guint64 nth)
{
  gboolean down = TRUE;

  for (guint64 k = 1; down; k++)
    {
      PiaoShimImage image = (PiaoShimImage)((nth + k) % PIAO_SHIM_N_IMAGES);
      g_autofree char *where
          = g_strdup_printf ("%s, call %" G_GUINT64_FORMAT ", then %" G_GUINT64_FORMAT ", image %u",
                             self->journey->name, nth, k, image);
      guint done = acked;

      crash_world_load (self->world, self->recovered);
      piao_shim_disk_arm (self->world->disk, PIAO_SHIM_CRASH, k);
      if (crash_world_open (self->world, NULL) && acked < self->journey->n_steps
          && crash_world_step (self->world, &self->journey->steps[acked], FIRST_STEP + acked, NULL))
        done++;
      down = piao_shim_disk_is_down (self->world->disk);
      self->tally->doubles += down;
      crash_world_drop (self->world);
      piao_shim_disk_recover (self->world->disk, image, nth * 1000 + k);
      if (!was_seen (self, done))
        go_on_a_step (self, take_up (self, done, where), where);
    }
}

/* One of the images, another one at each call, goes on. */
static void
crash_at (Matrix *self, guint64 nth, guint acked)
{
  gboolean followed = FALSE;

  for (guint i = 0; i < PIAO_SHIM_N_IMAGES; i++)
    {
      PiaoShimImage image = (PiaoShimImage)((nth + i) % PIAO_SHIM_N_IMAGES);
      g_autofree char *where = g_strdup_printf ("%s, call %" G_GUINT64_FORMAT ", image %u",
                                                self->journey->name, nth, image);
      guint from;

      crash_world_load (self->world, self->crashed);
      piao_shim_disk_recover (self->world->disk, image, nth);
      self->tally->crashes++;
      if (was_seen (self, acked))
        continue;
      crash_world_save (self->world, self->recovered);
      from = take_up (self, acked, where);
      if (!followed && nth % END_STRIDE == 0)
        go_on (self, from, where);
      else if (!followed)
        go_on_a_step (self, from, where);
      if (!followed && nth % AGAIN_STRIDE == 0)
        crash_again (self, from, nth);
      followed = TRUE;
    }
}

/* In a child: step @n is cut off in its call @nth. FALSE when it has fewer. */
static gboolean
crash_in_step (Matrix *self, guint n, guint64 nth)
{
  guint acked = n;

  piao_shim_disk_arm (self->world->disk, PIAO_SHIM_CRASH, nth);
  if (crash_world_step (self->world, &self->journey->steps[n], FIRST_STEP + n, NULL))
    acked++;
  if (!piao_shim_disk_is_down (self->world->disk))
    return FALSE;
  self->tally->points++;
  self->tally->inside += piao_shim_disk_was_in_transaction (self->world->disk);
  crash_world_drop (self->world);
  crash_world_save (self->world, self->crashed);
  crash_at (self, n * 1000 + nth, acked);
  return TRUE;
}

/* Every call of step @n in a child of its own: it begins with connections that are open and caches
 * that are warm, as they were before the step, and costs no more than what comes after. */
static void
crash_everywhere (Matrix *self, guint n)
{
  gboolean more = TRUE;

  for (guint64 nth = 1 + n % STRIDE; more; nth += STRIDE)
    {
      int status = 0;
      pid_t child = fork ();

      if (child == 0)
        _exit (crash_in_step (self, n, nth) ? 0 : 1);
      g_assert_cmpint (waitpid (child, &status, 0), ==, child);
      if (!WIFEXITED (status))
        g_error ("%s, step %u, call %" G_GUINT64_FORMAT ": the child died", self->journey->name, n,
                 nth);
      more = WEXITSTATUS (status) == 0;
    }
}

static void
report (Matrix *self, gint64 started)
{
  const Tally *tally = self->tally;

  g_test_message ("%s: %u calls (%u inside a transaction), %u crashes, %u more in recovery, %u "
                  "different disks, %u followed to the end, %.1f s",
                  self->journey->name, tally->points, tally->inside, tally->crashes, tally->doubles,
                  tally->states, tally->ends,
                  (double)(g_get_monotonic_time () - started) / G_TIME_SPAN_SECOND);
  g_assert_cmpuint (tally->points, >=, 20 / STRIDE);
  g_assert_cmpuint (tally->inside * 10, >=, tally->points);
}

static void
test_journey (gconstpointer data)
{
  Matrix self = { .journey = data };
  gint64 started = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;

  self.world = crash_world_new ();
  self.tally
      = mmap (NULL, sizeof (Tally), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  g_assert_true (self.tally != MAP_FAILED);
  self.base = crash_moment_new ("base");
  self.crashed = crash_moment_new ("crashed");
  self.recovered = crash_moment_new ("recovered");
  prepare (&self);
  learn (&self);
  crash_world_load (self.world, self.base);
  for (guint n = 0; n < self.journey->n_steps; n++)
    {
      crash_everywhere (&self, n);
      crash_world_step (self.world, &self.journey->steps[n], FIRST_STEP + n, &error);
      fail_on (error, self.journey->name);
    }
  report (&self, started);
  g_ptr_array_unref (self.dumps);
  g_free (self.centre_dump);
  crash_world_free (self.world);
  crash_moment_free (self.base);
  crash_moment_free (self.crashed);
  crash_moment_free (self.recovered);
  munmap (self.tally, sizeof (Tally));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < CRASH_N_JOURNEYS; i++)
    {
      g_autofree char *path = g_strconcat ("/crash/matrix/", crash_journeys[i].name, NULL);

      g_test_add_data_func (path, &crash_journeys[i], test_journey);
    }
  return g_test_run ();
}
