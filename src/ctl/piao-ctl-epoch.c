/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* epoch: what a database from a backup, or a promoted standby that lacks the end, needs before it
 * serves. */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/piao-error.h"
#include "ctl/piao-ctl.h"
#include "domain/piao-domain.h"
#include "store/piao-schema.h"
#include "sync/piao-epoch.h"
#include "sync/piao-password.h"

static gboolean
begin_epoch (PiaoDb *db, const char *epoch, guint *requests, GError **error)
{
  g_autoptr (PiaoRegistry) registry = piao_domain_registry_new ();
  g_autoptr (PiaoClock) clock = piao_clock_new_system ();

  if (!piao_schema_migrate (db, PIAO_SCHEMA_SERVER, error) || !piao_db_begin (db, error))
    return FALSE;
  if (piao_epoch_begin (db, registry, clock, epoch, requests, error))
    return piao_db_commit (db, error);
  piao_db_rollback (db);
  return FALSE;
}

int
piao_ctl_epoch (int argc, char **argv, GError **error)
{
  g_autofree char *database = NULL;
  g_autofree char *epoch = piao_random_text (8);
  const GOptionEntry entries[] = { { "database", 0, 0, G_OPTION_ARG_STRING, &database,
                                     N_ ("File, or postgresql://…"), N_ ("ADDRESS") },
                                   { NULL } };
  g_autoptr (PiaoDb) db = NULL;
  guint requests = 0;

  if (!piao_ctl_parse (&argc, &argv, 0, "--database ADDRESS", entries, error)
      || !piao_ctl_need (database, "database", error))
    return 1;
  db = piao_db_open (database, PIAO_DB_READ_WRITE, error);
  if (db == NULL || !begin_epoch (db, epoch, &requests, error))
    return 1;
  g_print (_ ("Epoch %s has begun: desktops verify their data and send again what is missing here;"
              " ILMS is asked about %u open requests before they are sent.\n"),
           epoch, requests);
  return 0;
}
