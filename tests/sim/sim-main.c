/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * piao-sim: runs worlds, one a seed, in several processes. What goes wrong is said with the one
 * command that shows it again.
 */

#include "config.h"

#include <stdio.h>

#include "base/piao-mutant.h"
#include "tests/sim/sim-run.h"

static gint64 n_seeds = 300, first_seed = -1, n_days = 0, n_jobs = 2, n_limit = 60;
static gboolean do_mutants, do_json, do_trace, do_digest;
static char *mutant_name, *kept;

static const GOptionEntry options[] = {
  { "seeds", 0, 0, G_OPTION_ARG_INT64, &n_seeds, "How many seeds", "N" },
  { "seed", 0, 0, G_OPTION_ARG_INT64, &first_seed, "One seed alone (with --seeds: the first)",
    "S" },
  { "days", 0, 0, G_OPTION_ARG_INT64, &n_days, "Days of a world (14; with --mutants 6)", "D" },
  { "jobs", 0, 0, G_OPTION_ARG_INT64, &n_jobs, "Processes", "J" },
  { "kept", 0, 0, G_OPTION_ARG_FILENAME, &kept, "Also the seeds of the files in this folder",
    "DIR" },
  { "mutants", 0, 0, G_OPTION_ARG_NONE, &do_mutants, "Show that every planted bug is caught",
    NULL },
  { "mutant", 0, 0, G_OPTION_ARG_STRING, &mutant_name,
    "Plant this bug (with --mutants: hunt this one alone)", "NAME" },
  { "limit", 0, 0, G_OPTION_ARG_INT64, &n_limit,
    "Seconds of the processor that a planted bug may live", "S" },
  { "json", 0, 0, G_OPTION_ARG_NONE, &do_json, "Say it as JSON lines", NULL },
  { "trace", 0, 0, G_OPTION_ARG_NONE, &do_trace, "Print everything that happens", NULL },
  { "digest", 0, 0, G_OPTION_ARG_NONE, &do_digest, "Print the digest of every trace", NULL },
  { NULL },
};

int
main (int argc, char *argv[])
{
  g_autoptr (GOptionContext) context = g_option_context_new ("– the simulator");
  g_autoptr (GError) error = NULL;
  gboolean one = FALSE;
  SimRun run;

  /* Who looks on through a pipe sees each verdict when it falls. */
  setvbuf (stdout, NULL, _IOLBF, 0);
  for (int i = 1; i < argc; i++)
    one = one || g_str_has_prefix (argv[i], "--seeds");
  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("%s\n", error->message);
      return 2;
    }
  if (mutant_name != NULL && piao_mutant_find (mutant_name) == PIAO_MUTANT_NONE)
    {
      g_printerr ("There is no planted bug “%s”.\n", mutant_name);
      return 2;
    }
  run = (SimRun){ .first = first_seed >= 0 ? (guint64)first_seed : 1,
                  .count = first_seed >= 0 && !one ? 1 : (guint)n_seeds,
                  .days = (guint)(n_days > 0   ? n_days
                                  : do_mutants ? 6
                                               : 14),
                  .jobs = (guint)CLAMP (n_jobs, 1, 64),
                  .kept = kept,
                  .mutant = piao_mutant_find (mutant_name),
                  .limit = (guint)n_limit,
                  .json = do_json,
                  .trace = do_trace,
                  .digest = do_digest };
  return do_mutants ? sim_run_mutants (&run) : sim_run_seeds (&run);
}
