/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* outbox export, outbox import: what waits on a computer whose line or disk is gone is carried by
 * hand, to the centre or into another file of the same computer. */

#include "config.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>

#include "base/piao-clock.h"
#include "base/piao-error.h"
#include "ctl/piao-ctl.h"
#include "domain/piao-domain.h"
#include "store/piao-schema.h"
#include "sync/piao-centre-file.h"
#include "sync/piao-outbox-import.h"

PIAO_STATEMENT (ctl_outbox_is_server, "SELECT COUNT(*) FROM head");
PIAO_STATEMENT (ctl_outbox_is_replica, "SELECT COUNT(*) FROM cursor");

static gboolean
has (PiaoDb *db, const PiaoStatement *statement)
{
  gint64 n = 0;

  return piao_db_query_int (db, statement, 0, &n, NULL, "");
}

static gboolean
check_replica (PiaoDb *db, GError **error)
{
  return has (db, &ctl_outbox_is_replica)
         || piao_error_set (error, PIAO_ERROR_INVALID, "outbox.role",
                            _ ("This is not the file of a desktop of Piaoku."));
}

/* --- export ---------------------------------------------------------------------------------- */

static gboolean export (const char *database, const char *path, gint64 now, GError **error)
{
  g_autoptr (PiaoDb) db = piao_db_open (database, PIAO_DB_READ_ONLY, error);
  g_autoptr (GBytes) content = NULL;
  g_autoptr (GError) inner = NULL;
  guint n = 0;

  if (db == NULL || !check_replica (db, error) || !piao_db_begin_read (db, error))
    return FALSE;
  content = piao_outbox_file_export (db, now, &n, error);
  piao_db_rollback (db);
  if (content == NULL)
    return FALSE;
  if (!g_file_set_contents_full (
          path, g_bytes_get_data (content, NULL), (gssize)g_bytes_get_size (content),
          G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, &inner))
    return piao_error_set (error, PIAO_ERROR_FAILED, "outbox.write",
                           _ ("The file could not be written: %s. Choose another folder or make "
                              "room."),
                           inner->message);
  g_print (_ ("%d operations that wait for the centre were written. They stay in the outbox.\n"),
           (int)n);
  return TRUE;
}

/* --- import ---------------------------------------------------------------------------------- */

static PiaoOutboxFile *
read_file (const char *path, GError **error)
{
  g_autoptr (GMappedFile) mapped = NULL;
  g_autoptr (GBytes) content = NULL;
  g_autoptr (GError) inner = NULL;

  mapped = g_mapped_file_new (path, FALSE, &inner);
  if (mapped == NULL)
    {
      piao_error_set (error, PIAO_ERROR_NOT_FOUND, "outbox.read",
                      _ ("The file could not be read: %s."), inner->message);
      return NULL;
    }
  content = g_mapped_file_get_bytes (mapped);
  return piao_outbox_file_read (content, error);
}

static gboolean
import_at_centre (PiaoDb *db, const PiaoOutboxFile *file, gint64 now, GError **error)
{
  g_autoptr (PiaoRegistry) registry = piao_domain_registry_new ();
  g_autoptr (PiaoOutboxImport) import = piao_outbox_import (registry, db, file, now, error);

  if (import == NULL)
    return FALSE;
  g_print (_ ("%d operations accepted, %d refused, %d were here already.\n"), (int)import->accepted,
           (int)import->refused, (int)import->known);
  for (guint i = 0; i < import->refusals->len; i++)
    {
      const PiaoVerdict *verdict = g_ptr_array_index (import->refusals, i);

      g_print ("    %" G_GINT64_FORMAT ": %s\n", verdict->id, verdict->message);
    }
  return TRUE;
}

static gboolean
import_here (PiaoDb *db, const PiaoOutboxFile *file, GError **error)
{
  guint added = 0;

  if (!piao_db_begin (db, error))
    return FALSE;
  if (piao_outbox_file_check_own (db, file, error)
      && piao_outbox_adopt (db, file->entries, &added, error) && piao_db_commit (db, error))
    {
      g_print (
          _ ("%d operations were taken into the outbox, %d were here already. They are sent at "
             "the next contact with the centre.\n"),
          (int)added, (int)(file->entries->len - added));
      return TRUE;
    }
  if (piao_db_in_transaction (db))
    piao_db_rollback (db);
  return FALSE;
}

static gboolean
import (const char *database, const char *path, gint64 now, GError **error)
{
  g_autoptr (PiaoOutboxFile) file = read_file (path, error);
  g_autoptr (PiaoDb) look = NULL;
  g_autoptr (PiaoDb) db = NULL;
  gboolean centre;

  /* Reading only, a wrong name makes no file. */
  if (file != NULL)
    look = piao_db_open (database, PIAO_DB_READ_ONLY, error);
  if (look == NULL)
    return FALSE;
  centre = has (look, &ctl_outbox_is_server);
  g_clear_pointer (&look, piao_db_free);
  db = centre ? piao_centre_file_open (database, PIAO_DB_READ_WRITE, error)
              : piao_db_open (database, PIAO_DB_READ_WRITE, error);
  if (db == NULL)
    return FALSE;
  if (file->missing != NULL)
    g_print ("%s\n", file->missing);
  if (centre)
    return import_at_centre (db, file, now, error);
  return check_replica (db, error) && import_here (db, file, error);
}

int
piao_ctl_outbox (int argc, char **argv, GError **error)
{
  g_autofree char *database = NULL;
  const GOptionEntry entries[] = { { "database", 0, 0, G_OPTION_ARG_STRING, &database,
                                     N_ ("File, or postgresql://…"), N_ ("ADDRESS") },
                                   { NULL } };
  g_autoptr (PiaoClock) clock = piao_clock_new_system ();
  gint64 now = piao_clock_now (clock);
  gboolean done;

  if (!piao_ctl_parse (&argc, &argv, 2, "export|import FILE --database ADDRESS", entries, error)
      || !piao_ctl_need (database, "database", error))
    return 1;
  if (g_str_equal (argv[1], "export"))
    done = export (database, argv[2], now, error);
  else if (g_str_equal (argv[1], "import"))
    done = import (database, argv[2], now, error);
  else
    done = piao_error_set (error, PIAO_ERROR_INVALID, "ctl.word",
                           _ ("“%s” is neither “export” nor “import”."), argv[1]);
  return done ? 0 : 1;
}
