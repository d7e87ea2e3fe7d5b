/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "app/shell/piao-window.h"

G_BEGIN_DECLS

/*
 * PiaoApplication: the program. Options: --practice opens the practice workspace, --page NAME
 * begins with that page. Actions: win.preferences, app.about, app.quit.
 */
#define PIAO_TYPE_APPLICATION (piao_application_get_type ())
G_DECLARE_FINAL_TYPE (PiaoApplication, piao_application, PIAO, APPLICATION, AdwApplication)

PiaoApplication *piao_application_new (void);

G_END_DECLS
