/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/order/piao-order-dialog.h"
#include "app/order/piao-orders-page.h"
#include "app/pack/piao-pack-dialog.h"
#include "app/preferences/piao-preferences-dialog.h"
#include "app/scan/piao-scan-reader.h"
#include "app/shell/piao-data-provider.h"
#include "app/shell/piao-help.h"
#include "app/shell/piao-lookup.h"
#include "app/shell/piao-page-provider.h"
#include "app/shell/piao-page-table.h"
#include "app/shell/piao-sidebar-row.h"
#include "app/shell/piao-window.h"
#include "app/widget/piao-announce.h"

#define FLASH_MS 300

struct _PiaoWindow
{
  AdwApplicationWindow parent_instance;

  PiaoSession *session;
  PiaoScanReader *reader;
  PiaoPage *front;                    /* borrowed from the stack */
  PiaoPalette *palette;               /* weak */
  PiaoPreferencesDialog *preferences; /* weak */
  GtkMenuButton *menu_button;
  GtkWidget *focus_before; /* outside the menu, last; weak */
  guint flash_timer;
  gboolean begins; /* somebody has signed in, and the dialog of that is still there */

  AdwToastOverlay *toasts;
  AdwBin *frame;
  AdwNavigationSplitView *split_view;
  GtkListBox *sidebar;
  GtkStack *pages;
  AdwNavigationPage *content_page;
  AdwBanner *banner;
  GtkButton *foot;
  GtkLabel *user_label;
  GtkLabel *place_label;
  GtkLabel *links_label;
  GtkImage *link_dot;
  GtkLabel *practice_pill;
  GMenu *practice_section;
  PiaoDesk *desk; /* owned; NULL before it is open */
};

G_DEFINE_FINAL_TYPE (PiaoWindow, piao_window, ADW_TYPE_APPLICATION_WINDOW)

/* --- foot and banner ---------------------------------------------------------------------- */

static void
show_links (PiaoWindow *self)
{
  static const char *const classes[] = {
    [PIAO_LINK_UNKNOWN] = "unknown",       [PIAO_LINK_ONLINE] = "online",
    [PIAO_LINK_DEGRADED] = "degraded",     [PIAO_LINK_OFFLINE] = "offline",
    [PIAO_LINK_RECOVERING] = "recovering",
  };
  PiaoLinks *links = piao_session_get_links (self->session);
  g_autofree char *line = piao_links_dup_line (links);
  const char *banner = piao_links_get_banner (links);
  const char *css[] = { "link-dot", classes[piao_links_get_worst (links)], NULL };

  gtk_label_set_text (self->links_label, line);
  gtk_widget_set_css_classes (GTK_WIDGET (self->link_dot), css);
  if (banner != NULL && g_strcmp0 (banner, adw_banner_get_title (self->banner)) != 0)
    {
      adw_banner_set_title (self->banner, banner);
      piao_announce (GTK_WIDGET (self), banner, TRUE);
    }
  adw_banner_set_revealed (self->banner, banner != NULL);
}

static void
show_place (PiaoWindow *self)
{
  const PiaoPlace *at = piao_session_get_place (self->session);
  const char *place = at != NULL ? at->warehouse_name : "";
  g_autofree char *name = NULL;

  gtk_label_set_text (self->user_label, at != NULL ? at->real_name : _ ("Not signed in"));
  gtk_label_set_text (self->place_label, place);
  gtk_widget_set_visible (GTK_WIDGET (self->place_label), *place != '\0');
  name = g_strjoin (", ", gtk_label_get_text (self->user_label), place, _ ("sync centre"), NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->foot), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  -1);
}

/* --- pages -------------------------------------------------------------------------------- */

static void
bring_to_front (PiaoWindow *self, PiaoPage *page)
{
  if (self->front == page)
    return;
  if (self->front != NULL)
    piao_page_deactivate (self->front);
  self->front = page;
  gtk_stack_set_visible_child (self->pages, GTK_WIDGET (page));
  adw_navigation_page_set_title (self->content_page, piao_page_get_title (page));
  piao_page_activate (page);
}

static void
on_row_activated (PiaoWindow *self, GtkListBoxRow *row)
{
  const PiaoPageEntry *entry = piao_sidebar_row_get_entry (PIAO_SIDEBAR_ROW (row));

  piao_window_show_page (self, entry->name);
}

static void
add_heading (GtkListBoxRow *row, GtkListBoxRow *before, gpointer data)
{
  const PiaoPageEntry *entry = piao_sidebar_row_get_entry (PIAO_SIDEBAR_ROW (row));
  const PiaoPageEntry *above
      = before != NULL ? piao_sidebar_row_get_entry (PIAO_SIDEBAR_ROW (before)) : NULL;
  GtkWidget *label;

  gtk_list_box_row_set_header (row, NULL);
  if (above != NULL && g_str_equal (above->group, entry->group))
    return;
  label = gtk_label_new (_ (entry->group));
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "sidebar-heading");
  gtk_list_box_row_set_header (row, label);
}

static void
remove_pages (PiaoWindow *self)
{
  GtkWidget *page;

  self->front = NULL;
  gtk_list_box_remove_all (self->sidebar);
  while ((page = gtk_widget_get_first_child (GTK_WIDGET (self->pages))) != NULL)
    gtk_stack_remove (self->pages, page);
}

/* The pages of the user who works here now. */
static void
add_pages (PiaoWindow *self)
{
  for (const PiaoPageEntry *entry = piao_page_table; entry->name != NULL; entry++)
    {
      GtkWidget *page;

      if (!piao_session_may (self->session, entry->permission))
        continue;
      page = g_object_new (entry->get_type (), "session", self->session, "title", _ (entry->title),
                           NULL);
      gtk_stack_add_named (self->pages, page, entry->name);
      gtk_list_box_append (self->sidebar, piao_sidebar_row_new (entry, PIAO_PAGE (page)));
    }
}

gboolean
piao_window_show_page (PiaoWindow *self, const char *name)
{
  PiaoPage *page = piao_window_get_page (self, name);
  GtkListBoxRow *row;

  if (page == NULL)
    return FALSE;
  bring_to_front (self, page);
  adw_navigation_split_view_set_show_content (self->split_view, TRUE);
  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->sidebar, i)) != NULL; i++)
    if (g_str_equal (piao_sidebar_row_get_entry (PIAO_SIDEBAR_ROW (row))->name, name))
      gtk_list_box_select_row (self->sidebar, row);
  return TRUE;
}

PiaoPage *
piao_window_get_page (PiaoWindow *self, const char *name)
{
  GtkWidget *page;

  g_return_val_if_fail (PIAO_IS_WINDOW (self), NULL);
  page = gtk_stack_get_child_by_name (self->pages, name);
  return page != NULL ? PIAO_PAGE (page) : NULL;
}

const char *
piao_window_get_page_name (PiaoWindow *self)
{
  g_return_val_if_fail (PIAO_IS_WINDOW (self), NULL);
  return gtk_stack_get_visible_child_name (self->pages);
}

/* --- scanner ------------------------------------------------------------------------------ */

static gboolean
on_scan (PiaoWindow *self, const char *text, gboolean converted)
{
  if (converted)
    piao_toast (GTK_WIDGET (self), _ ("An input method is on; the code was converted."));
  if (self->preferences != NULL && piao_preferences_dialog_scan (self->preferences))
    return TRUE;
  if (self->front != NULL && piao_page_scan (self->front, text, converted))
    return TRUE;
  return piao_lookup_scan (GTK_WIDGET (self), self->session, text);
}

static gboolean
on_typed (PiaoWindow *self, const char *text)
{
  return self->front != NULL && piao_page_typed (self->front, text);
}

static void
read_thresholds (PiaoWindow *self)
{
  GSettings *settings = piao_session_get_settings (self->session);
  PiaoScanThresholds thresholds = piao_scan_thresholds_default;

  thresholds.min_chars = g_settings_get_uint (settings, "scan-min-chars");
  thresholds.mean_gap = g_settings_get_uint (settings, "scan-mean-gap") * 1000;
  thresholds.max_gap = g_settings_get_uint (settings, "scan-max-gap") * 1000;
  thresholds.silence = g_settings_get_uint (settings, "scan-silence") * 1000;
  piao_scan_reader_set_thresholds (self->reader, &thresholds);
}

static void
on_setting (PiaoWindow *self, const char *key)
{
  if (g_str_has_prefix (key, "scan-"))
    read_thresholds (self);
}

static gboolean
end_flash (gpointer data)
{
  PiaoWindow *self = data;

  self->flash_timer = 0;
  gtk_widget_remove_css_class (GTK_WIDGET (self->frame), "flash-ok");
  gtk_widget_remove_css_class (GTK_WIDGET (self->frame), "flash-bad");
  return G_SOURCE_REMOVE;
}

void
piao_window_flash (PiaoWindow *self, gboolean good)
{
  g_return_if_fail (PIAO_IS_WINDOW (self));
  g_clear_handle_id (&self->flash_timer, g_source_remove);
  end_flash (self);
  gtk_widget_add_css_class (GTK_WIDGET (self->frame), good ? "flash-ok" : "flash-bad");
  self->flash_timer = g_timeout_add (FLASH_MS, end_flash, self);
}

void
piao_window_set_desk (PiaoWindow *self, PiaoDesk *desk)
{
  g_return_if_fail (PIAO_IS_WINDOW (self));
  if (g_set_object (&self->desk, desk))
    g_signal_emit_by_name (self, "desk-changed");
}

PiaoDesk *
piao_window_get_desk (PiaoWindow *self)
{
  g_return_val_if_fail (PIAO_IS_WINDOW (self), NULL);
  return self->desk;
}

/* --- actions ------------------------------------------------------------------------------ */

static void
page_action (GtkWidget *widget, const char *name, GVariant *target)
{
  piao_window_show_page (PIAO_WINDOW (widget), g_variant_get_string (target, NULL));
}

static void
orders_action (GtkWidget *widget, const char *name, GVariant *target)
{
  PiaoWindow *self = PIAO_WINDOW (widget);

  if (piao_window_show_page (self, "orders"))
    piao_orders_page_show_state (PIAO_ORDERS_PAGE (self->front),
                                 g_variant_get_string (target, NULL));
}

static void
find_orders_action (GtkWidget *widget, const char *name, GVariant *target)
{
  PiaoWindow *self = PIAO_WINDOW (widget);

  if (piao_window_show_page (self, "orders"))
    piao_orders_page_search (PIAO_ORDERS_PAGE (self->front), g_variant_get_string (target, NULL));
}

static void
show_order_action (GtkWidget *widget, const char *name, GVariant *target)
{
  piao_session_show_order (PIAO_WINDOW (widget)->session, g_variant_get_int64 (target));
}

static void
show_pack_action (GtkWidget *widget, const char *name, GVariant *target)
{
  piao_pack_dialog_present (widget, PIAO_WINDOW (widget)->session,
                            g_variant_get_string (target, NULL));
}

static void
page_number_action (GtkWidget *widget, const char *name, GVariant *target)
{
  PiaoWindow *self = PIAO_WINDOW (widget);
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->sidebar, g_variant_get_int32 (target));

  if (row != NULL)
    on_row_activated (self, row);
}

static void
palette_action (GtkWidget *widget, const char *name, GVariant *target)
{
  PiaoWindow *self = PIAO_WINDOW (widget);
  g_autoptr (PiaoPaletteProvider) pages = NULL;
  g_autoptr (PiaoPaletteProvider) data = NULL;

  if (self->palette != NULL)
    return;
  pages = piao_page_provider_new (self->session);
  g_set_weak_pointer (&self->palette, piao_palette_new ());
  piao_palette_add_provider (self->palette, pages);
  data = piao_data_provider_new (self->session);
  piao_palette_add_provider (self->palette, data);
  adw_dialog_present (ADW_DIALOG (self->palette), widget);
}

static void
find_action (GtkWidget *widget, const char *name, GVariant *target)
{
  PiaoWindow *self = PIAO_WINDOW (widget);

  if (self->front != NULL)
    piao_page_find (self->front);
}

static void
refresh_action (GtkWidget *widget, const char *name, GVariant *target)
{
  PiaoWindow *self = PIAO_WINDOW (widget);

  if (self->front != NULL)
    piao_page_refresh (self->front);
}

static void
preferences_action (GtkWidget *widget, const char *name, GVariant *target)
{
  PiaoWindow *self = PIAO_WINDOW (widget);

  if (self->preferences != NULL)
    return;
  g_set_weak_pointer (&self->preferences,
                      piao_preferences_dialog_new (self->session, self->reader));
  adw_dialog_present (ADW_DIALOG (self->preferences), widget);
}

const char *
piao_window_get_help_page (PiaoWindow *self)
{
  AdwDialog *dialog = adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (self));
  const char *page = dialog != NULL ? piao_help_get_page (GTK_WIDGET (dialog)) : NULL;
  const char *name = piao_window_get_page_name (self);

  for (const PiaoPageEntry *entry = piao_page_table; page == NULL && entry->name != NULL; entry++)
    if (g_strcmp0 (entry->name, name) == 0)
      page = entry->help;
  return page != NULL ? page : "index";
}

static void
help_action (GtkWidget *widget, const char *name, GVariant *target)
{
  piao_help_open (GTK_WINDOW (widget), piao_window_get_help_page (PIAO_WINDOW (widget)));
}

static void
toast_action (GtkWidget *widget, const char *name, GVariant *target)
{
  PiaoWindow *self = PIAO_WINDOW (widget);
  const char *text = g_variant_get_string (target, NULL);
  AdwToast *toast = adw_toast_new (text);

  adw_toast_set_use_markup (toast, FALSE);
  adw_toast_overlay_add_toast (self->toasts, toast);
  piao_announce (GTK_WIDGET (self), text, FALSE);
}

/* --- object ------------------------------------------------------------------------------- */

static void
on_place (PiaoWindow *self)
{
  g_autofree char *shown = g_strdup (gtk_stack_get_visible_child_name (self->pages));

  show_place (self);
  remove_pages (self);
  add_pages (self);
  /* Somebody else goes on where the one before him was, if he may see it. */
  if (shown == NULL || !piao_window_show_page (self, shown))
    piao_window_show_page (self, piao_page_table[0].name);
  self->begins = adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (self)) != NULL;
}

/* Nothing stands before the work any more: the focus goes there, which no page could take yet. */
static void
on_dialog (PiaoWindow *self)
{
  if (adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (self)) != NULL
      || !self->begins || self->front == NULL)
    return;
  self->begins = FALSE;
  piao_page_activate (self->front);
}

static void
on_open_counter (PiaoWindow *self)
{
  piao_window_show_page (self, "counter");
}

static void
on_show_order (PiaoWindow *self, gint64 order)
{
  piao_order_dialog_present (GTK_WIDGET (self), self->session, order);
}

static void
on_focus (PiaoWindow *self)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));

  if (focus != NULL && focus != GTK_WIDGET (self->menu_button)
      && !gtk_widget_is_ancestor (focus, GTK_WIDGET (self->menu_button)))
    g_set_weak_pointer (&self->focus_before, focus);
}

/* After the menu the focus is where it was: on its button a scanner's Enter would open it again. */
static void
on_menu (PiaoWindow *self)
{
  if (!gtk_menu_button_get_active (self->menu_button) && self->focus_before != NULL)
    gtk_widget_grab_focus (self->focus_before);
}

static void
keep_size (PiaoWindow *self)
{
  GSettings *settings = piao_session_get_settings (self->session);

  g_settings_bind (settings, "window-width", self, "default-width", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "window-height", self, "default-height", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "window-maximized", self, "maximized", G_SETTINGS_BIND_DEFAULT);
}

static void
set_session (PiaoWindow *self, PiaoSession *session)
{
  PiaoScanBus *bus = piao_session_get_scan_bus (session);

  self->session = g_object_ref (session);
  keep_size (self);
  if (piao_session_is_practice (session))
    {
      gtk_widget_add_css_class (GTK_WIDGET (self->frame), "practice");
      gtk_widget_set_visible (GTK_WIDGET (self->practice_pill), TRUE);
    }
  else
    g_menu_remove_all (self->practice_section);
  self->reader = piao_scan_reader_new (GTK_WIDGET (self), bus);
  read_thresholds (self);
  g_signal_connect_object (bus, "scan", G_CALLBACK (on_scan), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (bus, "typed", G_CALLBACK (on_typed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (piao_session_get_settings (session), "changed", G_CALLBACK (on_setting),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (piao_session_get_links (session), "changed", G_CALLBACK (show_links),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::place", G_CALLBACK (on_place), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "open-counter", G_CALLBACK (on_open_counter), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "show-order", G_CALLBACK (on_show_order), self,
                           G_CONNECT_SWAPPED);
  gtk_list_box_set_header_func (self->sidebar, add_heading, NULL, NULL);
  show_links (self);
  on_place (self);
}

static void
piao_window_dispose (GObject *object)
{
  PiaoWindow *self = PIAO_WINDOW (object);

  g_clear_handle_id (&self->flash_timer, g_source_remove);
  self->front = NULL;
  g_clear_weak_pointer (&self->palette);
  g_clear_weak_pointer (&self->preferences);
  g_clear_weak_pointer (&self->focus_before);
  g_clear_object (&self->desk);
  g_clear_object (&self->reader);
  gtk_widget_dispose_template (GTK_WIDGET (object), PIAO_TYPE_WINDOW);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (piao_window_parent_class)->dispose (object);
}

static void
install_actions (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "win.page", "s", page_action);
  gtk_widget_class_install_action (klass, "win.page-number", "i", page_number_action);
  gtk_widget_class_install_action (klass, "win.orders-in-state", "s", orders_action);
  gtk_widget_class_install_action (klass, "win.find-orders", "s", find_orders_action);
  gtk_widget_class_install_action (klass, "win.show-order", "x", show_order_action);
  gtk_widget_class_install_action (klass, "win.show-pack", "s", show_pack_action);
  gtk_widget_class_install_action (klass, "win.palette", NULL, palette_action);
  gtk_widget_class_install_action (klass, "win.find", NULL, find_action);
  gtk_widget_class_install_action (klass, "win.refresh", NULL, refresh_action);
  gtk_widget_class_install_action (klass, "win.preferences", NULL, preferences_action);
  gtk_widget_class_install_action (klass, "win.help", NULL, help_action);
  gtk_widget_class_install_action (klass, "win.toast", "s", toast_action);
  for (int i = 0; i < 9; i++)
    gtk_widget_class_add_binding_action (klass, GDK_KEY_1 + (guint)i, GDK_ALT_MASK,
                                         "win.page-number", "i", i);
}

static void
install_signals (void)
{
  g_signal_new ("desk-changed", PIAO_TYPE_WINDOW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 0);
}

static void
piao_window_class_init (PiaoWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = piao_window_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/piaoku/Piaoku/ui/shell/piao-window.ui");
#define BIND(child) gtk_widget_class_bind_template_child (widget_class, PiaoWindow, child)
  BIND (toasts);
  BIND (frame);
  BIND (split_view);
  BIND (sidebar);
  BIND (pages);
  BIND (content_page);
  BIND (banner);
  BIND (foot);
  BIND (user_label);
  BIND (place_label);
  BIND (links_label);
  BIND (link_dot);
  BIND (practice_pill);
  BIND (practice_section);
  BIND (menu_button);
#undef BIND
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_menu);
  gtk_widget_class_bind_template_callback (widget_class, on_focus);
  gtk_widget_class_bind_template_callback (widget_class, on_dialog);
  install_signals ();
  install_actions (widget_class);
}

static void
piao_window_init (PiaoWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

PiaoWindow *
piao_window_new (GtkApplication *application, PiaoSession *session)
{
  PiaoWindow *self = g_object_new (PIAO_TYPE_WINDOW, "application", application, NULL);

  set_session (self, session);
  return self;
}

PiaoSession *
piao_window_get_session (PiaoWindow *self)
{
  g_return_val_if_fail (PIAO_IS_WINDOW (self), NULL);
  return self->session;
}

PiaoPalette *
piao_window_get_palette (PiaoWindow *self)
{
  g_return_val_if_fail (PIAO_IS_WINDOW (self), NULL);
  return self->palette;
}
