/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/piao-error.h"
#include "base/piao-json.h"
#include "base/piao-text.h"
#include "print/piao-label-draw.h"
#include "print/piao-printer-language.h"
#include "print/piao-printer.h"

#define MAX_TEXT 4096
#define MAX_NAME 40
#define MAX_ADDRESS 400

static const char *const languages[] = { "zpl", "tspl", "pdf" };

static int
language_from_text (const char *text)
{
  for (guint i = 0; i < G_N_ELEMENTS (languages); i++)
    if (g_strcmp0 (text, languages[i]) == 0)
      return (int)i;
  return -1;
}

static gboolean
check_text (const char *text, guint max, const char *what, GError **error)
{
  if (*text == '\0')
    return piao_error_set (error, PIAO_ERROR_INVALID, "printer.invalid",
                           _ ("%s of the printer is empty. Enter it."), what);
  return piao_text_check (text, max, FALSE, what, error);
}

static gboolean
check (const PiaoPrinter *self, int language, GError **error)
{
  if (!check_text (self->name, MAX_NAME, _ ("The name"), error)
      || !check_text (self->address, MAX_ADDRESS, _ ("The address"), error))
    return FALSE;
  if (language < 0)
    return piao_error_set (error, PIAO_ERROR_INVALID, "printer.invalid",
                           _ ("The printer's language must be zpl, tspl or pdf."));
  if (self->dpi != 203 && self->dpi != 300)
    return piao_error_set (error, PIAO_ERROR_INVALID, "printer.invalid",
                           _ ("The printer's density must be 203 or 300 dots per inch."));
  if (ABS (self->offset_x) > PIAO_PRINTER_MAX_OFFSET
      || ABS (self->offset_y) > PIAO_PRINTER_MAX_OFFSET)
    return piao_error_set (error, PIAO_ERROR_INVALID, "printer.invalid",
                           _ ("The printer's offset may be at most %d dots."),
                           PIAO_PRINTER_MAX_OFFSET);
  if (g_str_has_prefix (self->address, "folder:") != (language == PIAO_PRINTER_PDF))
    return piao_error_set (error, PIAO_ERROR_INVALID, "printer.invalid",
                           _ ("PDF labels go to a folder, and a folder takes PDF labels only."));
  return TRUE;
}

static int
read_offset (JsonObject *object, const char *member)
{
  return (int)CLAMP (piao_json_get_int (object, member, 0), -10000, 10000);
}

PiaoPrinter *
piao_printer_parse (const char *text, GError **error)
{
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (PiaoPrinter) self = NULL;
  int language;

  g_return_val_if_fail (text != NULL, NULL);

  object = piao_json_parse_object (text, -1, MAX_TEXT, _ ("The printer"), error);
  if (object == NULL)
    return NULL;
  self = g_new0 (PiaoPrinter, 1);
  self->name = g_strdup (piao_json_get_text (object, "name", ""));
  self->address = g_strdup (piao_json_get_text (object, "address", ""));
  self->dpi = (guint)CLAMP (piao_json_get_int (object, "dpi", 203), 0, 10000);
  self->offset_x = read_offset (object, "x");
  self->offset_y = read_offset (object, "y");
  language = language_from_text (piao_json_get_text (object, "language", "zpl"));
  if (!check (self, language, error))
    return NULL;
  self->language = (PiaoPrinterLanguage)language;
  return g_steal_pointer (&self);
}

char *
piao_printer_to_text (const PiaoPrinter *self)
{
  g_autoptr (JsonObject) object = NULL;

  g_return_val_if_fail (self != NULL, NULL);
  object = piao_json_build ("name", 's', self->name, "address", 's', self->address, "language", 's',
                            piao_printer_get_format (self), "dpi", 'i', (gint64)self->dpi, "x", 'i',
                            (gint64)self->offset_x, "y", 'i', (gint64)self->offset_y, NULL);
  return piao_json_object_to_text (object);
}

PiaoPrinter *
piao_printer_copy (const PiaoPrinter *self)
{
  PiaoPrinter *copy;

  g_return_val_if_fail (self != NULL, NULL);
  copy = g_memdup2 (self, sizeof *self);
  copy->name = g_strdup (self->name);
  copy->address = g_strdup (self->address);
  return copy;
}

void
piao_printer_free (PiaoPrinter *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self->address);
  g_free (self);
}

const char *
piao_printer_get_format (const PiaoPrinter *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return languages[self->language];
}

GBytes *
piao_printer_render (const PiaoPrinter *self,
                     PiaoLabelTemplate *label_template,
                     const PiaoLabelData *data,
                     gint64 created_ms,
                     GError **error)
{
  g_autoptr (PiaoLabelLayout) layout = NULL;
  g_autoptr (PiaoRaster) raster = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  layout
      = piao_label_layout_new (label_template, data,
                               self->dpi == 300 ? PIAO_LABEL_300_DPI : PIAO_LABEL_203_DPI, error);
  if (layout == NULL)
    return NULL;
  if (self->language == PIAO_PRINTER_PDF)
    return piao_label_to_pdf (layout, created_ms, error);
  raster = piao_label_to_raster (layout, self->offset_x, self->offset_y);
  if (self->language == PIAO_PRINTER_ZPL)
    return piao_zpl_write (raster, 1);
  return piao_tspl_write (raster, piao_label_template_get_width (label_template),
                          piao_label_template_get_height (label_template),
                          piao_label_template_get_gap (label_template), 1);
}
