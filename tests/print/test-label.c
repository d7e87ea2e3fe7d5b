/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Labels: templates, layout, PDF and dots, read back with the tools that a stranger would use
 * (poppler, zbar). */

#include "base/piao-error.h"
#include "print-fixture.h"
#include "print/piao-label-draw.h"

#define CREATED G_GINT64_CONSTANT (1779328800000)

/* --- data ---------------------------------------------------------------------------------- */

static void
assert_value (const char *value, const char *expected)
{
  g_autoptr (PiaoLabelData) data = piao_label_data_new ();

  piao_label_data_set (data, "x", value);
  g_assert_cmpstr (piao_label_data_get (data, "x"), ==, expected);
}

static void
test_values_are_made_printable (void)
{
  g_autofree char *long_value = g_strnfill (5000, 'a');
  g_autoptr (PiaoLabelData) data = piao_label_data_new ();

  assert_value ("阿卜杜拉·买买提", "阿卜杜拉·买买提");
  assert_value ("a\nb\tc", "a b c");
  assert_value ("a\001\033[2Jb\x7f", "a[2Jb");
  assert_value ("ab\xe2\x80\xae"
                "cd\xe2\x81\xa6",
                "abcd");
  assert_value ("bad \xff", "bad \xef\xbf\xbd");
  assert_value (" \n ", "");
  piao_label_data_set (data, "x", long_value);
  g_assert_cmpuint (strlen (piao_label_data_get (data, "x")), ==, PIAO_LABEL_MAX_VALUE);
  piao_label_data_set (data, "x", NULL);
  g_assert_cmpstr (piao_label_data_get (data, "x"), ==, "");
}

static void
assert_expands (const char *pattern, const char *expected)
{
  g_autoptr (PiaoLabelData) data = piao_label_data_new ();
  g_autofree char *text = NULL;

  piao_label_data_set (data, "a", "甲");
  piao_label_data_set (data, "b", "{a}[x]");
  g_assert_true (piao_label_pattern_check (pattern));
  text = piao_label_data_expand (data, pattern);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_patterns_expand (void)
{
  static const char *const bad[] = { "{", "}", "{}", "{a", "{A}", "[", "]", "[[a]]", "{a[b]}" };

  assert_expands ("{a}店", "甲店");
  assert_expands ("{a}[ · {none} 包][ {a}{a}]", "甲 甲甲");
  assert_expands ("{none}", "");
  assert_expands ("{b}", "{a}[x]"); /* a value is never a pattern */
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (piao_label_pattern_check (bad[i]));
}

/* --- templates ----------------------------------------------------------------------------- */

static void
assert_refused (const char *element, const char *word)
{
  g_autofree char *json = g_strdup_printf (
      "{\"name\":\"t\",\"title\":\"t\",\"width\":100,\"height\":70,\"elements\":[%s]}", element);
  g_autoptr (GError) error = NULL;
  g_autoptr (PiaoLabelTemplate) label_template = piao_label_template_parse (json, -1, &error);

  g_assert_null (label_template);
  g_assert_error (error, PIAO_ERROR, PIAO_ERROR_INVALID);
  g_assert_cmpstr (piao_error_get_reason (error), ==, "label.template");
  g_assert_nonnull (strstr (error->message, word));
}

static void
test_wrong_templates_are_explained (void)
{
  assert_refused ("", "64");
  assert_refused ("7", "0");
  assert_refused ("{\"kind\":\"blob\",\"box\":[0,0,1,1]}", "kind");
  assert_refused ("{\"kind\":\"fill\",\"box\":[0,0,101,1]}", "box");
  assert_refused ("{\"kind\":\"fill\",\"box\":[-1,0,10,1]}", "box");
  assert_refused ("{\"kind\":\"fill\",\"box\":[0,0,0,1]}", "box");
  assert_refused ("{\"kind\":\"fill\",\"box\":[0,0,\"9\",1]}", "box");
  assert_refused ("{\"kind\":\"fill\",\"box\":[0,0,9,1],\"colour\":1}", "colour");
  assert_refused ("{\"kind\":\"fill\",\"box\":[0,0,9,1],\"when\":\"A b\"}", "when");
  assert_refused ("{\"kind\":\"text\",\"box\":[0,0,9,5],\"text\":\"x\"}", "name");
  assert_refused ("{\"kind\":\"text\",\"name\":\"n\",\"box\":[0,0,9,5],\"text\":\"{x\"}", "text");
  assert_refused ("{\"kind\":\"text\",\"name\":\"n\",\"box\":[0,0,9,3],\"text\":\"x\",\"size\":4}",
                  "size");
  assert_refused (
      "{\"kind\":\"text\",\"name\":\"n\",\"box\":[0,0,9,9],\"text\":\"x\",\"size\":1e9}", "size");
  assert_refused ("{\"kind\":\"text\",\"name\":\"a\",\"box\":[0,0,9,5],\"text\":\"x\"},"
                  "{\"kind\":\"text\",\"name\":\"b\",\"box\":[8,4,9,5],\"text\":\"x\"}",
                  "“a” ");
  assert_refused ("{\"kind\":\"text\",\"name\":\"a\",\"box\":[0,0,9,5],\"text\":\"x\"},"
                  "{\"kind\":\"text\",\"name\":\"a\",\"box\":[20,20,9,5],\"text\":\"x\"}",
                  "“a”");
}

static void
test_opposite_conditions_may_share_a_place (void)
{
  const char *json = "{\"name\":\"t\",\"title\":\"t\",\"width\":50,\"height\":30,\"elements\":["
                     "{\"kind\":\"text\",\"name\":\"a\",\"box\":[0,0,9,5],\"text\":\"x\","
                     "\"when\":\"r\"},"
                     "{\"kind\":\"text\",\"name\":\"b\",\"box\":[0,0,9,5],\"text\":\"y\","
                     "\"when\":\"!r\"}]}";
  g_autoptr (GError) error = NULL;
  g_autoptr (PiaoLabelTemplate) label_template = piao_label_template_parse (json, -1, &error);
  g_autoptr (PiaoLabelData) data = piao_label_data_new ();
  g_autoptr (PiaoLabelLayout) layout = NULL;

  g_assert_no_error (error);
  layout = piao_label_layout_new (label_template, data, PIAO_LABEL_203_DPI, &error);
  g_assert_no_error (error);
  g_assert_null (piao_label_layout_find (layout, "a"));
  g_assert_nonnull (piao_label_layout_find (layout, "b"));
}

/* --- layout -------------------------------------------------------------------------------- */

/* Every text inside its own box, and the box clear of all other boxes on the label. */
static void
assert_inside (const PiaoLabelLayout *layout, guint index)
{
  const PiaoLabelItem *item = piao_label_layout_get_item (layout, index);
  const PiaoLabelBox *box = &item->element->box;

  if (item->layout != NULL)
    {
      PangoRectangle logical;
      double width;

      pango_layout_get_extents (item->layout, NULL, &logical);
      width = (double)logical.width / PANGO_SCALE / PIAO_LABEL_UNITS_PER_MM;
      g_assert_cmpfloat (width, <=, box->width + 1e-3);
      g_assert_cmpfloat (item->text_height, <=, box->height * 1.1);
      g_assert_cmpfloat (item->size, >=, item->element->min_size - 1e-9);
    }
  if (item->symbol != NULL)
    {
      double quiet = piao_symbol_get_quiet (item->symbol) * item->module;

      g_assert_cmpfloat (item->place.x - quiet, >=, box->x - 0.13);
      g_assert_cmpfloat (item->place.x + item->place.width + quiet, <=, box->x + box->width + 1e-6);
      g_assert_cmpfloat (item->place.y + item->place.height, <=, box->y + box->height + 1e-6);
    }
  for (guint i = 0; i < index && item->text != NULL; i++)
    {
      const PiaoLabelItem *other = piao_label_layout_get_item (layout, i);

      if (other->text != NULL)
        g_assert_false (piao_label_box_overlaps (box, &other->element->box));
    }
}

static void
assert_layout_holds (const char *name, const PiaoLabelData *data, double dots_per_mm)
{
  g_autoptr (PiaoLabelLayout) layout = fixture_layout (name, data, dots_per_mm);

  for (guint i = 0; i < piao_label_layout_get_n_items (layout); i++)
    assert_inside (layout, i);
}

static void
fill_all (PiaoLabelData *data, const char *value)
{
  static const char *const keys[]
      = { "method",    "departure", "due",       "town",      "address",   "packs",
          "amount",    "owner",     "phone",     "parcel_no", "shelf",     "outlet_name",
          "outlet_no", "clerk",     "warehouse", "copy",      "sealed_at", "confirm_no" };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    piao_label_data_set (data, keys[i], value);
}

static void
test_long_texts_stay_in_their_boxes (void)
{
  static const char *const values[] = {
    "克孜勒苏柯尔克孜自治州阿合奇县哈拉布拉克乡米尔凯奇村三组体育彩票专营店克孜勒苏柯尔克孜自治州阿"
    "合奇县",
    "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW",
    "شىنجاڭ ئۇيغۇر ئاپتونوم رايونى قەشقەر شەھىرى ئازادلىق يولى 128-نومۇر شىنجاڭ ئۇيغۇر",
    "1",
  };
  g_auto (GStrv) names = piao_label_template_list ();

  g_assert_cmpuint (g_strv_length (names), >=, 2);
  for (guint n = 0; names[n] != NULL; n++)
    for (guint i = 0; i < G_N_ELEMENTS (values); i++)
      {
        g_autoptr (PiaoLabelData) data = fixture_data ();

        fill_all (data, values[i]);
        piao_label_data_set (data, "reprint", "1");
        assert_layout_holds (names[n], data, PIAO_LABEL_203_DPI);
        assert_layout_holds (names[n], data, PIAO_LABEL_300_DPI);
      }
}

static void
test_texts_shrink_before_they_are_cut (void)
{
  g_autoptr (PiaoLabelData) data = fixture_data ();
  g_autoptr (PiaoLabelLayout) usual = fixture_layout ("parcel-100x70", data, PIAO_LABEL_203_DPI);
  g_autoptr (PiaoLabelLayout) longer = NULL;
  g_autoptr (PiaoLabelLayout) longest = NULL;
  const PiaoLabelItem *item;

  item = piao_label_layout_find (usual, "town");
  g_assert_cmpfloat (item->size, ==, item->element->size);
  g_assert_false (item->cut);
  piao_label_data_set (data, "town", "塔什库尔干塔吉克自治县");
  longer = fixture_layout ("parcel-100x70", data, PIAO_LABEL_203_DPI);
  item = piao_label_layout_find (longer, "town");
  g_assert_cmpfloat (item->size, <, item->element->size);
  g_assert_false (item->cut);
  fill_all (data,
            "塔什库尔干塔吉克自治县塔什库尔干塔吉克自治县塔什库尔干塔吉克自治县塔什库尔干塔吉克");
  longest = fixture_layout ("parcel-100x70", data, PIAO_LABEL_203_DPI);
  item = piao_label_layout_find (longest, "town");
  g_assert_cmpfloat_with_epsilon (item->size, item->element->min_size, 1e-9);
  g_assert_true (item->cut);
}

static void
test_reprints_are_marked (void)
{
  g_autoptr (PiaoLabelData) data = fixture_data ();
  g_autoptr (PiaoLabelLayout) first = fixture_layout ("parcel-100x70", data, PIAO_LABEL_203_DPI);
  g_autoptr (PiaoLabelLayout) third = NULL;

  g_assert_null (piao_label_layout_find (first, "reprint"));
  piao_label_data_set_copy (data, 3);
  third = fixture_layout ("parcel-100x70", data, PIAO_LABEL_203_DPI);
  g_assert_cmpstr (piao_label_layout_find (third, "reprint")->text, ==, "补打 第 3 次");
}

static void
test_empty_fields_leave_no_trace (void)
{
  static const char *const optional[]
      = { "departure", "due", "town", "address", "packs", "amount", "owner", "phone", "warehouse" };
  g_autoptr (PiaoLabelData) data = fixture_data ();
  g_autoptr (PiaoLabelLayout) layout = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (optional); i++)
    piao_label_data_set (data, optional[i], NULL);
  layout = fixture_layout ("parcel-100x70", data, PIAO_LABEL_203_DPI);
  g_assert_null (piao_label_layout_find (layout, "due"));
  g_assert_null (piao_label_layout_find (layout, "packs"));
  g_assert_null (piao_label_layout_find (layout, "address"));
  g_assert_nonnull (piao_label_layout_find (layout, "order_no"));
}

static void
assert_not_printable (const char *key, const char *value, const char *reason)
{
  g_autoptr (PiaoLabelData) data = fixture_data ();
  g_autoptr (PiaoLabelTemplate) label_template = piao_label_template_load ("parcel-100x70", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PiaoLabelLayout) layout = NULL;

  piao_label_data_set (data, key, value);
  layout = piao_label_layout_new (label_template, data, PIAO_LABEL_203_DPI, &error);
  g_assert_null (layout);
  g_assert_error (error, PIAO_ERROR, PIAO_ERROR_INVALID);
  g_assert_cmpstr (piao_error_get_reason (error), ==, reason);
}

static void
test_a_road_label_needs_the_confirmation (void)
{
  assert_not_printable ("confirm_no", NULL, "label.missing");
  assert_not_printable ("order_no", "  ", "label.missing");
  assert_not_printable ("order_no", "订单1", "label.code");
  assert_not_printable ("order_no", "A B", "label.code");
  assert_not_printable ("order_no", "abcdefghijklmnopqrstuvwxyzabcdefghijkl", "label.code");
}

/* --- pictures ------------------------------------------------------------------------------ */

static void
test_pdf_is_one_label_that_scans (void)
{
  g_autoptr (PiaoLabelData) data = fixture_data ();
  g_autoptr (PiaoLabelLayout) layout = fixture_layout ("parcel-100x70", data, PIAO_LABEL_203_DPI);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) pdf = piao_label_to_pdf (layout, CREATED, &error);
  g_autoptr (GBytes) again = piao_label_to_pdf (layout, CREATED, NULL);
  g_autofree char *folder = fixture_folder ();
  g_autofree char *path = g_build_filename (folder, "label.pdf", NULL);
  g_autofree char *stem = g_build_filename (folder, "page", NULL);
  g_autofree char *page = g_build_filename (folder, "page.ppm", NULL);
  g_autofree char *info = NULL;
  g_autofree char *text = NULL;
  g_autofree char *drawn = NULL;

  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (pdf, again));
  g_file_set_contents (path, g_bytes_get_data (pdf, NULL), (gssize)g_bytes_get_size (pdf), NULL);
  info = fixture_run ("pdfinfo", path, NULL);
  g_assert_nonnull (strstr (info, "Pages:           1\n"));
  g_assert_nonnull (strstr (info, "283.465 x 198.425 pts"));
  text = fixture_run ("pdftotext", path, "-", NULL);
  g_assert_nonnull (strstr (text, "霍尔果斯市"));
  g_assert_nonnull (strstr (text, "阿卜杜拉·买买提"));
  drawn = fixture_run ("pdftoppm", "-r", "203", "-singlefile", path, stem, NULL);
  fixture_assert_codes (page, FIXTURE_ORDER_NO);
  fixture_remove (folder);
}

static void
test_dots_scan_at_both_densities (void)
{
  static const double densities[] = { PIAO_LABEL_203_DPI, PIAO_LABEL_300_DPI };
  static const guint widths[] = { 800, 1181 };
  g_autofree char *folder = fixture_folder ();
  g_auto (GStrv) names = piao_label_template_list ();

  for (guint n = 0; names[n] != NULL; n++)
    for (guint i = 0; i < G_N_ELEMENTS (densities); i++)
      {
        g_autoptr (PiaoLabelData) data = fixture_data ();
        g_autoptr (PiaoLabelLayout) layout = fixture_layout (names[n], data, densities[i]);
        g_autoptr (PiaoRaster) raster = piao_label_to_raster (layout, 0, 0);
        g_autofree char *path = g_build_filename (folder, "label.pbm", NULL);

        g_assert_cmpuint (raster->width, ==, widths[i]);
        fixture_write_pbm (raster, path);
        fixture_assert_codes (path, FIXTURE_ORDER_NO);
      }
  fixture_remove (folder);
}

/* Every bar and gap of the Code 128 is a whole number of modules, each of whole dots. */
static void
test_bars_are_whole_dots (void)
{
  static const double densities[] = { PIAO_LABEL_203_DPI, PIAO_LABEL_300_DPI };

  for (guint i = 0; i < G_N_ELEMENTS (densities); i++)
    {
      g_autoptr (PiaoLabelData) data = fixture_data ();
      g_autoptr (PiaoLabelLayout) layout = fixture_layout ("parcel-100x70", data, densities[i]);
      g_autoptr (PiaoRaster) raster = piao_label_to_raster (layout, 0, 0);
      const PiaoLabelItem *item = piao_label_layout_find (layout, "bars");
      guint dots = (guint)(item->module * densities[i] + 0.5);
      guint x = (guint)(item->place.x * densities[i] + 0.5);
      guint y = (guint)((item->place.y + item->place.height / 2) * densities[i]);

      g_assert_cmpuint (dots, >=, 2);
      for (guint module = 0; module < piao_symbol_get_width (item->symbol); module++)
        for (guint dot = 0; dot < dots; dot++)
          g_assert_cmpint (piao_raster_get (raster, x + module * dots + dot, y), ==,
                           piao_symbol_is_black (item->symbol, module, 0));
    }
}

static void
test_calibration_moves_whole_dots (void)
{
  g_autoptr (PiaoLabelData) data = fixture_data ();
  g_autoptr (PiaoLabelLayout) layout = fixture_layout ("parcel-100x70", data, PIAO_LABEL_203_DPI);
  g_autoptr (PiaoRaster) home = piao_label_to_raster (layout, 0, 0);
  g_autoptr (PiaoRaster) moved = piao_label_to_raster (layout, 7, -5);
  guint differing = 0;

  for (guint y = 5; y < home->height; y++)
    for (guint x = 0; x < home->width - 7; x++)
      differing += piao_raster_get (home, x, y) != piao_raster_get (moved, x + 7, y - 5);
  g_assert_cmpuint (differing, ==, 0);
}

static void
test_preview_draws_on_any_surface (void)
{
  g_autoptr (PiaoLabelTemplate) label_template = piao_label_template_load ("parcel-100x70", NULL);
  g_autoptr (PiaoLabelData) data = fixture_data ();
  g_autoptr (GError) error = NULL;
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, 300, 210);
  cairo_t *cr = cairo_create (surface);

  g_assert_true (piao_label_draw (cr, label_template, data, 3.0, &error));
  g_assert_no_error (error);
  cairo_surface_flush (surface);
  /* The middle of the black ground of the method is black, the corner is paper. */
  g_assert_cmphex (((guint32 *)(void *)cairo_image_surface_get_data (surface))[0], ==, 0xffffffff);
  g_assert_cmphex (((guint32 *)(void *)cairo_image_surface_get_data (surface))[300 * 11 + 12], ==,
                   0xff000000);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/label/data/printable", test_values_are_made_printable);
  g_test_add_func ("/label/data/patterns", test_patterns_expand);
  g_test_add_func ("/label/template/wrong", test_wrong_templates_are_explained);
  g_test_add_func ("/label/template/conditions", test_opposite_conditions_may_share_a_place);
  g_test_add_func ("/label/layout/long", test_long_texts_stay_in_their_boxes);
  g_test_add_func ("/label/layout/shrink", test_texts_shrink_before_they_are_cut);
  g_test_add_func ("/label/layout/reprint", test_reprints_are_marked);
  g_test_add_func ("/label/layout/empty", test_empty_fields_leave_no_trace);
  g_test_add_func ("/label/layout/required", test_a_road_label_needs_the_confirmation);
  g_test_add_func ("/label/draw/pdf", test_pdf_is_one_label_that_scans);
  g_test_add_func ("/label/draw/dots", test_dots_scan_at_both_densities);
  g_test_add_func ("/label/draw/bars", test_bars_are_whole_dots);
  g_test_add_func ("/label/draw/calibration", test_calibration_moves_whole_dots);
  g_test_add_func ("/label/draw/preview", test_preview_draws_on_any_surface);
  return g_test_run ();
}
