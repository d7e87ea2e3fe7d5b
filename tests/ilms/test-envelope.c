/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include <string.h>

#include "base/piao-error.h"
#include "base/piao-json.h"
#include "ilms/piao-envelope.h"

static const char app_secret[] = "0123456789ab";
static const char sign_secret[] = "ba9876543210";

static PiaoCredentials *
credentials_new (void)
{
  return piao_credentials_new ("piaoku-test", app_secret, sign_secret, NULL);
}

static GHashTable *
params_new (const char *first, ...)
{
  GHashTable *params = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  va_list args;

  va_start (args, first);
  for (const char *key = first; key != NULL; key = va_arg (args, const char *))
    g_hash_table_insert (params, g_strdup (key), g_strdup (va_arg (args, const char *)));
  va_end (args);
  return params;
}

static PiaoGatewayProfile *
profile_load (const char *name)
{
  g_autoptr (GError) error = NULL;
  PiaoGatewayProfile *profile = piao_gateway_profile_load (name, &error);

  g_assert_no_error (error);
  return profile;
}

/* The text of a built-in profile with one key of it changed (or removed, when @value is NULL). */
static char *
profile_text_with (const char *name, const char *group, const char *key, const char *value)
{
  g_autofree char *path = g_strdup_printf ("/io/github/piaoku/gateway/%s.ini", name);
  g_autoptr (GBytes) bytes = g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_autoptr (GKeyFile) file = g_key_file_new ();

  g_assert_nonnull (bytes);
  g_assert_true (g_key_file_load_from_bytes (file, bytes, G_KEY_FILE_NONE, NULL));
  if (value != NULL)
    g_key_file_set_string (file, group, key, value);
  else
    g_assert_true (g_key_file_remove_key (file, group, key, NULL));
  return g_key_file_to_data (file, NULL, NULL);
}

static void
test_published_vector (void)
{
  g_autoptr (PiaoGatewayProfile) profile = profile_load ("tcop-hmacsha1-des");
  g_autoptr (PiaoCredentials) credentials = credentials_new ();
  g_autoptr (GHashTable) params = params_new ("warehouseNo", "6501", "gameNo", "0123", NULL);
  g_autoptr (GHashTable) opened = NULL;
  g_autoptr (GError) error = NULL;
  PiaoRandom random = piao_random_system ();
  g_autoptr (PiaoSealed) sealed
      = piao_envelope_seal (profile, credentials, params, "ABCDEFGHIJKLMNOP", 1700000000000,
                            &random, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (sealed->sign_input, ==,
                   "gameNo0123nonceABCDEFGHIJKLMNOPtimestamp1700000000000warehouseNo6501");
  g_assert_cmpstr (sealed->signature, ==, "2A755BC47EC724B0EE87B9C3413AEF81D876B0CF");
  g_assert_cmpstr (sealed->plain, ==,
                   "gameNo=0123&nonce=ABCDEFGHIJKLMNOP&signature="
                   "2A755BC47EC724B0EE87B9C3413AEF81D876B0CF&timestamp=1700000000000"
                   "&warehouseNo=6501");
  g_assert_cmpstr (sealed->data, ==,
                   "021cc3ea01fb3a573bb9f89288bd690bd2ad4d4c0e540e72953fcc66074f8abb485dd92d57333c"
                   "4d245962422e6050c7e2e2dad45741afb1d0a26fc614d31be4db1288b8a289f7265dc324f43485"
                   "fe6e75bd738c59fef363f8664ef7aaf1857a596efaae1ff8aa54e620160e1838e9581e8cab891c"
                   "553dec79ebc07388cbf457");
  opened = piao_envelope_open (profile, credentials, sealed->data, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_hash_table_size (opened), ==, 4);
  g_assert_cmpstr (g_hash_table_lookup (opened, "gameNo"), ==, "0123");
  g_assert_cmpstr (g_hash_table_lookup (opened, "timestamp"), ==, "1700000000000");
}

static void
test_self_test (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (piao_envelope_self_test (&error));
  g_assert_no_error (error);
}

/* The profile named by the case, or the same with another cipher after a slash. */
static PiaoGatewayProfile *
profile_of_case (const char *name)
{
  g_auto (GStrv) parts = g_strsplit (name, "/", 2);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  PiaoGatewayProfile *profile;

  if (parts[1] == NULL)
    return profile_load (name);
  text = profile_text_with (parts[0], "envelope", "cipher", parts[1]);
  profile = piao_gateway_profile_parse (text, -1, &error);
  g_assert_no_error (error);
  return profile;
}

static void
test_round_trip (gconstpointer data)
{
  g_autoptr (PiaoGatewayProfile) profile = profile_of_case (data);
  g_autoptr (PiaoCredentials) credentials = credentials_new ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  PiaoRandom random = piao_random_seeded (rand);

  for (guint i = 0; i < 64; i++)
    {
      g_autofree char *filler = g_strnfill (i, 'x');
      g_autofree char *value = g_strconcat ("伊犁伊宁 ", filler, NULL);
      g_autofree char *nonce = piao_random_nonce (&random);
      g_autoptr (GHashTable) params = params_new ("name", value, "empty", "", NULL);
      g_autoptr (GHashTable) opened = NULL;
      g_autoptr (PiaoSealed) sealed = piao_envelope_seal (profile, credentials, params, nonce,
                                                          1700000000000 + i, &random, NULL);

      g_assert_cmpuint (strspn (nonce, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"), ==, 16);
      opened = piao_envelope_open (profile, credentials, sealed->data, NULL);
      g_assert_nonnull (opened);
      g_assert_cmpstr (g_hash_table_lookup (opened, "name"), ==, value);
      g_assert_cmpstr (g_hash_table_lookup (opened, "empty"), ==, "");
      g_assert_cmpstr (g_hash_table_lookup (opened, "nonce"), ==, nonce);
    }
}

static void
assert_seal_error (gpointer opened, GError **error)
{
  g_assert_null (opened);
  g_assert_error (*error, PIAO_ERROR, PIAO_ERROR_CORRUPT);
  g_assert_cmpstr (piao_error_get_reason (*error), ==, "gateway.seal");
  g_assert_cmpstr (
      (*error)->message, ==,
      "The seal of the gateway message does not verify. Check that both sides use the same "
      "profile and secrets.");
  g_clear_error (error);
}

/* Base64 has spare bits at its end; a seal that differs only there is another text all the same. */
static void
test_base64_is_strict (void)
{
  g_autoptr (PiaoGatewayProfile) profile = profile_load ("aes-gcm");
  g_autoptr (PiaoCredentials) credentials = credentials_new ();
  PiaoRandom random = piao_random_system ();

  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *filler = g_strnfill (i, 'x');
      g_autoptr (GHashTable) params = params_new ("a", filler, NULL);
      g_autoptr (PiaoSealed) sealed
          = piao_envelope_seal (profile, credentials, params, "ABCDEFGHIJKLMNOP", 1, &random, NULL);
      g_autofree char *forged = g_strdup (sealed->data);
      g_autofree char *spaced = g_strconcat (sealed->data, "\n", NULL);
      char *last = strchr (forged, '=');
      g_autoptr (GError) error = NULL;

      assert_seal_error (piao_envelope_open (profile, credentials, spaced, &error), &error);
      if (last == NULL)
        continue;
      last[-1]++;
      assert_seal_error (piao_envelope_open (profile, credentials, forged, &error), &error);
    }
}

/* Every single changed character of the data, and every wrong secret, is the same error. */
static void
test_forgeries_look_alike (gconstpointer data)
{
  g_autoptr (PiaoGatewayProfile) profile = profile_of_case (data);
  g_autoptr (PiaoCredentials) credentials = credentials_new ();
  g_autoptr (PiaoCredentials) other_app
      = piao_credentials_new ("a", "z123456789ab", sign_secret, NULL);
  g_autoptr (PiaoCredentials) other_sign
      = piao_credentials_new ("a", app_secret, "za9876543210", NULL);
  g_autoptr (GHashTable) params = params_new ("amount", "120.00", NULL);
  PiaoRandom random = piao_random_system ();
  g_autoptr (PiaoSealed) sealed
      = piao_envelope_seal (profile, credentials, params, "ABCDEFGHIJKLMNOP", 1, &random, NULL);
  static const char *const noise[] = { "", "0", "zz", "00", "0011223344556677", "====", "AAAA" };
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; sealed->data[i] != '\0'; i++)
    {
      g_autofree char *forged = g_strdup (sealed->data);

      forged[i] = forged[i] == '1' ? '2' : '1';
      assert_seal_error (piao_envelope_open (profile, credentials, forged, &error), &error);
      forged[i] = '\0';
      assert_seal_error (piao_envelope_open (profile, credentials, forged, &error), &error);
    }
  for (guint i = 0; i < G_N_ELEMENTS (noise); i++)
    assert_seal_error (piao_envelope_open (profile, credentials, noise[i], &error), &error);
  assert_seal_error (piao_envelope_open (profile, other_app, sealed->data, &error), &error);
  assert_seal_error (piao_envelope_open (profile, other_sign, sealed->data, &error), &error);
}

static void
test_signs_are_refused (void)
{
  g_autoptr (PiaoGatewayProfile) profile = profile_load ("tcop-hmacsha1-des");
  g_autoptr (PiaoCredentials) credentials = credentials_new ();
  PiaoRandom random = piao_random_system ();
  static const char *const bad[][2]
      = { { "name", "A&B" }, { "name", "a=b" },    { "na&me", "x" },     { "", "x" },
          { "nonce", "x" },  { "timestamp", "1" }, { "signature", "x" }, { "name", "\xff\xfe" } };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GHashTable) params = params_new (bad[i][0], bad[i][1], NULL);
      g_autoptr (GError) error = NULL;

      g_assert_null (piao_envelope_seal (profile, credentials, params, "ABCDEFGHIJKLMNOP", 1,
                                         &random, &error));
      g_assert_error (error, PIAO_ERROR, PIAO_ERROR_INVALID);
      g_assert_cmpstr (piao_error_get_reason (error), ==, "gateway.param");
    }
  {
    g_autofree char *long_text = g_strnfill (1024 * 1024, 'x');
    g_autoptr (GHashTable) params = params_new ("packs", long_text, NULL);
    g_autoptr (GError) error = NULL;

    g_assert_null (piao_envelope_seal (profile, credentials, params, "N", 1, &random, &error));
    g_assert_error (error, PIAO_ERROR, PIAO_ERROR_LIMIT);
  }
}

/* Sorting whole texts and sorting keys differ where one key is the beginning of another. */
static void
test_sort (void)
{
  g_autofree char *text = profile_text_with ("tcop-hmacsha1-des", "envelope", "sort", "key");
  g_autoptr (PiaoGatewayProfile) by_key = piao_gateway_profile_parse (text, -1, NULL);
  g_autoptr (PiaoGatewayProfile) whole = profile_load ("tcop-hmacsha1-des");
  g_autoptr (PiaoCredentials) credentials = credentials_new ();
  g_autoptr (GHashTable) params = params_new ("a", "z", "ab", "c", NULL);
  PiaoRandom random = piao_random_system ();
  g_autoptr (PiaoSealed) one
      = piao_envelope_seal (whole, credentials, params, "N", 1, &random, NULL);
  g_autoptr (PiaoSealed) two
      = piao_envelope_seal (by_key, credentials, params, "N", 1, &random, NULL);

  g_assert_cmpstr (one->sign_input, ==, "abcaznonceNtimestamp1");
  g_assert_cmpstr (two->sign_input, ==, "azabcnonceNtimestamp1");
}

static void
test_params_from_json (void)
{
  static const char *const bad[]
      = { "{\"amount\": 1.5}", "{\"amount\": null}", "{\"amount\": 1e2}" };
  g_autoptr (JsonObject) object = piao_json_parse_object (
      "{\"a\": \"120.00\", \"b\": 7, \"c\": true, \"d\": [{\"packNo\": \"0001\"}]}", -1, 1000, "x",
      NULL);
  g_autoptr (GHashTable) params = piao_envelope_params_from_json (object, NULL);

  g_assert_cmpstr (g_hash_table_lookup (params, "a"), ==, "120.00");
  g_assert_cmpstr (g_hash_table_lookup (params, "b"), ==, "7");
  g_assert_cmpstr (g_hash_table_lookup (params, "c"), ==, "true");
  g_assert_cmpstr (g_hash_table_lookup (params, "d"), ==, "[{\"packNo\":\"0001\"}]");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (JsonObject) wrong = piao_json_parse_object (bad[i], -1, 1000, "x", NULL);
      g_autoptr (GError) error = NULL;

      g_assert_null (piao_envelope_params_from_json (wrong, &error));
      g_assert_error (error, PIAO_ERROR, PIAO_ERROR_INVALID);
    }
}

static void
test_reply (gconstpointer data)
{
  g_autoptr (PiaoGatewayProfile) profile = profile_of_case (data);
  g_autoptr (PiaoCredentials) credentials = credentials_new ();
  PiaoRandom random = piao_random_system ();
  g_autoptr (JsonObject) result = piao_json_build ("balance", 's', "12.30", NULL);
  g_autoptr (PiaoEnvelopeReply) reply = piao_envelope_reply_new ("0", "好", 1700000000123, result);
  g_autofree char *text = piao_envelope_seal_reply (profile, credentials, reply, &random, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PiaoEnvelopeReply) opened
      = piao_envelope_open_reply (profile, credentials, text, strlen (text), &error);
  static const char *const parts[] = { "12.30", "好", "1700000000123", "\"errNo\":\"0\"" };

  g_assert_no_error (error);
  g_assert_cmpstr (opened->code, ==, "0");
  g_assert_cmpstr (opened->sentence, ==, "好");
  g_assert_cmpint (opened->server_time, ==, 1700000000123);
  g_assert_cmpstr (piao_json_get_text (opened->result, "balance", NULL), ==, "12.30");
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autofree char *forged = g_strdup (text);
      char *at = strstr (forged, parts[i]);

      if (at == NULL && profile->reply_sealed)
        continue;
      g_assert_nonnull (at);
      at[strlen (parts[i]) - (i == 3 ? 2 : 1)] ^= 1;
      assert_seal_error (
          piao_envelope_open_reply (profile, credentials, forged, strlen (forged), &error), &error);
    }
}

static void
test_reply_layers_are_bounded (void)
{
  g_autoptr (PiaoGatewayProfile) profile = profile_load ("tcop-hmacsha1-des");
  g_autoptr (PiaoCredentials) credentials = credentials_new ();
  PiaoRandom random = piao_random_system ();
  g_autoptr (GString) deep = g_string_new ("{\"result\":{}, \"x\":");
  g_autoptr (JsonObject) result = json_object_new ();
  g_autoptr (PiaoEnvelopeReply) reply = piao_envelope_reply_new ("0", "", 1, result);
  g_autofree char *long_text = g_strnfill (PIAO_JSON_MAX_BYTES, 'x');
  g_autoptr (GError) error = NULL;

  json_object_set_string_member (result, "x", long_text);
  g_assert_null (piao_envelope_seal_reply (profile, credentials, reply, &random, &error));
  g_assert_error (error, PIAO_ERROR, PIAO_ERROR_LIMIT);
  g_clear_error (&error);
  for (guint i = 0; i < 100000; i++)
    g_string_append_c (deep, '[');
  assert_seal_error (piao_envelope_open_reply (profile, credentials, deep->str, deep->len, &error),
                     &error);
  assert_seal_error (piao_envelope_open_reply (profile, credentials, "{}", 2, &error), &error);
  assert_seal_error (piao_envelope_open_reply (profile, credentials, "\xff", 1, &error), &error);
}

static void
test_profile_refuses (void)
{
  static const char *const cases[][3] = {
    { "envelope", "cipher", "ROT13" }, { "envelope", "cipher", NULL },
    { "envelope", "sort", "random" },  { "envelope", "path", "/gw/" },
    { "envelope", "colour", "red" },   { "limits", "connect", "5" },
    { "limits", "connect", "-5s" },    { "limits", "total", "999m" },
    { "limits", "body", "1e6" },       { "errors", "busy", "0" },
    { "errors", "refused", "1001" },   { "api", "order-lock", "name-without-version" },
    { "api", "order-lock", NULL },     { "api", "order-steal", "x 1" },
    { "tls", "pin", "abc" },           { "weather", "rain", "1" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text
          = profile_text_with ("tcop-hmacsha1-des", cases[i][0], cases[i][1], cases[i][2]);
      g_autoptr (PiaoGatewayProfile) profile = NULL;
      g_autoptr (GError) error = NULL;

      profile = piao_gateway_profile_parse (text, -1, &error);
      g_assert_null (profile);
      g_assert_error (error, PIAO_ERROR, PIAO_ERROR_INVALID);
    }
  {
    g_autoptr (GError) error = NULL;

    g_assert_null (piao_gateway_profile_load ("../../etc/passwd", &error));
    g_assert_error (error, PIAO_ERROR, PIAO_ERROR_NOT_FOUND);
  }
}

static void
test_profile_answers (void)
{
  g_autoptr (PiaoGatewayProfile) profile = profile_load ("tcop-hmacsha1-des");
  g_autofree char *path = piao_gateway_profile_get_path (profile, "order.confirm");

  g_assert_cmpstr (path, ==, "/gw/openapi.IlmsGW.65.order.confirm/1.0.0/");
  g_assert_cmpstr (piao_gateway_profile_get_operation (profile, "openapi.IlmsGW.65.day.file",
                                                       "1.0.0"),
                   ==, "day.file");
  g_assert_null (
      piao_gateway_profile_get_operation (profile, "openapi.IlmsGW.65.day.file", "2.0.0"));
  g_assert_cmpint (profile->connect_ms, ==, 5000);
  g_assert_cmpint (profile->total_ms, ==, 15000);
  g_assert_cmpint (piao_gateway_profile_classify (profile, "0"), ==, PIAO_GATEWAY_OK);
  g_assert_cmpint (piao_gateway_profile_classify (profile, "1001"), ==, PIAO_GATEWAY_STOP);
  g_assert_cmpint (piao_gateway_profile_classify (profile, "1029"), ==, PIAO_GATEWAY_BUSY);
  g_assert_cmpint (piao_gateway_profile_classify (profile, "BAL_SHORT"), ==, PIAO_GATEWAY_REFUSED);
  g_assert_cmpint (piao_gateway_profile_classify (profile, "4711"), ==, PIAO_GATEWAY_UNKNOWN);
}

static void
test_credentials_refuse (void)
{
  static const char *const bad[][3] = { { "", app_secret, sign_secret },
                                        { "id", "short", sign_secret },
                                        { "id", app_secret, NULL },
                                        { "id\r\nX: y", app_secret, sign_secret } };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (piao_credentials_new (bad[i][0], bad[i][1], bad[i][2], &error));
      g_assert_error (error, PIAO_ERROR, PIAO_ERROR_INVALID);
    }
}

int
main (int argc, char *argv[])
{
  static const char *const suites[]
      = { "tcop-hmacsha1-des", "aes-gcm", "sm4-sm3", "sm4-sm3/SM4-CBC" };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/envelope/published-vector", test_published_vector);
  g_test_add_func ("/envelope/self-test", test_self_test);
  for (guint i = 0; i < G_N_ELEMENTS (suites); i++)
    {
      g_autofree char *trip = g_strdup_printf ("/envelope/round-trip/%s", suites[i]);
      g_autofree char *forge = g_strdup_printf ("/envelope/forgeries-look-alike/%s", suites[i]);
      g_autofree char *reply = g_strdup_printf ("/envelope/reply/%s", suites[i]);

      g_test_add_data_func (trip, suites[i], test_round_trip);
      g_test_add_data_func (forge, suites[i], test_forgeries_look_alike);
      g_test_add_data_func (reply, suites[i], test_reply);
    }
  g_test_add_func ("/envelope/base64-is-strict", test_base64_is_strict);
  g_test_add_func ("/envelope/signs-are-refused", test_signs_are_refused);
  g_test_add_func ("/envelope/sort", test_sort);
  g_test_add_func ("/envelope/params-from-json", test_params_from_json);
  g_test_add_func ("/envelope/reply-layers-are-bounded", test_reply_layers_are_bounded);
  g_test_add_func ("/profile/refuses", test_profile_refuses);
  g_test_add_func ("/profile/answers", test_profile_answers);
  g_test_add_func ("/credentials/refuse", test_credentials_refuse);
  return g_test_run ();
}
