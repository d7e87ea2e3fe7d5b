/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <libdex.h>
#include <locale.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/lib/piao-shim-vfs.h"
#include "tests/sim/sim-check.h"
#include "tests/sim/sim-pool.h"
#include "tests/sim/sim-run.h"

/* --- one world ------------------------------------------------------------------------------- */

/* Faults make the product talk; only what must never happen is of interest, and ends the world. */
static GLogWriterOutput
write_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  if ((level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL)) != 0)
    return g_log_writer_default (level, fields, n_fields, NULL);
  return G_LOG_WRITER_HANDLED;
}

static void
prepare (PiaoMutant mutant)
{
  static gboolean prepared;

  if (prepared)
    return;
  prepared = TRUE;
  g_log_set_writer_func (write_log, NULL, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_ERROR);
  setlocale (LC_CTYPE, "C.UTF-8");
  dex_init ();
  piao_shim_register ();
  if (!piao_mutant_choose (mutant))
    g_error ("This program was built without planted bugs");
}

static void
run_world (SimJob *job, guint64 seed, const SimRun *run)
{
  g_autoptr (SimWorld) world = sim_world_new (seed, run->days, run->trace);

  job->seed = seed;
  sim_world_run (world);
  job->digest = sim_trace_get_digest (world->trace);
  job->counts = world->counts;
  job->invariant = world->invariant;
  job->seeds++;
  if (world->failure != NULL)
    {
      g_autofree char *plan = sim_plan_describe (&world->plan);
      g_autofree char *last = sim_trace_dup_last (world->trace);

      g_strlcpy (job->failure, world->failure, sizeof job->failure);
      g_strlcpy (job->plan, plan, sizeof job->plan);
      g_strlcpy (job->last, last, sizeof job->last);
    }
}

static void
run_seed (SimJob *job, gpointer data)
{
  const SimRun *run = data;

  prepare (run->mutant);
  run_world (job, job->seed, run);
}

/* --- reports --------------------------------------------------------------------------------- */

static gboolean
is_bad (const SimJob *job)
{
  return job->state != SIM_JOB_DONE || job->invariant != 0;
}

static void
report_failure (const SimJob *job, const SimRun *run)
{
  if (job->state == SIM_JOB_DIED)
    g_print ("\nseed %" G_GUINT64_FORMAT ": the program ended with signal %d (its last words are "
             "above)\n",
             job->seed, job->signal);
  else
    g_print ("\nseed %" G_GUINT64_FORMAT " violates invariant %u: %s\n  %s\n  world: %s\n"
             "  last events:\n%s",
             job->seed, job->invariant, sim_invariant_describe (job->invariant), job->failure,
             job->plan, job->last);
  g_print ("  again: ./dev sim --seed %" G_GUINT64_FORMAT " --days %u --trace%s%s\n", job->seed,
           run->days, run->mutant != PIAO_MUTANT_NONE ? " --mutant " : "",
           run->mutant != PIAO_MUTANT_NONE ? piao_mutant_get_name (run->mutant) : "");
}

static void
add_counts (SimCounts *sum, const SimCounts *counts)
{
  sum->events += counts->events;
  sum->acts += counts->acts;
  sum->refusals += counts->refusals;
  sum->calls += counts->calls;
  sum->desk_crashes += counts->desk_crashes;
  sum->server_crashes += counts->server_crashes;
  sum->inside += counts->inside;
  sum->disk_faults += counts->disk_faults;
  sum->debits += counts->debits;
  sum->cases += counts->cases;
  sum->forgotten += counts->forgotten;
  sum->restores += counts->restores;
  sum->sames += counts->sames;
  sum->damages += counts->damages;
  sum->repairs += counts->repairs;
  sum->checks += counts->checks;
}

static void
report_sum (const SimRun *run, guint seeds, guint bad, const SimCounts *sum, gint64 ms)
{
  const char *format
      = run->json ? "{\"seeds\":%u,\"days\":%u,\"failed\":%u,\"seconds\":%.1f,\"events\":"
                    "%" G_GUINT64_FORMAT ",\"commands\":%" G_GUINT64_FORMAT
                    ",\"calls\":%" G_GUINT64_FORMAT ",\"crashes\":%" G_GUINT64_FORMAT
                    ",\"inside\":%" G_GUINT64_FORMAT ",\"disk_faults\":%" G_GUINT64_FORMAT
                    ",\"debits\":%" G_GUINT64_FORMAT ",\"cases\":%" G_GUINT64_FORMAT
                    ",\"forgotten\":%" G_GUINT64_FORMAT ",\"restores\":%" G_GUINT64_FORMAT
                    ",\"same\":%" G_GUINT64_FORMAT ",\"damages\":%" G_GUINT64_FORMAT
                    ",\"repairs\":%" G_GUINT64_FORMAT "}\n"
                  : "%u seeds of %u days: %u failed, %.1f s; %" G_GUINT64_FORMAT
                    " events, %" G_GUINT64_FORMAT " commands, %" G_GUINT64_FORMAT
                    " calls, %" G_GUINT64_FORMAT " crashes (%" G_GUINT64_FORMAT
                    " inside a transaction), %" G_GUINT64_FORMAT " disk faults, %" G_GUINT64_FORMAT
                    " debits (%" G_GUINT64_FORMAT " cases, %" G_GUINT64_FORMAT
                    " forgotten debits found), %" G_GUINT64_FORMAT " restores, %" G_GUINT64_FORMAT
                    " times the same as before, %" G_GUINT64_FORMAT
                    " rows harmed (%" G_GUINT64_FORMAT " repaired)\n";

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  g_print (format, seeds, run->days, bad, (double)ms / 1000, sum->events, sum->acts, sum->calls,
           sum->desk_crashes + sum->server_crashes, sum->inside, sum->disk_faults, sum->debits,
           sum->cases, sum->forgotten, sum->restores, sum->sames, sum->damages, sum->repairs);
#pragma GCC diagnostic pop
}

/* --- many worlds ----------------------------------------------------------------------------- */

/* The seeds of the files "NUMBER.seed" in @folder, in their order. Transfer full. */
static GArray *
list_kept (const char *folder)
{
  GArray *seeds = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autoptr (GDir) dir = folder != NULL ? g_dir_open (folder, 0, NULL) : NULL;
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      char *end = NULL;
      guint64 seed = g_ascii_strtoull (name, &end, 10);

      if (end != name && g_str_equal (end, ".seed"))
        g_array_append_val (seeds, seed);
    }
  return seeds;
}

int
sim_run_seeds (const SimRun *run)
{
  g_autoptr (GArray) kept = list_kept (run->kept);
  guint n = run->count + kept->len;
  SimJob *jobs = sim_pool_new (n);
  SimCounts sum = { 0 };
  guint bad = 0;
  gint64 before = g_get_monotonic_time ();

  for (guint i = 0; i < n; i++)
    jobs[i].seed = i < kept->len ? g_array_index (kept, guint64, i) : run->first + i - kept->len;
  sim_pool_run (jobs, n, run->trace ? 1 : run->jobs, run_seed, (gpointer)run);
  for (guint i = 0; i < n; i++)
    {
      add_counts (&sum, &jobs[i].counts);
      if (run->digest)
        g_print ("%" G_GUINT64_FORMAT " %016" G_GINT64_MODIFIER "x\n", jobs[i].seed,
                 jobs[i].digest);
      if (!is_bad (&jobs[i]))
        continue;
      if (bad++ < 10)
        report_failure (&jobs[i], run);
    }
  if (!run->digest)
    report_sum (run, n, bad, &sum, (g_get_monotonic_time () - before) / 1000);
  sim_pool_free (jobs, n);
  return bad == 0 ? 0 : 1;
}

/* --- planted bugs ---------------------------------------------------------------------------- */

#define N_HARSH 20

/* The processor's time, so that a busy machine changes nothing. */
static gint64
get_cpu_ms (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000
         + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000;
}

/* One process a bug: it is chosen once for the whole process. */
static void
hunt (SimJob *job, gpointer data)
{
  const SimRun *run = data;
  const struct rlimit limit = { run->limit, run->limit + 1 };
  const guint64 harsh = (run->first + 2) / 3 * 3;

  setrlimit (RLIMIT_CPU, &limit);
  prepare ((PiaoMutant)job->mutant);
  /* The harsh worlds, then all. */
  for (guint64 i = 0; job->invariant == 0; i++)
    {
      run_world (job, i < N_HARSH ? harsh + 3 * i : run->first + i - N_HARSH, run);
      job->took = get_cpu_ms ();
    }
  job->state = SIM_JOB_DONE;
  _exit (0);
}

static gboolean
report_mutant (const SimJob *job, const SimRun *run)
{
  const char *name = piao_mutant_get_name ((PiaoMutant)job->mutant);
  gboolean died = job->state == SIM_JOB_DIED && (job->signal == SIGABRT || job->signal == SIGTRAP);
  gboolean caught = died || (job->state == SIM_JOB_DONE && job->invariant != 0);
  const char *how = died     ? "an invariant in the program itself stopped it"
                    : caught ? sim_invariant_describe (job->invariant)
                             : "";
  double seconds = (double)job->took / 1000;

  if (run->json)
    g_print ("{\"mutant\":\"%s\",\"caught\":%s,\"seed\":%" G_GUINT64_FORMAT
             ",\"seconds\":%.1f,\"invariant\":%u,\"how\":\"%s\"}\n",
             name, caught ? "true" : "false", job->seed, seconds, job->invariant, how);
  else
    g_print ("%-22s %-9s seed %-4" G_GUINT64_FORMAT " %5.1f s  %2u  %s\n", name,
             caught ? "caught" : "SURVIVES", job->seed, seconds, job->invariant, how);
  return caught;
}

int
sim_run_mutants (const SimRun *run)
{
  guint n = PIAO_MUTANTS_OF_CRASHES - 1;
  SimJob *jobs = sim_pool_new (PIAO_N_MUTANTS);
  guint survivors = 0;

  if (!piao_mutant_choose ((PiaoMutant)1))
    {
      g_printerr ("This program was built without planted bugs: ./dev sim --mutants builds one.\n");
      return 2;
    }
  if (run->mutant != PIAO_MUTANT_NONE)
    n = 1;
  for (guint i = 0; i < n; i++)
    jobs[i].mutant = run->mutant != PIAO_MUTANT_NONE ? (int)run->mutant : (int)i + 1;
  sim_pool_run (jobs, n, run->jobs, hunt, (gpointer)run);
  for (guint i = 0; i < n; i++)
    survivors += report_mutant (&jobs[i], run) ? 0 : 1;
  g_print ("%u planted bugs, %u caught, %u survive\n", n, n - survivors, survivors);
  sim_pool_free (jobs, PIAO_N_MUTANTS);
  return survivors == 0 ? 0 : 1;
}
