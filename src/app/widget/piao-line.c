/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * DESIGN: GtkColumnView makes two widgets for every cell and keeps two hundred rows: four thousand
 * widgets to be made, styled, measured and told to the accessibility bus before the first row of a
 * list is seen. Here a row is one widget. Only a text in a style of its own is a mark, since the
 * style sheet says what that looks like.
 *
 * Most of what is left is to find the glyphs of each text. Places, people, sources and sums come
 * again and again, and all of it when one scrolls back: texts are kept as they were drawn.
 *
 * A line follows its item only from the time it was drawn: before that nothing of it is on the
 * screen that could be out of date. So a list that is scrolled by pages binds two hundred rows for
 * the price of thirty. */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "app/widget/piao-line.h"
#include "app/widget/piao-mark.h"

#define BETWEEN '\037' /* texts of a line: no text has it */
#define MAX_DRAWN 2000 /* texts that are kept as they were drawn: forty screens have not more */

struct _PiaoLine
{
  GtkWidget parent_instance;

  PiaoLineForm *form;
  GtkListItem *row; /* borrowed: the line goes before it */
  gpointer item;    /* borrowed, or NULL */
  gulong changed;   /* handler of its "changed", once drawn */
  gboolean stale;   /* what is drawn may not be the item's any more */
  char *shown;      /* what was drawn last, as dup_shown() has it */
  char *name;       /* … for those who do not see it */
  PiaoMark **marks; /* one for each column, NULL but for texts with a style; children */
};

G_DEFINE_FINAL_TYPE (PiaoLine, piao_line, GTK_TYPE_WIDGET)

/* --- form ------------------------------------------------------------------------------------- */

/* A text as a column has drawn it. Also the key of itself. */
typedef struct
{
  guint column;
  char *text;
  GskRenderNode *node; /* NULL for blanks */
} Drawn;

static guint
drawn_hash (gconstpointer data)
{
  const Drawn *self = data;

  return g_str_hash (self->text) * 31 + self->column;
}

static gboolean
drawn_equal (gconstpointer a, gconstpointer b)
{
  const Drawn *left = a, *right = b;

  return left->column == right->column && g_str_equal (left->text, right->text);
}

static void
drawn_free (gpointer data)
{
  Drawn *self = data;

  g_free (self->text);
  g_clear_pointer (&self->node, gsk_render_node_unref);
  g_free (self);
}

PiaoLineForm *
piao_line_form_new (const PiaoTableColumn *columns, guint n_columns, gpointer data)
{
  PiaoLineForm *self = g_rc_box_new0 (PiaoLineForm);

  self->data = data;
  self->drawn = g_hash_table_new_full (drawn_hash, drawn_equal, drawn_free, NULL);
  self->columns = g_array_sized_new (FALSE, TRUE, sizeof (PiaoLineColumn), n_columns);
  for (guint i = 0; i < n_columns; i++)
    {
      PiaoLineColumn column = { &columns[i], _ (columns[i].title), FALSE, 0, 0 };

      g_array_append_val (self->columns, column);
    }
  return self;
}

PiaoLineForm *
piao_line_form_ref (PiaoLineForm *self)
{
  return g_rc_box_acquire (self);
}

static void
form_clear (gpointer data)
{
  PiaoLineForm *self = data;

  g_array_unref (self->columns);
  g_hash_table_unref (self->drawn);
  g_clear_object (&self->layout);
}

void
piao_line_form_forget (PiaoLineForm *self)
{
  g_hash_table_remove_all (self->drawn);
}

void
piao_line_form_unref (PiaoLineForm *self)
{
  g_rc_box_release_full (self, form_clear);
}

static const PiaoLineColumn *
get_column (PiaoLine *self, guint i)
{
  return &g_array_index (self->form->columns, PiaoLineColumn, i);
}

static char *
dup_text (PiaoLine *self, const PiaoLineColumn *column)
{
  return self->item != NULL ? column->declared->text (self->item, self->form->data) : NULL;
}

/* --- item ------------------------------------------------------------------------------------- */

static const char *
get_style (PiaoLine *self, const PiaoLineColumn *column)
{
  return column->declared->style (self->item, self->form->data);
}

/* What a person sees of a text. Lines that show the same texts in the same styles look the same. */
static void
append_shown (GString *shown, const char *text, const char *style)
{
  g_string_append_printf (shown, "%s%c%s%c", text != NULL ? text : "", BETWEEN,
                          style != NULL ? style : "", BETWEEN);
}

/* What would be drawn now. Transfer full. */
static char *
dup_shown (PiaoLine *self)
{
  GString *shown = g_string_new (NULL);

  for (guint i = 0; i < self->form->columns->len; i++)
    {
      const PiaoLineColumn *column = get_column (self, i);
      g_autofree char *text = column->visible ? dup_text (self, column) : NULL;

      append_shown (shown, text,
                    text != NULL && self->marks[i] != NULL ? get_style (self, column) : NULL);
    }
  return g_string_free_and_steal (shown);
}

static void
go_stale (PiaoLine *self)
{
  self->stale = TRUE;
  /* Its children are marks, which get their texts when they are placed. */
  if (gtk_widget_get_first_child (GTK_WIDGET (self)) != NULL)
    gtk_widget_queue_allocate (GTK_WIDGET (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_changed (PiaoLine *self)
{
  g_autofree char *shown = self->stale ? NULL : dup_shown (self);

  if (shown == NULL || g_strcmp0 (shown, self->shown) != 0)
    go_stale (self);
}

void
piao_line_set_item (PiaoLine *self, gpointer item)
{
  g_return_if_fail (PIAO_IS_LINE (self));
  if (self->item == item)
    return;
  if (self->changed != 0)
    g_clear_signal_handler (&self->changed, self->item);
  self->item = item;
  go_stale (self);
}

void
piao_line_place (PiaoLine *self)
{
  g_return_if_fail (PIAO_IS_LINE (self));
  go_stale (self);
}

static void
follow (PiaoLine *self)
{
  if (self->item != NULL && self->changed == 0
      && g_signal_lookup ("changed", G_OBJECT_TYPE (self->item)) != 0)
    self->changed = g_signal_connect_swapped (self->item, "changed", G_CALLBACK (on_changed), self);
}

/* --- drawing ---------------------------------------------------------------------------------- */

static PangoAttrList *
get_attributes (gboolean strong)
{
  static PangoAttrList *kept[2];

  if (kept[strong] == NULL)
    {
      kept[strong] = pango_attr_list_new ();
      pango_attr_list_insert (kept[strong], pango_attr_font_features_new ("tnum=1"));
      if (strong)
        pango_attr_list_insert (kept[strong], pango_attr_weight_new (PANGO_WEIGHT_SEMIBOLD));
    }
  return kept[strong];
}

/* Sets @text as @column shows it; the layout is the form's. */
static PangoLayout *
lay_out (PiaoLine *self, const PiaoLineColumn *column, const char *text)
{
  PangoLayout *layout = self->form->layout;
  guint flags = column->declared->flags;

  pango_layout_set_attributes (layout, get_attributes ((flags & PIAO_TABLE_STRONG) != 0));
  pango_layout_set_alignment (layout,
                              flags & PIAO_TABLE_NUMERIC ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
  pango_layout_set_width (layout, column->width * PANGO_SCALE);
  pango_layout_set_text (layout, text, -1);
  return layout;
}

/* What @column shows of @text, where it stands in a line. NULL for blanks. Transfer full. */
static GskRenderNode *
draw (PiaoLine *self, const PiaoLineColumn *column, const char *text)
{
  PangoLayout *layout = lay_out (self, column, text);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  int height;

  pango_layout_get_pixel_size (layout, NULL, &height);
  gtk_snapshot_translate (snapshot,
                          &GRAPHENE_POINT_INIT ((float)column->x,
                                                floorf ((float)(self->form->height - height) / 2)));
  gtk_snapshot_append_layout (snapshot, layout, &self->form->color);
  return gtk_snapshot_free_to_node (snapshot);
}

/* What was drawn stays right as long as colour, height and fonts are the same. (The places of the
 * columns, too: their table says when they change.) */
static void
check_drawn (PiaoLine *self)
{
  PiaoLineForm *form = self->form;
  guint serial = pango_context_get_serial (pango_layout_get_context (form->layout));
  int height = gtk_widget_get_height (GTK_WIDGET (self));
  GdkRGBA color;

  gtk_widget_get_color (GTK_WIDGET (self), &color);
  if (height == form->height && serial == form->serial && gdk_rgba_equal (&color, &form->color)
      && g_hash_table_size (form->drawn) < MAX_DRAWN)
    return;
  piao_line_form_forget (form);
  form->color = color;
  form->height = height;
  form->serial = serial;
}

static void
draw_text (PiaoLine *self, GtkSnapshot *snapshot, guint i, const char *text)
{
  Drawn wanted = { i, (char *)text, NULL };
  Drawn *drawn = g_hash_table_lookup (self->form->drawn, &wanted);

  if (drawn == NULL)
    {
      drawn = g_new0 (Drawn, 1);
      *drawn = (Drawn){ i, g_strdup (text), draw (self, get_column (self, i), text) };
      g_hash_table_add (self->form->drawn, drawn);
    }
  if (drawn->node != NULL)
    gtk_snapshot_append_node (snapshot, drawn->node);
}

/* Figures mean nothing without the title that stands over them. */
static void
append_name (GString *name, const PiaoLineColumn *column, const char *text)
{
  if (name->len > 0)
    g_string_append (name, ", ");
  if (column->declared->flags & PIAO_TABLE_NUMERIC)
    g_string_append_printf (name, "%s ", column->title);
  g_string_append (name, text);
}

static void
set_name (PiaoLine *self, const char *name)
{
  if (!g_set_str (&self->name, name))
    return;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, self->name,
                                  -1);
  gtk_list_item_set_accessible_label (self->row, self->name);
}

/* What a column shows: a mark has got it when it was placed. Transfer full. */
static char *
dup_drawn (PiaoLine *self, guint i)
{
  const PiaoLineColumn *column = get_column (self, i);

  if (!column->visible)
    return NULL;
  return self->marks[i] != NULL ? g_strdup (piao_mark_get_text (self->marks[i]))
                                : dup_text (self, column);
}

static void
piao_line_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PiaoLine *self = PIAO_LINE (widget);
  g_autoptr (GString) name = g_string_new (NULL), shown = g_string_new (NULL);

  check_drawn (self);
  for (guint i = 0; i < self->form->columns->len; i++)
    {
      g_autofree char *text = dup_drawn (self, i);
      PiaoMark *mark = text != NULL ? self->marks[i] : NULL;

      if (self->stale)
        append_shown (shown, text, mark != NULL ? piao_mark_get_style (mark) : NULL);
      if (text == NULL || *text == '\0')
        continue;
      if (self->stale)
        append_name (name, get_column (self, i), text);
      if (mark != NULL)
        gtk_widget_snapshot_child (widget, GTK_WIDGET (mark), snapshot);
      else
        draw_text (self, snapshot, i, text);
    }
  if (!self->stale)
    return;
  self->stale = FALSE;
  follow (self);
  set_name (self, name->str);
  g_set_str (&self->shown, shown->str);
}

/* --- place ------------------------------------------------------------------------------------ */

static void
piao_line_measure (GtkWidget *widget,
                   GtkOrientation orientation,
                   int for_size,
                   int *minimum,
                   int *natural,
                   int *minimum_baseline,
                   int *natural_baseline)
{
  PiaoLine *self = PIAO_LINE (widget);

  *minimum = *natural = 0;
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    return;
  *minimum = piao_mark_get_line_height (widget);
  for (guint i = 0; i < self->form->columns->len; i++)
    {
      int height = 0;

      if (self->marks[i] != NULL)
        gtk_widget_measure (GTK_WIDGET (self->marks[i]), orientation, -1, &height, NULL, NULL,
                            NULL);
      *minimum = MAX (*minimum, height);
    }
  *natural = *minimum;
}

static void
place_mark (PiaoLine *self, guint i, int height)
{
  const PiaoLineColumn *column = get_column (self, i);
  GtkAllocation room = { column->x, 0, column->width, height };
  g_autofree char *text = column->visible ? dup_text (self, column) : NULL;

  gtk_widget_set_child_visible (GTK_WIDGET (self->marks[i]), text != NULL && *text != '\0');
  piao_mark_set (self->marks[i], text, text != NULL ? get_style (self, column) : NULL);
  if (text != NULL && *text != '\0')
    piao_mark_place (self->marks[i], &room);
}

static void
piao_line_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  PiaoLine *self = PIAO_LINE (widget);

  follow (self);
  for (guint i = 0; i < self->form->columns->len; i++)
    if (self->marks[i] != NULL)
      place_mark (self, i, height);
}

/* --- what was cut ----------------------------------------------------------------------------- */

static gboolean
piao_line_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  PiaoLine *self = PIAO_LINE (widget);

  for (guint i = 0; i < self->form->columns->len && !keyboard; i++)
    {
      const PiaoLineColumn *column = get_column (self, i);
      GdkRectangle area = { column->x, 0, column->width, gtk_widget_get_height (widget) };
      g_autofree char *text = NULL;

      if (!column->visible || self->marks[i] != NULL || x < area.x || x >= area.x + area.width)
        continue;
      text = dup_text (self, column);
      if (text == NULL || !pango_layout_is_ellipsized (lay_out (self, column, text)))
        return FALSE;
      gtk_tooltip_set_text (tooltip, text);
      gtk_tooltip_set_tip_area (tooltip, &area);
      return TRUE;
    }
  return FALSE;
}

/* --- object ----------------------------------------------------------------------------------- */

static void
piao_line_dispose (GObject *object)
{
  PiaoLine *self = PIAO_LINE (object);
  GtkWidget *child;

  piao_line_set_item (self, NULL);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  memset (self->marks, 0, self->form->columns->len * sizeof *self->marks);
  G_OBJECT_CLASS (piao_line_parent_class)->dispose (object);
}

static void
piao_line_finalize (GObject *object)
{
  PiaoLine *self = PIAO_LINE (object);

  g_free (self->marks);
  g_free (self->shown);
  g_free (self->name);
  piao_line_form_unref (self->form);
  G_OBJECT_CLASS (piao_line_parent_class)->finalize (object);
}

static void
piao_line_class_init (PiaoLineClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = piao_line_dispose;
  G_OBJECT_CLASS (klass)->finalize = piao_line_finalize;
  widget_class->measure = piao_line_measure;
  widget_class->size_allocate = piao_line_size_allocate;
  widget_class->snapshot = piao_line_snapshot;
  widget_class->query_tooltip = piao_line_query_tooltip;
  gtk_widget_class_set_css_name (widget_class, "line");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LABEL);
}

static void
piao_line_init (PiaoLine *self)
{
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
}

GtkWidget *
piao_line_new (PiaoLineForm *form, GtkListItem *row)
{
  PiaoLine *self = g_object_new (PIAO_TYPE_LINE, NULL);

  self->form = piao_line_form_ref (form);
  self->row = row;
  self->marks = g_new0 (PiaoMark *, form->columns->len);
  for (guint i = 0; i < form->columns->len; i++)
    {
      const PiaoTableColumn *declared = get_column (self, i)->declared;

      if (declared->style == NULL)
        continue;
      self->marks[i] = PIAO_MARK (piao_mark_new (declared->flags));
      gtk_widget_set_parent (GTK_WIDGET (self->marks[i]), GTK_WIDGET (self));
    }
  return GTK_WIDGET (self);
}
