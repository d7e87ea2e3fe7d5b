/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "tests/sim/sim-plan.h"

/* Not at all, sometimes, or often. */
static guint
rate (SimRandom *random, guint most)
{
  guint dice = (guint)sim_random_range (random, 0, 2);

  return dice == 0 ? 0 : (guint)sim_random_range (random, 1, dice == 1 ? MAX (most / 5, 1) : most);
}

SimPlan
sim_plan_new (guint64 seed, guint days)
{
  SimRandom random = sim_random_new (seed, 1);
  SimPlan self = { .days = days };

  self.acts = (guint)sim_random_range (&random, 3, 8);
  self.frames = FALSE;
  self.idempotent = sim_random_chance (&random, 500);
  self.max_bytes = sim_random_chance (&random, 300) ? 8 * 1024 : 128 * 1024;
  self.desk_crash = (guint)sim_random_range (&random, 200, 650);
  self.server_crash = (guint)sim_random_range (&random, 0, 80);
  self.disk = rate (&random, 60);
  self.drop = rate (&random, 250);
  self.duplicate = rate (&random, 200);
  self.cut = rate (&random, 150);
  self.portal = rate (&random, 80);
  self.flip = rate (&random, 100);
  self.slow = rate (&random, 60);
  self.partition = rate (&random, 300);
  self.jump = rate (&random, 200);
  self.grant = rate (&random, 300);
  self.edit = rate (&random, 400);
  self.revoke = rate (&random, 150);
  self.restore = rate (&random, 400);
  self.ilms = rate (&random, 500);
  self.ilms_down = rate (&random, 400);
  return self;
}

char *
sim_plan_describe (const SimPlan *self)
{
  return g_strdup_printf (
      "%u days, %s, ILMS %s, page %u; per mille: desktop crash %u, server crash %u, disk %u, drop "
      "%u, duplicate %u, cut %u, portal %u, flip %u, slow %u, partition %u, jump %u, grant %u, "
      "edit %u, revoke %u, restore %u, ilms %u, ilms down %u",
      self->days, self->frames ? "frames" : "JSON",
      self->idempotent ? "knows numbers again" : "forgets numbers", self->max_bytes,
      self->desk_crash, self->server_crash, self->disk, self->drop, self->duplicate, self->cut,
      self->portal, self->flip, self->slow, self->partition, self->jump, self->grant, self->edit,
      self->revoke, self->restore, self->ilms, self->ilms_down);
}
