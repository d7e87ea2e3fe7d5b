/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <libdex.h>
#include <locale.h>

#include "app/piao-application.h"
#include "app/piao-paths.h"

int
main (int argc, char *argv[])
{
  g_autofree char *locale_dir = piao_paths_dup_locale_dir ();
  g_autoptr (PiaoApplication) application = NULL;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, locale_dir);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  dex_init ();
  application = piao_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
