/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "app/piao-session.h"

G_BEGIN_DECLS

/*
 * PiaoPhoneDialog: an order by telephone: find the outlet, check who is calling, choose types and
 * packs, read back, submit. (ORD-06, ORD-21)
 *
 * Actions: phone.submit, phone.change-outlet.
 */
#define PIAO_TYPE_PHONE_DIALOG (piao_phone_dialog_get_type ())
G_DECLARE_FINAL_TYPE (PiaoPhoneDialog, piao_phone_dialog, PIAO, PHONE_DIALOG, AdwDialog)

PiaoPhoneDialog *piao_phone_dialog_new (PiaoSession *session);

/* Makes one and shows it over the window of @parent. */
void piao_phone_dialog_present (GtkWidget *parent, PiaoSession *session);

G_END_DECLS
