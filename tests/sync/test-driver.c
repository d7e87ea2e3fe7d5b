/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* PiaoSync against a real piaoku-server over loopback, and against things that are none. */

#include <glib/gstdio.h>
#include <libdex.h>
#include <libsoup/soup.h>
#include <string.h>

#include "base/piao-error.h"
#include "base/piao-future.h"
#include "base/piao-id.h"
#include "domain/piao-domain.h"
#include "sync/piao-sync.h"
#include "tests/lib/piao-fixture.h"

#define LIMIT_S 30

PIAO_STATEMENT (count_orders, "SELECT COUNT(*) FROM orders WHERE id > $1");

/* --- a server -------------------------------------------------------------------------------- */

typedef struct
{
  char *folder;
  char *database;
  GSubprocess *process;
  guint port;
  char *url;
} Server;

static void
server_start (Server *self)
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

static Server *
server_new (void)
{
  Server *self = g_new0 (Server, 1);
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
  server_start (self);
  return self;
}

static void
server_kill (Server *self)
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

static void
server_free (Server *self)
{
  if (self->process != NULL)
    server_kill (self);
  remove_folder (self->folder);
  g_free (self->folder);
  g_free (self->database);
  g_free (self->url);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Server, server_free)

/* --- a desktop ------------------------------------------------------------------------------- */

typedef struct
{
  char *folder;
  PiaoRegistry *registry;
  PiaoClock *clock;
  PiaoReplica *replica;
  PiaoSync *sync;
} Desktop;

static Desktop *
desktop_new (const char *url)
{
  Desktop *self = g_new0 (Desktop, 1);
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("piaoku-driver-XXXXXX", &error);
  g_assert_no_error (error);
  path = g_build_filename (self->folder, "replica.db", NULL);
  self->registry = piao_domain_registry_new ();
  self->clock = piao_clock_new_system ();
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

#define await(condition)                                                                           \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gboolean over = FALSE;                                                                         \
    guint source = g_timeout_add_seconds (LIMIT_S, end_wait, &over);                               \
                                                                                                   \
    while (!(condition) && !over)                                                                  \
      g_main_context_iteration (NULL, TRUE);                                                       \
    g_source_remove (source);                                                                      \
    if (over)                                                                                      \
      g_error ("%s: not within %d s", #condition, LIMIT_S);                                        \
  }                                                                                                \
  G_STMT_END

static void
desktop_free (Desktop *self)
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
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Desktop, desktop_free)

static gint64
sign_in (PiaoSync *sync, const char *name, const char *password, GError **error)
{
  g_autoptr (DexFuture) future = piao_sync_sign_in (sync, name, password);
  const GValue *value = piao_future_wait (future, error);

  return value != NULL ? g_value_get_int64 (value) : 0;
}

static void
go_online (Desktop *self, const char *name, gint64 user)
{
  g_autofree char *password = g_strconcat (name, "-pass-1", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (sign_in (self->sync, name, password, &error), ==, user);
  g_assert_no_error (error);
  piao_sync_start (self->sync);
  await (piao_sync_get_state (self->sync) == PIAO_SYNC_ONLINE
         && piao_sync_is_complete (self->sync));
}

static void
submit (Desktop *self)
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

static gint64
orders_of (Desktop *self)
{
  g_autoptr (DexFuture) future = piao_replica_read (self->replica, read_orders, NULL, NULL);

  return g_value_get_int64 (piao_future_wait (future, NULL));
}

/* --- tests ----------------------------------------------------------------------------------- */

/* What one desktop does is on the other long before its half minute is over. */
static void
test_hints_travel (void)
{
  g_autoptr (Server) server = server_new ();
  g_autoptr (Desktop) first = desktop_new (server->url);
  g_autoptr (Desktop) second = desktop_new (server->url);
  g_autoptr (GError) error = NULL;
  gint64 start;

  g_assert_cmpint (sign_in (first->sync, "keeper", "not-the-pass-1", &error), ==, 0);
  g_assert_cmpstr (piao_error_get_reason (error), ==, "sign-in.refused");
  go_online (first, "keeper", FIXTURE_KEEPER);
  go_online (second, "picker", FIXTURE_PICKER);
  g_assert_cmpuint (piao_replica_get_device (first->replica), !=,
                    piao_replica_get_device (second->replica));
  start = g_get_monotonic_time ();
  for (int i = 0; i < 5; i++)
    submit (first);
  await (piao_sync_get_waiting (first->sync) == 0 && orders_of (second) == 5);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 20 * G_USEC_PER_SEC);
  g_assert_cmpint (piao_sync_get_seq (second->sync), <=, piao_sync_get_head (second->sync));
  g_assert_null (piao_sync_get_problem (first->sync));
}

static void
test_server_dies_and_returns (void)
{
  g_autoptr (Server) server = server_new ();
  g_autoptr (Desktop) desktop = desktop_new (server->url);
  g_autoptr (PiaoSync) other = NULL;
  g_autoptr (GError) error = NULL;

  go_online (desktop, "keeper", FIXTURE_KEEPER);
  submit (desktop);
  server_kill (server);
  submit (desktop);
  submit (desktop);
  await (piao_sync_get_state (desktop->sync) == PIAO_SYNC_OFFLINE);
  g_assert_cmpuint (piao_sync_get_waiting (desktop->sync), >=, 2);
  g_assert_nonnull (piao_sync_get_problem (desktop->sync));
  g_assert_cmpint (orders_of (desktop), ==, 3);

  /* Whoever was here before may work on without a line; nobody else. */
  other = piao_sync_new (desktop->replica, server->url, NULL);
  g_assert_cmpint (sign_in (other, "keeper", "keeper-pass-1", &error), ==, FIXTURE_KEEPER);
  g_assert_no_error (error);
  g_assert_cmpint (sign_in (other, "keeper", "not-the-pass-1", &error), ==, 0);
  g_assert_cmpstr (piao_error_get_reason (error), ==, "sign-in.refused");
  g_clear_error (&error);
  g_assert_cmpint (sign_in (other, "picker", "picker-pass-1", &error), ==, 0);
  g_assert_cmpstr (piao_error_get_reason (error), ==, "sign-in.no-line");

  server_start (server);
  await (piao_sync_get_state (desktop->sync) == PIAO_SYNC_ONLINE
         && piao_sync_get_waiting (desktop->sync) == 0);
  g_assert_cmpuint (piao_sync_get_refused (desktop->sync), ==, 0);
  g_assert_cmpint (orders_of (desktop), ==, 3);
}

static void
test_kept_offline (void)
{
  g_autoptr (Server) server = server_new ();
  g_autoptr (Desktop) desktop = desktop_new (server->url);

  go_online (desktop, "keeper", FIXTURE_KEEPER);
  piao_sync_set_held (desktop->sync, TRUE);
  await (piao_sync_get_state (desktop->sync) == PIAO_SYNC_OFFLINE);
  submit (desktop);
  await (piao_sync_get_waiting (desktop->sync) == 1);
  piao_sync_nudge (desktop->sync);
  piao_sync_set_held (desktop->sync, FALSE);
  await (piao_sync_get_state (desktop->sync) == PIAO_SYNC_ONLINE
         && piao_sync_get_waiting (desktop->sync) == 0);
}

/* --- what is no centre ----------------------------------------------------------------------- */

static const char *wrong_answer;

static void
answer_wrong (SoupServer *soup,
              SoupServerMessage *message,
              const char *path,
              GHashTable *query,
              gpointer data)
{
  static const char signed_in[] = "{\"token\":\"t\",\"user\":\"101\",\"device\":9,"
                                  "\"epoch\":\"e\",\"expires\":1}";

  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  if (g_str_equal (path, "/v1/sign-in"))
    soup_server_message_set_response (message, "application/json", SOUP_MEMORY_STATIC, signed_in,
                                      sizeof signed_in - 1);
  else if (wrong_answer != NULL)
    soup_server_message_set_response (message, "application/json", SOUP_MEMORY_STATIC, wrong_answer,
                                      strlen (wrong_answer));
  else
    {
      /* Longer than anything that is accepted. */
      char *noise = g_strnfill (9 * 1024 * 1024, ' ');

      soup_server_message_set_response (message, "application/json", SOUP_MEMORY_TAKE, noise,
                                        9 * 1024 * 1024);
    }
}

static void
test_no_centre (void)
{
  static const char *const answers[] = {
    "<html><body>Please sign in to the hotel network</body></html>",
    "",
    "{}",
    "[1, 2]",
    "{\"epoch\":\"e\",\"now\":1,\"verdicts\":[],\"rows\":[],\"gone\":[],\"end\":{}}",
    "{\"epoch\":\"e\",\"now\":1,\"verdicts\":[{\"id\":\"5\",\"state\":\"accepted\",\"seq\":1}],"
    "\"rows\":[],\"gone\":[],\"end\":{\"upto\":[[0,1]],\"seq\":1,\"more\":false}}",
    NULL
  };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autoptr (SoupServer) soup = soup_server_new (NULL, NULL);
      g_autofree char *url = NULL;
      g_autoptr (Desktop) desktop = NULL;
      g_autoptr (GError) error = NULL;
      GSList *uris;

      wrong_answer = answers[i];
      soup_server_add_handler (soup, NULL, answer_wrong, NULL, NULL);
      g_assert_true (soup_server_listen_local (soup, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error));
      uris = soup_server_get_uris (soup);
      url = g_strdup_printf ("http://127.0.0.1:%d", g_uri_get_port (uris->data));
      g_slist_free_full (uris, (GDestroyNotify)g_uri_unref);
      desktop = desktop_new (url);
      g_assert_cmpint (sign_in (desktop->sync, "keeper", "keeper-pass-1", &error), ==, 101);
      piao_sync_start (desktop->sync);
      await (piao_sync_get_state (desktop->sync) == PIAO_SYNC_OFFLINE);
      g_assert_nonnull (piao_sync_get_problem (desktop->sync));
      g_assert_cmpint (piao_sync_get_last_success (desktop->sync), ==, 0);
      g_assert_cmpint (orders_of (desktop), ==, 0);
      piao_sync_stop (desktop->sync);
      soup_server_disconnect (soup);
    }
}

int
main (int argc, char *argv[])
{
  dex_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sync/driver/hints-travel", test_hints_travel);
  g_test_add_func ("/sync/driver/server-dies-and-returns", test_server_dies_and_returns);
  g_test_add_func ("/sync/driver/kept-offline", test_kept_offline);
  g_test_add_func ("/sync/driver/no-centre", test_no_centre);
  return g_test_run ();
}
