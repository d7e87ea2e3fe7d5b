/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <libdex.h>
#include <locale.h>

#include "app/piao-application.h"
#include "base/piao-i18n.h"

int
main (int argc, char *argv[])
{
  g_autoptr (PiaoApplication) application = NULL;

  setlocale (LC_ALL, "");
  piao_i18n_bind ();
  dex_init ();
  application = piao_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
