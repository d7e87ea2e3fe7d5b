/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/widget/piao-cell.h"
#include "app/widget/piao-table-private.h"

#define WATCH "piao-watch" /* of a cell: handler of "changed" of its item */

typedef struct
{
  const PiaoTableColumn *column;
  gpointer data;
} Binding;

static void
set_up_cell (GtkSignalListItemFactory *factory, GtkColumnViewCell *cell, Binding *binding)
{
  const PiaoTableColumn *column = binding->column;
  GtkWidget *widget
      = column->flags & PIAO_CELL_PILL
            ? piao_pill_new ()
            : piao_cell_new (column->text, binding->data, (column->flags & PIAO_CELL_NUMERIC) != 0);

  if (column->flags & PIAO_CELL_STRONG)
    gtk_widget_add_css_class (widget, "strong");
  gtk_column_view_cell_set_child (cell, widget);
}

typedef struct
{
  GtkColumnViewCell *cell; /* it outlives the connection, which unbind ends */
  Binding *binding;
} Watch;

static gboolean
needs_dress (Binding *binding)
{
  return binding->column->style != NULL || binding->column->flags & PIAO_CELL_PILL;
}

static void
dress_widget (GtkWidget *widget, gpointer item, Binding *binding)
{
  const PiaoTableColumn *column = binding->column;

  if (PIAO_IS_PILL (widget))
    {
      g_autofree char *text = column->text (item, binding->data);

      piao_pill_set (PIAO_PILL (widget), text, column->tint (item, binding->data));
    }
  else
    column->style (widget, item, binding->data);
}

static void
dress (gpointer item, Watch *watch)
{
  dress_widget (gtk_column_view_cell_get_child (watch->cell), item, watch->binding);
}

static void
watch_free (gpointer data, GClosure *closure)
{
  g_free (data);
}

/* The text of a cell follows the item by itself; a pill and what style() does must be there before
 * it is drawn. */
static void
bind_cell (GtkSignalListItemFactory *factory, GtkColumnViewCell *cell, Binding *binding)
{
  gpointer item = gtk_column_view_cell_get_item (cell);
  GtkWidget *widget = gtk_column_view_cell_get_child (cell);

  if (PIAO_IS_CELL (widget))
    piao_cell_set_item (PIAO_CELL (widget), item);
  if (!needs_dress (binding))
    return;
  dress_widget (widget, item, binding);
  if (g_signal_lookup ("changed", G_OBJECT_TYPE (item)) != 0)
    {
      Watch *watch = g_new0 (Watch, 1);
      gulong id;

      *watch = (Watch){ cell, binding };
      id = g_signal_connect_data (item, "changed", G_CALLBACK (dress), watch, watch_free, 0);
      g_object_set_data (G_OBJECT (cell), WATCH, GSIZE_TO_POINTER (id));
    }
}

static void
unbind_cell (GtkSignalListItemFactory *factory, GtkColumnViewCell *cell, Binding *binding)
{
  GtkWidget *widget = gtk_column_view_cell_get_child (cell);
  gulong id;

  if (PIAO_IS_CELL (widget))
    piao_cell_set_item (PIAO_CELL (widget), NULL);
  if (!needs_dress (binding))
    return;
  id = GPOINTER_TO_SIZE (g_object_steal_data (G_OBJECT (cell), WATCH));
  if (id != 0)
    g_signal_handler_disconnect (gtk_column_view_cell_get_item (cell), id);
}

static void
binding_free (gpointer data, GClosure *closure)
{
  g_free (data);
}

static GtkListItemFactory *
make_factory (const PiaoTableColumn *column, gpointer data)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  Binding *binding = g_new0 (Binding, 1);

  *binding = (Binding){ column, data };
  g_signal_connect_data (factory, "setup", G_CALLBACK (set_up_cell), binding, binding_free, 0);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cell), binding);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cell), binding);
  return factory;
}

static GtkWidget *
find_label (GtkWidget *widget)
{
  if (GTK_IS_LABEL (widget))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *label = find_label (child);

      if (label != NULL)
        return label;
    }
  return NULL;
}

/* GTK aligns every title to the left; over figures it belongs to the right. The header is the first
 * child of the view and its children are the titles in the order of the columns. */
static void
align_title (GtkColumnView *view, guint position)
{
  GtkWidget *header = gtk_widget_get_first_child (GTK_WIDGET (view));
  GtkWidget *title = header != NULL ? gtk_widget_get_first_child (header) : NULL;
  GtkWidget *label;

  for (guint i = 0; i < position && title != NULL; i++)
    title = gtk_widget_get_next_sibling (title);
  label = title != NULL ? find_label (title) : NULL;
  if (label == NULL)
    return;
  gtk_widget_set_hexpand (label, TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 1.0F);
}

void
piao_table_add_columns (GtkColumnView *view,
                        const PiaoTableColumn *columns,
                        guint n_columns,
                        gpointer data)
{
  for (guint i = 0; i < n_columns; i++)
    {
      GtkListItemFactory *factory = make_factory (&columns[i], data);
      g_autoptr (GtkColumnViewColumn) column
          = gtk_column_view_column_new (_ (columns[i].title), factory);

      if (columns[i].width > 0)
        gtk_column_view_column_set_fixed_width (column, columns[i].width);
      gtk_column_view_column_set_expand (column, (columns[i].flags & PIAO_CELL_EXPAND) != 0);
      gtk_column_view_column_set_resizable (column, TRUE);
      if (columns[i].compare != NULL)
        {
          g_autoptr (GtkCustomSorter) sorter
              = gtk_custom_sorter_new (columns[i].compare, data, NULL);

          gtk_column_view_column_set_sorter (column, GTK_SORTER (sorter));
        }
      piao_table_note_column (column, &columns[i]);
      gtk_column_view_append_column (view, column);
      if (columns[i].flags & PIAO_CELL_NUMERIC)
        align_title (view, g_list_model_get_n_items (gtk_column_view_get_columns (view)) - 1);
    }
}
