/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/piao-error.h"
#include "store/piao-salvage.h"
#include "sync/piao-centre-file.h"

PiaoDb *
piao_centre_file_open (const char *address, PiaoDbFlags flags, GError **error)
{
  if ((flags & PIAO_DB_READ_ONLY) != 0 || !piao_salvage_has_lost (address))
    return piao_db_open (address, flags, error);
  piao_error_set (error, PIAO_ERROR_CORRUPT, "server.log",
                  _ ("The log of the database is damaged: what was confirmed last would "
                     "be forgotten. Keep a copy of the database and its log. Then run "
                     "“piaokuctl verify” on it; when that finds nothing wrong, run "
                     "“piaokuctl epoch”, else restore the last backup first."));
  return NULL;
}
