/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/*
 * PiaoScanBus: where every scan arrives, whatever reader it came from, and where the page that is
 * shown listens. Main thread only.
 *
 * Signal "scan" (text, converted) → gboolean: a code was read; the first listener that returns TRUE
 * has dealt with it. @converted: an input method was on and its wide characters were narrowed.
 * Signal "typed" (text) → gboolean: keys outside of a text field were typing after all.
 */
#define PIAO_TYPE_SCAN_BUS (piao_scan_bus_get_type ())
G_DECLARE_FINAL_TYPE (PiaoScanBus, piao_scan_bus, PIAO, SCAN_BUS, GObject)

/* The longest text that is taken for a scan; longer ones are cut off at the reader. */
#define PIAO_SCAN_BUS_MAX_BYTES 2048

PiaoScanBus *piao_scan_bus_new (void);

/* Whether somebody dealt with it. */
gboolean piao_scan_bus_scan (PiaoScanBus *self, const char *text, gboolean converted);
gboolean piao_scan_bus_typed (PiaoScanBus *self, const char *text);

G_END_DECLS
