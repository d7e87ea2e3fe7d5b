/* SPDX-FileCopyrightText: 2026 The Piaoku developers
 * SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/piao-clock.h"
#include "base/piao-error.h"
#include "ilms/piao-gateway-profile.h"
#include "piao-gateway-resources.h"

#define MAX_FILE (64 * 1024)
#define MAX_LIMIT_MS (10 * PIAO_MINUTE)
#define MAX_BODY (16 * 1024 * 1024)

const char *const piao_gateway_operations[] = { "gw.ping",
                                                "outlet.sync",
                                                "outlet.balance",
                                                "game.list",
                                                "stock.query",
                                                "order.lock",
                                                "order.amend",
                                                "order.release",
                                                "order.confirm",
                                                "order.query",
                                                "pack.query",
                                                "pack.transfer",
                                                "pack.return",
                                                "activation.query",
                                                "sales.daily",
                                                "day.file",
                                                NULL };

const char *const piao_gateway_profile_names[]
    = { "tcop-hmacsha1-des", "aes-gcm", "sm4-sm3", NULL };

static const PiaoGatewayMac macs[] = {
  { "HMAC-SHA1", "SHA1" },
  { "HMAC-SHA256", "SHA256" },
  { "HMAC-SM3", "SM3" },
};

static const PiaoGatewayCipher ciphers[] = {
  { "DES-ECB", "DES-EDE3-ECB", NULL, 8, 0, 0 },
  { "AES-256-GCM", "AES-256-GCM", "SHA256", 32, 12, 16 },
  { "SM4-CBC", "SM4-CBC", "SM3", 16, 16, 0 },
  { "SM4-GCM", "SM4-GCM", "SM3", 16, 12, 16 },
};

static const char *const error_meanings[]
    = { "ok", "signature", "identity", "version", "clock", "replay", "busy", NULL };

/* Every key that a profile has, by group; "[api]" is checked against our operations. */
static const struct
{
  const char *group;
  gboolean optional;
  const char *keys[14];
} layout[] = {
  { "profile", FALSE, { "name" } },
  { "envelope",
    FALSE,
    { "path", "appid-header", "sort", "mac", "mac-case", "cipher", "encoding", "reply-path",
      "reply-sealed", "reply-echo" } },
  { "limits",
    FALSE,
    { "connect", "total", "body", "clock-skew-warn", "longest-processing", "freshness" } },
  { "errors",
    FALSE,
    { "ok", "signature", "identity", "version", "clock", "replay", "busy", "refused" } },
  { "api", FALSE, { NULL } },
  { "tls", TRUE, { "pin" } },
  { "self-test",
    FALSE,
    { "app-secret", "sign-secret", "nonce", "timestamp", "params", "iv", "signature", "data" } },
};

G_DEFINE_BOXED_TYPE (PiaoGatewayProfile,
                     piao_gateway_profile,
                     piao_gateway_profile_ref,
                     piao_gateway_profile_unref)

static void
api_free (gpointer data)
{
  PiaoGatewayApi *api = data;

  g_free (api->name);
  g_free (api->version);
  g_free (api);
}

static void
vector_clear (PiaoGatewayVector *self)
{
  g_free (self->app_secret);
  g_free (self->sign_secret);
  g_free (self->nonce);
  g_strfreev (self->params);
  g_free (self->iv);
  g_free (self->signature);
  g_free (self->data);
}

static void
profile_clear (gpointer data)
{
  PiaoGatewayProfile *self = data;

  g_free (self->name);
  g_free (self->path);
  g_free (self->appid_header);
  g_strfreev (self->reply_path);
  g_free (self->reply_echo);
  g_free (self->tls_pin);
  g_hash_table_unref (self->errors);
  g_hash_table_unref (self->refused);
  g_hash_table_unref (self->apis);
  vector_clear (&self->vector);
}

PiaoGatewayProfile *
piao_gateway_profile_ref (PiaoGatewayProfile *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
piao_gateway_profile_unref (PiaoGatewayProfile *self)
{
  if (self != NULL)
    g_atomic_rc_box_release_full (self, profile_clear);
}

/* --- reading the file ------------------------------------------------------------------------ */

/* One pass over the file: the first thing wrong is kept and everything after it is skipped. */
typedef struct
{
  GKeyFile *file;
  GError *error;
} Reader;

static void
fail (Reader *self, const char *group, const char *key, const char *expected)
{
  if (self->error == NULL)
    piao_error_set (&self->error, PIAO_ERROR_INVALID, "gateway.profile",
                    _ ("The gateway profile is wrong at “%s” in [%s]: expected %s."), key, group,
                    expected);
}

/* The text of a key, "" when it is absent or anything was wrong before. Transfer full. */
static char *
read_text (Reader *self, const char *group, const char *key)
{
  char *text = g_key_file_get_string (self->file, group, key, NULL);

  return text != NULL ? text : g_strdup ("");
}

static char *
read_some_text (Reader *self, const char *group, const char *key)
{
  char *text = read_text (self, group, key);

  if (*text == '\0')
    fail (self, group, key, _ ("a text"));
  return text;
}

static guint
read_choice (Reader *self, const char *group, const char *key, const char *const *words)
{
  g_autofree char *text = read_text (self, group, key);
  g_autofree char *expected = g_strjoinv (", ", (char **)words);

  for (guint i = 0; words[i] != NULL; i++)
    if (g_str_equal (text, words[i]))
      return i;
  fail (self, group, key, expected);
  return 0;
}

static gint64
read_duration (Reader *self, const char *key)
{
  static const struct
  {
    const char *unit;
    gint64 ms;
  } units[] = { { "ms", 1 }, { "s", PIAO_SECOND }, { "m", PIAO_MINUTE } };
  g_autofree char *text = read_text (self, "limits", key);
  char *end = NULL;
  gint64 number = g_ascii_strtoll (text, &end, 10);

  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    if (end != text && g_str_equal (end, units[i].unit) && number > 0
        && number <= MAX_LIMIT_MS / units[i].ms)
      return number * units[i].ms;
  fail (self, "limits", key, _ ("a duration such as 5s, 250ms or 2m, at most 10m"));
  return 1;
}

static gsize
read_body_limit (Reader *self)
{
  g_autofree char *text = read_text (self, "limits", "body");
  guint64 number = 0;

  if (!g_ascii_string_to_unsigned (text, 10, 1024, MAX_BODY, &number, NULL))
    fail (self, "limits", "body", _ ("a number of bytes"));
  return (gsize)number;
}

static gboolean
is_in (const char *const *words, const char *word)
{
  for (guint i = 0; words[i] != NULL; i++)
    if (g_str_equal (words[i], word))
      return TRUE;
  return FALSE;
}

/* Our operation of a key of [api], "order-lock" → "order.lock". Transfer full. */
static char *
operation_of_key (const char *key)
{
  return g_strdelimit (g_strdup (key), "-", '.');
}

static void
check_keys_of_group (Reader *self, const char *group, const char *const *known)
{
  g_auto (GStrv) keys = g_key_file_get_keys (self->file, group, NULL, NULL);
  gboolean is_api = g_str_equal (group, "api");

  for (guint i = 0; keys != NULL && keys[i] != NULL; i++)
    {
      g_autofree char *operation = operation_of_key (keys[i]);

      if (is_api ? !is_in (piao_gateway_operations, operation) : !is_in (known, keys[i]))
        fail (self, group, keys[i], _ ("no such key"));
    }
  for (guint i = 0; known[i] != NULL; i++)
    if (!g_key_file_has_key (self->file, group, known[i], NULL))
      fail (self, group, known[i], _ ("the key to be there"));
}

static void
check_layout (Reader *self)
{
  g_auto (GStrv) groups = g_key_file_get_groups (self->file, NULL);

  for (guint i = 0; groups[i] != NULL; i++)
    {
      gboolean known = FALSE;

      for (guint j = 0; j < G_N_ELEMENTS (layout); j++)
        known = known || g_str_equal (layout[j].group, groups[i]);
      if (!known)
        fail (self, groups[i], "", _ ("no such group"));
    }
  for (guint i = 0; i < G_N_ELEMENTS (layout); i++)
    if (!layout[i].optional || g_key_file_has_group (self->file, layout[i].group))
      check_keys_of_group (self, layout[i].group, layout[i].keys);
}

static void
read_envelope (Reader *reader, PiaoGatewayProfile *self)
{
  static const char *const sorts[] = { "whole-string", "key", NULL };
  static const char *const cases[] = { "lower", "upper", NULL };
  static const char *const truths[] = { "false", "true", NULL };
  static const char *const encodings[] = { "hex-lower", "hex-upper", "base64", NULL };
  const char *mac_words[G_N_ELEMENTS (macs) + 1] = { NULL };
  const char *cipher_words[G_N_ELEMENTS (ciphers) + 1] = { NULL };
  g_autofree char *reply_path = read_some_text (reader, "envelope", "reply-path");

  for (guint i = 0; i < G_N_ELEMENTS (macs); i++)
    mac_words[i] = macs[i].word;
  for (guint i = 0; i < G_N_ELEMENTS (ciphers); i++)
    cipher_words[i] = ciphers[i].word;
  self->path = read_some_text (reader, "envelope", "path");
  if (*self->path != '/' || strstr (self->path, "{api}") == NULL
      || strstr (self->path, "{version}") == NULL)
    fail (reader, "envelope", "path", "/…/{api}/{version}/");
  self->appid_header = read_some_text (reader, "envelope", "appid-header");
  self->sort_by_key = read_choice (reader, "envelope", "sort", sorts) == 1;
  self->mac = &macs[read_choice (reader, "envelope", "mac", mac_words)];
  self->mac_upper = read_choice (reader, "envelope", "mac-case", cases) == 1;
  self->cipher = &ciphers[read_choice (reader, "envelope", "cipher", cipher_words)];
  self->encoding = (PiaoGatewayEncoding)read_choice (reader, "envelope", "encoding", encodings);
  self->reply_path = g_strsplit (reply_path, ".", 8);
  self->reply_sealed = read_choice (reader, "envelope", "reply-sealed", truths) == 1;
  self->reply_echo = read_text (reader, "envelope", "reply-echo");
}

static void
read_limits (Reader *reader, PiaoGatewayProfile *self)
{
  self->connect_ms = read_duration (reader, "connect");
  self->total_ms = read_duration (reader, "total");
  self->clock_skew_warn_ms = read_duration (reader, "clock-skew-warn");
  self->longest_processing_ms = read_duration (reader, "longest-processing");
  self->freshness_ms = read_duration (reader, "freshness");
  self->max_body = read_body_limit (reader);
}

static void
read_errors (Reader *reader, PiaoGatewayProfile *self)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree char *list = read_text (reader, "errors", "refused");
  g_auto (GStrv) refused = g_strsplit (list, ";", -1);

  for (guint i = 0; error_meanings[i] != NULL; i++)
    {
      char *number = read_some_text (reader, "errors", error_meanings[i]);

      g_hash_table_insert (self->errors, g_strdup (error_meanings[i]), number);
      if (!g_hash_table_add (seen, number))
        fail (reader, "errors", error_meanings[i], _ ("a number that no other key has"));
    }
  for (guint i = 0; refused[i] != NULL; i++)
    {
      if (g_hash_table_contains (seen, refused[i]))
        fail (reader, "errors", "refused", _ ("numbers that no other key has"));
      if (*refused[i] != '\0')
        g_hash_table_add (self->refused, g_strdup (refused[i]));
    }
}

static gboolean
is_path_word (const char *text)
{
  for (const char *c = text; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && strchr ("._-", *c) == NULL)
      return FALSE;
  return *text != '\0';
}

static void
read_apis (Reader *reader, PiaoGatewayProfile *self)
{
  for (guint i = 0; piao_gateway_operations[i] != NULL; i++)
    {
      g_autofree char *key = g_strdelimit (g_strdup (piao_gateway_operations[i]), ".", '-');
      g_autofree char *text = read_text (reader, "api", key);
      g_auto (GStrv) words = g_strsplit (text, " ", 3);
      PiaoGatewayApi *api;

      if (g_strv_length (words) != 2 || !is_path_word (words[0]) || !is_path_word (words[1]))
        {
          fail (reader, "api", key, _ ("an api name, a space and a version"));
          return;
        }
      api = g_new0 (PiaoGatewayApi, 1);
      api->name = g_strdup (words[0]);
      api->version = g_strdup (words[1]);
      g_hash_table_insert (self->apis, g_strdup (piao_gateway_operations[i]), api);
    }
}

static void
read_pin (Reader *reader, PiaoGatewayProfile *self)
{
  if (!g_key_file_has_group (reader->file, "tls"))
    return;
  self->tls_pin = read_text (reader, "tls", "pin");
  if (strlen (self->tls_pin) != 64 || strspn (self->tls_pin, "0123456789abcdef") != 64)
    fail (reader, "tls", "pin", _ ("64 hex digits in lower case"));
}

static void
read_vector (Reader *reader, PiaoGatewayVector *self)
{
  g_autofree char *params = read_text (reader, "self-test", "params");

  self->app_secret = read_some_text (reader, "self-test", "app-secret");
  self->sign_secret = read_some_text (reader, "self-test", "sign-secret");
  self->nonce = read_some_text (reader, "self-test", "nonce");
  self->timestamp = g_key_file_get_int64 (reader->file, "self-test", "timestamp", NULL);
  self->params = g_strsplit (params, ";", -1);
  self->iv = read_text (reader, "self-test", "iv");
  self->signature = read_some_text (reader, "self-test", "signature");
  self->data = read_some_text (reader, "self-test", "data");
}

PiaoGatewayProfile *
piao_gateway_profile_parse (const char *text, gssize length, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (PiaoGatewayProfile) self = g_atomic_rc_box_new0 (PiaoGatewayProfile);
  Reader reader = { .file = file };
  gsize size = length < 0 ? strlen (text) : (gsize)length;

  self->errors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->refused = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->apis = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, api_free);
  if (size > MAX_FILE || !g_key_file_load_from_data (file, text, size, G_KEY_FILE_NONE, NULL))
    {
      piao_error_set (error, PIAO_ERROR_INVALID, "gateway.profile",
                      _ ("The gateway profile is not a readable key file of at most 64 KiB."));
      return NULL;
    }
  check_layout (&reader);
  self->name = read_some_text (&reader, "profile", "name");
  read_envelope (&reader, self);
  read_limits (&reader, self);
  read_errors (&reader, self);
  read_apis (&reader, self);
  read_pin (&reader, self);
  read_vector (&reader, &self->vector);
  if (reader.error != NULL)
    {
      g_propagate_error (error, reader.error);
      return NULL;
    }
  return g_steal_pointer (&self);
}

PiaoGatewayProfile *
piao_gateway_profile_load (const char *name, GError **error)
{
  g_autofree char *path = NULL;
  g_autofree char *names = NULL;
  g_autoptr (GBytes) bytes = NULL;
  gsize size = 0;
  const char *text;

  g_return_val_if_fail (name != NULL, NULL);
  if (!is_in (piao_gateway_profile_names, name))
    {
      names = g_strjoinv (", ", (char **)piao_gateway_profile_names);
      piao_error_set (error, PIAO_ERROR_NOT_FOUND, "gateway.profile",
                      _ ("There is no gateway profile “%s”; there are: %s."), name, names);
      return NULL;
    }
  path = g_strdup_printf ("/io/github/piaoku/gateway/%s.ini", name);
  bytes = g_resource_lookup_data (piao_gateway_get_resource (), path, G_RESOURCE_LOOKUP_FLAGS_NONE,
                                  error);
  if (bytes == NULL)
    return NULL;
  text = g_bytes_get_data (bytes, &size);
  return piao_gateway_profile_parse (text, (gssize)size, error);
}

/* --- asking it ------------------------------------------------------------------------------- */

const PiaoGatewayApi *
piao_gateway_profile_get_api (const PiaoGatewayProfile *self, const char *operation)
{
  g_return_val_if_fail (self != NULL && operation != NULL, NULL);
  return g_hash_table_lookup (self->apis, operation);
}

const char *
piao_gateway_profile_get_operation (const PiaoGatewayProfile *self,
                                    const char *api,
                                    const char *version)
{
  for (guint i = 0; piao_gateway_operations[i] != NULL; i++)
    {
      const PiaoGatewayApi *known = piao_gateway_profile_get_api (self, piao_gateway_operations[i]);

      if (g_str_equal (known->name, api) && g_str_equal (known->version, version))
        return piao_gateway_operations[i];
    }
  return NULL;
}

char *
piao_gateway_profile_get_path (const PiaoGatewayProfile *self, const char *operation)
{
  const PiaoGatewayApi *api = piao_gateway_profile_get_api (self, operation);
  g_autoptr (GString) path = NULL;

  if (api == NULL)
    return NULL;
  path = g_string_new (self->path);
  g_string_replace (path, "{api}", api->name, 1);
  g_string_replace (path, "{version}", api->version, 1);
  return g_string_free_and_steal (g_steal_pointer (&path));
}

const char *
piao_gateway_profile_get_error (const PiaoGatewayProfile *self, const char *meaning)
{
  const char *number;

  g_return_val_if_fail (self != NULL && meaning != NULL, "");
  number = g_hash_table_lookup (self->errors, meaning);
  return number != NULL ? number : meaning;
}

PiaoGatewayKind
piao_gateway_profile_classify (const PiaoGatewayProfile *self, const char *number)
{
  g_return_val_if_fail (self != NULL && number != NULL, PIAO_GATEWAY_UNKNOWN);
  for (guint i = 0; error_meanings[i] != NULL; i++)
    if (g_str_equal (piao_gateway_profile_get_error (self, error_meanings[i]), number))
      return g_str_equal (error_meanings[i], "ok")     ? PIAO_GATEWAY_OK
             : g_str_equal (error_meanings[i], "busy") ? PIAO_GATEWAY_BUSY
                                                       : PIAO_GATEWAY_STOP;
  return g_hash_table_contains (self->refused, number) ? PIAO_GATEWAY_REFUSED
                                                       : PIAO_GATEWAY_UNKNOWN;
}

const char *
piao_gateway_kind_to_text (PiaoGatewayKind kind)
{
  static const char *const words[] = { "ok", "refused", "busy", "stop", "unknown", "not-sent" };

  g_return_val_if_fail (kind < G_N_ELEMENTS (words), "unknown");
  return words[kind];
}
