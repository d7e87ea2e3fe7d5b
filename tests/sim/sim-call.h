/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "tests/sim/sim-desk.h"

G_BEGIN_DECLS

/*
 * One desktop's side of /v1/sync: the product's engine decides, and this drives it in virtual time
 * over a line that does what lines do. A computer is switched on for a while when somebody works at
 * it, and now and then without.
 */

/* The program starts. */
void sim_call_start (SimDesk *desk);

/* Somebody works here: the computer stays on for @length ms at least. */
void sim_call_wake (SimDesk *desk, gint64 length);

/* A person keeps it offline for @length ms, or not any more. */
void sim_call_hold (SimDesk *desk, gint64 length);
void sim_call_release (SimDesk *desk);

/* Another user works here from now on. */
void sim_call_sign_in (SimDesk *desk, gint64 user);

/* A command was committed here. */
void sim_call_commit (SimDesk *desk);

/* The server is at @seq: tells the desktop if it listens. */
void sim_call_hint (SimDesk *desk, gint64 seq);

/* The program has ended. */
void sim_call_end (SimDesk *desk);

/* What came back from the call with this serial, if it is still awaited. @same: from the short
 * question whether the answer would be the one that is kept. @flipped: it has a bit that the server
 * did not write, and must not be taken. */
void sim_call_answered (
    SimDesk *desk, guint serial, gboolean same, gboolean flipped, guint status, GBytes *body);

/* The content type of answers in this world. */
const char *sim_call_get_coding (const SimWorld *world);

G_END_DECLS
