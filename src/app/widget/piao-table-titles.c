/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/widget/piao-table-private.h"

#define DECLARED "piao-declared" /* of a GtkColumnViewColumn: its PiaoTableColumn */

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

/* GTK aligns every title to the left; over figures it belongs to the right, and the arrow of a sort
 * before it. The header is the first child of the view and its children are the titles in the order
 * of the columns. */
static void
align_last_title (GtkColumnView *titles)
{
  GtkWidget *header = gtk_widget_get_first_child (GTK_WIDGET (titles));
  GtkWidget *title = header != NULL ? gtk_widget_get_last_child (header) : NULL;
  GtkWidget *label = title != NULL ? find_label (title) : NULL;

  if (label == NULL)
    return;
  gtk_widget_set_hexpand (label, TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 1.0F);
  gtk_widget_insert_before (label, gtk_widget_get_parent (label), NULL);
}

static void
add_title (GtkColumnView *titles, const PiaoTableColumn *declared, gpointer data)
{
  g_autoptr (GtkColumnViewColumn) column = gtk_column_view_column_new (_ (declared->title), NULL);

  g_object_set_data (G_OBJECT (column), DECLARED, (gpointer)declared);
  if (declared->width > 0)
    gtk_column_view_column_set_fixed_width (column, declared->width);
  gtk_column_view_column_set_expand (column, (declared->flags & PIAO_TABLE_EXPAND) != 0);
  gtk_column_view_column_set_resizable (column, TRUE);
  if (declared->compare != NULL)
    {
      g_autoptr (GtkCustomSorter) sorter = gtk_custom_sorter_new (declared->compare, data, NULL);

      gtk_column_view_column_set_sorter (column, GTK_SORTER (sorter));
    }
  gtk_column_view_append_column (titles, column);
  if (declared->flags & PIAO_TABLE_NUMERIC)
    align_last_title (titles);
}

void
piao_table_titles_set (GtkColumnView *titles,
                       const PiaoTableColumn *columns,
                       guint n_columns,
                       gpointer data)
{
  for (guint i = 0; i < n_columns; i++)
    add_title (titles, &columns[i], data);
}

const PiaoTableColumn *
piao_table_titles_get_declared (GtkColumnViewColumn *column)
{
  return g_object_get_data (G_OBJECT (column), DECLARED);
}
