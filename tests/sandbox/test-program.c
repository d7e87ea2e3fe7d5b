/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The sandbox as a program of its own: its flags, its control port, its file, its TLS. */

#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <string.h>

#include "base/piao-future.h"
#include "base/piao-json.h"
#include "ilms/piao-gateway-client.h"

typedef struct
{
  char *folder;
  char *database;
  GSubprocess *process;
  guint port;
  guint control;
} Fixture;

/* Starts the program with @extra flags and reads its ports. */
static void
start (Fixture *self, const char *const *extra)
{
  g_autoptr (GSubprocessLauncher) launcher
      = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autoptr (GStrvBuilder) argv = g_strv_builder_new ();
  g_auto (GStrv) words = NULL;
  g_autoptr (GDataInputStream) out = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;
  g_autoptr (JsonObject) ports = NULL;

  g_strv_builder_add_many (argv, g_getenv ("PIAOKU_SANDBOX"), "--database", self->database,
                           "--app-id", "piaoku-test", "--app-secret", "0123456789ab",
                           "--sign-secret", "ba9876543210", NULL);
  g_strv_builder_addv (argv, (const char **)extra);
  words = g_strv_builder_end (argv);
  /* libsoup complains of a handshake that the client breaks off; that is no fault of ours. */
  g_subprocess_launcher_unsetenv (launcher, "G_DEBUG");
  self->process = g_subprocess_launcher_spawnv (launcher, (const char *const *)words, &error);
  g_assert_no_error (error);
  out = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));
  line = g_data_input_stream_read_line (out, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (line);
  ports = piao_json_parse_object (line, -1, 1000, "ports", &error);
  g_assert_no_error (error);
  self->port = (guint)piao_json_get_int (ports, "port", 0);
  self->control = (guint)piao_json_get_int (ports, "control", 0);
  g_assert_cmpuint (self->port, >, 0);
  g_assert_cmpuint (self->control, >, 0);
}

static void
kill_hard (Fixture *self)
{
  g_subprocess_force_exit (self->process);
  g_subprocess_wait (self->process, NULL, NULL);
  g_clear_object (&self->process);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->folder = g_dir_make_tmp ("piaoku-sandbox-XXXXXX", NULL);
  self->database = g_build_filename (self->folder, "books.db", NULL);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  static const char *const names[]
      = { "books.db", "books.db-wal", "books.db-shm", "cert.pem", "key.pem" };

  if (self->process != NULL)
    kill_hard (self);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (self->folder, names[i], NULL);

      g_remove (path);
    }
  g_assert_cmpint (g_rmdir (self->folder), ==, 0);
  g_free (self->database);
  g_free (self->folder);
}

/* One control call; the answer. Transfer full. */
static JsonObject *
control (Fixture *self, const char *method, const char *path, const char *body, guint expected)
{
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u/control/%s", self->control, path);
  g_autoptr (SoupMessage) message = soup_message_new (method, url);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) sent = body != NULL ? g_bytes_new (body, strlen (body)) : NULL;
  g_autoptr (GBytes) reply = NULL;
  JsonObject *object;
  gsize length = 0;
  const char *text;

  if (sent != NULL)
    soup_message_set_request_body_from_bytes (message, "application/json", sent);
  reply = soup_session_send_and_read (session, message, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (soup_message_get_status (message), ==, expected);
  text = g_bytes_get_data (reply, &length);
  object = piao_json_parse_object (text, (gssize)length, PIAO_JSON_MAX_BYTES, "reply", &error);
  g_assert_no_error (error);
  return object;
}

static void
control_ok (Fixture *self, const char *path, const char *body)
{
  json_object_unref (control (self, "POST", path, body, 200));
}

static PiaoGatewayReply *
call (Fixture *self,
      const char *scheme,
      const char *pin,
      const char *operation,
      const char *number,
      const char *params)
{
  g_autoptr (PiaoGatewayProfile) profile = piao_gateway_profile_load ("tcop-hmacsha1-des", NULL);
  g_autoptr (PiaoCredentials) credentials
      = piao_credentials_new ("piaoku-test", "0123456789ab", "ba9876543210", NULL);
  g_autoptr (PiaoClock) clock = piao_clock_new_system ();
  g_autofree char *url = g_strdup_printf ("%s://127.0.0.1:%u", scheme, self->port);
  g_autoptr (JsonObject) object = piao_json_parse_object (params, -1, 10000, "params", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PiaoGatewayClient) client
      = piao_gateway_client_new (profile, url, credentials, pin, clock, piao_random_system (),
                                 &error);
  g_autoptr (DexFuture) future = NULL;
  const GValue *value;

  g_assert_no_error (error);
  future = piao_gateway_client_call (client, operation, number, object);
  value = piao_future_wait (future, &error);
  g_assert_no_error (error);
  return g_value_dup_boxed (value);
}

static void
seed (Fixture *self)
{
  control_ok (self, "seed",
              "{\"outlets\": [{\"outletNo\": \"65010001\", \"instant\": \"100.00\"}],"
              " \"packs\": [{\"gameNo\": \"0123\", \"batchNo\": \"23001\","
              "  \"packNo\": \"0000001\", \"warehouseNo\": \"6501\"}]}");
}

static PiaoGatewayReply *
confirm (Fixture *self)
{
  return call (self, "http", NULL, "order.confirm", "4096",
               "{\"orderNo\": \"A1\", \"outletNo\": \"65010001\", \"warehouseNo\": \"6501\","
               " \"amount\": \"60.00\", \"packs\": [{\"gameNo\": \"0123\","
               " \"batchNo\": \"23001\", \"packNo\": \"0000001\"}]}");
}

static void
test_control (Fixture *self, gconstpointer data)
{
  g_autoptr (PiaoGatewayReply) busy = NULL;
  g_autoptr (PiaoGatewayReply) done = NULL;
  g_autoptr (PiaoGatewayReply) active = NULL;
  g_autoptr (JsonObject) ledger = NULL;
  g_autoptr (JsonObject) calls = NULL;
  g_autoptr (JsonObject) verify = NULL;
  JsonObject *row;

  start (self, (const char *const[]){ NULL });
  seed (self);
  control_ok (self, "faults", "{\"script\": \"order.confirm/busy\"}");
  busy = confirm (self);
  g_assert_cmpint (busy->kind, ==, PIAO_GATEWAY_BUSY);
  done = confirm (self);
  g_assert_cmpint (done->kind, ==, PIAO_GATEWAY_OK);
  ledger = control (self, "GET", "ledger?after=1", NULL, 200);
  g_assert_cmpuint (json_array_get_length (piao_json_get_array (ledger, "rows")), ==, 1);
  row = piao_json_array_get_object (piao_json_get_array (ledger, "rows"), 0);
  g_assert_cmpstr (piao_json_get_text (row, "kind", ""), ==, "debit");
  g_assert_cmpstr (piao_json_get_text (row, "orderNo", ""), ==, "A1");
  g_assert_cmpstr (piao_json_get_text (row, "amount", ""), ==, "-60.00");
  g_assert_cmpstr (piao_json_get_text (row, "balance", ""), ==, "40.00");
  calls = control (self, "GET", "calls", NULL, 200);
  g_assert_cmpuint (json_array_get_length (piao_json_get_array (calls, "rows")), ==, 2);
  row = piao_json_array_get_object (piao_json_get_array (calls, "rows"), 0);
  g_assert_cmpstr (piao_json_get_text (row, "fault", ""), ==, "busy");
  control_ok (self, "activate",
              "{\"gameNo\": \"0123\", \"batchNo\": \"23001\", \"packNo\": \"0000001\"}");
  active = call (self, "http", NULL, "activation.query", NULL,
                 "{\"gameNo\": \"0123\", \"batchNo\": \"23001\", \"packNo\": \"0000001\"}");
  g_assert_true (piao_json_get_bool (active->result, "activated", FALSE));
  verify = control (self, "GET", "verify", NULL, 200);
  g_assert_cmpuint (json_array_get_length (piao_json_get_array (verify, "breaches")), ==, 0);
}

static void
test_control_refuses (Fixture *self, gconstpointer data)
{
  static const char *const bad[][2]
      = { { "faults", "{\"script\": \"earthquake\"}" },
          { "faults", "{\"odds\": \"drop=1.5\"}" },
          { "faults", "{\"script\": \"delay:x\"}" },
          { "down", "{}" },
          { "seed", "{\"outlets\": [{\"outletNo\": \"1\", \"instant\": \"1.234\"}]}" },
          { "seed", "{\"packs\": [{\"gameNo\": \"1\"}]}" },
          { "seed", "{" } };

  start (self, (const char *const[]){ NULL });
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (JsonObject) reply = control (self, "POST", bad[i][0], bad[i][1], 400);

      g_assert_nonnull (piao_json_get_text (reply, "sentence", NULL));
    }
  json_object_unref (control (self, "GET", "nothing", NULL, 404));
}

/* What it answered before it was killed is there when it comes back. */
static void
test_killed (Fixture *self, gconstpointer data)
{
  g_autoptr (PiaoGatewayReply) first = NULL;
  g_autoptr (PiaoGatewayReply) again = NULL;
  g_autoptr (JsonObject) ledger = NULL;

  start (self, (const char *const[]){ NULL });
  seed (self);
  first = confirm (self);
  g_assert_cmpint (first->kind, ==, PIAO_GATEWAY_OK);
  kill_hard (self);
  start (self, (const char *const[]){ NULL });
  again = confirm (self);
  g_assert_cmpint (again->kind, ==, PIAO_GATEWAY_OK);
  g_assert_true (piao_json_get_bool (again->result, "duplicate", FALSE));
  g_assert_cmpstr (piao_json_get_text (again->result, "confirmNo", ""), ==,
                   piao_json_get_text (first->result, "confirmNo", NULL));
  ledger = control (self, "GET", "ledger", NULL, 200);
  g_assert_cmpuint (json_array_get_length (piao_json_get_array (ledger, "rows")), ==, 2);
}

static void
make_certificate (const char *cert, const char *key)
{
  const char *argv[] = { "openssl",
                         "req",
                         "-x509",
                         "-newkey",
                         "ec",
                         "-pkeyopt",
                         "ec_paramgen_curve:prime256v1",
                         "-nodes",
                         "-days",
                         "2",
                         "-subj",
                         "/CN=ilms-test",
                         "-keyout",
                         key,
                         "-out",
                         cert,
                         NULL };
  g_autoptr (GError) error = NULL;
  int status = -1;

  g_spawn_sync (NULL, (char **)argv, NULL,
                G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL | G_SPAWN_STDOUT_TO_DEV_NULL, NULL,
                NULL, NULL, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
}

static char *
pin_of (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsCertificate) certificate = g_tls_certificate_new_from_file (path, &error);
  g_autoptr (GByteArray) der = NULL;

  g_assert_no_error (error);
  g_object_get (certificate, "certificate", &der, NULL);
  return g_compute_checksum_for_data (G_CHECKSUM_SHA256, der->data, der->len);
}

static void
test_tls (Fixture *self, gconstpointer data)
{
  g_autofree char *cert = g_build_filename (self->folder, "cert.pem", NULL);
  g_autofree char *key = g_build_filename (self->folder, "key.pem", NULL);
  g_autofree char *pin = NULL;
  g_autofree char *other = g_strnfill (64, 'a');
  const char *const flags[] = { "--tls-cert", cert, "--tls-key", key, NULL };
  const char *wrong[] = { other, NULL };
  g_autoptr (PiaoGatewayReply) good = NULL;
  g_autoptr (JsonObject) calls = NULL;

  make_certificate (cert, key);
  pin = pin_of (cert);
  start (self, flags);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (PiaoGatewayReply) bad = call (self, "https", wrong[i], "gw.ping", NULL, "{}");

      g_assert_cmpint (bad->kind, ==, PIAO_GATEWAY_STOP);
      g_assert_cmpstr (bad->code, ==, "certificate");
      g_assert_false (bad->sent);
    }
  good = call (self, "https", pin, "gw.ping", NULL, "{}");
  g_assert_cmpint (good->kind, ==, PIAO_GATEWAY_OK);
  calls = control (self, "GET", "calls", NULL, 200);
  g_assert_cmpuint (json_array_get_length (piao_json_get_array (calls, "rows")), ==, 1);
}

static void
test_bad_flags (Fixture *self, gconstpointer data)
{
  static const char *const bad[][2] = { { "--port", "70000" },
                                        { "--profile", "nothing" },
                                        { "--app-secret", "short" },
                                        { "--faults", "earthquake" },
                                        { "--seed-file", "/does/not/exist" },
                                        { "--database", "/does/not/exist" },
                                        { "--unknown", "x" } };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GSubprocess) process
          = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, NULL,
                              g_getenv ("PIAOKU_SANDBOX"), bad[i][0], bad[i][1], NULL);
      g_autofree char *out = NULL;
      g_autofree char *err = NULL;

      g_assert_true (g_subprocess_communicate_utf8 (process, NULL, NULL, &out, &err, NULL));
      g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 1);
      g_assert_cmpstr (out, ==, "");
      g_assert_true (g_str_has_prefix (err, "piaoku-ilms-sandbox: "));
    }
}

#define add(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  dex_init ();
  add ("/sandbox-program/control", test_control);
  add ("/sandbox-program/control-refuses", test_control_refuses);
  add ("/sandbox-program/killed", test_killed);
  add ("/sandbox-program/tls", test_tls);
  add ("/sandbox-program/bad-flags", test_bad_flags);
  return g_test_run ();
}
