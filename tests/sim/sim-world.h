/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "store/piao-command.h"
#include "tests/sim/sim-plan.h"
#include "tests/sim/sim-queue.h"
#include "tests/sim/sim-trace.h"

G_BEGIN_DECLS

/*
 * SimWorld: four desktops, the server and ILMS in one process and in virtual time. One thread, one
 * seed. What happens is an event of the queue; after each the invariants of testing.md are checked
 * as far as they can have changed.
 */
#define SIM_N_DESKS 4

typedef struct _SimWorld SimWorld;
typedef struct _SimDesk SimDesk;
typedef struct _SimServer SimServer;
typedef struct _SimIlms SimIlms;

/* How much happened, for the summary. */
typedef struct
{
  guint64 events;
  guint64 acts;         /* of clerks, acknowledged */
  guint64 refusals;     /* that a clerk saw at once */
  guint64 calls;        /* of desktops to the server that were answered and applied */
  guint64 desk_crashes; /* power cuts */
  guint64 server_crashes;
  guint64 inside; /* of both: in the middle of a transaction */
  guint64 disk_faults;
  guint64 debits;
  guint64 cases;     /* about abnormal orders, closed */
  guint64 forgotten; /* debits that a restored server had forgotten, found when an order ended */
  guint64 restores;
  guint64 sames;   /* short questions that stood for a whole call */
  guint64 damages; /* rows of replicas that were harmed */
  guint64 repairs; /* … and found by the digests, and repaired */
  guint64 checks;  /* full ones */
} SimCounts;

struct _SimWorld
{
  guint64 seed;
  SimPlan plan;
  gint64 start;  /* ms UTC: when it begins */
  gint64 now;    /* ms UTC */
  gint64 until;  /* when the faults end */
  gboolean calm; /* the faults are over: all must come to rest */

  SimQueue *queue;
  SimTrace *trace;
  SimRandom random; /* of the faults */
  SimRandom harm;   /* of the damage to replicas */
  PiaoRegistry *registry;
  SimServer *server;
  SimIlms *ilms;
  struct _SimTruth *truth;
  SimDesk *desks[SIM_N_DESKS];

  SimCounts counts;
  guint invariant; /* that was violated; 0 while all is well */
  char *failure;   /* how; NULL while all is well */
};

/* A world of @seed that lasts @days. @loud prints its trace. */
SimWorld *sim_world_new (guint64 seed, guint days, gboolean loud);
void sim_world_free (SimWorld *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimWorld, sim_world_free)

/* Runs it to its end, or to the first violation. FALSE on a violation. */
gboolean sim_world_run (SimWorld *self);

/* --- for its parts --------------------------------------------------------------------------- */

/* Invariant @number of testing.md is violated; the first one counts. Returns FALSE. */
gboolean sim_fail (SimWorld *self, guint number, const char *format, ...) G_GNUC_PRINTF (3, 4);

/* The same for a failure of the database or the program that no fault explains. */
gboolean sim_fail_error (SimWorld *self, guint number, const char *what, const GError *error);

#define sim_note(world, who, ...)                                                                  \
  sim_trace_add ((world)->trace, (world)->now - (world)->start, (who), __VA_ARGS__)

/* @func is called in @delay ms. */
void sim_later (SimWorld *self, gint64 delay, SimFunc func, gpointer data, GDestroyNotify destroy);

/* The next event and what follows from it at once. FALSE on a violation. */
gboolean sim_world_step (SimWorld *self);

/* Lets the fibers of the gateway workers run until they wait. */
void sim_pump (SimWorld *self);

G_END_DECLS
