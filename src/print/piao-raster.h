/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * PiaoRaster: the dots of a thermal printer. Rows from the top, each @stride bytes, the leftmost
 * dot in the highest bit, 1 is black; the bits beyond @width are 0.
 */
typedef struct
{
  guint width, height; /* dots */
  guint stride;        /* bytes a row */
  guint8 *bits;        /* stride × height, owned */
} PiaoRaster;

PiaoRaster *piao_raster_new (guint width, guint height);
void piao_raster_free (PiaoRaster *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoRaster, piao_raster_free)

gboolean piao_raster_get (const PiaoRaster *self, guint x, guint y);
void piao_raster_set (PiaoRaster *self, guint x, guint y);

G_END_DECLS
