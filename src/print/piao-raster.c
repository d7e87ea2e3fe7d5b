/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "print/piao-raster.h"

PiaoRaster *
piao_raster_new (guint width, guint height)
{
  PiaoRaster *self = g_new0 (PiaoRaster, 1);

  self->width = width;
  self->height = height;
  self->stride = (width + 7) / 8;
  self->bits = g_malloc0 ((gsize)self->stride * height);
  return self;
}

void
piao_raster_free (PiaoRaster *self)
{
  if (self == NULL)
    return;
  g_free (self->bits);
  g_free (self);
}

gboolean
piao_raster_get (const PiaoRaster *self, guint x, guint y)
{
  g_return_val_if_fail (self != NULL && x < self->width && y < self->height, FALSE);
  return (self->bits[(gsize)y * self->stride + x / 8] >> (7 - x % 8)) & 1;
}

void
piao_raster_set (PiaoRaster *self, guint x, guint y)
{
  g_return_if_fail (self != NULL && x < self->width && y < self->height);
  self->bits[(gsize)y * self->stride + x / 8] |= (guint8)(0x80 >> (x % 8));
}
