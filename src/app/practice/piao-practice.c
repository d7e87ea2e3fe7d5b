/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * DESIGN: the two lines are cut by ending the process at their other end and mended by starting it
 * again on the same port with the same data, so the desktop meets exactly what a broken line is: a
 * refused connection, an answer that never comes, a peer that has not forgotten anything. Data is
 * made in a file of another name and renamed when it is whole, so a crash leaves none half made.
 */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "app/practice/piao-practice.h"
#include "app/practice/piao-servant.h"
#include "base/piao-error.h"
#include "base/piao-json.h"

#define ORDERS "3000"
#define SEED "7"

struct _PiaoPractice
{
  GObject parent_instance;

  char *folder;
  gboolean reset;
  char *replica_path;
  PiaoServant *server;
  PiaoServant *ilms;
  guint down; /* PiaoPracticeLine */
  int server_port;
  int ilms_port;
  int control_port;
  char *server_url;
  char *control_url;
};

G_DEFINE_FINAL_TYPE (PiaoPractice, piao_practice, G_TYPE_OBJECT)

enum
{
  SIGNAL_PROGRESS,
  SIGNAL_LINES_CHANGED,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

static char *
in_folder (PiaoPractice *self, const char *name)
{
  return g_build_filename (self->folder, name, NULL);
}

static void
say (PiaoPractice *self, guint percent, const char *sentence)
{
  g_signal_emit (self, signals[SIGNAL_PROGRESS], 0, percent, sentence);
}

/* --- the folder ------------------------------------------------------------------------------ */

static gboolean
empty_folder (const char *folder, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      gboolean inside
          = g_file_test (path, G_FILE_TEST_IS_DIR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK);

      if (inside && !empty_folder (path, error))
        return FALSE;
      if (g_remove (path) != 0)
        return piao_error_set (error, PIAO_ERROR_FAILED, "practice.reset",
                               _ ("“%s” cannot be removed. Close the other practice window."),
                               path);
    }
  return TRUE;
}

static void
load_ports (PiaoPractice *self)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *path = in_folder (self, "ports.ini");

  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL))
    return;
  self->server_port = g_key_file_get_integer (file, "ports", "server", NULL);
  self->ilms_port = g_key_file_get_integer (file, "ports", "ilms", NULL);
  self->control_port = g_key_file_get_integer (file, "ports", "control", NULL);
}

static gboolean
save_ports (PiaoPractice *self, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *path = in_folder (self, "ports.ini");

  g_key_file_set_integer (file, "ports", "server", self->server_port);
  g_key_file_set_integer (file, "ports", "ilms", self->ilms_port);
  g_key_file_set_integer (file, "ports", "control", self->control_port);
  return g_key_file_save_to_file (file, path, error);
}

static gboolean
prepare_folder (PiaoPractice *self, GError **error)
{
  if (g_mkdir_with_parents (self->folder, 0700) != 0)
    return piao_error_set (error, PIAO_ERROR_FAILED, "practice.folder",
                           _ ("The folder “%s” for practice data cannot be made. Check the disk "
                              "and its rights."),
                           self->folder);
  if (self->reset && !empty_folder (self->folder, error))
    return FALSE;
  self->reset = FALSE;
  load_ports (self);
  return TRUE;
}

/* --- data ------------------------------------------------------------------------------------ */

/* Reads how far piaokuctl is until it ends. */
static gboolean
follow (PiaoPractice *self, PiaoServant *maker, char *line, GError **error)
{
  while (line != NULL)
    {
      g_autoptr (JsonObject) told = piao_json_parse_object (line, -1, 1000, "progress", NULL);

      if (told != NULL)
        say (self, (guint)CLAMP (piao_json_get_int (told, "percent", 0), 0, 100),
             _ ("Making up a practice region…"));
      g_free (line);
      line = dex_await_string (piao_servant_read_line (maker), NULL);
    }
  return dex_await (piao_servant_wait (maker), error);
}

static gboolean
make_data (PiaoPractice *self, GError **error)
{
  g_autofree char *database = in_folder (self, "server.db");
  g_autofree char *part = in_folder (self, "server.db.part");
  g_autofree char *seed = in_folder (self, "gateway-seed.json");
  g_autofree char *log = in_folder (self, "piaokuctl.log");
  const char *args[] = { "demo", "--live", "--progress", "--database",     part, "--orders",
                         ORDERS, "--seed", SEED,         "--gateway-seed", seed, NULL };
  g_autoptr (PiaoServant) maker = NULL;
  char *line;

  if (g_file_test (database, G_FILE_TEST_EXISTS))
    return TRUE;
  if (!empty_folder (self->folder, error))
    return FALSE;
  say (self, 0, _ ("Making up a practice region…"));
  maker = piao_servant_new ("piaokuctl", log);
  line = dex_await_string (piao_servant_start (maker, args), error);
  if (line == NULL || !follow (self, maker, line, error))
    return FALSE;
  if (g_rename (part, database) == 0)
    return TRUE;
  return piao_error_set (error, PIAO_ERROR_FAILED, "practice.folder",
                         _ ("The practice data could not be put in its place (%s)."), database);
}

/* --- the processes --------------------------------------------------------------------------- */

static JsonObject *
start_servant (PiaoServant *servant, const char *const *args, GError **error)
{
  g_autofree char *line = dex_await_string (piao_servant_start (servant, args), error);

  if (line == NULL)
    return NULL;
  return piao_json_parse_object (line, -1, 1000, _ ("What the practice server says"), error);
}

static gboolean
try_ilms (PiaoPractice *self, GError **error)
{
  g_autofree char *database = in_folder (self, "ilms.db");
  g_autofree char *seed = in_folder (self, "gateway-seed.json");
  g_autofree char *sown = in_folder (self, "gateway-seed.sown.json");
  g_autofree char *port = g_strdup_printf ("%d", self->ilms_port);
  g_autofree char *control = g_strdup_printf ("%d", self->control_port);
  gboolean fresh = g_file_test (seed, G_FILE_TEST_EXISTS);
  const char *args[] = {
    "--database", database, "--port", port, "--control-port", control, fresh ? "--seed-file" : NULL,
    seed,         NULL
  };
  g_autoptr (JsonObject) told = start_servant (self->ilms, args, error);

  if (told == NULL)
    return FALSE;
  /* The books are filled once: sowing again would pay everybody's debits back. */
  if (fresh && g_rename (seed, sown) != 0)
    return piao_error_set (error, PIAO_ERROR_FAILED, "practice.folder",
                           _ ("The file “%s” cannot be renamed."), seed);
  self->ilms_port = (int)piao_json_get_int (told, "port", 0);
  self->control_port = (int)piao_json_get_int (told, "control", 0);
  g_free (self->control_url);
  self->control_url = g_strdup_printf ("http://127.0.0.1:%d", self->control_port);
  return save_ports (self, error);
}

/* On the ports it had, or on new ones when another program took one meanwhile. */
static gboolean
start_ilms (PiaoPractice *self, GError **error)
{
  if (try_ilms (self, NULL))
    return TRUE;
  self->ilms_port = 0;
  self->control_port = 0;
  return try_ilms (self, error);
}

static gboolean
try_server (PiaoPractice *self, GError **error)
{
  g_autofree char *database = in_folder (self, "server.db");
  g_autofree char *port = g_strdup_printf ("%d", self->server_port);
  g_autofree char *gateway = g_strdup_printf ("http://127.0.0.1:%d", self->ilms_port);
  const char *args[] = { "--database", database, "--port", port, "--gateway", gateway, NULL };
  g_autoptr (JsonObject) told = start_servant (self->server, args, error);

  if (told == NULL)
    return FALSE;
  self->server_port = (int)piao_json_get_int (told, "port", 0);
  g_free (self->server_url);
  self->server_url = g_strdup_printf ("http://127.0.0.1:%d", self->server_port);
  return save_ports (self, error);
}

static gboolean
start_server (PiaoPractice *self, GError **error)
{
  if (try_server (self, NULL))
    return TRUE;
  self->server_port = 0;
  return try_server (self, error);
}

static DexFuture *
start_fiber (gpointer data)
{
  PiaoPractice *self = data;
  GError *error = NULL;

  if (!prepare_folder (self, &error) || !make_data (self, &error))
    return dex_future_new_for_error (error);
  say (self, 100, _ ("Starting the practice centre and its ILMS…"));
  if (!start_ilms (self, &error) || !start_server (self, &error))
    return dex_future_new_for_error (error);
  return dex_future_new_for_boolean (TRUE);
}

DexFuture *
piao_practice_start (PiaoPractice *self)
{
  return dex_scheduler_spawn (NULL, 0, start_fiber, g_object_ref (self), g_object_unref);
}

void
piao_practice_stop (PiaoPractice *self)
{
  piao_servant_kill (self->server);
  piao_servant_kill (self->ilms);
}

/* --- lines ----------------------------------------------------------------------------------- */

typedef struct
{
  PiaoPractice *practice;
  guint lines;
  gboolean down;
} Change;

static void
change_free (gpointer data)
{
  Change *change = data;

  g_object_unref (change->practice);
  g_free (change);
}

static gboolean
change_line (PiaoPractice *self, guint line, gboolean down, GError **error)
{
  PiaoServant *servant = line == PIAO_PRACTICE_ILMS ? self->ilms : self->server;

  if (((self->down & line) != 0) == down)
    return TRUE;
  if (down)
    {
      self->down |= line;
      return dex_await (piao_servant_stop (servant), error);
    }
  if (line == PIAO_PRACTICE_ILMS ? !start_ilms (self, error) : !start_server (self, error))
    return FALSE;
  self->down &= ~line;
  return TRUE;
}

static DexFuture *
change_fiber (gpointer data)
{
  Change *change = data;
  GError *error = NULL;

  for (guint line = PIAO_PRACTICE_CENTRE; line <= PIAO_PRACTICE_ILMS; line <<= 1)
    if ((change->lines & line) != 0 && !change_line (change->practice, line, change->down, &error))
      return dex_future_new_for_error (error);
  g_signal_emit (change->practice, signals[SIGNAL_LINES_CHANGED], 0);
  return dex_future_new_for_boolean (TRUE);
}

DexFuture *
piao_practice_set_down (PiaoPractice *self, guint lines, gboolean down)
{
  Change *change = g_new0 (Change, 1);

  change->practice = g_object_ref (self);
  change->lines = lines;
  change->down = down;
  return dex_scheduler_spawn (NULL, 0, change_fiber, change, change_free);
}

guint
piao_practice_get_down (PiaoPractice *self)
{
  return self->down;
}

const char *
piao_practice_get_server_url (PiaoPractice *self)
{
  return self->server_url;
}

const char *
piao_practice_get_control_url (PiaoPractice *self)
{
  return self->control_url;
}

const char *
piao_practice_get_replica_path (PiaoPractice *self)
{
  return self->replica_path;
}

static void
piao_practice_finalize (GObject *object)
{
  PiaoPractice *self = PIAO_PRACTICE (object);

  g_clear_object (&self->server);
  g_clear_object (&self->ilms);
  g_free (self->folder);
  g_free (self->replica_path);
  g_free (self->server_url);
  g_free (self->control_url);
  G_OBJECT_CLASS (piao_practice_parent_class)->finalize (object);
}

static void
piao_practice_class_init (PiaoPracticeClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = piao_practice_finalize;
  signals[SIGNAL_PROGRESS]
      = g_signal_new ("progress", PIAO_TYPE_PRACTICE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                      G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_STRING);
  signals[SIGNAL_LINES_CHANGED]
      = g_signal_new ("lines-changed", PIAO_TYPE_PRACTICE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                      G_TYPE_NONE, 0);
}

static void
piao_practice_init (PiaoPractice *self)
{
}

PiaoPractice *
piao_practice_new (const char *folder, gboolean reset)
{
  PiaoPractice *self = g_object_new (PIAO_TYPE_PRACTICE, NULL);
  g_autofree char *server_log = NULL;
  g_autofree char *ilms_log = NULL;

  self->folder = folder != NULL
                     ? g_strdup (folder)
                     : g_build_filename (g_get_user_data_dir (), "piaoku", "practice", NULL);
  self->reset = reset;
  self->replica_path = in_folder (self, "desktop.db");
  server_log = in_folder (self, "piaoku-server.log");
  ilms_log = in_folder (self, "piaoku-ilms-sandbox.log");
  self->server = piao_servant_new ("piaoku-server", server_log);
  self->ilms = piao_servant_new ("piaoku-ilms-sandbox", ilms_log);
  return self;
}
