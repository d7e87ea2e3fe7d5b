/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "tests/crash/crash-world.h"

G_BEGIN_DECLS

#define CRASH_N_JOURNEYS 9

/* The one that comes back with commands that wait. */
#define CRASH_MIGRATION 7

/* scan-out, receive, count, push, pull, come-back (with much that waits), first-fetch (thousands of
 * rows, in bulk), migration (with commands that wait), old-migration (from the first schema) */
extern const CrashJourney crash_journeys[CRASH_N_JOURNEYS];

G_END_DECLS
