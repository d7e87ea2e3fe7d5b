/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "tests/sim/sim-desk.h"

G_BEGIN_DECLS

/* The line between a desktop and the server: sends the request that was read; what comes back goes
 * to sim_call_answered(), status 0 after the time-out. */
void sim_line_up_send (SimDesk *desk, guint serial);

/* The same with the short question at @path. */
void sim_line_up_ask (SimDesk *desk, guint serial, const char *path);

G_END_DECLS
