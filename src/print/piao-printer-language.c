/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <string.h>

#include "print/piao-printer-language.h"

/* Repeat counts of ZPL's hex compression: 'g' … 'z' are 20 … 400, 'G' … 'Y' are 1 … 19. */
#define ZPL_BIG_STEP 20
#define ZPL_MAX_RUN 419

static void
append_run (GString *zpl, char digit, gsize count)
{
  while (count > 0)
    {
      gsize run = MIN (count, ZPL_MAX_RUN);

      count -= run;
      if (run >= ZPL_BIG_STEP)
        g_string_append_c (zpl, (char)('g' + run / ZPL_BIG_STEP - 1));
      if (run >= ZPL_BIG_STEP && run % ZPL_BIG_STEP == 0)
        run = 0;
      else
        run %= ZPL_BIG_STEP;
      if (run > 1 || (run == 1 && zpl->str[zpl->len - 1] >= 'g'))
        g_string_append_c (zpl, (char)('G' + run - 1));
      g_string_append_c (zpl, digit);
    }
}

/* One row: "," fills it up with white, "!" with black, a lone digit stands for itself. */
static void
append_row (GString *zpl, const guint8 *row, gsize stride)
{
  static const char digits[] = "0123456789ABCDEF";
  gsize n_digits = stride * 2;
  gsize end;

  for (gsize start = 0; start < n_digits; start = end)
    {
      guint8 nibble = (row[start / 2] >> (start % 2 == 0 ? 4 : 0)) & 0xf;

      for (end = start + 1; end < n_digits; end++)
        if (((row[end / 2] >> (end % 2 == 0 ? 4 : 0)) & 0xf) != nibble)
          break;
      if (end == n_digits && (nibble == 0x0 || nibble == 0xf))
        g_string_append_c (zpl, nibble == 0 ? ',' : '!');
      else
        append_run (zpl, digits[nibble], end - start);
    }
}

GBytes *
piao_zpl_write (const PiaoRaster *raster, guint copies)
{
  GString *zpl = g_string_new ("^XA");
  gsize total;

  g_return_val_if_fail (raster != NULL, NULL);

  total = (gsize)raster->stride * raster->height;
  g_string_append_printf (zpl, "^PW%u^LL%u^LH0,0^FO0,0^GFA,%zu,%zu,%u,", raster->width,
                          raster->height, total, total, raster->stride);
  for (guint y = 0; y < raster->height; y++)
    {
      const guint8 *row = raster->bits + (gsize)y * raster->stride;

      if (y > 0 && memcmp (row, row - raster->stride, raster->stride) == 0)
        g_string_append_c (zpl, ':');
      else
        append_row (zpl, row, raster->stride);
    }
  g_string_append_printf (zpl, "^FS^PQ%u^XZ\n", CLAMP (copies, 1, PIAO_PRINTER_MAX_COPIES));
  return g_string_free_to_bytes (zpl);
}

static void
append_mm (GString *tspl, const char *command, double first, double second)
{
  char a[G_ASCII_DTOSTR_BUF_SIZE], b[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (tspl, "%s %s mm,%s mm\r\n", command,
                          g_ascii_formatd (a, sizeof a, "%.1f", first),
                          g_ascii_formatd (b, sizeof b, "%.1f", second));
}

GBytes *
piao_tspl_write (const PiaoRaster *raster, double width, double height, double gap, guint copies)
{
  GString *tspl = g_string_new (NULL);

  g_return_val_if_fail (raster != NULL, NULL);

  append_mm (tspl, "SIZE", width, height);
  append_mm (tspl, "GAP", gap, 0);
  g_string_append (tspl, "DIRECTION 0\r\nREFERENCE 0,0\r\nCLS\r\n");
  g_string_append_printf (tspl, "BITMAP 0,0,%u,%u,0,", raster->stride, raster->height);
  /* TSPL burns the zeros, also those beyond the width. */
  for (gsize i = 0; i < (gsize)raster->stride * raster->height; i++)
    g_string_append_c (tspl, (char)(raster->bits[i] ^ 0xff));
  g_string_append_printf (tspl, "\r\nPRINT 1,%u\r\n", CLAMP (copies, 1, PIAO_PRINTER_MAX_COPIES));
  return g_string_free_to_bytes (tspl);
}
