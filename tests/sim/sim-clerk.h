/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "tests/sim/sim-desk.h"

G_BEGIN_DECLS

/* The people at the desktops. They see what their replica shows, do mostly the right thing next,
 * and sometimes the wrong one. */

/* Plans the bursts of work of all the days of the world. */
void sim_clerk_plan (SimDesk *desk);

/* One more burst in @delay ms. */
void sim_clerk_add_burst (SimDesk *desk, gint64 delay);

/* In @delay ms @order is refused or reported. */
void sim_clerk_call_off (SimDesk *desk, gint64 order, gint64 delay);

/* In @delay ms a case that is open there is taken a step on. */
void sim_clerk_go_on (SimDesk *desk, gint64 delay);

/* Runs a command (@args is taken); what a rule refuses is part of the work. */
void sim_clerk_act (SimDesk *desk, const char *name, JsonObject *args);

G_END_DECLS
