/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* What the stand-in does with orders, packs and money, asked through the real client. */

#include "lib/gateway-fixture.h"
#include "sandbox/piao-sandbox-faults.h"

#define PACK(game, pack)                                                                           \
  "{\"gameNo\": \"" game "\", \"batchNo\": \"23001\", \"packNo\": \"" pack "\"}"
#define AT "\"outletNo\": \"65010001\", \"warehouseNo\": \"6501\""

static void
set_up (GatewayFixture *self, gconstpointer data)
{
  static const GatewayFixtureOptions plain = { 0 };

  gateway_fixture_set_up (self, data != NULL ? data : &plain);
}

static void
tear_down (GatewayFixture *self, gconstpointer data)
{
  gateway_fixture_verify (self);
  gateway_fixture_tear_down (self);
}

/* Calls with a number of its own; the code that came back, or "ok". */
static void
assert_code (GatewayFixture *self, const char *operation, const char *params, const char *code)
{
  static guint number;
  g_autofree char *request = g_strdup_printf ("auto-%u", ++number);
  g_autoptr (PiaoGatewayReply) reply = gateway_fixture_call (self, operation, request, params);

  g_test_message ("%s %s: %s %s", operation, params, reply->code, reply->sentence);
  g_assert_cmpstr (reply->kind == PIAO_GATEWAY_OK ? "ok" : reply->code, ==, code);
}

static void
assert_member (GatewayFixture *self,
               const char *operation,
               const char *params,
               const char *member,
               const char *expected)
{
  g_autoptr (PiaoGatewayReply) reply = gateway_fixture_call (self, operation, NULL, params);

  g_assert_cmpint (reply->kind, ==, PIAO_GATEWAY_OK);
  g_assert_cmpstr (piao_json_get_text (reply->result, member, NULL), ==, expected);
}

#define assert_instant(self, expected)                                                             \
  assert_member (self, "outlet.balance", "{\"outletNo\": \"65010001\"}", "instant", expected)

/* Stock of game 0123 in warehouse 6501. */
static void
assert_stock (GatewayFixture *self, gint64 packs, gint64 locked)
{
  g_autoptr (PiaoGatewayReply) reply
      = gateway_fixture_call (self, "stock.query", NULL,
                              "{\"warehouseNo\": \"6501\", \"gameNo\": \"0123\"}");
  JsonObject *row = piao_json_array_get_object (piao_json_get_array (reply->result, "stock"), 0);

  g_assert_cmpint (piao_json_get_int (row, "packs", -1), ==, packs);
  g_assert_cmpint (piao_json_get_int (row, "locked", -1), ==, locked);
  g_assert_cmpint (piao_json_get_int (row, "free", -1), ==, packs - locked);
}

static void
test_lock_amend_release (GatewayFixture *self, gconstpointer data)
{
  assert_member (self, "order.lock",
                 "{\"requestNo\": \"1\", \"orderNo\": \"A1\", " AT ", \"amount\": \"120.00\","
                 " \"lines\": [{\"gameNo\": \"0123\", \"packs\": 2, \"amount\": \"120.00\"}]}",
                 "lockNo", "L00000001");
  assert_instant (self, "880.00");
  assert_stock (self, 5, 2);
  assert_member (self, "order.amend",
                 "{\"requestNo\": \"2\", \"orderNo\": \"A1\", \"lockNo\": \"L00000001\","
                 " \"amount\": \"240.00\","
                 " \"lines\": [{\"gameNo\": \"0123\", \"packs\": 4, \"amount\": \"240.00\"}]}",
                 "preDebit", "240.00");
  assert_instant (self, "760.00");
  assert_stock (self, 5, 4);
  assert_member (self, "order.release",
                 "{\"requestNo\": \"3\", \"orderNo\": \"A1\", \"lockNo\": \"L00000001\"}",
                 "released", "240.00");
  assert_instant (self, "1000.00");
  assert_stock (self, 5, 0);
}

/* A confirm may carry fewer packs than were locked: the rest of quota and stock comes back. */
static void
test_lock_then_confirm_less (GatewayFixture *self, gconstpointer data)
{
  assert_code (self, "order.lock",
               "{\"orderNo\": \"A1\", " AT ", \"amount\": \"180.00\","
               " \"lines\": [{\"gameNo\": \"0123\", \"packs\": 3, \"amount\": \"180.00\"}]}",
               "ok");
  assert_code (self, "order.confirm",
               "{\"orderNo\": \"A1\", \"lockNo\": \"L00000001\", " AT ", \"amount\": \"120.00\","
               " \"packs\": [" PACK ("0123", "0000001") "," PACK ("0123", "0000002") "]}",
               "ok");
  assert_instant (self, "880.00");
  assert_stock (self, 3, 0);
  assert_member (self, "pack.query", PACK ("0123", "0000002"), "state", "at_outlet");
  assert_member (self, "pack.query", PACK ("0123", "0000002"), "orderNo", "A1");
  g_assert_cmpint (gateway_fixture_count (self, "debit", "A1"), ==, 1);
  assert_code (self, "order.release", "{\"orderNo\": \"A1\", \"lockNo\": \"L00000001\"}",
               "NO_SUCH_LOCK");
}

/* Whatever is refused leaves everything as it was. */
static void
test_refusals (GatewayFixture *self, gconstpointer data)
{
  static const char *const cases[][3] = {
    { "order.lock",
      "{\"orderNo\": \"B\", \"outletNo\": \"65010002\", \"warehouseNo\": \"6501\","
      " \"amount\": \"60.00\","
      " \"lines\": [{\"gameNo\": \"0123\", \"packs\": 1, \"amount\": \"60.00\"}]}",
      "BAL_SHORT" },
    { "order.lock",
      "{\"orderNo\": \"B\", " AT ", \"amount\": \"360.00\","
      " \"lines\": [{\"gameNo\": \"0123\", \"packs\": 6, \"amount\": \"360.00\"}]}",
      "STOCK_SHORT" },
    { "order.lock",
      "{\"orderNo\": \"B\", " AT ", \"amount\": \"160.00\","
      " \"lines\": [{\"gameNo\": \"0123\", \"packs\": 1, \"amount\": \"60.00\"}]}",
      "AMOUNT_WRONG" },
    { "order.lock",
      "{\"orderNo\": \"B\", " AT ", \"amount\": \"61.00\","
      " \"lines\": [{\"gameNo\": \"0123\", \"packs\": 1, \"amount\": \"61.00\"}]}",
      "AMOUNT_WRONG" },
    { "order.lock",
      "{\"orderNo\": \"B\", " AT ", \"amount\": \"1.00\","
      " \"lines\": [{\"gameNo\": \"9999\", \"packs\": 1, \"amount\": \"1.00\"}]}",
      "NO_SUCH_GAME" },
    { "order.lock",
      "{\"orderNo\": \"B\", \"outletNo\": \"1\", \"warehouseNo\": \"6501\", \"amount\": \"60.00\","
      " \"lines\": [{\"gameNo\": \"0123\", \"packs\": 1, \"amount\": \"60.00\"}]}",
      "NO_SUCH_OUTLET" },
    { "order.lock", "{\"orderNo\": \"B\", " AT ", \"amount\": \"60.00\", \"lines\": \"[\"}",
      "PARAMS" },
    { "order.lock",
      "{\"orderNo\": \"B\", " AT ", \"amount\": \"6e1\", \"lines\": [{\"gameNo\": \"0123\"}]}",
      "PARAMS" },
    { "order.confirm",
      "{\"orderNo\": \"B\", \"lockNo\": \"L9\", " AT ", \"amount\": \"60.00\","
      " \"packs\": [" PACK ("0123", "0000001") "]}",
      "NO_SUCH_LOCK" },
    { "order.confirm",
      "{\"orderNo\": \"B\", " AT ", \"amount\": \"60.00\","
      " \"packs\": [" PACK ("0123", "0000001") "," PACK ("0123", "0000001") "]}",
      "PARAMS" },
    { "order.confirm",
      "{\"orderNo\": \"B\", " AT ", \"amount\": \"60.00\","
      " \"packs\": [" PACK ("0123", "0000001") "," PACK ("0145", "0000001") "]}",
      "AMOUNT_WRONG" },
    { "order.confirm",
      "{\"orderNo\": \"B\", \"outletNo\": \"65010001\", \"warehouseNo\": \"6502\","
      " \"amount\": \"60.00\", \"packs\": [" PACK ("0123", "0000001") "]}",
      "PACK_STATE" },
    { "order.confirm",
      "{\"orderNo\": \"B\", " AT ", \"amount\": \"60.00\","
      " \"packs\": [" PACK ("0123", "7777777") "]}",
      "NO_SUCH_PACK" },
    { "pack.return", "{" AT ", \"amount\": \"60.00\", \"packs\": [" PACK ("0123", "0000001") "]}",
      "PACK_STATE" },
    { "pack.query", PACK ("0123", "7777777"), "NO_SUCH_PACK" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_code (self, cases[i][0], cases[i][1], cases[i][2]);
  assert_instant (self, "1000.00");
  assert_stock (self, 5, 0);
  assert_member (self, "pack.query", PACK ("0123", "0000001"), "state", "in_stock");
}

static void
test_same_number (GatewayFixture *self, gconstpointer data)
{
  g_autoptr (PiaoGatewayReply) first = gateway_fixture_confirm (self, "77");
  g_autoptr (PiaoGatewayReply) again = gateway_fixture_confirm (self, "77");
  g_autoptr (PiaoGatewayReply) reused
      = gateway_fixture_call (self, "order.confirm", "77",
                              "{\"orderNo\": \"A2\", " AT ", \"amount\": \"60.00\","
                              " \"packs\": [" PACK ("0123", "0000002") "]}");

  g_assert_false (piao_json_get_bool (first->result, "duplicate", FALSE));
  g_assert_true (piao_json_get_bool (again->result, "duplicate", FALSE));
  g_assert_cmpstr (piao_json_get_text (again->result, "confirmNo", NULL), ==,
                   piao_json_get_text (first->result, "confirmNo", ""));
  g_assert_cmpstr (reused->code, ==, "REQUEST_REUSED");
  g_assert_cmpint (gateway_fixture_count (self, "debit", "A1"), ==, 1);
  assert_instant (self, "840.00");
  /* another number for the same order: its packs are gone */
  assert_code (self, "order.confirm",
               "{\"orderNo\": \"A1\", " AT ", \"amount\": \"60.00\","
               " \"packs\": [" PACK ("0123", "0000003") "]}",
               "ORDER_STATE");
}

/* The unforgiving gateway is really unforgiving, so that tests against it mean something. */
static void
test_no_idempotency (void)
{
  static const GatewayFixtureOptions options = { .no_idempotency = TRUE };
  GatewayFixture gateway = { 0 };
  g_autoptr (PiaoGatewayReply) first = NULL;
  g_autoptr (PiaoGatewayReply) second = NULL;
  g_autoptr (JsonArray) breaches = NULL;

  gateway_fixture_set_up (&gateway, &options);
  first = gateway_fixture_confirm (&gateway, "77");
  second = gateway_fixture_confirm (&gateway, "77");
  g_assert_cmpint (first->kind, ==, PIAO_GATEWAY_OK);
  g_assert_cmpint (second->kind, ==, PIAO_GATEWAY_OK);
  g_assert_cmpint (gateway_fixture_count (&gateway, "debit", "A1"), ==, 2);
  assert_instant (&gateway, "680.00");
  breaches = piao_sandbox_store_verify (piao_sandbox_get_store (gateway.sandbox));
  g_assert_cmpuint (json_array_get_length (breaches), ==, 1);
  gateway_fixture_tear_down (&gateway);
}

static void
test_did_it_happen (GatewayFixture *self, gconstpointer data)
{
  g_autoptr (PiaoGatewayReply) before = gateway_fixture_call (self, "order.query", "77", "{}");
  g_autoptr (PiaoGatewayReply) lost = NULL;
  g_autoptr (PiaoGatewayReply) after = NULL;
  g_autoptr (PiaoGatewayReply) no = NULL;
  g_autoptr (PiaoGatewayReply) refused = NULL;

  g_assert_cmpint (piao_gateway_reply_get_finding (before), ==, PIAO_GATEWAY_NOT_FOUND);
  gateway_fixture_faults (self, "order.confirm/apply-drop");
  lost = gateway_fixture_confirm (self, "77");
  g_assert_cmpint (lost->kind, ==, PIAO_GATEWAY_UNKNOWN);
  after = gateway_fixture_call (self, "order.query", "77", "{}");
  g_assert_cmpint (piao_gateway_reply_get_finding (after), ==, PIAO_GATEWAY_FOUND_DONE);
  g_assert_cmpstr (piao_json_get_text (after->result, "op", NULL), ==, "order.confirm");
  g_assert_cmpstr (piao_json_get_text (piao_json_get_object (after->result, "result"), "debited",
                                       NULL),
                   ==, "160.00");
  no = gateway_fixture_call (self, "order.release", "78",
                             "{\"orderNo\": \"A1\", \"lockNo\": \"L1\"}");
  g_assert_cmpint (no->kind, ==, PIAO_GATEWAY_REFUSED);
  refused = gateway_fixture_call (self, "order.query", "78", "{}");
  g_assert_cmpint (piao_gateway_reply_get_finding (refused), ==, PIAO_GATEWAY_FOUND_REFUSED);
  g_assert_cmpstr (piao_json_get_text (refused->result, "code", NULL), ==, "NO_SUCH_LOCK");
}

static void
test_transfer_and_return (GatewayFixture *self, gconstpointer data)
{
  g_autoptr (PiaoGatewayReply) confirm = gateway_fixture_confirm (self, "77");

  g_assert_cmpint (confirm->kind, ==, PIAO_GATEWAY_OK);
  assert_code (self, "pack.return",
               "{" AT ", \"amount\": \"60.00\", \"packs\": [" PACK ("0123", "0000001") "]}", "ok");
  assert_instant (self, "900.00");
  assert_stock (self, 5, 0);
  assert_code (self, "pack.transfer",
               "{\"fromWarehouseNo\": \"6501\", \"toWarehouseNo\": \"6502\","
               " \"packs\": [" PACK ("0123", "0000001") "," PACK ("0123", "0000002") "]}",
               "ok");
  assert_stock (self, 3, 0);
  assert_member (self, "pack.query", PACK ("0123", "0000001"), "warehouseNo", "6502");
  assert_code (self, "order.lock",
               "{\"orderNo\": \"A9\", " AT ", \"amount\": \"180.00\","
               " \"lines\": [{\"gameNo\": \"0123\", \"packs\": 3, \"amount\": \"180.00\"}]}",
               "ok");
  assert_code (self, "pack.transfer",
               "{\"fromWarehouseNo\": \"6501\", \"toWarehouseNo\": \"6502\","
               " \"packs\": [" PACK ("0123", "0000003") "]}",
               "STOCK_SHORT");
  assert_stock (self, 3, 3);
}

static void
test_day (GatewayFixture *self, gconstpointer data)
{
  g_autoptr (PiaoGatewayReply) confirm = gateway_fixture_confirm (self, "77");
  /* the fixture's clock stands at 2023-11-15 06:13 in Asia/Shanghai */
  g_autoptr (PiaoGatewayReply) file
      = gateway_fixture_call (self, "day.file", NULL, "{\"date\": \"2023-11-15\"}");
  g_autoptr (PiaoGatewayReply) other
      = gateway_fixture_call (self, "day.file", NULL, "{\"date\": \"2023-11-14\"}");
  g_autoptr (PiaoGatewayReply) sales
      = gateway_fixture_call (self, "sales.daily", NULL, "{\"date\": \"2023-11-15\"}");
  JsonArray *debits = piao_json_get_array (file->result, "debits");
  JsonObject *debit = piao_json_array_get_object (debits, 0);

  g_assert_cmpint (confirm->kind, ==, PIAO_GATEWAY_OK);
  g_assert_cmpuint (json_array_get_length (debits), ==, 1);
  g_assert_cmpstr (piao_json_get_text (debit, "amount", NULL), ==, "160.00");
  g_assert_cmpstr (piao_json_get_text (debit, "requestNo", NULL), ==, "77");
  g_assert_cmpuint (json_array_get_length (piao_json_get_array (debit, "packs")), ==, 2);
  g_assert_cmpuint (json_array_get_length (piao_json_get_array (other->result, "debits")), ==, 0);
  g_assert_cmpuint (json_array_get_length (piao_json_get_array (sales->result, "sales")), ==, 2);
}

static void
test_master_data (GatewayFixture *self, gconstpointer data)
{
  g_autoptr (PiaoGatewayReply) outlets
      = gateway_fixture_call (self, "outlet.sync", NULL, "{\"after\": \"65010001\"}");
  g_autoptr (PiaoGatewayReply) games = gateway_fixture_call (self, "game.list", NULL, "{}");
  JsonArray *rows = piao_json_get_array (outlets->result, "outlets");

  g_assert_cmpuint (json_array_get_length (rows), ==, 1);
  g_assert_cmpstr (piao_json_get_text (piao_json_array_get_object (rows, 0), "name", NULL), ==,
                   "昌吉二店");
  rows = piao_json_get_array (games->result, "games");
  g_assert_cmpuint (json_array_get_length (rows), ==, 2);
  g_assert_cmpstr (piao_json_get_text (piao_json_array_get_object (rows, 1), "packAmount", NULL),
                   ==, "100.00");
}

static void
test_fault_texts (void)
{
  static const char *const bad[] = { "x", "drop*0", "drop*", "delay:-1", "delay:x", "a/b/drop" };
  g_autoptr (PiaoSandboxFaults) faults = piao_sandbox_faults_new (7);
  guint dropped = 0;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (piao_sandbox_faults_set_script (faults, bad[i], NULL));
  g_assert_true (piao_sandbox_faults_set_script (faults, "order.lock/delay:5*2, none ,busy", NULL));
  g_assert_cmpint (piao_sandbox_faults_take (faults, "gw.ping").kind, ==, PIAO_SANDBOX_FAULT_NONE);
  g_assert_cmpint (piao_sandbox_faults_take (faults, "order.lock").ms, ==, 5);
  g_assert_cmpint (piao_sandbox_faults_take (faults, "gw.ping").kind, ==, PIAO_SANDBOX_FAULT_BUSY);
  g_assert_cmpint (piao_sandbox_faults_take (faults, "order.lock").ms, ==, 5);
  g_assert_cmpint (piao_sandbox_faults_take (faults, "order.lock").kind, ==,
                   PIAO_SANDBOX_FAULT_NONE);
  g_assert_false (piao_sandbox_faults_set_odds (faults, "drop=2", NULL));
  g_assert_true (piao_sandbox_faults_set_odds (faults, "drop=0.25,busy=0.25", NULL));
  for (guint i = 0; i < 1000; i++)
    dropped += piao_sandbox_faults_take (faults, "gw.ping").kind == PIAO_SANDBOX_FAULT_DROP;
  g_assert_cmpuint (dropped, >, 180);
  g_assert_cmpuint (dropped, <, 320);
}

static void
test_ledger_only_grows (GatewayFixture *self, gconstpointer data)
{
  if (g_test_subprocess ())
    {
      piao_sandbox_run (piao_sandbox_get_store (self->sandbox), "DELETE FROM ledger", "");
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*the ledger only grows*");
}

#define add(path, data, function)                                                                  \
  g_test_add (path, GatewayFixture, data, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  static const GatewayFixtureOptions strict = { .strict_packs = TRUE };

  g_test_init (&argc, &argv, NULL);
  dex_init ();
  add ("/sandbox/lock-amend-release", NULL, test_lock_amend_release);
  add ("/sandbox/lock-then-confirm-less", NULL, test_lock_then_confirm_less);
  add ("/sandbox/refusals", &strict, test_refusals);
  add ("/sandbox/same-number", NULL, test_same_number);
  g_test_add_func ("/sandbox/no-idempotency", test_no_idempotency);
  add ("/sandbox/did-it-happen", NULL, test_did_it_happen);
  add ("/sandbox/transfer-and-return", NULL, test_transfer_and_return);
  add ("/sandbox/day", NULL, test_day);
  add ("/sandbox/master-data", NULL, test_master_data);
  add ("/sandbox/ledger-only-grows", NULL, test_ledger_only_grows);
  g_test_add_func ("/sandbox/fault-texts", test_fault_texts);
  return g_test_run ();
}
