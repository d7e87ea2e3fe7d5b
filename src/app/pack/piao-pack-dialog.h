/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "app/piao-session.h"

G_BEGIN_DECLS

/* PiaoPackDialog: a pack's passport: what it is, where it is, which order it is on, who moved it.
 * Works off line. (domain.md 4.17) */
#define PIAO_TYPE_PACK_DIALOG (piao_pack_dialog_get_type ())
G_DECLARE_FINAL_TYPE (PiaoPackDialog, piao_pack_dialog, PIAO, PACK_DIALOG, AdwDialog)

/* Reads the pack @code ("J0001-00005-0000123") and shows it over the window of @parent; says in a
 * toast when it is not in the books here. */
void piao_pack_dialog_present (GtkWidget *parent, PiaoSession *session, const char *code);

G_END_DECLS
