/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "base/piao-error.h"
#include "print/piao-label-layout.h"

#define FONT_FAMILIES                                                                              \
  "Noto Sans CJK SC, Source Han Sans SC, Source Han Sans CN, "                                     \
  "WenQuanYi Micro Hei, Noto Sans, sans-serif"

/* Where a line of text lies around its baseline, in em; CJK fonts report far taller lines. */
#define ASCENT 0.90
#define DESCENT 0.20
#define LINE_PITCH 1.20

#define SHRINK_STEP 0.96
#define INVERSE_PADDING 1.2 /* mm, left and right of white text */
#define MIN_MODULE_DOTS 2   /* thinner bars do not survive a worn print head */

struct _PiaoLabelLayout
{
  PiaoLabelTemplate *label_template;
  double dots_per_mm;
  PangoContext *context;
  GPtrArray *items; /* PiaoLabelItem, owned, in drawing order */
};

static void
item_free (PiaoLabelItem *item)
{
  g_clear_object (&item->layout);
  g_clear_pointer (&item->symbol, piao_symbol_free);
  g_free (item->text);
  g_free (item);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PiaoLabelItem, item_free)

/* --- texts --------------------------------------------------------------------------------- */

static PangoContext *
create_context (void)
{
  PangoFontMap *map = pango_cairo_font_map_get_default ();
  PangoContext *context = pango_font_map_create_context (map);
  cairo_font_options_t *options = cairo_font_options_create ();

  /* Metrics that do not depend on the resolution: the same line breaks on every device. */
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_antialias (options, CAIRO_ANTIALIAS_GRAY);
  pango_cairo_context_set_font_options (context, options);
  cairo_font_options_destroy (options);
  pango_context_set_round_glyph_positions (context, FALSE);
  pango_context_set_language (context, pango_language_from_string ("zh-cn"));
  return context;
}

static double
padding (const PiaoLabelElement *element)
{
  return element->inverse ? INVERSE_PADDING : 0;
}

static double
lines_height (guint n_lines, double size)
{
  return (ASCENT + DESCENT + (n_lines - 1) * LINE_PITCH) * size;
}

static guint
lines_that_fit (const PiaoLabelElement *element, double size)
{
  guint n_lines = 1;

  while (n_lines < element->lines && lines_height (n_lines + 1, size) <= element->box.height)
    n_lines++;
  return n_lines;
}

static void
set_size (PiaoLabelItem *item, double size)
{
  g_autoptr (PangoFontDescription) font = pango_font_description_from_string (FONT_FAMILIES);

  pango_font_description_set_weight (font,
                                     item->element->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
  pango_font_description_set_absolute_size (font, size * PIAO_LABEL_UNITS_PER_MM * PANGO_SCALE);
  pango_layout_set_font_description (item->layout, font);
  item->size = size;
}

static gboolean
fits (PiaoLabelItem *item)
{
  PangoRectangle logical;

  if ((guint)pango_layout_get_line_count (item->layout)
      > lines_that_fit (item->element, item->size))
    return FALSE;
  pango_layout_get_extents (item->layout, NULL, &logical);
  return logical.width <= pango_layout_get_width (item->layout);
}

/* Makes the text smaller down to the smallest size allowed, then cuts it. */
static void
fit_text (PiaoLabelItem *item)
{
  const PiaoLabelElement *element = item->element;
  double min_size = element->shrink ? element->min_size : element->size;

  set_size (item, element->size);
  while (!fits (item) && item->size > min_size)
    set_size (item, MAX (item->size * SHRINK_STEP, min_size));
  if (!fits (item))
    {
      pango_layout_set_height (item->layout, -(int)lines_that_fit (element, item->size));
      pango_layout_set_ellipsize (item->layout, PANGO_ELLIPSIZE_END);
      item->cut = TRUE;
    }
  item->text_height = lines_height ((guint)pango_layout_get_line_count (item->layout), item->size);
}

static void
place_text (PiaoLabelLayout *self, PiaoLabelItem *item)
{
  static const PangoAlignment alignments[]
      = { PANGO_ALIGN_LEFT, PANGO_ALIGN_CENTER, PANGO_ALIGN_RIGHT };
  const PiaoLabelElement *element = item->element;
  double width = element->box.width - 2 * padding (element);

  item->layout = pango_layout_new (self->context);
  pango_layout_set_text (item->layout, item->text, -1);
  pango_layout_set_wrap (item->layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_alignment (item->layout, alignments[element->align]);
  pango_layout_set_width (item->layout, (int)(width * PIAO_LABEL_UNITS_PER_MM * PANGO_SCALE));
  fit_text (item);
}

/* --- codes --------------------------------------------------------------------------------- */

static double
aligned (PiaoLabelAlign align, double start, double room, double length)
{
  switch (align)
    {
    case PIAO_LABEL_MIDDLE:
      return start + (room - length) / 2;
    case PIAO_LABEL_END:
      return start + room - length;
    case PIAO_LABEL_START:
    default:
      return start;
    }
}

/* The largest module of whole dots with which the symbol and its quiet zone fit into the box. */
static gboolean
place_code (PiaoLabelLayout *self, PiaoLabelItem *item, GError **error)
{
  const PiaoLabelElement *element = item->element;
  gboolean square = element->kind == PIAO_LABEL_QR;
  guint quiet, across;
  double room, dots, total;

  item->symbol = square ? piao_symbol_new_qr (item->text, error)
                        : piao_symbol_new_code128 (item->text, error);
  if (item->symbol == NULL)
    return FALSE;
  quiet = piao_symbol_get_quiet (item->symbol);
  across = piao_symbol_get_width (item->symbol) + 2 * quiet;
  room = square ? MIN (element->box.width, element->box.height) : element->box.width;
  dots = floor (room * self->dots_per_mm / across + 1e-9);
  if (dots < MIN_MODULE_DOTS)
    return piao_error_set (error, PIAO_ERROR_INVALID, "label.code",
                           _ ("“%s” is too long for the bar code “%s” of this label. Use a "
                              "template with a wider one."),
                           item->text, element->name);
  item->module = dots / self->dots_per_mm;
  total = across * item->module;
  item->place.width = piao_symbol_get_width (item->symbol) * item->module;
  item->place.x = aligned (element->align, element->box.x, element->box.width, total);
  item->place.x
      = floor (item->place.x * self->dots_per_mm) / self->dots_per_mm + quiet * item->module;
  item->place.height = square ? item->place.width : element->box.height;
  item->place.y = square ? aligned (element->valign, element->box.y, element->box.height, total)
                               + quiet * item->module
                         : element->box.y;
  item->place.y = floor (item->place.y * self->dots_per_mm + 1e-9) / self->dots_per_mm;
  return TRUE;
}

/* --- the whole ----------------------------------------------------------------------------- */

static gboolean
check_required (const PiaoLabelTemplate *label_template, const PiaoLabelData *data, GError **error)
{
  const char *const *required = piao_label_template_get_required (label_template);

  for (guint i = 0; required[i] != NULL; i++)
    if (*piao_label_data_get (data, required[i]) == '\0')
      return piao_error_set (error, PIAO_ERROR_INVALID, "label.missing",
                             _ ("“%s” cannot be printed without the field “%s”. Complete the "
                                "order first."),
                             piao_label_template_get_title (label_template), required[i]);
  return TRUE;
}

static gboolean
is_wanted (const PiaoLabelElement *element, const PiaoLabelData *data)
{
  if (element->when == NULL)
    return TRUE;
  if (*element->when == '!')
    return *piao_label_data_get (data, element->when + 1) == '\0';
  return *piao_label_data_get (data, element->when) != '\0';
}

static gboolean
add_item (PiaoLabelLayout *self,
          const PiaoLabelElement *element,
          const PiaoLabelData *data,
          GError **error)
{
  g_autoptr (PiaoLabelItem) item = g_new0 (PiaoLabelItem, 1);

  item->element = element;
  if (element->text != NULL)
    {
      item->text = piao_label_data_expand (data, element->text);
      if (*item->text == '\0')
        return TRUE;
    }
  if (element->kind == PIAO_LABEL_TEXT)
    place_text (self, item);
  else if (element->text != NULL && !place_code (self, item, error))
    return FALSE;
  g_ptr_array_add (self->items, g_steal_pointer (&item));
  return TRUE;
}

PiaoLabelLayout *
piao_label_layout_new (PiaoLabelTemplate *label_template,
                       const PiaoLabelData *data,
                       double dots_per_mm,
                       GError **error)
{
  g_autoptr (PiaoLabelLayout) self = NULL;

  g_return_val_if_fail (label_template != NULL && data != NULL, NULL);
  g_return_val_if_fail (dots_per_mm >= 4 && dots_per_mm <= 48, NULL);

  if (!check_required (label_template, data, error))
    return NULL;
  self = g_new0 (PiaoLabelLayout, 1);
  self->label_template = piao_label_template_ref (label_template);
  self->dots_per_mm = dots_per_mm;
  self->context = create_context ();
  self->items = g_ptr_array_new_with_free_func ((GDestroyNotify)item_free);
  for (guint i = 0; i < piao_label_template_get_n_elements (label_template); i++)
    {
      const PiaoLabelElement *element = piao_label_template_get_element (label_template, i);

      if (is_wanted (element, data) && !add_item (self, element, data, error))
        return NULL;
    }
  return g_steal_pointer (&self);
}

void
piao_label_layout_free (PiaoLabelLayout *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->items);
  g_object_unref (self->context);
  piao_label_template_unref (self->label_template);
  g_free (self);
}

PiaoLabelTemplate *
piao_label_layout_get_template (const PiaoLabelLayout *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  return self->label_template;
}

double
piao_label_layout_get_dots_per_mm (const PiaoLabelLayout *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->dots_per_mm;
}

guint
piao_label_layout_get_n_items (const PiaoLabelLayout *self)
{
  g_return_val_if_fail (self != NULL, 0);
  return self->items->len;
}

const PiaoLabelItem *
piao_label_layout_get_item (const PiaoLabelLayout *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->items->len, NULL);
  return g_ptr_array_index (self->items, index);
}

const PiaoLabelItem *
piao_label_layout_find (const PiaoLabelLayout *self, const char *name)
{
  g_return_val_if_fail (self != NULL && name != NULL, NULL);
  for (guint i = 0; i < self->items->len; i++)
    {
      const PiaoLabelItem *item = g_ptr_array_index (self->items, i);

      if (g_strcmp0 (item->element->name, name) == 0)
        return item;
    }
  return NULL;
}

/* --- drawing ------------------------------------------------------------------------------- */

static void
add_box (cairo_t *cr, const PiaoLabelBox *box)
{
  cairo_rectangle (cr, box->x, box->y, box->width, box->height);
}

/* Line by line, at our own pitch; the clip is the last guard of the neighbours. */
static void
draw_text (cairo_t *cr, const PiaoLabelItem *item)
{
  const PiaoLabelElement *element = item->element;
  double top = aligned (element->valign, element->box.y, element->box.height, item->text_height);
  PangoLayoutIter *iter;
  guint line = 0;

  add_box (cr, &element->box);
  if (element->inverse)
    {
      cairo_fill_preserve (cr);
      cairo_set_source_rgb (cr, 1, 1, 1);
    }
  cairo_clip (cr);
  cairo_translate (cr, element->box.x + padding (element), 0);
  cairo_scale (cr, 1 / PIAO_LABEL_UNITS_PER_MM, 1 / PIAO_LABEL_UNITS_PER_MM);
  pango_cairo_update_layout (cr, item->layout);
  iter = pango_layout_get_iter (item->layout);
  do
    {
      double baseline = top + (ASCENT + line++ * LINE_PITCH) * item->size;
      PangoRectangle logical;

      pango_layout_iter_get_line_extents (iter, NULL, &logical);
      cairo_move_to (cr, (double)logical.x / PANGO_SCALE, baseline * PIAO_LABEL_UNITS_PER_MM);
      pango_cairo_show_layout_line (cr, pango_layout_iter_get_line_readonly (iter));
    }
  while (pango_layout_iter_next_line (iter));
  pango_layout_iter_free (iter);
}

static void
draw_code (cairo_t *cr, const PiaoLabelItem *item)
{
  guint width = piao_symbol_get_width (item->symbol);
  guint height = piao_symbol_get_height (item->symbol);
  double row_height = item->place.height / height;

  cairo_set_antialias (cr, CAIRO_ANTIALIAS_NONE);
  for (guint row = 0; row < height; row++)
    for (guint column = 0, end; column < width; column = end + 1)
      {
        for (end = column; end < width && piao_symbol_is_black (item->symbol, end, row); end++)
          ;
        if (end > column)
          cairo_rectangle (cr, item->place.x + column * item->module,
                           item->place.y + row * row_height, (end - column) * item->module,
                           row_height);
      }
  cairo_fill (cr);
}

static void
draw_item (cairo_t *cr, const PiaoLabelItem *item)
{
  const PiaoLabelElement *element = item->element;

  cairo_save (cr);
  cairo_set_source_rgb (cr, 0, 0, 0);
  switch (element->kind)
    {
    case PIAO_LABEL_TEXT:
      draw_text (cr, item);
      break;
    case PIAO_LABEL_CODE128:
    case PIAO_LABEL_QR:
      draw_code (cr, item);
      break;
    case PIAO_LABEL_FRAME:
      cairo_set_line_width (cr, element->stroke);
      cairo_rectangle (cr, element->box.x + element->stroke / 2,
                       element->box.y + element->stroke / 2, element->box.width - element->stroke,
                       element->box.height - element->stroke);
      cairo_stroke (cr);
      break;
    case PIAO_LABEL_FILL:
    default:
      add_box (cr, &element->box);
      cairo_fill (cr);
      break;
    }
  cairo_restore (cr);
}

void
piao_label_layout_draw (const PiaoLabelLayout *self, cairo_t *cr)
{
  g_return_if_fail (self != NULL && cr != NULL);

  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, piao_label_template_get_width (self->label_template),
                   piao_label_template_get_height (self->label_template));
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_fill_preserve (cr);
  cairo_clip (cr);
  for (guint i = 0; i < self->items->len; i++)
    draw_item (cr, g_ptr_array_index (self->items, i));
  cairo_restore (cr);
}
