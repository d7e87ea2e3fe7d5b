/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A centre that was restored from a backup may have forgotten a debit. Whoever confirms the order
 * comes upon it; an order that ends without a debit is asked about (WHS-08, ABN-02).
 */

#include "base/piao-clock.h"
#include "domain/abnormal/piao-abnormal-kinds.h"
#include "domain/abnormal/piao-abnormal-queries.h"
#include "domain/audit/piao-audit.h"
#include "domain/gateway/piao-gateway-requests.h"
#include "domain/order/piao-order-kinds.h"
#include "domain/org/piao-org-kinds.h"
#include "domain/pack/piao-pack-kinds.h"
#include "tests/lib/piao-fixture.h"

#define DEBITED "{\"confirmNo\":\"C77\",\"debited\":\"1000.00\"}"

PIAO_STATEMENT (select_question,
                "SELECT request_no FROM gateway_request WHERE order_id = $1 AND op = 'order.query'"
                " AND state IN ('prepared', 'sent', 'unknown')");
PIAO_STATEMENT (count_questions,
                "SELECT count(*) FROM gateway_request WHERE order_id = $1 AND op = 'order.query'");

static JsonObject *
of_order (gint64 order)
{
  return piao_json_build ("order", 'd', order, NULL);
}

static JsonObject *
refusal_of (gint64 order)
{
  return piao_json_build ("order", 'd', order, "reason", 's', "OWNER_ASKED", NULL);
}

static gint64
questions_about (PiaoFixture *fixture, gint64 order)
{
  gint64 n = -1;

  g_assert_true (piao_db_query_int (fixture->db, &count_questions, -1, &n, NULL, "i", order));
  return n;
}

/* The number that is asked for now ends so. */
static void
assert_asked (PiaoFixture *fixture, gint64 order, const char *ending)
{
  g_autofree char *number = NULL;
  g_autofree char *expected
      = g_strdup_printf ("%" G_GINT64_FORMAT "-order.confirm-%s", order, ending);

  g_assert_true (piao_db_query_text (fixture->db, &select_question, &number, NULL, "i", order));
  g_assert_cmpstr (number, ==, expected);
}

static void
assert_state (PiaoFixture *fixture, gint64 order, const char *expected)
{
  g_autofree char *state = piao_fixture_text (fixture, &piao_order_kind, order, "state");
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) breaches = piao_audit_run (fixture->db, &error);

  g_assert_cmpstr (state, ==, expected);
  g_assert_no_error (error);
  g_assert_cmpuint (breaches->len, ==, 0);
}

static void
restore (PiaoFixture *fixture)
{
  fixture->epoch_at = fixture->now + 1;
}

/* --- who is asked about ---------------------------------------------------------------------- */

static void
test_older_orders_only (void)
{
  g_autoptr (PiaoFixture) fixture = piao_fixture_new ();
  gint64 order = piao_fixture_order (fixture, 2, 0);

  piao_fixture_must (fixture, FIXTURE_KEEPER, "order.refuse", refusal_of (order));
  g_assert_cmpint (questions_about (fixture, order), ==, 0);
  restore (fixture);
  order = piao_fixture_order (fixture, 2, 0);
  piao_fixture_must (fixture, FIXTURE_KEEPER, "order.refuse", refusal_of (order));
  g_assert_cmpint (questions_about (fixture, order), ==, 0);
}

/* A desktop sends an order again, and its clock was or is wrong: that makes the order look younger
 * than it is, but it does not make it one that the centre cannot have debited. */
static gint64
take_again (PiaoFixture *fixture)
{
  gint64 order;

  restore (fixture);
  fixture->now += PIAO_DAY;
  fixture->again = TRUE;
  order = piao_fixture_order (fixture, 1, 0);
  fixture->again = FALSE;
  g_assert_cmpint (piao_fixture_int (fixture, &piao_order_kind, order, "submitted_at"), >,
                   fixture->epoch_at);
  return order;
}

static void
test_sent_again_and_refused (void)
{
  g_autoptr (PiaoFixture) fixture = piao_fixture_new ();
  gint64 order = take_again (fixture);

  piao_fixture_must (fixture, FIXTURE_KEEPER, "order.refuse", refusal_of (order));
  g_assert_cmpint (questions_about (fixture, order), ==, 1);
}

PIAO_STATEMENT (select_debit,
                "SELECT state FROM gateway_request WHERE order_id = $1 AND op = 'order.confirm'");

/* The state in which the debit of @order begins. Transfer full. */
static char *
confirm (PiaoFixture *fixture, gint64 order, const char *pack)
{
  char *state = NULL;

  piao_fixture_must (fixture, FIXTURE_PICKER, "order.open_pick", of_order (order));
  piao_fixture_must (fixture, FIXTURE_PICKER, "order.scan",
                     piao_json_build ("order", 'd', order, "pack", 's', pack, NULL));
  piao_fixture_must (fixture, FIXTURE_PICKER, "order.check",
                     piao_json_build ("order", 'd', order, "intact", 'b', TRUE, NULL));
  piao_fixture_must (fixture, FIXTURE_CHECKER, "order.confirm",
                     piao_json_build ("order", 'd', order, "online", 'b', TRUE, NULL));
  g_assert_true (piao_db_query_text (fixture->db, &select_debit, &state, NULL, "i", order));
  return state;
}

static void
test_sent_again_and_confirmed (void)
{
  g_autoptr (PiaoFixture) fixture = piao_fixture_new ();
  gint64 order = take_again (fixture), other = piao_fixture_order (fixture, 1, 0);
  g_autofree char *asked = confirm (fixture, order, "J0001-00005-0000001");
  g_autofree char *sent = confirm (fixture, other, "J0001-00005-0000002");

  g_assert_cmpstr (asked, ==, "unknown");
  g_assert_cmpstr (sent, ==, "prepared");
}

/* Its desktops have sent themselves and know it. */
static void
test_direct_route (void)
{
  g_autoptr (PiaoFixture) fixture = piao_fixture_new ();
  gint64 order = piao_fixture_order (fixture, 2, 0);
  g_autoptr (PiaoRecord) warehouse
      = piao_record_load (fixture->db, &piao_warehouse_kind, FIXTURE_WAREHOUSE, NULL);

  piao_record_set_text (warehouse, PIAO_WAREHOUSE_ROUTE, "direct");
  g_assert_true (piao_record_store (fixture->db, warehouse, NULL));
  restore (fixture);
  piao_fixture_must (fixture, FIXTURE_KEEPER, "order.refuse", refusal_of (order));
  g_assert_cmpint (questions_about (fixture, order), ==, 0);
}

PIAO_STATEMENT (
    select_executor,
    "SELECT executor FROM gateway_request WHERE order_id = $1 ORDER BY id DESC LIMIT 1");

/* What the centre's people end for such a warehouse the centre tells ILMS, for their computers have
 * no access; but debits are made at the warehouse alone. */
static void
test_others_at_a_direct_warehouse (void)
{
  g_autoptr (PiaoFixture) fixture = piao_fixture_new ();
  gint64 order = piao_fixture_order (fixture, 1, 0), other = piao_fixture_order (fixture, 1, 0);
  g_autoptr (PiaoRecord) warehouse
      = piao_record_load (fixture->db, &piao_warehouse_kind, FIXTURE_WAREHOUSE, NULL);
  const struct
  {
    gint64 order, actor;
    const char *executor;
  } refusals[] = { { order, FIXTURE_LEADER, "server" }, { other, FIXTURE_KEEPER, "device:7" } };

  piao_record_set_text (warehouse, PIAO_WAREHOUSE_ROUTE, "direct");
  g_assert_true (piao_record_store (fixture->db, warehouse, NULL));
  piao_fixture_must (fixture, FIXTURE_PICKER, "order.open_pick", of_order (order));
  piao_fixture_must (fixture, FIXTURE_PICKER, "order.scan",
                     piao_json_build ("order", 'd', order, "pack", 's', "J0001-00005-0000001",
                                      NULL));
  piao_fixture_must (fixture, FIXTURE_PICKER, "order.check",
                     piao_json_build ("order", 'd', order, "intact", 'b', TRUE, NULL));
  piao_fixture_must_not (fixture, FIXTURE_LEADER, "order.confirm",
                         piao_json_build ("order", 'd', order, "online", 'b', TRUE, NULL),
                         "gateway.elsewhere");
  piao_fixture_must (fixture, FIXTURE_PICKER, "order.back", of_order (order));
  piao_fixture_must (fixture, FIXTURE_PICKER, "order.release", of_order (order));
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_autofree char *executor = NULL;

      piao_fixture_must (fixture, refusals[i].actor, "order.refuse",
                         refusal_of (refusals[i].order));
      g_assert_true (piao_db_query_text (fixture->db, &select_executor, &executor, NULL, "i",
                                         refusals[i].order));
      g_assert_cmpstr (executor, ==, refusals[i].executor);
    }
}

/* --- what comes of it ------------------------------------------------------------------------ */

static void
test_there_is_none (void)
{
  g_autoptr (PiaoFixture) fixture = piao_fixture_new ();
  gint64 order = piao_fixture_order (fixture, 2, 0);

  restore (fixture);
  piao_fixture_must (fixture, FIXTURE_KEEPER, "order.refuse", refusal_of (order));
  piao_fixture_answer (fixture, order, TRUE, NULL, "{}"); /* the lock is released */
  assert_asked (fixture, order, "1");
  piao_fixture_answer (fixture, order, FALSE, PIAO_GATEWAY_NOT_KNOWN, "{}");
  assert_state (fixture, order, "refused");
  g_assert_cmpint (questions_about (fixture, order), ==, 1);
}

/* Of a debit that ILMS refused there may have been another. */
static void
test_every_number_is_asked (void)
{
  g_autoptr (PiaoFixture) fixture = piao_fixture_new ();
  gint64 order = piao_fixture_order (fixture, 2, 0);

  restore (fixture);
  piao_fixture_must (fixture, FIXTURE_KEEPER, "order.refuse", refusal_of (order));
  piao_fixture_answer (fixture, order, TRUE, NULL, "{}");
  assert_asked (fixture, order, "1");
  piao_fixture_answer (fixture, order, FALSE, "BAL_SHORT", "{}");
  assert_asked (fixture, order, "2");
  piao_fixture_answer (fixture, order, FALSE, "BAL_SHORT", "{}");
  assert_asked (fixture, order, "3");
  piao_fixture_answer_not (fixture, order, "{\"confirmNo\":\"C77\"}", "gateway.no-amount");
  piao_fixture_answer (fixture, order, TRUE, NULL, DEBITED);
  assert_state (fixture, order, "abnormal");
}

static void
step (PiaoFixture *fixture, gint64 order, gint64 abnormal, const char *name, const char *value)
{
  g_autofree char *command = g_strconcat ("abnormal.", name, NULL);
  static const struct
  {
    const char *step, *param;
  } params[] = { { "collect", "evidence" }, { "judge", "liability" }, { "handle", "handling" } };

  for (guint i = 0; i < G_N_ELEMENTS (params); i++)
    if (g_str_equal (params[i].step, name))
      piao_fixture_must (fixture, FIXTURE_KEEPER, command,
                         piao_json_build ("order", 'd', order, "case", 'd', abnormal,
                                          params[i].param, 's', value, NULL));
}

/* From the case that has opened by itself to the number of the reversal. */
static void
reverse (PiaoFixture *fixture, gint64 order)
{
  g_autoptr (PiaoAbnormalCase) found = piao_abnormal_load (fixture->db, order, NULL);
  JsonObject *args;

  g_assert_nonnull (found);
  g_assert_cmpint (found->value, ==, 100000);
  g_assert_nonnull (strstr (found->note, "C77"));
  g_assert_cmpint (found->reported_by, ==, 0);
  step (fixture, order, found->id, "collect", "库存已盘点，票仍在架上");
  step (fixture, order, found->id, "judge", "force_majeure");
  step (fixture, order, found->id, "handle", "refund_reversal");
  piao_fixture_must (fixture, FIXTURE_CHECKER, "abnormal.approve",
                     piao_json_build ("order", 'd', order, "case", 'd', found->id, NULL));
  args = piao_json_build ("order", 'd', order, "case", 'd', found->id, "outcome", 's', "cancelled",
                          "resolution", 's', "已冲正", NULL);
  /* Neither in silence, nor as if there were something to send. */
  piao_fixture_must_not (fixture, FIXTURE_KEEPER, "abnormal.close", json_object_ref (args),
                         "case.debited");
  piao_fixture_must_not (fixture, FIXTURE_KEEPER, "abnormal.close",
                         piao_json_build ("order", 'd', order, "case", 'd', found->id, "outcome",
                                          's', "resumed", "resolution", 's', "x", NULL),
                         "case.nothing-left");
  json_object_set_string_member (args, "reversal_no", "R5");
  piao_fixture_must (fixture, FIXTURE_KEEPER, "abnormal.close", args);
  assert_state (fixture, order, "cancelled");
}

static void
test_refused_order_was_debited (void)
{
  g_autoptr (PiaoFixture) fixture = piao_fixture_new ();
  gint64 order = piao_fixture_order (fixture, 2, 0);

  restore (fixture);
  piao_fixture_must (fixture, FIXTURE_KEEPER, "order.refuse", refusal_of (order));
  piao_fixture_answer (fixture, order, FALSE, "LOCK_STATE", "{}"); /* debited: no lock any more */
  piao_fixture_answer (fixture, order, TRUE, NULL, DEBITED);
  assert_state (fixture, order, "abnormal");
  g_assert_cmpint (piao_fixture_int (fixture, &piao_order_kind, order, "debited"), ==, 100000);
  reverse (fixture, order);
  g_assert_cmpint (questions_about (fixture, order), ==, 1);
}

/* The packs went back to the shelf when the case was closed; the debit is found after that. */
static void
test_cancelled_order_was_debited (void)
{
  g_autoptr (PiaoFixture) fixture = piao_fixture_new ();
  gint64 order = piao_fixture_order (fixture, 2, 0);
  g_autoptr (PiaoAbnormalCase) found = NULL;

  piao_fixture_must (fixture, FIXTURE_PICKER, "order.open_pick", of_order (order));
  piao_fixture_must (fixture, FIXTURE_PICKER, "order.scan",
                     piao_json_build ("order", 'd', order, "pack", 's', "J0001-00005-0000001",
                                      NULL));
  restore (fixture);
  piao_fixture_must (fixture, FIXTURE_PICKER, "order.report_abnormal",
                     piao_json_build ("order", 'd', order, "trouble", 's', "other", "note", 's',
                                      "店主失联", NULL));
  found = piao_abnormal_load (fixture->db, order, NULL);
  step (fixture, order, found->id, "collect", "电话三次");
  step (fixture, order, found->id, "judge", "operator");
  step (fixture, order, found->id, "handle", "write_off");
  piao_fixture_must (fixture, FIXTURE_CHECKER, "abnormal.approve",
                     piao_json_build ("order", 'd', order, "case", 'd', found->id, NULL));
  piao_fixture_must (fixture, FIXTURE_KEEPER, "abnormal.close",
                     piao_json_build ("order", 'd', order, "case", 'd', found->id, "outcome", 's',
                                      "cancelled", "resolution", 's', "x", "shelved", 'b', TRUE,
                                      NULL));
  assert_state (fixture, order, "cancelled");
  piao_fixture_answer (fixture, order, FALSE, "LOCK_STATE", "{}");
  assert_asked (fixture, order, "1");
  piao_fixture_answer (fixture, order, TRUE, NULL, DEBITED);
  assert_state (fixture, order, "abnormal");
  reverse (fixture, order);
  g_assert_cmpint (questions_about (fixture, order), ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/forgotten-debit/older-orders", test_older_orders_only);
  g_test_add_func ("/forgotten-debit/again-refused", test_sent_again_and_refused);
  g_test_add_func ("/forgotten-debit/again-confirmed", test_sent_again_and_confirmed);
  g_test_add_func ("/forgotten-debit/direct", test_direct_route);
  g_test_add_func ("/forgotten-debit/direct-others", test_others_at_a_direct_warehouse);
  g_test_add_func ("/forgotten-debit/none", test_there_is_none);
  g_test_add_func ("/forgotten-debit/every-number", test_every_number_is_asked);
  g_test_add_func ("/forgotten-debit/refused", test_refused_order_was_debited);
  g_test_add_func ("/forgotten-debit/cancelled", test_cancelled_order_was_debited);
  return g_test_run ();
}
