/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A warehouse of route direct without any centre: who we are lies in a real keyring, ILMS is the
 * sandbox over real HTTP, and an order goes from the telephone to its confirmation. (domain.md 6.4)
 */

#include "config.h"

#include "app/desk/piao-direct.h"
#include "base/piao-error.h"
#include "base/piao-future.h"
#include "base/piao-id.h"
#include "domain/demo/piao-demo.h"
#include "ilms/piao-credentials-store.h"
#include "tests/lib/app-world.h"
#include "tests/lib/gateway-fixture.h"

PIAO_STATEMENT (direct_admin,
                "INSERT INTO user_role (id, lane, user_id, role_id, granted_lane)"
                " SELECT 77, 0, $1, id, 0 FROM role WHERE code = 'sys_admin'");
PIAO_STATEMENT (direct_numbers,
                "INSERT INTO number_block (id, lane, warehouse_id, device, first, last, next)"
                " VALUES (78, 652300, $1, 7, 900000, 900499, 900000)");
PIAO_STATEMENT (direct_outlet,
                "SELECT id FROM outlet WHERE warehouse_id = $1 AND state = 'active'"
                " ORDER BY id LIMIT 1");
PIAO_STATEMENT (direct_type,
                "SELECT ticket_type_id FROM stock WHERE warehouse_id = $1 AND free > 0"
                " ORDER BY id LIMIT 1");
PIAO_STATEMENT (direct_pack,
                "SELECT pack.code FROM order_line JOIN pack"
                " ON pack.ticket_type_id = order_line.ticket_type_id"
                " AND pack.warehouse_id = 652300 AND pack.state = 'in_stock' AND pack.frozen = 0"
                " JOIN batch ON batch.id = pack.batch_id AND batch.sell_until > 1795414200000"
                " WHERE order_line.order_id = $1 ORDER BY pack.id LIMIT 1");
PIAO_STATEMENT (direct_state, "SELECT state FROM orders WHERE id = $1");
PIAO_STATEMENT (
    direct_executor,
    "SELECT executor FROM gateway_request WHERE order_id = $1 ORDER BY id DESC LIMIT 1");

typedef struct
{
  AppWorld *world;
  GatewayFixture gateway;
  char *url;
  PiaoDirect *direct;
} Rig;

/* --- the replica ----------------------------------------------------------------------------- */

typedef struct
{
  const PiaoStatement *statement;
  gint64 parameter;
} Question;

static DexFuture *
change (PiaoDb *db, gpointer data)
{
  const Question *question = data;
  GError *error = NULL;

  return piao_db_exec (db, question->statement, &error, "i", question->parameter)
             ? dex_future_new_true ()
             : dex_future_new_for_error (error);
}

static DexFuture *
ask (PiaoDb *db, gpointer data)
{
  const Question *question = data;
  char *text = NULL;
  GError *error = NULL;

  return piao_db_query_text (db, question->statement, &text, &error, "i", question->parameter)
             ? dex_future_new_take_string (text != NULL ? text : g_strdup (""))
             : dex_future_new_for_error (error);
}

static void
must (DexFuture *taken)
{
  g_autoptr (DexFuture) future = taken;
  g_autoptr (GError) error = NULL;

  piao_future_wait (future, &error);
  g_assert_no_error (error);
}

static char *
text_of (Rig *rig, const PiaoStatement *statement, gint64 parameter)
{
  Question question = { statement, parameter };
  g_autoptr (DexFuture) future = piao_replica_read (rig->world->replica, ask, &question, NULL);
  g_autoptr (GError) error = NULL;
  const GValue *value = piao_future_wait (future, &error);

  g_assert_no_error (error);
  return g_value_dup_string (value);
}

static gint64
number_of (Rig *rig, const PiaoStatement *statement, gint64 parameter)
{
  g_autofree char *text = text_of (rig, statement, parameter);

  return g_ascii_strtoll (text, NULL, 10);
}

static gint64
command (Rig *rig, const char *name, JsonObject *args)
{
  g_autoptr (DexFuture) future = piao_session_run (rig->world->session, name, args);
  g_autoptr (GError) error = NULL;
  const GValue *value = piao_future_wait (future, &error);

  g_assert_no_error (error);
  return g_value_get_int64 (value);
}

/* --- the rig --------------------------------------------------------------------------------- */

static DexFuture *
make_seed (PiaoDb *db, gpointer data)
{
  GError *error = NULL;
  JsonObject *seed = piao_demo_make_gateway_seed (db, &error);

  return seed != NULL ? dex_future_new_take_boxed (JSON_TYPE_OBJECT, seed)
                      : dex_future_new_for_error (error);
}

static void
seed_sandbox (Rig *rig)
{
  g_autoptr (DexFuture) future = piao_replica_read (rig->world->replica, make_seed, NULL, NULL);
  g_autoptr (GError) error = NULL;
  const GValue *value = piao_future_wait (future, &error);

  g_assert_no_error (error);
  g_assert_true (piao_sandbox_seed (rig->gateway.sandbox, g_value_get_boxed (value), &error));
  g_assert_no_error (error);
}

static void
set_up (Rig *rig, gconstpointer data)
{
  static const GatewayFixtureOptions ordinary = { 0 };
  gint64 user;
  Question numbers, admin;

  gateway_fixture_set_up (&rig->gateway, &ordinary);
  rig->world = app_world_new (20);
  piao_clock_set (rig->gateway.clock, piao_clock_now (rig->world->clock));
  seed_sandbox (rig);
  rig->url = g_strdup_printf ("http://127.0.0.1:%u", piao_sandbox_get_port (rig->gateway.sandbox));
  user = piao_session_get_user (rig->world->session);
  numbers = (Question){ &direct_numbers, piao_session_get_warehouse (rig->world->session) };
  admin = (Question){ &direct_admin, user };
  piao_replica_set_actor (rig->world->replica, user, 7);
  app_world_make_direct (rig->world);
  must (piao_replica_write (rig->world->replica, change, &numbers, NULL));
  must (piao_replica_write (rig->world->replica, change, &admin, NULL));
  must (piao_session_attach (rig->world->session, rig->world->replica, user));
  rig->direct = piao_direct_new (rig->world->session, rig->world->replica);
}

static void
tear_down (Rig *rig, gconstpointer data)
{
  gpointer left = rig->direct;

  piao_direct_close (rig->direct);
  g_object_add_weak_pointer (G_OBJECT (rig->direct), &left);
  g_clear_object (&rig->direct);
  while (left != NULL)
    g_main_context_iteration (NULL, TRUE);
  app_world_free (rig->world);
  gateway_fixture_tear_down (&rig->gateway);
  g_free (rig->url);
}

static gboolean
is_online (gpointer data)
{
  return piao_direct_get_link (((Rig *)data)->direct) == PIAO_LINK_ONLINE;
}

static gboolean
has_problem (gpointer data)
{
  return piao_direct_get_problem (((Rig *)data)->direct) != NULL;
}

typedef struct
{
  Rig *rig;
  gint64 order;
  const char *state;
} Wanted;

static gboolean
is_in_state (gpointer data)
{
  const Wanted *wanted = data;
  g_autofree char *state = text_of (wanted->rig, &direct_state, wanted->order);

  return g_str_equal (state, wanted->state);
}

static void
await_state (Rig *rig, gint64 order, const char *state)
{
  Wanted wanted = { rig, order, state };

  app_world_await (is_in_state, &wanted);
}

/* --- tests ----------------------------------------------------------------------------------- */

static void
test_without_access (Rig *rig, gconstpointer data)
{
  g_assert_true (piao_direct_is_route (rig->direct));
  app_world_await (has_problem, rig);
  g_assert_cmpint (piao_direct_get_link (rig->direct), ==, PIAO_LINK_OFFLINE);
}

/* Picks the one pack of @order and confirms it. */
static void
issue (Rig *rig, gint64 order)
{
  g_autofree char *code = text_of (rig, &direct_pack, order);

  command (rig, "order.open_pick", piao_json_build ("order", 'd', order, NULL));
  command (rig, "order.scan", piao_json_build ("order", 'd', order, "pack", 's', code, NULL));
  command (rig, "order.check", piao_json_build ("order", 'd', order, "intact", 'b', TRUE, NULL));
  command (rig, "order.confirm", piao_json_build ("order", 'd', order, "online", 'b', TRUE, NULL));
}

static void
test_issue (Rig *rig, gconstpointer data)
{
  gint64 warehouse = piao_session_get_warehouse (rig->world->session);
  JsonArray *lines = json_array_new ();
  g_autofree char *executor = NULL;
  gint64 order;

  must (piao_direct_test_access (rig->world->session, rig->url, "tcop-hmacsha1-des",
                                 rig->gateway.credentials));
  must (piao_direct_store_access (rig->world->session, warehouse, rig->url, "tcop-hmacsha1-des",
                                  rig->gateway.credentials));
  app_world_await (is_online, rig);
  json_array_add_object_element (
      lines, piao_json_build ("ticket_type", 'd', number_of (rig, &direct_type, warehouse), "packs",
                              'i', G_GINT64_CONSTANT (1), NULL));
  order = command (rig, "order.submit",
                   piao_json_build ("outlet", 'd', number_of (rig, &direct_outlet, warehouse),
                                    "source", 's', "phone", "identity_checked", 'b', TRUE, "lines",
                                    'a', lines, NULL))
          + PIAO_ID_STRIDE;
  await_state (rig, order, "pending_outbound");
  executor = text_of (rig, &direct_executor, order);
  g_assert_cmpstr (executor, ==, "device:7");
  issue (rig, order);
  await_state (rig, order, "ready_to_ship");
  gateway_fixture_verify (&rig->gateway);

  must (piao_direct_forget_access (rig->world->session, warehouse));
  app_world_await (has_problem, rig);
  g_assert_cmpint (piao_direct_get_link (rig->direct), ==, PIAO_LINK_OFFLINE);
}

static void
test_wrong_access (Rig *rig, gconstpointer data)
{
  g_autoptr (PiaoCredentials) wrong
      = piao_credentials_new ("piaoku-test", "0123456789ab", "another-secret", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) address = NULL;
  g_autoptr (DexFuture) tested
      = piao_direct_test_access (rig->world->session, rig->url, "tcop-hmacsha1-des", wrong);
  g_autoptr (DexFuture) stored
      = piao_direct_store_access (rig->world->session, 1, "http://ilms.example",
                                  "tcop-hmacsha1-des", wrong);

  g_assert_null (piao_future_wait (tested, &error));
  g_assert_cmpstr (piao_error_get_reason (error), ==, "gateway.test");
  g_assert_null (piao_future_wait (stored, &address));
  g_assert_error (address, PIAO_ERROR, PIAO_ERROR_INVALID);
}

int
main (int argc, char *argv[])
{
  dex_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/app/direct/without-access", Rig, NULL, set_up, test_without_access, tear_down);
  g_test_add ("/app/direct/wrong-access", Rig, NULL, set_up, test_wrong_access, tear_down);
  g_test_add ("/app/direct/issue", Rig, NULL, set_up, test_issue, tear_down);
  return g_test_run ();
}
