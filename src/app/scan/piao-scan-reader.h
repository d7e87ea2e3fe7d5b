/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>

#include "app/scan/piao-scan-bus.h"
#include "app/scan/piao-scan-detector.h"

G_BEGIN_DECLS

/*
 * PiaoScanReader: the keyboard-wedge reader of one window. It sees every key before the widgets do,
 * feeds the detector and puts what comes out on the bus. A text field that a scan ran into gets
 * its text and cursor of before back.
 */
#define PIAO_TYPE_SCAN_READER (piao_scan_reader_get_type ())
G_DECLARE_FINAL_TYPE (PiaoScanReader, piao_scan_reader, PIAO, SCAN_READER, GObject)

/* @window owns the reader's event controller; the reader does not keep @window alive. */
PiaoScanReader *piao_scan_reader_new (GtkWidget *window, PiaoScanBus *bus);

void piao_scan_reader_set_thresholds (PiaoScanReader *self, const PiaoScanThresholds *thresholds);

/* How the last scan looked, for the set-up page. */
void piao_scan_reader_get_sample (PiaoScanReader *self, PiaoScanSample *sample);

G_END_DECLS
