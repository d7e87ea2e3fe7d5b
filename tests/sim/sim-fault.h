/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "tests/sim/sim-world.h"

G_BEGIN_DECLS

/* Plans what the world does to its machines, day by day. */
void sim_fault_plan (SimWorld *world);

G_END_DECLS
