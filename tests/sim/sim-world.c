/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib-object.h>

#include "base/piao-clock.h"
#include "base/piao-error.h"
#include "domain/piao-domain.h"
#include "store/piao-rebase.h"
#include "sync/piao-sync-again.h"
#include "tests/sim/sim-check.h"
#include "tests/sim/sim-clerk.h"
#include "tests/sim/sim-desk.h"
#include "tests/sim/sim-fault.h"
#include "tests/sim/sim-ilms.h"
#include "tests/sim/sim-rest.h"
#include "tests/sim/sim-server.h"

/* 2026-01-02 08:00 in Shanghai. */
#define START G_GINT64_CONSTANT (1767312000000)

/* Everything is looked at whenever so many events have happened. */
#define CHECK_EVERY 400

gboolean
sim_fail (SimWorld *self, guint number, const char *format, ...)
{
  va_list args;

  if (self->failure != NULL)
    return FALSE;
  va_start (args, format);
  self->failure = g_strdup_vprintf (format, args);
  va_end (args);
  self->invariant = number;
  sim_note (self, "sim", "VIOLATION of %u: %s", number, self->failure);
  return FALSE;
}

gboolean
sim_fail_error (SimWorld *self, guint number, const char *what, const GError *error)
{
  return sim_fail (self, number, "%s: %s (%s)", what, error != NULL ? error->message : "no reason",
                   error != NULL ? piao_error_get_reason (error) : "");
}

void
sim_later (SimWorld *self, gint64 delay, SimFunc func, gpointer data, GDestroyNotify destroy)
{
  sim_queue_add (self->queue, self->now + MAX (delay, 0), func, data, destroy);
}

void
sim_pump (SimWorld *self)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static void
tend_all (SimWorld *self)
{
  sim_pump (self);
  sim_server_tend (self->server);
  for (guint i = 0; i < SIM_N_DESKS; i++)
    sim_desk_tend (self->desks[i]);
  sim_pump (self);
}

gboolean
sim_world_step (SimWorld *self)
{
  gint64 at = sim_queue_next_at (self->queue);
  gint64 up = self->server->db == NULL ? self->server->up_at : G_MAXINT64;

  /* A server that is down comes back although nothing else happens. */
  self->now = MAX (self->now, MIN (at, up));
  piao_clock_set (self->server->clock, self->now);
  for (guint i = 0; i < SIM_N_DESKS; i++)
    sim_desk_set_clock (self->desks[i]);
  if (at <= up)
    sim_queue_run_next (self->queue);
  self->counts.events++;
  if (self->failure == NULL)
    tend_all (self);
  if (self->failure == NULL && self->counts.events % CHECK_EVERY == 0)
    sim_check_all (self);
  return self->failure == NULL;
}

gboolean
sim_world_run (SimWorld *self)
{
  tend_all (self);
  while (self->failure == NULL && self->now < self->until
         && sim_queue_next_at (self->queue) != G_MAXINT64)
    sim_world_step (self);
  if (self->failure == NULL)
    sim_rest (self);
  return self->failure == NULL;
}

SimWorld *
sim_world_new (guint64 seed, guint days, gboolean loud)
{
  SimWorld *self = g_new0 (SimWorld, 1);

  self->seed = seed;
  self->plan = sim_plan_new (seed, days);
  piao_sync_again_set_few (self->plan.few);
  piao_outbox_set_few (self->plan.little);
  self->start = self->now = START;
  self->until = START + days * PIAO_DAY;
  self->queue = sim_queue_new ();
  self->trace = sim_trace_new (loud);
  self->random = sim_random_new (seed, 2);
  self->harm = sim_random_new (seed, 3);
  self->registry = piao_domain_registry_new ();
  self->truth = sim_truth_new ();
  self->server = sim_server_new (self);
  self->ilms = sim_ilms_new (self);
  for (guint i = 0; i < SIM_N_DESKS; i++)
    self->desks[i] = sim_desk_new (self, i);
  sim_fault_plan (self);
  for (guint i = 0; i < SIM_N_DESKS; i++)
    sim_clerk_plan (self->desks[i]);
  return self;
}

void
sim_world_free (SimWorld *self)
{
  for (guint i = 0; i < SIM_N_DESKS; i++)
    sim_desk_free (self->desks[i]);
  sim_server_free (self->server);
  sim_pump (self);
  sim_queue_free (self->queue);
  sim_pump (self);
  sim_ilms_free (self->ilms);
  sim_truth_free (self->truth);
  sim_trace_free (self->trace);
  piao_registry_unref (self->registry);
  g_free (self->failure);
  g_free (self);
}
