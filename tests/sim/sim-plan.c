/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "store/piao-rebase.h"
#include "sync/piao-sync-again.h"
#include "sync/piao-sync-pace.h"
#include "tests/sim/sim-plan.h"

/* Not at all, sometimes, or often; in a harsh world always often. */
static guint
rate (SimRandom *random, guint64 seed, guint most)
{
  guint dice = (guint)sim_random_range (random, 0, 2);

  if (sim_plan_is_harsh (seed))
    return (guint)sim_random_range (random, most / 2, most);
  return dice == 0 ? 0 : (guint)sim_random_range (random, 1, dice == 1 ? MAX (most / 5, 1) : most);
}

gboolean
sim_plan_is_harsh (guint64 seed)
{
  return seed % 3 == 0;
}

SimPlan
sim_plan_new (guint64 seed, guint days)
{
  SimRandom random = sim_random_new (seed, 1);
  SimPlan self = { .days = days };

  self.acts = (guint)sim_random_range (&random, 3, 8);
  /* What a desktop asks for; every fourth world is read by people. */
  self.frames = seed % 4 != 3;
  self.idempotent = sim_random_chance (&random, 500);
  /* Small pages leave a desktop in the middle of things for long. */
  self.max_bytes = sim_random_chance (&random, sim_plan_is_harsh (seed) ? 500 : 100) ? 700
                   : sim_random_chance (&random, 300)                                ? 8 * 1024
                                                                                     : 128 * 1024;
  self.desk_crash = (guint)sim_random_range (&random, 260, 680);
  self.server_crash = (guint)sim_random_range (&random, 0, 80);
  self.disk = rate (&random, seed, 60);
  self.drop = rate (&random, seed, 250);
  self.duplicate = rate (&random, seed, 200);
  self.cut = rate (&random, seed, 150);
  self.portal = rate (&random, seed, 80);
  self.flip = rate (&random, seed, 100);
  self.slow = rate (&random, seed, 60);
  self.partition = rate (&random, seed, 300);
  self.jump = rate (&random, seed, 200);
  self.grant = rate (&random, seed, 700);
  self.edit = rate (&random, seed, 400);
  self.revoke = rate (&random, seed, 150);
  self.restore = rate (&random, seed, 400);
  self.ilms = rate (&random, seed, 500);
  self.ilms_down = rate (&random, seed, 400);
  self.damage = rate (&random, seed, 300);
  self.few = sim_random_chance (&random, 500) ? 4 : PIAO_SYNC_AGAIN_FEW;
  /* As after days without a line, where there were only hours. */
  self.piece = sim_random_chance (&random, 500) ? 700 : PIAO_SYNC_LARGEST_PIECE;
  self.little = sim_random_chance (&random, 700) ? (guint)sim_random_range (&random, 0, 2)
                                                 : PIAO_OUTBOX_FEW;
  return self;
}

char *
sim_plan_describe (const SimPlan *self)
{
  return g_strdup_printf (
      "%u days, %s, ILMS %s, page %u, few %u, piece %u, little %u; per mille: desktop crash %u, "
      "server crash %u, disk "
      "%u, drop %u, duplicate %u, cut %u, portal %u, flip %u, slow %u, partition %u, jump %u, "
      "grant %u, edit %u, revoke %u, restore %u, ilms %u, ilms down %u, damage %u",
      self->days, self->frames ? "frames" : "JSON",
      self->idempotent ? "knows numbers again" : "forgets numbers", self->max_bytes, self->few,
      (guint)self->piece, self->little, self->desk_crash, self->server_crash, self->disk,
      self->drop, self->duplicate, self->cut, self->portal, self->flip, self->slow, self->partition,
      self->jump, self->grant, self->edit, self->revoke, self->restore, self->ilms, self->ilms_down,
      self->damage);
}
