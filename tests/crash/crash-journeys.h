/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "tests/crash/crash-world.h"

G_BEGIN_DECLS

#define CRASH_N_JOURNEYS 5

/* scan-out, receive, count, push, pull */
extern const CrashJourney crash_journeys[CRASH_N_JOURNEYS];

/* From the oldest schema; the matrix sets the number. */
extern const CrashJourney crash_migration;

G_END_DECLS
