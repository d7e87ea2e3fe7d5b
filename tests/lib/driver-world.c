/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include <glib/gstdio.h>
#include <libdex.h>

#include "base/piao-future.h"
#include "base/piao-id.h"
#include "domain/piao-domain.h"
#include "tests/lib/driver-world.h"

PIAO_STATEMENT (count_orders, "SELECT COUNT(*) FROM orders WHERE id > $1");

/* --- a server -------------------------------------------------------------------------------- */

void
driver_server_start (DriverServer *self)
{
  g_autofree char *port = g_strdup_printf ("%u", self->port);
  g_autoptr (GDataInputStream) lines = NULL;
  g_autoptr (JsonObject) said = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;

  self->process
      = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, g_getenv ("PIAOKU_SERVER"),
                          "--database", self->database, "--port", port, NULL);
  g_assert_no_error (error);
  lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));
  line = g_data_input_stream_read_line (lines, NULL, NULL, &error);
  g_assert_no_error (error);
  said = piao_json_parse_object (line, -1, 1000, "port", &error);
  g_assert_no_error (error);
  self->port = (guint)piao_json_get_int (said, "port", 0);
  g_set_str (&self->url, NULL);
  self->url = g_strdup_printf ("http://127.0.0.1:%u", self->port);
}

DriverServer *
driver_server_new (void)
{
  DriverServer *self = g_new0 (DriverServer, 1);
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (0);
  g_autoptr (GSubprocess) seed = NULL;
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("piaoku-driver-XXXXXX", &error);
  g_assert_no_error (error);
  self->database = g_build_filename (self->folder, "centre.db", NULL);
  g_subprocess_launcher_setenv (launcher, "PIAOKU_TEST_DATABASE", self->database, TRUE);
  seed = g_subprocess_launcher_spawn (launcher, &error, g_getenv ("PIAOKU_SEED"), NULL);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait_check (seed, NULL, &error));
  driver_server_start (self);
  return self;
}

DriverServer *
driver_server_new_demo (guint orders)
{
  DriverServer *self = g_new0 (DriverServer, 1);
  g_autofree char *number = g_strdup_printf ("%u", orders);
  g_autoptr (GSubprocess) demo = NULL;
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("piaoku-driver-XXXXXX", &error);
  g_assert_no_error (error);
  self->database = g_build_filename (self->folder, "centre.db", NULL);
  demo = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error, g_getenv ("PIAOKUCTL"),
                           "demo", "--database", self->database, "--orders", number, "--seed", "11",
                           "--live", NULL);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait_check (demo, NULL, &error));
  driver_server_start (self);
  return self;
}

void
driver_server_kill (DriverServer *self)
{
  g_subprocess_force_exit (self->process);
  g_subprocess_wait (self->process, NULL, NULL);
  g_clear_object (&self->process);
}

static void
remove_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (folder);
}

void
driver_server_free (DriverServer *self)
{
  if (self->process != NULL)
    driver_server_kill (self);
  remove_folder (self->folder);
  g_free (self->folder);
  g_free (self->database);
  g_free (self->url);
  g_free (self);
}

/* --- a desktop ------------------------------------------------------------------------------- */

DriverDesktop *
driver_desktop_new (const char *url, PiaoClock *clock)
{
  DriverDesktop *self = g_new0 (DriverDesktop, 1);
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("piaoku-driver-XXXXXX", &error);
  g_assert_no_error (error);
  path = g_build_filename (self->folder, "replica.db", NULL);
  self->registry = piao_domain_registry_new ();
  self->clock = clock != NULL ? clock : piao_clock_new_system ();
  self->replica = piao_replica_open (path, self->registry, self->clock, &error);
  g_assert_no_error (error);
  self->sync = piao_sync_new (self->replica, url, &error);
  g_assert_no_error (error);
  return self;
}

static gboolean
end_wait (gpointer data)
{
  *(gboolean *)data = TRUE;
  return G_SOURCE_CONTINUE;
}

guint
driver_limit (guint seconds, gboolean *over)
{
  return g_timeout_add_seconds (seconds, end_wait, over);
}

void
driver_desktop_free (DriverDesktop *self)
{
  piao_sync_stop (self->sync);
  /* What is under way ends before its replica does. */
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  piao_replica_close (self->replica);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_object_unref (self->sync);
  g_object_unref (self->replica);
  g_object_unref (self->clock);
  piao_registry_unref (self->registry);
  remove_folder (self->folder);
  g_free (self->folder);
  g_free (self);
}

gint64
driver_sign_in (PiaoSync *sync, const char *name, const char *password, GError **error)
{
  g_autoptr (DexFuture) future = piao_sync_sign_in (sync, name, password);
  const GValue *value = piao_future_wait (future, error);

  return value != NULL ? g_value_get_int64 (value) : 0;
}

void
driver_go_online (DriverDesktop *self, const char *name, gint64 user)
{
  g_autofree char *password = g_strconcat (name, "-pass-1", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (driver_sign_in (self->sync, name, password, &error), ==, user);
  g_assert_no_error (error);
  piao_sync_start (self->sync);
  await (piao_sync_get_state (self->sync) == PIAO_SYNC_ONLINE
         && piao_sync_is_complete (self->sync));
}

void
driver_submit (DriverDesktop *self)
{
  JsonArray *lines = json_array_new ();
  g_autoptr (DexFuture) future = NULL;
  g_autoptr (GError) error = NULL;

  json_array_add_object_element (lines, piao_json_build ("ticket_type", 'd', (gint64)FIXTURE_TYPE_A,
                                                         "packs", 'i', (gint64)1, NULL));
  future = piao_replica_run (self->replica, "order.submit",
                             piao_json_build ("outlet", 'd', (gint64)FIXTURE_OUTLET, "source", 's',
                                              "phone", "identity_checked", 'b', TRUE, "note", 's',
                                              "at any hour", "lines", 'a', lines, NULL));
  piao_future_wait (future, &error);
  g_assert_no_error (error);
}

static DexFuture *
read_orders (PiaoDb *db, gpointer data)
{
  gint64 n = -1;

  piao_db_query_int (db, &count_orders, -1, &n, NULL, "i", (gint64)0);
  return dex_future_new_for_int64 (n);
}

gint64
driver_orders (DriverDesktop *self)
{
  g_autoptr (DexFuture) future = piao_replica_read (self->replica, read_orders, NULL, NULL);

  return g_value_get_int64 (piao_future_wait (future, NULL));
}

PiaoDb *
driver_server_open (DriverServer *self)
{
  g_autoptr (GError) error = NULL;
  PiaoDb *db = piao_db_open (self->database, PIAO_DB_READ_WRITE, &error);

  g_assert_no_error (error);
  return db;
}

typedef struct
{
  const PiaoStatement *statement;
  gint64 number;
} Job;

static DexFuture *
read_int (PiaoDb *db, gpointer data)
{
  Job *job = data;
  GError *error = NULL;

  if (!piao_db_query_int (db, job->statement, 0, &job->number, &error, ""))
    return dex_future_new_for_error (error);
  return NULL;
}

gint64
driver_int (DriverDesktop *self, const PiaoStatement *statement)
{
  Job job = { .statement = statement };
  g_autoptr (DexFuture) future = piao_replica_read (self->replica, read_int, &job, NULL);
  g_autoptr (GError) error = NULL;

  piao_future_wait (future, &error);
  g_assert_no_error (error);
  return job.number;
}

static DexFuture *
exec (PiaoDb *db, gpointer data)
{
  GError *error = NULL;

  return piao_db_exec (db, data, &error, "") ? NULL : dex_future_new_for_error (error);
}

void
driver_exec (DriverDesktop *self, const PiaoStatement *statement)
{
  g_autoptr (DexFuture) future
      = piao_replica_write (self->replica, exec, (gpointer)statement, NULL);
  g_autoptr (GError) error = NULL;

  piao_future_wait (future, &error);
  g_assert_no_error (error);
}
