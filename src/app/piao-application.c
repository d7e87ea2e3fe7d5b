/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/piao-application.h"
#include "app/piao-paths.h"
#include "app/setup/piao-start.h"

struct _PiaoApplication
{
  AdwApplication parent_instance;

  PiaoClock *clock;
  GSettings *settings;
  gboolean practice;
  gboolean reset;   /* of the practice workspace */
  char *folder;     /* of the data, NULL for the usual one */
  PiaoStart *start; /* owned */
  char *page;       /* first page, or NULL */
};

G_DEFINE_FINAL_TYPE (PiaoApplication, piao_application, ADW_TYPE_APPLICATION)

static const GOptionEntry options[] = {
  { "practice", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Open the practice workspace"), NULL },
  { "practice-reset", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Throw away what was practised before"),
    NULL },
  { "folder", 0, 0, G_OPTION_ARG_FILENAME, NULL, N_ ("Keep the data in this folder"),
    N_ ("FOLDER") },
  { "page", 0, 0, G_OPTION_ARG_STRING, NULL, N_ ("Begin with this page"), N_ ("NAME") },
  { NULL },
};

static void
about_action (GSimpleAction *action, GVariant *target, gpointer data)
{
  GtkWindow *window = gtk_application_get_active_window (data);
  AdwDialog *dialog = adw_about_dialog_new ();

  g_object_set (
      dialog, "application-name", _ ("Piaoku"), "application-icon", PIAO_APP_ID, "version",
      PIAO_VERSION, "developer-name", _ ("The Piaoku developers"), "license-type",
      GTK_LICENSE_GPL_3_0, "comments",
      _ ("The desk of an instant-ticket warehouse: from the order to the confirmed parcel, "
         "with and without a line."),
      NULL);
  adw_dialog_present (dialog, GTK_WIDGET (window));
}

static void
quit_action (GSimpleAction *action, GVariant *target, gpointer data)
{
  GtkWindow *window;

  while ((window = gtk_application_get_active_window (data)) != NULL)
    gtk_window_destroy (window);
}

static const GActionEntry actions[] = {
  { "about", about_action },
  { "quit", quit_action },
};

static const struct
{
  const char *action;
  const char *keys[3];
} accels[] = {
  { "app.quit", { "<Control>q" } },
  { "win.preferences", { "<Control>comma" } },
  { "win.switch-user", { "<Control><Shift>u" } },
  { "win.palette", { "<Control>k" } },
  { "win.find", { "F3", "<Control>f" } },
  { "win.refresh", { "F5", "<Control>r" } },
  { "win.help", { "F1" } },
  { "win.show-help-overlay", { "<Control>question" } },
};

static void
piao_application_startup (GApplication *application)
{
  PiaoApplication *self = PIAO_APPLICATION (application);
  g_autofree char *icons = piao_paths_dup_icon_dir ();

  G_APPLICATION_CLASS (piao_application_parent_class)->startup (application);
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  for (gsize i = 0; i < G_N_ELEMENTS (accels); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), accels[i].action,
                                           (const char *const *)accels[i].keys);
  gtk_icon_theme_add_search_path (gtk_icon_theme_get_for_display (gdk_display_get_default ()),
                                  icons);
  gtk_window_set_default_icon_name (PIAO_APP_ID);
}

static void
piao_application_activate (GApplication *application)
{
  PiaoApplication *self = PIAO_APPLICATION (application);
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  if (window == NULL)
    {
      g_autoptr (PiaoSession) session
          = piao_session_new (self->clock, self->settings, self->practice);

      window = GTK_WINDOW (piao_window_new (GTK_APPLICATION (self), session));
      if (self->page != NULL)
        piao_window_show_page (PIAO_WINDOW (window), self->page);
      gtk_window_present (window);
      self->start = piao_start_new (PIAO_WINDOW (window), self->folder, self->reset);
    }
  gtk_window_present (window);
}

static int
piao_application_handle_local_options (GApplication *application, GVariantDict *dict)
{
  PiaoApplication *self = PIAO_APPLICATION (application);

  g_variant_dict_lookup (dict, "practice", "b", &self->practice);
  g_variant_dict_lookup (dict, "practice-reset", "b", &self->reset);
  g_variant_dict_lookup (dict, "folder", "^ay", &self->folder);
  g_variant_dict_lookup (dict, "page", "s", &self->page);
  return -1;
}

static void
piao_application_shutdown (GApplication *application)
{
  PiaoApplication *self = PIAO_APPLICATION (application);

  if (self->start != NULL)
    piao_start_close (self->start);
  g_clear_object (&self->start);
  G_APPLICATION_CLASS (piao_application_parent_class)->shutdown (application);
}

static void
piao_application_finalize (GObject *object)
{
  PiaoApplication *self = PIAO_APPLICATION (object);

  g_clear_object (&self->clock);
  g_clear_object (&self->settings);
  g_free (self->page);
  g_free (self->folder);
  G_OBJECT_CLASS (piao_application_parent_class)->finalize (object);
}

static void
piao_application_class_init (PiaoApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = piao_application_finalize;
  application_class->startup = piao_application_startup;
  application_class->shutdown = piao_application_shutdown;
  application_class->activate = piao_application_activate;
  application_class->handle_local_options = piao_application_handle_local_options;
}

static void
piao_application_init (PiaoApplication *self)
{
  self->clock = piao_clock_new_system ();
  self->settings = piao_paths_new_settings ();
  g_application_add_main_option_entries (G_APPLICATION (self), options);
}

PiaoApplication *
piao_application_new (void)
{
  return g_object_new (PIAO_TYPE_APPLICATION, "application-id", PIAO_APP_ID, "flags",
                       G_APPLICATION_NON_UNIQUE, "resource-base-path", "/io/github/piaoku/Piaoku",
                       NULL);
}
