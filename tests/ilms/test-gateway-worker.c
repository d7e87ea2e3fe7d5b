/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

/* The worker under every fault: once, whatever happens. */

#include <glib/gstdio.h>

#include "base/piao-error.h"
#include "domain/gateway/piao-gateway-requests.h"
#include "domain/order/piao-order-kinds.h"
#include "domain/outlet/piao-outlet-kinds.h"
#include "gateway-rig.h"
#include "ilms/piao-gateway-row.h"

PIAO_STATEMENT (test_line, "SELECT id FROM order_line WHERE order_id = $1");

/* --- once, whatever happens ------------------------------------------------------------------ */

static void
test_label (Rig *rig, gconstpointer data)
{
  gint64 order = rig_confirm (rig);

  rig_await_state (rig, order, "ready_to_ship");
  rig_assert_one_debit (rig, order);
  rig_settle (rig);
  /* ORD-16: the accounts follow every decision. */
  g_assert_cmpint (piao_fixture_int (rig->world, &piao_outlet_kind, FIXTURE_OUTLET,
                                     "instant_balance"),
                   ==, 1900000);
  g_assert_cmpint (
      piao_fixture_int (rig->world, &piao_outlet_kind, FIXTURE_OUTLET, "payment_balance"), ==, 700);
  g_assert_cmpint (piao_gateway_worker_get_line (rig->worker), ==, PIAO_GATEWAY_LINE_ONLINE);
}

static void
test_faults (void)
{
  /* How often the confirm may arrive: once when it was carried out, else once more. */
  static const struct
  {
    const char *script;
    gint64 calls;
    gint64 least; /* how long it takes at least */
  } cases[] = {
    { "order.confirm/drop", 2, PIAO_MINUTE },
    { "order.confirm/apply-drop", 1, 2 * PIAO_SECOND },
    { "order.confirm/500", 2, PIAO_MINUTE },
    { "order.confirm/apply-500", 1, 2 * PIAO_SECOND },
    { "order.confirm/garbage", 1, 2 * PIAO_SECOND },
    { "order.confirm/bad-signature", 1, 2 * PIAO_SECOND },
    { "order.confirm/busy*3", 4, 7 * PIAO_SECOND },
    { "order.confirm/apply-drop,order.query/drop*3,order.query/garbage", 1, 80 * PIAO_SECOND },
    { "order.confirm/drop*2,order.query/busy,order.query/500", 3, 2 * PIAO_MINUTE },
    { "order.lock/apply-drop,order.confirm/apply-drop", 1, 2 * PIAO_SECOND },
    { "order.confirm/none", 1, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Rig rig = { 0 };
      gint64 order, begin;

      g_test_message ("%s", cases[i].script);
      rig_set_up (&rig, NULL);
      gateway_fixture_faults (&rig.gateway, cases[i].script);
      order = rig_confirm (&rig);
      begin = piao_clock_now (rig.gateway.clock);
      rig_await_state (&rig, order, "ready_to_ship");
      rig_assert_one_debit (&rig, order);
      g_assert_cmpint (gateway_fixture_calls (&rig.gateway, "order.confirm"), ==, cases[i].calls);
      g_assert_cmpint (gateway_fixture_calls (&rig.gateway, "order.lock"), ==, 1);
      g_assert_cmpint (piao_clock_now (rig.gateway.clock) - begin, >=, cases[i].least);
      rig_tear_down (&rig, NULL);
    }
}

static void
test_down_then_up (Rig *rig, gconstpointer data)
{
  gint64 order;

  rig_settle (rig);
  g_assert_cmpint (piao_gateway_worker_get_line (rig->worker), ==, PIAO_GATEWAY_LINE_ONLINE);
  order = rig_confirm (rig);
  piao_sandbox_set_down (rig->gateway.sandbox, 60000);
  rig_settle (rig);
  g_assert_cmpint (piao_gateway_worker_get_line (rig->worker), ==, PIAO_GATEWAY_LINE_DEGRADED);
  while (piao_gateway_worker_get_line (rig->worker) != PIAO_GATEWAY_LINE_OFFLINE)
    rig_step (rig);
  g_assert_cmpint (piao_gateway_worker_get_since (rig->worker), ==,
                   piao_clock_now (rig->gateway.clock));
  /* The breaker is open: only pings are tried. */
  rig_assert_request (rig, order, "prepared");
  g_assert_cmpint (rig_get_request_int (rig, order, "tries"), ==, 5);
  for (guint i = 0; i < 50; i++)
    rig_step (rig);
  g_assert_cmpint (rig_get_request_int (rig, order, "tries"), ==, 5);
  piao_sandbox_set_down (rig->gateway.sandbox, 0);
  rig_await_state (rig, order, "ready_to_ship");
  rig_assert_one_debit (rig, order);
  g_assert_cmpint (piao_gateway_worker_get_line (rig->worker), ==, PIAO_GATEWAY_LINE_ONLINE);
}

/* --- crashes --------------------------------------------------------------------------------- */

static void
test_crash_before_the_reply (Rig *rig, gconstpointer data)
{
  gint64 order = rig_confirm (rig);

  gateway_fixture_faults (&rig->gateway, "order.confirm/slow:30");
  while (gateway_fixture_calls (&rig->gateway, "order.confirm") == 0)
    rig_step (rig);
  rig_assert_request (rig, order, "sent");
  rig_end_worker (rig);
  rig_assert_request (rig, order, "sent");
  rig_start_worker (rig);
  rig_await_state (rig, order, "ready_to_ship");
  rig_assert_one_debit (rig, order);
  g_assert_cmpint (gateway_fixture_calls (&rig->gateway, "order.confirm"), ==, 1);
}

/* Committed, and not one byte left: nobody there knows of it, and not before the longest
 * processing time is over does that mean anything. */
static void
test_crash_before_the_first_byte (Rig *rig, gconstpointer data)
{
  gint64 order = rig_confirm (rig), begin = piao_clock_now (rig->gateway.clock);

  rig->crash = TRUE;
  rig_settle (rig);
  rig_assert_request (rig, order, "sent");
  g_assert_cmpint (gateway_fixture_calls (&rig->gateway, "order.confirm"), ==, 0);
  rig->crash = FALSE;
  rig_end_worker (rig);
  rig_start_worker (rig);
  rig_await_state (rig, order, "ready_to_ship");
  rig_assert_one_debit (rig, order);
  g_assert_cmpint (piao_clock_now (rig->gateway.clock) - begin, >=, PIAO_MINUTE);
  g_assert_cmpint (gateway_fixture_calls (&rig->gateway, "order.confirm"), ==, 1);
}

/* The same, but the one before may still be there with the request about to leave: as long as ILMS
 * would take that, "not found" means nothing. */
static void
test_crash_of_another (Rig *rig, gconstpointer data)
{
  gint64 order = rig_confirm (rig), begin = piao_clock_now (rig->gateway.clock);

  rig->crash = TRUE;
  rig_settle (rig);
  rig_assert_request (rig, order, "sent");
  rig->crash = FALSE;
  rig->inherited = TRUE;
  rig_end_worker (rig);
  rig_start_worker (rig);
  rig_await_state (rig, order, "ready_to_ship");
  rig_assert_one_debit (rig, order);
  g_assert_cmpint (piao_clock_now (rig->gateway.clock) - begin, >=,
                   rig->gateway.profile->freshness_ms + PIAO_MINUTE);
  g_assert_cmpint (gateway_fixture_calls (&rig->gateway, "order.confirm"), ==, 1);
}

/* The database comes from a backup: what was made before may have been sent by what is lost. */
static void
test_ask_first (Rig *rig, gconstpointer data)
{
  gint64 order, begin = piao_clock_now (rig->gateway.clock);
  guint asked;

  rig_end_worker (rig);
  rig->ask_first_before = begin + PIAO_DAY;
  rig_start_worker (rig);
  order = rig_confirm (rig);
  begin = piao_clock_now (rig->gateway.clock);
  asked = gateway_fixture_calls (&rig->gateway, "order.query");
  rig_settle (rig);
  g_assert_cmpint (gateway_fixture_calls (&rig->gateway, "order.query"), >, asked);
  g_assert_cmpint (gateway_fixture_calls (&rig->gateway, "order.confirm"), ==, 0);
  rig_await_state (rig, order, "ready_to_ship");
  rig_assert_one_debit (rig, order);
  g_assert_cmpint (piao_clock_now (rig->gateway.clock) - begin, >=, PIAO_MINUTE);
  g_assert_cmpint (gateway_fixture_calls (&rig->gateway, "order.confirm"), ==, 1);
}

PIAO_STATEMENT (test_forget, "UPDATE gateway_request SET state = 'unknown' WHERE order_id = $1");

/* The restored centre has made the request anew, and does not know what became of it before. */
static void
test_made_anew (Rig *rig, gconstpointer data)
{
  gint64 order = rig_confirm (rig), begin = piao_clock_now (rig->gateway.clock);

  g_assert_true (piao_db_exec (rig->world->db, &test_forget, NULL, "i", order));
  rig_await_state (rig, order, "ready_to_ship");
  rig_assert_one_debit (rig, order);
  g_assert_cmpint (piao_clock_now (rig->gateway.clock) - begin, >=, PIAO_MINUTE);
  g_assert_cmpint (gateway_fixture_calls (&rig->gateway, "order.confirm"), ==, 1);
}

/* Somebody sets the clock forward while nobody knows what became of the request: that is no reason
 * to believe that ILMS has not got it. */
static void
test_clock_is_set (Rig *rig, gconstpointer data)
{
  gint64 order, begin;
  guint asked;

  gateway_fixture_faults (&rig->gateway, "order.confirm/drop");
  order = rig_confirm (rig);
  rig_settle (rig);
  rig_assert_request (rig, order, "unknown");
  begin = rig_get_steady (rig);
  rig->jumped = PIAO_DAY;
  piao_clock_advance (rig->gateway.clock, PIAO_DAY);
  asked = gateway_fixture_calls (&rig->gateway, "order.query");
  rig_settle (rig);
  g_assert_cmpint (gateway_fixture_calls (&rig->gateway, "order.query"), >, asked);
  g_assert_cmpint (gateway_fixture_calls (&rig->gateway, "order.confirm"), ==, 1);
  rig_await_state (rig, order, "ready_to_ship");
  rig_assert_one_debit (rig, order);
  g_assert_cmpint (rig_get_steady (rig) - begin, >=, PIAO_MINUTE);
  g_assert_cmpint (rig_get_steady (rig) - begin, <, 2 * PIAO_MINUTE);
  g_assert_cmpint (gateway_fixture_calls (&rig->gateway, "order.confirm"), ==, 2);
}

/* A sandbox whose books are in a file, at the port of the one before. */
static void
open_sandbox (Rig *rig, const char *path)
{
  PiaoSandboxOptions options = {
    .database = path,
    .profile = "tcop-hmacsha1-des",
    .app_id = "piaoku-test",
    .app_secret = "0123456789ab",
    .sign_secret = "ba9876543210",
    .port = piao_sandbox_get_port (rig->gateway.sandbox),
    .no_idempotency = TRUE,
    .clock = rig->gateway.clock,
  };
  g_autoptr (GError) error = NULL;

  piao_sandbox_free (rig->gateway.sandbox);
  rig->gateway.sandbox = piao_sandbox_new (&options, &error);
  g_assert_no_error (error);
}

static void
test_sandbox_restarts (Rig *rig, gconstpointer data)
{
  g_autofree char *folder = g_dir_make_tmp ("piaoku-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "ilms.db", NULL);
  gint64 order;

  open_sandbox (rig, path);
  rig_seed (rig);
  order = rig_confirm (rig);
  gateway_fixture_faults (&rig->gateway, "order.confirm/apply-drop");
  rig_settle (rig);
  rig_assert_request (rig, order, "unknown");
  open_sandbox (rig, path);
  rig_await_state (rig, order, "ready_to_ship");
  rig_assert_one_debit (rig, order);
  g_assert_cmpint (gateway_fixture_calls (&rig->gateway, "order.confirm"), ==, 1);
  g_remove (path);
  g_rmdir (folder);
}

/* --- the database and the rules -------------------------------------------------------------- */

/* What could not be stored is asked about again. */
static void
test_commit_fails (Rig *rig, gconstpointer data)
{
  gint64 order = rig_confirm (rig);

  rig->fail = "gateway.decide";
  rig->failure = PIAO_ERROR_UNAVAILABLE;
  rig_settle (rig);
  g_assert_null (rig->fail);
  rig_assert_request (rig, order, "sent");
  rig_await_state (rig, order, "ready_to_ship");
  rig_assert_one_debit (rig, order);
  g_assert_cmpint (gateway_fixture_calls (&rig->gateway, "order.confirm"), ==, 1);
}

static void
test_nothing_leaves_without_its_commit (Rig *rig, gconstpointer data)
{
  gint64 order = rig_confirm (rig);

  rig->fail = "gateway.progress";
  rig->failure = PIAO_ERROR_FAILED;
  rig_settle (rig);
  g_assert_null (rig->fail);
  rig_assert_request (rig, order, "prepared");
  g_assert_cmpint (gateway_fixture_calls (&rig->gateway, "order.confirm"), ==, 0);
  rig_await_state (rig, order, "ready_to_ship");
  rig_assert_one_debit (rig, order);
}

/* The rules do not take the answer: a person is told at once, and asking goes on. */
static void
test_rules_refuse_the_answer (Rig *rig, gconstpointer data)
{
  gint64 order = rig_confirm (rig);

  rig->fail = "gateway.decide";
  rig->failure = PIAO_ERROR_REFUSED;
  rig_settle (rig);
  rig_assert_request (rig, order, "unknown");
  g_assert_cmpint (rig_get_request_int (rig, order, "attention"), ==, 1);
  rig_await_state (rig, order, "ready_to_ship");
  rig_assert_one_debit (rig, order);
  g_assert_cmpint (rig_get_request_int (rig, order, "attention"), ==, 0);
}

static void
test_business_refusal (Rig *rig, gconstpointer data)
{
  g_autoptr (JsonObject) poor
      = piao_json_parse_object ("{\"outlets\": [{\"outletNo\": \"" RIG_OUTLET_NO
                                "\", \"instant\": \"5.00\"}]}",
                                -1, 1000, "seed", NULL);
  g_autofree char *reason = NULL;
  gint64 order;

  g_assert_true (piao_sandbox_seed (rig->gateway.sandbox, poor, NULL));
  order = rig_submit (rig, FIXTURE_TYPE_A, 2);
  rig_await_state (rig, order, "on_hold");
  reason = piao_fixture_text (rig->world, &piao_order_kind, order, "hold_reason");
  g_assert_cmpstr (reason, ==, "BAL_SHORT");
  g_assert_cmpint (gateway_fixture_calls (&rig->gateway, "order.lock"), ==, 1);
}

/* --- people ---------------------------------------------------------------------------------- */

static void
test_doubt_reaches_a_person (Rig *rig, gconstpointer data)
{
  gint64 order = rig_confirm (rig), begin = piao_clock_now (rig->gateway.clock);

  gateway_fixture_faults (&rig->gateway, "order.confirm/apply-drop,order.query/500*1000");
  rig_settle (rig);
  while (rig_get_request_int (rig, order, "attention") == 0)
    {
      g_assert_cmpint (piao_clock_now (rig->gateway.clock) - begin, <, 31 * PIAO_MINUTE);
      rig_step (rig);
    }
  g_assert_cmpint (piao_clock_now (rig->gateway.clock) - begin, >=, 30 * PIAO_MINUTE);
  gateway_fixture_faults (&rig->gateway, "");
  rig_await_state (rig, order, "ready_to_ship");
  rig_assert_one_debit (rig, order);
}

static void
count (PiaoGatewayWorker *worker, guint *changes)
{
  (*changes)++;
}

static void
test_stop_and_resume (Rig *rig, gconstpointer data)
{
  gint64 order = rig_confirm (rig), asked, pings;
  guint changes = 0;

  gateway_fixture_faults (&rig->gateway, "order.confirm/clock");
  g_signal_connect (rig->worker, "changed", G_CALLBACK (count), &changes);
  rig_settle (rig);
  g_assert_true (piao_gateway_worker_is_stopped (rig->worker));
  g_assert_nonnull (piao_gateway_worker_get_attention (rig->worker));
  g_assert_cmpint (piao_gateway_worker_get_line (rig->worker), ==, PIAO_GATEWAY_LINE_OFFLINE);
  g_assert_cmpuint (changes, ==, 1);
  asked = gateway_fixture_calls (&rig->gateway, "order.query");
  pings = gateway_fixture_calls (&rig->gateway, "gw.ping");
  for (guint i = 0; i < 100; i++)
    rig_step (rig);
  rig_assert_request (rig, order, "unknown");
  g_assert_cmpint (gateway_fixture_calls (&rig->gateway, "order.confirm"), ==, 1);
  g_assert_cmpint (gateway_fixture_calls (&rig->gateway, "order.query"), ==, asked);
  g_assert_cmpint (gateway_fixture_calls (&rig->gateway, "gw.ping"), ==, pings);
  piao_gateway_worker_resume (rig->worker);
  g_assert_null (piao_gateway_worker_get_attention (rig->worker));
  rig_await_state (rig, order, "ready_to_ship");
  rig_assert_one_debit (rig, order);
  rig_settle (rig);
  g_assert_cmpint (piao_gateway_worker_get_line (rig->worker), ==, PIAO_GATEWAY_LINE_ONLINE);
}

/* --- the direct route ------------------------------------------------------------------------ */

static JsonObject *
balance_args (void)
{
  return piao_json_build ("outlet", 'd', (gint64)FIXTURE_OUTLET, "instant", 'i', (gint64)1,
                          "payment", 'i', (gint64)2, NULL);
}

static void
test_direct_route (Rig *rig, gconstpointer data)
{
  const PiaoKind *kind = piao_registry_find_kind (rig->world->registry, "warehouse");
  g_autoptr (PiaoRecord) warehouse
      = piao_record_load (rig->world->db, kind, FIXTURE_WAREHOUSE, NULL);
  gint64 order;

  piao_fixture_must_not (rig->world, FIXTURE_KEEPER, "gateway.balance", balance_args (),
                         "gateway.balance-source");
  piao_record_set_text (warehouse, (guint)piao_kind_find_column (kind, "route"), "direct");
  g_assert_true (piao_record_store (rig->world->db, warehouse, NULL));
  rig_end_worker (rig);
  rig->direct = TRUE;
  rig_start_worker (rig);
  gateway_fixture_faults (&rig->gateway, "order.confirm/apply-drop");
  order = rig_confirm (rig);
  rig_await_state (rig, order, "ready_to_ship");
  rig_assert_one_debit (rig, order);
  rig_settle (rig);
  g_assert_cmpint (piao_fixture_int (rig->world, &piao_outlet_kind, FIXTURE_OUTLET,
                                     "instant_balance"),
                   ==, 1900000);
}

/* --- what they say --------------------------------------------------------------------------- */

/* No sentence of theirs keeps an answer from being stored. */
static void
test_wild_sentences (void)
{
  g_autoptr (PiaoRecord) row = piao_record_new (&piao_gateway_request_kind, 5, 1);
  g_autofree char *noise = g_strnfill (5000, 'x');
  g_autofree char *sentence = g_strconcat ("a\nb\x01\xff\xc2\x85", noise, NULL);
  g_autoptr (JsonObject) result
      = piao_json_build ("lockNo", 's', "L1", "preDebit", 's', "5.00", "noise", 's', noise, NULL);
  g_autoptr (JsonObject) args = piao_gateway_row_decision (row, TRUE, sentence, sentence, result);
  g_autoptr (GError) error = NULL;

  piao_command_check_args (&piao_gateway_decide_command, args, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (piao_json_get_text (args, "message", ""), "a b "));
  g_assert_cmpstr (piao_json_get_text (args, "result", ""), ==,
                   "{\"lockNo\":\"L1\",\"preDebit\":\"5.00\"}");
}

/* --- many ------------------------------------------------------------------------------------ */

static void
test_many_at_once (Rig *rig, gconstpointer data)
{
  gint64 orders[10];

  gateway_fixture_faults (&rig->gateway, "order.lock/slow:20*10");
  for (guint i = 0; i < G_N_ELEMENTS (orders); i++)
    orders[i] = rig_submit (rig, i % 2 ? FIXTURE_TYPE_B : FIXTURE_TYPE_A, 1);
  for (guint i = 0; i < G_N_ELEMENTS (orders); i++)
    rig_await_state (rig, orders[i], "pending_outbound");
  g_assert_cmpint (rig->most_sent, ==, PIAO_GATEWAY_WORKER_CALLS);
  g_assert_cmpint (gateway_fixture_calls (&rig->gateway, "order.lock"), ==, 10);
}

/* Two requests of one order: the second waits until the first is decided, whatever that takes. */
static void
test_one_order_in_its_order (Rig *rig, gconstpointer data)
{
  gint64 order = rig_submit (rig, FIXTURE_TYPE_A, 2), line = 0, releases = 0;

  rig_await_state (rig, order, "pending_outbound");
  rig_settle (rig);
  gateway_fixture_faults (&rig->gateway, "order.amend/drop,order.query/500");
  g_assert_true (piao_db_query_int (rig->world->db, &test_line, 0, &line, NULL, "i", order));
  rig_must (rig, FIXTURE_KEEPER, "order.amend",
            piao_json_build ("order", 'd', order, "line", 'd', line, "packs", 'i', (gint64)1,
                             "reason", 's', "one less", NULL));
  rig_must (rig, FIXTURE_KEEPER, "order.refuse",
            piao_json_build ("order", 'd', order, "reason", 's', "BAL_SHORT", NULL));
  while (rig_get_request_int (rig, order, "decided_at") == 0)
    {
      g_assert_cmpint (releases, ==, 0);
      rig_step (rig);
      releases = gateway_fixture_calls (&rig->gateway, "order.amend") < 2
                     ? gateway_fixture_calls (&rig->gateway, "order.release")
                     : 0;
    }
  rig_assert_request (rig, order, "confirmed");
  g_assert_cmpint (gateway_fixture_calls (&rig->gateway, "order.amend"), ==, 2);
  g_assert_cmpint (gateway_fixture_calls (&rig->gateway, "order.release"), ==, 1);
  rig_settle (rig);
  g_assert_cmpint (piao_fixture_int (rig->world, &piao_outlet_kind, FIXTURE_OUTLET,
                                     "instant_balance"),
                   ==, 2000000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  dex_init ();
#define ADD(name, func)                                                                            \
  g_test_add ("/gateway-worker/" name, Rig, NULL, rig_set_up, func, rig_tear_down)
  ADD ("label", test_label);
  g_test_add_func ("/gateway-worker/faults", test_faults);
  ADD ("down-then-up", test_down_then_up);
  ADD ("crash-before-the-reply", test_crash_before_the_reply);
  ADD ("crash-before-the-first-byte", test_crash_before_the_first_byte);
  ADD ("crash-of-another", test_crash_of_another);
  ADD ("ask-first", test_ask_first);
  ADD ("made-anew", test_made_anew);
  ADD ("clock-is-set", test_clock_is_set);
  ADD ("sandbox-restarts", test_sandbox_restarts);
  ADD ("commit-fails", test_commit_fails);
  ADD ("nothing-leaves-without-its-commit", test_nothing_leaves_without_its_commit);
  ADD ("rules-refuse-the-answer", test_rules_refuse_the_answer);
  ADD ("business-refusal", test_business_refusal);
  ADD ("doubt-reaches-a-person", test_doubt_reaches_a_person);
  ADD ("stop-and-resume", test_stop_and_resume);
  ADD ("direct-route", test_direct_route);
  g_test_add_func ("/gateway-worker/wild-sentences", test_wild_sentences);
  ADD ("many-at-once", test_many_at_once);
  ADD ("one-order-in-its-order", test_one_order_in_its_order);
#undef ADD
  return g_test_run ();
}
