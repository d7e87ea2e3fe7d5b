/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <libdex.h>
#include <locale.h>

#include "app/piao-paths.h"
#include "app/shell/piao-page-table.h"
#include "app/shell/piao-window.h"

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

static void
shoot (GtkApplication *application, const Look *look, const char *folder)
{
  g_autoptr (PiaoClock) clock = piao_clock_new_system ();
  g_autoptr (GSettings) settings = piao_paths_new_settings ();
  g_autoptr (PiaoSession) session = piao_session_new (clock, settings, TRUE);
  g_autofree char *palette = g_strdup_printf ("palette-%s", look->suffix);
  PiaoWindow *window;

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), look->scheme);
  window = piao_window_new (application, session);
  gtk_window_unmaximize (GTK_WINDOW (window));
  gtk_window_set_default_size (GTK_WINDOW (window), look->width, look->height);
  gtk_window_present (GTK_WINDOW (window));
  settle (SETTLE_MS);
  shoot_pages (window, look, folder);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.palette", NULL);
  settle (SETTLE_MS);
  save (GTK_WIDGET (window), folder, palette);
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
  g_autofree char *locale_dir = piao_paths_dup_locale_dir ();
  g_autoptr (AdwApplication) application = NULL;

  if (argc != 2)
    {
      g_printerr ("usage: shots FOLDER\n");
      return 2;
    }
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, locale_dir);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  dex_init ();
  application = g_object_new (ADW_TYPE_APPLICATION, "application-id", PIAO_APP_ID ".Shots", "flags",
                              G_APPLICATION_NON_UNIQUE, "resource-base-path",
                              "/io/github/piaoku/Piaoku", NULL);
  g_signal_connect (application, "activate", G_CALLBACK (on_activate), argv[1]);
  return g_application_run (G_APPLICATION (application), 1, argv);
}
