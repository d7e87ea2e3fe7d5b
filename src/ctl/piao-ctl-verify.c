/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* verify: whether a database of the server or the file of a desktop holds what it should. */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#include "base/piao-error.h"
#include "base/piao-json.h"
#include "ctl/piao-ctl.h"
#include "domain/audit/piao-audit.h"
#include "domain/piao-domain.h"
#include "store/piao-schema.h"
#include "sync/piao-verify.h"

/* Exit statuses. */
enum
{
  CLEAN = 0,
  FINDINGS = 1,
  CANNOT = 2,
};

PIAO_STATEMENT (ctl_schema, "SELECT MAX(number) FROM schema_version");
PIAO_STATEMENT (ctl_is_server, "SELECT COUNT(*) FROM head");
PIAO_STATEMENT (ctl_is_replica, "SELECT COUNT(*) FROM cursor");

typedef struct
{
  char *database;
  gboolean replica;
  gboolean json;
} Flags;

static void
flags_clear (Flags *flags)
{
  g_free (flags->database);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Flags, flags_clear)

/* --- looking --------------------------------------------------------------------------------- */

static gboolean
has (PiaoDb *db, const PiaoStatement *statement)
{
  gint64 n = 0;

  return piao_db_query_int (db, statement, 0, &n, NULL, "");
}

/* Which of the two it is. */
static gboolean
find_role (PiaoDb *db, Flags *flags, GError **error)
{
  gboolean server = has (db, &ctl_is_server);

  if (server && flags->replica)
    return piao_error_set (error, PIAO_ERROR_INVALID, "verify.role",
                           _ ("This is a database of the server. Leave --replica out."));
  flags->replica = !server;
  return server || has (db, &ctl_is_replica)
         || piao_error_set (error, PIAO_ERROR_INVALID, "verify.role",
                            _ ("This is neither a database of the server nor the file of a desktop "
                               "of Piaoku."));
}

static gboolean
check_schema (PiaoDb *db, GError **error)
{
  gint64 schema = 0;
  int newest = piao_schema_get_newest ();

  if (!piao_db_query_int (db, &ctl_schema, 0, &schema, error, ""))
    return FALSE;
  if (schema == newest)
    return TRUE;
  return piao_error_set (error, PIAO_ERROR_INVALID, "verify.schema",
                         _ ("This database has schema %d, this program checks schema %d. Use the "
                            "piaokuctl of the program that works with it, or start that program "
                            "once so that it brings the database up to date."),
                         (int)schema, newest);
}

/* Sorting goes through files, and pages are let go: a large database takes no more memory. */
static gboolean
bound_memory (PiaoDb *db, GError **error)
{
  return piao_db_get_engine (db) != PIAO_ENGINE_SQLITE
         || piao_db_script (db,
                            "PRAGMA temp_store = FILE; PRAGMA cache_size = -16000;"
                            "PRAGMA mmap_size = 0",
                            error);
}

static gboolean
check_rules (PiaoVerify *verify, GError **error)
{
  g_autoptr (GPtrArray) breaches = piao_audit_run (verify->db, error);

  if (breaches == NULL)
    return FALSE;
  for (guint i = 0; i < breaches->len; i++)
    {
      const PiaoBreach *breach = g_ptr_array_index (breaches, i);

      piao_verify_note (verify, breach->rule, piao_audit_get_sentence (breach->rule),
                        _ ("Compare it with the shelf and with ILMS, correct it with the program, "
                           "and tell the support: the program must never let this happen."),
                        breach->subject);
    }
  return TRUE;
}

/* A damaged file is a finding; nothing else can be trusted then. */
static gboolean
check_file (PiaoVerify *verify, gboolean replica, gboolean *sound, GError **error)
{
  g_autoptr (GError) inner = NULL;

  *sound = piao_audit_check_file (verify->db, &inner);
  if (*sound)
    return TRUE;
  if (!g_error_matches (inner, PIAO_ERROR, PIAO_ERROR_CORRUPT))
    {
      g_propagate_error (error, g_steal_pointer (&inner));
      return FALSE;
    }
  piao_verify_note (verify, "file.damaged", _ ("The database file is damaged."),
                    replica
                        ? _ ("Close the program and start it again: it keeps what waits for the "
                             "centre and fetches the rest again.")
                        : _ ("Stop the server, keep a copy of this file and restore the last "
                             "backup that verifies."),
                    inner->message);
  return TRUE;
}

static gboolean
look (PiaoVerify *verify, const Flags *flags, GError **error)
{
  gboolean sound = TRUE;

  if (!check_file (verify, flags->replica, &sound, error))
    return FALSE;
  if (!sound)
    return TRUE;
  if (flags->replica ? !piao_verify_replica (verify, error) : !piao_verify_server (verify, error))
    return FALSE;
  return !verify->complete || check_rules (verify, error);
}

/* --- saying ---------------------------------------------------------------------------------- */

static void
say (const PiaoVerify *verify, const Flags *flags)
{
  for (guint i = 0; i < verify->findings->len; i++)
    {
      const PiaoFinding *finding = g_ptr_array_index (verify->findings, i);

      g_print ("%s: %s\n", finding->rule, finding->sentence);
      for (guint k = 0; k < finding->subjects->len; k++)
        g_print ("    %s\n", (const char *)g_ptr_array_index (finding->subjects, k));
      if (finding->count > finding->subjects->len)
        g_print ("    …\n");
      g_print ("  → %s\n", finding->advice);
    }
  if (flags->replica)
    g_print (_ ("%d rows and %d commands of the outbox were looked at.\n"), (int)verify->rows,
             (int)verify->commands);
  else
    g_print (_ ("%d rows and %d entries of the command log were looked at.\n"), (int)verify->rows,
             (int)verify->entries);
  if (!verify->complete)
    g_print ("%s\n", _ ("The history of this computer is still to come: rules about whole orders "
                        "were not asked. Verify again when it is here."));
  if (verify->findings->len == 0)
    g_print ("%s\n", _ ("All rules hold."));
}

static JsonObject *
describe (const PiaoFinding *finding)
{
  JsonArray *subjects = json_array_new ();

  for (guint i = 0; i < finding->subjects->len; i++)
    json_array_add_string_element (subjects, g_ptr_array_index (finding->subjects, i));
  return piao_json_build ("rule", 's', finding->rule, "count", 'i', finding->count, "subjects", 'a',
                          subjects, "sentence", 's', finding->sentence, "advice", 's',
                          finding->advice, NULL);
}

static void
say_as_json (const PiaoVerify *verify, const Flags *flags)
{
  JsonArray *findings = json_array_new ();
  g_autoptr (JsonObject) object = NULL;
  g_autofree char *text = NULL;

  for (guint i = 0; i < verify->findings->len; i++)
    json_array_add_object_element (findings, describe (g_ptr_array_index (verify->findings, i)));
  object = piao_json_build ("database", 's', flags->replica ? "replica" : "server", "schema", 'i',
                            (gint64)piao_schema_get_newest (), "rows", 'i', verify->rows, NULL);
  if (flags->replica)
    {
      json_object_set_int_member (object, "commands", verify->commands);
      json_object_set_boolean_member (object, "complete", verify->complete);
    }
  else
    json_object_set_int_member (object, "entries", verify->entries);
  json_object_set_boolean_member (object, "clean", verify->findings->len == 0);
  json_object_set_array_member (object, "findings", findings);
  text = piao_json_object_to_text (object);
  g_print ("%s\n", text);
}

static gboolean
run (Flags *flags, int *status, GError **error)
{
  g_autoptr (PiaoRegistry) registry = piao_domain_registry_new ();
  g_autoptr (PiaoDb) db = piao_db_open (flags->database, PIAO_DB_READ_ONLY, error);
  g_autoptr (PiaoVerify) verify = NULL;

  if (db == NULL || !find_role (db, flags, error) || !check_schema (db, error)
      || !bound_memory (db, error) || !piao_db_begin_read (db, error))
    return FALSE;
  verify = piao_verify_new (registry, db);
  if (!look (verify, flags, error))
    return FALSE;
  piao_db_rollback (db);
  if (flags->json)
    say_as_json (verify, flags);
  else
    say (verify, flags);
  *status = verify->findings->len > 0 ? FINDINGS : CLEAN;
  return TRUE;
}

int
piao_ctl_verify (int argc, char **argv, GError **error)
{
  g_auto (Flags) flags = { 0 };
  const GOptionEntry entries[]
      = { { "database", 0, 0, G_OPTION_ARG_STRING, &flags.database, N_ ("File, or postgresql://…"),
            N_ ("ADDRESS") },
          { "replica", 0, 0, G_OPTION_ARG_NONE, &flags.replica, N_ ("It is the file of a desktop"),
            NULL },
          { "json", 0, 0, G_OPTION_ARG_NONE, &flags.json, N_ ("Say it as one JSON object"), NULL },
          { NULL } };
  int status = CANNOT;

  if (!piao_ctl_parse (&argc, &argv, 0, "--database ADDRESS", entries, error)
      || !piao_ctl_need (flags.database, "database", error) || !run (&flags, &status, error))
    return CANNOT;
  return status;
}
