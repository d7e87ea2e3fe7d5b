/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* A centre from a backup ends an order: it asks ILMS whether it has debited it, once and for all
 * numbers under which it may have, and never sends what it only asks about. */

#include "base/piao-error.h"
#include "domain/gateway/piao-gateway-requests.h"
#include "domain/order/piao-order-kinds.h"
#include "gateway-rig.h"

PIAO_STATEMENT (test_forget,
                "DELETE FROM gateway_request WHERE order_id = $1"
                " AND op = 'order.confirm'");
PIAO_STATEMENT (test_turn_back, "UPDATE orders SET state = 'checked' WHERE id = $1");
PIAO_STATEMENT (test_questions,
                "SELECT count(*) FROM gateway_request WHERE order_id = $1 AND op = 'order.query'");
PIAO_STATEMENT (test_code,
                "SELECT code FROM gateway_request WHERE order_id = $1 AND op = 'order.query'"
                " ORDER BY id DESC LIMIT 1");

/* The backup is older than the answers of ILMS to order @order. */
static void
restore (Rig *rig, gint64 order)
{
  rig_end_worker (rig);
  g_assert_true (piao_db_exec (rig->world->db, &test_forget, NULL, "i", order));
  g_assert_true (piao_db_exec (rig->world->db, &test_turn_back, NULL, "i", order));
  rig->world->epoch_at = rig->ask_first_before = piao_clock_now (rig->gateway.clock);
  rig_start_worker (rig);
}

/* Its packs go back to the shelf, and it is refused. */
static void
refuse (Rig *rig, gint64 order)
{
  rig_must (rig, FIXTURE_PICKER, "order.back", piao_json_build ("order", 'd', order, NULL));
  rig_must (rig, FIXTURE_PICKER, "order.release", piao_json_build ("order", 'd', order, NULL));
  rig_must (rig, FIXTURE_KEEPER, "order.refuse",
            piao_json_build ("order", 'd', order, "reason", 's', "OWNER_ASKED", NULL));
}

static gint64
count_questions (Rig *rig, gint64 order)
{
  gint64 n = -1;

  g_assert_true (piao_db_query_int (rig->world->db, &test_questions, -1, &n, NULL, "i", order));
  return n;
}

static void
assert_code (Rig *rig, gint64 order, const char *expected)
{
  g_autofree char *code = NULL;

  g_assert_true (piao_db_query_text (rig->world->db, &test_code, &code, NULL, "i", order));
  g_assert_cmpstr (code, ==, expected);
}

/* ILMS has debited, and the centre does not know. */
static void
test_found (Rig *rig, gconstpointer data)
{
  gint64 order;

  rig->world->epoch_at = 1; /* it is the centre that numbers the debit */
  order = rig_confirm (rig);
  rig->fail = "gateway.decide";
  rig->failure = PIAO_ERROR_FAILED;
  while (rig->fail != NULL)
    rig_step (rig);
  restore (rig, order);
  refuse (rig, order);
  rig_await_state (rig, order, "abnormal");
  rig_assert_one_debit (rig, order);
  g_assert_cmpint (gateway_fixture_calls (&rig->gateway, "order.confirm"), ==, 1);
  g_assert_cmpint (count_questions (rig, order), ==, 1);
}

/* There is none: the order stays refused, and nothing was sent. */
static void
test_not_known (Rig *rig, gconstpointer data)
{
  gint64 order = rig_confirm (rig), begin;

  restore (rig, order);
  begin = piao_clock_now (rig->gateway.clock);
  refuse (rig, order);
  g_assert_cmpint (count_questions (rig, order), ==, 1);
  while (piao_clock_now (rig->gateway.clock) < begin + PIAO_HOUR)
    rig_step (rig);
  rig_await_state (rig, order, "refused");
  assert_code (rig, order, PIAO_GATEWAY_NOT_KNOWN);
  g_assert_cmpint (count_questions (rig, order), ==, 1);
  g_assert_cmpint (gateway_fixture_calls (&rig->gateway, "order.confirm"), ==, 0);
  g_assert_cmpint (gateway_fixture_calls (&rig->gateway, "order.release"), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  dex_init ();
  g_test_add ("/gateway-question/found", Rig, NULL, rig_set_up, test_found, rig_tear_down);
  g_test_add ("/gateway-question/not-known", Rig, NULL, rig_set_up, test_not_known, rig_tear_down);
  return g_test_run ();
}
