/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "tests/sim/sim-world.h"

G_BEGIN_DECLS

/* Abnormal orders in the hands of the clerks and of the manager, who alone approves what others
 * have reported. */

/* Reports @order, with one of its packs if there is one. */
void sim_case_report (SimDesk *desk, gint64 order);

/* Takes a case that is open on this desktop one step on. FALSE when there is none. */
gboolean sim_case_go_on (SimDesk *desk);

G_END_DECLS
