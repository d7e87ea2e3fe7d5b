/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "app/piao-session.h"
#include "app/refused/piao-refused.h"

G_BEGIN_DECLS

/*
 * PiaoMendDialog: a form of what may be given in another way in a refused command; sends it again
 * with that and closes. What it is about is shown and stays as it was.
 *
 * Action: mend.send.
 */
#define PIAO_TYPE_MEND_DIALOG (piao_mend_dialog_get_type ())
G_DECLARE_FINAL_TYPE (PiaoMendDialog, piao_mend_dialog, PIAO, MEND_DIALOG, AdwDialog)

PiaoMendDialog *piao_mend_dialog_new (PiaoSession *session, PiaoRefused *item);

G_END_DECLS
