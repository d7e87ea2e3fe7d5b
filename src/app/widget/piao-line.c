/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * DESIGN: GtkColumnView makes two widgets for every cell and keeps two hundred rows: four thousand
 * widgets to be made, styled, measured and told to the accessibility bus before the first row of a
 * list is seen. Here a row is one widget. Only a text in a style of its own is a mark, since the
 * style sheet says what that looks like.
 *
 * A line follows its item only from the time it was drawn: before that nothing of it is on the
 * screen that could be out of date. So a list that is scrolled by pages binds two hundred rows for
 * the price of thirty. */

#include "config.h"

#include "app/widget/piao-line.h"
#include "app/widget/piao-mark.h"

#define BETWEEN '\037' /* texts of a line: no text has it */

struct _PiaoLine
{
  GtkWidget parent_instance;

  PiaoLineForm *form;
  GtkListItem *row; /* borrowed: the line goes before it */
  gpointer item;    /* borrowed, or NULL */
  gulong changed;   /* handler of its "changed", once drawn */
  gboolean other;   /* the item is not the one that was drawn last */
  gboolean stale;   /* what is drawn may not be the item's any more */
  guint late;       /* tick callback until which some texts are left out, or 0 */
  char *shown;      /* what was drawn last, as dup_shown() has it */
  char *name;       /* … for those who do not see it */
  PiaoMark **marks; /* one for each column, NULL but for texts with a style; children */
};

G_DEFINE_FINAL_TYPE (PiaoLine, piao_line, GTK_TYPE_WIDGET)

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
  self->other = TRUE;
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

static void
forget_late (PiaoLine *self)
{
  self->late = 0;
  self->form->late--;
}

static gboolean
draw_rest (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  gtk_widget_queue_draw (widget);
  forget_late (PIAO_LINE (widget));
  return G_SOURCE_REMOVE;
}

/* There was no time for all of it in this picture: in the next one. (To ask for it while a picture
 * is drawn would be of no use.) */
static void
go_late (PiaoLine *self)
{
  if (self->late != 0)
    return;
  self->late = gtk_widget_add_tick_callback (GTK_WIDGET (self), draw_rest, NULL, NULL);
  self->form->late++;
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

/* What has a background of its own is dear to paint: it comes with the last of the texts. */
static void
snapshot_marks (PiaoLine *self, GtkSnapshot *snapshot)
{
  for (guint i = 0; i < self->form->columns->len; i++)
    if (self->marks[i] != NULL && get_column (self, i)->visible)
      gtk_widget_snapshot_child (GTK_WIDGET (self), GTK_WIDGET (self->marks[i]), snapshot);
}

static void
piao_line_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PiaoLine *self = PIAO_LINE (widget);
  g_autoptr (GString) name = g_string_new (NULL), shown = g_string_new (NULL);
  gboolean whole = TRUE;

  piao_line_form_begin (self->form, widget, self->other);
  self->other = FALSE;
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
      if (mark == NULL)
        whole &= piao_line_form_draw (self->form, snapshot, i, text);
    }
  if (whole)
    snapshot_marks (self, snapshot);
  else
    go_late (self);
  if (!whole || !self->stale)
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
      if (text == NULL || !piao_line_form_cuts (self->form, i, text))
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
  if (self->late != 0)
    {
      gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->late);
      forget_late (self);
    }
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
