/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/shell/piao-help.h"
#include "app/shell/piao-palette.h"
#include "base/piao-future.h"

struct _PiaoPalette
{
  AdwDialog parent_instance;

  GtkEditable *entry;
  GtkStack *stack;
  GtkListView *list;
  GtkSingleSelection *selection;

  GPtrArray *providers;
  GListStore *answers; /* one GListModel for each provider, in their order */
  guint generation;    /* of the query; answers of an older one are dropped */
};

G_DEFINE_FINAL_TYPE (PiaoPalette, piao_palette, ADW_TYPE_DIALOG)

typedef struct
{
  GWeakRef palette;
  guint generation;
  guint provider;
} Pending;

static void
pending_free (gpointer data)
{
  Pending *pending = data;

  g_weak_ref_clear (&pending->palette);
  g_free (pending);
}

static void
show_state (PiaoPalette *self)
{
  gboolean empty = g_list_model_get_n_items (G_LIST_MODEL (self->selection)) == 0;

  gtk_stack_set_visible_child_name (self->stack, empty ? "empty" : "list");
}

static DexFuture *
on_answer (DexFuture *future, gpointer data)
{
  Pending *pending = data;
  g_autoptr (PiaoPalette) self = g_weak_ref_get (&pending->palette);
  const GValue *value = dex_future_get_value (future, NULL);
  GListModel *items;

  if (self == NULL || pending->generation != self->generation || value == NULL)
    return dex_future_new_true ();
  items = g_value_get_object (value);
  g_list_store_splice (self->answers, pending->provider, 1, (gpointer *)&items, 1);
  show_state (self);
  return dex_future_new_true ();
}

static void
search (PiaoPalette *self)
{
  g_autofree char *query = g_utf8_substring (
      gtk_editable_get_text (self->entry), 0,
      MIN (PIAO_PALETTE_MAX_QUERY, g_utf8_strlen (gtk_editable_get_text (self->entry), -1)));

  self->generation++;
  for (guint i = 0; i < self->providers->len; i++)
    {
      PiaoPaletteProvider *provider = g_ptr_array_index (self->providers, i);
      Pending *pending = g_new0 (Pending, 1);
      DexFuture *future;

      g_weak_ref_init (&pending->palette, self);
      pending->generation = self->generation;
      pending->provider = i;
      future = piao_palette_provider_search (provider, g_strstrip (query));
      piao_future_disown (dex_future_then (future, on_answer, pending, pending_free),
                          "search of the palette");
    }
}

static void
on_search_changed (PiaoPalette *self)
{
  search (self);
}

void
piao_palette_choose (PiaoPalette *self, guint position)
{
  g_autoptr (PiaoPaletteItem) item
      = g_list_model_get_item (G_LIST_MODEL (self->selection), position);
  g_autoptr (GVariant) target = NULL;
  g_autofree char *name = NULL;
  g_autoptr (GtkWidget) root = NULL;

  if (item == NULL)
    return;
  if (!g_action_parse_detailed_name (piao_palette_item_get_action (item), &name, &target, NULL))
    g_assert_not_reached ();
  root = g_object_ref (GTK_WIDGET (gtk_widget_get_root (GTK_WIDGET (self))));
  adw_dialog_close (ADW_DIALOG (self));
  gtk_widget_activate_action_variant (root, name, target);
}

static void
on_activate (PiaoPalette *self)
{
  piao_palette_choose (self, gtk_single_selection_get_selected (self->selection));
}

static void
on_row_activated (PiaoPalette *self, guint position)
{
  piao_palette_choose (self, position);
}

static void
on_stop_search (PiaoPalette *self)
{
  adw_dialog_close (ADW_DIALOG (self));
}

/* Up and Down move in the list while the entry keeps the focus. */
static gboolean
on_key (PiaoPalette *self, guint keyval)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->selection));
  guint selected = gtk_single_selection_get_selected (self->selection);

  if (n == 0 || (keyval != GDK_KEY_Down && keyval != GDK_KEY_Up))
    return GDK_EVENT_PROPAGATE;
  selected = keyval == GDK_KEY_Down ? MIN (selected + 1, n - 1) : selected - MIN (selected, 1);
  gtk_list_view_scroll_to (self->list, selected, GTK_LIST_SCROLL_SELECT, NULL);
  return GDK_EVENT_STOP;
}

static void
set_up_row (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *icon = gtk_image_new ();
  GtkWidget *title = gtk_label_new (NULL);
  GtkWidget *subtitle = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_ellipsize (GTK_LABEL (title), PANGO_ELLIPSIZE_END);
  gtk_label_set_ellipsize (GTK_LABEL (subtitle), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (subtitle, TRUE);
  gtk_label_set_xalign (GTK_LABEL (subtitle), 1);
  gtk_widget_add_css_class (subtitle, "dimmed");
  gtk_box_append (GTK_BOX (row), icon);
  gtk_box_append (GTK_BOX (row), title);
  gtk_box_append (GTK_BOX (row), subtitle);
  gtk_list_item_set_child (item, row);
}

static void
bind_row (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *icon = gtk_widget_get_first_child (gtk_list_item_get_child (item));
  GtkWidget *title = gtk_widget_get_next_sibling (icon);
  GtkWidget *subtitle = gtk_widget_get_next_sibling (title);
  g_autofree char *icon_name = NULL, *title_text = NULL, *subtitle_text = NULL;

  g_object_get (gtk_list_item_get_item (item), "icon", &icon_name, "title", &title_text, "subtitle",
                &subtitle_text, NULL);
  gtk_image_set_from_icon_name (GTK_IMAGE (icon), icon_name);
  gtk_label_set_text (GTK_LABEL (title), title_text);
  gtk_label_set_text (GTK_LABEL (subtitle), subtitle_text);
  gtk_list_item_set_accessible_label (item, title_text);
  gtk_list_item_set_accessible_description (item, subtitle_text);
}

static void
piao_palette_dispose (GObject *object)
{
  PiaoPalette *self = PIAO_PALETTE (object);

  gtk_widget_dispose_template (GTK_WIDGET (object), PIAO_TYPE_PALETTE);
  g_clear_pointer (&self->providers, g_ptr_array_unref);
  g_clear_object (&self->answers);
  G_OBJECT_CLASS (piao_palette_parent_class)->dispose (object);
}

static void
piao_palette_class_init (PiaoPaletteClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = piao_palette_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/piaoku/Piaoku/ui/shell/piao-palette.ui");
  gtk_widget_class_bind_template_child (widget_class, PiaoPalette, entry);
  gtk_widget_class_bind_template_child (widget_class, PiaoPalette, stack);
  gtk_widget_class_bind_template_child (widget_class, PiaoPalette, list);
  gtk_widget_class_bind_template_child (widget_class, PiaoPalette, selection);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_search);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
}

static void
piao_palette_init (PiaoPalette *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkFlattenListModel) flat = NULL;
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  piao_help_set_page (GTK_WIDGET (self), "keys");
  self->providers = g_ptr_array_new_with_free_func (g_object_unref);
  self->answers = g_list_store_new (G_TYPE_LIST_MODEL);
  flat = gtk_flatten_list_model_new (G_LIST_MODEL (g_object_ref (self->answers)));
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (flat));
  g_signal_connect (factory, "setup", G_CALLBACK (set_up_row), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_row), NULL);
  gtk_list_view_set_factory (self->list, factory);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}

PiaoPalette *
piao_palette_new (void)
{
  return g_object_new (PIAO_TYPE_PALETTE, NULL);
}

void
piao_palette_add_provider (PiaoPalette *self, PiaoPaletteProvider *provider)
{
  g_autoptr (GListStore) none = g_list_store_new (PIAO_TYPE_PALETTE_ITEM);

  g_return_if_fail (PIAO_IS_PALETTE (self));
  g_ptr_array_add (self->providers, g_object_ref (provider));
  g_list_store_append (self->answers, none);
  search (self);
}

guint
piao_palette_get_n_answers (PiaoPalette *self)
{
  g_return_val_if_fail (PIAO_IS_PALETTE (self), 0);
  return g_list_model_get_n_items (G_LIST_MODEL (self->selection));
}

void
piao_palette_set_query (PiaoPalette *self, const char *query)
{
  g_return_if_fail (PIAO_IS_PALETTE (self));
  gtk_editable_set_text (self->entry, query);
  search (self);
}
