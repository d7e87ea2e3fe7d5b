/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "base/piao-mutant.h"

G_BEGIN_DECLS

/* Many worlds, in several processes. */
typedef struct
{
  guint64 first;
  guint count;
  guint days;
  guint jobs;
  const char *kept;  /* folder of kept seeds, or NULL */
  PiaoMutant mutant; /* planted in every world; the only one to be hunted */
  guint limit;       /* seconds of the processor that a planted bug may live */
  gboolean json;
  gboolean trace;  /* print everything; one process */
  gboolean digest; /* print a line a seed */
} SimRun;

/* Both return the status of the program: 0 when all is as it should be. */
int sim_run_seeds (const SimRun *run);
int sim_run_mutants (const SimRun *run);

G_END_DECLS
