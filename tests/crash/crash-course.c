/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/piao-error.h"
#include "base/piao-mutant.h"
#include "store/piao-later-index.h"
#include "sync/piao-ledger.h"
#include "tests/crash/crash-course.h"

void
crash_fail_on (const GError *error, const char *where)
{
  if (error != NULL)
    g_error ("%s: %s (%s)", where, error->message, piao_error_get_reason (error));
}

/* --- the undisturbed run --------------------------------------------------------------------- */

static void
prepare (CrashCourse *self)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < self->journey->n_before; i++)
    {
      crash_world_step (self->world, &self->journey->before[i], i, &error);
      crash_fail_on (error, self->journey->name);
    }
  g_assert_false (self->world->more);
  if (self->journey->schema > 0)
    crash_world_make_old (self->world, self->journey->schema);
  crash_world_save (self->world, self->base);
}

static void
note (CrashCourse *self, char *dump)
{
  guint64 print = crash_world_get_fingerprint (self->world);

  g_ptr_array_add (self->dumps, dump);
  g_array_append_val (self->prints, print);
}

/* Whether rows have come in such a number that their indexes are made afterwards. */
static gboolean
has_postponed (CrashWorld *world)
{
  g_autoptr (GError) error = NULL;
  gint64 indexes = 0;

  if (world->db != NULL)
    piao_later_index_count (world->db, &indexes, &error);
  crash_fail_on (error, "later indexes");
  return indexes > 0;
}

static void
learn (CrashCourse *self)
{
  gboolean postponed = FALSE;
  g_autoptr (GError) error = NULL;

  crash_world_load (self->world, self->base);
  note (self, NULL);
  for (guint i = 0; i < self->journey->n_steps; i++)
    {
      g_autofree char *where = g_strdup_printf ("%s, step %u", self->journey->name, i);

      crash_course_play_step (self, i, where);
      postponed = postponed || has_postponed (self->world);
      /* Between two answers a row may stand at an older change than the rows beside it. */
      if (self->world->db != NULL && !self->world->more)
        crash_check_rules (self->world->db, where);
      note (self, self->world->db != NULL ? crash_world_dump (self->world)
                                          : g_strdup (g_ptr_array_index (self->dumps, i)));
    }
  g_assert_false (self->world->more);
  g_assert_true (self->world->proof != PIAO_PROOF_DIFFERENT);
  g_assert_true (postponed == self->journey->many);
  self->centre_dump = crash_world_dump_centre (self->world);
  crash_world_open (self->world, &error);
  crash_fail_on (error, self->journey->name);
  self->schema = crash_world_dump_schema (self->world);
  crash_world_check_whole (self->world, self->journey->name);
  crash_world_load (self->world, self->base);
}

CrashCourse *
crash_course_new (const CrashJourney *journey)
{
  CrashCourse *self = g_new0 (CrashCourse, 1);

  self->journey = journey;
  self->world = crash_world_new ();
  self->base = crash_moment_new ("base");
  self->dumps = g_ptr_array_new_with_free_func (g_free);
  self->prints = g_array_new (FALSE, FALSE, sizeof (guint64));
  prepare (self);
  learn (self);
  return self;
}

void
crash_course_free (CrashCourse *self)
{
  g_ptr_array_unref (self->dumps);
  g_array_unref (self->prints);
  g_free (self->centre_dump);
  g_free (self->schema);
  crash_world_free (self->world);
  crash_moment_free (self->base);
  g_free (self);
}

/* --- against it ------------------------------------------------------------------------------ */

gboolean
crash_course_try_step (CrashCourse *self, guint n, GError **error)
{
  return crash_world_step (self->world, &self->journey->steps[n], CRASH_FIRST_STEP + n, error);
}

void
crash_course_play_step (CrashCourse *self, guint n, const char *where)
{
  g_autoptr (GError) error = NULL;

  if (!crash_course_try_step (self, n, &error))
    crash_fail_on (error, where);
}

gboolean
crash_course_is_after (CrashCourse *self, const char *dump, guint n)
{
  return n < self->dumps->len && g_strcmp0 (dump, g_ptr_array_index (self->dumps, MAX (n, 1))) == 0;
}

void
crash_course_explain (const char *where, const char *dump, const char *expected)
{
  g_auto (GStrv) left = g_strsplit (dump, "\n", -1);
  g_auto (GStrv) right = g_strsplit (expected, "\n", -1);
  guint i = 0;

  while (left[i] != NULL && right[i] != NULL && g_str_equal (left[i], right[i]))
    i++;
  g_error ("%s:\n  is        %s\n  should be %s", where, left[i] != NULL ? left[i] : "(end)",
           right[i] != NULL ? right[i] : "(end)");
}

void
crash_course_check (CrashCourse *self, guint n, const char *where)
{
  g_autofree char *dump = NULL;

  /* The same bytes need not be read. */
  if (crash_world_get_fingerprint (self->world) == g_array_index (self->prints, guint64, n)
      || self->world->db == NULL)
    return;
  crash_check_file (self->world->db, where);
  dump = crash_world_dump (self->world);
  if (!crash_course_is_after (self, dump, n))
    crash_course_explain (where, dump, g_ptr_array_index (self->dumps, MAX (n, 1)));
}

void
crash_course_finish (CrashCourse *self, guint from, const char *where)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *centre_dump = NULL;
  g_autofree char *schema = NULL;

  for (guint i = from; i < self->journey->n_steps; i++)
    crash_course_play_step (self, i, where);
  crash_world_open (self->world, &error);
  crash_fail_on (error, where);
  crash_course_check (self, self->journey->n_steps, where);
  crash_world_check_whole (self->world, where);
  g_assert_true (self->world->proof != PIAO_PROOF_DIFFERENT);
  schema = crash_world_dump_schema (self->world);
  if (!g_str_equal (schema, self->schema))
    crash_course_explain (where, schema, self->schema);
  centre_dump = crash_world_dump_centre (self->world);
  if (!g_str_equal (centre_dump, self->centre_dump))
    crash_course_explain (where, centre_dump, self->centre_dump);
  g_assert_true (piao_ledger_verify (self->world->centre->fixture->db, NULL, NULL));
}

/* --- processes ------------------------------------------------------------------------------- */

gboolean
crash_in_child (gboolean (*func) (gpointer data), gpointer data, const char *where)
{
  int status = 0;
  pid_t child = fork ();

  if (child == 0)
    _exit (func (data) ? 0 : 1);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  if (!WIFEXITED (status) || WEXITSTATUS (status) > 1)
    g_error ("%s: the child died", where);
  return WEXITSTATUS (status) == 0;
}

static GLogWriterOutput
write_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer unused)
{
  if ((level & (G_LOG_LEVEL_WARNING | G_LOG_LEVEL_MESSAGE)) != 0
      || ((level & G_LOG_LEVEL_CRITICAL) != 0 && g_getenv ("PIAO_MUTANT") != NULL))
    return G_LOG_WRITER_HANDLED;
  return g_log_writer_default (level, fields, n_fields, unused);
}

void
crash_test_init (int *argc, char ***argv)
{
  const char *mutant = g_getenv ("PIAO_MUTANT");

  g_test_init (argc, argv, NULL);
  /* ./dev crash --mutants */
  if (mutant != NULL && *mutant != '\0')
    g_assert_true (piao_mutant_find (mutant) != PIAO_MUTANT_NONE
                   && piao_mutant_choose (piao_mutant_find (mutant)));
  /* A planted bug is found by what the disk has kept, not by a call that it makes out of turn. */
  g_log_set_always_fatal (mutant != NULL ? G_LOG_LEVEL_ERROR
                                         : G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
  g_log_set_writer_func (write_log, NULL, NULL);
}

static double
get_seconds (int who)
{
  struct rusage usage;

  getrusage (who, &usage);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
         + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

double
crash_get_cpu (void)
{
  return get_seconds (RUSAGE_SELF) + get_seconds (RUSAGE_CHILDREN);
}
