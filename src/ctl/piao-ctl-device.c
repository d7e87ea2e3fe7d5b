/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* device: the desktops that have signed in, and striking one off. */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#include "base/piao-error.h"
#include "base/piao-id.h"
#include "ctl/piao-ctl.h"
#include "sync/piao-centre-file.h"
#include "sync/piao-ledger.h"
#include "sync/piao-notice.h"

PIAO_STATEMENT (ctl_devices,
                "SELECT device.number, device.name, users.name, device.dseq, device.last_seen,"
                " device.skew, device.revoked FROM device"
                " LEFT JOIN users ON users.id = device.user_id ORDER BY device.number");
PIAO_STATEMENT (ctl_revoke, "UPDATE device SET revoked = 1 WHERE number = $1");
PIAO_STATEMENT (ctl_end_sessions,
                "UPDATE session SET expires_at = 0 WHERE device = $1 AND expires_at > 0");

static gboolean
list (PiaoDb *db, GError **error)
{
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, &ctl_devices, &inner, "");

  while (piao_cursor_next (cursor, &inner))
    {
      const char *user = piao_cursor_text (cursor, 2);
      gint64 seen = piao_cursor_int (cursor, 4);
      g_autoptr (GDateTime) at = g_date_time_new_from_unix_utc (seen / 1000);
      g_autofree char *when = seen > 0 ? g_date_time_format_iso8601 (at) : g_strdup ("–");

      g_print ("%" PRIi64 "\t%s\t%s\t%s\t%" PRIi64 "\t%s\n", piao_cursor_int (cursor, 0),
               piao_cursor_int (cursor, 6) != 0 ? _ ("struck off") : _ ("in use"), when,
               user != NULL ? user : "–", piao_cursor_int (cursor, 3),
               piao_cursor_text (cursor, 1));
    }
  if (inner == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

/* Servers that run ask again whom they serve: at once where the database can tell them; on a file
 * they look. */
static gboolean
tell_servers (PiaoDb *db, GError **error)
{
  g_autoptr (GArray) lanes = g_array_new (FALSE, TRUE, sizeof (gint64));
  g_autofree char *notice = NULL;
  gint64 seq = 0;

  if (!piao_ledger_read_head (db, &seq, NULL, error))
    return FALSE;
  g_array_set_size (lanes, 1); /* everybody's */
  notice = piao_notice_to_text (PIAO_NOTICE_BY_HAND, lanes, seq, TRUE);
  return piao_db_notify (db, PIAO_NOTICE_CHANNEL, notice, error);
}

static gboolean
strike_off (PiaoDb *db, const char *word, GError **error)
{
  gint64 number = piao_id_from_text (word);
  gint64 changed = 0;

  if (!piao_db_begin (db, error))
    return FALSE;
  if (piao_db_exec_changed (db, &ctl_revoke, &changed, error, "i", number)
      && (changed == 1
          || piao_error_set (error, PIAO_ERROR_NOT_FOUND, "device.unknown",
                             _ ("There is no computer with the number “%s”."), word))
      && piao_db_exec (db, &ctl_end_sessions, error, "i", number) && tell_servers (db, error))
    return piao_db_commit (db, error);
  piao_db_rollback (db);
  return FALSE;
}

int
piao_ctl_device (int argc, char **argv, GError **error)
{
  g_autofree char *database = NULL;
  const GOptionEntry entries[] = { { "database", 0, 0, G_OPTION_ARG_STRING, &database,
                                     N_ ("File, or postgresql://…"), N_ ("ADDRESS") },
                                   { NULL } };
  gboolean listing = argc > 1 && g_str_equal (argv[1], "list");
  g_autoptr (PiaoDb) db = NULL;

  if (!piao_ctl_parse (&argc, &argv, listing ? 1 : 2, "list|revoke [NUMBER] --database ADDRESS",
                       entries, error)
      || !piao_ctl_need (database, "database", error))
    return 1;
  if (!listing && !g_str_equal (argv[1], "revoke"))
    {
      piao_error_set (error, PIAO_ERROR_INVALID, "ctl.word",
                      _ ("“%s” is not list or revoke. See --help."), argv[1]);
      return 1;
    }
  db = piao_centre_file_open (database, listing ? PIAO_DB_READ_ONLY : PIAO_DB_READ_WRITE, error);
  if (db == NULL || !(listing ? list (db, error) : strike_off (db, argv[2], error)))
    return 1;
  if (!listing)
    g_print ("%s\n",
             _ ("Struck off: the centre turns it away, and it erases its data, at once if it is "
                "connected, otherwise when it next asks."));
  return 0;
}
