/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* user add, user password. A password is never a word of the command line, where everyone can read
 * it: it is asked for, or read as one line of the standard input. */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/piao-clock.h"
#include "base/piao-error.h"
#include "base/piao-id.h"
#include "ctl/piao-ctl.h"
#include "domain/org/piao-org-kinds.h"
#include "domain/reference/piao-reference.h"
#include "store/piao-change-index.h"
#include "sync/piao-centre-file.h"
#include "sync/piao-password.h"

typedef struct
{
  char *database;
  char *real_name;
  char *role;
  gint64 lane;
} Flags;

static void
flags_clear (Flags *flags)
{
  g_free (flags->database);
  g_free (flags->real_name);
  g_free (flags->role);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Flags, flags_clear)

PIAO_STATEMENT (ctl_select_user, "SELECT id FROM users WHERE name = $1 AND deleted = 0");
PIAO_STATEMENT (ctl_last_id, "SELECT max(id) FROM users");

/* One line from the terminal without echo, or from whatever stands in for it. */
static char *
read_password (GError **error)
{
  char line[PIAO_PASSWORD_MAX * 4 + 2];
  struct termios shown, hidden;
  gboolean terminal = tcgetattr (STDIN_FILENO, &shown) == 0;
  gboolean got;

  if (terminal)
    {
      g_printerr ("%s", _ ("Password: "));
      hidden = shown;
      hidden.c_lflag &= (tcflag_t)~ECHO;
      tcsetattr (STDIN_FILENO, TCSAFLUSH, &hidden);
    }
  got = fgets (line, sizeof line, stdin) != NULL;
  if (terminal)
    {
      tcsetattr (STDIN_FILENO, TCSAFLUSH, &shown);
      g_printerr ("\n");
    }
  if (!got)
    {
      piao_error_set (error, PIAO_ERROR_INVALID, "user.password",
                      _ ("No password was given on the standard input."));
      return NULL;
    }
  line[strcspn (line, "\r\n")] = '\0';
  return g_strdup (line);
}

static gboolean
set_password (PiaoDb *db, const char *name, const char *password, GError **error)
{
  g_autoptr (PiaoClock) clock = piao_clock_new_system ();
  gint64 user = 0;

  if (!piao_db_query_int (db, &ctl_select_user, 0, &user, error, "s", name))
    return FALSE;
  if (user == 0)
    return piao_error_set (error, PIAO_ERROR_NOT_FOUND, "user.unknown",
                           _ ("There is no user “%s”."), name);
  return piao_password_set (db, user, password, piao_clock_now (clock), error);
}

static gboolean
add_user (PiaoDb *db, const Flags *flags, const char *name, GError **error)
{
  static const PiaoKind *const kinds[] = { &piao_user_kind, &piao_user_role_kind };
  g_autoptr (PiaoClock) clock = piao_clock_new_system ();
  PiaoIdSource ids = { 0 };
  gint64 last = 0, id;
  g_autoptr (PiaoRecord) user = NULL;
  g_autoptr (PiaoRecord) grant = NULL;

  if (!piao_db_query_int (db, &ctl_last_id, 0, &last, error, ""))
    return FALSE;
  piao_id_source_init (&ids, clock, 0, last);
  id = piao_id_source_take (&ids, 2);
  piao_id_source_clear (&ids);
  user = piao_record_new (&piao_user_kind, id, 0);
  piao_record_set_text (user, PIAO_USER_NAME, name);
  piao_record_set_text (user, PIAO_USER_REAL_NAME, flags->real_name);
  piao_record_set_int (user, PIAO_USER_ENABLED, 1);
  if (flags->lane > 0)
    {
      /* Organisations and warehouses have the GB code of their prefecture as id. */
      piao_record_set_ref (user, PIAO_USER_ORG_ID, flags->lane);
      piao_record_set_ref (user, PIAO_USER_WAREHOUSE_ID, flags->lane);
    }
  grant = piao_record_new (&piao_user_role_kind, id + PIAO_ID_STRIDE, 0);
  piao_record_set_ref (grant, PIAO_USER_ROLE_USER_ID, id);
  piao_record_set_ref (grant, PIAO_USER_ROLE_ROLE_ID, piao_reference_role_id (flags->role));
  piao_record_set_int (grant, PIAO_USER_ROLE_GRANTED_LANE, flags->lane);
  return piao_record_store (db, user, error) && piao_record_store (db, grant, error)
         && piao_change_index_adopt (db, kinds, G_N_ELEMENTS (kinds), error);
}

static gboolean
check_words (const Flags *flags, const char *verb, GError **error)
{
  if (!piao_ctl_need (flags->database, "database", error))
    return FALSE;
  if (g_str_equal (verb, "password"))
    return TRUE;
  if (!g_str_equal (verb, "add"))
    return piao_error_set (error, PIAO_ERROR_INVALID, "ctl.word",
                           _ ("“%s” is neither “add” nor “password”."), verb);
  if (!piao_ctl_need (flags->real_name, "real-name", error)
      || !piao_ctl_need (flags->role, "role", error))
    return FALSE;
  if (piao_reference_role_id (flags->role) != 0)
    return TRUE;
  return piao_error_set (error, PIAO_ERROR_INVALID, "user.role", _ ("There is no role “%s”."),
                         flags->role);
}

int
piao_ctl_user (int argc, char **argv, GError **error)
{
  g_auto (Flags) flags = { .lane = -1 };
  const GOptionEntry entries[]
      = { { "database", 0, 0, G_OPTION_ARG_STRING, &flags.database, N_ ("File, or postgresql://…"),
            N_ ("ADDRESS") },
          { "real-name", 0, 0, G_OPTION_ARG_STRING, &flags.real_name, N_ ("Name of the person"),
            N_ ("NAME") },
          { "role", 0, 0, G_OPTION_ARG_STRING, &flags.role, N_ ("Code of a role"), N_ ("CODE") },
          { "lane", 0, 0, G_OPTION_ARG_INT64, &flags.lane,
            N_ ("GB code of the prefecture; all when it is not given"), N_ ("GB") },
          { NULL } };
  g_autoptr (PiaoDb) db = NULL;
  g_autofree char *password = NULL;

  if (!piao_ctl_parse (&argc, &argv, 2, "add|password NAME --database ADDRESS", entries, error)
      || !check_words (&flags, argv[1], error))
    return 1;
  password = read_password (error);
  if (password == NULL || !piao_password_check (password, error))
    return 1;
  db = piao_centre_file_open (flags.database, PIAO_DB_READ_WRITE, error);
  if (db == NULL || !piao_db_begin (db, error))
    return 1;
  if ((g_str_equal (argv[1], "add") && !add_user (db, &flags, argv[2], error))
      || !set_password (db, argv[2], password, error))
    {
      piao_db_rollback (db);
      return 1;
    }
  return piao_db_commit (db, error) ? 0 : 1;
}
