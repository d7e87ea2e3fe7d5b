/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Lets every text of ours speak the language of the process. A program calls it at its start,
 * after setlocale() and before any thread: what it binds is process-wide. Run from the build
 * folder, a program reads the translations that were built there.
 */
void piao_i18n_bind (void);

G_END_DECLS
