/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <libdex.h>
#include <locale.h>

#include "app/order/piao-orders-page.h"
#include "app/shell/piao-page-table.h"
#include "app/shell/piao-window.h"
#include "base/piao-i18n.h"
#include "tests/lib/app-world.h"

/*
 * Takes a picture of every page, light and dark, wide and narrow, into a folder:
 *   shots FOLDER [NAME-PREFIX]
 * The picture is what GTK renders for the window, so no screen, shadow or pointer is in it.
 */

#define SETTLE_MS 400

static gboolean
on_timeout (gpointer data)
{
  *(gboolean *)data = TRUE;
  return G_SOURCE_REMOVE;
}

/* Lets frames, transitions and futures run. A picture may wait by the clock; a test may not. */
static void
settle (guint ms)
{
  gboolean done = FALSE;

  g_timeout_add (ms, on_timeout, &done);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
}

static void
save (GtkWidget *window, const char *folder, const char *name)
{
  int width = gtk_widget_get_width (window), height = gtk_widget_get_height (window);
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (window);
  g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  g_autofree char *path = g_strdup_printf ("%s/%s.png", folder, name);
  GskRenderer *renderer = gtk_native_get_renderer (GTK_NATIVE (window));

  gdk_paintable_snapshot (paintable, snapshot, width, height);
  node = gtk_snapshot_free_to_node (g_steal_pointer (&snapshot));
  texture = gsk_renderer_render_texture (renderer, node,
                                         &GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height));
  if (!gdk_texture_save_to_png (texture, path))
    g_error ("%s could not be written", path);
  g_print ("%s\n", path);
}

typedef struct
{
  const char *suffix;
  int width, height;
  AdwColorScheme scheme;
} Look;

static const Look looks[] = {
  { "light", 1366, 768, ADW_COLOR_SCHEME_FORCE_LIGHT },
  { "dark", 1366, 768, ADW_COLOR_SCHEME_FORCE_DARK },
  { "narrow", 420, 768, ADW_COLOR_SCHEME_FORCE_LIGHT },
};

static void
shoot_pages (PiaoWindow *window, const Look *look, const char *folder)
{
  for (const PiaoPageEntry *entry = piao_page_table; entry->name != NULL; entry++)
    {
      g_autofree char *name = g_strdup_printf ("%s-%s", entry->name, look->suffix);

      if (!piao_window_show_page (window, entry->name))
        continue;
      settle (SETTLE_MS);
      save (GTK_WIDGET (window), folder, name);
    }
}

/* Shows a dialog through @action, takes its picture and closes it. */
static void
shoot_dialog (PiaoWindow *window,
              const Look *look,
              const char *folder,
              const char *name,
              GtkWidget *from,
              const char *action)
{
  g_autofree char *file = g_strdup_printf ("%s-%s", name, look->suffix);
  AdwDialog *dialog;

  gtk_widget_activate_action (from, action, NULL);
  settle (SETTLE_MS);
  save (GTK_WIDGET (window), folder, file);
  dialog = adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (window));
  if (dialog != NULL)
    adw_dialog_force_close (dialog);
  settle (SETTLE_MS);
}

/* The counter with an order half picked. */
static void
shoot_counter (PiaoWindow *window, const Look *look, const char *folder, AppWorld *world)
{
  g_autofree char *file = g_strdup_printf ("counter-order-%s", look->suffix);
  gint64 order = app_world_find_next_order (world);
  g_autofree char *code = app_world_dup_ticket_for (world, order);

  piao_window_show_page (window, "counter");
  piao_session_open_counter (world->session, order);
  settle (SETTLE_MS);
  piao_scan_bus_scan (piao_session_get_scan_bus (world->session), code, FALSE);
  settle (SETTLE_MS);
  save (GTK_WIDGET (window), folder, file);
}

static void
shoot_dialogs (PiaoWindow *window, const Look *look, const char *folder)
{
  GtkWidget *orders = GTK_WIDGET (piao_window_get_page (window, "orders"));
  g_autofree char *order = g_strdup_printf ("order-%s", look->suffix);
  GListModel *rows = piao_orders_page_get_rows (PIAO_ORDERS_PAGE (orders));
  g_autoptr (PiaoRow) row = NULL;

  shoot_dialog (window, look, folder, "palette", GTK_WIDGET (window), "win.palette");
  shoot_dialog (window, look, folder, "preferences", GTK_WIDGET (window), "win.preferences");
  piao_window_show_page (window, "orders");
  shoot_dialog (window, look, folder, "telephone", orders, "orders.telephone");
  row = g_list_model_get_item (rows, 0);
  piao_session_show_order (piao_window_get_session (window), piao_row_get_id (row));
  settle (SETTLE_MS);
  save (GTK_WIDGET (window), folder, order);
}

/* Lines as they are on a good day; pictures need no server. */
static void
pretend_links (PiaoSession *session)
{
  PiaoLinks *links = piao_session_get_links (session);

  piao_links_set_centre (links, PIAO_LINK_ONLINE, APP_WORLD_NOW);
  piao_links_set_ilms (links, PIAO_LINK_ONLINE, APP_WORLD_NOW);
  piao_links_set_proof (links, 982990, TRUE, NULL);
  piao_links_set_proven (links, APP_WORLD_NOW, FALSE);
  piao_links_set_synced (links, APP_WORLD_NOW - 2 * PIAO_MINUTE);
}

static void
shoot (GtkApplication *application, const Look *look, const char *folder)
{
  g_autoptr (AppWorld) world = app_world_new (400);
  PiaoWindow *window;

  pretend_links (world->session);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), look->scheme);
  window = piao_window_new (application, world->session);
  gtk_window_unmaximize (GTK_WINDOW (window));
  gtk_window_set_default_size (GTK_WINDOW (window), look->width, look->height);
  gtk_window_present (GTK_WINDOW (window));
  settle (SETTLE_MS);
  shoot_pages (window, look, folder);
  shoot_counter (window, look, folder, world);
  shoot_dialogs (window, look, folder);
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
on_activate (GtkApplication *application, const char *folder)
{
  gtk_icon_theme_add_search_path (gtk_icon_theme_get_for_display (gdk_display_get_default ()),
                                  PIAO_SHOTS_ICONS);
  for (gsize i = 0; i < G_N_ELEMENTS (looks); i++)
    shoot (application, &looks[i], folder);
}

int
main (int argc, char *argv[])
{
  g_autoptr (AdwApplication) application = NULL;

  if (argc != 2)
    {
      g_printerr ("usage: shots FOLDER\n");
      return 2;
    }
  setlocale (LC_ALL, "");
  piao_i18n_bind ();
  dex_init ();
  application = g_object_new (ADW_TYPE_APPLICATION, "application-id", PIAO_APP_ID ".Shots", "flags",
                              G_APPLICATION_NON_UNIQUE, "resource-base-path",
                              "/io/github/piaoku/Piaoku", NULL);
  g_signal_connect (application, "activate", G_CALLBACK (on_activate), argv[1]);
  return g_application_run (G_APPLICATION (application), 1, argv);
}
