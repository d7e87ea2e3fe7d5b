/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * DESIGN: the titles are those of a GtkColumnView that has no rows: people choose columns, draw
 * their widths and sort as everywhere. The rows are a GtkListView below it whose lines are drawn in
 * the places that the titles have been given. Both scroll sideways together. */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/widget/piao-line.h"
#include "app/widget/piao-mark.h"
#include "app/widget/piao-table-private.h"
#include "app/widget/piao-table-view.h"

struct _PiaoTableView
{
  GtkWidget parent_instance;

  GtkColumnView *titles;
  GtkListView *list;
  PiaoLineForm *form; /* NULL before the columns */
  GtkAdjustment *adjustments[2];
};

enum
{
  PROP_0,
  PROP_HADJUSTMENT,
  PROP_VADJUSTMENT,
  PROP_HSCROLL_POLICY,
  PROP_VSCROLL_POLICY,
};

static void scrollable_init (GtkScrollableInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PiaoTableView,
                               piao_table_view,
                               GTK_TYPE_WIDGET,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_SCROLLABLE, scrollable_init))

static guint activate_signal;

/* --- columns ---------------------------------------------------------------------------------- */

/* Lines have their texts where the titles have theirs, as far as these are not cut themselves. */
static void
read_place (PiaoTableView *self, GtkWidget *title, PiaoLineColumn *column)
{
  GtkWidget *inside = gtk_widget_get_first_child (title);
  graphene_rect_t all, text;

  column->visible = gtk_widget_get_visible (title) && inside != NULL
                    && gtk_widget_compute_bounds (title, GTK_WIDGET (self->titles), &all)
                    && gtk_widget_compute_bounds (inside, GTK_WIDGET (self->titles), &text);
  if (!column->visible)
    return;
  column->x = (int)text.origin.x;
  column->width = (int)MIN (text.size.width, all.origin.x + all.size.width - text.origin.x);
}

/* Whether the columns stand elsewhere than before. */
static gboolean
read_places (PiaoTableView *self)
{
  GtkWidget *header = gtk_widget_get_first_child (GTK_WIDGET (self->titles));
  GtkWidget *title = header != NULL ? gtk_widget_get_first_child (header) : NULL;
  gboolean moved = FALSE;

  for (guint i = 0; i < self->form->columns->len && title != NULL; i++)
    {
      PiaoLineColumn *column = &g_array_index (self->form->columns, PiaoLineColumn, i);
      PiaoLineColumn before = *column;

      read_place (self, title, column);
      moved |= before.visible != column->visible || before.x != column->x
               || before.width != column->width;
      title = gtk_widget_get_next_sibling (title);
    }
  return moved;
}

static void
place_lines (PiaoTableView *self)
{
  piao_line_form_forget (self->form);
  for (GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (self->list)); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    {
      GtkWidget *line = gtk_widget_get_first_child (row);

      if (PIAO_IS_LINE (line))
        piao_line_place (PIAO_LINE (line));
    }
}

/* --- size ------------------------------------------------------------------------------------- */

static void
piao_table_view_measure (GtkWidget *widget,
                         GtkOrientation orientation,
                         int for_size,
                         int *minimum,
                         int *natural,
                         int *minimum_baseline,
                         int *natural_baseline)
{
  PiaoTableView *self = PIAO_TABLE_VIEW (widget);
  int list_minimum = 0, list_natural = 0;

  gtk_widget_measure (GTK_WIDGET (self->titles), orientation, for_size, minimum, natural, NULL,
                      NULL);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    return;
  gtk_widget_measure (GTK_WIDGET (self->list), orientation, for_size, &list_minimum, &list_natural,
                      NULL, NULL);
  *minimum += list_minimum;
  *natural += list_natural;
}

static int
get_titles_height (PiaoTableView *self)
{
  int height;

  gtk_widget_measure (GTK_WIDGET (self->titles), GTK_ORIENTATION_VERTICAL, -1, NULL, &height, NULL,
                      NULL);
  return height;
}

static GskTransform *
translate (double x, double y)
{
  return gsk_transform_translate (NULL, &GRAPHENE_POINT_INIT ((float)x, (float)y));
}

static void
piao_table_view_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  PiaoTableView *self = PIAO_TABLE_VIEW (widget);
  GtkAdjustment *adjustment = self->adjustments[GTK_ORIENTATION_HORIZONTAL];
  int top = get_titles_height (self), full;
  double x;

  gtk_widget_measure (GTK_WIDGET (self->titles), GTK_ORIENTATION_HORIZONTAL, -1, &full, NULL, NULL,
                      NULL);
  full = MAX (full, width);
  x = CLAMP (gtk_adjustment_get_value (adjustment), 0, full - width);
  gtk_widget_allocate (GTK_WIDGET (self->titles), full, top, -1, translate (-x, 0));
  if (self->form != NULL && read_places (self))
    place_lines (self);
  gtk_widget_allocate (GTK_WIDGET (self->list), full, MAX (height - top, 0), -1,
                       translate (-x, top));
  gtk_adjustment_configure (adjustment, x, 0, full, width * 0.1, width * 0.9, width);
}

/* --- scrolling -------------------------------------------------------------------------------- */

static void
set_adjustment (PiaoTableView *self, GtkOrientation orientation, GtkAdjustment *adjustment)
{
  GtkAdjustment **kept = &self->adjustments[orientation];

  if (adjustment == NULL)
    adjustment = gtk_adjustment_new (0, 0, 0, 0, 0, 0);
  if (*kept == adjustment)
    return;
  if (*kept != NULL)
    g_signal_handlers_disconnect_by_data (*kept, self);
  g_clear_object (kept);
  *kept = g_object_ref_sink (adjustment);
  if (orientation == GTK_ORIENTATION_VERTICAL)
    gtk_scrollable_set_vadjustment (GTK_SCROLLABLE (self->list), adjustment);
  else
    g_signal_connect_swapped (adjustment, "value-changed", G_CALLBACK (gtk_widget_queue_allocate),
                              self);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static gboolean
get_border (GtkScrollable *scrollable, GtkBorder *border)
{
  *border = (GtkBorder){ .top = (gint16)get_titles_height (PIAO_TABLE_VIEW (scrollable)) };
  return TRUE;
}

static void
scrollable_init (GtkScrollableInterface *iface)
{
  iface->get_border = get_border;
}

static void
piao_table_view_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PiaoTableView *self = PIAO_TABLE_VIEW (object);

  switch (id)
    {
    case PROP_HADJUSTMENT:
      g_value_set_object (value, self->adjustments[GTK_ORIENTATION_HORIZONTAL]);
      break;
    case PROP_VADJUSTMENT:
      g_value_set_object (value, self->adjustments[GTK_ORIENTATION_VERTICAL]);
      break;
    case PROP_HSCROLL_POLICY:
    case PROP_VSCROLL_POLICY:
      g_value_set_enum (value, GTK_SCROLL_MINIMUM);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

/* It is scrolled whatever is asked for: a policy is taken and changes nothing. */
static void
piao_table_view_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  PiaoTableView *self = PIAO_TABLE_VIEW (object);

  switch (id)
    {
    case PROP_HADJUSTMENT:
      set_adjustment (self, GTK_ORIENTATION_HORIZONTAL, g_value_get_object (value));
      break;
    case PROP_VADJUSTMENT:
      set_adjustment (self, GTK_ORIENTATION_VERTICAL, g_value_get_object (value));
      break;
    case PROP_HSCROLL_POLICY:
    case PROP_VSCROLL_POLICY:
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

/* --- object ----------------------------------------------------------------------------------- */

static gboolean
piao_table_view_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (PIAO_TABLE_VIEW (widget)->list));
}

/* A list without rows has the focus itself, which is of no use once they have come. */
static void
on_rows (PiaoTableView *self)
{
  if (gtk_widget_is_focus (GTK_WIDGET (self->list)))
    gtk_widget_grab_focus (GTK_WIDGET (self->list));
}

static void
on_activate (PiaoTableView *self, guint position)
{
  g_signal_emit (self, activate_signal, 0, position);
}

static void
form_gone (gpointer form, GClosure *closure)
{
  piao_line_form_unref (form);
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, PiaoLineForm *form)
{
  gtk_list_item_set_child (item, piao_line_new (form, item));
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  piao_line_set_item (PIAO_LINE (gtk_list_item_get_child (item)), gtk_list_item_get_item (item));
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  piao_line_set_item (PIAO_LINE (gtk_list_item_get_child (item)), NULL);
}

static void
piao_table_view_dispose (GObject *object)
{
  PiaoTableView *self = PIAO_TABLE_VIEW (object);

  for (guint i = 0; i < G_N_ELEMENTS (self->adjustments); i++)
    if (self->adjustments[i] != NULL)
      {
        g_signal_handlers_disconnect_by_data (self->adjustments[i], self);
        g_clear_object (&self->adjustments[i]);
      }
  if (self->titles != NULL)
    gtk_widget_unparent (GTK_WIDGET (g_steal_pointer (&self->titles)));
  if (self->list != NULL)
    gtk_widget_unparent (GTK_WIDGET (g_steal_pointer (&self->list)));
  g_clear_pointer (&self->form, piao_line_form_unref);
  G_OBJECT_CLASS (piao_table_view_parent_class)->dispose (object);
}

static void
piao_table_view_class_init (PiaoTableViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = piao_table_view_dispose;
  object_class->get_property = piao_table_view_get_property;
  object_class->set_property = piao_table_view_set_property;
  widget_class->measure = piao_table_view_measure;
  widget_class->size_allocate = piao_table_view_size_allocate;
  widget_class->grab_focus = piao_table_view_grab_focus;
  g_object_class_override_property (object_class, PROP_HADJUSTMENT, "hadjustment");
  g_object_class_override_property (object_class, PROP_VADJUSTMENT, "vadjustment");
  g_object_class_override_property (object_class, PROP_HSCROLL_POLICY, "hscroll-policy");
  g_object_class_override_property (object_class, PROP_VSCROLL_POLICY, "vscroll-policy");
  activate_signal = g_signal_new ("activate", PIAO_TYPE_TABLE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  gtk_widget_class_set_css_name (widget_class, "tableview");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
piao_table_view_init (PiaoTableView *self)
{
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  self->titles = GTK_COLUMN_VIEW (gtk_column_view_new (NULL));
  gtk_column_view_set_reorderable (self->titles, FALSE);
  gtk_widget_set_parent (GTK_WIDGET (self->titles), GTK_WIDGET (self));
  /* It has no rows, and must not be a place to stop on the way to them. */
  gtk_widget_set_visible (gtk_widget_get_last_child (GTK_WIDGET (self->titles)), FALSE);
  self->list = GTK_LIST_VIEW (gtk_list_view_new (NULL, NULL));
  gtk_list_view_set_show_separators (self->list, TRUE);
  g_signal_connect_swapped (self->list, "activate", G_CALLBACK (on_activate), self);
  gtk_widget_set_parent (GTK_WIDGET (self->list), GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->titles), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Columns"), -1);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_RELATION_LABELLED_BY,
                                  self, NULL, -1);
  set_adjustment (self, GTK_ORIENTATION_HORIZONTAL, NULL);
  set_adjustment (self, GTK_ORIENTATION_VERTICAL, NULL);
}

/* --- public ----------------------------------------------------------------------------------- */

void
piao_table_view_set_columns (PiaoTableView *self,
                             const PiaoTableColumn *columns,
                             guint n_columns,
                             gpointer data)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_return_if_fail (PIAO_IS_TABLE_VIEW (self) && self->form == NULL);
  self->form = piao_line_form_new (columns, n_columns, data);
  self->form->layout = piao_mark_make_layout (GTK_WIDGET (self));
  piao_table_titles_set (self->titles, columns, n_columns, data);
  g_signal_connect_data (factory, "setup", G_CALLBACK (on_setup), piao_line_form_ref (self->form),
                         form_gone, 0);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), NULL);
  gtk_list_view_set_factory (self->list, factory);
  g_object_unref (factory);
}

void
piao_table_view_set_items (PiaoTableView *self, GListModel *items)
{
  g_autoptr (GtkSingleSelection) selection = gtk_single_selection_new (NULL);

  g_return_if_fail (PIAO_IS_TABLE_VIEW (self) && self->form != NULL);
  gtk_single_selection_set_autoselect (selection, FALSE);
  gtk_single_selection_set_can_unselect (selection, TRUE);
  gtk_single_selection_set_model (selection, items);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (selection));
  /* After the list, which has the widgets of the rows by then. */
  g_signal_connect_object (selection, "items-changed", G_CALLBACK (on_rows), self,
                           G_CONNECT_SWAPPED);
}

GtkSingleSelection *
piao_table_view_get_selection (PiaoTableView *self)
{
  g_return_val_if_fail (PIAO_IS_TABLE_VIEW (self), NULL);
  return GTK_SINGLE_SELECTION (gtk_list_view_get_model (self->list));
}

void
piao_table_view_scroll_to_top (PiaoTableView *self)
{
  GtkSelectionModel *model = gtk_list_view_get_model (self->list);

  if (model != NULL && g_list_model_get_n_items (G_LIST_MODEL (model)) > 0)
    gtk_list_view_scroll_to (self->list, 0, GTK_LIST_SCROLL_NONE, NULL);
}

gboolean
piao_table_view_is_whole (PiaoTableView *self)
{
  g_return_val_if_fail (PIAO_IS_TABLE_VIEW (self) && self->form != NULL, FALSE);
  return self->form->late == 0;
}

GtkSorter *
piao_table_view_get_sorter (PiaoTableView *self)
{
  g_return_val_if_fail (PIAO_IS_TABLE_VIEW (self), NULL);
  return gtk_column_view_get_sorter (self->titles);
}

GtkColumnView *
piao_table_view_get_titles (PiaoTableView *self)
{
  g_return_val_if_fail (PIAO_IS_TABLE_VIEW (self), NULL);
  return self->titles;
}
