/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "tests/sim/sim-world.h"

G_BEGIN_DECLS

/*
 * SimPool: jobs in processes of their own, because a planted bug may end its process. What a job
 * has to say lies in memory that the processes share.
 */
typedef enum
{
  SIM_JOB_WAITS,
  SIM_JOB_RUNS,
  SIM_JOB_DONE,
  SIM_JOB_DIED, /* its process ended with a signal */
} SimJobState;

typedef struct
{
  guint64 seed;
  int mutant;

  SimJobState state;
  int pid;
  int signal; /* of a job that died */
  SimCounts counts;
  guint64 digest;
  guint seeds;     /* that were run */
  gint64 took;     /* ms */
  guint invariant; /* 0 when all was well */
  char failure[2000];
  char plan[600];
  char last[6000]; /* events */
} SimJob;

/* Runs @func for each of the @n jobs in at most @processes processes. The array comes from
 * sim_pool_new(). */
SimJob *sim_pool_new (guint n);
void sim_pool_run (SimJob *jobs,
                   guint n,
                   guint processes,
                   void (*func) (SimJob *job, gpointer data),
                   gpointer data);
void sim_pool_free (SimJob *jobs, guint n);

G_END_DECLS
