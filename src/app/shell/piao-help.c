/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "app/piao-paths.h"
#include "app/shell/piao-help.h"

#define PAGE "piao-help-page"

void
piao_help_set_page (GtkWidget *widget, const char *page)
{
  g_object_set_data (G_OBJECT (widget), PAGE, (gpointer)page);
}

const char *
piao_help_get_page (GtkWidget *widget)
{
  return g_object_get_data (G_OBJECT (widget), PAGE);
}

/* The file of @page in the language of the screen, in English where it is not translated. */
static char *
find_file (const char *page)
{
  const char *const *languages = g_get_language_names ();
  g_autofree char *name = g_strconcat (page, ".page", NULL);

  for (guint i = 0; languages[i] != NULL; i++)
    {
      char *file = piao_paths_dup_help_file (languages[i], name);

      if (g_file_test (file, G_FILE_TEST_EXISTS))
        return file;
      g_free (file);
    }
  return piao_paths_dup_help_file ("C", name);
}

static void
show_where (GtkWindow *window, const char *page)
{
  g_autofree char *file = find_file (page);
  g_autofree char *text = g_strdup_printf (
      _ ("No program on this computer shows help pages. Install “Help” (yelp), or have the page "
         "opened for you:\n%s"),
      file);
  AdwDialog *dialog = adw_alert_dialog_new (_ ("The Help Cannot Be Shown"), text);

  adw_alert_dialog_add_response (ADW_ALERT_DIALOG (dialog), "close", _ ("_Close"));
  adw_dialog_present (dialog, GTK_WIDGET (window));
}

static void
on_launched (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GtkWindow) window = data;
  g_autoptr (GError) error = NULL;
  const char *page = piao_help_get_page (GTK_WIDGET (window));

  if (gtk_uri_launcher_launch_finish (GTK_URI_LAUNCHER (source), result, &error)
      || g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED))
    return;
  /* The window may have been closed meanwhile. */
  if (gtk_widget_get_mapped (GTK_WIDGET (window)))
    show_where (window, page);
}

void
piao_help_open (GtkWindow *window, const char *page)
{
  g_autofree char *uri = g_strconcat ("help:piaoku/", page, NULL);
  g_autoptr (GtkUriLauncher) launcher = gtk_uri_launcher_new (uri);

  /* What was asked for last. */
  piao_help_set_page (GTK_WIDGET (window), page);
  gtk_uri_launcher_launch (launcher, window, NULL, on_launched, g_object_ref (window));
}
