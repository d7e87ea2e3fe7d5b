/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <libintl.h>

#include "base/piao-i18n.h"

/* Whether this very program stands in the build folder. */
static gboolean
is_uninstalled (void)
{
  g_autofree char *exe = g_file_read_link ("/proc/self/exe", NULL);

  return exe != NULL && g_str_has_prefix (exe, PIAO_BUILD_DIR G_DIR_SEPARATOR_S);
}

void
piao_i18n_bind (void)
{
  bindtextdomain (GETTEXT_PACKAGE, is_uninstalled () ? PIAO_BUILD_DIR "/po" : PIAO_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}
