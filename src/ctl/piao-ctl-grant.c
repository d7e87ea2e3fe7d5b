/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* grant: the role a server signs in to PostgreSQL with. It owns nothing and may do what serving
 * needs; what is in the command log it can read and add to, and never change or delete. */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/piao-error.h"
#include "ctl/piao-ctl.h"
#include "store/piao-schema.h"

#define MAX_ROLE 63
#define LETTERS "abcdefghijklmnopqrstuvwxyz_"

/* %s: the name. Tables of later migrations are covered by the default privileges. */
static const char grants[]
    = "DO $$ BEGIN\n"
      "  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '%1$s') THEN\n"
      "    CREATE ROLE %1$s LOGIN;\n"
      "  END IF;\n"
      "  EXECUTE format ('GRANT USAGE ON SCHEMA %%I TO %1$s', current_schema ());\n"
      "  EXECUTE format ('REVOKE ALL ON ALL TABLES IN SCHEMA %%I FROM %1$s', current_schema ());\n"
      "  EXECUTE format ('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %%I"
      " TO %1$s', current_schema ());\n"
      "  EXECUTE format ('ALTER DEFAULT PRIVILEGES IN SCHEMA %%I"
      " GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO %1$s', current_schema ());\n"
      "END $$;\n"
      "REVOKE UPDATE, DELETE ON command_log FROM %1$s;\n"
      "REVOKE INSERT, UPDATE, DELETE ON schema_version FROM %1$s;\n";

/* It becomes part of a script, so only a plain name is one. */
static gboolean
check_role (const char *role, GError **error)
{
  size_t length = strlen (role);

  if (length > 0 && length <= MAX_ROLE && strchr (LETTERS, role[0]) != NULL
      && strspn (role, LETTERS "0123456789") == length)
    return TRUE;
  return piao_error_set (error, PIAO_ERROR_INVALID, "grant.role",
                         _ ("The name of a role has at most %d letters a–z, digits and “_”, and "
                            "does not begin with a digit."),
                         MAX_ROLE);
}

static gboolean
grant (PiaoDb *db, const char *role, GError **error)
{
  g_autofree char *script = g_strdup_printf (grants, role);

  if (piao_db_get_engine (db) != PIAO_ENGINE_POSTGRESQL)
    return piao_error_set (error, PIAO_ERROR_INVALID, "grant.engine",
                           _ ("Only PostgreSQL has roles. A file is guarded by its permissions; "
                              "its command log is kept by triggers."));
  if (!piao_schema_migrate (db, PIAO_SCHEMA_SERVER, error) || !piao_db_begin (db, error))
    return FALSE;
  if (piao_db_script (db, script, error))
    return piao_db_commit (db, error);
  piao_db_rollback (db);
  return FALSE;
}

int
piao_ctl_grant (int argc, char **argv, GError **error)
{
  g_autofree char *database = NULL;
  const GOptionEntry entries[] = { { "database", 0, 0, G_OPTION_ARG_STRING, &database,
                                     N_ ("postgresql://… as its owner"), N_ ("ADDRESS") },
                                   { NULL } };
  g_autoptr (PiaoDb) db = NULL;

  if (!piao_ctl_parse (&argc, &argv, 1, "ROLE --database ADDRESS", entries, error)
      || !piao_ctl_need (database, "database", error) || !check_role (argv[1], error))
    return 1;
  db = piao_db_open (database, PIAO_DB_READ_WRITE, error);
  if (db == NULL || !grant (db, argv[1], error))
    return 1;
  g_print (_ ("“%s” may serve this database; it cannot change or delete what is in the command "
              "log.\n"),
           argv[1]);
  return 0;
}
