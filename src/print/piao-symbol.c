/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <zint.h>

#include "base/piao-error.h"
#include "print/piao-symbol.h"

#define QR_LEVEL_M 2

struct _PiaoSymbol
{
  guint width, height, quiet; /* modules */
  guint8 *modules;            /* width × height, 1 is black */
};

static gboolean
check_text (const char *text, GError **error)
{
  gsize length = strnlen (text, PIAO_SYMBOL_MAX_TEXT + 1);

  for (gsize i = 0; i < length; i++)
    if (text[i] <= ' ' || text[i] > '~')
      length = 0;
  if (length >= 1 && length <= PIAO_SYMBOL_MAX_TEXT)
    return TRUE;
  return piao_error_set (error, PIAO_ERROR_INVALID, "label.code",
                         _ ("A bar code must hold 1 to %u letters, digits or signs without spaces. "
                            "Check the number that is printed as a bar code."),
                         PIAO_SYMBOL_MAX_TEXT);
}

static PiaoSymbol *
encode (int symbology, const char *text, guint quiet, GError **error)
{
  PiaoSymbol *self = NULL;
  struct zint_symbol *symbol;

  if (!check_text (text, error))
    return NULL;
  symbol = ZBarcode_Create ();
  symbol->symbology = symbology;
  if (symbology == BARCODE_QRCODE)
    symbol->option_1 = QR_LEVEL_M;
  if (ZBarcode_Encode (symbol, (const unsigned char *)text, 0) >= ZINT_ERROR)
    piao_error_set (error, PIAO_ERROR_FAILED, "label.code",
                    _ ("The bar code of “%s” could not be made: %s."), text, symbol->errtxt);
  else
    {
      self = g_new0 (PiaoSymbol, 1);
      self->width = (guint)symbol->width;
      self->height = (guint)symbol->rows;
      self->quiet = quiet;
      self->modules = g_malloc ((gsize)self->width * self->height);
      for (guint row = 0; row < self->height; row++)
        for (guint column = 0; column < self->width; column++)
          self->modules[row * self->width + column]
              = (symbol->encoded_data[row][column / 8] >> (column % 8)) & 1;
    }
  ZBarcode_Delete (symbol);
  return self;
}

PiaoSymbol *
piao_symbol_new_code128 (const char *text, GError **error)
{
  g_return_val_if_fail (text != NULL, NULL);
  return encode (BARCODE_CODE128, text, 10, error);
}

PiaoSymbol *
piao_symbol_new_qr (const char *text, GError **error)
{
  g_return_val_if_fail (text != NULL, NULL);
  return encode (BARCODE_QRCODE, text, 4, error);
}

void
piao_symbol_free (PiaoSymbol *self)
{
  if (self == NULL)
    return;
  g_free (self->modules);
  g_free (self);
}

guint
piao_symbol_get_width (const PiaoSymbol *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->width;
}

guint
piao_symbol_get_height (const PiaoSymbol *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->height;
}

guint
piao_symbol_get_quiet (const PiaoSymbol *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->quiet;
}

gboolean
piao_symbol_is_black (const PiaoSymbol *self, guint column, guint row)
{
  g_return_val_if_fail (self != NULL && column < self->width && row < self->height, FALSE);
  return self->modules[row * self->width + column] != 0;
}
