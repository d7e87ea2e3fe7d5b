/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/shell/piao-sidebar-row.h"

struct _PiaoSidebarRow
{
  GtkListBoxRow parent_instance;

  const PiaoPageEntry *entry;
  GtkImage *icon;
  GtkLabel *title;
  GtkLabel *badge;
};

G_DEFINE_FINAL_TYPE (PiaoSidebarRow, piao_sidebar_row, GTK_TYPE_LIST_BOX_ROW)

static void
on_badge (PiaoSidebarRow *self, GParamSpec *pspec, PiaoPage *page)
{
  guint badge = piao_page_get_badge (page);
  g_autofree char *text = g_strdup_printf (badge > 999 ? "999+" : "%u", badge);
  g_autofree char *name = badge == 0
                              ? g_strdup (_ (self->entry->title))
                              /* Translators: a page of the sidebar and how many items it has. */
                              : g_strdup_printf (_ ("%s, %u items"), _ (self->entry->title), badge);

  gtk_label_set_text (self->badge, text);
  gtk_widget_set_visible (GTK_WIDGET (self->badge), badge > 0);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
piao_sidebar_row_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), PIAO_TYPE_SIDEBAR_ROW);
  G_OBJECT_CLASS (piao_sidebar_row_parent_class)->dispose (object);
}

static void
piao_sidebar_row_class_init (PiaoSidebarRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = piao_sidebar_row_dispose;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/piaoku/Piaoku/ui/shell/piao-sidebar-row.ui");
  gtk_widget_class_bind_template_child (widget_class, PiaoSidebarRow, icon);
  gtk_widget_class_bind_template_child (widget_class, PiaoSidebarRow, title);
  gtk_widget_class_bind_template_child (widget_class, PiaoSidebarRow, badge);
}

static void
piao_sidebar_row_init (PiaoSidebarRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
piao_sidebar_row_new (const PiaoPageEntry *entry, PiaoPage *page)
{
  PiaoSidebarRow *self = g_object_new (PIAO_TYPE_SIDEBAR_ROW, NULL);

  self->entry = entry;
  gtk_image_set_from_icon_name (self->icon, entry->icon);
  gtk_label_set_text (self->title, _ (entry->title));
  g_signal_connect_object (page, "notify::badge", G_CALLBACK (on_badge), self, G_CONNECT_SWAPPED);
  on_badge (self, NULL, page);
  return GTK_WIDGET (self);
}

const PiaoPageEntry *
piao_sidebar_row_get_entry (PiaoSidebarRow *self)
{
  g_return_val_if_fail (PIAO_IS_SIDEBAR_ROW (self), NULL);
  return self->entry;
}
