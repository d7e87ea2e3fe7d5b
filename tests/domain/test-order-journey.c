/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* An order from the telephone to its label, by commands alone, and what is refused on the way. */

#include "domain/delivery/piao-delivery-kinds.h"
#include "domain/order/piao-order-kinds.h"
#include "domain/pack/piao-pack-kinds.h"
#include "tests/lib/piao-fixture.h"

PIAO_STATEMENT (select_parcel, "SELECT id FROM parcel WHERE order_id = $1");
PIAO_STATEMENT (select_line, "SELECT id FROM order_line WHERE order_id = $1 AND n = $2");
PIAO_STATEMENT (select_pack, "SELECT id FROM pack WHERE order_id = $1 ORDER BY id LIMIT 1");
PIAO_STATEMENT (put_back,
                "UPDATE pack SET state = 'in_stock', order_id = NULL, line_id = NULL"
                " WHERE id = $1");
PIAO_STATEMENT (count_movements, "SELECT count(*) FROM movement WHERE order_id = $1");

static JsonObject *
of_order (gint64 order)
{
  return piao_json_build ("order", 'd', order, NULL);
}

static JsonObject *
scan_of (gint64 order, const char *pack)
{
  return piao_json_build ("order", 'd', order, "pack", 's', pack, NULL);
}

static void
assert_state (PiaoFixture *fixture, gint64 order, const char *expected)
{
  g_autofree char *state = piao_fixture_text (fixture, &piao_order_kind, order, "state");

  g_assert_cmpstr (state, ==, expected);
}

static gint64
stock_of (PiaoFixture *fixture, const char *column)
{
  return piao_fixture_int (fixture, &piao_stock_kind, FIXTURE_TYPE_A + FIXTURE_WAREHOUSE * 1000,
                           column);
}

static JsonObject *
check_of (gint64 order)
{
  return piao_json_build ("order", 'd', order, "intact", 'b', TRUE, NULL);
}

static JsonObject *
confirm_of (gint64 order, gboolean online)
{
  return piao_json_build ("order", 'd', order, "online", 'b', online, NULL);
}

/* Opens and fills an order of two packs of type A up to its check sheet. */
static gint64
picked_order (PiaoFixture *fixture)
{
  gint64 order = piao_fixture_order (fixture, 2, 0);

  piao_fixture_must (fixture, FIXTURE_PICKER, "order.open_pick", of_order (order));
  piao_fixture_must (fixture, FIXTURE_PICKER, "order.scan", scan_of (order, "J0001-00005-0000001"));
  piao_fixture_must (fixture, FIXTURE_PICKER, "order.scan", scan_of (order, "J0001-00005-0000002"));
  piao_fixture_must (fixture, FIXTURE_PICKER, "order.check", check_of (order));
  return order;
}

static void
test_order_reaches_its_label (void)
{
  g_autoptr (PiaoFixture) fixture = piao_fixture_new ();
  gint64 order = picked_order (fixture);
  gint64 parcel = 0;
  g_autofree char *number = NULL;

  g_assert_cmpint (stock_of (fixture, "free"), ==, 3);
  g_assert_cmpint (stock_of (fixture, "reserved"), ==, 2);
  piao_fixture_must (fixture, FIXTURE_PICKER, "order.confirm", confirm_of (order, TRUE));
  assert_state (fixture, order, "confirming");
  piao_fixture_answer (fixture, order, TRUE, NULL,
                       "{\"confirmNo\":\"C77\",\"debited\":\"1000.00\"}");
  assert_state (fixture, order, "ready_to_ship");
  g_assert_cmpint (piao_fixture_int (fixture, &piao_order_kind, order, "debited"), ==, 100000);
  g_assert_cmpint (stock_of (fixture, "reserved"), ==, 0);
  g_assert_true (piao_db_query_int (fixture->db, &select_parcel, 0, &parcel, NULL, "i", order));
  piao_fixture_must (fixture, FIXTURE_PICKER, "label.issue",
                     piao_json_build ("parcel", 'd', parcel, NULL));
  g_assert_cmpint (piao_fixture_int (fixture, &piao_parcel_kind, parcel, "label_copies"), ==, 1);
  number = piao_fixture_text (fixture, &piao_order_kind, order, "number");
  g_assert_cmpuint (strlen (number), ==, 18);
  piao_fixture_must_not (fixture, FIXTURE_PICKER, "parcel.close",
                         piao_json_build ("parcel", 'd', parcel, "code", 's', "other", NULL),
                         "parcel.other-label");
  piao_fixture_must (fixture, FIXTURE_PICKER, "parcel.close",
                     piao_json_build ("parcel", 'd', parcel, "code", 's', number, NULL));
}

/* What ILMS says it has done counts only when it says it whole. */
static void
test_half_an_answer_is_none (void)
{
  g_autoptr (PiaoFixture) fixture = piao_fixture_new ();
  gint64 order = picked_order (fixture);

  piao_fixture_must (fixture, FIXTURE_PICKER, "order.confirm", confirm_of (order, TRUE));
  piao_fixture_answer_not (fixture, order, "{}", "gateway.no-number");
  piao_fixture_answer_not (fixture, order, "{\"debited\":\"1000.00\"}", "gateway.no-number");
  piao_fixture_answer_not (fixture, order, "{\"confirmNo\":\"C77\"}", "gateway.no-amount");
  piao_fixture_answer_not (fixture, order, "{\"confirmNo\":\"C77\",\"debited\":\"1,000\"}",
                           "gateway.no-amount");
  piao_fixture_answer_not (fixture, order, "{\"confirmNo\":\"C77\",\"debited\":\"-1000.00\"}",
                           "gateway.no-amount");
  piao_fixture_answer_not (fixture, order, "{\"confirmNo\":\"C77\",\"debited\":\"0.00\"}",
                           "gateway.no-amount");
  assert_state (fixture, order, "confirming");
  g_assert_cmpint (stock_of (fixture, "reserved"), ==, 2);
  piao_fixture_answer (fixture, order, TRUE, NULL,
                       "{\"confirmNo\":\"C77\",\"debited\":\"1000.00\"}");
  assert_state (fixture, order, "ready_to_ship");
}

PIAO_STATEMENT (move_outlet, "UPDATE outlet SET lane = $1 WHERE id = $2");

/* An outlet goes to another prefecture while its order is on the way: the order stays here. */
static void
test_outlet_moves_away (void)
{
  g_autoptr (PiaoFixture) fixture = piao_fixture_new ();
  gint64 order = picked_order (fixture);

  g_assert_true (piao_db_exec (fixture->db, &move_outlet, NULL, "ii", (gint64)FIXTURE_OTHER_LANE,
                               (gint64)FIXTURE_OUTLET));
  piao_fixture_must (fixture, FIXTURE_PICKER, "order.confirm", confirm_of (order, TRUE));
  assert_state (fixture, order, "confirming");
}

PIAO_STATEMENT (drop_outlet, "DELETE FROM outlet WHERE id = $1");
PIAO_STATEMENT (select_params,
                "SELECT params FROM gateway_request WHERE order_id = $1 AND op = $2");
PIAO_STATEMENT (drop_requests, "DELETE FROM gateway_request WHERE order_id = $1");

/* What ILMS is told to be the outlet. Transfer full. */
static char *
dup_outlet_no (PiaoFixture *fixture, gint64 order, const char *op)
{
  g_autofree char *text = NULL;
  g_autoptr (JsonObject) params = NULL;

  g_assert_true (piao_db_query_text (fixture->db, &select_params, &text, NULL, "is", order, op));
  params = piao_json_parse_object (text, -1, PIAO_JSON_MAX_BYTES, op, NULL);
  g_assert_nonnull (params);
  return g_strdup (piao_json_get_text (params, "outletNo", NULL));
}

/* Its row is not on this computer any more: ILMS knows it by the number that locked its money. */
static void
test_outlet_is_gone (void)
{
  g_autoptr (PiaoFixture) fixture = piao_fixture_new ();
  gint64 order = picked_order (fixture);
  g_autofree char *locked = dup_outlet_no (fixture, order, "order.lock");
  g_autofree char *confirmed = NULL;

  g_assert_nonnull (locked);
  g_assert_true (piao_db_exec (fixture->db, &drop_outlet, NULL, "i", (gint64)FIXTURE_OUTLET));
  piao_fixture_must (fixture, FIXTURE_PICKER, "order.confirm", confirm_of (order, TRUE));
  assert_state (fixture, order, "confirming");
  confirmed = dup_outlet_no (fixture, order, "order.confirm");
  g_assert_cmpstr (confirmed, ==, locked);
}

/* And when nobody knows the number, nothing is done, with a sentence. */
static void
test_outlet_is_unknown (void)
{
  g_autoptr (PiaoFixture) fixture = piao_fixture_new ();
  gint64 order = picked_order (fixture);

  g_assert_true (piao_db_exec (fixture->db, &drop_outlet, NULL, "i", (gint64)FIXTURE_OUTLET));
  g_assert_true (piao_db_exec (fixture->db, &drop_requests, NULL, "i", order));
  piao_fixture_must_not (fixture, FIXTURE_PICKER, "order.confirm", confirm_of (order, TRUE),
                         "gateway.outlet");
}

static void
test_scan_refuses_and_changes_nothing (void)
{
  g_autoptr (PiaoFixture) fixture = piao_fixture_new ();
  gint64 first = piao_fixture_order (fixture, 1, 1), second = piao_fixture_order (fixture, 1, 0);
  g_autoptr (GError) error = NULL;

  piao_fixture_must_not (fixture, FIXTURE_PICKER, "order.scan",
                         scan_of (first, "J0001-00005-0000001"), "order.state");
  piao_fixture_must (fixture, FIXTURE_PICKER, "order.open_pick", of_order (first));
  piao_fixture_must (fixture, FIXTURE_KEEPER, "order.open_pick", of_order (second));
  piao_fixture_must_not (fixture, FIXTURE_KEEPER, "order.open_pick", of_order (first),
                         "order.leased");
  piao_fixture_must_not (fixture, FIXTURE_STRANGER, "order.open_pick", of_order (first),
                         "access.scope");
  piao_fixture_must_not (fixture, FIXTURE_KEEPER, "order.scan",
                         scan_of (second, "J0002-00007-0000001"), "scan.wrong-type");
  piao_fixture_must (fixture, FIXTURE_PICKER, "order.scan", scan_of (first, "J0001-00005-0000001"));
  piao_fixture_must_not (fixture, FIXTURE_PICKER, "order.scan",
                         scan_of (first, "J0001-00005-0000001"), "scan.again");
  piao_fixture_must_not (fixture, FIXTURE_KEEPER, "order.scan",
                         scan_of (second, "J0001-00005-0000001"), "scan.other-order");
  piao_fixture_must_not (fixture, FIXTURE_PICKER, "order.scan",
                         scan_of (first, "J0001-00005-0000002"), "scan.surplus");
  piao_fixture_must_not (fixture, FIXTURE_PICKER, "order.scan",
                         scan_of (first, "J0009-00005-0000002"), "scan.not-here");
  piao_fixture_must_not (fixture, FIXTURE_KEEPER, "order.scan",
                         scan_of (second, "J0001-00005-0000091"), "access.scope");
  g_assert_false (piao_fixture_run (fixture, FIXTURE_KEEPER, "order.scan",
                                    scan_of (second, "J0002-00007-0000001"), &error));
  /* The refusal teaches: what was scanned, what is missing, where it is. */
  g_assert_nonnull (strstr (error->message, "0145"));
  g_assert_nonnull (strstr (error->message, "0123"));
  g_assert_nonnull (strstr (error->message, "B-03"));
  g_assert_cmpint (stock_of (fixture, "free"), ==, 4);
}

static void
test_undo_takes_back_the_last_scan (void)
{
  g_autoptr (PiaoFixture) fixture = piao_fixture_new ();
  gint64 order = piao_fixture_order (fixture, 5, 0);
  gint64 rows = 0;

  piao_fixture_must (fixture, FIXTURE_PICKER, "order.open_pick", of_order (order));
  for (int i = 1; i <= 5; i++)
    {
      g_autofree char *pack = g_strdup_printf ("J0001-00005-%07d", i);

      piao_fixture_must (fixture, FIXTURE_PICKER, "order.scan", scan_of (order, pack));
    }
  piao_fixture_must (fixture, FIXTURE_PICKER, "order.undo", of_order (order));
  piao_fixture_must (fixture, FIXTURE_PICKER, "order.undo", of_order (order));
  g_assert_cmpint (piao_fixture_int (fixture, &piao_order_kind, order, "scanned"), ==, 3);
  g_assert_true (piao_db_query_int (fixture->db, &count_movements, 0, &rows, NULL, "i", order));
  g_assert_cmpint (rows, ==, 7);
  piao_fixture_must (fixture, FIXTURE_PICKER, "order.scan", scan_of (order, "J0001-00005-0000005"));
  piao_fixture_must (fixture, FIXTURE_PICKER, "order.release", of_order (order));
  g_assert_cmpint (stock_of (fixture, "free"), ==, 5);
  piao_fixture_must (fixture, FIXTURE_PICKER, "order.open_pick", of_order (order));
  piao_fixture_must_not (fixture, FIXTURE_PICKER, "order.undo", of_order (order), "undo.nothing");
}

static void
test_offline_confirm_is_held (void)
{
  g_autoptr (PiaoFixture) fixture = piao_fixture_new ();
  gint64 order = picked_order (fixture);
  gint64 requests = 0;

  piao_fixture_must (fixture, FIXTURE_PICKER, "order.confirm", confirm_of (order, FALSE));
  assert_state (fixture, order, "held_for_ilms");
  g_assert_true (piao_db_query_int (fixture->db, &select_parcel, 0, &requests, NULL, "i", order));
  g_assert_cmpint (requests, ==, 0);
  piao_fixture_must (fixture, FIXTURE_PICKER, "order.reconnect", of_order (order));
  assert_state (fixture, order, "confirming");
  piao_fixture_answer (fixture, order, FALSE, "BAL_SHORT", "{}");
  assert_state (fixture, order, "on_hold");
  g_assert_cmpint (stock_of (fixture, "reserved"), ==, 2);
  piao_fixture_must_not (fixture, FIXTURE_KEEPER, "order.refuse",
                         piao_json_build ("order", 'd', order, "reason", 's', "BAL_SHORT", NULL),
                         "order.scanned");
  piao_fixture_must (fixture, FIXTURE_KEEPER, "order.retry", of_order (order));
  assert_state (fixture, order, "pending_outbound");
}

static void
test_short_pick_amends_before_confirm (void)
{
  g_autoptr (PiaoFixture) fixture = piao_fixture_new ();
  gint64 order = piao_fixture_order (fixture, 2, 1);
  gint64 line = 0;

  piao_fixture_must (fixture, FIXTURE_PICKER, "order.open_pick", of_order (order));
  piao_fixture_must (fixture, FIXTURE_PICKER, "order.scan", scan_of (order, "J0001-00005-0000001"));
  piao_fixture_must (fixture, FIXTURE_PICKER, "order.scan", scan_of (order, "J0002-00007-0000001"));
  piao_fixture_must_not (fixture, FIXTURE_PICKER, "order.check", check_of (order),
                         "check.incomplete");
  g_assert_true (
      piao_db_query_int (fixture->db, &select_line, 0, &line, NULL, "ii", order, (gint64)1));
  piao_fixture_must (fixture, FIXTURE_PICKER, "order.short",
                     piao_json_build ("order", 'd', order, "line", 'd', line, "reason", 's',
                                      "STOCK_SHORT", NULL));
  piao_fixture_must (fixture, FIXTURE_PICKER, "order.check", check_of (order));
  g_assert_cmpint (piao_fixture_int (fixture, &piao_order_kind, order, "amount"), ==, 110000);
  piao_fixture_must_not (fixture, FIXTURE_PICKER, "order.confirm", confirm_of (order, TRUE),
                         "order.amending");
  piao_fixture_answer (fixture, order, TRUE, NULL, "{\"lockNo\":\"L2\",\"preDebit\":\"1100.00\"}");
  piao_fixture_must (fixture, FIXTURE_PICKER, "order.confirm", confirm_of (order, TRUE));
}

static void
test_case_is_taken_whole_or_not (void)
{
  g_autoptr (PiaoFixture) fixture = piao_fixture_new ();
  gint64 order = piao_fixture_order (fixture, 5, 0);
  gint64 other = piao_fixture_order (fixture, 0, 1);

  piao_fixture_must (fixture, FIXTURE_PICKER, "order.open_pick", of_order (order));
  piao_fixture_must (fixture, FIXTURE_PICKER, "order.open_pick", of_order (other));
  piao_fixture_must_not (fixture, FIXTURE_PICKER, "order.scan_case",
                         piao_json_build ("order", 'd', order, "first", 's', "J0001-00005-0000001",
                                          "count", 'i', (gint64)6, "proof", 's',
                                          "J0001-00005-0000003", NULL),
                         "scan.not-here");
  piao_fixture_must_not (fixture, FIXTURE_PICKER, "order.scan_case",
                         piao_json_build ("order", 'd', order, "first", 's', "J0001-00005-0000001",
                                          "count", 'i', (gint64)5, "proof", 's',
                                          "J0001-00005-0000009", NULL),
                         "scan.not-proved");
  g_assert_cmpint (stock_of (fixture, "free"), ==, 5);
  piao_fixture_must (fixture, FIXTURE_PICKER, "order.scan_case",
                     piao_json_build ("order", 'd', order, "first", 's', "J0001-00005-0000001",
                                      "count", 'i', (gint64)5, "proof", 's', "J0001-00005-0000003",
                                      NULL));
  g_assert_cmpint (stock_of (fixture, "free"), ==, 0);
}

static void
test_label_needs_a_confirmation (void)
{
  g_autoptr (PiaoFixture) fixture = piao_fixture_new ();
  gint64 order = picked_order (fixture);
  g_autoptr (PiaoRecord) parcel = piao_record_new (&piao_parcel_kind, 999, FIXTURE_LANE);

  piao_record_set_int (parcel, PIAO_PARCEL_ORDER_ID, order);
  piao_record_set_int (parcel, PIAO_PARCEL_N, 1);
  piao_record_set_int (parcel, PIAO_PARCEL_TOTAL, 1);
  piao_record_set_int (parcel, PIAO_PARCEL_LABEL_COPIES, 0);
  piao_record_set_int (parcel, PIAO_PARCEL_LABEL_AT, 0);
  piao_record_set_int (parcel, PIAO_PARCEL_CLOSED_AT, 0);
  g_assert_true (piao_record_store (fixture->db, parcel, NULL));
  piao_fixture_must_not (fixture, FIXTURE_KEEPER, "label.issue",
                         piao_json_build ("parcel", 'd', (gint64)999, NULL), "label.unconfirmed");
  /* WHS-08 is in the table too: no code can write such a row. */
  {
    g_autoptr (PiaoRecord) row = piao_record_load (fixture->db, &piao_order_kind, order, NULL);
    g_autoptr (GError) error = NULL;

    piao_record_set_text (row, PIAO_ORDER_STATE, "ready_to_ship");
    g_assert_false (piao_record_store (fixture->db, row, &error));
  }
}

/* A desktop that fetches page by page may have an order before it has the order's packs. */
static void
test_packs_that_have_not_come (void)
{
  g_autoptr (PiaoFixture) fixture = piao_fixture_new ();
  gint64 order = picked_order (fixture);
  gint64 pack = 0;

  g_assert_true (piao_db_query_int (fixture->db, &select_pack, 0, &pack, NULL, "i", order));
  g_assert_true (piao_db_exec (fixture->db, &put_back, NULL, "i", pack));
  piao_fixture_must_not (fixture, FIXTURE_PICKER, "order.confirm", confirm_of (order, TRUE),
                         "order.incomplete");
  assert_state (fixture, order, "checked");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/order/journey/label", test_order_reaches_its_label);
  g_test_add_func ("/order/journey/half-an-answer", test_half_an_answer_is_none);
  g_test_add_func ("/order/journey/outlet-moves-away", test_outlet_moves_away);
  g_test_add_func ("/order/journey/outlet-is-gone", test_outlet_is_gone);
  g_test_add_func ("/order/journey/outlet-is-unknown", test_outlet_is_unknown);
  g_test_add_func ("/order/journey/refusals", test_scan_refuses_and_changes_nothing);
  g_test_add_func ("/order/journey/undo", test_undo_takes_back_the_last_scan);
  g_test_add_func ("/order/journey/held", test_offline_confirm_is_held);
  g_test_add_func ("/order/journey/short", test_short_pick_amends_before_confirm);
  g_test_add_func ("/order/journey/case", test_case_is_taken_whole_or_not);
  g_test_add_func ("/order/journey/unconfirmed-label", test_label_needs_a_confirmation);
  g_test_add_func ("/order/journey/incomplete", test_packs_that_have_not_come);
  return g_test_run ();
}
