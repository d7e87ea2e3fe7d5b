/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* demo and replica-demo: made-up data for practice, tests and benches. */

#include "config.h"

#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "base/piao-clock.h"
#include "base/piao-error.h"
#include "base/piao-json.h"
#include "ctl/piao-ctl.h"
#include "domain/demo/piao-demo.h"
#include "domain/piao-domain.h"
#include "domain/reference/piao-reference.h"
#include "store/piao-change-index.h"
#include "store/piao-schema.h"
#include "store/piao-search.h"
#include "sync/piao-centre-file.h"
#include "sync/piao-password.h"

#define MAX_ORDERS 5000000
#define MAX_PACKS 50000000

typedef struct
{
  char *database;
  char *seed_file;
  int orders;
  int packs;
  int seed;
  int detail_days;
  gboolean live;
  gboolean progress;
} Flags;

static void
flags_clear (Flags *flags)
{
  g_free (flags->database);
  g_free (flags->seed_file);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Flags, flags_clear)

static gboolean
parse (Flags *flags, int argc, char **argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "database", 0, 0, G_OPTION_ARG_STRING, &flags->database, N_ ("File, or postgresql://…"),
      N_ ("ADDRESS") },
    { "orders", 0, 0, G_OPTION_ARG_INT, &flags->orders, N_ ("Orders of the past"), "N" },
    { "packs", 0, 0, G_OPTION_ARG_INT, &flags->packs, N_ ("Packs; ten an order by default"), "N" },
    { "seed", 0, 0, G_OPTION_ARG_INT, &flags->seed, N_ ("The same seed gives the same data"), "N" },
    { "detail-days", 0, 0, G_OPTION_ARG_INT, &flags->detail_days,
      N_ ("Timelines and movements of so many days; 0: of all"), "N" },
    { "live", 0, 0, G_OPTION_ARG_NONE, &flags->live,
      N_ ("A server with a gateway locks the open orders itself"), NULL },
    { "gateway-seed", 0, 0, G_OPTION_ARG_FILENAME, &flags->seed_file,
      N_ ("Write the books of the stand-in gateway to this file"), N_ ("FILE") },
    { "progress", 0, 0, G_OPTION_ARG_NONE, &flags->progress,
      N_ ("Say how far it is, a line of JSON each time"), NULL },
    { NULL }
  };

  if (!piao_ctl_parse (&argc, &argv, 0, "--database ADDRESS --orders N --seed S", entries, error)
      || !piao_ctl_need (flags->database, "database", error))
    return FALSE;
  if (flags->orders < 1 || flags->orders > MAX_ORDERS || flags->packs < 0
      || flags->packs > MAX_PACKS || flags->detail_days < 0)
    return piao_error_set (error, PIAO_ERROR_INVALID, "demo.size",
                           _ ("Orders are 1 to %d, packs up to %d."), MAX_ORDERS, MAX_PACKS);
  return TRUE;
}

static void
say_progress (guint percent, gpointer data)
{
  guint *last = data;

  if (percent == *last)
    return;
  *last = percent;
  g_print ("{\"percent\":%u}\n", percent);
}

static gboolean
fill (PiaoDb *db, const Flags *flags, PiaoDemoSummary *summary, GError **error)
{
  g_autoptr (PiaoClock) clock = piao_clock_new_system ();
  guint last = 0;
  PiaoDemoOptions options = { .orders = (guint)flags->orders,
                              .packs = (guint)flags->packs,
                              .seed = (guint32)flags->seed,
                              .now = piao_clock_now (clock),
                              .live = flags->live,
                              .detail_days = (guint)flags->detail_days,
                              .first_seq = 2 };

  if (flags->progress)
    {
      options.progress = say_progress;
      options.progress_data = &last;
    }
  return piao_demo_write (db, &options, summary, error);
}

PIAO_STATEMENT (ctl_demo_user, "SELECT id FROM users WHERE name = $1");

/* Everyone who practises signs in with the same password. */
static gboolean
set_passwords (PiaoDb *db, GError **error)
{
  g_autoptr (PiaoClock) clock = piao_clock_new_system ();
  guint n_users;
  const PiaoDemoUser *users = piao_demo_get_users (&n_users);

  for (guint i = 0; i < n_users; i++)
    {
      gint64 id = 0;

      if (!piao_db_query_int (db, &ctl_demo_user, 0, &id, error, "s", users[i].name)
          || !piao_password_set (db, id, PIAO_DEMO_PASSWORD, piao_clock_now (clock), error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
finish_server (PiaoDb *db, GError **error)
{
  g_autoptr (PiaoRegistry) registry = piao_domain_registry_new ();
  guint n_kinds;
  const PiaoKind *const *kinds = piao_registry_get_kinds (registry, &n_kinds);

  if (!piao_db_begin (db, error))
    return FALSE;
  if (piao_change_index_adopt (db, kinds, n_kinds, error) && set_passwords (db, error))
    return piao_db_commit (db, error);
  piao_db_rollback (db);
  return FALSE;
}

static gboolean
write_gateway_seed (PiaoDb *db, const char *path, GError **error)
{
  g_autoptr (JsonObject) seed = NULL;
  g_autofree char *text = NULL;

  if (path == NULL)
    return TRUE;
  seed = piao_demo_make_gateway_seed (db, error);
  if (seed == NULL)
    return FALSE;
  text = piao_json_object_to_text (seed);
  return g_file_set_contents (path, text, -1, error);
}

/* The file was filled without waiting for the disk; now it waits. */
static gboolean
settle (PiaoDb *db, const char *path, GError **error)
{
  int fd;

  if (piao_db_get_engine (db) != PIAO_ENGINE_SQLITE)
    return TRUE;
  if (!piao_db_script (db, "PRAGMA synchronous = FULL; PRAGMA wal_checkpoint (TRUNCATE)", error))
    return FALSE;
  fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  if (fd >= 0 && g_fsync (fd) == 0 && g_close (fd, NULL))
    return TRUE;
  return piao_error_set (error, PIAO_ERROR_FAILED, "demo.settle",
                         _ ("The file “%s” could not be brought to the disk."), path);
}

static void
say_done (const Flags *flags, const PiaoDemoSummary *summary, gint64 began)
{
  gint64 ms = MAX (1, (g_get_monotonic_time () - began) / 1000);

  if (flags->progress)
    g_print ("{\"percent\":100,\"rows\":%" G_GINT64_FORMAT "}\n", summary->rows);
  else
    g_print (_ ("%d orders, %d packs, %d outlets; %d rows in %d ms (%d rows a second).\n"),
             (int)summary->orders, (int)summary->packs, (int)summary->outlets, (int)summary->rows,
             (int)ms, (int)(summary->rows * 1000 / ms));
}

int
piao_ctl_demo (int argc, char **argv, GError **error)
{
  g_auto (Flags) flags = { .orders = 3000, .seed = 1, .detail_days = 60 };
  gint64 began = g_get_monotonic_time ();
  PiaoDemoSummary summary = { 0 };
  g_autoptr (PiaoDb) db = NULL;

  if (!parse (&flags, argc, argv, error))
    return 1;
  db = piao_centre_file_open (flags.database, PIAO_DB_RELAXED, error);
  if (db == NULL || !piao_ctl_prepare (db, error) || !fill (db, &flags, &summary, error)
      || !finish_server (db, error) || !write_gateway_seed (db, flags.seed_file, error)
      || !settle (db, flags.database, error))
    return 1;
  say_done (&flags, &summary, began);
  return 0;
}

/* --- a desktop's file ------------------------------------------------------------------------ */

static gboolean
touch_search (PiaoDb *db, const PiaoKind *kind, GError **error)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func ((GDestroyNotify)piao_record_free);
  g_autoptr (GError) inner = NULL;
  g_autoptr (PiaoCursor) cursor = piao_db_query (db, piao_kind_get_columns (kind), &inner, "");

  while (inner == NULL && piao_cursor_next (cursor, &inner))
    g_ptr_array_add (records, piao_record_from_cursor (kind, cursor));
  for (guint i = 0; inner == NULL && i < records->len; i++)
    piao_search_touch (db, records->pdata[i], &inner);
  if (inner == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&inner));
  return FALSE;
}

static gboolean
finish_replica (PiaoDb *db, GError **error)
{
  g_autoptr (PiaoRegistry) registry = piao_domain_registry_new ();
  guint n_kinds;
  const PiaoKind *const *kinds = piao_registry_get_kinds (registry, &n_kinds);

  if (!piao_db_begin (db, error))
    return FALSE;
  for (guint i = 0; i < n_kinds; i++)
    if ((kinds[i]->flags & PIAO_KIND_SEARCHABLE) != 0 && !touch_search (db, kinds[i], error))
      {
        piao_db_rollback (db);
        return FALSE;
      }
  return piao_db_commit (db, error);
}

static gboolean
prepare_replica (PiaoDb *db, GError **error)
{
  if (!piao_schema_migrate (db, PIAO_SCHEMA_REPLICA, error) || !piao_db_begin (db, error))
    return FALSE;
  if (piao_reference_write (db, error))
    return piao_db_commit (db, error);
  piao_db_rollback (db);
  return FALSE;
}

int
piao_ctl_replica_demo (int argc, char **argv, GError **error)
{
  g_auto (Flags) flags = { .orders = 3000, .seed = 1, .detail_days = 60 };
  gint64 began = g_get_monotonic_time ();
  PiaoDemoSummary summary = { 0 };
  g_autoptr (PiaoDb) db = NULL;

  if (!parse (&flags, argc, argv, error))
    return 1;
  db = piao_db_open (flags.database, PIAO_DB_RELAXED, error);
  if (db == NULL)
    return 1;
  if (piao_db_get_engine (db) != PIAO_ENGINE_SQLITE)
    {
      piao_error_set (error, PIAO_ERROR_INVALID, "demo.replica",
                      _ ("A desktop keeps its data in a file, not on a database server."));
      return 1;
    }
  if (!prepare_replica (db, error) || !fill (db, &flags, &summary, error)
      || !finish_replica (db, error) || !settle (db, flags.database, error))
    return 1;
  say_done (&flags, &summary, began);
  return 0;
}
