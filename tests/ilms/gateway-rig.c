/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "base/piao-error.h"
#include "base/piao-future.h"
#include "base/piao-id.h"
#include "domain/gateway/piao-gateway-requests.h"
#include "domain/order/piao-order-kinds.h"
#include "gateway-rig.h"

#define LONGEST_WAIT (2 * PIAO_HOUR)

PIAO_STATEMENT (test_request,
                "SELECT id FROM gateway_request WHERE order_id = $1 ORDER BY id DESC LIMIT 1");
PIAO_STATEMENT (test_sent, "SELECT count(*) FROM gateway_request WHERE state = 'sent'");

static const GatewayFixtureOptions merciless = { .no_idempotency = TRUE };

static DexFuture *
run_command (const char *command, JsonObject *args, gpointer data)
{
  Rig *rig = data;
  gboolean is_sent = g_str_equal (piao_json_get_text (args, "state", ""), "sent");
  gint64 sent = 0;
  GError *error = NULL;

  if (g_strcmp0 (rig->fail, command) == 0)
    {
      json_object_unref (args);
      rig->fail = NULL;
      return piao_future_new_error (rig->failure, "test.fails", "made to fail");
    }
  rig->world->now = piao_clock_now (rig->gateway.clock) - PIAO_SECOND;
  if (!piao_fixture_run (rig->world, rig->direct ? FIXTURE_PICKER : 0, command, args, &error))
    return dex_future_new_for_error (error);
  g_assert_true (piao_db_query_int (rig->world->db, &test_sent, 0, &sent, NULL, ""));
  rig->most_sent = MAX (rig->most_sent, sent);
  if (rig->crash && is_sent)
    piao_gateway_worker_close (rig->worker);
  return dex_future_new_for_boolean (TRUE);
}

static DexFuture *
read_rows (PiaoReplicaFunc func, gpointer func_data, GDestroyNotify destroy, gpointer data)
{
  Rig *rig = data;
  DexFuture *future = func (rig->world->db, func_data);

  destroy (func_data);
  return future;
}

gint64
rig_get_steady (gpointer data)
{
  const Rig *rig = data;

  return piao_clock_now (rig->gateway.clock) - rig->jumped;
}

void
rig_start_worker (Rig *rig)
{
  const PiaoGatewayBackend backend = { run_command, read_rows, rig, NULL, rig_get_steady };
  PiaoGatewayRules rules = piao_gateway_rules_for (rig->gateway.profile);

  rules.ask_first_before = rig->ask_first_before;
  if (rig->inherited)
    rules.not_found_from
        = piao_gateway_rules_get_settled (&rules, piao_clock_now (rig->gateway.clock));
  rig->worker
      = piao_gateway_worker_new (rig->direct ? "device:7" : "server", rig->gateway.client, &rules,
                                 &backend, rig->gateway.clock, piao_random_system ());
  piao_gateway_worker_start (rig->worker);
}

void
rig_end_worker (Rig *rig)
{
  gpointer left = rig->worker;

  g_object_add_weak_pointer (G_OBJECT (rig->worker), &left);
  piao_gateway_worker_close (rig->worker);
  g_clear_object (&rig->worker);
  while (left != NULL)
    g_main_context_iteration (NULL, TRUE);
}

void
rig_seed (Rig *rig)
{
  JsonArray *packs = json_array_new ();
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (JsonObject) books = piao_json_parse_object (
      "{\"outlets\": [{\"outletNo\": \"" RIG_OUTLET_NO "\", \"name\": \"北京路店\","
      " \"instant\": \"20000.00\", \"payment\": \"7.00\"}],"
      " \"games\": [{\"gameNo\": \"0123\", \"name\": \"好运连连\", \"faceValue\": \"10.00\","
      " \"packAmount\": \"500.00\"}, {\"gameNo\": \"0145\", \"name\": \"步步高升\","
      " \"faceValue\": \"20.00\", \"packAmount\": \"600.00\"}]}",
      -1, PIAO_JSON_MAX_BYTES, "seed", NULL);

  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *number = g_strdup_printf ("%07u", i / 2 + 1);

      json_array_add_object_element (
          packs, piao_json_build ("gameNo", 's', i % 2 ? "0145" : "0123", "batchNo", 's',
                                  i % 2 ? "00007" : "00005", "packNo", 's', number, "warehouseNo",
                                  's', "昌吉", NULL));
    }
  object = piao_json_build ("packs", 'a', packs, NULL);
  g_assert_true (piao_sandbox_seed (rig->gateway.sandbox, books, NULL));
  g_assert_true (piao_sandbox_seed (rig->gateway.sandbox, object, NULL));
}

void
rig_set_up (Rig *rig, gconstpointer data)
{
  gateway_fixture_set_up (&rig->gateway, &merciless);
  rig->world = piao_fixture_new ();
  piao_clock_set (rig->gateway.clock, rig->world->now);
  rig_seed (rig);
  rig_start_worker (rig);
}

void
rig_tear_down (Rig *rig, gconstpointer data)
{
  rig_end_worker (rig);
  gateway_fixture_verify (&rig->gateway);
  gateway_fixture_tear_down (&rig->gateway);
  piao_fixture_free (rig->world);
}

void
rig_step (Rig *rig)
{
  gint64 next = piao_gateway_worker_get_next_at (rig->worker);

  if (next == 0)
    {
      g_main_context_iteration (NULL, TRUE);
      return;
    }
  piao_clock_set (rig->gateway.clock, MAX (next, piao_clock_now (rig->gateway.clock)));
  piao_gateway_worker_nudge (rig->worker);
}

void
rig_settle (Rig *rig)
{
  piao_gateway_worker_nudge (rig->worker);
  while (piao_gateway_worker_get_next_at (rig->worker) == 0)
    g_main_context_iteration (NULL, TRUE);
}

void
rig_await_state (Rig *rig, gint64 order, const char *expected)
{
  gint64 limit = piao_clock_now (rig->gateway.clock) + LONGEST_WAIT;

  for (;;)
    {
      g_autofree char *state = piao_fixture_text (rig->world, &piao_order_kind, order, "state");

      if (g_str_equal (state, expected))
        return;
      if (piao_clock_now (rig->gateway.clock) > limit)
        g_error ("the order is %s, not %s", state, expected);
      rig_step (rig);
    }
}

void
rig_must (Rig *rig, gint64 actor, const char *name, JsonObject *args)
{
  rig->world->now = piao_clock_now (rig->gateway.clock);
  piao_fixture_must (rig->world, actor, name, args);
  piao_clock_set (rig->gateway.clock, rig->world->now);
  piao_gateway_worker_nudge (rig->worker);
}

gint64
rig_submit (Rig *rig, gint64 type, int packs)
{
  JsonArray *lines = json_array_new ();

  json_array_add_object_element (lines, piao_json_build ("ticket_type", 'd', type, "packs", 'i',
                                                         (gint64)packs, NULL));
  rig_must (rig, FIXTURE_KEEPER, "order.submit",
            piao_json_build ("outlet", 'd', (gint64)FIXTURE_OUTLET, "source", 's', "phone",
                             "identity_checked", 'b', TRUE, "lines", 'a', lines, NULL));
  return rig->world->command + PIAO_ID_STRIDE;
}

static void
pick (Rig *rig, gint64 order)
{
  static const char *const packs[] = { "J0001-00005-0000001", "J0001-00005-0000002" };

  rig_must (rig, FIXTURE_PICKER, "order.open_pick", piao_json_build ("order", 'd', order, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (packs); i++)
    rig_must (rig, FIXTURE_PICKER, "order.scan",
              piao_json_build ("order", 'd', order, "pack", 's', packs[i], NULL));
  rig_must (rig, FIXTURE_PICKER, "order.check",
            piao_json_build ("order", 'd', order, "intact", 'b', TRUE, NULL));
}

gint64
rig_confirm (Rig *rig)
{
  gint64 order = rig_submit (rig, FIXTURE_TYPE_A, 2);

  rig_await_state (rig, order, "pending_outbound");
  rig_settle (rig);
  pick (rig, order);
  rig_must (rig, FIXTURE_PICKER, "order.confirm",
            piao_json_build ("order", 'd', order, "online", 'b', TRUE, NULL));
  return order;
}

gint64
rig_get_request_int (Rig *rig, gint64 order, const char *column)
{
  gint64 request = 0;

  g_assert_true (piao_db_query_int (rig->world->db, &test_request, 0, &request, NULL, "i", order));
  return piao_fixture_int (rig->world, &piao_gateway_request_kind, request, column);
}

void
rig_assert_request (Rig *rig, gint64 order, const char *expected)
{
  gint64 request = 0;
  g_autofree char *state = NULL;

  g_assert_true (piao_db_query_int (rig->world->db, &test_request, 0, &request, NULL, "i", order));
  state = piao_fixture_text (rig->world, &piao_gateway_request_kind, request, "state");
  g_assert_cmpstr (state, ==, expected);
}

void
rig_assert_one_debit (Rig *rig, gint64 order)
{
  g_autofree char *number = piao_fixture_text (rig->world, &piao_order_kind, order, "number");

  g_assert_cmpint (gateway_fixture_count (&rig->gateway, "debit", number), ==, 1);
  g_assert_cmpint (piao_fixture_int (rig->world, &piao_order_kind, order, "debited"), ==, 100000);
  gateway_fixture_verify (&rig->gateway);
}
