/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "tests/lib/piao-centre.h"

G_BEGIN_DECLS

/* A request for so many bytes is answered with one page of the crowd's outlets or packs that is
 * written in bulk, and another behind it. */
#define CRASH_CROWD_BYTES (128 * 1024)

/* The prefecture of the fixture had many outlets and has sold thousands of packs: rows with a
 * change index, as of a centre that is older than its desktops. */
void crash_crowd_put (PiaoCentre *centre);

G_END_DECLS
