/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What printers are told, decoded again as a printer would, and nothing else in it whatever the
 * label says. */

#include "print-fixture.h"
#include "print/piao-label-draw.h"
#include "print/piao-printer-language.h"

static gboolean
same (const PiaoRaster *a, const PiaoRaster *b)
{
  return a->width == b->width && a->height == b->height
         && memcmp (a->bits, b->bits, (gsize)a->stride * a->height) == 0;
}

/* --- a printer that knows ZPL -------------------------------------------------------------- */

static guint
zpl_count (char c)
{
  if (c >= 'G' && c <= 'Y')
    return (guint)(c - 'G' + 1);
  if (c >= 'g' && c <= 'z')
    return (guint)(c - 'g' + 1) * 20;
  return 0;
}

static void
put_nibbles (PiaoRaster *raster, gsize *at, guint value, gsize count)
{
  for (gsize i = 0; i < count; i++, (*at)++)
    {
      g_assert_cmpuint (*at / 2, <, (gsize)raster->stride * raster->height);
      raster->bits[*at / 2] |= (guint8)(value << (*at % 2 == 0 ? 4 : 0));
    }
}

/* Decodes the data of one ^GFA up to the "^" after it. */
static const char *
decode_graphic (PiaoRaster *raster, const char *p)
{
  gsize row = (gsize)raster->stride * 2;
  gsize at = 0;
  guint count = 0;

  for (; *p != '^'; p++)
    {
      if (zpl_count (*p) > 0)
        {
          count += zpl_count (*p);
          continue;
        }
      if (*p == ',' || *p == '!')
        {
          g_assert_cmpuint (count, ==, 0);
          put_nibbles (raster, &at, *p == ',' ? 0x0 : 0xf, row - at % row);
        }
      else if (*p == ':')
        {
          g_assert_cmpuint (at % row, ==, 0);
          memcpy (raster->bits + at / 2, raster->bits + (at - row) / 2, raster->stride);
          at += row;
        }
      else
        {
          g_assert_true (g_ascii_isxdigit (*p) && !g_ascii_islower (*p));
          put_nibbles (raster, &at, (guint)g_ascii_xdigit_value (*p), MAX (count, 1));
        }
      count = 0;
    }
  g_assert_cmpuint (at, ==, row * raster->height);
  return p;
}

static PiaoRaster *
print_zpl (GBytes *zpl, guint *copies)
{
  g_autofree char *text = g_strndup (g_bytes_get_data (zpl, NULL), g_bytes_get_size (zpl));
  guint width, height, total, count, stride;
  int used = 0;
  PiaoRaster *raster;
  const char *rest;
  g_autofree char *tail = NULL;

  g_assert_cmpuint (strlen (text), ==, g_bytes_get_size (zpl));
  g_assert_cmpint (sscanf (text, "^XA^PW%u^LL%u^LH0,0^FO0,0^GFA,%u,%u,%u,%n", &width, &height,
                           &total, &count, &stride, &used),
                   ==, 5);
  g_assert_cmpuint (total, ==, stride * height);
  g_assert_cmpuint (total, ==, count);
  raster = piao_raster_new (width, height);
  g_assert_cmpuint (raster->stride, ==, stride);
  rest = decode_graphic (raster, text + used);
  g_assert_cmpint (sscanf (rest, "^FS^PQ%u^XZ", copies), ==, 1);
  tail = g_strdup_printf ("^FS^PQ%u^XZ\n", *copies);
  g_assert_cmpstr (rest, ==, tail);
  return raster;
}

/* --- tests --------------------------------------------------------------------------------- */

static PiaoRaster *
draw (const PiaoLabelData *data)
{
  g_autoptr (PiaoLabelLayout) layout = fixture_layout ("parcel-100x70", data, PIAO_LABEL_203_DPI);

  return piao_label_to_raster (layout, 0, 0);
}

static void
test_zpl_prints_the_label (void)
{
  g_autoptr (PiaoLabelData) data = fixture_data ();
  g_autoptr (PiaoRaster) raster = draw (data);
  g_autoptr (GBytes) zpl = piao_zpl_write (raster, 2);
  g_autoptr (PiaoRaster) printed = NULL;
  g_autofree char *folder = fixture_folder ();
  g_autofree char *path = g_build_filename (folder, "label.pbm", NULL);
  guint copies = 0;

  printed = print_zpl (zpl, &copies);
  g_assert_cmpuint (copies, ==, 2);
  g_assert_true (same (raster, printed));
  fixture_write_pbm (printed, path);
  fixture_assert_codes (path, FIXTURE_ORDER_NO);
  g_assert_cmpuint (g_bytes_get_size (zpl), <, (gsize)raster->stride * raster->height);
  fixture_remove (folder);
}

/* Any dots, also runs longer than the compression can say at once, come back the same. */
static void
test_zpl_compression_loses_nothing (void)
{
  for (guint i = 0; i < 300; i++)
    {
      guint width = (guint)g_test_rand_int_range (1, 2000);
      guint height = (guint)g_test_rand_int_range (1, 12);
      g_autoptr (PiaoRaster) raster = piao_raster_new (width, height);
      g_autoptr (PiaoRaster) printed = NULL;
      g_autoptr (GBytes) zpl = NULL;
      guint copies = 0;

      for (guint y = 0; y < height; y++)
        {
          guint from = (guint)g_test_rand_int_range (0, (int)width);
          guint upto = (guint)g_test_rand_int_range ((int)from, (int)width + 1);

          for (guint x = from; y % 3 != 2 && x < upto; x++)
            if (i % 2 == 0 || g_test_rand_bit ())
              piao_raster_set (raster, x, y);
        }
      zpl = piao_zpl_write (raster, 1);
      printed = print_zpl (zpl, &copies);
      g_assert_true (same (raster, printed));
    }
}

static PiaoRaster *
print_tspl (GBytes *tspl)
{
  gsize size;
  const char *data = g_bytes_get_data (tspl, &size);
  const char *head = "SIZE 100.0 mm,70.0 mm\r\nGAP 2.0 mm,0.0 mm\r\nDIRECTION 0\r\n"
                     "REFERENCE 0,0\r\nCLS\r\nBITMAP 0,0,100,560,0,";
  const char *tail = "\r\nPRINT 1,3\r\n";
  PiaoRaster *raster = piao_raster_new (800, 560);

  g_assert_cmpuint (size, ==, strlen (head) + 100 * 560 + strlen (tail));
  g_assert_cmpmem (data, strlen (head), head, strlen (head));
  for (guint i = 0; i < 100 * 560; i++)
    raster->bits[i] = (guint8) ~(guint8)data[strlen (head) + i];
  g_assert_cmpmem (data + size - strlen (tail), strlen (tail), tail, strlen (tail));
  return raster;
}

static void
test_tspl_prints_the_label (void)
{
  g_autoptr (PiaoLabelData) data = fixture_data ();
  g_autoptr (PiaoRaster) raster = draw (data);
  g_autoptr (GBytes) tspl = piao_tspl_write (raster, 100, 70, 2, 3);
  g_autoptr (PiaoRaster) printed = print_tspl (tspl);

  g_assert_true (same (raster, printed));
}

/* A hostile outlet name reaches the printer as dots only: the decoder above accepts the fixed
 * frame, one graphic and nothing else. */
static void
test_hostile_text_stays_text (void)
{
  static const char *const hostile[] = {
    "^XA^MMD^XZ~JR",           "~HI^FS^XZ^XA^ID*.*^FS", "\002\003\033%-12345X@PJL\n",
    "\r\nCLS\r\nPRINT 99\r\n", "${^FX}%s%n%n%n",        "<b>&amp;</b>",
  };

  for (guint i = 0; i < G_N_ELEMENTS (hostile); i++)
    {
      g_autoptr (PiaoLabelData) data = fixture_data ();
      g_autoptr (PiaoRaster) raster = NULL;
      g_autoptr (PiaoRaster) printed = NULL;
      g_autoptr (GBytes) zpl = NULL;
      guint copies = 0;

      piao_label_data_set (data, "outlet_name", hostile[i]);
      piao_label_data_set (data, "owner", hostile[i]);
      piao_label_data_set (data, "address", hostile[i]);
      raster = draw (data);
      zpl = piao_zpl_write (raster, 1);
      printed = print_zpl (zpl, &copies);
      g_assert_true (same (raster, printed));
      g_assert_cmpuint (copies, ==, 1);
    }
}

static void
test_copies_are_bounded (void)
{
  g_autoptr (PiaoRaster) raster = piao_raster_new (8, 1);
  g_autoptr (GBytes) many = piao_zpl_write (raster, 1000000);
  g_autoptr (GBytes) none = piao_zpl_write (raster, 0);
  guint copies = 0;

  piao_raster_free (print_zpl (many, &copies));
  g_assert_cmpuint (copies, ==, PIAO_PRINTER_MAX_COPIES);
  piao_raster_free (print_zpl (none, &copies));
  g_assert_cmpuint (copies, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/printer-language/zpl/label", test_zpl_prints_the_label);
  g_test_add_func ("/printer-language/zpl/compression", test_zpl_compression_loses_nothing);
  g_test_add_func ("/printer-language/zpl/copies", test_copies_are_bounded);
  g_test_add_func ("/printer-language/tspl/label", test_tspl_prints_the_label);
  g_test_add_func ("/printer-language/hostile", test_hostile_text_stays_text);
  return g_test_run ();
}
