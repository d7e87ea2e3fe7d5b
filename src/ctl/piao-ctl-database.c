/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* init, and what the commands share. */

#include "config.h"

#include <glib/gi18n-lib.h>

#include "base/piao-error.h"
#include "ctl/piao-ctl.h"
#include "domain/piao-domain.h"
#include "domain/reference/piao-reference.h"
#include "store/piao-change-index.h"
#include "store/piao-schema.h"
#include "sync/piao-centre-file.h"
#include "sync/piao-ledger.h"
#include "sync/piao-password.h"

gboolean
piao_ctl_parse (int *argc,
                char ***argv,
                int n_words,
                const char *words,
                const GOptionEntry *entries,
                GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new (words);

  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (*argc == 1 + n_words)
    return TRUE;
  if (*argc > 1 + n_words)
    return piao_error_set (error, PIAO_ERROR_INVALID, "ctl.word",
                           _ ("“%s” is one word too many. See --help."), (*argv)[1 + n_words]);
  return piao_error_set (error, PIAO_ERROR_INVALID, "ctl.word",
                         _ ("A word is missing. See --help."));
}

gboolean
piao_ctl_need (const char *value, const char *name, GError **error)
{
  if (value != NULL && *value != '\0')
    return TRUE;
  return piao_error_set (error, PIAO_ERROR_INVALID, "ctl.option",
                         _ ("--%s is missing. See --help."), name);
}

static gboolean
write_reference (PiaoDb *db, GError **error)
{
  g_autoptr (PiaoRegistry) registry = piao_domain_registry_new ();
  g_autofree char *epoch = piao_random_text (8);
  guint n_kinds;
  const PiaoKind *const *kinds = piao_registry_get_kinds (registry, &n_kinds);

  return piao_ledger_prepare (db, epoch, error) && piao_reference_write (db, error)
         && piao_change_index_adopt (db, kinds, n_kinds, error);
}

gboolean
piao_ctl_prepare (PiaoDb *db, GError **error)
{
  if (!piao_schema_migrate (db, PIAO_SCHEMA_SERVER, error) || !piao_db_begin (db, error))
    return FALSE;
  if (write_reference (db, error))
    return piao_db_commit (db, error);
  piao_db_rollback (db);
  return FALSE;
}

int
piao_ctl_init (int argc, char **argv, GError **error)
{
  g_autofree char *database = NULL;
  const GOptionEntry entries[] = { { "database", 0, 0, G_OPTION_ARG_STRING, &database,
                                     N_ ("File, or postgresql://…"), N_ ("ADDRESS") },
                                   { NULL } };
  g_autoptr (PiaoDb) db = NULL;

  if (!piao_ctl_parse (&argc, &argv, 0, "--database ADDRESS", entries, error)
      || !piao_ctl_need (database, "database", error))
    return 1;
  db = piao_centre_file_open (database, PIAO_DB_READ_WRITE, error);
  if (db == NULL || !piao_ctl_prepare (db, error))
    return 1;
  g_print (_ ("The database is ready (schema %d).\n"), piao_schema_get_newest ());
  return 0;
}
