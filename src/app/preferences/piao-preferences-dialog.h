/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>

#include "app/piao-session.h"
#include "app/scan/piao-scan-reader.h"

G_BEGIN_DECLS

/*
 * PiaoPreferencesDialog: the server, the label printer with its calibration, and the scanner, whose
 * thresholds are learned from ten scans. Everything is in effect at once; there is no button to
 * apply. Action: preferences.learn begins or ends learning.
 */
#define PIAO_TYPE_PREFERENCES_DIALOG (piao_preferences_dialog_get_type ())
G_DECLARE_FINAL_TYPE (PiaoPreferencesDialog,
                      piao_preferences_dialog,
                      PIAO,
                      PREFERENCES_DIALOG,
                      AdwPreferencesDialog)

/* Scans that are measured before the thresholds are set. (domain.md 4.3) */
#define PIAO_PREFERENCES_SCANS 10

/* @reader measures the scans. */
PiaoPreferencesDialog *piao_preferences_dialog_new (PiaoSession *session, PiaoScanReader *reader);

/* A scan came in while the dialog is open; TRUE when it was wanted for learning. */
gboolean piao_preferences_dialog_scan (PiaoPreferencesDialog *self);

G_END_DECLS
