/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* When somebody looks at a case again (ABN-02): a few usual times to choose from. */
void piao_follow_up_fill (AdwComboRow *row);

/* The chosen time after @now, ms; 0 for none. */
gint64 piao_follow_up_get (AdwComboRow *row, gint64 now);

G_END_DECLS
