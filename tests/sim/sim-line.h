/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "ilms/piao-gateway-worker.h"
#include "tests/sim/sim-world.h"

G_BEGIN_DECLS

/*
 * SimLine: the line of one executor of gateway requests to ILMS. It stands where the HTTP client
 * stands in the product: this program has a PiaoGatewayClient of its own that carries a call
 * through virtual time to the books of the sandbox and back, with the sandbox's faults.
 */
#define SIM_LINE_SERVER SIM_N_DESKS

PiaoGatewayClient *sim_line_new (SimWorld *world, guint executor);

/* Its program ends: every call under way breaks off. What has left is carried out all the same. */
void sim_line_cut (PiaoGatewayClient *self);

/* Nudges the worker of @executor at @at, not earlier than it can be. */
void sim_line_wake (SimWorld *world, guint executor, gint64 at);

/* Whether a request of @executor ("server", "device:<n>") is undecided. */
gboolean sim_line_has_work (PiaoDb *db, const char *executor);

PiaoGatewayRules sim_line_get_rules (SimWorld *world);
PiaoRandom sim_line_get_random (SimWorld *world);

G_END_DECLS
