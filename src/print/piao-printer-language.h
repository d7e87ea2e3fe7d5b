/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "print/piao-raster.h"

G_BEGIN_DECLS

/*
 * What label printers are told. The whole label travels as dots, so Chinese comes out right on
 * any model, and no text from outside is ever read as a command.
 */
#define PIAO_PRINTER_MAX_COPIES 99

/* ZPL II (Zebra, most others): one ^GFA graphic in compressed hex. @copies 1 … 99. */
GBytes *piao_zpl_write (const PiaoRaster *raster, guint copies);

/* TSPL (TSC, 佳博, 汉印): one BITMAP on a label of @width × @height with @gap between two, all
 * in mm. @copies 1 … 99. */
GBytes *
piao_tspl_write (const PiaoRaster *raster, double width, double height, double gap, guint copies);

G_END_DECLS
