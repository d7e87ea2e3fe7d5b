/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "app/piao-session.h"

G_BEGIN_DECLS

/*
 * PiaoAccessDialog: where an administrator enters who a warehouse of route direct is at ILMS, tries
 * it, and takes it away again. What is typed goes to the keyring and nowhere else; what is kept
 * there is never shown.
 */
#define PIAO_TYPE_ACCESS_DIALOG (piao_access_dialog_get_type ())
G_DECLARE_FINAL_TYPE (PiaoAccessDialog, piao_access_dialog, PIAO, ACCESS_DIALOG, AdwDialog)

AdwDialog *piao_access_dialog_new (PiaoSession *session);

G_END_DECLS
