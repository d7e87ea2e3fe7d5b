/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "tests/sim/sim-world.h"

G_BEGIN_DECLS

/* Ends all faults, lets the world come to rest, and looks at everything: invariants 2, 5, 6, 8, 9,
 * 11 as a whole. */
void sim_rest (SimWorld *world);

G_END_DECLS
