/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* ilms: which server speaks to ILMS and how its line is, and letting a stopped line go on. */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#include "base/piao-error.h"
#include "ctl/piao-ctl.h"
#include "sync/piao-centre-file.h"

PIAO_STATEMENT (ctl_lease,
                "SELECT term, holder, line, line_since, attention FROM gateway_lease"
                " WHERE one = 1");
PIAO_STATEMENT (ctl_open_requests,
                "SELECT COUNT(*), SUM (attention) FROM gateway_request"
                " WHERE state IN ('prepared', 'sent', 'unknown') AND executor = 'server'");
PIAO_STATEMENT (ctl_resume, "UPDATE gateway_lease SET resumed = resumed + 1 WHERE one = 1");

static gboolean
print_lease (PiaoDb *db, GError **error)
{
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &ctl_lease, &inner, "");

  if (piao_cursor_next (cursor, &inner))
    {
      const char *holder = piao_cursor_text (cursor, 1);
      const char *attention = piao_cursor_text (cursor, 4);
      gint64 since = piao_cursor_int (cursor, 3);
      g_autoptr (GDateTime) at = g_date_time_new_from_unix_utc (since / 1000);
      g_autofree char *when = since > 0 ? g_date_time_format_iso8601 (at) : g_strdup ("–");

      g_print (_ ("Server: %s (term %" PRIi64 ")\n"), holder != NULL ? holder : "–",
               piao_cursor_int (cursor, 0));
      g_print (_ ("Line: %s since %s\n"), piao_cursor_text (cursor, 2), when);
      if (attention != NULL)
        g_print (_ ("To put right: %s\n"), attention);
    }
  if (inner == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

static gboolean
print_requests (PiaoDb *db, GError **error)
{
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &ctl_open_requests, &inner, "");

  if (piao_cursor_next (cursor, &inner))
    g_print (_ ("Open requests: %" PRIi64 ", with a person: %" PRIi64 "\n"),
             piao_cursor_int (cursor, 0), piao_cursor_int (cursor, 1));
  if (inner == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

int
piao_ctl_ilms (int argc, char **argv, GError **error)
{
  g_autofree char *database = NULL;
  const GOptionEntry entries[] = { { "database", 0, 0, G_OPTION_ARG_STRING, &database,
                                     N_ ("File, or postgresql://…"), N_ ("ADDRESS") },
                                   { NULL } };
  g_autoptr (PiaoDb) db = NULL;
  gboolean resume;

  if (!piao_ctl_parse (&argc, &argv, 1, "status|resume --database ADDRESS", entries, error)
      || !piao_ctl_need (database, "database", error))
    return 1;
  resume = g_str_equal (argv[1], "resume");
  if (!resume && !g_str_equal (argv[1], "status"))
    {
      piao_error_set (error, PIAO_ERROR_INVALID, "ctl.word",
                      _ ("“%s” is not status or resume. See --help."), argv[1]);
      return 1;
    }
  db = piao_centre_file_open (database, resume ? PIAO_DB_READ_WRITE : PIAO_DB_READ_ONLY, error);
  if (db == NULL)
    return 1;
  if (!resume)
    return print_lease (db, error) && print_requests (db, error) ? 0 : 1;
  if (!piao_db_exec (db, &ctl_resume, error, ""))
    return 1;
  g_print ("%s\n", _ ("The server that speaks to ILMS goes on within seconds."));
  return 0;
}
