/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "sandbox/piao-sandbox-faults.h"
#include "sandbox/piao-sandbox-store.h"
#include "tests/sim/sim-world.h"

G_BEGIN_DECLS

/*
 * SimIlms: ILMS as the sandbox has it, books and faults, without its HTTP. It also remembers which
 * request numbers were carried out, and when: what has happened must never be sent again.
 */
struct _SimIlms
{
  SimWorld *world;
  PiaoSandboxStore *store;
  PiaoSandboxFaults *faults;
  gint64 down_until;
  GHashTable *carried_out; /* request number → itself */
};

SimIlms *sim_ilms_new (SimWorld *world);
void sim_ilms_free (SimIlms *self);

/* What the next call gets. */
PiaoSandboxFault sim_ilms_take_fault (SimIlms *self, const char *operation);

/* Carries a call out, now: the reply's code and, when it is good, its result (both transfer full).
 * @sentence likewise. */
void sim_ilms_carry_out (SimIlms *self,
                         const char *operation,
                         GHashTable *params,
                         char **code,
                         char **sentence,
                         JsonObject **result);

gboolean sim_ilms_has_carried_out (SimIlms *self, const char *request_no);

/* Whether the books say that the order was debited. */
gboolean sim_ilms_has_debited (SimIlms *self, const char *order_no);

G_END_DECLS
