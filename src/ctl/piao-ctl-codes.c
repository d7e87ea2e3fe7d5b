/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* demo-codes: the sheet of codes that a new clerk practises with. */

#include "config.h"

#include <cairo-pdf.h>
#include <glib/gi18n-lib.h>
#include <pango/pangocairo.h>

#include "base/piao-clock.h"
#include "base/piao-error.h"
#include "ctl/piao-ctl.h"
#include "domain/demo/piao-demo-codes.h"
#include "domain/demo/piao-demo.h"
#include "print/piao-symbol.h"

#define MM (72.0 / 25.4)
#define PAGE_WIDTH (210 * MM)
#define PAGE_HEIGHT (297 * MM)
#define MARGIN (15 * MM)
#define ROW (21 * MM)
#define MODULE (0.3 * MM)
#define BAR_HEIGHT (11 * MM)

PIAO_STATEMENT (codes_number, "SELECT number FROM orders WHERE id = $1");

static void
draw_text (cairo_t *cr, double x, double y, const char *font, const char *text)
{
  g_autoptr (PangoLayout) layout = pango_cairo_create_layout (cr);
  PangoFontDescription *description = pango_font_description_from_string (font);

  pango_layout_set_font_description (layout, description);
  pango_layout_set_text (layout, text, -1);
  cairo_move_to (cr, x, y);
  pango_cairo_show_layout (cr, layout);
  pango_font_description_free (description);
}

static gboolean
draw_bars (cairo_t *cr, double x, double y, const char *text, GError **error)
{
  g_autoptr (PiaoSymbol) bars = piao_symbol_new_code128 (text, error);

  if (bars == NULL)
    return FALSE;
  for (guint i = 0; i < piao_symbol_get_width (bars); i++)
    if (piao_symbol_is_black (bars, i, 0))
      cairo_rectangle (cr, x + i * MODULE, y, MODULE, BAR_HEIGHT);
  cairo_fill (cr);
  return TRUE;
}

static gboolean
draw_code (cairo_t *cr, double y, const PiaoDemoCode *code, GError **error)
{
  g_autofree char *what = g_strdup_printf ("%s  %s  %s", piao_demo_code_get_title (code->kind),
                                           code->name, code->shelf);

  draw_text (cr, MARGIN, y, "Noto Sans CJK SC 9", what);
  draw_text (cr, MARGIN + 105 * MM, y, "Monospace 7", code->code);
  return draw_bars (cr, MARGIN + 5 * MM, y + 5 * MM, code->code, error);
}

static gboolean
draw_order (cairo_t *cr, PiaoDb *db, gint64 order, gint64 now, GError **error)
{
  g_autoptr (GPtrArray) codes = piao_demo_list_codes (db, order, now, error);
  g_autofree char *number = NULL;
  g_autofree char *title = NULL;
  double y = MARGIN;

  if (codes == NULL || !piao_db_query_text (db, &codes_number, &number, error, "i", order))
    return FALSE;
  title = g_strdup_printf (_ ("Practice codes of order %s"), number);
  draw_text (cr, MARGIN, y, "Noto Sans CJK SC Bold 13", title);
  y += 12 * MM;
  for (guint i = 0; i < codes->len; i++)
    {
      if (y + ROW > PAGE_HEIGHT - MARGIN)
        {
          cairo_show_page (cr);
          y = MARGIN;
        }
      if (!draw_code (cr, y, codes->pdata[i], error))
        return FALSE;
      y += ROW;
    }
  cairo_show_page (cr);
  return TRUE;
}

static gboolean
write_pdf (PiaoDb *db, GArray *orders, const char *path, GError **error)
{
  g_autoptr (PiaoClock) clock = piao_clock_new_system ();
  cairo_surface_t *surface = cairo_pdf_surface_create (path, PAGE_WIDTH, PAGE_HEIGHT);
  cairo_t *cr = cairo_create (surface);
  gboolean done = TRUE;

  for (guint i = 0; done && i < orders->len; i++)
    done = draw_order (cr, db, g_array_index (orders, gint64, i), piao_clock_now (clock), error);
  cairo_destroy (cr);
  cairo_surface_finish (surface);
  if (done && cairo_surface_status (surface) != CAIRO_STATUS_SUCCESS)
    done = piao_error_set (error, PIAO_ERROR_FAILED, "demo.pdf", _ ("“%s” cannot be written (%s)."),
                           path, cairo_status_to_string (cairo_surface_status (surface)));
  cairo_surface_destroy (surface);
  return done;
}

static gboolean
print_codes (PiaoDb *db, GArray *orders, GError **error)
{
  g_autoptr (PiaoClock) clock = piao_clock_new_system ();

  for (guint i = 0; i < orders->len; i++)
    {
      gint64 order = g_array_index (orders, gint64, i);
      g_autoptr (GPtrArray) codes = piao_demo_list_codes (db, order, piao_clock_now (clock), error);

      for (guint n = 0; codes != NULL && n < codes->len; n++)
        {
          const PiaoDemoCode *code = codes->pdata[n];

          g_print ("%" G_GINT64_FORMAT "\t%d\t%s\t%s\n", order, (int)code->kind, code->code,
                   code->name);
        }
      if (codes == NULL)
        return FALSE;
    }
  return TRUE;
}

int
piao_ctl_demo_codes (int argc, char **argv, GError **error)
{
  g_autofree char *database = NULL;
  g_autofree char *pdf = NULL;
  gint64 warehouse = PIAO_DEMO_LANE;
  const GOptionEntry entries[]
      = { { "database", 0, 0, G_OPTION_ARG_STRING, &database,
            N_ ("The server's database or a desktop's file"), N_ ("ADDRESS") },
          { "warehouse", 0, 0, G_OPTION_ARG_INT64, &warehouse, N_ ("GB code of its prefecture"),
            N_ ("GB") },
          { "pdf", 0, 0, G_OPTION_ARG_FILENAME, &pdf, N_ ("Write a sheet to print; else as text"),
            N_ ("FILE") },
          { NULL } };
  g_autoptr (PiaoDb) db = NULL;
  g_autoptr (GArray) orders = NULL;

  if (!piao_ctl_parse (&argc, &argv, 0, "--database ADDRESS", entries, error)
      || !piao_ctl_need (database, "database", error))
    return 1;
  db = piao_db_open (database, PIAO_DB_READ_ONLY, error);
  orders = db != NULL ? piao_demo_list_orders (db, warehouse, error) : NULL;
  if (orders == NULL)
    return 1;
  if (pdf != NULL ? !write_pdf (db, orders, pdf, error) : !print_codes (db, orders, error))
    return 1;
  return 0;
}
