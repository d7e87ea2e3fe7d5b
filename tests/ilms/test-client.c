/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include <libsoup/soup.h>
#include <string.h>

#include "base/piao-error.h"
#include "base/piao-future.h"
#include "lib/gateway-fixture.h"

typedef struct
{
  GatewayFixture gateway;
} Fixture;

static const GatewayFixtureOptions plain = { 0 };
static const GatewayFixtureOptions hasty = { .total_ms = 1000 };

static void
set_up (Fixture *self, gconstpointer data)
{
  gateway_fixture_set_up (&self->gateway, data != NULL ? data : &plain);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  gateway_fixture_verify (&self->gateway);
  gateway_fixture_tear_down (&self->gateway);
}

static void
test_ok (Fixture *self, gconstpointer data)
{
  g_autoptr (PiaoGatewayReply) ping = gateway_fixture_call (&self->gateway, "gw.ping", NULL, "{}");
  g_autoptr (PiaoGatewayReply) balance
      = gateway_fixture_call (&self->gateway, "outlet.balance", NULL,
                              "{\"outletNo\": \"65010001\"}");
  g_autoptr (PiaoGatewayReply) confirm = gateway_fixture_confirm (&self->gateway, "4096");

  g_assert_cmpint (ping->kind, ==, PIAO_GATEWAY_OK);
  g_assert_true (ping->sent);
  g_assert_cmpint (ping->server_time, ==, 1700000000000);
  g_assert_cmpint (ping->skew_ms, ==, 0);
  g_assert_cmpstr (piao_json_get_text (balance->result, "instant", NULL), ==, "1000.00");
  g_assert_cmpstr (piao_json_get_text (balance->result, "payment", NULL), ==, "20.00");
  g_assert_cmpint (confirm->kind, ==, PIAO_GATEWAY_OK);
  g_assert_cmpstr (piao_json_get_text (confirm->result, "debited", NULL), ==, "160.00");
  g_assert_cmpstr (piao_json_get_text (confirm->result, "balance", NULL), ==, "840.00");
}

static void
test_refused (Fixture *self, gconstpointer data)
{
  g_autoptr (PiaoGatewayReply) reply
      = gateway_fixture_call (&self->gateway, "outlet.balance", NULL, "{\"outletNo\": \"nobody\"}");

  g_assert_cmpint (reply->kind, ==, PIAO_GATEWAY_REFUSED);
  g_assert_cmpstr (reply->code, ==, "NO_SUCH_OUTLET");
  g_assert_cmpstr (reply->sentence, !=, "");
  g_assert_null (reply->result);
}

/* Every fault of the sandbox, what kind of reply it becomes, and whether the debit happened. */
static void
test_faults (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *fault;
    PiaoGatewayKind kind;
    gboolean debited;
  } cases[] = {
    { "drop", PIAO_GATEWAY_UNKNOWN, FALSE },       { "apply-drop", PIAO_GATEWAY_UNKNOWN, TRUE },
    { "500", PIAO_GATEWAY_UNKNOWN, FALSE },        { "apply-500", PIAO_GATEWAY_UNKNOWN, TRUE },
    { "garbage", PIAO_GATEWAY_UNKNOWN, TRUE },     { "bad-signature", PIAO_GATEWAY_UNKNOWN, TRUE },
    { "slow:60000", PIAO_GATEWAY_UNKNOWN, TRUE },  { "delay:60000", PIAO_GATEWAY_UNKNOWN, FALSE },
    { "slow:20", PIAO_GATEWAY_OK, TRUE },          { "delay:20", PIAO_GATEWAY_OK, TRUE },
    { "clock", PIAO_GATEWAY_STOP, FALSE },         { "busy", PIAO_GATEWAY_BUSY, FALSE },
    { "duplicate", PIAO_GATEWAY_OK, TRUE },        { "none", PIAO_GATEWAY_OK, TRUE },
    { "down:60000", PIAO_GATEWAY_UNKNOWN, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      GatewayFixture gateway = { 0 };
      g_autoptr (PiaoGatewayReply) reply = NULL;

      g_test_message ("fault %s", cases[i].fault);
      gateway_fixture_set_up (&gateway, strstr (cases[i].fault, "60000") ? &hasty : &plain);
      gateway_fixture_faults (&gateway, cases[i].fault);
      reply = gateway_fixture_confirm (&gateway, "4096");
      g_assert_cmpstr (piao_gateway_kind_to_text (reply->kind), ==,
                       piao_gateway_kind_to_text (cases[i].kind));
      g_assert_true (reply->sent);
      g_assert_cmpint (gateway_fixture_count (&gateway, "debit", "A1"), ==, cases[i].debited);
      g_assert_cmpint (gateway_fixture_calls (&gateway, "order.confirm"), ==, 1);
      gateway_fixture_verify (&gateway);
      gateway_fixture_tear_down (&gateway);
    }
}

static void
test_down_is_not_sent (Fixture *self, gconstpointer data)
{
  g_autoptr (PiaoGatewayReply) down = NULL;
  g_autoptr (PiaoGatewayReply) up = NULL;

  piao_sandbox_set_down (self->gateway.sandbox, 60000);
  down = gateway_fixture_confirm (&self->gateway, "4096");
  g_assert_cmpint (down->kind, ==, PIAO_GATEWAY_NOT_SENT);
  g_assert_false (down->sent);
  piao_sandbox_set_down (self->gateway.sandbox, 0);
  up = gateway_fixture_confirm (&self->gateway, "4096");
  g_assert_cmpint (up->kind, ==, PIAO_GATEWAY_OK);
}

/* A port that takes connections and never says a word. */
static void
test_silence (Fixture *self, gconstpointer data)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);
  g_autofree char *plain_url = g_strdup_printf ("http://127.0.0.1:%u", port);
  g_autofree char *tls_url = g_strdup_printf ("https://127.0.0.1:%u", port);
  g_autoptr (PiaoGatewayReply) sent = NULL;
  g_autoptr (PiaoGatewayReply) not_sent = NULL;

  g_clear_object (&self->gateway.client);
  self->gateway.client
      = gateway_fixture_client (&self->gateway, plain_url, self->gateway.credentials, NULL);
  sent = gateway_fixture_call (&self->gateway, "gw.ping", NULL, "{}");
  g_assert_cmpint (sent->kind, ==, PIAO_GATEWAY_UNKNOWN);
  g_assert_cmpstr (sent->code, ==, "timeout");
  g_clear_object (&self->gateway.client);
  self->gateway.client
      = gateway_fixture_client (&self->gateway, tls_url, self->gateway.credentials, NULL);
  not_sent = gateway_fixture_call (&self->gateway, "gw.ping", NULL, "{}");
  g_assert_cmpint (not_sent->kind, ==, PIAO_GATEWAY_NOT_SENT);
  g_assert_cmpstr (not_sent->code, ==, "connect-timeout");
}

static void
test_wrong_identity (Fixture *self, gconstpointer data)
{
  static const char *const wrong[][3] = { { "nobody", "0123456789ab", "ba9876543210" },
                                          { "piaoku-test", "zzzzzzzzzzzz", "ba9876543210" },
                                          { "piaoku-test", "0123456789ab", "zzzzzzzzzzzz" } };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (PiaoCredentials) credentials
          = piao_credentials_new (wrong[i][0], wrong[i][1], wrong[i][2], NULL);
      g_autoptr (PiaoGatewayReply) reply = NULL;

      g_clear_object (&self->gateway.client);
      self->gateway.client = gateway_fixture_client (&self->gateway, NULL, credentials, NULL);
      reply = gateway_fixture_confirm (&self->gateway, "4096");
      g_assert_cmpint (reply->kind, ==, PIAO_GATEWAY_STOP);
      g_assert_cmpint (gateway_fixture_count (&self->gateway, "debit", "A1"), ==, 0);
    }
}

static void
test_clock_skew (Fixture *self, gconstpointer data)
{
  g_autoptr (PiaoClock) ahead = piao_clock_new_manual (1700000000000 + 2 * PIAO_MINUTE);
  g_autoptr (PiaoClock) far = piao_clock_new_manual (1700000000000 + PIAO_HOUR);
  g_autoptr (PiaoGatewayReply) warned = NULL;
  g_autoptr (PiaoGatewayReply) stopped = NULL;
  PiaoClock *clock = self->gateway.clock;

  self->gateway.clock = ahead;
  g_clear_object (&self->gateway.client);
  self->gateway.client
      = gateway_fixture_client (&self->gateway, NULL, self->gateway.credentials, NULL);
  warned = gateway_fixture_call (&self->gateway, "gw.ping", NULL, "{}");
  self->gateway.clock = far;
  g_clear_object (&self->gateway.client);
  self->gateway.client
      = gateway_fixture_client (&self->gateway, NULL, self->gateway.credentials, NULL);
  stopped = gateway_fixture_call (&self->gateway, "gw.ping", NULL, "{}");
  self->gateway.clock = clock;
  g_assert_cmpint (warned->kind, ==, PIAO_GATEWAY_OK);
  g_assert_true (warned->skew_warn);
  g_assert_cmpint (warned->skew_ms, ==, -2 * PIAO_MINUTE);
  g_assert_cmpint (stopped->kind, ==, PIAO_GATEWAY_STOP);
  g_assert_cmpstr (stopped->code, ==, "1004");
}

/* --- servers that are not the sandbox ----------------------------------------------------------
 */

typedef struct
{
  guint status;
  const char *body;
  const char *header[2];
  gsize body_length;
} Canned;

static void
handle_canned (SoupServer *server,
               SoupServerMessage *message,
               const char *path,
               GHashTable *query,
               gpointer user_data)
{
  const Canned *canned = user_data;

  soup_server_message_set_status (message, canned->status, NULL);
  if (canned->header[0] != NULL)
    soup_message_headers_replace (soup_server_message_get_response_headers (message),
                                  canned->header[0], canned->header[1]);
  if (canned->body_length > 0)
    {
      char *big = g_strnfill (canned->body_length, ' ');

      soup_server_message_set_response (message, "application/json", SOUP_MEMORY_TAKE, big,
                                        canned->body_length);
    }
  else
    soup_server_message_set_response (message, "application/json", SOUP_MEMORY_STATIC, canned->body,
                                      strlen (canned->body));
}

static void
test_strangers (Fixture *self, gconstpointer data)
{
  static const struct
  {
    Canned canned;
    PiaoGatewayKind kind;
  } cases[] = {
    { { 200, "", { NULL } }, PIAO_GATEWAY_UNKNOWN },
    { { 200, "{\"errNo\":\"0\",\"content\":\"{}\"}", { NULL } }, PIAO_GATEWAY_UNKNOWN },
    { { 200, "{\"errNo\":\"BAL_SHORT\"}", { NULL } }, PIAO_GATEWAY_UNKNOWN },
    { { 200, "{\"errNo\":\"1029\"}", { NULL } }, PIAO_GATEWAY_UNKNOWN },
    { { 200, "{\"errNo\":1002}", { NULL } }, PIAO_GATEWAY_STOP },
    { { 200, "", { NULL }, 2 * 1024 * 1024 }, PIAO_GATEWAY_UNKNOWN },
    { { 200, "\x1f\x8b", { "Content-Encoding", "gzip" } }, PIAO_GATEWAY_UNKNOWN },
    { { 302, "", { "Location", "http://127.0.0.1:1/" } }, PIAO_GATEWAY_STOP },
    { { 404, "", { NULL } }, PIAO_GATEWAY_STOP },
    { { 429, "", { NULL } }, PIAO_GATEWAY_UNKNOWN },
    { { 503, "{\"errNo\":1002}", { NULL } }, PIAO_GATEWAY_UNKNOWN },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SoupServer) server = soup_server_new (NULL, NULL);
      g_autoptr (PiaoGatewayReply) reply = NULL;
      g_autofree char *url = NULL;
      GSList *uris;

      soup_server_add_handler (server, NULL, handle_canned, (gpointer)&cases[i].canned, NULL);
      g_assert_true (soup_server_listen_local (server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, NULL));
      uris = soup_server_get_uris (server);
      url = g_uri_to_string (uris->data);
      g_slist_free_full (uris, (GDestroyNotify)g_uri_unref);
      g_clear_object (&self->gateway.client);
      self->gateway.client
          = gateway_fixture_client (&self->gateway, url, self->gateway.credentials, NULL);
      reply = gateway_fixture_call (&self->gateway, "gw.ping", NULL, "{}");
      g_test_message ("case %u: %s %s", i, piao_gateway_kind_to_text (reply->kind), reply->code);
      g_assert_cmpint (reply->kind, ==, cases[i].kind);
    }
}

/* --- what cannot be called ----------------------------------------------------------------------
 */

static void
test_impossible_calls (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *operation;
    const char *params;
  } cases[] = { { "order.steal", "{}" },
                { "order.lock", "{\"name\": \"A&B\"}" },
                { "order.lock", "{\"amount\": 1.5}" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (JsonObject) params
          = piao_json_parse_object (cases[i].params, -1, 1000, "params", NULL);
      g_autoptr (DexFuture) future
          = piao_gateway_client_call (self->gateway.client, cases[i].operation, "4096", params);
      g_autoptr (GError) error = NULL;

      g_assert_null (piao_future_wait (future, &error));
      g_assert_error (error, PIAO_ERROR, PIAO_ERROR_INVALID);
    }
  g_assert_cmpint (gateway_fixture_calls (&self->gateway, "order.lock"), ==, 0);
}

static void
test_addresses (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *url;
    gboolean good;
  } cases[] = {
    { "https://gateway.example", TRUE },
    { "https://gateway.example:8443/gw/", TRUE },
    { "http://127.0.0.1:8080", TRUE },
    { "http://localhost:8080", TRUE },
    { "http://[::1]:8080", TRUE },
    { "http://gateway.example", FALSE },
    { "http://127.0.0.1.example", FALSE },
    { "http://10.0.0.1", FALSE },
    { "ftp://gateway.example", FALSE },
    { "https://u:p@gateway.example", FALSE },
    { "https://gateway.example?x=1", FALSE },
    { "gateway.example", FALSE },
    { "", FALSE },
    { "https://", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PiaoGatewayClient) client
          = piao_gateway_client_new (self->gateway.profile, cases[i].url, self->gateway.credentials,
                                     NULL, self->gateway.clock, piao_random_system (), &error);

      g_test_message ("%s", cases[i].url);
      g_assert_cmpint (client != NULL, ==, cases[i].good);
      if (!cases[i].good)
        g_assert_error (error, PIAO_ERROR, PIAO_ERROR_INVALID);
    }
}

/* --- the machine at a real gateway that debits twice when it is asked twice ---------------------
 */

typedef struct
{
  PiaoGatewayAttempt attempt;
  PiaoGatewayRules rules;
  guint confirms;
} Executor;

static void
confirm (Executor *self, GatewayFixture *gateway)
{
  g_autoptr (PiaoGatewayReply) reply = NULL;

  piao_gateway_attempt_sending (&self->attempt, piao_clock_now (gateway->clock));
  reply = gateway_fixture_confirm (gateway, "4096");
  self->confirms++;
  piao_gateway_attempt_replied (&self->attempt, &self->rules, reply->kind, reply->sent,
                                piao_clock_now (gateway->clock), self->confirms);
}

static void
ask (Executor *self, GatewayFixture *gateway)
{
  g_autoptr (PiaoGatewayReply) reply = NULL;

  piao_gateway_attempt_asking (&self->attempt, piao_clock_now (gateway->clock));
  reply = gateway_fixture_call (gateway, "order.query", "4096", "{}");
  piao_gateway_attempt_answered (&self->attempt, &self->rules, reply->kind,
                                 piao_gateway_reply_get_finding (reply),
                                 piao_clock_now (gateway->clock));
}

/* Runs the request to its end, with time passing only while it waits. */
static void
execute (Executor *self, GatewayFixture *gateway)
{
  self->rules = piao_gateway_rules_for (gateway->profile);
  piao_gateway_attempt_init (&self->attempt, piao_clock_now (gateway->clock));
  for (guint steps = 0; steps < 100; steps++)
    switch (
        piao_gateway_attempt_next (&self->attempt, &self->rules, piao_clock_now (gateway->clock)))
      {
      case PIAO_GATEWAY_DO_SEND:
        confirm (self, gateway);
        break;
      case PIAO_GATEWAY_DO_QUERY:
        ask (self, gateway);
        break;
      case PIAO_GATEWAY_DO_WAIT:
        piao_clock_set (gateway->clock, self->attempt.next_at);
        break;
      case PIAO_GATEWAY_DO_NOTHING:
        return;
      default:
        g_assert_not_reached ();
      }
  g_assert_not_reached ();
}

static void
test_debited_exactly_once (void)
{
  static const GatewayFixtureOptions unforgiving = { .no_idempotency = TRUE };
  static const GatewayFixtureOptions both = { .no_idempotency = TRUE, .total_ms = 1000 };
  static const struct
  {
    const char *script;
    guint confirms;
  } cases[] = {
    { "order.confirm/apply-drop", 1 },
    { "order.confirm/drop", 2 },
    { "order.confirm/bad-signature,order.query/500*2", 1 },
    { "order.confirm/busy*3,order.confirm/apply-500", 4 },
    { "order.confirm/drop*2,order.query/garbage*3,order.confirm/apply-drop", 3 },
    { "order.confirm/slow:60000,order.query/drop", 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      GatewayFixture gateway = { 0 };
      Executor executor = { 0 };

      g_test_message ("%s", cases[i].script);
      gateway_fixture_set_up (&gateway, strstr (cases[i].script, "60000") ? &both : &unforgiving);
      gateway_fixture_faults (&gateway, cases[i].script);
      execute (&executor, &gateway);
      g_assert_cmpint (executor.attempt.state, ==, PIAO_GATEWAY_CONFIRMED);
      g_assert_cmpuint (executor.confirms, ==, cases[i].confirms);
      g_assert_cmpint (gateway_fixture_count (&gateway, "debit", "A1"), ==, 1);
      gateway_fixture_verify (&gateway);
      gateway_fixture_tear_down (&gateway);
    }
}

#define add(path, data, function) g_test_add (path, Fixture, data, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  static const GatewayFixtureOptions aes = { .profile = "aes-gcm" };
  static const GatewayFixtureOptions sm4 = { .profile = "sm4-sm3" };

  g_test_init (&argc, &argv, NULL);
  dex_init ();
  add ("/client/ok/tcop", NULL, test_ok);
  add ("/client/ok/aes-gcm", &aes, test_ok);
  add ("/client/ok/sm4-sm3", &sm4, test_ok);
  add ("/client/refused", NULL, test_refused);
  add ("/client/faults", NULL, test_faults);
  add ("/client/down-is-not-sent", NULL, test_down_is_not_sent);
  add ("/client/silence", &hasty, test_silence);
  add ("/client/wrong-identity", NULL, test_wrong_identity);
  add ("/client/clock-skew", NULL, test_clock_skew);
  add ("/client/strangers", NULL, test_strangers);
  add ("/client/impossible-calls", NULL, test_impossible_calls);
  add ("/client/addresses", NULL, test_addresses);
  g_test_add_func ("/client/debited-exactly-once", test_debited_exactly_once);
  return g_test_run ();
}
