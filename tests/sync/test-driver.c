/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* PiaoSync against a real piaoku-server over loopback, and against things that are none. */

#include <libdex.h>
#include <libsoup/soup.h>
#include <string.h>

#include "base/piao-error.h"
#include "base/piao-future.h"
#include "base/piao-id.h"
#include "store/piao-change-index.h"
#include "tests/lib/driver-world.h"

/* --- tests ----------------------------------------------------------------------------------- */

/* What one desktop does is on the other long before its half minute is over. */
static void
test_hints_travel (void)
{
  g_autoptr (DriverServer) server = driver_server_new ();
  g_autoptr (DriverDesktop) first = driver_desktop_new (server->url, NULL);
  g_autoptr (DriverDesktop) second = driver_desktop_new (server->url, NULL);
  g_autoptr (GError) error = NULL;
  gint64 start;

  g_assert_cmpint (driver_sign_in (first->sync, "keeper", "not-the-pass-1", &error), ==, 0);
  g_assert_cmpstr (piao_error_get_reason (error), ==, "sign-in.refused");
  driver_go_online (first, "keeper", FIXTURE_KEEPER);
  driver_go_online (second, "picker", FIXTURE_PICKER);
  g_assert_cmpuint (piao_replica_get_device (first->replica), !=,
                    piao_replica_get_device (second->replica));
  start = g_get_monotonic_time ();
  for (int i = 0; i < 5; i++)
    driver_submit (first);
  await (piao_sync_get_waiting (first->sync) == 0 && driver_orders (second) == 5);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 20 * G_USEC_PER_SEC);
  g_assert_cmpint (piao_sync_get_seq (second->sync), <=, piao_sync_get_head (second->sync));
  g_assert_null (piao_sync_get_problem (first->sync));
}

static void
test_server_dies_and_returns (void)
{
  g_autoptr (DriverServer) server = driver_server_new ();
  g_autoptr (DriverDesktop) desktop = driver_desktop_new (server->url, NULL);
  g_autoptr (PiaoSync) other = NULL;
  g_autoptr (GError) error = NULL;

  driver_go_online (desktop, "keeper", FIXTURE_KEEPER);
  driver_submit (desktop);
  driver_server_kill (server);
  driver_submit (desktop);
  driver_submit (desktop);
  /* When that is an outage, half a minute later, is tested with the engine. */
  await (piao_sync_get_problem (desktop->sync) != NULL
         && piao_sync_get_waiting (desktop->sync) >= 2);
  g_assert_cmpint (driver_orders (desktop), ==, 3);

  /* Whoever was here before may work on without a line; nobody else. */
  other = piao_sync_new (desktop->replica, server->url, NULL);
  g_assert_cmpint (driver_sign_in (other, "keeper", "keeper-pass-1", &error), ==, FIXTURE_KEEPER);
  g_assert_no_error (error);
  g_assert_cmpint (driver_sign_in (other, "keeper", "not-the-pass-1", &error), ==, 0);
  g_assert_cmpstr (piao_error_get_reason (error), ==, "sign-in.refused");
  g_clear_error (&error);
  g_assert_cmpint (driver_sign_in (other, "picker", "picker-pass-1", &error), ==, 0);
  g_assert_cmpstr (piao_error_get_reason (error), ==, "sign-in.no-line");

  driver_server_start (server);
  piao_sync_nudge (desktop->sync);
  await (piao_sync_get_state (desktop->sync) == PIAO_SYNC_ONLINE
         && piao_sync_get_waiting (desktop->sync) == 0);
  g_assert_cmpuint (piao_sync_get_refused (desktop->sync), ==, 0);
  g_assert_cmpint (driver_orders (desktop), ==, 3);
}

static void
test_kept_offline (void)
{
  g_autoptr (DriverServer) server = driver_server_new ();
  g_autoptr (DriverDesktop) desktop = driver_desktop_new (server->url, NULL);

  driver_go_online (desktop, "keeper", FIXTURE_KEEPER);
  piao_sync_set_held (desktop->sync, TRUE);
  await (piao_sync_get_state (desktop->sync) == PIAO_SYNC_OFFLINE);
  driver_submit (desktop);
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
      g_autoptr (DriverDesktop) desktop = NULL;
      g_autoptr (GError) error = NULL;
      GSList *uris;

      wrong_answer = answers[i];
      soup_server_add_handler (soup, NULL, answer_wrong, NULL, NULL);
      g_assert_true (soup_server_listen_local (soup, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error));
      uris = soup_server_get_uris (soup);
      url = g_strdup_printf ("http://127.0.0.1:%d", g_uri_get_port (uris->data));
      g_slist_free_full (uris, (GDestroyNotify)g_uri_unref);
      desktop = driver_desktop_new (url, NULL);
      g_assert_cmpint (driver_sign_in (desktop->sync, "keeper", "keeper-pass-1", &error), ==, 101);
      piao_sync_start (desktop->sync);
      await (piao_sync_get_state (desktop->sync) == PIAO_SYNC_OFFLINE);
      g_assert_nonnull (piao_sync_get_problem (desktop->sync));
      g_assert_cmpint (piao_sync_get_last_success (desktop->sync), ==, 0);
      g_assert_cmpint (driver_orders (desktop), ==, 0);
      piao_sync_stop (desktop->sync);
      soup_server_disconnect (soup);
    }
}

/* --- packed on the way ----------------------------------------------------------------------- */

static const char nothing_new[]
    = "{\"epoch\":\"e\",\"now\":1,\"verdicts\":[],\"grants\":[0],\"rows\":[],\"gone\":[],"
      "\"end\":{\"upto\":[[0,3]],\"seq\":3,\"more\":false}}";

typedef struct
{
  GBytes *plain; /* what is packed */
  gsize cut;     /* bytes to leave out at the end */
} Packed;

static GBytes *
pack (GBytes *plain)
{
  g_autoptr (GConverter) converter
      = G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 9));
  g_autoptr (GInputStream) source = g_memory_input_stream_new_from_bytes (plain);
  g_autoptr (GInputStream) stream = g_converter_input_stream_new (source, converter);
  g_autoptr (GOutputStream) all = g_memory_output_stream_new_resizable ();

  g_output_stream_splice (all, stream, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, NULL);
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (all));
}

static void
answer_packed (SoupServer *soup,
               SoupServerMessage *message,
               const char *path,
               GHashTable *query,
               gpointer data)
{
  const Packed *packed = data;
  g_autoptr (GBytes) bytes = NULL;

  if (g_str_equal (path, "/v1/sign-in"))
    {
      answer_wrong (soup, message, path, query, NULL);
      return;
    }
  bytes = pack (packed->plain);
  soup_message_headers_replace (soup_server_message_get_response_headers (message),
                                "Content-Encoding", "gzip");
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_COPY,
                                    g_bytes_get_data (bytes, NULL),
                                    g_bytes_get_size (bytes) - packed->cut);
}

/* A proxy that packs although nobody asked for it is borne; what unpacks to anything is not. */
static void
test_packed (void)
{
  g_autoptr (GBytes) good = g_bytes_new_static (nothing_new, strlen (nothing_new));
  char *zeros = g_strnfill (64 * 1024 * 1024, ' ');
  g_autoptr (GBytes) bomb = g_bytes_new_take (zeros, 64 * 1024 * 1024);
  const Packed cases[] = { { good, 0 }, { good, 10 }, { bomb, 0 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SoupServer) soup = soup_server_new (NULL, NULL);
      g_autofree char *url = NULL;
      g_autoptr (DriverDesktop) desktop = NULL;
      g_autoptr (GError) error = NULL;
      GSList *uris;

      soup_server_add_handler (soup, NULL, answer_packed, (gpointer)&cases[i], NULL);
      g_assert_true (soup_server_listen_local (soup, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error));
      uris = soup_server_get_uris (soup);
      url = g_strdup_printf ("http://127.0.0.1:%d", g_uri_get_port (uris->data));
      g_slist_free_full (uris, (GDestroyNotify)g_uri_unref);
      desktop = driver_desktop_new (url, NULL);
      g_assert_cmpint (driver_sign_in (desktop->sync, "keeper", "keeper-pass-1", &error), ==, 101);
      piao_sync_start (desktop->sync);
      if (i == 0)
        {
          await (piao_sync_get_state (desktop->sync) == PIAO_SYNC_ONLINE);
          g_assert_cmpint (piao_sync_get_seq (desktop->sync), ==, 3);
        }
      else
        {
          await (piao_sync_get_state (desktop->sync) == PIAO_SYNC_OFFLINE);
          g_assert_nonnull (piao_sync_get_problem (desktop->sync));
        }
      piao_sync_stop (desktop->sync);
      soup_server_disconnect (soup);
    }
}

/* --- struck off ------------------------------------------------------------------------------ */

PIAO_STATEMENT (may_grant,
                "INSERT INTO role_permission (id, lane, rev, deleted, role_id, permission)"
                " VALUES (290, 0, 0, 0, 1, 'role.edit'), (291, 0, 0, 0, 1, 'role.delete')");

/* Keepers may change grants from now on. */
static void
let_keepers_grant (DriverServer *server, PiaoRegistry *registry)
{
  g_autoptr (PiaoDb) db = driver_server_open (server);
  g_autoptr (GError) error = NULL;
  guint n;
  const PiaoKind *const *kinds = piao_registry_get_kinds (registry, &n);

  g_assert_true (piao_db_begin (db, NULL));
  piao_db_exec (db, &may_grant, &error, "");
  g_assert_no_error (error);
  piao_change_index_adopt (db, kinds, n, &error);
  g_assert_no_error (error);
  g_assert_true (piao_db_commit (db, NULL));
}

/* Its id. */
static gint64
save_grant (DriverDesktop *desktop, JsonObject *args)
{
  g_autoptr (DexFuture) future = piao_replica_run (desktop->replica, "kind.save", args);
  g_autoptr (GError) error = NULL;
  const GValue *value = piao_future_wait (future, &error);

  g_assert_no_error (error);
  return g_value_get_int64 (value) + PIAO_ID_STRIDE;
}

static JsonObject *
grant_to_stranger (void)
{
  JsonArray *set = json_array_new ();

  json_array_add_object_element (set, piao_json_build ("column", 's', "user_id", "ref", 'd',
                                                       (gint64)FIXTURE_STRANGER, NULL));
  json_array_add_object_element (set, piao_json_build ("column", 's', "role_id", "ref", 'd',
                                                       (gint64)1, NULL));
  json_array_add_object_element (set, piao_json_build ("column", 's', "granted_lane", "number", 'i',
                                                       (gint64)FIXTURE_LANE, NULL));
  return piao_json_build ("kind", 's', "user_role", "set", 'a', set, NULL);
}

/* A lane that is granted comes at once, and goes at once when the grant does: a desktop that only
 * asked twice a minute would not hear of four changes in time. */
static void
test_hints_of_grants (void)
{
  g_autoptr (DriverServer) server = driver_server_new ();
  g_autoptr (DriverDesktop) keeper = driver_desktop_new (server->url, NULL);
  g_autoptr (DriverDesktop) stranger = driver_desktop_new (server->url, NULL);
  gint64 start;

  let_keepers_grant (server, keeper->registry);
  driver_go_online (keeper, "keeper", FIXTURE_KEEPER);
  driver_submit (keeper);
  await (piao_sync_get_waiting (keeper->sync) == 1);
  await (piao_sync_get_waiting (keeper->sync) == 0);
  driver_go_online (stranger, "stranger", FIXTURE_STRANGER);
  g_assert_cmpint (driver_orders (stranger), ==, 0);
  start = g_get_monotonic_time ();
  for (int i = 0; i < 2; i++)
    {
      gint64 grant = save_grant (keeper, grant_to_stranger ());

      await (driver_orders (stranger) == 1);
      save_grant (keeper, piao_json_build ("kind", 's', "user_role", "id", 'd', grant, "delete",
                                           'b', TRUE, NULL));
      await (driver_orders (stranger) == 0);
    }
  g_assert_cmpint (g_get_monotonic_time () - start, <, 20 * G_USEC_PER_SEC);
  await (piao_sync_get_waiting (keeper->sync) == 0);
  g_assert_null (piao_sync_get_problem (stranger->sync));
}

PIAO_STATEMENT (strike_off, "UPDATE device SET revoked = 1");
PIAO_STATEMENT (count_outlets, "SELECT COUNT(*) FROM outlet");
PIAO_STATEMENT (count_search, "SELECT COUNT(*) FROM search_row");
PIAO_STATEMENT (count_parked, "SELECT COUNT(*) FROM outbox WHERE state = 'parked'");
PIAO_STATEMENT (count_outbox, "SELECT COUNT(*) FROM outbox");
PIAO_STATEMENT (count_secrets,
                "SELECT COUNT(*) FROM setting WHERE key = 'device.key'"
                " OR key LIKE 'sign-in.%'");
PIAO_STATEMENT (put_away,
                "UPDATE outbox SET state = 'discarded', note = 'told by phone'"
                " WHERE state = 'parked'");

/* Whether the files of the replica hold @text anywhere, in pages that are free as well. */
static gboolean
is_in_files (DriverDesktop *self, const char *text)
{
  static const char *const suffixes[] = { "", "-wal" };

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *path
          = g_strconcat (piao_replica_get_path (self->replica), suffixes[i], NULL);
      g_autofree char *content = NULL;
      gsize size = 0;

      if (g_file_get_contents (path, &content, &size, NULL)
          && memmem (content, size, text, strlen (text)) != NULL)
        return TRUE;
    }
  return FALSE;
}

/* Rows, key and sign-in go for good; what was not sent stays and stands in the way of signing in
 * again until somebody has put it away. */
static void
test_struck_off (void)
{
  g_autoptr (DriverServer) server = driver_server_new ();
  g_autoptr (DriverDesktop) desktop = driver_desktop_new (server->url, NULL);
  g_autoptr (GError) error = NULL;
  guint device;
  PiaoDb *db;

  driver_go_online (desktop, "keeper", FIXTURE_KEEPER);
  device = piao_replica_get_device (desktop->replica);
  driver_submit (desktop);
  await (piao_sync_get_waiting (desktop->sync) == 1);
  await (piao_sync_get_waiting (desktop->sync) == 0);
  piao_sync_set_held (desktop->sync, TRUE);
  driver_submit (desktop);
  g_assert_true (is_in_files (desktop, "阿卜杜拉·买买提"));
  db = driver_server_open (server);
  g_assert_true (piao_db_exec (db, &strike_off, NULL, ""));
  piao_db_free (db);
  piao_sync_set_held (desktop->sync, FALSE);
  await (piao_sync_is_revoked (desktop->sync) && driver_int (desktop, &count_parked) == 1);
  await (!is_in_files (desktop, "阿卜杜拉·买买提"));
  g_assert_cmpint (driver_orders (desktop), ==, 0);
  g_assert_cmpint (driver_int (desktop, &count_outlets), ==, 0);
  g_assert_cmpint (driver_int (desktop, &count_search), ==, 0);
  g_assert_cmpint (driver_int (desktop, &count_secrets), ==, 0);
  g_assert_cmpint (driver_int (desktop, &count_outbox), ==, 1);
  g_assert_cmpint (piao_sync_get_state (desktop->sync), ==, PIAO_SYNC_OFFLINE);
  g_assert_nonnull (piao_sync_get_problem (desktop->sync));

  g_assert_cmpint (driver_sign_in (desktop->sync, "keeper", "keeper-pass-1", &error), ==, 0);
  g_assert_cmpstr (piao_error_get_reason (error), ==, "sign-in.outbox");
  driver_exec (desktop, &put_away);
  driver_go_online (desktop, "keeper", FIXTURE_KEEPER);
  g_assert_cmpuint (piao_replica_get_device (desktop->replica), !=, device);
  g_assert_false (piao_sync_is_revoked (desktop->sync));
  g_assert_cmpint (driver_orders (desktop), ==, 1);
  driver_submit (desktop);
  await (driver_orders (desktop) == 2 && driver_int (desktop, &count_outbox) == 1);
  await (piao_sync_get_waiting (desktop->sync) == 0);
}

int
main (int argc, char *argv[])
{
  dex_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sync/driver/hints-travel", test_hints_travel);
  g_test_add_func ("/sync/driver/hints-of-grants", test_hints_of_grants);
  g_test_add_func ("/sync/driver/server-dies-and-returns", test_server_dies_and_returns);
  g_test_add_func ("/sync/driver/kept-offline", test_kept_offline);
  g_test_add_func ("/sync/driver/no-centre", test_no_centre);
  g_test_add_func ("/sync/driver/packed", test_packed);
  g_test_add_func ("/sync/driver/struck-off", test_struck_off);
  return g_test_run ();
}
