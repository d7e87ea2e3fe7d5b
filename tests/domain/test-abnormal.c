/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* Abnormal orders from the report to the end of the case (ABN-01, ABN-02, TRF-05, WHS-11): what
 * stops, what goes on beneath, who may what, and where the packs are in the end. */

#include <string.h>

#include "base/piao-id.h"
#include "domain/abnormal/piao-abnormal-kinds.h"
#include "domain/abnormal/piao-abnormal-queries.h"
#include "domain/audit/piao-audit.h"
#include "domain/delivery/piao-delivery-kinds.h"
#include "domain/order/piao-order-kinds.h"
#include "domain/order/piao-order-queries.h"
#include "domain/pack/piao-pack-kinds.h"
#include "tests/lib/piao-fixture.h"

#define PACK_1 (FIXTURE_TYPE_A * 100 + 1)
#define LOCKED "{\"lockNo\":\"L9\",\"preDebit\":\"500.00\"}"
#define PACK_2 (FIXTURE_TYPE_A * 100 + 2)

PIAO_STATEMENT (select_case,
                "SELECT id FROM abnormal_case WHERE order_id = $1 ORDER BY id DESC LIMIT 1");
PIAO_STATEMENT (select_parcel, "SELECT id FROM parcel WHERE order_id = $1");
PIAO_STATEMENT (count_requests,
                "SELECT count(*) FROM gateway_request WHERE order_id = $1 AND op = $2");

static JsonObject *
of_order (gint64 order)
{
  return piao_json_build ("order", 'd', order, NULL);
}

static void
assert_state (PiaoFixture *fixture, gint64 order, const char *expected)
{
  g_autofree char *state = piao_fixture_text (fixture, &piao_order_kind, order, "state");

  g_assert_cmpstr (state, ==, expected);
}

static void
assert_kept (PiaoFixture *fixture, gint64 order, const char *expected)
{
  g_autofree char *state = piao_fixture_text (fixture, &piao_order_kind, order, "prev_state");

  assert_state (fixture, order, "abnormal");
  g_assert_cmpstr (state, ==, expected);
}

static void
assert_pack (PiaoFixture *fixture, gint64 pack, const char *expected, gint64 order)
{
  g_autofree char *state = piao_fixture_text (fixture, &piao_pack_kind, pack, "state");

  g_assert_cmpstr (state, ==, expected);
  g_assert_cmpint (piao_fixture_int (fixture, &piao_pack_kind, pack, "order_id"), ==, order);
}

static gint64
stock_of (PiaoFixture *fixture, const char *column)
{
  return piao_fixture_int (fixture, &piao_stock_kind, FIXTURE_TYPE_A + FIXTURE_WAREHOUSE * 1000,
                           column);
}

static gint64
requests_of (PiaoFixture *fixture, gint64 order, const char *operation)
{
  gint64 n = -1;

  g_assert_true (
      piao_db_query_int (fixture->db, &count_requests, -1, &n, NULL, "is", order, operation));
  return n;
}

/* The rules that piaokuctl verify asks hold at the end of every test. */
static void
assert_sound (PiaoFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = piao_audit_run (fixture->db, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < found->len; i++)
    g_error ("%s: %s", ((PiaoBreach *)found->pdata[i])->rule,
             ((PiaoBreach *)found->pdata[i])->subject);
}

static gint64
picking_order (PiaoFixture *fixture)
{
  gint64 order = piao_fixture_order (fixture, 2, 0);

  piao_fixture_must (fixture, FIXTURE_PICKER, "order.open_pick", of_order (order));
  for (guint i = 1; i <= 2; i++)
    {
      g_autofree char *code = g_strdup_printf ("J0001-00005-%07u", i);

      piao_fixture_must (fixture, FIXTURE_PICKER, "order.scan",
                         piao_json_build ("order", 'd', order, "pack", 's', code, NULL));
    }
  return order;
}

static gint64
checked_order (PiaoFixture *fixture)
{
  gint64 order = picking_order (fixture);

  piao_fixture_must (fixture, FIXTURE_PICKER, "order.check",
                     piao_json_build ("order", 'd', order, "intact", 'b', TRUE, NULL));
  return order;
}

static gint64
confirming_order (PiaoFixture *fixture)
{
  gint64 order = checked_order (fixture);

  piao_fixture_must (fixture, FIXTURE_PICKER, "order.confirm",
                     piao_json_build ("order", 'd', order, "online", 'b', TRUE, NULL));
  return order;
}

static void
debit (PiaoFixture *fixture, gint64 order)
{
  piao_fixture_answer (fixture, order, TRUE, NULL,
                       "{\"confirmNo\":\"C77\",\"debited\":\"1000.00\"}");
}

static JsonObject *
report_of (gint64 order, const char *trouble, gint64 pack)
{
  JsonArray *packs = json_array_new ();

  if (pack != 0)
    json_array_add_object_element (packs, piao_json_build ("pack", 'd', pack, NULL));
  return piao_json_build ("order", 'd', order, "trouble", 's', trouble, "packs", 'a', packs, "note",
                          's', "货架上找不到", "contact", 's', "库房小李", "follow_up_at", 'i',
                          (gint64)1767400000000, NULL);
}

/* Reported by the picker. Returns the case. */
static gint64
report (PiaoFixture *fixture, gint64 order, const char *trouble, gint64 pack)
{
  gint64 abnormal = 0;

  piao_fixture_must (fixture, FIXTURE_PICKER, "order.report_abnormal",
                     report_of (order, trouble, pack));
  g_assert_true (piao_db_query_int (fixture->db, &select_case, 0, &abnormal, NULL, "i", order));
  return abnormal;
}

static JsonObject *
step_of (gint64 order, gint64 abnormal, const char *name, const char *value)
{
  return piao_json_build ("order", 'd', order, "case", 'd', abnormal, name, 's', value, NULL);
}

static JsonObject *
approval_of (gint64 order, gint64 abnormal)
{
  return piao_json_build ("order", 'd', order, "case", 'd', abnormal, NULL);
}

static void
handle (PiaoFixture *fixture, gint64 order, gint64 abnormal, const char *handling)
{
  piao_fixture_must (fixture, FIXTURE_KEEPER, "abnormal.collect",
                     step_of (order, abnormal, "evidence", "监控录像 3 号"));
  piao_fixture_must (fixture, FIXTURE_KEEPER, "abnormal.judge",
                     step_of (order, abnormal, "liability", "carrier"));
  piao_fixture_must (fixture, FIXTURE_KEEPER, "abnormal.handle",
                     step_of (order, abnormal, "handling", handling));
}

static void
approve (PiaoFixture *fixture, gint64 order, gint64 abnormal, const char *handling)
{
  handle (fixture, order, abnormal, handling);
  piao_fixture_must (fixture, FIXTURE_CHECKER, "abnormal.approve", approval_of (order, abnormal));
}

static JsonObject *
close_of (gint64 order, gint64 abnormal, const char *outcome, gboolean found, gboolean shelved)
{
  return piao_json_build ("order", 'd', order, "case", 'd', abnormal, "outcome", 's', outcome,
                          "resolution", 's', "已赔付", "found", 'b', found, "shelved", 'b', shelved,
                          NULL);
}

/* --- the line of a case ---------------------------------------------------------------------- */

static void
test_case_is_followed_to_its_end (void)
{
  g_autoptr (PiaoFixture) fixture = piao_fixture_new ();
  gint64 order = picking_order (fixture), abnormal;
  g_autoptr (PiaoAbnormalCase) found = NULL;
  g_autoptr (GPtrArray) choice = piao_abnormal_list_packs (fixture->db, order, NULL);
  g_autoptr (GPtrArray) steps = NULL;

  g_assert_cmpuint (choice->len, ==, 2);
  g_assert_null (piao_abnormal_load (fixture->db, order, NULL));
  abnormal = report (fixture, order, "damaged", PACK_1);
  assert_kept (fixture, order, "picking");
  g_assert_cmpint (piao_fixture_int (fixture, &piao_order_kind, order, "picker_id"), ==, 0);
  /* Everything else stops. */
  piao_fixture_must_not (fixture, FIXTURE_PICKER, "order.open_pick", of_order (order),
                         "order.state");
  piao_fixture_must_not (fixture, FIXTURE_PICKER, "order.report_abnormal",
                         report_of (order, "lost", PACK_2), "order.state");
  piao_fixture_must_not (fixture, FIXTURE_KEEPER, "order.hold",
                         piao_json_build ("order", 'd', order, "reason", 's', "CLERK", NULL),
                         "order.state");
  piao_fixture_must_not (fixture, FIXTURE_KEEPER, "abnormal.judge",
                         step_of (order, abnormal, "liability", "carrier"), "case.state");
  approve (fixture, order, abnormal, "write_off");
  found = piao_abnormal_load (fixture->db, order, NULL);
  g_assert_cmpstr (found->trouble, ==, "damaged");
  g_assert_cmpstr (found->liability, ==, "carrier");
  g_assert_cmpstr (found->contact, ==, "库房小李");
  g_assert_cmpint (found->value, ==, 50000);
  g_assert_cmpint (found->follow_up_at, ==, 1767400000000);
  g_assert_cmpuint (found->packs->len, ==, 1);
  g_assert_cmpstr (found->approver, ==, "checker");
  piao_fixture_must (fixture, FIXTURE_KEEPER, "abnormal.close",
                     close_of (order, abnormal, "resumed", FALSE, FALSE));
  assert_state (fixture, order, "picking");
  assert_pack (fixture, PACK_1, "damaged", 0);
  assert_pack (fixture, PACK_2, "reserved", order);
  g_assert_cmpint (stock_of (fixture, "free"), ==, 3);
  g_assert_cmpint (stock_of (fixture, "reserved"), ==, 1);
  g_assert_cmpint (piao_fixture_int (fixture, &piao_order_kind, order, "scanned"), ==, 1);
  steps = piao_order_list_steps (fixture->db, order, NULL);
  g_assert_cmpstr (((PiaoOrderStep *)steps->pdata[steps->len - 1])->event, ==, "case_closed");
  /* The order goes on: another pack takes its place. */
  piao_fixture_must (fixture, FIXTURE_KEEPER, "order.open_pick", of_order (order));
  piao_fixture_must_not (fixture, FIXTURE_KEEPER, "order.scan",
                         piao_json_build ("order", 'd', order, "pack", 's', "J0001-00005-0000001",
                                          NULL),
                         "scan.state");
  piao_fixture_must (fixture, FIXTURE_KEEPER, "order.scan",
                     piao_json_build ("order", 'd', order, "pack", 's', "J0001-00005-0000003",
                                      NULL));
  assert_sound (fixture);
}

static void
test_report_names_what_is_there (void)
{
  g_autoptr (PiaoFixture) fixture = piao_fixture_new ();
  gint64 order = picking_order (fixture);

  piao_fixture_must_not (fixture, FIXTURE_PICKER, "order.report_abnormal",
                         report_of (order, "lost", 0), "case.no-packs");
  piao_fixture_must_not (fixture, FIXTURE_PICKER, "order.report_abnormal",
                         report_of (order, "lost", FIXTURE_TYPE_A * 100 + 3), "case.pack");
  piao_fixture_must_not (fixture, FIXTURE_PICKER, "order.report_abnormal",
                         report_of (order, "eaten", PACK_1), "case.trouble");
  piao_fixture_must_not (fixture, FIXTURE_STRANGER, "order.report_abnormal",
                         report_of (order, "lost", PACK_1), "access.scope");
  /* Who picks must know that his order is taken away. */
  piao_fixture_must_not (fixture, FIXTURE_KEEPER, "order.report_abnormal",
                         report_of (order, "lost", PACK_1), "order.leased");
  assert_state (fixture, order, "picking");
  report (fixture, order, "delivery", 0);
  assert_kept (fixture, order, "picking");
  assert_sound (fixture);
}

static void
test_approval_is_somebody_elses (void)
{
  g_autoptr (PiaoFixture) fixture = piao_fixture_new ();
  gint64 order = picking_order (fixture);
  gint64 abnormal = report (fixture, order, "lost", PACK_1);
  g_autoptr (PiaoRecord) row = NULL;

  handle (fixture, order, abnormal, "write_off");
  piao_fixture_must_not (fixture, FIXTURE_PICKER, "abnormal.approve", approval_of (order, abnormal),
                         "case.own");
  piao_fixture_must_not (fixture, FIXTURE_KEEPER, "abnormal.approve", approval_of (order, abnormal),
                         "case.own");
  /* 5,000 yuan and more are the centre's. */
  row = piao_record_load (fixture->db, &piao_abnormal_case_kind, abnormal, NULL);
  piao_record_set_int (row, PIAO_ABNORMAL_CASE_VALUE, 500000);
  g_assert_true (piao_record_store (fixture->db, row, NULL));
  piao_fixture_must_not (fixture, FIXTURE_CHECKER, "abnormal.approve",
                         approval_of (order, abnormal), "case.centre");
  piao_fixture_must (fixture, FIXTURE_LEADER, "abnormal.approve", approval_of (order, abnormal));
}

static void
test_approver_may_say_no (void)
{
  g_autoptr (PiaoFixture) fixture = piao_fixture_new ();
  gint64 order = picking_order (fixture);
  gint64 abnormal = report (fixture, order, "lost", PACK_1);
  g_autofree char *liability = NULL;

  handle (fixture, order, abnormal, "write_off");
  piao_fixture_must (fixture, FIXTURE_CHECKER, "abnormal.judge",
                     step_of (order, abnormal, "liability", "warehouse"));
  liability = piao_fixture_text (fixture, &piao_abnormal_case_kind, abnormal, "liability");
  g_assert_cmpstr (liability, ==, "warehouse");
  piao_fixture_must_not (fixture, FIXTURE_LEADER, "abnormal.approve", approval_of (order, abnormal),
                         "case.state");
}

static void
test_theft_needs_the_police (void)
{
  g_autoptr (PiaoFixture) fixture = piao_fixture_new ();
  gint64 order = picking_order (fixture);
  gint64 abnormal = report (fixture, order, "stolen", PACK_1);

  handle (fixture, order, abnormal, "police");
  piao_fixture_must_not (fixture, FIXTURE_CHECKER, "abnormal.approve",
                         approval_of (order, abnormal), "case.police");
  /* The table says so too. */
  {
    g_autoptr (PiaoRecord) row
        = piao_record_load (fixture->db, &piao_abnormal_case_kind, abnormal, NULL);
    g_autoptr (GError) error = NULL;

    piao_record_set_text (row, PIAO_ABNORMAL_CASE_STATE, "approved");
    g_assert_false (piao_record_store (fixture->db, row, &error));
  }
  piao_fixture_must (fixture, FIXTURE_KEEPER, "abnormal.handle",
                     piao_json_build ("order", 'd', order, "case", 'd', abnormal, "handling", 's',
                                      "police", "police_no", 's', "昌公刑 2026-17", NULL));
  piao_fixture_must (fixture, FIXTURE_CHECKER, "abnormal.approve", approval_of (order, abnormal));
  piao_fixture_must (fixture, FIXTURE_KEEPER, "abnormal.close",
                     close_of (order, abnormal, "resumed", FALSE, FALSE));
  assert_pack (fixture, PACK_1, "stolen", 0);
  assert_sound (fixture);
}

/* --- where an order comes back to ------------------------------------------------------------ */

/* What the check sheet says is no longer there, so the order is picked and checked again. */
static void
test_checked_order_is_picked_again (void)
{
  static const char *const states[] = { "checked", "held_for_ilms" };

  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    {
      g_autoptr (PiaoFixture) fixture = piao_fixture_new ();
      gint64 order = checked_order (fixture), abnormal;

      if (i == 1)
        piao_fixture_must (fixture, FIXTURE_PICKER, "order.confirm",
                           piao_json_build ("order", 'd', order, "online", 'b', FALSE, NULL));
      abnormal = report (fixture, order, "lost", PACK_1);
      assert_kept (fixture, order, states[i]);
      approve (fixture, order, abnormal, "write_off");
      piao_fixture_must (fixture, FIXTURE_KEEPER, "abnormal.close",
                         close_of (order, abnormal, "resumed", FALSE, FALSE));
      assert_state (fixture, order, "picking");
      assert_pack (fixture, PACK_1, "lost", 0);
      assert_sound (fixture);
    }
}

/* What turned up again changes nothing: the order stands where it stood. */
static void
test_found_packs_change_nothing (void)
{
  g_autoptr (PiaoFixture) fixture = piao_fixture_new ();
  gint64 order = checked_order (fixture);
  gint64 abnormal = report (fixture, order, "lost", PACK_1);

  approve (fixture, order, abnormal, "write_off");
  piao_fixture_must (fixture, FIXTURE_KEEPER, "abnormal.close",
                     close_of (order, abnormal, "resumed", TRUE, FALSE));
  assert_state (fixture, order, "checked");
  assert_pack (fixture, PACK_1, "reserved", order);
  piao_fixture_must (fixture, FIXTURE_PICKER, "order.confirm",
                     piao_json_build ("order", 'd', order, "online", 'b', TRUE, NULL));
  assert_sound (fixture);
}

static void
test_cancelled_order_gives_everything_back (void)
{
  g_autoptr (PiaoFixture) fixture = piao_fixture_new ();
  gint64 order = checked_order (fixture);
  gint64 abnormal = report (fixture, order, "damaged", PACK_1);

  approve (fixture, order, abnormal, "write_off");
  /* As when an order is released: somebody has to have put the other pack back. */
  piao_fixture_must_not (fixture, FIXTURE_KEEPER, "abnormal.close",
                         close_of (order, abnormal, "cancelled", FALSE, FALSE), "case.shelved");
  piao_fixture_must (fixture, FIXTURE_KEEPER, "abnormal.close",
                     close_of (order, abnormal, "cancelled", FALSE, TRUE));
  assert_state (fixture, order, "cancelled");
  assert_pack (fixture, PACK_1, "damaged", 0);
  assert_pack (fixture, PACK_2, "in_stock", 0);
  g_assert_cmpint (stock_of (fixture, "free"), ==, 4);
  g_assert_cmpint (stock_of (fixture, "reserved"), ==, 0);
  g_assert_cmpint (requests_of (fixture, order, "order.release"), ==, 1);
  piao_fixture_must_not (fixture, FIXTURE_PICKER, "order.report_abnormal",
                         report_of (order, "other", 0), "order.state");
  assert_sound (fixture);
}

/* --- ILMS beneath a case --------------------------------------------------------------------- */

/* The report does not disturb the question, and nothing ends before it is answered. */
static void
test_debit_lands_beneath_a_case (void)
{
  g_autoptr (PiaoFixture) fixture = piao_fixture_new ();
  gint64 order = confirming_order (fixture);
  gint64 abnormal = report (fixture, order, "lost", PACK_1), parcel = 0;

  assert_kept (fixture, order, "confirming");
  approve (fixture, order, abnormal, "refund_reversal");
  piao_fixture_must_not (fixture, FIXTURE_KEEPER, "abnormal.close",
                         close_of (order, abnormal, "cancelled", FALSE, TRUE), "case.unanswered");
  piao_fixture_must_not (fixture, FIXTURE_KEEPER, "abnormal.close",
                         close_of (order, abnormal, "resumed", FALSE, TRUE), "case.unanswered");
  debit (fixture, order);
  assert_kept (fixture, order, "ready_to_ship");
  g_assert_cmpint (piao_fixture_int (fixture, &piao_order_kind, order, "debited"), ==, 100000);
  assert_pack (fixture, PACK_1, "outbound", order);
  /* The parcel stays here. */
  g_assert_true (piao_db_query_int (fixture->db, &select_parcel, 0, &parcel, NULL, "i", order));
  piao_fixture_must_not (fixture, FIXTURE_PICKER, "label.issue",
                         piao_json_build ("parcel", 'd', parcel, NULL), "label.abnormal");
  assert_sound (fixture);
  piao_fixture_must (fixture, FIXTURE_KEEPER, "abnormal.close",
                     close_of (order, abnormal, "resumed", FALSE, FALSE));
  assert_state (fixture, order, "ready_to_ship");
  /* ILMS has debited the lost pack with this order. */
  assert_pack (fixture, PACK_1, "lost", order);
  assert_pack (fixture, PACK_2, "outbound", order);
  piao_fixture_must (fixture, FIXTURE_PICKER, "label.issue",
                     piao_json_build ("parcel", 'd', parcel, NULL));
  assert_sound (fixture);
}

static void
test_refused_debit_lands_beneath_a_case (void)
{
  g_autoptr (PiaoFixture) fixture = piao_fixture_new ();
  gint64 order = confirming_order (fixture);
  gint64 abnormal = report (fixture, order, "lost", PACK_1);

  approve (fixture, order, abnormal, "write_off");
  piao_fixture_answer (fixture, order, FALSE, "BAL_SHORT", "{}");
  assert_kept (fixture, order, "on_hold");
  piao_fixture_must (fixture, FIXTURE_KEEPER, "abnormal.close",
                     close_of (order, abnormal, "resumed", FALSE, FALSE));
  assert_state (fixture, order, "on_hold");
  assert_sound (fixture);
}

static void
test_debit_is_not_cancelled_in_silence (void)
{
  g_autoptr (PiaoFixture) fixture = piao_fixture_new ();
  gint64 order = confirming_order (fixture), abnormal;
  JsonObject *args;

  debit (fixture, order);
  abnormal = report (fixture, order, "lost", PACK_1);
  handle (fixture, order, abnormal, "write_off");
  piao_fixture_must (fixture, FIXTURE_CHECKER, "abnormal.approve", approval_of (order, abnormal));
  args = close_of (order, abnormal, "cancelled", FALSE, TRUE);
  json_object_set_string_member (args, "reversal_no", "R5");
  /* The number alone is not enough: the reversal must have been what was approved. */
  piao_fixture_must_not (fixture, FIXTURE_KEEPER, "abnormal.close", args, "case.debited");
  piao_fixture_must (fixture, FIXTURE_KEEPER, "abnormal.close",
                     close_of (order, abnormal, "resumed", TRUE, FALSE));
  abnormal = report (fixture, order, "lost", PACK_1);
  approve (fixture, order, abnormal, "refund_reversal");
  piao_fixture_must_not (fixture, FIXTURE_KEEPER, "abnormal.close",
                         close_of (order, abnormal, "cancelled", FALSE, TRUE), "case.debited");
  args = close_of (order, abnormal, "cancelled", FALSE, TRUE);
  json_object_set_string_member (args, "reversal_no", "R5");
  piao_fixture_must (fixture, FIXTURE_KEEPER, "abnormal.close", args);
  assert_state (fixture, order, "cancelled");
  assert_pack (fixture, PACK_1, "lost", 0);
  assert_pack (fixture, PACK_2, "in_stock", 0);
  g_assert_cmpint (stock_of (fixture, "free"), ==, 4);
  g_assert_cmpint (requests_of (fixture, order, "order.release"), ==, 0);
  assert_sound (fixture);
}

/* An empty parcel is not sent. */
static void
test_nothing_left_is_not_sent (void)
{
  g_autoptr (PiaoFixture) fixture = piao_fixture_new ();
  gint64 order = confirming_order (fixture), abnormal;
  JsonObject *args = report_of (order, "lost", PACK_1);

  debit (fixture, order);
  json_array_add_object_element (json_object_get_array_member (args, "packs"),
                                 piao_json_build ("pack", 'd', (gint64)PACK_2, NULL));
  piao_fixture_must (fixture, FIXTURE_PICKER, "order.report_abnormal", args);
  g_assert_true (piao_db_query_int (fixture->db, &select_case, 0, &abnormal, NULL, "i", order));
  approve (fixture, order, abnormal, "refund_reversal");
  piao_fixture_must_not (fixture, FIXTURE_KEEPER, "abnormal.close",
                         close_of (order, abnormal, "resumed", FALSE, FALSE), "case.nothing-left");
}

/* ILMS locks for an order and is answered by nobody yet. */
static gint64
unlocked_order (PiaoFixture *fixture)
{
  JsonArray *lines = json_array_new ();

  json_array_add_object_element (lines, piao_json_build ("ticket_type", 'd', (gint64)FIXTURE_TYPE_A,
                                                         "packs", 'i', (gint64)1, NULL));
  piao_fixture_must (fixture, FIXTURE_KEEPER, "order.submit",
                     piao_json_build ("outlet", 'd', (gint64)FIXTURE_OUTLET, "source", 's', "phone",
                                      "identity_checked", 'b', TRUE, "lines", 'a', lines, NULL));
  return fixture->command + PIAO_ID_STRIDE;
}

static void
test_lock_lands_beneath_a_case (void)
{
  g_autoptr (PiaoFixture) fixture = piao_fixture_new ();
  gint64 order = unlocked_order (fixture);
  gint64 abnormal = report (fixture, order, "other", 0);

  assert_kept (fixture, order, "submitted");
  piao_fixture_answer (fixture, order, TRUE, NULL, LOCKED);
  assert_kept (fixture, order, "pending_outbound");
  approve (fixture, order, abnormal, "write_off");
  piao_fixture_must (fixture, FIXTURE_KEEPER, "abnormal.close",
                     close_of (order, abnormal, "resumed", FALSE, FALSE));
  assert_state (fixture, order, "pending_outbound");
  assert_sound (fixture);
}

/* A lock that comes when its order was cancelled or refused is given back: ILMS would hold stock
 * and money for nobody. */
static void
test_late_lock_is_given_back (void)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (PiaoFixture) fixture = piao_fixture_new ();
      gint64 order = unlocked_order (fixture), abnormal;
      g_autofree char *lock = NULL;

      if (i == 0)
        {
          abnormal = report (fixture, order, "other", 0);
          approve (fixture, order, abnormal, "write_off");
          piao_fixture_must (fixture, FIXTURE_KEEPER, "abnormal.close",
                             close_of (order, abnormal, "cancelled", FALSE, FALSE));
        }
      else
        piao_fixture_must (fixture, FIXTURE_KEEPER, "order.refuse",
                           piao_json_build ("order", 'd', order, "reason", 's', "OWNER_ASKED",
                                            NULL));
      g_assert_cmpint (requests_of (fixture, order, "order.release"), ==, 0);
      piao_fixture_answer (fixture, order, TRUE, NULL, LOCKED);
      g_assert_cmpint (requests_of (fixture, order, "order.release"), ==, 1);
      piao_fixture_answer (fixture, order, TRUE, NULL, "{}");
      lock = piao_fixture_text (fixture, &piao_order_kind, order, "lock_no");
      g_assert_cmpstr (lock, ==, "");
      assert_sound (fixture);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/abnormal/to-its-end", test_case_is_followed_to_its_end);
  g_test_add_func ("/abnormal/report", test_report_names_what_is_there);
  g_test_add_func ("/abnormal/approval", test_approval_is_somebody_elses);
  g_test_add_func ("/abnormal/no", test_approver_may_say_no);
  g_test_add_func ("/abnormal/theft", test_theft_needs_the_police);
  g_test_add_func ("/abnormal/checked", test_checked_order_is_picked_again);
  g_test_add_func ("/abnormal/found", test_found_packs_change_nothing);
  g_test_add_func ("/abnormal/cancelled", test_cancelled_order_gives_everything_back);
  g_test_add_func ("/abnormal/debit", test_debit_lands_beneath_a_case);
  g_test_add_func ("/abnormal/debit-refused", test_refused_debit_lands_beneath_a_case);
  g_test_add_func ("/abnormal/reversal", test_debit_is_not_cancelled_in_silence);
  g_test_add_func ("/abnormal/nothing-left", test_nothing_left_is_not_sent);
  g_test_add_func ("/abnormal/lock", test_lock_lands_beneath_a_case);
  g_test_add_func ("/abnormal/late-lock", test_late_lock_is_given_back);
  return g_test_run ();
}
