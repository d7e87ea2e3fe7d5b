/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * DESIGN: a cell follows its item only from the time it was drawn: before that nothing of it is on
 * the screen that could be out of date. So a list that is scrolled by pages binds two hundred rows
 * for the price of thirty. */

#include "config.h"

#include <math.h>

#include "app/widget/piao-cell-private.h"

#define N_FONTS 8 /* whose line height is remembered */

struct _PiaoCell
{
  GtkWidget parent_instance;

  PiaoCellText source; /* NULL in a pill, which says what is shown */
  gpointer data;
  gboolean numeric;

  gpointer item;       /* borrowed, or NULL */
  gulong changed;      /* handler of its "changed", once drawn */
  gboolean stale;      /* the text may not be the item's any more */
  char *text;          /* as last drawn */
  PangoLayout *layout; /* NULL until it is drawn first */
};

G_DEFINE_FINAL_TYPE (PiaoCell, piao_cell, GTK_TYPE_WIDGET)

static void
go_stale (PiaoCell *self)
{
  self->stale = TRUE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
follow (PiaoCell *self)
{
  if (self->changed == 0 && g_signal_lookup ("changed", G_OBJECT_TYPE (self->item)) != 0)
    self->changed = g_signal_connect_swapped (self->item, "changed", G_CALLBACK (go_stale), self);
}

void
piao_cell_set_item (PiaoCell *self, gpointer item)
{
  g_return_if_fail (PIAO_IS_CELL (self));
  if (self->item == item)
    return;
  if (self->changed != 0)
    g_clear_signal_handler (&self->changed, self->item);
  self->item = item;
  go_stale (self);
}

gpointer
piao_cell_get_item (PiaoCell *self)
{
  g_return_val_if_fail (PIAO_IS_CELL (self), NULL);
  return self->item;
}

/* --- text ------------------------------------------------------------------------------------- */

PangoLayout *
piao_cell_make_layout (GtkWidget *widget)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (widget, NULL);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  pango_layout_set_attributes (layout, attributes);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  return layout;
}

static void
set_text (PiaoCell *self, char *text)
{
  g_autofree char *taken = text;

  if (g_strcmp0 (self->text, taken) == 0)
    return;
  g_free (self->text);
  self->text = g_steal_pointer (&taken);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  self->text != NULL ? self->text : "", -1);
  if (self->layout != NULL)
    pango_layout_set_text (self->layout, self->text != NULL ? self->text : "", -1);
}

static void
update (PiaoCell *self)
{
  if (!self->stale)
    return;
  self->stale = FALSE;
  if (self->item != NULL)
    follow (self);
  set_text (self, self->item != NULL ? self->source (self->item, self->data) : NULL);
}

static void
ensure_layout (PiaoCell *self)
{
  if (self->layout != NULL)
    return;
  self->layout = piao_cell_make_layout (GTK_WIDGET (self));
  if (self->numeric)
    pango_layout_set_alignment (self->layout, PANGO_ALIGN_RIGHT);
  pango_layout_set_text (self->layout, self->text != NULL ? self->text : "", -1);
}

static void
piao_cell_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PiaoCell *self = PIAO_CELL (widget);
  int height;
  GdkRGBA color;

  update (self);
  if (self->text == NULL || *self->text == '\0')
    return;
  ensure_layout (self);
  pango_layout_set_width (self->layout, gtk_widget_get_width (widget) * PANGO_SCALE);
  pango_layout_get_pixel_size (self->layout, NULL, &height);
  gtk_widget_get_color (widget, &color);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (
      snapshot,
      &GRAPHENE_POINT_INIT (0, floorf ((float)(gtk_widget_get_height (widget) - height) / 2)));
  gtk_snapshot_append_layout (snapshot, self->layout, &color);
  gtk_snapshot_restore (snapshot);
}

static int
measure_line (PangoContext *context)
{
  PangoFontMetrics *metrics = pango_context_get_metrics (context, NULL, NULL);
  int height = PANGO_PIXELS_CEIL (pango_font_metrics_get_height (metrics));

  pango_font_metrics_unref (metrics);
  return height;
}

/* Pango shapes a sentence to find the height of a line; thousands of cells have three fonts. */
int
piao_cell_get_line_height (GtkWidget *widget)
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
piao_cell_measure (GtkWidget *widget,
                   GtkOrientation orientation,
                   int for_size,
                   int *minimum,
                   int *natural,
                   int *minimum_baseline,
                   int *natural_baseline)
{
  *minimum = *natural
      = orientation == GTK_ORIENTATION_VERTICAL ? piao_cell_get_line_height (widget) : 0;
}

static gboolean
piao_cell_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  PiaoCell *self = PIAO_CELL (widget);

  if (self->layout == NULL || !pango_layout_is_ellipsized (self->layout))
    return FALSE;
  gtk_tooltip_set_text (tooltip, self->text);
  return TRUE;
}

static void
piao_cell_dispose (GObject *object)
{
  piao_cell_set_item (PIAO_CELL (object), NULL);
  g_clear_object (&PIAO_CELL (object)->layout);
  G_OBJECT_CLASS (piao_cell_parent_class)->dispose (object);
}

static void
piao_cell_finalize (GObject *object)
{
  g_free (PIAO_CELL (object)->text);
  G_OBJECT_CLASS (piao_cell_parent_class)->finalize (object);
}

static void
piao_cell_class_init (PiaoCellClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = piao_cell_dispose;
  G_OBJECT_CLASS (klass)->finalize = piao_cell_finalize;
  widget_class->measure = piao_cell_measure;
  widget_class->snapshot = piao_cell_snapshot;
  widget_class->query_tooltip = piao_cell_query_tooltip;
  gtk_widget_class_set_css_name (widget_class, "label");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LABEL);
}

static void
piao_cell_init (PiaoCell *self)
{
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
}

GtkWidget *
piao_cell_new (PiaoCellText text, gpointer data, gboolean numeric)
{
  PiaoCell *self = g_object_new (PIAO_TYPE_CELL, NULL);

  self->source = text;
  self->data = data;
  self->numeric = numeric;
  return GTK_WIDGET (self);
}

/* --- pill -------------------------------------------------------------------------------------
 */

struct _PiaoPill
{
  GtkWidget parent_instance;

  PiaoCell *cell;   /* the child */
  char *text;       /* or NULL */
  const char *tint; /* class of the cell, or NULL */
};

G_DEFINE_FINAL_TYPE (PiaoPill, piao_pill, GTK_TYPE_WIDGET)

/* Pixels of the text of a cell when nothing is cut. */
static int
get_text_width (PiaoCell *cell)
{
  int width;

  ensure_layout (cell);
  pango_layout_set_width (cell->layout, -1);
  pango_layout_get_pixel_size (cell->layout, &width, NULL);
  return width;
}

static void
piao_pill_measure (GtkWidget *widget,
                   GtkOrientation orientation,
                   int for_size,
                   int *minimum,
                   int *natural,
                   int *minimum_baseline,
                   int *natural_baseline)
{
  GtkWidget *cell = GTK_WIDGET (PIAO_PILL (widget)->cell);

  gtk_widget_measure (cell, orientation, -1, minimum, natural, NULL, NULL);
}

/* The measure of a cell is what surrounds its text: another text changes no size but its own. */
static void
piao_pill_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  PiaoPill *self = PIAO_PILL (widget);
  GtkWidget *cell = GTK_WIDGET (self->cell);
  GtkAllocation place = { 0 };
  int around;

  gtk_widget_set_child_visible (cell, self->text != NULL);
  if (self->text == NULL)
    return;
  set_text (self->cell, g_strdup (self->text));
  gtk_widget_measure (cell, GTK_ORIENTATION_HORIZONTAL, -1, &around, NULL, NULL, NULL);
  gtk_widget_measure (cell, GTK_ORIENTATION_VERTICAL, -1, NULL, &place.height, NULL, NULL);
  place.width = MAX (around, MIN (width, around + get_text_width (self->cell)));
  place.height = MIN (place.height, height);
  place.y = (height - place.height) / 2;
  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
    place.x = width - place.width;
  gtk_widget_size_allocate (cell, &place, -1);
  gtk_widget_queue_draw (cell);
}

static void
piao_pill_dispose (GObject *object)
{
  PiaoPill *self = PIAO_PILL (object);

  if (self->cell != NULL)
    gtk_widget_unparent (GTK_WIDGET (g_steal_pointer (&self->cell)));
  G_OBJECT_CLASS (piao_pill_parent_class)->dispose (object);
}

static void
piao_pill_finalize (GObject *object)
{
  g_free (PIAO_PILL (object)->text);
  G_OBJECT_CLASS (piao_pill_parent_class)->finalize (object);
}

static void
piao_pill_class_init (PiaoPillClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = piao_pill_dispose;
  G_OBJECT_CLASS (klass)->finalize = piao_pill_finalize;
  widget_class->measure = piao_pill_measure;
  widget_class->size_allocate = piao_pill_size_allocate;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GENERIC);
}

static void
piao_pill_init (PiaoPill *self)
{
  GtkWidget *cell = piao_cell_new (NULL, NULL, FALSE);

  gtk_widget_add_css_class (cell, "pill-label");
  gtk_widget_set_parent (cell, GTK_WIDGET (self));
  self->cell = PIAO_CELL (cell);
}

GtkWidget *
piao_pill_new (void)
{
  return g_object_new (PIAO_TYPE_PILL, NULL);
}

void
piao_pill_set (PiaoPill *self, const char *text, const char *tint)
{
  g_return_if_fail (PIAO_IS_PILL (self));
  if (text != NULL && g_strcmp0 (self->tint, tint) != 0)
    {
      const char *classes[] = { "pill-label", tint, NULL };

      gtk_widget_set_css_classes (GTK_WIDGET (self->cell), classes);
      self->tint = tint;
    }
  if (g_set_str (&self->text, text))
    gtk_widget_queue_allocate (GTK_WIDGET (self));
}
