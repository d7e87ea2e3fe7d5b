/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "app/piao-session.h"

G_BEGIN_DECLS

/* Codes to practise with: those that fit the oldest order that can be picked, then one of each kind
 * that is refused. Choosing one scans it. */
#define PIAO_TYPE_CODES_DIALOG (piao_codes_dialog_get_type ())
G_DECLARE_FINAL_TYPE (PiaoCodesDialog, piao_codes_dialog, PIAO, CODES_DIALOG, AdwDialog)

AdwDialog *piao_codes_dialog_new (PiaoSession *session);

G_END_DECLS
