/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "gateway-fixture.h"

#include "base/piao-future.h"

static const char seed_text[]
    = "{\"outlets\": [{\"outletNo\": \"65010001\", \"name\": \"昌吉一店\","
      "  \"instant\": \"1000.00\", \"payment\": \"20.00\"},"
      " {\"outletNo\": \"65010002\", \"name\": \"昌吉二店\", \"instant\": \"5.00\"}],"
      " \"games\": [{\"gameNo\": \"0123\", \"name\": \"好运连连\", \"faceValue\": \"2.00\","
      "  \"packAmount\": \"60.00\"}, {\"gameNo\": \"0145\", \"name\": \"大赢家\","
      "  \"faceValue\": \"5.00\", \"packAmount\": \"100.00\"}]}";

static void
seed (GatewayFixture *self)
{
  g_autoptr (JsonObject) object
      = piao_json_parse_object (seed_text, -1, PIAO_JSON_MAX_BYTES, "seed", NULL);
  g_autoptr (GError) error = NULL;
  JsonArray *packs = json_array_new ();

  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *number = g_strdup_printf ("%07u", i / 2 + 1);

      json_array_add_object_element (
          packs, piao_json_build ("gameNo", 's', i % 2 ? "0145" : "0123", "batchNo", 's', "23001",
                                  "packNo", 's', number, "warehouseNo", 's', "6501", NULL));
    }
  {
    g_autoptr (JsonObject) more = piao_json_build ("packs", 'a', packs, NULL);

    g_assert_true (piao_sandbox_seed (self->sandbox, object, &error));
    g_assert_true (piao_sandbox_seed (self->sandbox, more, &error));
  }
  g_assert_no_error (error);
}

/* A built-in profile, with short limits when @total_ms is not 0. */
static PiaoGatewayProfile *
profile_new (const char *name, guint total_ms)
{
  g_autofree char *path = g_strdup_printf ("/io/github/piaoku/gateway/%s.ini", name);
  g_autoptr (GBytes) bytes = g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  PiaoGatewayProfile *profile;

  g_assert_nonnull (bytes);
  g_key_file_load_from_bytes (file, bytes, G_KEY_FILE_NONE, &error);
  g_assert_no_error (error);
  if (total_ms != 0)
    {
      g_autofree char *total = g_strdup_printf ("%ums", total_ms);
      g_autofree char *connect = g_strdup_printf ("%ums", total_ms / 2);

      g_key_file_set_string (file, "limits", "total", total);
      g_key_file_set_string (file, "limits", "connect", connect);
    }
  text = g_key_file_to_data (file, NULL, NULL);
  profile = piao_gateway_profile_parse (text, -1, &error);
  g_assert_no_error (error);
  return profile;
}

PiaoGatewayClient *
gateway_fixture_client (GatewayFixture *self,
                        const char *base_url,
                        const PiaoCredentials *credentials,
                        const char *tls_pin)
{
  g_autofree char *url = base_url != NULL ? g_strdup (base_url)
                                          : g_strdup_printf ("http://127.0.0.1:%u",
                                                             piao_sandbox_get_port (self->sandbox));
  g_autoptr (GError) error = NULL;
  PiaoGatewayClient *client = piao_gateway_client_new (self->profile, url, credentials, tls_pin,
                                                       self->clock, piao_random_system (), &error);

  g_assert_no_error (error);
  return client;
}

void
gateway_fixture_set_up (GatewayFixture *self, const GatewayFixtureOptions *options)
{
  const char *name = options->profile != NULL ? options->profile : "tcop-hmacsha1-des";
  g_autofree char *url = NULL;
  g_autoptr (GError) error = NULL;
  PiaoSandboxOptions sandbox_options = {
    .database = ":memory:",
    .profile = name,
    .app_id = "piaoku-test",
    .app_secret = "0123456789ab",
    .sign_secret = "ba9876543210",
    .no_idempotency = options->no_idempotency,
    .strict_packs = options->strict_packs,
  };

  self->clock = piao_clock_new_manual (1700000000000);
  sandbox_options.clock = self->clock;
  self->profile = profile_new (name, options->total_ms);
  self->credentials = piao_credentials_new ("piaoku-test", "0123456789ab", "ba9876543210", NULL);
  self->sandbox = piao_sandbox_new (&sandbox_options, &error);
  g_assert_no_error (error);
  seed (self);
  url = g_strdup_printf ("%s://127.0.0.1:%u", "http", piao_sandbox_get_port (self->sandbox));
  self->client = gateway_fixture_client (self, url, self->credentials, NULL);
}

void
gateway_fixture_tear_down (GatewayFixture *self)
{
  g_assert_finalize_object (self->client);
  piao_sandbox_free (self->sandbox);
  piao_credentials_free (self->credentials);
  piao_gateway_profile_unref (self->profile);
  g_object_unref (self->clock);
}

PiaoGatewayReply *
gateway_fixture_call (GatewayFixture *self,
                      const char *operation,
                      const char *request_number,
                      const char *params)
{
  g_autoptr (JsonObject) object = piao_json_parse_object (params, -1, 1 << 20, "params", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (DexFuture) future = NULL;
  const GValue *value;

  g_assert_nonnull (object);
  future = piao_gateway_client_call (self->client, operation, request_number, object);
  value = piao_future_wait (future, &error);
  g_assert_no_error (error);
  return g_value_dup_boxed (value);
}

void
gateway_fixture_faults (GatewayFixture *self, const char *script)
{
  g_autoptr (JsonObject) faults = piao_json_build ("script", 's', script, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (piao_sandbox_set_faults (self->sandbox, faults, &error));
  g_assert_no_error (error);
}

PiaoGatewayReply *
gateway_fixture_confirm (GatewayFixture *self, const char *request_number)
{
  return gateway_fixture_call (
      self, "order.confirm", request_number,
      "{\"orderNo\": \"A1\", \"outletNo\": \"65010001\", \"warehouseNo\": \"6501\","
      " \"amount\": \"160.00\", \"packs\": ["
      "{\"gameNo\": \"0123\", \"batchNo\": \"23001\", \"packNo\": \"0000001\"},"
      "{\"gameNo\": \"0145\", \"batchNo\": \"23001\", \"packNo\": \"0000001\"}]}");
}

gint64
gateway_fixture_count (GatewayFixture *self, const char *kind, const char *order_no)
{
  return piao_sandbox_get_int (piao_sandbox_get_store (self->sandbox), -1,
                               "SELECT count (*) FROM ledger WHERE kind = ?1 AND order_no = ?2",
                               "ss", kind, order_no);
}

gint64
gateway_fixture_calls (GatewayFixture *self, const char *operation)
{
  return piao_sandbox_get_int (piao_sandbox_get_store (self->sandbox), -1,
                               "SELECT count (*) FROM call WHERE operation = ?1", "s", operation);
}

void
gateway_fixture_verify (GatewayFixture *self)
{
  g_autoptr (JsonArray) breaches
      = piao_sandbox_store_verify (piao_sandbox_get_store (self->sandbox));

  for (guint i = 0; i < json_array_get_length (breaches); i++)
    g_test_message ("%s: %s",
                    piao_json_get_text (piao_json_array_get_object (breaches, i), "breach", ""),
                    piao_json_get_text (piao_json_array_get_object (breaches, i), "subject", ""));
  g_assert_cmpuint (json_array_get_length (breaches), ==, 0);
}
