/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "app/widget/piao-facts.h"

static void
append (GtkListBox *list, GtkWidget *child, const char *first, const char *second)
{
  GtkWidget *row = gtk_list_box_row_new ();
  g_autofree char *label = g_strdup_printf ("%s, %s", first, second);

  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), child);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_list_box_append (list, row);
}

void
piao_facts_add (GtkListBox *list, const char *name, const char *value)
{
  GtkWidget *box, *left, *right;

  if (value == NULL || *value == '\0')
    return;
  box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  left = gtk_label_new (name);
  right = gtk_label_new (value);
  gtk_label_set_xalign (GTK_LABEL (left), 0);
  gtk_label_set_xalign (GTK_LABEL (right), 1);
  gtk_label_set_wrap (GTK_LABEL (right), TRUE);
  gtk_widget_set_hexpand (right, TRUE);
  gtk_widget_add_css_class (left, "dimmed");
  gtk_widget_add_css_class (right, "numeric");
  gtk_box_append (GTK_BOX (box), left);
  gtk_box_append (GTK_BOX (box), right);
  append (list, box, name, value);
}

void
piao_facts_add_step (GtkListBox *list, const char *what, const char *under)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 1);
  GtkWidget *title = gtk_label_new (what);
  GtkWidget *subtitle = gtk_label_new (under);

  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_xalign (GTK_LABEL (subtitle), 0);
  gtk_label_set_wrap (GTK_LABEL (subtitle), TRUE);
  gtk_widget_add_css_class (subtitle, "caption");
  gtk_widget_add_css_class (subtitle, "dimmed");
  gtk_widget_add_css_class (subtitle, "numeric");
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), subtitle);
  append (list, box, what, under);
}
