/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "print/piao-label-layout.h"
#include "print/piao-raster.h"

G_BEGIN_DECLS

/* Label on a screen, in a file, in dots. None of these needs a display. */

/* Fills and draws the label on @cr (a preview), whose unit is a pixel, at @units_per_mm. Errors
 * as piao_label_layout_new(); nothing is drawn then. */
gboolean piao_label_draw (cairo_t *cr,
                          PiaoLabelTemplate *label_template,
                          const PiaoLabelData *data,
                          double units_per_mm,
                          GError **error);

/* The label as a PDF of one page of exactly its size. @created_ms goes into the file's properties
 * instead of the clock, so that the same label gives the same bytes. Transfer full. (DSK-03) */
GBytes *piao_label_to_pdf (const PiaoLabelLayout *layout, gint64 created_ms, GError **error);

/* The label as dots at the layout's density, moved by the printer's calibration (@offset_x and
 * @offset_y in dots, right and down; what leaves the paper is lost). Transfer full. */
PiaoRaster *piao_label_to_raster (const PiaoLabelLayout *layout, int offset_x, int offset_y);

G_END_DECLS
