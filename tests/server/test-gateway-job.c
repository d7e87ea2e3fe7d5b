/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The server's own writer, readers and job beside a sandbox: an order that was waiting is locked,
 * and one that a device pushes later wakes the job by its commit. */

#include <glib/gstdio.h>

#include "base/piao-error.h"
#include "base/piao-future.h"
#include "base/piao-id.h"
#include "domain/piao-domain.h"
#include "sandbox/piao-sandbox.h"
#include "server/piao-gateway-job.h"
#include "tests/lib/piao-centre.h"

#define LEASE (15 * PIAO_SECOND)

PIAO_STATEMENT (job_test_locked, "SELECT count(*) FROM orders WHERE state = 'pending_outbound'");
PIAO_STATEMENT (job_test_balance, "SELECT instant_balance FROM outlet WHERE id = $1");

typedef struct
{
  char *folder;
  char *database;
  PiaoClock *clock;
  PiaoRegistry *registry;
  PiaoSandbox *sandbox;
  PiaoServer *server;
  PiaoGatewayJob *job;
  PiaoDb *db; /* reads what the server has written */
  gint64 last_id;
  gint64 dseq;
} Rig;

static PiaoPushed *
order_of_device (Rig *rig)
{
  PiaoPushed *pushed = piao_pushed_new ("order.submit", piao_fixture_order_args (1, 0));

  rig->last_id += PIAO_ID_PER_COMMAND * PIAO_ID_STRIDE;
  pushed->id = rig->last_id;
  pushed->device = FIXTURE_DEVICE;
  pushed->dseq = ++rig->dseq;
  pushed->actor = FIXTURE_KEEPER;
  pushed->at = pushed->ruled_at = piao_clock_now (rig->clock);
  return pushed;
}

/* The fixture's world in a file, with one order that waits for its lock. */
static void
make_database (Rig *rig)
{
  g_autoptr (PiaoCentre) centre = NULL;
  g_autoptr (PiaoPushed) first = NULL;
  g_autoptr (PiaoVerdict) verdict = NULL;

  rig->folder = g_dir_make_tmp ("piaoku-XXXXXX", NULL);
  rig->database = g_build_filename (rig->folder, "centre.db", NULL);
  g_setenv ("PIAOKU_TEST_DATABASE", rig->database, TRUE);
  centre = piao_centre_new ();
  piao_centre_add_device (centre, FIXTURE_DEVICE, FIXTURE_KEEPER);
  rig->clock = piao_clock_new_manual (piao_clock_now (centre->clock));
  rig->last_id = (G_GINT64_CONSTANT (1) << 55) | FIXTURE_DEVICE;
  first = order_of_device (rig);
  verdict = piao_centre_execute (centre, first);
  g_assert_cmpstr (verdict->code, ==, NULL);
}

static void
open_sandbox (Rig *rig)
{
  PiaoSandboxOptions options = {
    .database = ":memory:",
    .profile = "tcop-hmacsha1-des",
    .app_id = "piaoku-sandbox",
    .app_secret = "sandbox-app-secret",
    .sign_secret = "sandbox-sign-secret",
    .clock = rig->clock,
  };
  g_autoptr (JsonObject) books = piao_json_parse_object (
      "{\"outlets\": [{\"outletNo\": \"6523001234\", \"instant\": \"2000.00\"}],"
      " \"games\": [{\"gameNo\": \"0123\", \"faceValue\": \"10.00\", \"packAmount\": \"500.00\"}],"
      " \"stock\": [{\"warehouseNo\": \"昌吉\", \"gameNo\": \"0123\", \"packs\": 5}]}",
      -1, PIAO_JSON_MAX_BYTES, "seed", NULL);
  g_autoptr (GError) error = NULL;

  rig->sandbox = piao_sandbox_new (&options, &error);
  g_assert_no_error (error);
  g_assert_true (piao_sandbox_seed (rig->sandbox, books, &error));
}

static void
set_up (Rig *rig, gconstpointer data)
{
  g_autofree char *url = NULL;
  g_autoptr (GError) error = NULL;

  make_database (rig);
  open_sandbox (rig);
  rig->registry = piao_domain_registry_new ();
  rig->server = piao_server_new (rig->database, rig->registry, rig->clock, &error);
  g_assert_no_error (error);
  rig->db = piao_db_open (rig->database, PIAO_DB_READ_ONLY, &error);
  g_assert_no_error (error);
  url = g_strdup_printf ("http://127.0.0.1:%u", piao_sandbox_get_port (rig->sandbox));
  rig->job = piao_gateway_job_new (rig->server, url, "tcop-hmacsha1-des", NULL, LEASE, &error);
  g_assert_no_error (error);
}

static void
tear_down (Rig *rig, gconstpointer data)
{
  static const char *const endings[] = { "", "-wal", "-shm" };

  piao_gateway_job_close (rig->job);
  g_object_unref (rig->job);
  piao_server_close (rig->server);
  g_object_unref (rig->server);
  piao_db_free (rig->db);
  piao_sandbox_free (rig->sandbox);
  piao_registry_unref (rig->registry);
  g_object_unref (rig->clock);
  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      g_autofree char *path = g_strconcat (rig->database, endings[i], NULL);

      g_remove (path);
    }
  g_rmdir (rig->folder);
  g_free (rig->database);
  g_free (rig->folder);
}

static void
await (Rig *rig, const PiaoStatement *statement, gint64 expected)
{
  gint64 number = -1;

  for (;;)
    {
      g_assert_true (statement == &job_test_balance
                         ? piao_db_query_int (rig->db, statement, 0, &number, NULL, "i",
                                              (gint64)FIXTURE_OUTLET)
                         : piao_db_query_int (rig->db, statement, 0, &number, NULL, ""));
      if (number == expected)
        return;
      g_main_context_iteration (NULL, TRUE);
    }
}

static void
test_job (Rig *rig, gconstpointer data)
{
  g_autoptr (GPtrArray) commands
      = g_ptr_array_new_with_free_func ((GDestroyNotify)piao_pushed_free);
  g_autoptr (DexFuture) pushed = NULL;
  g_autoptr (GError) error = NULL;
  gint64 since = 0;

  await (rig, &job_test_locked, 1);
  await (rig, &job_test_balance, 150000);
  while (!g_str_equal (piao_server_get_ilms (rig->server, &since), "online"))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (since, ==, piao_clock_now (rig->clock));
  g_ptr_array_add (commands, order_of_device (rig));
  pushed = piao_executor_push (piao_server_get_executor (rig->server), g_steal_pointer (&commands),
                               NULL, NULL, NULL);
  g_assert_nonnull (piao_future_wait (pushed, &error));
  await (rig, &job_test_locked, 2);
  await (rig, &job_test_balance, 100000);
}

/* A key file that others may read is refused; one of its owner alone is taken. */
static void
test_credentials (Rig *rig, gconstpointer data)
{
  static const struct
  {
    int mode;
    gboolean good;
  } cases[] = { { 0600, TRUE }, { 0400, TRUE }, { 0604, FALSE }, { 0620, FALSE } };
  g_autofree char *path = g_build_filename (rig->folder, "gateway.ini", NULL);

  g_assert_true (
      g_file_set_contents (path,
                           "[gateway]\napp-id = piaoku-sandbox\napp-secret = sandbox-app-secret\n"
                           "sign-secret = sandbox-sign-secret\n",
                           -1, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PiaoGatewayJob) job = NULL;

      g_assert_cmpint (g_chmod (path, cases[i].mode), ==, 0);
      job = piao_gateway_job_new (rig->server, "http://127.0.0.1:9", "tcop-hmacsha1-des", path,
                                  LEASE, &error);
      g_assert_cmpint (job != NULL, ==, cases[i].good);
      if (job != NULL)
        piao_gateway_job_close (job);
      else
        g_assert_cmpstr (piao_error_get_reason (error), ==, "gateway.credentials");
    }
}

/* Without credentials the sandbox's identity is used, and only ever on this machine. */
static void
test_sandbox_stays_here (Rig *rig, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (piao_gateway_job_new (rig->server, "https://198.51.100.1:8001",
                                       "tcop-hmacsha1-des", NULL, LEASE, &error));
  g_assert_cmpstr (piao_error_get_reason (error), ==, "gateway.credentials");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  dex_init ();
  g_test_add ("/gateway-job/locks", Rig, NULL, set_up, test_job, tear_down);
  g_test_add ("/gateway-job/credentials", Rig, NULL, set_up, test_credentials, tear_down);
  g_test_add ("/gateway-job/sandbox-stays-here", Rig, NULL, set_up, test_sandbox_stays_here,
              tear_down);
  return g_test_run ();
}
