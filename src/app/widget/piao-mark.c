/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <math.h>

#include "app/widget/piao-mark.h"
#include "app/widget/piao-table-column.h"

#define N_FONTS 8 /* whose line height is remembered */

struct _PiaoMark
{
  GtkWidget parent_instance;

  guint flags;         /* PiaoTableFlags */
  char *text;          /* or NULL */
  const char *style;   /* its class, or NULL */
  PangoLayout *layout; /* NULL until there is something to be shown */
};

G_DEFINE_FINAL_TYPE (PiaoMark, piao_mark, GTK_TYPE_WIDGET)

/* --- text ------------------------------------------------------------------------------------- */

PangoLayout *
piao_mark_make_layout (GtkWidget *widget)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (widget, NULL);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  pango_layout_set_attributes (layout, attributes);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  return layout;
}

/* Most marks of a list are never seen, and fonts are dear to ask for before the list is shown. */
static PangoLayout *
get_layout (PiaoMark *self)
{
  if (self->layout != NULL)
    return self->layout;
  self->layout = piao_mark_make_layout (GTK_WIDGET (self));
  if (self->flags & PIAO_TABLE_NUMERIC)
    pango_layout_set_alignment (self->layout, PANGO_ALIGN_RIGHT);
  pango_layout_set_text (self->layout, self->text != NULL ? self->text : "", -1);
  return self->layout;
}

static int
measure_line (PangoContext *context)
{
  PangoFontMetrics *metrics = pango_context_get_metrics (context, NULL, NULL);
  int height = PANGO_PIXELS_CEIL (pango_font_metrics_get_height (metrics));

  pango_font_metrics_unref (metrics);
  return height;
}

/* Pango shapes a sentence to find the height of a line; thousands of texts have three fonts. */
int
piao_mark_get_line_height (GtkWidget *widget)
{
  static struct
  {
    PangoFontDescription *font;
    double resolution;
    int height;
  } known[N_FONTS];
  static guint next;
  PangoContext *context = gtk_widget_get_pango_context (widget);
  const PangoFontDescription *font = pango_context_get_font_description (context);
  double resolution = pango_cairo_context_get_resolution (context);
  guint i;

  for (i = 0; i < N_FONTS && known[i].font != NULL; i++)
    if (known[i].resolution == resolution && pango_font_description_equal (known[i].font, font))
      return known[i].height;
  if (i == N_FONTS)
    i = next++ % N_FONTS;
  g_clear_pointer (&known[i].font, pango_font_description_free);
  known[i].font = pango_font_description_copy (font);
  known[i].resolution = resolution;
  known[i].height = measure_line (context);
  return known[i].height;
}

static void
piao_mark_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PiaoMark *self = PIAO_MARK (widget);
  int height;
  GdkRGBA color;

  if (self->text == NULL)
    return;
  pango_layout_get_pixel_size (get_layout (self), NULL, &height);
  gtk_widget_get_color (widget, &color);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (
      snapshot,
      &GRAPHENE_POINT_INIT (0, floorf ((float)(gtk_widget_get_height (widget) - height) / 2)));
  gtk_snapshot_append_layout (snapshot, self->layout, &color);
  gtk_snapshot_restore (snapshot);
}

static gboolean
piao_mark_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  PiaoMark *self = PIAO_MARK (widget);

  if (!pango_layout_is_ellipsized (get_layout (self)))
    return FALSE;
  gtk_tooltip_set_text (tooltip, self->text);
  return TRUE;
}

/* --- place ------------------------------------------------------------------------------------ */

static void
piao_mark_measure (GtkWidget *widget,
                   GtkOrientation orientation,
                   int for_size,
                   int *minimum,
                   int *natural,
                   int *minimum_baseline,
                   int *natural_baseline)
{
  *minimum = *natural
      = orientation == GTK_ORIENTATION_VERTICAL ? piao_mark_get_line_height (widget) : 0;
}

/* What a mark asks for is what the style sheet puts around its text. Where all of the text finds
 * room it is set once, without a width. */
void
piao_mark_place (PiaoMark *self, const GtkAllocation *room)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkAllocation place = *room;
  int around, width = -1;
  gboolean pill;

  g_return_if_fail (PIAO_IS_MARK (self));
  pill = (self->flags & PIAO_TABLE_PILL) != 0;
  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, &around, NULL, NULL, NULL);
  gtk_widget_measure (widget, GTK_ORIENTATION_VERTICAL, -1, NULL, &place.height, NULL, NULL);
  place.height = MIN (place.height, room->height);
  place.y += (room->height - place.height) / 2;
  pango_layout_set_width (get_layout (self), -1);
  if (pill)
    pango_layout_get_pixel_size (self->layout, &width, NULL);
  if (pill && around + width <= room->width)
    place.width = around + width;
  else
    pango_layout_set_width (self->layout, MAX (room->width - around, 0) * PANGO_SCALE);
  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
    place.x += room->width - place.width;
  gtk_widget_size_allocate (widget, &place, -1);
}

/* --- object ----------------------------------------------------------------------------------- */

static void
piao_mark_finalize (GObject *object)
{
  PiaoMark *self = PIAO_MARK (object);

  g_free (self->text);
  g_clear_object (&self->layout);
  G_OBJECT_CLASS (piao_mark_parent_class)->finalize (object);
}

static void
piao_mark_class_init (PiaoMarkClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = piao_mark_finalize;
  widget_class->measure = piao_mark_measure;
  widget_class->snapshot = piao_mark_snapshot;
  widget_class->query_tooltip = piao_mark_query_tooltip;
  gtk_widget_class_set_css_name (widget_class, "label");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LABEL);
}

static void
piao_mark_init (PiaoMark *self)
{
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
}

/* --- public ----------------------------------------------------------------------------------- */

static void
dress (PiaoMark *self)
{
  const char *classes[4] = { NULL };
  guint n = 0;

  if (self->flags & PIAO_TABLE_PILL)
    classes[n++] = "pill-label";
  if (self->flags & PIAO_TABLE_STRONG)
    classes[n++] = "strong";
  classes[n] = self->style;
  gtk_widget_set_css_classes (GTK_WIDGET (self), classes);
}

GtkWidget *
piao_mark_new (guint flags)
{
  PiaoMark *self = g_object_new (PIAO_TYPE_MARK, NULL);

  self->flags = flags;
  dress (self);
  return GTK_WIDGET (self);
}

void
piao_mark_set (PiaoMark *self, const char *text, const char *style)
{
  g_return_if_fail (PIAO_IS_MARK (self));
  if (g_strcmp0 (self->style, style) != 0)
    {
      self->style = style;
      dress (self);
    }
  if (!g_set_str (&self->text, text))
    return;
  if (self->layout != NULL)
    pango_layout_set_text (self->layout, text != NULL ? text : "", -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  text != NULL ? text : "", -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

const char *
piao_mark_get_text (PiaoMark *self)
{
  g_return_val_if_fail (PIAO_IS_MARK (self), NULL);
  return self->text;
}

const char *
piao_mark_get_style (PiaoMark *self)
{
  g_return_val_if_fail (PIAO_IS_MARK (self), NULL);
  return self->style;
}
