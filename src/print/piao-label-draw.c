/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <cairo-pdf.h>
#include <glib/gi18n-lib.h>
#include <math.h>

#include "base/piao-clock.h"
#include "base/piao-error.h"
#include "print/piao-label-draw.h"

#define POINTS_PER_MM (72.0 / 25.4)

/* Grey of an antialiased edge below which a dot is burnt: a little dark, for thin strokes. */
#define BLACK_BELOW 150

gboolean
piao_label_draw (cairo_t *cr,
                 PiaoLabelTemplate *label_template,
                 const PiaoLabelData *data,
                 double units_per_mm,
                 GError **error)
{
  g_autoptr (PiaoLabelLayout) layout = NULL;

  g_return_val_if_fail (cr != NULL && units_per_mm > 0, FALSE);

  layout = piao_label_layout_new (label_template, data, PIAO_LABEL_203_DPI, error);
  if (layout == NULL)
    return FALSE;
  cairo_save (cr);
  cairo_scale (cr, units_per_mm, units_per_mm);
  piao_label_layout_draw (layout, cr);
  cairo_restore (cr);
  return TRUE;
}

static cairo_status_t
append_bytes (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

GBytes *
piao_label_to_pdf (const PiaoLabelLayout *layout, gint64 created_ms, GError **error)
{
  PiaoLabelTemplate *label_template;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree char *created = piao_time_format (created_ms, "%Y-%m-%dT%H:%M:%S%:z");
  cairo_surface_t *surface;
  cairo_status_t status;
  cairo_t *cr;

  g_return_val_if_fail (layout != NULL, NULL);

  label_template = piao_label_layout_get_template (layout);
  surface = cairo_pdf_surface_create_for_stream (
      append_bytes, bytes, piao_label_template_get_width (label_template) * POINTS_PER_MM,
      piao_label_template_get_height (label_template) * POINTS_PER_MM);
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_TITLE,
                                  piao_label_template_get_title (label_template));
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATE_DATE, created);
  cr = cairo_create (surface);
  cairo_scale (cr, POINTS_PER_MM, POINTS_PER_MM);
  piao_label_layout_draw (layout, cr);
  cairo_show_page (cr);
  status = cairo_status (cr);
  cairo_destroy (cr);
  cairo_surface_finish (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  if (status != CAIRO_STATUS_SUCCESS)
    {
      piao_error_set (error, PIAO_ERROR_FAILED, "label.pdf",
                      _ ("The PDF of the label could not be made: %s."),
                      cairo_status_to_string (status));
      return NULL;
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

static void
burn (PiaoRaster *raster, cairo_surface_t *surface)
{
  const guint8 *pixels = cairo_image_surface_get_data (surface);
  int stride = cairo_image_surface_get_stride (surface);

  for (guint y = 0; y < raster->height; y++)
    {
      const guint32 *row = (const guint32 *)(const void *)(pixels + (gsize)y * (gsize)stride);

      for (guint x = 0; x < raster->width; x++)
        if (((row[x] >> 8) & 0xff) < BLACK_BELOW)
          piao_raster_set (raster, x, y);
    }
}

PiaoRaster *
piao_label_to_raster (const PiaoLabelLayout *layout, int offset_x, int offset_y)
{
  PiaoLabelTemplate *label_template;
  double dots_per_mm;
  guint width, height;
  PiaoRaster *raster;
  cairo_surface_t *surface;
  cairo_t *cr;

  g_return_val_if_fail (layout != NULL, NULL);

  label_template = piao_label_layout_get_template (layout);
  dots_per_mm = piao_label_layout_get_dots_per_mm (layout);
  width = (guint)lround (piao_label_template_get_width (label_template) * dots_per_mm);
  height = (guint)lround (piao_label_template_get_height (label_template) * dots_per_mm);
  raster = piao_raster_new (width, height);
  surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int)width, (int)height);
  cr = cairo_create (surface);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  cairo_translate (cr, offset_x, offset_y);
  cairo_scale (cr, dots_per_mm, dots_per_mm);
  piao_label_layout_draw (layout, cr);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  burn (raster, surface);
  cairo_surface_destroy (surface);
  return raster;
}
