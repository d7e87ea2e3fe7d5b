/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "app/piao-session.h"

G_BEGIN_DECLS

/* Reports an order abnormal: what is wrong, with which of its packs, who looks after it (ABN-01,
 * ABN-02, WHS-11). */
#define PIAO_TYPE_REPORT_DIALOG (piao_report_dialog_get_type ())
G_DECLARE_FINAL_TYPE (PiaoReportDialog, piao_report_dialog, PIAO, REPORT_DIALOG, AdwDialog)

/* @trouble is chosen at first; NULL for none in particular. */
PiaoReportDialog *piao_report_dialog_new (PiaoSession *session, gint64 order, const char *trouble);

/* Whether the user may report that an order in @state is abnormal. */
gboolean piao_report_dialog_may (PiaoSession *session, const char *state);

G_END_DECLS
