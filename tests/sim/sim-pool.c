/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/sim/sim-pool.h"

static gsize
size_of (guint n)
{
  return sizeof (SimJob) * MAX (n, 1);
}

SimJob *
sim_pool_new (guint n)
{
  void *memory
      = mmap (NULL, size_of (n), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

  if (memory == MAP_FAILED)
    g_error ("There is no memory for %u jobs", n);
  return memory;
}

void
sim_pool_free (SimJob *jobs, guint n)
{
  munmap (jobs, size_of (n));
}

/* Takes the next job that waits; NULL when there is none. */
static SimJob *
take (SimJob *jobs, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      int waits = SIM_JOB_WAITS;

      if (__atomic_compare_exchange_n ((int *)&jobs[i].state, &waits, SIM_JOB_RUNS, FALSE,
                                       __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
        return &jobs[i];
    }
  return NULL;
}

static void
work (SimJob *jobs, guint n, void (*func) (SimJob *job, gpointer data), gpointer data)
{
  SimJob *job;

  while ((job = take (jobs, n)) != NULL)
    {
      gint64 before = g_get_monotonic_time ();

      job->pid = (int)getpid ();
      func (job, data);
      job->took = (g_get_monotonic_time () - before) / 1000;
      job->state = SIM_JOB_DONE;
    }
}

static gboolean
has_more (const SimJob *jobs, guint n)
{
  for (guint i = 0; i < n; i++)
    if (jobs[i].state == SIM_JOB_WAITS)
      return TRUE;
  return FALSE;
}

void
sim_pool_run (SimJob *jobs,
              guint n,
              guint processes,
              void (*func) (SimJob *job, gpointer data),
              gpointer data)
{
  guint running = 0;

  for (;;)
    {
      int status, pid;

      for (; running < processes && has_more (jobs, n); running++)
        {
          pid = (int)fork ();
          if (pid < 0)
            g_error ("No process can be made");
          if (pid > 0)
            continue;
          work (jobs, n, func, data);
          _exit (0);
        }
      if (running == 0)
        return;
      pid = (int)wait (&status);
      running--;
      for (guint i = 0; i < n; i++)
        if (jobs[i].state == SIM_JOB_RUNS && jobs[i].pid == pid)
          {
            jobs[i].state = SIM_JOB_DIED;
            jobs[i].signal = WIFSIGNALED (status) ? WTERMSIG (status) : -1;
          }
    }
}
