/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "domain/outlet/piao-outlet-kinds.h"

G_BEGIN_DECLS

/* Outlets that match what a person typed, best first: GPtrArray of PiaoRecord of the outlet kind. A
 * replica's reading connection. (ORD-06, domain.md 4.9) */
GPtrArray *piao_outlet_find (PiaoDb *db, const char *typed, guint limit, GError **error);

G_END_DECLS
